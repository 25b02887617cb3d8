"""Who is on duty beside the queue, now and next."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from governance import wording
from governance.models import Body, DutyShift
from governance.models.roles import role_and_surname
from governance.models.scope import Scope
from issues.models.orders import WorkOrderQuerySet
from issues.queue.people import role_at


class OnDuty(NamedTuple):
    """A shift, and how many live orders the person holds."""

    shift: DutyShift
    name: str
    orders: int
    is_now: bool

    @property
    def hours(self) -> str:
        """08:00–20:00; empty for a shift longer than a day, of which the hours say nothing."""
        if self.shift.ends_at - self.shift.starts_at > wording.DAY:
            return ""
        return f"{wording.clock_time(self.shift.starts_at)}–{wording.clock_time(self.shift.ends_at)}"


def on_duty(now: datetime, scope: Scope, ours: WorkOrderQuerySet) -> list[OnDuty]:
    """Who is on duty for the person's bodies now, and who within the next day, in the order of their beginning.

    `ours` are the live orders of these bodies. One query.
    """
    held = ours.filter(holder=OuterRef("user")).order_by().values("holder").annotate(number=Count("pk"))
    shifts = (
        DutyShift.objects.filter(body__in=Body.of_scope(scope), ends_at__gt=now, starts_at__lte=now + wording.DAY)
        .select_related("user", "body")
        .annotate(role=role_at("user", now), orders=Coalesce(Subquery(held.values("number")), 0))
        .order_by("starts_at", "position", "id")[:12]
    )
    return [
        OnDuty(
            shift=shift,
            name=role_and_surname(shift.role or "", shift.user.surname_for_reader()),
            orders=shift.orders,
            is_now=shift.starts_at <= now,
        )
        for shift in shifts
    ]
