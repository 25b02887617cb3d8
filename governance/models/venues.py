"""Rooms that people meet in, and who has them when."""

import uuid
from datetime import datetime

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.registers import Ended, Versioned, same_id


class VenueKind(models.TextChoices):
    ACTIVITY_ROOM = "activity", _("activity room")
    HALL = "hall", _("deliberation hall")
    OTHER = "other", pgettext_lazy("room", "another room")


class Venue(Versioned, Ended):
    """场地: a room of a community's, or of one estate's, with what fits into it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    community = models.ForeignKey(
        "governance.Community", models.PROTECT, related_name="venues", verbose_name=_("community")
    )
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, null=True, blank=True, related_name="venues", verbose_name=_("estate"),
        help_text=_("Empty: for the whole community."),
    )  # fmt: skip
    kind = models.CharField(pgettext_lazy("room", "kind"), max_length=10, choices=VenueKind)
    name = models.CharField(_("name"), max_length=60)
    where = models.CharField(
        _("where it is"), max_length=100, help_text=_("So that somebody finds it who is new here.")
    )
    area_m2 = models.DecimalField(_("area in m²"), max_digits=7, decimal_places=2, null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(_("how many people fit in"))

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="venue_named_once"),
            models.CheckConstraint(
                condition=Q(capacity__gt=0) & (Q(area_m2=None) | Q(area_m2__gt=0)),
                name="venue_holds_somebody",
                violation_error_message=_("A room has an area and room for somebody."),
            ),
            models.CheckConstraint(condition=Q(name__gt="", where__gt=""), name="venue_can_be_found"),
        ]

    def __str__(self) -> str:
        return self.name


class VenueBookingQuerySet(models.QuerySet["VenueBooking"]):
    def standing(self) -> "VenueBookingQuerySet":
        return self.filter(released_at=None)

    def during(self, starts_at: datetime, ends_at: datetime) -> "VenueBookingQuerySet":
        """Those that stand and share an instant with the time from `starts_at` until before `ends_at`."""
        return self.standing().filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class VenueBooking(models.Model):
    """A room is taken from `starts_at` until before `ends_at`; given back, others may have it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="bookings", verbose_name=_("room"))
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    booked_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    objects = VenueBookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="booking_ends_after_it_begins"),
            ExclusionConstraint(
                name="no_room_taken_twice",
                expressions=[
                    same_id("venue"),
                    (
                        Func(
                            F("starts_at"), F("ends_at"), RangeBoundary(), function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(released_at=None),
            ),
        ]  # fmt: skip
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_booked", fields=["venue", "starts_at", "ends_at", "booked_by", "booked_at"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.venue}: {self.starts_at:%Y-%m-%d %H:%M}"
