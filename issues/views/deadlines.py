"""How deadlines are set: the policies in force, with their sources and their ladders, for everybody to read."""

from dataclasses import dataclass
from datetime import timedelta

from django.shortcuts import render
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from governance import wording
from issues.models import EscalationRung, SlaPolicy, SlaTarget

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
CALENDARS = {
    "always": _("The clock runs day and night, on every day."),
    "office": _(
        "The clock runs on working days, 09:00 to 12:00 and 13:30 to 18:00. Holidays don't count, make-up workdays do."
    ),
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


@require_safe
def deadlines(request):
    current = SlaPolicy.objects.filter(superseded_at=None, valid_from__lte=request.now).order_by("pk")
    policies = [in_words(row) for row in current.select_related("calendar").prefetch_related("targets", "rungs")]
    return render(request, "issues/deadlines.html", {"policies": policies})


def in_words(policy: SlaPolicy) -> Policy:
    targets = sorted(policy.targets.all(), key=lambda target: _ORDER.index(target.kind))
    calendar = CALENDARS.get(policy.calendar.code)
    return Policy(
        name=policy.name,
        calendar=str(calendar) if calendar else str(policy.calendar),
        source=policy.source,
        promises=[Line(str(WHAT_MUST_HAVE_HAPPENED[target.kind]), _length(target)) for target in targets],
        ladder=[Line(_when(rung), _what(rung)) for rung in policy.rungs.all()],
    )


def _length(target: SlaTarget) -> str:
    if target.minutes:
        return wording.span(timedelta(minutes=target.minutes))
    days = target.working_days or 0
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


def _when(rung: EscalationRung) -> str:
    if rung.at_percent:
        return gettext("When %(percent)s %% of the time has passed") % {"percent": rung.at_percent}
    if rung.next_working_day:
        return gettext("When the office opens on the next working day")
    if not rung.after_minutes:
        return gettext("When the time is up")
    return gettext("%(span)s after that") % {"span": wording.span(timedelta(minutes=rung.after_minutes))}


def _what(rung: EscalationRung) -> str:
    told = gettext(", ").join(str(WHO_IS_TOLD[audience]) for audience in rung.tells)
    if rung.opens_supervision:
        return gettext("Told: %(people)s. A supervision order is opened.") % {"people": told}
    return gettext("Told: %(people)s.") % {"people": told}
