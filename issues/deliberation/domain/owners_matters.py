"""What the law leaves to the owners: no meeting decides it in their place, whatever hands go up."""

from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal
from issues.deliberation.domain import hands
from issues.deliberation.models import AgendaItem, Matter, Outcome, Topic, TopicOrigin


class OwnersDecide(Refusal):
    """A body's yes to an owners' matter is a proposal: what comes of it is the owners' vote."""

    code = "owners_decide"
    sentence = _(
        "The law leaves this to the owners (Civil Code 278): what comes of it can only be “to the owners' vote”."
    )


class NothingDecided(Refusal):
    code = "nothing_decided"
    sentence = _("No show of hands that passed is noted at this point.")


def matter_of(topic: Topic | None) -> str:
    """The matter by law, where the portal knows that it is one: by a vote set up on it, or as owners demand it."""
    if topic is None:
        return ""
    motion = topic.motions.exclude(matter="").order_by("pk").first()
    if motion:
        return motion.matter
    return Matter.OTHER if topic.origin == TopicOrigin.OWNERS or topic.demanded_at else ""


def check_outcome(item: AgendaItem, outcome: str) -> None:
    """Whether `outcome` may be what comes of the point, by what was decided there. Raises `OwnersDecide`,
    `NothingDecided`.

    An owners' matter that was put to a show of hands goes to the owners, or, where the body didn't want that, is put
    off.
    """
    decisions = list(item.decisions.all())
    passed = [each for each in decisions if hands.count_of(each, item.meeting.mechanism).has_passed]
    if any(each.matter for each in decisions):
        allowed = (Outcome.VOTE,) if any(each.matter for each in passed) else (Outcome.VOTE, Outcome.PUT_OFF)
        if outcome not in allowed:
            raise OwnersDecide
    if outcome == Outcome.DECIDED and not passed:
        raise NothingDecided
