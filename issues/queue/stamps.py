"""As much of every live order as the queue needs before it reads the rows of one page."""

from datetime import datetime
from typing import NamedTuple

from governance.models import BodyKind
from governance.models.scope import Scope


class Stamp(NamedTuple):
    """As much of an order as sorting, counting and “did anything change?” need."""

    pk: int
    due: datetime | None
    changed_at: datetime
    state: str
    holder_id: int | None
    body_id: int
    body_kind: str
    body_name: str
    body_community_id: int | None
    body_subdistrict_id: int | None
    body_district_id: int | None
    building: str | None
    estate: str

    @property
    def where(self) -> str:
        return f"{self.estate}/{self.building}" if self.building else ""


STAMP_FIELDS = (
    "pk", "next_due_at", "changed_at", "state", "holder_id", "body_id", "body__kind", "body__short_name",
    "body__community_id", "body__subdistrict_id", "body__district_id", "issue__building__name", "issue__estate__name",
)  # fmt: skip


def is_ours(stamp: Stamp, scope: Scope) -> bool:
    """Whether the order is for a body that the person works for. The office sees more than that: its whole area."""
    return (
        stamp.body_id in scope.bodies
        or (stamp.body_kind == BodyKind.RESIDENTS_COMMITTEE and stamp.body_community_id in scope.communities)
        or (stamp.body_kind == BodyKind.STREET_OFFICE and stamp.body_subdistrict_id in scope.subdistricts)
        or (stamp.body_kind == BodyKind.DISTRICT_OFFICE and stamp.body_district_id in scope.districts)
    )
