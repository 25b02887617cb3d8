"""“Why is it due then?”: how a petition's due time was worked out, ready to be shown.

Elapsed time is shown as a sum, working days as a counted calendar. Everything comes from the petition's own
`next_why`, written down when the clock was set, and from the register of holidays; nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext, pgettext, pgettext_lazy

from governance import wording
from governance.domain.working_time import Calendar, CountedDay, DayReason, MarkedDay, Window, count_days
from governance.models.working_time import CalendarDay, DayKind, WorkingWindow
from governance.templatetags.words import own_words
from residents.models import Petition
from residents.sentences import say

ALWAYS = "always"
ONE_DAY = timedelta(days=1)
# More segments than this can't be told apart on a phone; the track is drawn in one piece then.
MOST_SEGMENTS = 30
WEEK = (
    pgettext_lazy("column of a calendar", "Mo"),
    pgettext_lazy("column of a calendar", "Tu"),
    pgettext_lazy("column of a calendar", "We"),
    pgettext_lazy("column of a calendar", "Th"),
    pgettext_lazy("column of a calendar", "Fr"),
    pgettext_lazy("column of a calendar", "Sa"),
    pgettext_lazy("column of a calendar", "Su"),
)
# What stands in a cell some 40 px wide. The whole words are there for screen readers: `DayReason`'s labels.
MARKS = {
    DayReason.COUNTS: "",
    DayReason.WEEKEND: pgettext_lazy("cell of a calendar: weekend", "off"),
    DayReason.HOLIDAY: pgettext_lazy("cell of a calendar: holiday", "off"),
    DayReason.MAKEUP: pgettext_lazy("cell of a calendar: make-up workday", "work"),
    DayReason.FILED: pgettext_lazy("cell of a calendar: day of filing", "filed"),
    DayReason.DUE: pgettext_lazy("cell of a calendar: due day", "due"),
}
DUE_ROWS = {
    "respond": pgettext_lazy("last row of a sum", "To contact you by"),
    "accept": pgettext_lazy("last row of a sum", "To accept it by"),
    "arrive": pgettext_lazy("last row of a sum", "To be there by"),
    "resolve": pgettext_lazy("last row of a sum", "To put it right by"),
    "plan": pgettext_lazy("last row of a sum", "To give a plan by"),
    "answer": pgettext_lazy("last row of a sum", "To answer you by"),
}


@dataclass(frozen=True)
class Why:
    """A petition's `next_why` with its instants read."""

    policy: str
    source: str
    calendar: str
    starts_at: datetime
    due_at: datetime
    minutes: int | None
    working_days: int | None
    provisional: bool
    calendar_version: int = 1

    @property
    def counted_by(self) -> tuple[str, int]:
        """The calendar that counted, by its code and version."""
        return self.calendar, self.calendar_version

    @property
    def counts_days(self) -> bool:
        return self.working_days is not None and self.calendar != ALWAYS


class SumRow(NamedTuple):
    label: SafeString | str
    value: str


class Cell(NamedTuple):
    """A day of the calendar. `number` is circled and counts, `mark` says why it doesn't; `spoken` is for the ear."""

    label: str
    css: str = ""
    number: str = ""
    mark: str = ""
    spoken: str = ""


class Segment(NamedTuple):
    """A piece of the progress track, in percent of its width."""

    x: str
    width: str
    css: str


class Track(NamedTuple):
    segments: list[Segment]
    began: str
    reached: str


@dataclass(frozen=True)
class Explanation:
    """Either `rows` (a sum) or `sentences` with `weeks` (a counted calendar), and what stands below both."""

    why: Why
    rows: list[SumRow] = field(default_factory=list)
    sentences: list[SafeString] = field(default_factory=list)
    weeks: list[list[Cell]] = field(default_factory=list)
    caption: str = ""
    track: Track | None = None
    working_days_left: int | None = None

    @property
    def columns(self) -> Sequence[object]:
        return WEEK


def why_of(petition: Petition) -> Why | None:
    """Read `next_why`; nothing if no clock was ever set."""
    said: Mapping = petition.next_why
    if not said:
        return None
    language = (get_language() or "zh-hans")[:2]
    return Why(
        policy=said.get(f"policy_{language}") or said["policy_zh"],
        source=said["source"],
        calendar=said["calendar"],
        starts_at=datetime.fromisoformat(said["starts_at"]),
        due_at=datetime.fromisoformat(said["due_at"]),
        minutes=said["target_minutes"],
        working_days=said["target_working_days"],
        provisional=said["provisional"],
        # What was written before calendars had versions was counted by the first.
        calendar_version=said.get("calendar_version", 1),
    )


def explain(petition: Petition, now: datetime) -> Explanation | None:
    """Say how the petition's due time came about, in the reader's language; nothing if no clock was ever set.

    Two queries where working days are counted, else none.
    """
    why = why_of(petition)
    if why is None:
        return None
    if not why.counts_days:
        return Explanation(why, rows=_sum(petition, why), track=_bar(why, now))
    counted = count_days(_calendar(why.counted_by, why.starts_at, why.due_at), why.starts_at, why.due_at)
    return Explanation(
        why,
        sentences=_sentences(petition, why, counted, now),
        weeks=_weeks(counted, now),
        caption=_caption(counted),
        track=_segments(why, counted, now),
        working_days_left=_left(counted, now),
    )


def count_working_days_left(petitions: Sequence[Petition], now: datetime) -> None:
    """Give every petition its `working_days_left` (None where its clock doesn't count them), for the due line.

    Two queries per calendar that is asked, however many petitions there are.
    """
    whys = {petition.pk: why for petition in petitions if (why := why_of(petition)) and why.counts_days}
    calendars = {}
    by_calendar = attrgetter("counted_by")
    for counted_by, same in groupby(sorted(whys.values(), key=by_calendar), key=by_calendar):
        these = list(same)
        calendars[counted_by] = _calendar(
            counted_by, min(why.starts_at for why in these), max(why.due_at for why in these)
        )
    for petition in petitions:
        why = whys.get(petition.pk)
        counted = count_days(calendars[why.counted_by], why.starts_at, why.due_at) if why else []
        petition.working_days_left = _left(counted, now) if why else None  # type: ignore[attr-defined]


# --- elapsed time: a sum ---


def _sum(petition: Petition, why: Why) -> list[SumRow]:
    rows = [SumRow(str(START_ROWS[_origin(petition, why)]), _to_the_second(why.starts_at))]
    if why.minutes is not None:
        rows.append(SumRow(say(gettext("By “%(policy)s”"), policy=why.policy), _added(why)))
    return [*rows, SumRow(str(DUE_ROWS[petition.next_kind]), _to_the_second(why.due_at))]


class Origin(Enum):
    """What set the clock going. A clock that was started again runs from somebody's “not solved”."""

    FILED = "filed"
    NEIGHBOUR_FILED = "neighbour_filed"
    REOPENED = "reopened"
    PLANNED = "planned"


START_ROWS = {
    Origin.FILED: pgettext_lazy("first row of a sum", "You filed it"),
    Origin.NEIGHBOUR_FILED: pgettext_lazy("first row of a sum", "A neighbour reported it first"),
    Origin.REOPENED: pgettext_lazy("first row of a sum", "It was not solved"),
    Origin.PLANNED: pgettext_lazy("first row of a sum", "The plan was given"),
}
START_SENTENCES = {
    Origin.FILED: gettext_lazy("You filed it on %(moment)s: it counts from that moment."),
    Origin.NEIGHBOUR_FILED: gettext_lazy("A neighbour reported it on %(moment)s: it counts from that moment."),
    Origin.REOPENED: gettext_lazy("On %(moment)s it turned out not to be solved: it counts anew from that moment."),
}


def _origin(petition: Petition, why: Why) -> Origin:
    if why.minutes is None and why.working_days is None:
        return Origin.PLANNED
    if why.starts_at < petition.filed_at:
        return Origin.NEIGHBOUR_FILED
    return Origin.FILED if why.starts_at == petition.filed_at else Origin.REOPENED


def _added(why: Why) -> str:
    span = wording.span(timedelta(minutes=why.minutes or 0))
    if why.calendar == ALWAYS:
        return pgettext("row of a sum", "+ %(span)s") % {"span": span}
    return pgettext("row of a sum", "+ %(span)s of working time") % {"span": span}


def _to_the_second(at: datetime) -> str:
    """5月15日 14:05:12"""
    on = wording.short_day(wording.local(at).date())
    return pgettext("moment", "%(day)s %(time)s") % {"day": on, "time": wording.clock_time(at, seconds=True)}


def _bar(why: Why, now: datetime) -> Track:
    """The share of the time that is gone, in one piece."""
    whole, gone = why.due_at - why.starts_at, now - why.starts_at
    percent = min(100.0, max(0.0, 100 * (gone / whole))) if whole else 100.0
    segments = [Segment("0%", f"{percent:.2f}%", "on"), Segment(f"{percent:.2f}%", f"{100 - percent:.2f}%", "off")]
    reached = pgettext("track", "%(span)s in all") % {"span": wording.span(whole)}
    return Track(segments, _began(why.starts_at, now), reached)


def _began(at: datetime, now: datetime) -> str:
    on = wording.local(at).date()
    if on == wording.local(now).date():
        return pgettext("track", "since %(moment)s") % {"moment": wording.clock_time(at)}
    return pgettext("track", "since %(moment)s") % {"moment": wording.short_day(on)}


# --- working days: a counted calendar ---


def _calendar(counted_by: tuple[str, int], start: datetime, due: datetime) -> Calendar:
    """The calendar with the days around `start` to `due` only: a page doesn't need twenty years of holidays."""
    code, version = counted_by
    windows = list(
        WorkingWindow.objects.filter(calendar__code=code, calendar__version=version).select_related("calendar")
    )
    days = CalendarDay.objects.filter(day__range=(start.date() - 7 * ONE_DAY, due.date() + 7 * ONE_DAY))
    return Calendar(
        ZoneInfo(windows[0].calendar.zone) if windows else ZoneInfo("Asia/Shanghai"),
        windows=tuple(Window(window.opens_at, window.closes_at) for window in windows),
        days={row.day: MarkedDay(DayKind(row.kind), row.name) for row in days},
    )


def _today(now: datetime) -> date:
    return wording.local(now).date()


def _reached(counted: list[CountedDay], now: datetime) -> int:
    """The number of the working day that today is, or of the last one before today."""
    return max((day.number for day in counted if day.number and day.on <= _today(now)), default=0)


def _total(counted: list[CountedDay]) -> int:
    return max((day.number for day in counted if day.number), default=0)


def _left(counted: list[CountedDay], now: datetime) -> int:
    return _total(counted) - _reached(counted, now)


def _bold(text: str) -> SafeString:
    return format_html("<b>{}</b>", own_words(text))


def _sentences(petition: Petition, why: Why, counted: list[CountedDay], now: datetime) -> list[SafeString]:
    return [
        _start_sentence(petition, why, now),
        _promise_sentence(why),
        *_holiday_sentences(counted),
        *_make_up_sentences(counted, now),
    ]


def _start_sentence(petition: Petition, why: Why, now: datetime) -> SafeString:
    on = wording.day(wording.local(why.starts_at).date(), _today(now))
    moment = pgettext("moment", "%(day)s %(time)s") % {"day": on, "time": wording.clock_time(why.starts_at)}
    return say(str(START_SENTENCES[_origin(petition, why)]), moment=_bold(moment))


def _promise_sentence(why: Why) -> SafeString:
    sentence = ngettext(
        "“%(policy)s” gives %(days)s: the next working day, until work ends at %(time)s.",
        "“%(policy)s” gives %(days)s: counted from the next working day until work ends on the last one, at %(time)s.",
        why.working_days or 0,
    )
    days = wording.target(None, why.working_days)
    return say(
        sentence,
        policy=why.policy,
        days=_bold(days),
        time=wording.clock_time(why.due_at),
    )


def _holiday_sentences(counted: list[CountedDay]) -> list[SafeString]:
    """One for each holiday on the way, else one about the weekends."""
    holidays = [day for day in counted if day.reason == DayReason.HOLIDAY]
    if not holidays:
        weekend = any(day.reason == DayReason.WEEKEND for day in counted)
        return [say(gettext("Saturdays and Sundays are not counted."))] if weekend else []
    sentences = []
    for name, days in groupby(holidays, key=lambda day: day.holiday):
        number = len(list(days))
        sentence = ngettext(
            "%(holiday)s: %(days)s day off, not counted.", "%(holiday)s: %(days)s days off, not counted.", number
        )
        sentences.append(say(sentence, holiday=name or str(DayReason.HOLIDAY.label), days=number))
    return sentences


def _make_up_sentences(counted: list[CountedDay], now: datetime) -> list[SafeString]:
    return [
        say(gettext("%(day)s is a make-up workday and counts."), day=_bold(wording.day(day.on, _today(now))))
        for day in counted
        if day.reason == DayReason.MAKEUP
    ]


def _weeks(counted: list[CountedDay], now: datetime) -> list[list[Cell]]:
    """Whole weeks, Monday to Sunday, around the counted days."""
    by_date = {day.on: day for day in counted}
    monday = counted[0].on - ONE_DAY * counted[0].on.weekday()
    sunday = counted[-1].on + ONE_DAY * (6 - counted[-1].on.weekday())
    days = [monday + ONE_DAY * offset for offset in range((sunday - monday).days + 1)]
    cells = [_cell(on, by_date.get(on), is_today=on == _today(now)) for on in days]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _cell(on: date, day: CountedDay | None, *, is_today: bool) -> Cell:
    label = str(on.day)
    if on.day == 1:
        label = pgettext("first day of a month in a calendar", "%(day)s/%(month)s") % {"day": 1, "month": on.month}
    css = " ".join(_classes(day, is_today=is_today))
    if day is None:
        return Cell(label, css)
    if is_today and day.reason not in (DayReason.FILED, DayReason.DUE):
        return Cell(label, css, mark=pgettext("cell of a calendar", "today"), spoken=_spoken(day))
    if day.number and day.reason == DayReason.COUNTS:
        return Cell(label, css, number=circled(day.number), spoken=_spoken(day))
    return Cell(label, css, mark=str(MARKS[day.reason]), spoken=_spoken(day))


def _classes(day: CountedDay | None, *, is_today: bool) -> list[str]:
    if day is None:
        return []
    kinds = {
        "c": day.counts,
        "today": is_today,
        "start": day.reason == DayReason.FILED,
        "end": day.reason == DayReason.DUE,
    }
    return [css for css, is_so in kinds.items() if is_so]


def _spoken(day: CountedDay) -> str:
    label = str(DayReason(day.reason).label)
    if not day.number:
        return label
    return gettext("%(reason)s, day %(number)s") % {"reason": label, "number": day.number}


def circled(number: int) -> str:
    """①, ⑳, ㉑ … ㊿, then plain figures: nobody waits for longer."""
    for first, last, code in ((1, 20, 0x2460), (21, 35, 0x3251), (36, 50, 0x32B1)):
        if first <= number <= last:
            return chr(code + number - first)
    return str(number)


def _caption(counted: list[CountedDay]) -> str:
    monday = counted[0].on - ONE_DAY * counted[0].on.weekday()
    sunday = counted[-1].on + ONE_DAY * (6 - counted[-1].on.weekday())
    ends = {"first": wording.short_day(monday), "last": wording.short_day(sunday)}
    return gettext("%(first)s to %(last)s") % ends


def _segments(why: Why, counted: list[CountedDay], now: datetime) -> Track:
    """One segment for each working day: gone, today, to come."""
    total, reached = _total(counted), _reached(counted, now)
    words = gettext("day %(number)s of %(total)s") % {"number": reached, "total": total}
    if not reached:
        words = wording.target(None, total)
    if not 0 < total <= MOST_SEGMENTS:
        return _bar(why, now)._replace(reached=words)
    today = next((day.number for day in counted if day.on == _today(now)), None)
    step = 100 / total
    segments = [
        Segment(f"{step * index:.2f}%", f"{step - 0.9:.2f}%", _segment_state(index + 1, reached, today))
        for index in range(total)
    ]
    return Track(segments, _began(why.starts_at, now), words)


def _segment_state(number: int, reached: int, today: int | None) -> str:
    if number == today:
        return "now"
    return "on" if number <= reached else "off"
