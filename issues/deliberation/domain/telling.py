"""Telling owners of each stage of a vote, and of what was done in their name."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse

from governance.domain import outbox
from governance.models import Role, RoleAssignment, Urgency, User
from issues.deliberation.domain import rolls
from issues.deliberation.models import Ballot, Channel, Motion
from issues.deliberation.workflow import MOTION

STAGES = {
    "publish": "vote_announced",
    "open": "vote_opened",
    "count": "vote_counted",
    "confirm": "vote_final",
    "withdraw": "vote_withdrawn",
}


def tell_owners(ballot: Ballot, at: datetime) -> None:
    """Every ballot that is recorded in an owner's name is told to the owner, whoever else handed it in.

    By message to the phone where it came from a stranger's hand: at the door, on paper, or by a mandate.
    """
    entry = ballot.entry
    by_co_owner = ballot.channel == Channel.ELECTRONIC and ballot.mandate is None
    motion = entry.motion
    for owner in entry.owners.exclude(pk=ballot.cast_by_id):
        outbox.post(
            owner,
            "ballot_recorded",
            {"title": motion.title, "unit": str(entry)},
            dedupe=f"ballot:{ballot.public_id}",
            at=at,
            urgency=Urgency.ORDINARY if by_co_owner else Urgency.PROMPT,
            link=reverse("vote", args=[motion.public_id]),
            subdistrict_id=motion.subdistrict_id,
            community_id=motion.community_id,
        )


@MOTION.on(*STAGES)
def tell_of_the_stage(motion: Motion, *, at: datetime, **_facts: Any) -> None:
    """Every owner with an account, and the residents' committee at the same time. Source: 物业管理条例 14."""
    if motion.opens_at is None or motion.closes_at is None:
        raise ValueError("Nobody is told of a motion without times.")
    key = next(key for verb, key in STAGES.items() if MOTION.step(verb).target == motion.state)
    told: dict[str, object] = {
        "title": motion.title,
        "opens": motion.opens_at.isoformat(),
        "closes": motion.closes_at.isoformat(),
    }
    tell_all(motion, key, told, dedupe=f"{key}:{motion.public_id}", at=at)


def tell_all(motion: Motion, key: str, told: dict[str, object], *, dedupe: str, at: datetime) -> None:
    """The same notice to everybody whom the vote concerns, leading to its page."""
    outbox.post_to_each(
        _concerned(motion, at),
        key,
        told,
        dedupe=dedupe,
        at=at,
        link=reverse("vote", args=[motion.public_id]),
        subdistrict_id=motion.subdistrict_id,
        community_id=motion.community_id,
    )


def _concerned(motion: Motion, at: datetime) -> Iterable[User]:
    """Owners by the frozen roll, before it by the registers; and the community's staff. Each once, in one order."""
    if motion.frozen_at:
        owners = list(User.objects.filter(pk__in=motion.roll.values("owners")))
    else:
        owners = [owner for line in rolls.read(motion, at) for owner in line.owners]
    held = RoleAssignment.objects.in_force(at).filter(role=Role.COMMUNITY_STAFF, community=motion.community)
    everybody = {person.pk: person for person in [*owners, *User.objects.filter(pk__in=held.values("user"))]}
    return [everybody[pk] for pk in sorted(everybody)]
