"""Letting somebody vote for one's unit, and taking it back."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.erasing import is_of_somebody_erased
from governance.domain.limits import Limit, take_try
from governance.domain.refusals import Refusal
from governance.encryption import lookup_hash
from governance.models import Unit, User
from issues.deliberation.domain.casting import NoProxyHere, NotOnTheRoll, VoteNotOpen
from issues.deliberation.models import Ballot, Mandate, Motion, RollEntry
from issues.deliberation.rules import stands_to_gain
from residents.models import Occupancy, OccupancyRelation, OccupancyState

# Whoever looks people up by their numbers is slowed down; whoever mistypes one isn't.
LOOKS = Limit("mandate", 10, timedelta(days=1))


class NobodyThere(Refusal):
    """No account has that number."""

    code = "nobody_there"
    status = 404
    sentence = _("Nobody has signed in here with this number yet.")


class TooManyMandates(Refusal):
    """The rule set allows a person no more mandates in one vote."""

    code = "too_many_mandates"
    sentence = _("This person holds as many mandates as the rule set allows.")


class MandatedAlready(Refusal):
    """A co-owner has given a mandate for the unit: there is one at a time, and theirs to take back."""

    code = "mandated_already"
    sentence = _("A co-owner has given a mandate for this unit already.")


class HandedInAlready(Refusal):
    """There is a ballot for the unit: nobody can vote for it any more."""

    code = "handed_in_already"
    sentence = _("A ballot for this unit was handed in already.")


def holder_by_phone(number: str, *, asked_by: User, at: datetime) -> User:
    """Who has this number (+8613…). Raises `NobodyThere`, and `TooManyTries` beyond ten a day."""
    take_try(f"mandate {asked_by.public_id}", LOOKS, at=at)
    found = User.objects.filter(phone_hash=lookup_hash(number), phone_verified_at__isnull=False, is_active=True).first()
    if found is None:
        raise NobodyThere
    return found


def give(motion: Motion, unit: Unit, *, to: User, actor: User, at: datetime) -> Mandate:
    """Let `to` vote for one's unit in this motion; a mandate given before is taken back with it.

    Raises `VoteNotOpen` once it is over, `NotOnTheRoll` for whoever doesn't own the unit, `HandedInAlready`,
    `NoProxyHere`, `MandatedAlready`, `TooManyMandates`, `NobodyThere` for whoever has just closed the account.
    """
    if not motion.takes_mandates_at(at):
        raise VoteNotOpen
    if stands_to_gain(to, motion, at):
        raise NoProxyHere
    if not _owns(actor, motion, unit):
        raise NotOnTheRoll
    if Ballot.objects.effective().filter(entry__motion=motion, entry__unit=unit).exists():
        raise HandedInAlready
    with transaction.atomic():
        # Co-owners at once wait for each other here, and so do those who give theirs to one person.
        Motion.objects.select_for_update(no_key=True).get(pk=motion.pk)
        given = Mandate.objects.in_force().filter(motion=motion, unit=unit)
        if given.exclude(given_by=actor).exists():
            raise MandatedAlready
        given.update(revoked_at=at)
        try:
            with transaction.atomic():
                mandate = Mandate.objects.create(motion=motion, unit=unit, given_by=actor, held_by=to, given_at=at)
        except DatabaseError as error:
            if not is_of_somebody_erased(error):
                raise TooManyMandates from error
            if User.objects.filter(pk=to.pk, erased_at__isnull=False).exists():
                raise NobodyThere from error
            raise
        _note("give_mandate", mandate, actor, at)
    return mandate


def give_all(motion: Motion, entries: Sequence[RollEntry], *, to: User, actor: User, at: datetime) -> None:
    """As `give`, for all units of one ballot or for none."""
    with transaction.atomic():
        for entry in entries:
            give(motion, entry.unit, to=to, actor=actor, at=at)


def _owns(user: User, motion: Motion, unit: Unit) -> bool:
    """By the frozen roll; before the opening, as it would be read today."""
    if motion.frozen_at:
        return RollEntry.objects.filter(motion=motion, unit=unit, owner_rows__user=user).exists()
    ties = Occupancy.objects.filter(user=user, unit=unit, relation=OccupancyRelation.OWNER)
    return ties.filter(state=OccupancyState.VERIFIED, unit__building__estate=motion.estate).exists()


def revoke(mandate: Mandate, *, actor: User, at: datetime) -> None:
    """Take it back: a ballot not yet handed in by it isn't taken any more. Raises `NotOnTheRoll` for anybody else."""
    with transaction.atomic():
        locked = Mandate.objects.select_for_update(no_key=True).select_related("motion").get(pk=mandate.pk)
        if locked.given_by_id != actor.pk:
            raise NotOnTheRoll
        if locked.revoked_at is None:
            Mandate.objects.filter(pk=locked.pk).update(revoked_at=at)
            _note("revoke_mandate", locked, actor, at)


def end_all_of(person: User, *, at: datetime) -> None:
    """Whoever leaves gives up the mandates they gave and those they hold. What was handed in by them stays."""
    theirs = Mandate.objects.in_force().filter(Q(given_by=person) | Q(held_by=person), motion__counted_at=None)
    for mandate in theirs.select_for_update(of=("self",), no_key=True).select_related("motion").order_by("pk"):
        Mandate.objects.filter(pk=mandate.pk).update(revoked_at=max(at, mandate.given_at))
        _note("revoke_mandate", mandate, person, at)


def _note(verb: str, mandate: Mandate, actor: User, at: datetime) -> None:
    motion = mandate.motion
    audit.record(
        verb, "motion", motion.audit_ref, actor=actor, at=at, subdistrict_id=motion.subdistrict_id,
        mandate=str(mandate.public_id),
    )  # fmt: skip
