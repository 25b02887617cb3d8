"""When people work: calendars with their hours, and the days that are not like their weekday.

The rows only. Reckoning with them is `governance.domain.working_time`, which takes a calendar out of the database once
and then needs it no more.
"""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.categories import in_readers_language
from governance.models.registers import Versioned

# The public holidays as the calendar package spells them: stored in English, shown in the reader's language.
HOLIDAY_NAMES = {
    "New Year's Day": _("New Year's Day"),
    "Spring Festival": _("Spring Festival"),
    "Tomb-sweeping Day": _("Tomb-sweeping Day"),
    "Labour Day": _("Labour Day"),
    "Dragon Boat Festival": _("Dragon Boat Festival"),
    "Mid-autumn Festival": _("Mid-autumn Festival"),
    "National Day": _("National Day"),
    "Anti-Fascist 70th Day": _("70th anniversary of victory in the War of Resistance"),
}


def validate_zone(zone: str) -> None:
    """Refuse a name that the time zone database doesn't know."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        message = _("“%(zone)s” is not a time zone. Write it like Asia/Shanghai.")
        raise ValidationError(message, code="unknown_zone", params={"zone": zone}) from unknown


class WorkingCalendarQuerySet(models.QuerySet["WorkingCalendar"]):
    def current(self, code: str) -> "WorkingCalendar":
        """The version in force of the calendar `code`. Raises `WorkingCalendar.DoesNotExist`."""
        return self.get(code=code, superseded_at=None)


class WorkingCalendar(models.Model):
    """The hours by which a clock runs: at all times, or in the windows of each working day.

    Editing makes a new version (`issues.domain.policies`); running clocks keep theirs.
    """

    code = models.SlugField(max_length=30)
    version = models.PositiveIntegerField(_("version"), default=1)
    superseded_at = models.DateTimeField(_("in force until"), null=True, blank=True)
    name_zh = models.CharField(max_length=30)
    name_en = models.CharField(max_length=60)
    name_ko = models.CharField(max_length=60)
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[validate_zone])
    always_open = models.BooleanField(
        _("open day and night"), default=False, help_text="Runs day and night; has no windows, knows no holidays"
    )

    objects = WorkingCalendarQuerySet.as_manager()

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="calendar_version_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(superseded_at=None), name="one_current_version_a_calendar"
            ),
            models.CheckConstraint(
                condition=~(Q(name_zh="") | Q(name_en="") | Q(name_ko="")), name="calendar_named_in_three_languages"
            ),
            # “always” that closes at night would quietly stretch every five-minute promise to the morning.
            models.CheckConstraint(
                condition=~Q(code="always") | Q(always_open=True), name="calendar_always_is_always_open"
            ),
            models.CheckConstraint(condition=~Q(zone=""), name="calendar_has_a_zone"),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self, "name")


def _second_of_day(field: str) -> Func:
    return Func(F(field), template="(EXTRACT(epoch FROM %(expressions)s))::int", output_field=models.IntegerField())


def _second_reached(by_day: Func | Value, over_midnight: Func | Value) -> Case:
    return Case(When(closes_at__gt=F("opens_at"), then=by_day), default=over_midnight)


def _round_the_clock() -> Func:
    """The seconds of the day that a window covers: evening and early morning, if it crosses midnight."""
    opens, closes = _second_of_day("opens_at"), _second_of_day("closes_at")
    # Not one CASE around whole ranges: PostgreSQL works out both branches of constants, and refuses a range that
    # ends before it begins even where it isn't asked for.
    evening = Func(opens, _second_reached(closes, Value(86_400)), function="int4range")
    morning = Func(Value(0), _second_reached(Value(0), closes), function="int4range")
    return Func(evening, morning, function="int4multirange", output_field=models.Field())


class WorkingWindow(models.Model):
    """Hours on a working day, from `opens_at` until before `closes_at`.

    A window that closes no later than it opens crosses midnight, and belongs to the day on which it starts.
    """

    calendar = models.ForeignKey(WorkingCalendar, models.PROTECT, related_name="windows")
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    class Meta:
        ordering = ["calendar_id", "opens_at"]
        constraints = [
            models.UniqueConstraint("calendar", "opens_at", name="window_opens_once"),
            models.CheckConstraint(condition=~Q(opens_at=F("closes_at")), name="window_is_open_for_a_while"),
            # An hour that lies in two windows would be counted twice.
            ExclusionConstraint(
                name="windows_do_not_overlap",
                expressions=[
                    (
                        Func(F("calendar_id"), F("calendar_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (_round_the_clock(), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", pgettext_lazy("kind of day", "holiday")
    WORKDAY = "workday", pgettext_lazy("kind of day", "make-up workday")


class CalendarDay(Versioned):
    """A day that is not like its weekday: a holiday by name, or a Saturday or Sunday on which people make up for one.

    The year's rows come from `governance.domain.calendar_days.load_year`. A row whose `source` the office has written
    itself is the office's, and loading the year again leaves it alone.
    """

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind of day"), max_length=10, choices=DayKind)
    name = models.CharField(
        _("holiday's name"),
        max_length=80,
        blank=True,
        help_text=_("The holiday; for a make-up workday the one it pays for"),
    )
    source = models.CharField(
        _("source"), max_length=120, help_text=_("Where this is written, such as the year's State Council notice")
    )

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DayKind.values), name="calendar_day_kind_known"),
            models.CheckConstraint(condition=~Q(source=""), name="calendar_day_has_a_source"),
        ]

    def __str__(self):
        return f"{self.day:%Y-%m-%d} {self.label}"

    @property
    def label(self) -> str:
        """The holiday's name in the reader's language; a name the office wrote stands as written."""
        return holiday_label(self.name)


class CalendarYear(models.Model):
    """A year whose holidays are in force. A year without its row goes by weekdays; its due times are provisional."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    source = models.CharField(_("source"), max_length=120)
    loaded_at = models.DateTimeField(_("loaded"))

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(condition=Q(year__range=(1949, 2199)), name="calendar_year_plausible"),
            models.CheckConstraint(condition=~Q(source=""), name="calendar_year_has_a_source"),
        ]

    def __str__(self):
        return str(self.year)


def holiday_label(name: str) -> str:
    """`name` as stored on a `CalendarDay`, in the reader's language."""
    return str(HOLIDAY_NAMES.get(name, name))
