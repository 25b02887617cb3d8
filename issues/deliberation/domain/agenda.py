"""The agenda of a meeting: points are added, moved and taken off."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import User
from issues.deliberation.domain.meetings import check_charge, lock, note
from issues.deliberation.models import AgendaItem, Meeting, MeetingState, Topic, TopicState

# Whoever needs more than a day's meeting needs two meetings.
LONGEST_AGENDA = 30


def add_item(
    meeting: Meeting, *, title: str, minutes: int, topic: Topic | None = None, actor: User, at: datetime
) -> AgendaItem:
    """Put a point at the end of the agenda: of a draft, or one that came up in the room.

    A topic is one that is being deliberated in the community, and no complaint about a body of the person's own.
    Raises `NotInCharge`, `StepNotAllowed` between the call and the meeting: nobody can prepare for what wasn't told.
    """
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        if locked.state not in (MeetingState.DRAFT, MeetingState.HELD) or locked.amend_until:
            raise StepNotAllowed
        if topic and not topics_for(locked, actor, at).filter(pk=topic.pk).exists():
            raise NotInCharge
        last = locked.items.aggregate(last=Max("position"))["last"] or 0
        if last >= LONGEST_AGENDA:
            raise StepNotAllowed(_("An agenda has thirty points at most."))
        item = AgendaItem.objects.create(
            meeting=locked, position=last + 1, title=title, minutes=minutes, topic=topic,
            raised_in_the_room=locked.state == MeetingState.HELD,
        )  # fmt: skip
        note("add_to_the_agenda", locked, actor, at, item=str(item.public_id))
    return item


def topics_for(meeting: Meeting, actor: User, at: datetime) -> Any:
    """The topics that may be talked over here and aren't on the agenda yet."""
    theirs = Topic.objects.organised_by(actor.scope(at)).filter(community=meeting.community, state=TopicState.ACCEPTED)
    if meeting.estate_id:
        theirs = theirs.filter(estate__in=(meeting.estate_id,)) | theirs.filter(estate=None)
    return theirs.exclude(agenda_items__meeting=meeting).order_by("-raised_at", "-pk")


def move_item(item: AgendaItem, *, up: bool, actor: User, at: datetime) -> None:
    """One place up or down, while it is a draft. At either end it stays."""
    with transaction.atomic():
        locked = _draft_of(item, actor, at)
        row = locked.items.get(pk=item.pk)
        beside = (
            locked.items.filter(position__lt=row.position) if up else locked.items.filter(position__gt=row.position)
        )
        other = beside.order_by("-position" if up else "position").first()
        if other is None:
            return
        AgendaItem.objects.filter(pk=row.pk).update(position=other.position)
        AgendaItem.objects.filter(pk=other.pk).update(position=row.position)
        note("reorder_the_agenda", locked, actor, at)


def remove_item(item: AgendaItem, *, actor: User, at: datetime) -> None:
    """Take it off the agenda of a draft."""
    with transaction.atomic():
        locked = _draft_of(item, actor, at)
        row = locked.items.get(pk=item.pk)
        if row.visits.exists():
            raise StepNotAllowed(_("Somebody has looked at it on site already: it stays on the agenda."))
        row.delete()
        locked.items.filter(position__gt=row.position).update(position=F("position") - 1)
        note("take_off_the_agenda", locked, actor, at, item=str(item.public_id))


def _draft_of(item: AgendaItem, actor: User, at: datetime) -> Meeting:
    locked = lock(item.meeting)
    check_charge(locked, actor, at)
    if not locked.is_draft or not locked.items.filter(pk=item.pk).exists():
        raise StepNotAllowed
    return locked
