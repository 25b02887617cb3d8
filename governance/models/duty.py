"""Who is on duty: whose phone rings for a body, at an estate, at an instant."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.registers import Versioned


class DutyShiftQuerySet(models.QuerySet["DutyShift"]):
    def now(self, at) -> "DutyShiftQuerySet":
        """Shifts that run at `at`, in the order in which a body's are rung."""
        running = self.filter(starts_at__lte=at, ends_at__gt=at)
        return running.select_related("user").order_by("position", "starts_at", "id")

    def on_duty(self, body, estate, at) -> "DutyShiftQuerySet":
        """Shifts of `body` that cover `estate` at `at`, in the order in which they are rung."""
        return self.now(at).filter(Q(estate=estate) | Q(estate=None), body=body)

    def next_up(self, body, estate, at) -> "DutyShiftQuerySet":
        """Shifts of `body` that begin after `at`, the soonest first."""
        return (
            self.filter(Q(estate=estate) | Q(estate=None), body=body, starts_at__gt=at)
            .select_related("user")
            .order_by("starts_at", "position", "id")
        )

    def next_of_each(self, at) -> "DutyShiftQuerySet":
        """The first shift that begins after `at`, of each body at each estate, and at all of them together."""
        coming = self.filter(starts_at__gt=at).select_related("user")
        return coming.order_by("body", "estate", "starts_at", "position", "id").distinct("body", "estate")


class DutyShift(Versioned):
    """A person is on duty for a body, at one of its estates or at all of them, from `starts_at` to before `ends_at`."""

    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="shifts")
    estate = models.ForeignKey("governance.Estate", models.PROTECT, null=True, blank=True, related_name="shifts")
    user = models.ForeignKey("governance.User", models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    position = models.PositiveSmallIntegerField(default=1, help_text="Who is rung first when several are on duty")

    objects = DutyShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty shift")
        verbose_name_plural = _("duty shifts")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["body", "estate", "user", "starts_at"], nulls_distinct=False, name="shift_entered_once"
            ),
        ]
        indexes = [models.Index(fields=["body", "ends_at"], name="shift_by_body_and_end")]

    def __str__(self):
        return f"{self.user} {self.starts_at:%m-%d %H:%M}"
