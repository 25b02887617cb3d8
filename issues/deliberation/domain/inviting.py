"""Asking people to a meeting: neighbours, those who reported the matter, bodies' people; and what they answer."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Body, BodyKind, Building, Role, RoleAssignment, User
from issues.deliberation.domain import members
from issues.deliberation.domain.meeting_notices import tell_invited
from issues.deliberation.domain.meetings import check_charge, lock, note
from issues.deliberation.domain.members import Member
from issues.deliberation.models import Answer, Invitation, Meeting, MeetingState, Part, QuorumOf
from residents.models import Occupancy, OccupancyState

# More than an estate's hall will ever hold.
MOST_ASKED = 500


class NobodyToAsk(Refusal):
    """Nobody is found there, or all of them are asked already."""

    code = "nobody_to_ask"
    sentence = _("There is nobody there who has an account and isn't asked yet.")


class TooManyAsked(Refusal):
    code = "too_many_asked"
    sentence = _("That would be more than 500 people. Ask them building by building.")


class NoProxies(Refusal):
    """This kind of meeting takes no proxies, or the person has no vote to pass on."""

    code = "no_proxies"
    sentence = _("At this meeting nobody can be represented by somebody else.")


class ProxyOfAnother(Refusal):
    """The person stands in for somebody else already, or has a vote of the own."""

    code = "proxy_of_another"
    sentence = _("This person already stands in for somebody else, or has a vote of their own.")


class NotAsked(Refusal):
    """The meeting isn't open to everybody, and the person wasn't asked."""

    code = "not_asked"
    status = 403
    sentence = _("Only those who were asked can answer.")


def ask(
    meeting: Meeting, people: Iterable[User], *, part: Part, body: Body | None = None, actor: User, at: datetime
) -> int:
    """Ask these people, each once; returns how many are new. Of a meeting that was called they are told at once.

    Those asked have a vote where the meeting counts a quorum, except guests; of a body's meeting only its members, whom
    `ask_members` asks. Raises `NobodyToAsk`, `TooManyAsked`,
    `NotInCharge`, `StepNotAllowed` once the meeting is open.
    """
    with transaction.atomic():
        locked = _open_for_asking(meeting, actor, at)
        known = set(locked.invitations.values_list("user_id", flat=True))
        new = {person.pk: person for person in people if person.pk not in known and person.is_active}
        if not new:
            raise NobodyToAsk
        if len(known) + len(new) > MOST_ASKED:
            raise TooManyAsked
        by = locked.mechanism
        has_vote = by.quorum_of != QuorumOf.NOBODY and part != Part.GUEST and not by.body
        Invitation.objects.bulk_create(
            Invitation(
                meeting=locked, user=person, part=part, body=body, has_vote=has_vote, invited_by=actor, invited_at=at
            )
            for person in new.values()
        )
        note("ask_to_a_meeting", locked, actor, at, part=part.value, people=len(new))
        if locked.is_called:
            tell_invited(locked, new.values(), at=at)
    return len(new)


def ask_members(meeting: Meeting, *, actor: User, at: datetime) -> int:
    """Ask all members of the body that meets, by its register; returns how many are new, with or without an account.

    They have a vote, also whoever was asked before as somebody else. Who has no account is asked by hand. Raises
    `NobodyToAsk`, `NotInCharge`, `StepNotAllowed` as `ask`.
    """
    with transaction.atomic():
        locked = _open_for_asking(meeting, actor, at)
        known = members.known_to(locked)
        new = [each for each in members.members_of(locked, at) if each.known not in known]
        if not new:
            raise NobodyToAsk(_("The register knows no member who isn't asked yet."))
        told = [person for each in new if (person := _ask_member(locked, each, actor, at))]
        note("ask_to_a_meeting", locked, actor, at, part=Part.MEMBER.value, people=len(new))
        if locked.is_called:
            tell_invited(locked, told, at=at)
    return len(new)


def _ask_member(meeting: Meeting, member: Member, actor: User, at: datetime) -> User | None:
    """Whoever is to be told of it: with an account, and not asked before as somebody else."""
    seat = {"post": member.post, "is_owner": member.is_owner, "part": Part.MEMBER, "body": None, "has_vote": True}
    if member.user and meeting.invitations.filter(user=member.user).update(**seat):
        return None
    Invitation.objects.create(
        meeting=meeting, user=member.user, name=member.name, invited_by=actor, invited_at=at, **seat
    )
    return member.user


def _open_for_asking(meeting: Meeting, actor: User, at: datetime) -> Meeting:
    locked = lock(meeting)
    check_charge(locked, actor, at)
    if locked.state not in (MeetingState.DRAFT, MeetingState.CALLED):
        raise StepNotAllowed
    return locked


def petitioners_of(meeting: Meeting) -> Iterable[User]:
    """Whoever reported what the topics on the agenda come from."""
    return User.objects.filter(
        pk__in=meeting.items.filter(
            topic__petition_rows__ended_at=None, topic__petition_rows__petition__petitioner__isnull=False
        ).values("topic__petition_rows__petition__petitioner")
    )


def people_of_building(building: Building) -> Iterable[User]:
    """Those whose homes there are confirmed."""
    homes = Occupancy.objects.filter(unit__building=building, state=OccupancyState.VERIFIED)
    return User.objects.filter(pk__in=homes.values("user"))


def bodies_for(meeting: Meeting) -> Iterable[Body]:
    """The bodies whose people may be asked: those of the street."""
    return Body.objects.filter(subdistrict=meeting.subdistrict_id).order_by("name")


def people_of_body(body: Body, at: datetime) -> Iterable[User]:
    """Who speaks for it: its managers and liaisons, or the office's staff."""
    held = RoleAssignment.objects.in_force(at)
    match body.kind:
        case BodyKind.RESIDENTS_COMMITTEE:
            held = held.filter(role=Role.COMMUNITY_STAFF, community=body.community)
        case BodyKind.STREET_OFFICE:
            held = held.filter(role=Role.STREET_OFFICER, subdistrict=body.subdistrict)
        case _:
            held = held.filter(role__in=(Role.PROPERTY_MANAGER, Role.DEPARTMENT_LIAISON), body=body)
    return User.objects.filter(pk__in=held.values("user"))


def withdraw(invitation: Invitation, *, actor: User, at: datetime) -> None:
    """Don't ask the person after all: only before anybody was told. Raises `StepNotAllowed`, `NotInCharge`."""
    with transaction.atomic():
        locked = lock(invitation.meeting)
        check_charge(locked, actor, at)
        if not locked.is_draft:
            raise StepNotAllowed
        Invitation.objects.filter(pk=invitation.pk).delete()
        note("ask_no_more", locked, actor, at)


def answer(meeting: Meeting, *, comes: bool, actor: User, at: datetime) -> Invitation:
    """Say whether one comes; said again, the later word counts. To an open meeting any resident of the place may come.

    `actor` is somebody who sees the meeting. Raises `NotAsked`, `StepNotAllowed` once it has begun.
    """
    with transaction.atomic():
        locked = lock(meeting)
        if not locked.is_called or (locked.starts_at and at >= locked.starts_at):
            raise StepNotAllowed
        invitation = locked.invitations.filter(user=actor).first()
        if invitation is None:
            if not locked.mechanism.is_open:
                raise NotAsked
            invitation = Invitation(meeting=locked, user=actor, part=Part.RESIDENT, invited_by=actor, invited_at=at)
        invitation.answer = Answer.YES if comes else Answer.NO
        invitation.answered_at = at
        invitation.save()
        note("answer_a_meeting", locked, actor, at, comes=comes)
    return invitation


def sendable(meeting: Meeting, actor: User) -> Invitation:
    """The person's invitation, if somebody else may come with it. Raises `NotAsked`, `NoProxies`, `StepNotAllowed`."""
    invitation = meeting.invitations.filter(user=actor).first()
    if invitation is None:
        raise NotAsked
    if not meeting.is_called:
        raise StepNotAllowed
    if not meeting.mechanism.proxies_allowed or not invitation.has_vote:
        raise NoProxies
    return invitation


def send_proxy(meeting: Meeting, *, to: User | None, actor: User, at: datetime) -> Invitation:
    """Let somebody stand in, or nobody any more. Raises `NoProxies`, `ProxyOfAnother`, `NotAsked`, `StepNotAllowed`."""
    with transaction.atomic():
        locked = lock(meeting)
        invitation = sendable(locked, actor)
        if to == actor:
            raise NoProxies
        if to and locked.invitations.filter(user=to, has_vote=True).exists():
            raise ProxyOfAnother
        try:
            with transaction.atomic():
                invitation.proxy = to
                invitation.save(update_fields=["proxy"])
        except IntegrityError as error:
            raise ProxyOfAnother from error
        note("send_a_proxy" if to else "send_no_proxy", locked, actor, at)
    return invitation
