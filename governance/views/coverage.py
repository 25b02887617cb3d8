"""How far the net of branches and grid units reaches, and the tree of party organisations.

For those who keep the registers or work in an organisation or community of the net. Nothing here is about a single
member: figures are counts, and gaps name organisations and places.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance import charts, wording
from governance.desk_bar import who_works_here
from governance.domain import coverage as net
from governance.domain.areas import Area, areas_of
from governance.domain.moment import local_day
from governance.domain.party_tree import tree
from governance.models import CoverageRule, CoverageSnapshot, CoverageTarget
from governance.requests import PortalRequest

# On the page with all figures; a figure's own page names them all.
GAPS_NAMED = 5
ROWS_OF_THE_TABLE = 30


@never_cache
@login_required
@require_safe
def coverage(request: PortalRequest) -> HttpResponse:
    """All figures of an area today, beside yesterday's and what is to be reached."""
    chosen = _chosen(request)
    if chosen.area is None:
        return render(request, "governance/coverage.html", {"chosen": chosen, **_who_works_here(request)})
    yesterday = {kept.rule: kept for kept in _kept(chosen.area).filter(day=chosen.today - timedelta(days=1))}
    targets = _targets(chosen.area)
    shown = [
        Shown(figure, chosen, yesterday.get(figure.rule), targets.get(figure.rule, []))
        for figure in net.figures(chosen.area.subdistrict.pk, chosen.today, communities=chosen.area.communities)
    ]
    return render(request, "governance/coverage.html", {"chosen": chosen, "shown": shown, **_who_works_here(request)})


@never_cache
@login_required
@require_safe
def coverage_rule(request: PortalRequest, rule: str) -> HttpResponse:
    """One figure: every gap by name, the days gone by, and the targets against their baseline."""
    chosen = _chosen(request)
    if rule not in CoverageRule or chosen.area is None:
        raise Http404
    days = list(_kept(chosen.area).filter(rule=rule, day__lt=chosen.today).order_by("day"))
    targets = _targets(chosen.area, rule).get(rule, [])
    figures = net.figures(chosen.area.subdistrict.pk, chosen.today, communities=chosen.area.communities)
    figure = next(figure for figure in figures if figure.rule == rule)
    yesterday = next((kept for kept in days if kept.day == chosen.today - timedelta(days=1)), None)
    shown = Shown(figure, chosen, yesterday, targets)
    over_time = OverTime(shown, days)
    context = {"chosen": chosen, "each": shown, "over_time": over_time, **_who_works_here(request)}
    return render(request, "governance/coverage_rule.html", context)


@never_cache
@login_required
@require_safe
def party_tree(request: PortalRequest) -> HttpResponse:
    """The tree of party organisations in an area, with what joins it and shares it from the side."""
    chosen = _chosen(request)
    tops = []
    if chosen.area:
        tops = tree(chosen.area.subdistrict, request.now, communities=chosen.area.communities)
    return render(request, "governance/party_tree.html", {"chosen": chosen, "tops": tops, **_who_works_here(request)})


def _who_works_here(request: PortalRequest) -> dict[str, str]:
    return who_works_here(request.user, request.now)


# --- the area ---


@dataclass(frozen=True)
class Chosen:
    """The area that is looked at, and the others that may be; whether whoever looks keeps the registers."""

    area: Area | None
    areas: list[Area]
    today: date
    keeps_registers: bool

    @property
    def question(self) -> str:
        """What an address needs so that it leads to the same area."""
        several = self.area is not None and len(self.areas) > 1
        return "?" + urlencode({"area": self.area.key}) if several and self.area else ""


def _chosen(request: PortalRequest) -> Chosen:
    """The area that the address names, else the person's first. One that isn't theirs is a 404."""
    scope = request.user.scope(request.now)
    if not scope.sees_the_net:
        raise Http404
    areas = areas_of(scope)
    key = request.GET.get("area")
    area = next((area for area in areas if key in (None, "", area.key)), None)
    if key and area is None:
        raise Http404
    return Chosen(area, areas, local_day(request.now), scope.runs_console)


def _kept(area: Area) -> QuerySet[CoverageSnapshot]:
    """Days gone by are kept for streets, not for single communities."""
    if area.community is not None:
        return CoverageSnapshot.objects.none()
    return CoverageSnapshot.objects.filter(subdistrict=area.subdistrict)


def _targets(area: Area, *rules: str) -> dict[str, list[CoverageTarget]]:
    """By rule, the targets in the order of their days."""
    found: dict[str, list[CoverageTarget]] = {}
    if area.community is not None:
        return found
    targets = CoverageTarget.objects.filter(subdistrict=area.subdistrict).order_by("due_on")
    for target in targets.filter(rule__in=rules) if rules else targets:
        found.setdefault(target.rule, []).append(target)
    return found


# --- a figure, as it is shown ---


@dataclass(frozen=True)
class NamedGap:
    name: str
    why: str
    url: str


@dataclass(frozen=True)
class Shown:
    """A figure with its words: the share, its definition, yesterday's, the target that counts today."""

    figure: net.Figure
    chosen: Chosen
    yesterday: CoverageSnapshot | None
    targets: list[CoverageTarget]

    @property
    def name(self) -> str:
        return str(CoverageRule(self.figure.rule).label)

    @property
    def definition(self) -> str:
        return str(net.DEFINITIONS[self.figure.rule])

    @property
    def url(self) -> str:
        return reverse("coverage_rule", args=[self.figure.rule]) + self.chosen.question

    @property
    def percent(self) -> str:
        """“66.67 %”; empty where there is nothing to be covered."""
        line = self.target.target_percent if self.target else None
        return "" if self.figure.share is None else f"{net.percent(self.figure.share, line=line)} %"

    @property
    def is_whole(self) -> bool:
        return self.figure.share == 1

    @cached_property
    def gaps(self) -> list[NamedGap]:
        return [NamedGap(gap.name, gap.why, self._address(gap)) for gap in self.figure.gaps]

    @property
    def first_gaps(self) -> list[NamedGap]:
        return self.gaps[:GAPS_NAMED]

    @property
    def other_gaps(self) -> int:
        return max(len(self.gaps) - GAPS_NAMED, 0)

    def _address(self, gap: net.Gap) -> str:
        """The gap's row in the console, for those who may change it."""
        if not self.chosen.keeps_registers:
            return ""
        return reverse(f"admin:governance_{gap.register}_change", args=[gap.pk])

    @property
    def yesterday_words(self) -> str:
        if self.yesterday is None:
            return ""
        return _fraction(self.yesterday.numerator, self.yesterday.denominator)

    @property
    def target(self) -> CoverageTarget | None:
        """The next one due; where none is due any more, the last that was."""
        ahead = [target for target in self.targets if target.due_on >= self.chosen.today]
        return ahead[0] if ahead else self.targets[-1] if self.targets else None

    @property
    def target_words(self) -> str:
        if self.target is None:
            return ""
        facts = {
            "percent": _exact(self.target.target_percent),
            "day": wording.day(self.target.due_on, self.chosen.today),
        }
        return _("%(percent)s by %(day)s") % facts

    @property
    def target_state(self) -> str:
        """“reached”, “ahead” of a day that is still to come, or “missed”."""
        if self.target is None:
            return ""
        if net.reaches(self.figure.share, self.target):
            return "reached"
        return "ahead" if self.target.due_on >= self.chosen.today else "missed"


def _fraction(numerator: int, denominator: int) -> str:
    """“6/9 (66.67 %)”, and words where there was nothing to be covered."""
    share = net.share(numerator, denominator)
    return _("none") if share is None else f"{numerator}/{denominator} ({net.percent(share)} %)"


def _exact(percent: Any) -> str:
    """“70 %” of 70.00, “66.67 %” of 66.67."""
    return f"{percent:f}".rstrip("0").rstrip(".") + " %"


# --- days gone by ---


@dataclass(frozen=True)
class Day:
    """A day on which the figure came to something else than the day before; `words` is what it came to."""

    day: date
    words: str
    gaps: list[str]


@dataclass(frozen=True)
class OverTime:
    """A figure over the days that are kept, with today's as the last, drawn and as a table."""

    shown: Shown
    days: list[CoverageSnapshot]

    @property
    def has_days(self) -> bool:
        return bool(self.days)

    @cached_property
    def chart(self) -> charts.LineChart | None:
        reached = self._reached()
        targets = self.shown.targets
        baseline = self._baseline(targets[0]) if targets else None
        to_reach = [
            charts.ToReach(target.due_on, net.share_of(target.target_percent), _exact(target.target_percent))
            for target in targets
        ]
        if not self.days and not targets:
            return None
        return charts.line_over_days(reached, to_reach, baseline=baseline, day_words=self._day_words())

    def _reached(self) -> list[charts.Reached]:
        """Days on which there was something to be covered."""
        figure = self.shown.figure
        rows = [(kept.day, kept.numerator, kept.denominator) for kept in self.days]
        rows.append((self.shown.chosen.today, figure.numerator, figure.denominator))
        return [
            charts.Reached(day, share, f"{numerator}/{denominator} · {net.percent(share)} %")
            for day, numerator, denominator in rows
            if (share := net.share(numerator, denominator)) is not None
        ]

    def _baseline(self, target: CoverageTarget) -> charts.Reached:
        words = _("Baseline %(percent)s") % {"percent": _exact(target.baseline_percent)}
        return charts.Reached(target.baseline_on, net.share_of(target.baseline_percent), words)

    def _day_words(self) -> dict[date, str]:
        today = self.shown.chosen.today
        named = {today, *(kept.day for kept in self.days[:1])}
        for target in self.shown.targets:
            named |= {target.baseline_on, target.due_on}
        return {day: _("today") if day == today else wording.day(day, today) for day in sorted(named)}

    @cached_property
    def changes(self) -> list[Day]:
        """The days on which it changed, the latest first."""
        found, before = [], None
        for kept in self.days:
            said = (kept.numerator, kept.denominator, kept.gaps)
            if said != before:
                found.append(Day(kept.day, _fraction(kept.numerator, kept.denominator), kept.gaps))
            before = said
        return found[::-1][:ROWS_OF_THE_TABLE]
