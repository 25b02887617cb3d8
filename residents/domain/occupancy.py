"""Homes: claimed by a person, verified or declined by the community's staff, ended when somebody moves.

Filing needs none of this; voting and whatever is for the people of one estate will.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, outbox, roles
from governance.domain.refusals import NotInCharge, Refusal, StepNotAllowed
from governance.models import Community, Role, RoleAssignment, Unit, User
from residents.models import Occupancy, OccupancyRelation, OccupancyState, Resident


class AlreadyClaimed(Refusal):
    code = "already_claimed"
    sentence = _("You have claimed this home already. You find it under “My homes”.")


def claim(user: User, unit: Unit, relation: OccupancyRelation, *, evidence: str = "", at: datetime) -> Occupancy:
    """Say “I live here”, or “it's mine”. A claim until somebody in charge has verified it.

    Several people may claim one unit. Filing begins with this building from now on. Raises
    `AlreadyClaimed` if the same claim stands.
    """
    community = unit.building.estate.community
    try:
        with transaction.atomic():
            occupancy = Occupancy.objects.create(
                user=user, unit=unit, relation=relation, evidence=evidence, claimed_at=at
            )
            Resident.objects.update_or_create(
                user=user, defaults={"building": unit.building, "stairwell": unit.stairwell}
            )
            _record("claim", occupancy, community, actor=user, at=at, relation=str(relation))
            return occupancy
    except IntegrityError as error:
        raise AlreadyClaimed from error


def verify(occupancy: Occupancy, *, actor: User, at: datetime) -> None:
    """Confirm a claim; from now on the person is a resident of the estate. Raises `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        locked, community = _decided(occupancy, OccupancyState.VERIFIED, actor=actor, at=at)
        roles.grant(locked.user, Role.RESIDENT, locked.unit.building.estate, actor=actor, at=at)
        _record("verify", locked, community, actor=actor, at=at)
        _tell("home_verified", locked, community, at)
    occupancy.refresh_from_db()


def decline(occupancy: Occupancy, *, actor: User, at: datetime) -> None:
    """Say that a claim can't be confirmed. Filing stays possible. Raises `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        locked, community = _decided(occupancy, OccupancyState.DECLINED, actor=actor, at=at)
        _record("decline", locked, community, actor=actor, at=at)
        _tell("home_declined", locked, community, at)
    occupancy.refresh_from_db()


def end(occupancy: Occupancy, *, actor: User, at: datetime) -> None:
    """The person has moved out, or the claim is taken back. The role ends with the last verified home in the estate.

    The person may do it, and the community's staff. Raises `NotInCharge`, `StepNotAllowed`.
    """
    with transaction.atomic():
        locked, community = _locked(occupancy)
        is_own = actor.pk == locked.user_id
        if not is_own and not _is_in_charge(actor, locked, community, at):
            raise NotInCharge
        if not locked.stands:
            raise StepNotAllowed
        locked.state, locked.ended_at = OccupancyState.ENDED, at
        locked.save(update_fields=["state", "ended_at"])
        _end_role_without_home(locked, actor=actor, at=at)
        _record("end", locked, community, actor=actor, at=at)
        if not is_own:
            _tell("home_ended", locked, community, at)
    occupancy.refresh_from_db()


def _locked(occupancy: Occupancy) -> tuple[Occupancy, Community]:
    locked = (
        Occupancy.objects.select_for_update(of=("self",))
        .select_related("user", "unit__building__estate__community")
        .get(pk=occupancy.pk)
    )
    return locked, locked.unit.building.estate.community


def _decided(occupancy: Occupancy, state: OccupancyState, *, actor: User, at: datetime) -> tuple[Occupancy, Community]:
    locked, community = _locked(occupancy)
    if not _is_in_charge(actor, locked, community, at):
        raise NotInCharge
    if locked.state != OccupancyState.CLAIMED:
        raise StepNotAllowed
    locked.state, locked.decided_by, locked.decided_at = state, actor, at
    locked.save(update_fields=["state", "decided_by", "decided_at"])
    return locked, community


def _is_in_charge(actor: User, occupancy: Occupancy, community: Community, at: datetime) -> bool:
    """Staff of this community; nobody decides about the own home."""
    return community.pk in actor.scope(at).communities and actor.pk != occupancy.user_id


def _end_role_without_home(occupancy: Occupancy, *, actor: User, at: datetime) -> None:
    estate = occupancy.unit.building.estate
    remaining = Occupancy.objects.filter(
        user_id=occupancy.user_id, state=OccupancyState.VERIFIED, unit__building__estate=estate
    )
    if remaining.exists():
        return
    held = RoleAssignment.objects.in_force(at).filter(user_id=occupancy.user_id, role=Role.RESIDENT, estate=estate)
    for assignment in held:
        roles.revoke(assignment, actor=actor, at=at)


def _record(
    verb: str, occupancy: Occupancy, community: Community, *, actor: User, at: datetime, **facts: object
) -> None:
    audit.record(
        verb,
        "occupancy",
        str(occupancy.public_id),
        actor=actor,
        at=at,
        subdistrict_id=community.subdistrict_id,
        **facts,
    )


def _tell(key: str, occupancy: Occupancy, community: Community, at: datetime) -> None:
    building = occupancy.unit.building
    outbox.post(
        occupancy.user,
        key,
        {"estate": building.estate.name, "building": building.name, "number": occupancy.unit.number},
        dedupe=f"{key}:{occupancy.public_id}",
        at=at,
        link="/homes/",
        subdistrict_id=community.subdistrict_id,
        community_id=community.pk,
    )
