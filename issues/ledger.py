"""The public ledger of an estate: what was reported, who has it, what was promised and how long it took.

Read by everybody, so it says what nobody can be known by: the kind of thing, the building but never the door, the body
but never a person, days and lengths but no instants. Whatever is between neighbours, about people, or about care and
deeds is not itemised (`Category.is_listed`), and no number below five is told. Source: RULES.md §3. The office's own
figures are another room.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, Self

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from governance import wording
from governance.domain.moment import local_day
from governance.models import Building, Estate
from governance.models.places import UnitKind
from issues.models import ClockKind, Issue, IssuePetition, IssueState, SlaClock, WorkOrder

# Below it a number, or a building, points at people.
FEWEST = 5
SUMMED_UP = timedelta(days=90)
LISTED_STATES = (IssueState.OPEN, IssueState.FINISHED, IssueState.CLOSED)
DONE_STATES = (IssueState.FINISHED, IssueState.CLOSED)
# What a matter's end is promised by. An arrival is a promise on the way.
ENDS = (ClockKind.RESOLVE, ClockKind.PLAN, ClockKind.ANSWER)


class Promise(NamedTuple):
    """What was promised for one end of a matter, and what became of it. Lengths and days, never instants.

    `target` is empty where a plan has promised a day: that is `by`, or an earlier one that a merged matter was due on.
    """

    kind: str
    target: str
    by: date | None
    took: timedelta | None
    late_by: timedelta | None

    @property
    def is_kept(self) -> bool:
        return self.took is not None and self.late_by is None

    @classmethod
    def of(cls, clock: SlaClock, now: datetime) -> Self:
        ended_at = clock.stopped_at
        return cls(
            kind=clock.kind,
            target=wording.target(clock.target_minutes, clock.target_working_days),
            by=local_day(clock.due_at) if clock.dated_at else None,
            took=ended_at - clock.starts_at if ended_at else None,
            late_by=(ended_at or now) - clock.due_at if clock.was_missed(now) else None,
        )


@dataclass(frozen=True)
class Entry:
    """One matter as everybody may read it. `building` is None where too few live in it; `voices`, below five."""

    issue: Issue
    reported_on: date
    building: Building | None
    body: str
    voices: int | None
    promises: tuple[Promise, ...]
    took: timedelta | None

    @property
    def is_done(self) -> bool:
        return self.issue.state in DONE_STATES


@dataclass(frozen=True)
class Summary:
    """What was listed in ninety days; `kept` of `due` promises to end a matter; and how much was not listed.

    None: fewer than five. The first two leave out what isn't listed, so that nothing can be subtracted.
    """

    reported: int | None
    done: int | None
    kept: int | None
    due: int | None
    not_listed: int | None

    @property
    def kept_percent(self) -> str:
        """“92 %”, rounded down: 99.6 % is not all of them."""
        return f"{self.kept * 100 // self.due} %" if self.due and self.kept is not None else ""


def listed(estate: Estate) -> QuerySet[Issue]:
    """Matters of the estate that are listed one by one, the newest first. Commitments stand with their topic."""
    matters = Issue.objects.of_people().filter(estate=estate, state__in=LISTED_STATES, category__is_listed=True)
    return matters.order_by("-filed_at", "-id")


def buildings_told(estate: Estate) -> list[Building]:
    """The estate's buildings that may be named, in people's order: at least five households live in each."""
    counted = Building.objects.filter(estate=estate).annotate(households=_households("units"))
    told = [each for each in counted if each.households >= FEWEST]
    return sorted(told, key=lambda each: (len(each.name), each.name))


def _households(units: str) -> Count:
    return Count(units, filter=Q(**{f"{units}__kind": UnitKind.DWELLING, f"{units}__ended_on": None}))


def entries(issues: QuerySet[Issue], told: Iterable[Building], now: datetime) -> list[Entry]:
    """What is said of these matters. Two queries, however many they are."""
    clocks = SlaClock.objects.filter(voided_at=None).order_by("due_at")
    orders = WorkOrder.objects.filter(issue=OuterRef("pk")).order_by("-dispatched_at", "-id")
    links = IssuePetition.objects.filter(issue=OuterRef("pk"), undone_at=None).order_by()
    # Subqueries, not a join: PostgreSQL counts for the page's matters, and not for all of the estate's.
    voices = Coalesce(Subquery(links.values("issue").annotate(number=Count("pk")).values("number")), 0)
    loaded = issues.select_related("category").prefetch_related(Prefetch("clocks", clocks))
    loaded = loaded.annotate(voices=voices, body=Coalesce(Subquery(orders.values("body__short_name")[:1]), Value("")))
    named = {each.pk: each for each in told}
    return [_entry(issue, named.get(issue.building_id or 0), now) for issue in loaded]


def _entry(issue: Issue, building: Building | None, now: datetime) -> Entry:
    voices: int = issue.voices  # type: ignore[attr-defined]
    return Entry(
        issue=issue,
        reported_on=local_day(issue.filed_at),
        building=building,
        body=issue.body,  # type: ignore[attr-defined]
        voices=voices if voices >= FEWEST else None,
        promises=tuple(Promise.of(each, now) for each in issue.clocks.all() if _is_told(each, issue)),
        took=issue.finished_at - issue.filed_at if issue.finished_at and issue.state in DONE_STATES else None,
    )


def _is_told(clock: SlaClock, issue: Issue) -> bool:
    return clock.epoch == issue.epoch and clock.kind in (ClockKind.ARRIVE, *ENDS)


def summary(estate: Estate, now: datetime) -> Summary:
    """The last ninety days of the estate. One query."""
    matters = Issue.objects.of_people().filter(estate=estate, state__in=LISTED_STATES)
    reported = matters.filter(filed_at__gte=now - SUMMED_UP)
    is_listed = Q(category__is_listed=True)
    is_due = is_listed & Q(clocks__kind__in=ENDS, clocks__voided_at=None, clocks__due_at__lt=now)
    counts = reported.aggregate(
        reported=Count("pk", filter=is_listed, distinct=True),
        done=Count("pk", filter=is_listed & Q(state__in=DONE_STATES), distinct=True),
        not_listed=Count("pk", filter=~is_listed, distinct=True),
        due=Count("clocks", filter=is_due, distinct=True),
        kept=Count("clocks", filter=is_due & Q(clocks__stopped_at__lte=F("clocks__due_at")), distinct=True),
    )
    kept = counts.pop("kept")
    told = {name: number if number >= FEWEST else None for name, number in counts.items()}
    return Summary(**told, kept=kept if told["due"] else None)


def estates_told(words: str) -> QuerySet[Estate]:
    """Estates whose name, address or community has these words, in the order of their names."""
    standing = Estate.objects.filter(ended_on=None).select_related("community__subdistrict")
    if words:
        standing = standing.filter(
            Q(name__icontains=words) | Q(address__icontains=words) | Q(community__name__icontains=words)
        )
    return standing.order_by("community__subdistrict__name", "community__name", "name")
