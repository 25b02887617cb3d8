"""The words of the notices about votes."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.messages import Params, register


def _times(params: Params) -> dict[str, object]:
    """`opens` and `closes` as the reader says them."""
    now = timezone.now()
    said = {name: wording.moment(datetime.fromisoformat(str(params[name])), now) for name in ("opens", "closes")}
    return {**params, **said}


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
