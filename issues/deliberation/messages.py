"""The words of the notices about topics, meetings, surveys, votes and commitments."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.messages import Params, register


def _instants(*names: str) -> Callable[[Params], Params]:
    """What says these parameters as the reader does; one that is empty stays so."""

    def said(params: Params) -> Params:
        now = timezone.now()
        given = {name: str(params[name]) for name in names}
        told = {name: wording.moment(datetime.fromisoformat(at), now) if at else "" for name, at in given.items()}
        return {**params, **told}

    return said


_times = _instants("opens", "closes")
_due = _instants("due")
_days = _instants("due_at", "doubts_until")
_meeting = _instants("starts", "until")
_from_until = _instants("starts", "ends")

register(
    "topic_made",
    _("What you reported is to be deliberated"),
    _("It was brought up as “%(title)s”. Here you follow who looks at it and what comes of it."),
)
register(
    "topic_to_vet",
    _("A topic waits to be looked at"),
    _("%(title)s. Please decide by %(due)s whether it is taken up."),
    _due,
)
register("topic_accept", _("A topic was taken up"), _("%(title)s. It will be deliberated; the reason is on its page."))
register("topic_decline", _("A topic was not taken up"), _("%(title)s. The reason, and who decided, are on its page."))
register("topic_refer", _("A topic was passed on"), _("%(title)s. To whom, and why, is on its page."))
register(
    "topic_merge",
    _("A topic was joined with another"),
    _("%(title)s is deliberated together with the same matter. You stay informed."),
)
register(
    "topic_close",
    _("A topic is closed"),
    _("%(title)s. What came of it is on its page. How do you judge it?"),
)
register(
    "topic_demanded",
    _("The owners demand an assembly"),
    _("%(title)s. Enough owners demand it: the owners' assembly has to vote on it by %(due)s."),
    _due,
)
register(
    "topic_late",
    _("Nobody has looked at a topic in time"),
    _("%(title)s. It is one level up with you now: please decide."),
)
register(
    "topic_assembly_late",
    _("No owners' assembly was called in time"),
    _("%(title)s. The owners demanded it, and the day has passed."),
)

register(
    "vote_announced",
    _("A vote was announced"),
    _("%(title)s. Voting begins %(opens)s and ends %(closes)s. Read now what is put to the vote."),
    _times,
)
register(
    "vote_opened",
    _("Your ballot is ready"),
    _("%(title)s. You can vote until %(closes)s."),
    _times,
)
register(
    "vote_counted",
    _("A vote was counted"),
    _("%(title)s. The preliminary result is there; until it is final you can object to it."),
    _times,
)
register(
    "vote_erratum",
    _("A text that is put to the vote has an erratum"),
    _("%(title)s. Erratum %(number)s stands beside the text; the text itself stays as it was announced."),
)
register(
    "vote_official",
    _("The city's result of a vote is there"),
    _("%(title)s. It comes from the city's system and isn't counted here. Until it is final you can object to it."),
)
register("vote_final", _("The result of a vote is final"), _("%(title)s. Read how it ended and why."), _times)
register("vote_withdrawn", _("A vote was withdrawn"), _("%(title)s. The page stays and says why."), _times)

register(
    "ballot_recorded",
    _("A ballot for your home was handed in"),
    _(
        "%(title)s: a ballot for %(unit)s was taken. If that was neither you, nor a co-owner, nor whoever holds your "
        "mandate, say so at the community office; while the vote is open you can hand in your own here."
    ),
)

register(
    "commitment_reported",
    _("Something promised was reported done"),
    _("%(body)s: %(what)s. Look whether it is so, and accept it or send it back."),
    _days,
)
register(
    "commitment_move_asked",
    _("Another day is asked for"),
    _("%(body)s: %(what)s. It is due %(due_at)s; decide before that passes."),
    _days,
)
register(
    "commitment_quit_asked",
    _("Somebody asks to give up what was promised"),
    _("%(body)s: %(what)s. A second person has to decide."),
    _days,
)
register(
    "commitment_doubted",
    _("“Not done”, says somebody concerned"),
    _("%(body)s: %(what)s. Read what isn't done, and answer in public."),
    _days,
)
register(
    "commitment_accepted",
    _("What was promised was accepted as done"),
    _("%(body)s: %(what)s. If it isn't so, say it until %(doubts_until)s."),
    _days,
)
register(
    "commitment_moved",
    _("The other day was agreed to"),
    _("%(body)s: %(what)s. It is due %(due_at)s now."),
    _days,
)
register(
    "commitment_not_moved",
    _("The day stays"),
    _("%(body)s: %(what)s. It is due %(due_at)s, as promised."),
    _days,
)
register(
    "commitment_doubt_answered",
    _("Your “not done” was answered"),
    _("%(body)s: %(what)s. Read the answer."),
    _days,
)

register(
    "meeting_called",
    _("You are invited to a meeting"),
    _("%(title)s: %(starts)s, %(room)s. Say whether you come."),
    _meeting,
)
register(
    "meeting_changed",
    _("A meeting was changed"),
    _("%(title)s is now %(starts)s, %(room)s. Please look at it again."),
    _meeting,
)
register(
    "meeting_cancelled", _("A meeting was cancelled"), _("%(title)s doesn't take place. The page says why."), _meeting
)
register(
    "minutes_published",
    _("The minutes of a meeting are there"),
    _("%(title)s. If you were there, you can ask for changes until %(until)s."),
    _meeting,
)
register(
    "minutes_final", _("The minutes of a meeting are final"), _("%(title)s. Read what came of each point."), _meeting
)

register(
    "survey_published",
    _("You are asked: a survey"),
    _("%(title)s. You can answer from %(starts)s until before %(ends)s."),
    _from_until,
)
register(
    "survey_closed", _("The result of a survey is there"), _("%(title)s. Read what your neighbours said."), _from_until
)
register("survey_withdrawn", _("A survey was withdrawn"), _("%(title)s. The page says why."), _from_until)
register(
    "survey_taken_down",
    _("An answer was written down for your home"),
    _(
        "%(title)s: the office wrote down an answer for your home. If it isn't right, answer yourself until %(ends)s: "
        "your own answer stands."
    ),
    _from_until,
)
