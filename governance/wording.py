"""How instants, days and lengths of time are said, in the reader's language and on the estate's clock.

Every function takes aware instants and says nothing about what they mean: what counts as late is the domain's question.
Formats are translatable messages, so that each language orders day, month and weekday as its readers do.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import ngettext, npgettext, pgettext, pgettext_lazy

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MONTHS = (
    pgettext_lazy("short month", "Jan"),
    pgettext_lazy("short month", "Feb"),
    pgettext_lazy("short month", "Mar"),
    pgettext_lazy("short month", "Apr"),
    pgettext_lazy("short month", "May"),
    pgettext_lazy("short month", "Jun"),
    pgettext_lazy("short month", "Jul"),
    pgettext_lazy("short month", "Aug"),
    pgettext_lazy("short month", "Sep"),
    pgettext_lazy("short month", "Oct"),
    pgettext_lazy("short month", "Nov"),
    pgettext_lazy("short month", "Dec"),
)
WEEKDAYS = (
    pgettext_lazy("short weekday", "Mon"),
    pgettext_lazy("short weekday", "Tue"),
    pgettext_lazy("short weekday", "Wed"),
    pgettext_lazy("short weekday", "Thu"),
    pgettext_lazy("short weekday", "Fri"),
    pgettext_lazy("short weekday", "Sat"),
    pgettext_lazy("short weekday", "Sun"),
)


class QueueClock(NamedTuple):
    """What leads a row of the queue: the large figure, the words below it, and whether it counts down by the second."""

    figure: str
    words: str
    ticks: bool


def local(at: datetime) -> datetime:
    """`at` on the clock of the place that is governed, whoever reads it."""
    return timezone.localtime(at, timezone.get_default_timezone())


def clock_time(at: datetime, *, seconds: bool = False) -> str:
    """14:35, or 14:35:12."""
    return local(at).strftime("%H:%M:%S" if seconds else "%H:%M")


def day(on: date, today: date) -> str:
    """5月25日 周一; with the year only when it isn't this one. Weekday always."""
    facts = {"weekday": WEEKDAYS[on.weekday()], "day": on.day, "month": MONTHS[on.month - 1], "year": on.year}
    if on.year == today.year:
        return pgettext("day", "%(weekday)s %(day)s %(month)s") % facts
    return pgettext("day", "%(weekday)s %(day)s %(month)s %(year)s") % facts


def short_day(on: date) -> str:
    """5月25日, where the weekday stands beside it."""
    return pgettext("short day", "%(day)s %(month)s") % {"day": on.day, "month": MONTHS[on.month - 1]}


def short_moment(at: datetime, now: datetime) -> str:
    """14:35 today, 5月13日 14:35 on any other day: for sentences that lead up to a time themselves."""
    on = local(at).date()
    return clock_time(at) if on == local(now).date() else f"{short_day(on)} {clock_time(at)}"


def moment(at: datetime, now: datetime, *, seconds: bool = False) -> str:
    """今天 14:35, 昨天 17:40, 明天 09:00, else 5月25日 周一 18:00."""
    on, today = local(at).date(), local(now).date()
    time = {"time": clock_time(at, seconds=seconds)}
    match (on - today).days:
        case 0:
            return pgettext("moment", "today %(time)s") % time
        case -1:
            return pgettext("moment", "yesterday %(time)s") % time
        case 1:
            return pgettext("moment", "tomorrow %(time)s") % time
        case _:
            return pgettext("moment", "%(day)s %(time)s") % {"day": day(on, today), **time}


def by_moment(at: datetime, now: datetime) -> str:
    """今天 14:35 前, 5月25日 周一 18:00 前: a deadline, as it is said."""
    time = {"time": clock_time(at)}
    match (local(at).date() - local(now).date()).days:
        case 0:
            return pgettext("deadline", "by %(time)s today") % time
        case -1:
            return pgettext("deadline", "by %(time)s yesterday") % time
        case 1:
            return pgettext("deadline", "by %(time)s tomorrow") % time
        case _:
            return pgettext("deadline", "by %(moment)s") % {"moment": moment(at, now)}


def entrance(stairwell: int | str) -> str:
    """2单元, by the number of the stairwell. Where a language puts a space in it, no line breaks there."""
    return (pgettext("stairwell", "Entrance %(number)s") % {"number": stairwell}).replace(" ", "\u00a0")


def at_place(place: str, matter: str) -> str:
    """3栋 1单元 楼道灯. Languages in which the two would run into each other put a dot between them.

    The dot ends a line rather than beginning one.
    """
    if not place or not matter:
        return place or matter
    pattern = pgettext("place and matter", "%(place)s · %(matter)s").replace(" ·", "\u00a0·")
    return pattern % {"place": place, "matter": matter}


def span(length: timedelta) -> str:
    """45 秒, 18 分钟, 2 小时 10 分, 3 天 4 小时: two units at most, rounded down. The sign is the caller's to word."""
    total = int(abs(length).total_seconds())
    minutes, hours, days = total // 60, total // 3600, total // 86_400
    if not minutes:
        return npgettext("span", "%(seconds)s second", "%(seconds)s seconds", total) % {"seconds": total}
    if not hours:
        return npgettext("span", "%(minutes)s minute", "%(minutes)s minutes", minutes) % {"minutes": minutes}
    if not days:
        return _hours(hours, minutes % 60)
    return _days(days, hours % 24)


def _hours(hours: int, minutes: int) -> str:
    if not minutes:
        return npgettext("span", "%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}
    return pgettext("span", "%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}


def _days(days: int, hours: int) -> str:
    if not hours:
        return npgettext("span", "%(days)s day", "%(days)s days", days) % {"days": days}
    return npgettext("span", "%(days)s day %(hours)s h", "%(days)s days %(hours)s h", days) % {
        "days": days,
        "hours": hours,
    }


def remaining(due: datetime, now: datetime, *, working_days: int | None = None) -> str:
    """还有 18 分钟, 已超时 2 小时 10 分; from a day on 还有 6 个工作日, if the clock counts `working_days`.

    The instant itself is still in time: a deadline is met by what happens at it.
    """
    if due < now:
        return pgettext("clock", "Overdue by %(span)s") % {"span": span(now - due)}
    if working_days and due - now >= DAY:
        return remaining_working_days(working_days)
    return pgettext("clock", "%(span)s left") % {"span": span(due - now)}


def target(minutes: int | None, working_days: int | None) -> str:
    """What is promised: 30 分钟, or 15 个工作日. Empty where neither is given."""
    if working_days:
        return ngettext("%(days)s working day", "%(days)s working days", working_days) % {"days": working_days}
    return span(timedelta(minutes=minutes)) if minutes else ""


def remaining_working_days(days: int) -> str:
    """还有 6 个工作日."""
    return ngettext("%(days)s working day left", "%(days)s working days left", days) % {"days": days}


def countdown(length: timedelta) -> str:
    """2:10:00, 4:48: the clock form of a length, without its sign."""
    total = int(abs(length).total_seconds())
    hours, minutes, seconds = total // 3600, total // 60 % 60, total % 60
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def due_state(due: datetime, now: datetime) -> str:
    """Which of the three looks a due line has: "overdue", "soon" (within the hour) or "normal"."""
    if due < now:
        return "overdue"
    return "soon" if due - now <= HOUR else "normal"


def queue_clock(due: datetime, now: datetime, step: str) -> QueueClock:
    """The clock of a queue row. `step` names what is next, as a noun in the reader's language: 到场, arrival.

    Overdue and within the hour count by the second, today shows the time, later the day.
    """
    match due_state(due, now):
        case "overdue" if now - due < DAY:
            return QueueClock(countdown(now - due), step_overdue(step), ticks=True)
        case "overdue":
            return QueueClock(span(now - due), step_overdue(step), ticks=False)
        case "soon":
            return QueueClock(countdown(due - now), pgettext("queue", "until %(step)s") % {"step": step}, ticks=True)
    on = local(due)
    if on.date() == local(now).date():
        return QueueClock(clock_time(due), pgettext("queue", "%(step)s today") % {"step": step}, ticks=False)
    words = pgettext("queue", "%(weekday)s %(time)s") % {"weekday": WEEKDAYS[on.weekday()], "time": clock_time(due)}
    return QueueClock(short_day(on.date()), words, ticks=False)


def step_overdue(step: str) -> str:
    """修好超时: beside the figure of a row, and what the ticking page changes to when the moment passes."""
    return pgettext("queue", "%(step)s overdue") % {"step": step}


def ticking_words() -> dict[str, str | list[str]]:
    """What static/js/clock.js needs to say a span as `remaining` does. Pairs are for one and for many."""

    def both(words: tuple[str, str]) -> list[str]:
        return [npgettext("span", *words, number) for number in (1, 2)]

    return {
        "left": pgettext("clock", "%(span)s left"),
        "over": pgettext("clock", "Overdue by %(span)s"),
        "seconds": both(("%(seconds)s second", "%(seconds)s seconds")),
        "minutes": both(("%(minutes)s minute", "%(minutes)s minutes")),
        "hours": both(("%(hours)s hour", "%(hours)s hours")),
        "hours_minutes": pgettext("span", "%(hours)s h %(minutes)s min"),
    }
