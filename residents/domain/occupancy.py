"""Homes: claimed by a person, decided by the community's staff, disputed and settled, ended when somebody moves.

Filing needs none of this; voting and whatever is for the people of one estate will. While a home is disputed it counts
as nobody's confirmed home. What was seen or said stays with the claim; the trail keeps codes only.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, outbox, roles
from governance.domain.erasing import is_of_somebody_erased
from governance.domain.refusals import FactMissing, NotInCharge, Refusal, StepNotAllowed
from governance.models import Community, Role, RoleAssignment, Unit, Urgency, User
from residents.models import DeclineReason, Occupancy, OccupancyRelation, OccupancyState, Resident

OPEN_TO_DISPUTE = (OccupancyState.CLAIMED, OccupancyState.VERIFIED)


class AlreadyClaimed(Refusal):
    code = "already_claimed"
    sentence = _("You have claimed this home already. You find it under “My homes”.")


class PersonGone(StepNotAllowed):
    """The person is having the account closed; their homes end with it."""

    code = "person_gone"
    sentence = _("This person has just closed the account. There is nothing left to decide: the home ends by itself.")


class AlreadyDecided(StepNotAllowed):
    """Somebody decided while the page was open. `occupancy` says who, when and what."""

    code = "already_decided"

    def __init__(self, occupancy: Occupancy):
        self.occupancy = occupancy
        super().__init__()


def claim(user: User, unit: Unit, relation: OccupancyRelation, *, evidence: str = "", at: datetime) -> Occupancy:
    """Say “I live here”, or “it's mine”. A claim until somebody in charge has verified it.

    Several people may claim one unit. Filing begins with this building from now on. Raises
    `AlreadyClaimed` if the same claim stands.
    """
    try:
        with transaction.atomic():
            occupancy = Occupancy.objects.create(
                user=user, unit=unit, relation=relation, evidence=evidence, claimed_at=at
            )
            Resident.objects.update_or_create(
                user=user, defaults={"building": unit.building, "stairwell": unit.stairwell}
            )
            _record("claim", occupancy, actor=user, at=at, relation=str(relation))
            return occupancy
    except IntegrityError as error:
        if is_of_somebody_erased(error):
            raise
        raise AlreadyClaimed from error


def verify(occupancy: Occupancy, *, words: str, actor: User, at: datetime, seen_as: str = "") -> None:
    """Confirm a claim; from now on the person is a resident of the estate. `words`: what was seen.

    Raises `FactMissing`, `NotInCharge`, `PersonGone`; `AlreadyDecided` if it isn't a claim any more. So do the others;
    to all of them `seen_as` is the state that the page showed, and another one means that somebody was faster.
    """
    _need("words", words)
    with transaction.atomic():
        locked = _locked_for(occupancy, (OccupancyState.CLAIMED,), actor=actor, at=at, seen_as=seen_as)
        _confirm(locked, words, actor=actor, at=at)
        _record("verify", locked, actor=actor, at=at)
    occupancy.refresh_from_db()


def decline(
    occupancy: Occupancy, *, reason: DeclineReason | str, words: str, actor: User, at: datetime, seen_as: str = ""
) -> None:
    """Say that a claim can't be confirmed. The person is told the reason, not the words. Filing stays possible."""
    _need("reason", reason)
    _need("words", words)
    with transaction.atomic():
        locked = _locked_for(occupancy, (OccupancyState.CLAIMED,), actor=actor, at=at, seen_as=seen_as)
        _turn_down(locked, reason, words, actor=actor, at=at)
        _record("decline", locked, actor=actor, at=at, reason=str(reason))
    occupancy.refresh_from_db()


def dispute(
    occupancy: Occupancy,
    *,
    words: str,
    against: Sequence[Occupancy] = (),
    actor: User,
    at: datetime,
    seen_as: str = "",
) -> None:
    """Freeze a home that somebody contradicts, and with it the ties `against` it: none of them counts as confirmed.

    `words`: who says what. `against` are standing ties to the same unit; whichever isn't is left as it is. Everybody
    whose tie is frozen is told, in words that take no side.
    """
    _need("words", words)
    with transaction.atomic():
        locked = _locked_for(occupancy, OPEN_TO_DISPUTE, actor=actor, at=at, seen_as=seen_as, beside=against)
        ids = [each.pk for each in against]
        others = Occupancy.objects.of_unit(locked).filter(pk__in=ids, state__in=OPEN_TO_DISPUTE)
        for each in (locked, *others.select_related("user", "unit__building__estate__community")):
            _freeze(each, words, actor=actor, at=at)
    occupancy.refresh_from_db()


def settle(
    occupancy: Occupancy,
    outcome: OccupancyState | str,
    *,
    words: str,
    reason: DeclineReason | str = "",
    actor: User,
    at: datetime,
    seen_as: str = "",
) -> None:
    """Decide one of the disputed homes: `VERIFIED`, `DECLINED` (with a `reason`) or `ENDED`. The others stay frozen."""
    _need("words", words)
    if outcome == OccupancyState.DECLINED:
        _need("reason", reason)
    with transaction.atomic():
        locked = _locked_for(occupancy, (OccupancyState.DISPUTED,), actor=actor, at=at, seen_as=seen_as)
        match outcome:
            case OccupancyState.VERIFIED:
                _confirm(locked, words, actor=actor, at=at)
            case OccupancyState.DECLINED:
                _turn_down(locked, reason, words, actor=actor, at=at)
            case OccupancyState.ENDED:
                _finish(locked, words, actor=actor, at=at)
            case _:
                raise FactMissing("outcome")
        facts = {"reason": str(reason)} if outcome == OccupancyState.DECLINED else {}
        _record("settle", locked, actor=actor, at=at, outcome=str(outcome), **facts)
    occupancy.refresh_from_db()


def end(occupancy: Occupancy, *, words: str = "", actor: User, at: datetime, seen_as: str = "") -> None:
    """The person has moved out, or the claim is taken back. The role ends with the last verified home in the estate.

    The person may do it, and the community's staff: these with `words` on how they know, and not while it is disputed.
    """
    is_own = actor.pk == occupancy.user_id
    if not is_own:
        _need("words", words)
    with transaction.atomic():
        if is_own:
            locked = _locked(occupancy)
            if not locked.stands:
                raise StepNotAllowed
        else:
            locked = _locked_for(occupancy, OPEN_TO_DISPUTE, actor=actor, at=at, seen_as=seen_as)
        _finish(locked, words, actor=actor, at=at)
        _record("end", locked, actor=actor, at=at)
    occupancy.refresh_from_db()


def record_number_shown(occupancy: Occupancy, *, actor: User, at: datetime) -> None:
    """Somebody at the desk looked at the person's number: who, and whose, goes on record."""
    with transaction.atomic():
        _record("reveal_phone", occupancy, actor=actor, at=at, of=str(occupancy.user.public_id))


def is_party(user: User, occupancy: Occupancy) -> bool:
    """Whether the home is the person's own, or has anything to do with theirs: then others decide."""
    return user.pk == occupancy.user_id or Occupancy.objects.of_unit(occupancy).standing().filter(user=user).exists()


# --- what the verbs are made of, inside their transaction ---


def _confirm(locked: Occupancy, words: str, *, actor: User, at: datetime) -> None:
    _decide(locked, OccupancyState.VERIFIED, words, actor=actor, at=at)
    roles.grant(locked.user, Role.RESIDENT, locked.unit.building.estate, actor=actor, at=at)
    _tell("home_verified", locked, at)


def _turn_down(locked: Occupancy, reason: str, words: str, *, actor: User, at: datetime) -> None:
    _decide(locked, OccupancyState.DECLINED, words, actor=actor, at=at, decline_reason=str(reason))
    _tell("home_declined", locked, at, reason=str(reason))


def _freeze(locked: Occupancy, words: str, *, actor: User, at: datetime) -> None:
    before = locked.state
    _decide(locked, OccupancyState.DISPUTED, words, actor=actor, at=at)
    _end_role_without_home(locked, actor=actor, at=at)
    _record("dispute", locked, actor=actor, at=at, before=before)
    # It may cost a vote, so it isn't left to wait until the person looks in.
    _tell("home_disputed", locked, at, urgency=Urgency.PROMPT)


def _finish(locked: Occupancy, words: str, *, actor: User, at: datetime) -> None:
    locked.state, locked.ended_at = OccupancyState.ENDED, at
    locked.decision_words = words or locked.decision_words
    locked.save(update_fields=["state", "ended_at", "decision_words"])
    _end_role_without_home(locked, actor=actor, at=at)
    if actor.pk != locked.user_id:
        _tell("home_ended", locked, at)


def _decide(
    locked: Occupancy, state: OccupancyState, words: str, *, actor: User, at: datetime, decline_reason: str = ""
) -> None:
    locked.state, locked.decided_by, locked.decided_at = state, actor, at
    locked.decision_words, locked.decline_reason = words, decline_reason
    locked.save(update_fields=["state", "decided_by", "decided_at", "decision_words", "decline_reason"])


def _need(fact: str, given: str) -> None:
    if not given:
        raise FactMissing(fact)


def _locked(occupancy: Occupancy, beside: Sequence[Occupancy] = ()) -> Occupancy:
    """The row, locked together with those `beside` it: always in the same order, so that nobody waits in a circle.

    The people come first: the role hangs on all the homes that a person has in the estate, not on one of them.
    """
    ids = {occupancy.pk, *(each.pk for each in beside)}
    for user_id in sorted({occupancy.user_id, *(each.user_id for each in beside)}):
        roles.lock_person(user_id)
    rows = (
        Occupancy.objects.select_for_update(of=("self",))
        .select_related("user", "decided_by", "unit__building__estate__community")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    return {row.pk: row for row in rows}[occupancy.pk]


def _locked_for(
    occupancy: Occupancy,
    states: Iterable[str],
    *,
    actor: User,
    at: datetime,
    seen_as: str,
    beside: Sequence[Occupancy] = (),
) -> Occupancy:
    locked = _locked(occupancy, beside)
    if not _is_in_charge(actor, locked, at):
        raise NotInCharge
    if locked.state not in states or (seen_as and seen_as != locked.state):
        raise AlreadyDecided(locked)
    if locked.user.erased_at:
        raise PersonGone
    return locked


def _community_of(occupancy: Occupancy) -> Community:
    return occupancy.unit.building.estate.community


def _is_in_charge(actor: User, occupancy: Occupancy, at: datetime) -> bool:
    """Staff of this community; nobody decides about the own home, nor about who else has to do with it."""
    return _community_of(occupancy).pk in actor.scope(at).communities and not is_party(actor, occupancy)


def _end_role_without_home(occupancy: Occupancy, *, actor: User, at: datetime) -> None:
    estate = occupancy.unit.building.estate
    remaining = Occupancy.objects.filter(
        user_id=occupancy.user_id, state=OccupancyState.VERIFIED, unit__building__estate=estate
    )
    if remaining.exists():
        return
    # Somebody who was faster may have given it at an instant after `at`.
    lasting = Q(valid_until=None) | Q(valid_until__gt=at)
    held = RoleAssignment.objects.filter(lasting, user_id=occupancy.user_id, role=Role.RESIDENT, estate=estate)
    for assignment in held:
        roles.revoke(assignment, actor=actor, at=at)


def _record(verb: str, occupancy: Occupancy, *, actor: User, at: datetime, **facts: object) -> None:
    audit.record(
        verb,
        "occupancy",
        str(occupancy.public_id),
        actor=actor,
        at=at,
        subdistrict_id=_community_of(occupancy).subdistrict_id,
        **facts,
    )


def _tell(
    key: str, occupancy: Occupancy, at: datetime, *, urgency: Urgency = Urgency.ORDINARY, **params: object
) -> None:
    building = occupancy.unit.building
    community = _community_of(occupancy)
    outbox.post(
        occupancy.user,
        key,
        {"estate": building.estate.name, "building": building.name, "number": occupancy.unit.number, **params},
        # A home may be disputed and settled more than once.
        dedupe=f"{key}:{occupancy.public_id}:{at.isoformat()}",
        at=at,
        urgency=urgency,
        link="/homes/",
        subdistrict_id=community.subdistrict_id,
        community_id=community.pk,
    )
