"""Who is on duty beside the queue, now and next."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from governance import wording
from governance.models import BodyKind, DutyShift
from governance.models.roles import role_and_surname
from governance.models.scope import Scope
from issues.queue.people import role_at
from issues.queue.stamps import Stamp


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


def on_duty(now: datetime, scope: Scope, stamps: list[Stamp]) -> list[OnDuty]:
    """Who is on duty for the person's bodies now, and who within the next day, in the order of their beginning."""
    bodies = (
        Q(body__in=scope.bodies)
        | Q(body__kind=BodyKind.RESIDENTS_COMMITTEE, body__community__in=scope.communities)
        | Q(body__kind=BodyKind.STREET_OFFICE, body__subdistrict__in=scope.subdistricts)
        | Q(body__kind=BodyKind.DISTRICT_OFFICE, body__district__in=scope.districts)
    )
    shifts = (
        DutyShift.objects.filter(bodies, ends_at__gt=now, starts_at__lte=now + wording.DAY)
        .select_related("user", "body")
        .annotate(role=role_at("user", now))
        .order_by("starts_at", "position", "id")[:12]
    )
    return [
        OnDuty(
            shift=shift,
            name=role_and_surname(shift.role or "", shift.user.surname_for_reader()),
            orders=sum(stamp.holder_id == shift.user_id for stamp in stamps),
            is_now=shift.starts_at <= now,
        )
        for shift in shifts
    ]
