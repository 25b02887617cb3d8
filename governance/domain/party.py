"""What is done to the net of party organisations: lines, shares, joinings, memberships, and what check-ins lead to.

Every verb writes through `governance.domain.registers`, in one transaction with its entry in the audit trail. That
somebody belongs to the party is sensitive (RULES.md §3): a name never goes into an entry. The named refusals are
`NotAccepted`, so that a form shows them as it shows what the database refuses.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, registers, roles
from governance.domain.moment import LOCAL_ZONE, database_now, day_ends_at, local_day
from governance.domain.registers import Changes, NotAccepted
from governance.models import (
    Body,
    BranchKind,
    Building,
    CommitteeTerm,
    Community,
    Consent,
    ConsentPurpose,
    DualRegistration,
    Estate,
    GridUnit,
    Joins,
    JointUnit,
    Membership,
    PartyBranch,
    PartyMember,
    Role,
    RoleAssignment,
    Standing,
    User,
)
from governance.models.party import LEVEL
from governance.models.registers import Versioned
from governance.models.roles import GIVEN_TO_REGISTERED

Actor = User | str

# What is said of a person in these registers, by register: that it changed goes on record, never what it says.
PRIVATE: dict[type[Versioned], frozenset[str]] = {
    PartyMember: frozenset({"number", "full_name", "user", "contact"}),
    Membership: frozenset({"member"}),
    DualRegistration: frozenset({"member"}),
}
# What a member reads and signs before residents may know: change the words, change the version.
SHOWN_TEXT_VERSION = "2026-11"
SHOWN_TEXT = _(
    "I agree that the residents of the buildings where I am on duty see that I am a party member, beside my role and"
    " surname. I may take this back at any time; then it is no longer shown, from that moment on, and nothing else"
    " changes for me."
)
# A role that would only have begun later lasts for no time; the register wants an end after its beginning.
_INSTANT = timedelta(microseconds=1)
# 加入: what an organisation joins beside its own line.
JOINED = (BranchKind.COMMITTEE, BranchKind.INDUSTRY_COMMITTEE, BranchKind.GENERAL_BRANCH)


class WrongLine(NotAccepted):
    code = "wrong_line"
    sentence = _("A line goes up to the same level or to a higher one: group, branch, general branch, committee.")


class HasEnded(NotAccepted):
    code = "has_ended"
    sentence = _("That organisation has ended.")


class StillNeeded(NotAccepted):
    code = "still_needed"
    sentence = _("It still has members, units, grid units or organisations below it. Move or end those first.")


class NotAJointBranch(NotAccepted):
    code = "not_a_joint_branch"
    sentence = _("Only a joint branch is shared by several bodies.")


class NotACommittee(NotAccepted):
    code = "not_a_committee"
    sentence = _("Only a committee or a general branch is joined from the side.")


class MemberHasLeft(NotAccepted):
    code = "member_has_left"
    sentence = _("This member has left the register.")


class SameStanding(NotAccepted):
    code = "same_standing"
    sentence = _("The member has this standing already.")


class TooEarly(NotAccepted):
    code = "too_early"
    sentence = _("The change must come after the first day of what it ends.")


class NotYetGiven(NotAccepted):
    code = "not_yet_given"
    sentence = _("Nobody agrees in advance: the day lies ahead.")


class NotGivenToRegistered(NotAccepted):
    code = "not_given_to_registered"
    sentence = _("Out of a check-in come grid leaders, building stewards and red stewards.")


class NotCheckedIn(NotAccepted):
    code = "not_checked_in"
    sentence = _("This check-in isn't in force.")


class PlaceElsewhere(NotAccepted):
    code = "place_elsewhere"
    sentence = _("That place lies in another community than the one checked in with.")


class NoAccount(NotAccepted):
    code = "no_account"
    sentence = _("Name the member's own account: a role is given to whoever has checked in.")


# --- entering, changing, ending: what forms and imports use, too ---


def enter(row: Versioned, *, actor: Actor, at: datetime) -> None:
    """Enter a row of these registers. Raises what `check` raises, and `NotAccepted`."""
    with transaction.atomic():
        check(row)
        registers.add(row, **_facts(row, actor, at), private=private_of(row))


def change(row: Versioned, *, version: int, actor: Actor, at: datetime) -> Changes:
    """Save a changed row. Raises what `check` raises, `StaleVersion` and `NotAccepted`."""
    with transaction.atomic():
        check(row)
        return registers.change(row, version=version, **_facts(row, actor, at), private=private_of(row))


def end(row: Versioned, *, on: date, version: int, actor: Actor, at: datetime) -> Changes:
    """Write a row's last day, with what ends with it. Raises `StillNeeded`, `StaleVersion` and `NotAccepted`."""
    with transaction.atomic():
        changes = registers.end(row, field="ended_on", on=on, version=version, **_facts(row, actor, at))
        if isinstance(row, PartyBranch) and _is_needed_after(row, on):
            raise StillNeeded
        if isinstance(row, PartyMember):
            _end_all_of(row, on, actor, at)
        if isinstance(row, DualRegistration):
            _take_back_roles(row, on, actor, at)
        return changes


def private_of(row: Versioned) -> frozenset[str]:
    return PRIVATE.get(type(row), frozenset())


def check(row: Versioned) -> None:
    """Refuse what contradicts the rules of the net where no constraint can see it; other registers pass."""
    match row:
        case PartyBranch():
            _check_line(row)
        case JointUnit():
            _refuse(row.branch.kind != BranchKind.JOINT_BRANCH, NotAJointBranch)
            _refuse(_ended_before(row.branch, row.since), HasEnded)
        case Joins():
            _refuse(row.committee.kind not in JOINED, NotACommittee)
            _refuse(_ended_before(row.branch, row.since) or _ended_before(row.committee, row.since), HasEnded)
        case Membership():
            _refuse(_ended_before(row.branch, row.since), HasEnded)
            _refuse(_ended_before(row.member, row.since), MemberHasLeft)
        case DualRegistration(member=PartyMember() as member):
            _refuse(_ended_before(member, row.since), MemberHasLeft)


def _refuse(contradicts: bool, refusal: type[NotAccepted]) -> None:
    if contradicts:
        raise refusal


def _ended_before(row: Any, day: date) -> bool:
    return row.ended_on is not None and row.ended_on < day


def _check_line(branch: PartyBranch) -> None:
    level = LEVEL[BranchKind(branch.kind)]
    if branch.parent is not None:
        _refuse(LEVEL[BranchKind(branch.parent.kind)] > level, WrongLine)
        _refuse(branch.parent.ended_on is not None and branch.ended_on is None, HasEnded)
    if branch.pk is None:
        return
    below = PartyBranch.objects.filter(parent_id=branch.pk, ended_on=None).values_list("kind", flat=True)
    _refuse(any(LEVEL[BranchKind(kind)] < level for kind in below), WrongLine)
    is_shared = branch.kind != BranchKind.JOINT_BRANCH and branch.joint_units.filter(ended_on=None).exists()
    _refuse(is_shared, NotAJointBranch)


def _is_needed_after(branch: PartyBranch, day: date) -> bool:
    goes_on = Q(ended_on=None) | Q(ended_on__gt=day)
    leaning: Iterable[QuerySet[Any]] = (
        branch.children.all(),
        branch.memberships.all(),
        branch.joint_units.all(),
        branch.grid_units.all(),
    )
    return any(rows.filter(goes_on).exists() for rows in leaning)


def _end_all_of(member: PartyMember, on: date, actor: Actor, at: datetime) -> None:
    """Who leaves the register belongs nowhere any more, and gives back what came of a check-in."""
    goes_on = Q(ended_on=None) | Q(ended_on__gt=on)
    for row in [*member.memberships.filter(goes_on), *member.registrations.filter(goes_on)]:
        end(row, on=on, version=row.version, actor=actor, at=at)


def _facts(row: Versioned, actor: Actor, at: datetime) -> dict[str, Any]:
    return {"actor": actor, "at": at, "subdistrict_id": subdistrict_of(row)}


def subdistrict_of(row: Any) -> int | None:
    """The street whose audit chain tells of the row; None for organisations of a district."""
    match row:
        case Membership() | JointUnit() | Joins():
            return subdistrict_of(row.branch)
        case PartyMember() | DualRegistration():
            return row.community.subdistrict_id
        case CommitteeTerm():
            return subdistrict_of(row.branch) if row.branch else row.body.subdistrict_id if row.body else None
        case PartyBranch():
            community = row.community or (row.estate and row.estate.community)
            return row.subdistrict_id or (community or row.body or row).subdistrict_id
    return None


# --- lines, shares, joinings, terms ---


def add_branch(branch: PartyBranch, *, actor: Actor, at: datetime) -> PartyBranch:
    """Enter an organisation. Raises `WrongLine` and `HasEnded`."""
    enter(branch, actor=actor, at=at)
    return branch


def move_branch(branch: PartyBranch, above: PartyBranch | None, *, actor: Actor, at: datetime) -> None:
    """Put an organisation under another line. Raises `WrongLine`, `HasEnded`, and `NotAccepted` for a circle."""
    branch.parent = above
    change(branch, version=branch.version, actor=actor, at=at)


def share_joint_branch(joint: PartyBranch, body: Body, *, since: date, actor: Actor, at: datetime) -> JointUnit:
    """Let a body with too few full members share a joint branch. Raises `NotAJointBranch`, and `NotAccepted` for a
    sixth body or a second joint branch."""
    unit = JointUnit(branch=joint, body=body, since=since)
    enter(unit, actor=actor, at=at)
    return unit


def leave_joint_branch(unit: JointUnit, *, on: date, actor: Actor, at: datetime) -> None:
    end(unit, on=on, version=unit.version, actor=actor, at=at)


def join(branch: PartyBranch, committee: PartyBranch, *, since: date, actor: Actor, at: datetime) -> Joins:
    """加入: beside its own line. Raises `NotACommittee`, `HasEnded`, and `NotAccepted` for joining twice or itself."""
    joining = Joins(branch=branch, committee=committee, since=since)
    enter(joining, actor=actor, at=at)
    return joining


def leave(joining: Joins, *, on: date, actor: Actor, at: datetime) -> None:
    end(joining, on=on, version=joining.version, actor=actor, at=at)


def begin_term(
    committee: Body | PartyBranch, number: int, *, starts_on: date, ends_on: date, actor: Actor, at: datetime
) -> CommitteeTerm:
    """届: of an owners' committee or of a party organisation. Raises `NotAccepted` where two terms share a day."""
    held_by = {"branch": committee} if isinstance(committee, PartyBranch) else {"body": committee}
    term = CommitteeTerm(number=number, starts_on=starts_on, ends_on=ends_on, **held_by)
    enter(term, actor=actor, at=at)
    return term


def appoint_secretary(branch: PartyBranch, user: User, *, actor: Actor, at: datetime) -> RoleAssignment:
    """Make `user` the organisation's secretary from `at` on; the one before stops being it at the same instant."""
    with transaction.atomic():
        PartyBranch.objects.select_for_update().get(pk=branch.pk)
        _refuse(_ended_before(branch, local_day(at)), HasEnded)
        before = RoleAssignment.objects.in_force(at).filter(role=Role.BRANCH_SECRETARY, party_branch=branch)
        for assignment in before.exclude(user=user):
            roles.revoke(assignment, actor=actor, at=at)
        return roles.grant(user, Role.BRANCH_SECRETARY, branch, actor=actor, at=at)


# --- members ---


def begin_membership(
    member: PartyMember, branch: PartyBranch, standing: Standing, *, since: date, actor: Actor, at: datetime
) -> Membership:
    """A member belongs to an organisation from the first day on. Raises `NotAccepted` while another one lasts."""
    membership = Membership(member=member, branch=branch, standing=standing, since=since)
    enter(membership, actor=actor, at=at)
    return membership


def end_membership(membership: Membership, *, on: date, actor: Actor, at: datetime) -> None:
    end(membership, on=on, version=membership.version, actor=actor, at=at)


def change_standing(membership: Membership, standing: Standing, *, on: date, actor: Actor, at: datetime) -> Membership:
    """From `on` the member is full, or on probation: the row ends the day before, and a new one begins.

    Raises `SameStanding`, `TooEarly`, `HasEnded` for a membership that is over, and what `begin_membership` raises.
    """
    _refuse(membership.standing == standing, SameStanding)
    _refuse(membership.ended_on is not None, HasEnded)
    _refuse(on <= membership.since, TooEarly)
    with transaction.atomic():
        end_membership(membership, on=on - timedelta(days=1), actor=actor, at=at)
        return begin_membership(membership.member, membership.branch, standing, since=on, actor=actor, at=at)


# --- that residents may know: sensitive, so asked apart and in writing (RULES.md §3) ---


def shown_consents(at: datetime) -> QuerySet[Consent]:
    """The consents in force at `at` of those who stand in the register: nobody else is shown as a member."""
    in_force = Consent.objects.in_force(at).filter(purpose=ConsentPurpose.SHOWN_AS_MEMBER)
    return in_force.filter(Q(member__ended_on=None) | Q(member__ended_on__gte=local_day(at)))


def note_consent(member: PartyMember, *, given_on: date, actor: User, at: datetime) -> Consent:
    """Write down that the member has agreed, on which day, to which version of the text, and who noted it.

    One in force stays as it is. Raises `MemberHasLeft`, and `NotYetGiven` for a day ahead.
    """
    _refuse(given_on > local_day(at), NotYetGiven)
    with transaction.atomic():
        member = registers.locked(member)
        _refuse(_ended_before(member, local_day(at)), MemberHasLeft)
        earlier = member.consents.filter(withdrawn_at=None).first()
        if earlier:
            return earlier
        consent = shown_consent(member, given_on=given_on)
        noted_on_saving(consent, actor, at)
        consent.save(force_insert=True)
        facts = {"text_version": consent.text_version, "given_on": given_on.isoformat()}
        _about_consent("note_consent", member, actor, at, **facts)
        return consent


def withdraw_consent(member: PartyMember, *, actor: Actor, at: datetime) -> None:
    """From this moment on residents don't see it any more. Withdrawn twice changes nothing."""
    with transaction.atomic():
        member = registers.locked(member)
        for consent in member.consents.filter(withdrawn_at=None).select_for_update():
            consent.withdrawn_at = max(at, consent.given_at)
            consent.save(update_fields=["withdrawn_at"])
            _about_consent("withdraw_consent", member, actor, at, text_version=consent.text_version)


def shown_consent(member: PartyMember, *, given_on: date | None = None) -> Consent:
    """A consent that isn't saved yet, to the text as it is now. Given on that day, else today: by its first instant."""
    day = given_on or local_day(database_now())
    given_at = datetime.combine(day, time.min, tzinfo=LOCAL_ZONE)
    return Consent(
        member=member,
        purpose=ConsentPurpose.SHOWN_AS_MEMBER,
        text_version=SHOWN_TEXT_VERSION,
        given_at=given_at,
    )


def noted_on_saving(consent: Any, actor: Actor, at: datetime) -> None:
    consent.noted_by, consent.noted_at = actor if isinstance(actor, User) else None, at


def _about_consent(verb: str, member: PartyMember, actor: Actor, at: datetime, **facts: str) -> None:
    subdistrict_id = subdistrict_of(member)
    noun, ref = registers.noun_of(member), str(member.pk)
    audit.record(verb, noun, ref, actor=actor, at=at, subdistrict_id=subdistrict_id, **facts)


# --- 双报到: checking in with a community, and what is given to whoever has ---


def check_in(
    who: PartyMember | Body, community: Community, *, since: date, actor: Actor, at: datetime, offers: str = ""
) -> DualRegistration:
    """A member or a unit checks in with a community. Raises `MemberHasLeft`, and `NotAccepted` for a second time."""
    named = {"member": who} if isinstance(who, PartyMember) else {"body": who}
    registration = DualRegistration(community=community, offers=offers, since=since, **named)
    enter(registration, actor=actor, at=at)
    return registration


def check_out(registration: DualRegistration, *, on: date, actor: Actor, at: datetime) -> None:
    """The last day of a check-in; the roles that came of it end with that day."""
    end(registration, on=on, version=registration.version, actor=actor, at=at)


def give_role(
    registration: DualRegistration,
    role: Role,
    place: GridUnit | Building | Estate,
    *,
    actor: Actor,
    at: datetime,
    user: User | None = None,
) -> RoleAssignment:
    """Give a volunteer's role out of a check-in; it ends with it. A unit names the person (`user`); a member is one.

    Raises `NotGivenToRegistered`, `NotCheckedIn`, `PlaceElsewhere`, and `NoAccount` where nobody is named who signs in.
    """
    _refuse(role not in GIVEN_TO_REGISTERED, NotGivenToRegistered)
    with transaction.atomic():
        registration = registers.locked(registration)
        day = local_day(at)
        _refuse(registration.since > day or _ended_before(registration, day), NotCheckedIn)
        _refuse(_community_of(place) != registration.community_id, PlaceElsewhere)
        own = registration.member.user if registration.member else user
        if own is None or (user is not None and user != own):
            raise NoAccount
        with registers.refusals_in_words(RoleAssignment):
            return roles.grant(own, role, place, actor=actor, at=at, registration=registration)


def _community_of(place: GridUnit | Building | Estate) -> int:
    return place.estate.community_id if isinstance(place, Building) else place.community_id


def _take_back_roles(registration: DualRegistration, on: date, actor: Actor, at: datetime) -> None:
    """Roles that came of the check-in end with its last day, or now where that is past."""
    last = max(day_ends_at(on), at)
    held = registration.assignments.filter(Q(valid_until=None) | Q(valid_until__gt=last))
    for assignment in held.select_for_update():
        RoleAssignment.objects.filter(pk=assignment.pk).update(valid_until=max(last, assignment.valid_from + _INSTANT))
        audit.record("revoke", "role", str(assignment.pk), actor=actor, at=at, role=assignment.role)
