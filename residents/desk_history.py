"""What has happened to a claim of a home, in sentences for the community desk: from the audit trail, newest first."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import AuditEntry, User
from residents.forms.desk_homes import name_of
from residents.models import DeclineReason, Occupancy, OccupancyState

DEEDS: dict[str, str | Promise] = {
    "claim": gettext_lazy("%(who)s claimed this home"),
    "verify": gettext_lazy("%(who)s confirmed it"),
    "decline": gettext_lazy("%(who)s did not confirm it: %(reason)s"),
    "dispute": gettext_lazy("%(who)s marked it as disputed"),
    "settle": gettext_lazy("%(who)s settled the dispute"),
    "end": gettext_lazy("%(who)s ended it"),
    "reveal_phone": gettext_lazy("%(who)s looked at the phone number"),
}
SETTLED: dict[str, str | Promise] = {
    OccupancyState.VERIFIED: gettext_lazy("%(who)s settled the dispute: confirmed"),
    OccupancyState.DECLINED: gettext_lazy("%(who)s settled the dispute: not confirmed (%(reason)s)"),
    OccupancyState.ENDED: gettext_lazy("%(who)s settled the dispute: it has ended"),
}
# What a row says of itself that was written before, or apart from, the trail.
UNRECORDED = {
    OccupancyState.VERIFIED: "verify",
    OccupancyState.DISPUTED: "dispute",
    OccupancyState.DECLINED: "decline",
}


class Line(NamedTuple):
    at: datetime
    sentence: str


def lines(home: Occupancy) -> list[Line]:
    """Newest first. Asks twice, however long it is. `home` comes with its `user` and `decided_by`."""
    entries = list(
        AuditEntry.objects.filter(noun="occupancy", object_ref=str(home.public_id))
        .select_related("payload")
        .order_by("-at", "-pk")
    )
    names = _names({entry.actor_ref for entry in entries})
    told = [Line(entry.at, _sentence(entry.verb, names.get(entry.actor_ref, ""), _facts(entry))) for entry in entries]
    return told + _unrecorded(home, {entry.verb for entry in entries})


def _unrecorded(home: Occupancy, recorded: set[str]) -> list[Line]:
    found = []
    verb = UNRECORDED.get(OccupancyState(home.state))
    if home.decided_by and home.decided_at and verb and not recorded & {verb, "settle"}:
        facts = {"reason": home.decline_reason}
        found.append(Line(home.decided_at, _sentence(verb, name_of(home.decided_by), facts)))
    if "claim" not in recorded:
        found.append(Line(home.claimed_at, _sentence("claim", name_of(home.user), {})))
    return found


def _sentence(verb: str, who: str, facts: dict[str, Any]) -> str:
    pattern = SETTLED[facts["outcome"]] if verb == "settle" and "outcome" in facts else DEEDS.get(verb, "%(who)s")
    reason = facts.get("reason")
    words = {"who": who or _("Somebody"), "reason": str(DeclineReason(reason).label) if reason else ""}
    return str(pattern) % words


def _facts(entry: AuditEntry) -> dict[str, Any]:
    """What the payload still says; it may have been erased."""
    payload = getattr(entry, "payload", None)
    return payload.facts if payload else {}


def _names(refs: set[str]) -> dict[str, str]:
    ids = [UUID(ref) for ref in refs if len(ref) == 36]
    people = User.objects.filter(Q(public_id__in=ids))
    return {str(person.public_id): name_of(person) for person in people}
