"""Policies in words: what is promised, by which hours, and who is told when the time passes.

Read from a version as it stands, or from what an officer has just written: both name the same things.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.models import WorkingCalendar
from issues.models import ClockKind, SlaPolicy

WHAT_MUST_HAVE_HAPPENED = {
    "respond": _("You are contacted within"),
    "accept": _("Somebody accepts it within"),
    "arrive": _("Somebody is there within"),
    "resolve": _("It is put right within"),
    "plan": _("You get a plan with a date within"),
    "answer": _("You get an answer within"),
}
_ORDER = list(WHAT_MUST_HAVE_HAPPENED)
WHO_IS_TOLD = {
    "holder": _("whoever holds the order, else whoever is on duty"),
    "manager": _("the manager"),
    "community": _("the community's staff"),
    "secretary": _("the branch secretary of the estate"),
    "street": _("the street office"),
}


@dataclass(frozen=True)
class Line:
    """One promise, or one rung: when, and what."""

    label: str
    words: str


@dataclass(frozen=True)
class Policy:
    """A policy in the reader's words; `source` and the calendar's name, where it is not one of ours, as registered."""

    name: str
    calendar: str
    source: str
    promises: list[Line]
    ladder: list[Line]


class Promised(Protocol):
    """A target: stored, or as an officer has written it."""

    kind: str
    minutes: int | None
    working_days: int | None


def in_words(policy: SlaPolicy) -> Policy:
    return Policy(
        name=policy.name,
        calendar=hours(policy.calendar),
        source=policy.source,
        promises=promises(policy.targets.all()),
        ladder=ladder(policy.rungs.all()),
    )


def promises(targets: Iterable[Any]) -> list[Line]:
    """Each promise, in the order in which they are usually kept."""
    in_order = sorted(targets, key=lambda target: _ORDER.index(target.kind))
    return [Line(str(WHAT_MUST_HAVE_HAPPENED[target.kind]), length(target)) for target in in_order]


def ladder(rungs: Iterable[Any]) -> list[Line]:
    """Each rung, from the lowest up, as they come."""
    return [Line(when(rung), what(rung)) for rung in rungs]


def in_short(targets: Iterable[Any]) -> str:
    """到场 5 分钟，解决 30 分钟."""
    in_order = sorted(targets, key=lambda target: _ORDER.index(target.kind))
    return gettext(", ").join(
        gettext("%(what)s %(length)s") % {"what": ClockKind(target.kind).label, "length": length(target)}
        for target in in_order
    )


def hours(calendar: WorkingCalendar) -> str:
    """When the clock runs. Asks for the windows, unless they were fetched before."""
    if calendar.always_open:
        return gettext("The clock runs day and night, on every day.")
    windows = [f"{window.opens_at:%H:%M}–{window.closes_at:%H:%M}" for window in calendar.windows.all()]
    return gettext("The clock runs on working days, %(hours)s. Holidays don't count, make-up workdays do.") % {
        "hours": gettext(", ").join(windows)
    }


def span_of(minutes: int) -> str:
    return wording.span(timedelta(minutes=minutes))


def length(target: Promised) -> str:
    return wording.target(target.minutes, target.working_days)


def when(rung: Any) -> str:
    if rung.at_percent:
        return gettext("When %(percent)s %% of the time has passed") % {"percent": rung.at_percent}
    if rung.next_working_day:
        return gettext("When the office opens on the next working day")
    if not rung.after_minutes:
        return gettext("When the time is up")
    return gettext("%(span)s after that") % {"span": wording.span(timedelta(minutes=rung.after_minutes))}


def what(rung: Any) -> str:
    told = gettext(", ").join(str(WHO_IS_TOLD[audience]) for audience in rung.tells)
    if rung.opens_supervision:
        return gettext("Told: %(people)s. A supervision order is opened.") % {"people": told}
    return gettext("Told: %(people)s.") % {"people": told}
