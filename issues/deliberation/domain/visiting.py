"""Going and looking: where people of a meeting looked at something on site, and what they saw."""

from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from governance.domain.refusals import StepNotAllowed
from governance.models import User
from issues.deliberation.domain.meetings import check_charge, lock, note
from issues.deliberation.models import AgendaItem, Meeting, MeetingState, SiteVisit, SiteVisitPhoto

MAX_PHOTOS = 3
WHILE = (MeetingState.DRAFT, MeetingState.CALLED, MeetingState.HELD)


def note_visit(
    meeting: Meeting,
    *,
    visited_at: datetime,
    where: str,
    seen: str,
    item: AgendaItem | None = None,
    photos: Iterable[ContentFile] = (),
    is_public: bool,
    actor: User,
    at: datetime,
) -> SiteVisit:
    """Write a visit down, with three photos at most. `is_public`: whoever writes it releases it to residents.

    Raises `NotInCharge`; `StepNotAllowed` once the minutes were checked, and for a visit that is still to come.
    """
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        if locked.state not in WHILE or locked.amend_until or visited_at > at:
            raise StepNotAllowed
        visit = SiteVisit.objects.create(
            meeting=locked, item=item, visited_at=visited_at, where=where, seen=seen, is_public=is_public,
            noted_by=actor, noted_at=at,
        )  # fmt: skip
        for photo in list(photos)[:MAX_PHOTOS]:
            row = SiteVisitPhoto(visit=visit, taken_by=actor, added_at=at)
            row.file.save("photo.jpg", photo, save=False)
            row.save()
        note("visit_the_site", locked, actor, at, visit=str(visit.public_id), public=is_public)
    return visit
