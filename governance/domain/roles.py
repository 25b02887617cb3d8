"""Giving and ending roles."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Model, Q

from governance.domain import audit
from governance.models import ROLE_HELD_AT, DualRegistration, Role, RoleAssignment, User


def lock_person(user_id: int) -> None:
    """Give and end this person's roles one after the other. Before the rows that say why: everywhere in this order.

    Whoever only refers to the person, as a petition does, needn't wait.
    """
    list(User.objects.filter(pk=user_id).select_for_update(no_key=True).values_list("pk", flat=True))


def grant(
    user: User,
    role: Role,
    place: Model | None = None,
    *,
    actor: User | str,
    at: datetime,
    registration: DualRegistration | None = None,
) -> RoleAssignment:
    """Give `user` a role at the place or body that the role is held at, from `at` on. Given twice, it is held once.

    `registration` is the check-in that it came of; the trail doesn't say so, for that tells who belongs to the party.
    """
    key = ROLE_HELD_AT[role]
    held_at = {key: place} if key else {}
    with transaction.atomic():
        lock_person(user.pk)
        # Whoever was faster may have given it at an instant after `at`: that is the same role.
        existing = RoleAssignment.objects.filter(_not_ended_by(at), user=user, role=role, **held_at).first()
        if existing:
            return existing
        assignment = RoleAssignment.objects.create(
            user=user, role=role, valid_from=at, registration=registration, **held_at
        )
        audit.record("grant", "role", str(assignment.pk), actor=actor, at=at, role=str(role), to=str(user.public_id))
        return assignment


def revoke(assignment: RoleAssignment, *, actor: User | str, at: datetime) -> None:
    """End a role at `at`. Access ends with the next request. One given at this very instant has lasted a moment."""
    valid_until = max(at, assignment.valid_from + timedelta(microseconds=1))
    with transaction.atomic():
        ended = RoleAssignment.objects.filter(_not_ended_by(valid_until), pk=assignment.pk)
        if ended.update(valid_until=valid_until):
            audit.record("revoke", "role", str(assignment.pk), actor=actor, at=at, role=assignment.role)


def _not_ended_by(at: datetime) -> Q:
    return Q(valid_until=None) | Q(valid_until__gt=at)
