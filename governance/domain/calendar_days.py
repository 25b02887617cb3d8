"""The days on which people work, as they come into the database: a year's holidays, and the office's own days.

The reckoning with them is in `working_time`.
"""

from datetime import date, datetime
from importlib.metadata import version
from typing import NamedTuple

from chinese_calendar.constants import holidays as published_holidays
from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance import shipped
from governance.domain import registers
from governance.domain.audit import record
from governance.domain.refusals import Refusal
from governance.domain.working_time import MarkedDay
from governance.models import User
from governance.models.working_time import CalendarDay, CalendarYear, DayKind
from governance.signals import days_changed, year_loaded

PACKAGE = "chinesecalendar"


class YearNotPublished(Refusal):
    """The installed calendar package doesn't know the holidays of `year`."""

    code = "year_not_published"

    def __init__(self, year: int) -> None:
        self.year = year
        known = published_years()
        sentence = gettext(
            "The holidays of %(year)s are not known yet: the installed calendar has %(first)s to %(last)s. Until the"
            " State Council's notice is out and loaded, due times in that year go by weekdays and are provisional."
        )
        super().__init__(sentence % {"year": year, "first": known[0], "last": known[-1]})


class LoadedYear(NamedTuple):
    """What `load_year` has put into force. `kept` are the office's own days, which it left as they were."""

    year: int
    holidays: int
    make_up_workdays: int
    kept: tuple[date, ...]


@transaction.atomic
def seed_calendars() -> None:
    """Make sure that the calendars `always` and `office` exist. What the office has changed in them stays changed."""
    shipped.ensure_calendars(apps.get_model)


def published_years() -> range:
    """The years whose holidays the installed calendar package knows."""
    return range(min(published_holidays).year, max(published_holidays).year + 1)


@transaction.atomic
def load_year(year: int, *, at: datetime, actor: User | str = "load_calendar") -> LoadedYear:
    """Put the holidays and make-up workdays of `year` into force, as the installed calendar package has them.

    Only days that are named are stored: holidays, weekend or not, and make-up workdays. Loading again changes nothing,
    or corrects what a newer package knows better; days with a source of the office's own are kept. Audited, for it
    moves deadlines. Raises `YearNotPublished`.
    """
    if year not in published_years():
        raise YearNotPublished(year)
    source = f"{PACKAGE} {version(PACKAGE)}"
    # The year's row first: whoever loads the same year at the same time waits here.
    CalendarYear.objects.update_or_create(year=year, defaults={"source": source, "loaded_at": at})
    marked = _published_days(year)
    rows = CalendarDay.objects.filter(day__year=year)
    kept = tuple(rows.exclude(source__startswith=PACKAGE).values_list("day", flat=True))
    rows.filter(source__startswith=PACKAGE).exclude(day__in=marked).delete()
    for day in marked.keys() - set(kept):
        values = {"kind": marked[day].kind, "name": marked[day].name, "source": source}
        CalendarDay.objects.update_or_create(day=day, defaults=values)
    kinds = list(CalendarDay.objects.filter(day__year=year).values_list("kind", flat=True))
    loaded = LoadedYear(year, kinds.count(DayKind.HOLIDAY), kinds.count(DayKind.WORKDAY), kept)
    record("load", "calendar_year", str(year), actor=actor, at=at, source=source, kept=[str(day) for day in kept])
    year_loaded.send(sender=CalendarYear, at=at)
    return loaded


class SourceNotOurs(Refusal):
    """An office's day must not pass for one of the package's: loading the year again would undo it."""

    code = "source_not_ours"
    sentence = _("Say where this day is written, such as the notice and its number: the day becomes the office's own.")


def is_of_the_package(source: str) -> bool:
    """Whether a day with this source belongs to what `load_year` writes, and corrects."""
    return source.strip().startswith(PACKAGE)


@transaction.atomic
def mark_day(day: CalendarDay, *, version: int | None, actor: User | str, at: datetime) -> None:
    """Enter a day of the office's own, or change one; deadlines that run over it are counted anew.

    `version` is the one the officer saw, None for a new row. Raises `SourceNotOurs` for a source that names the
    package, and what `registers.add` and `registers.change` raise; then nothing is written.
    """
    if is_of_the_package(day.source) or not day.source.strip():
        raise SourceNotOurs
    if version is None:
        registers.add(day, actor=actor, at=at)
        days = {day.day}
    else:
        days = {day.day, CalendarDay.objects.get(pk=day.pk).day}
        if not registers.change(day, version=version, actor=actor, at=at):
            return
    days_changed.send(sender=CalendarDay, days=sorted(days), actor=actor, at=at)


def _published_days(year: int) -> dict[date, MarkedDay]:
    return {day: MarkedDay(DayKind(kind), name) for day, kind, name in shipped.marked_days(year)}
