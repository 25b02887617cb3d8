"""Who came: by the code at the door, by the secretary's hand, or without an account; and how the minutes name them."""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Building, Role, RoleAssignment, User
from governance.models.people import ROLE_HELD_AT
from governance.models.roles import role_and_surname
from issues.deliberation.domain import members
from issues.deliberation.domain.meetings import check_charge, lock, note
from issues.deliberation.models import Arrival, Attendance, Invitation, Meeting, Part
from residents.models import Occupancy, OccupancyRelation, OccupancyState

SIGNER = Signer(salt="deliberation.door")
# The minutes are a Chinese document, whoever reads them: so are the names in them.
LANGUAGE = "zh-hans"
RELATIONS = {
    OccupancyRelation.OWNER: "业主",
    OccupancyRelation.TENANT: "租户",
    OccupancyRelation.FAMILY: "居民",
}


class NotAtTheDoor(Refusal):
    """The code isn't the one at this meeting's door."""

    code = "not_at_the_door"
    status = 403
    sentence = _(
        "This code isn't the one at the door of this meeting. Scan it again, or tell the secretary that you are here."
    )


class DoorsClosed(Refusal):
    """The meeting isn't on: nobody checks in long before or after it."""

    code = "doors_closed"
    sentence = _("You can check in from an hour before the meeting until half an hour after it.")


def door_code(meeting: Meeting) -> str:
    """What the code at the door says: of this meeting at this time. A meeting that is moved gets another one."""
    return SIGNER.signature(_at_the_door(meeting))


def is_door_code(meeting: Meeting, code: str) -> bool:
    try:
        SIGNER.unsign(f"{_at_the_door(meeting)}{SIGNER.sep}{code}")
    except BadSignature:
        return False
    return True


def _at_the_door(meeting: Meeting) -> str:
    starts = meeting.starts_at.isoformat() if meeting.starts_at else ""
    return f"{meeting.public_id} {starts}"


def check_in(meeting: Meeting, *, code: str, actor: User, at: datetime) -> Attendance:
    """The person scanned the code at the door; doing so again changes nothing. Raises `NotAtTheDoor`, `DoorsClosed`."""
    if not is_door_code(meeting, code):
        raise NotAtTheDoor
    with transaction.atomic():
        return _note_arrival(lock(meeting), actor, Arrival.QR, actor, at)


def check_in_by_hand(meeting: Meeting, person: User, *, actor: User, at: datetime) -> Attendance:
    """The secretary sees somebody who was asked. Raises `NotInCharge`, `DoorsClosed`; `StepNotAllowed` for others."""
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        asked = locked.invitations.filter(user=person).exists() or locked.invitations.filter(proxy=person).exists()
        if not asked and person != actor:
            raise StepNotAllowed
        return _note_arrival(locked, person, Arrival.HAND, actor, at)


def check_in_by_name(invitation: Invitation, *, actor: User, at: datetime) -> Attendance:
    """The secretary sees a member who was asked by name, having no account. Doing so again changes nothing.

    Raises `NotInCharge`, `DoorsClosed`; `StepNotAllowed` for whoever has an account.
    """
    with transaction.atomic():
        locked = lock(invitation.meeting)
        check_charge(locked, actor, at)
        if invitation.user_id:
            raise StepNotAllowed
        came = locked.attendances.filter(invitation=invitation).first()
        if came:
            return came
        known_as = named_by_post(invitation, locked, invitation.name[:1])
        row = Attendance(invitation=invitation, name=invitation.name, known_as=known_as, how=Arrival.WALK_IN)
        return _arrive(locked, row, actor, at)


def walk_in(meeting: Meeting, *, name: str, building: Building | None = None, actor: User, at: datetime) -> Attendance:
    """Somebody without an account is here. Raises `NotInCharge`, `DoorsClosed`."""
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        known_as = f"{building.name}一位居民" if building else "一位居民"
        return _arrive(locked, Attendance(name=name, known_as=known_as, how=Arrival.WALK_IN), actor, at)


def _note_arrival(meeting: Meeting, person: User, how: Arrival, actor: User, at: datetime) -> Attendance:
    came = meeting.attendances.filter(user=person).first()
    if came:
        return came
    return _arrive(meeting, Attendance(user=person, known_as=known_as(person, meeting, at), how=how), actor, at)


def _arrive(meeting: Meeting, row: Attendance, actor: User, at: datetime) -> Attendance:
    if not meeting.lets_in_at(at):
        raise DoorsClosed
    row.meeting, row.noted_by, row.came_at = meeting, actor, at
    row.number = (meeting.attendances.aggregate(last=Max("number"))["last"] or 0) + 1
    row.save()
    note("arrive_at_a_meeting", meeting, actor, at, how=str(row.how), number=row.number)
    return row


def known_as(person: User, meeting: Meeting, at: datetime) -> str:
    """3栋一位业主, 恒信物业 郑经理: never a resident's name. Who lives there and was asked as a neighbour is one."""
    invitation = meeting.invitations.filter(user=person).first()
    if invitation and invitation.post:
        return named_by_post(invitation, meeting, person.surname or person.full_name[:1])
    as_neighbour = invitation is not None and invitation.part == Part.RESIDENT
    said = (_as_resident, _as_staff) if as_neighbour else (_as_staff, _as_resident)
    return next((words for ways in said if (words := ways(person, meeting, at))), "一位居民")


def named_by_post(member: Invitation, meeting: Meeting, surname: str) -> str:
    """王委员 of a committee, which the owners have elected; of a branch or the residents' representatives no name."""
    is_elected = meeting.mechanism.body in members.COMMITTEES
    return f"{surname}{member.post}" if is_elected else member.post


def _as_resident(person: User, meeting: Meeting, _at: datetime) -> str:
    homes = Occupancy.objects.filter(
        user=person, state=OccupancyState.VERIFIED, unit__building__estate__community=meeting.community
    )
    if meeting.estate_id:
        homes = homes.filter(unit__building__estate=meeting.estate_id)
    home = homes.select_related("unit__building").order_by("pk").first()
    return f"{home.unit.building.name}一位{RELATIONS[OccupancyRelation(home.relation)]}" if home else ""


def _as_staff(person: User, _meeting: Meeting, at: datetime) -> str:
    held = RoleAssignment.objects.in_force(at).filter(user=person).exclude(role=Role.RESIDENT)
    first = held.select_related("body", "community", "subdistrict").order_by("pk").first()
    if first is None:
        return ""
    where = getattr(first, ROLE_HELD_AT[Role(first.role)] or "", None) if first.body_id or first.community_id else None
    body = getattr(where, "short_name", "") or getattr(where, "name", "")
    with translation.override(LANGUAGE):
        return " ".join(part for part in (body, role_and_surname(first.role, person.surname_for_reader())) if part)
