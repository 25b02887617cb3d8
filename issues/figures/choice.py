"""What an address asks the dashboard for: which part of what is in sight, which kind of matters, which weeks.

What nobody offers is left out, with a sentence; it never makes the figures wider than what the person may count.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.domain.moment import LOCAL_ZONE, local_day
from governance.domain.plain_words import plain
from issues.figures.sight import Sight
from residents.models import PetitionChannel

PRESETS = (4, 12, 26, 52)
USUAL = 12
MOST_DAYS = 1098  # three years
WEEK = timedelta(days=7)

NOT_OFFERED: dict[str, str | Promise] = {
    "street": _("That street isn't offered here. The choice was left out."),
    "community": _("That community isn't offered here. The choice was left out."),
    "estate": _("That estate isn't offered here. The choice was left out."),
    "body": _("That body isn't offered here. The choice was left out."),
    "category": _("That category isn't offered here. The choice was left out."),
    "channel": _("That channel isn't offered here. The choice was left out."),
    "weeks": _("That number of weeks isn't offered here: these are the last 12."),
    "days": _("Those days can't be read, lie ahead, or are more than three years: these are the last 12 weeks."),
    "other": _("The address asks for something that is no filter here. It was left out."),
}


class Ignored(str):
    """The name of a filter that was left out. Its sentence is in `NOT_OFFERED`."""

    @property
    def sentence(self) -> str:
        return str(NOT_OFFERED[self])


@dataclass(frozen=True)
class Period:
    """From the first instant of a local day up to `ends_at`, which is at most now; and as long a time before it.

    `weeks` are where its local weeks (Monday to Sunday) begin, the first cut at its start. In the last one days may
    still be missing: `is_running`.
    """

    starts_at: datetime
    ends_at: datetime
    before_starts_at: datetime
    before_ends_at: datetime
    weeks: tuple[datetime, ...]
    first: date
    last: date
    preset: int | None = None
    is_running: bool = False

    @classmethod
    def of_weeks(cls, number: int, now: datetime) -> "Period":
        """The week of `now` up to now, and those before it: `number` in all. Before it: as many weeks earlier."""
        today = local_day(now)
        monday = today - timedelta(days=today.weekday())
        first = monday - (number - 1) * WEEK
        back = number * WEEK
        return cls(
            starts_at=_midnight(first),
            ends_at=now,
            before_starts_at=_midnight(first - back),
            before_ends_at=now - back,
            weeks=_mondays(first, today),
            first=first,
            last=today,
            preset=number,
            is_running=True,
        )

    @classmethod
    def of_days(cls, first: date, last: date, now: datetime) -> "Period":
        """Both days included; before it as many days."""
        days = (last - first).days + 1
        ends_at = min(_midnight(last + timedelta(days=1)), now)
        return cls(
            starts_at=_midnight(first),
            ends_at=ends_at,
            before_starts_at=_midnight(first - timedelta(days=days)),
            before_ends_at=ends_at - timedelta(days=days),
            weeks=_mondays(first, min(last, local_day(now))),
            first=first,
            last=last,
            is_running=ends_at == now,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=LOCAL_ZONE)


def _mondays(first: date, last: date) -> tuple[datetime, ...]:
    monday = first - timedelta(days=first.weekday())
    starts = [max(first, monday + number * WEEK) for number in range((last - monday).days // 7 + 1)]
    return tuple(_midnight(day) for day in starts)


@dataclass(frozen=True)
class Choice:
    """What is asked for, as keys of the registers. `ignored` names what was asked for besides, and isn't offered."""

    sight: Sight
    now: datetime
    period: Period
    street: int | None = None
    community: int | None = None
    estate: int | None = None
    body: int | None = None
    category: int | None = None
    channel: str = ""
    ignored: tuple[Ignored, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, query: Mapping[str, Any], sight: Sight, now: datetime) -> "Choice":
        return _Reader(query, sight, now).choice()

    @property
    def is_narrowed(self) -> bool:
        return bool(self.asked)

    @property
    def address(self) -> str:
        """The question of an address that asks for this and nothing else; empty for the plain page."""
        return f"?{urlencode(self.asked)}" if self.asked else ""

    @property
    def listed(self) -> "Choice":
        """What of it is named one by one, to whoever asks."""
        return replace(self, sight=self.sight.listed)

    @cached_property
    def streets(self) -> list[int]:
        """The streets whose rows are looked at: never one that isn't in sight."""
        if self.community is not None:
            return [self.sight.registers.communities[self.community].street_id]
        return [self.street] if self.street is not None else sorted(self.sight.streets)


class _Reader:
    """Reads one address, and keeps what it had to leave out."""

    def __init__(self, query: Mapping[str, Any], sight: Sight, now: datetime):
        self.query, self.sight, self.now = query, sight, now
        self.ignored: list[Ignored] = []
        self.asked: dict[str, str] = {}

    NAMES = ("street", "community", "estate", "body", "category", "channel", "weeks", "from", "to")
    ELSEWHERE = ("page", "view")

    def choice(self) -> Choice:
        registers = self.sight.registers
        street = self._one("street", registers.streets, lambda row: row.key)
        communities = {
            pk: row
            for pk, row in registers.communities.items()
            if (street is None or row.street_id == street)
            and (self._is_whole(row.street_id) or pk in self.sight.communities)
        }
        community = self._one("community", communities, self.community_key)
        estates = {
            pk: row
            for pk, row in registers.estates.items()
            if row.community_id in communities and community in (None, row.community_id)
        }
        estate = self._one("estate", estates, lambda row: row.key)
        body = self._one("body", registers.bodies, lambda row: str(row.name))
        category = self._one("category", registers.subjects, lambda row: row.key)
        channel = self._channel()
        period = self._period()
        if self.query.keys() - {*self.NAMES, *self.ELSEWHERE}:
            self.ignored.append(Ignored("other"))
        return Choice(
            self.sight,
            self.now,
            period,
            street,
            community,
            estate,
            body,
            category,
            channel,
            tuple(self.ignored),
            self.asked,
        )

    def _is_whole(self, street: int) -> bool:
        return street in self.sight.free | self.sight.own

    def community_key(self, row: Any) -> str:
        return key_of(row, self.sight.registers.communities, self.sight)

    def _said(self, name: str) -> str:
        return plain(str(self.query.get(name, "")))[:120]

    def _one(self, name: str, offered: Mapping[int, Any], key: Callable[[Any], str]) -> int | None:
        said = self._said(name)
        if not said:
            if self.query.get(name):
                self.ignored.append(Ignored(name))
            return None
        found = next((pk for pk, row in offered.items() if key(row) == said), None)
        if found is None:
            self.ignored.append(Ignored(name))
        else:
            self.asked[name] = said
        return found

    def _channel(self) -> str:
        said = self._said("channel")
        if said and said not in PetitionChannel.values:
            self.ignored.append(Ignored("channel"))
            return ""
        if said:
            self.asked["channel"] = said
        return said

    def _period(self) -> Period:
        if self._said("from") or self._said("to"):
            return self._days()
        said = self._said("weeks")
        if said in {str(number) for number in PRESETS}:
            if int(said) != USUAL:
                self.asked["weeks"] = said
            return Period.of_weeks(int(said), self.now)
        if said:
            self.ignored.append(Ignored("weeks"))
        return Period.of_weeks(USUAL, self.now)

    def _days(self) -> Period:
        today = local_day(self.now)
        try:
            last = date.fromisoformat(self._said("to")) if self._said("to") else today
            first = date.fromisoformat(self._said("from")) if self._said("from") else last - timedelta(days=83)
            if not (date(2000, 1, 1) <= first <= last and first <= today and (last - first).days < MOST_DAYS):
                raise ValueError
            if last > today + timedelta(days=366):
                raise ValueError
        except (ValueError, OverflowError):
            self.ignored.append(Ignored("days"))
            return Period.of_weeks(USUAL, self.now)
        self.asked |= {"from": first.isoformat(), "to": last.isoformat()}
        return Period.of_days(first, min(last, today), self.now)


def key_of(community: Any, communities: Mapping[int, Any], sight: Sight) -> str:
    """A community by its name, and with its street where two streets have one of that name."""
    alike = sum(1 for other in communities.values() if other.name == community.name)
    street = sight.registers.streets[community.street_id]
    return f"{street.key}{community.name}" if alike > 1 else str(community.name)
