"""Telling those concerned of a commitment: who supervises it, who asked for it, who has to do it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from governance.domain import outbox
from governance.models import Role, RoleAssignment, Urgency, User
from issues.deliberation.models import Commitment, CommitmentDoubt, CommitmentMove


def supervisors_of(commitment: Commitment, at: datetime) -> list[User]:
    """Who supervises it at `at`: the branch's secretaries; where these stand beside the body, the street's officers;
    of what the street office has promised, the district's."""
    topic = commitment.topic
    secretaries = Q(role=Role.BRANCH_SECRETARY) & (
        Q(party_branch__estate=topic.estate_id, party_branch__estate__isnull=False)
        | Q(party_branch__community=topic.community_id)
    )
    street = Q(role=Role.STREET_OFFICER, subdistrict=topic.subdistrict_id)
    district = Q(role=Role.DISTRICT_OFFICER, district__subdistricts=topic.subdistrict_id)
    for post in (secretaries, street, district):
        held = RoleAssignment.objects.in_force(at).filter(post, user__is_active=True).select_related("user")
        people = {one.user.pk: one.user for one in held.order_by("pk")}.values()
        if able := [one for one in people if _supervises(one, commitment, at)]:
            return able
    return []


def _supervises(person: User, commitment: Commitment, at: datetime) -> bool:
    return Commitment.objects.supervised_by(person.scope(at)).filter(pk=commitment.pk).exists()


def tell_supervisors(commitment: Commitment, key: str, at: datetime, *, event: str, but: User | None = None) -> None:
    """But not the one who did it."""
    people = [one for one in supervisors_of(commitment, at) if one != but]
    _tell(people, commitment, key, at, event=event, address=reverse("desk_commitment", args=[commitment.public_id]))


def tell_petitioners(commitment: Commitment, at: datetime) -> None:
    """It was accepted as done: whoever had asked for it is told, and until when they can say that it isn't."""
    rows = commitment.topic.petition_rows.filter(ended_at=None, petition__petitioner__isnull=False)
    petitioners = (row.petition.petitioner for row in rows.select_related("petition__petitioner"))
    people = {one.pk: one for one in petitioners if one}.values()
    address = reverse("commitment_not_done", args=[commitment.public_id])
    _tell(people, commitment, "commitment_accepted", at, event=at.isoformat(), address=address)


def tell_of_move(move: CommitmentMove, at: datetime) -> None:
    key = "commitment_moved" if move.is_agreed else "commitment_not_moved"
    commitment = move.commitment
    address = reverse("commitment", args=[commitment.public_id])
    _tell([move.asked_by], commitment, key, at, event=str(move.public_id), address=address)


def tell_of_answer(said: CommitmentDoubt, at: datetime) -> None:
    commitment = said.commitment
    address = reverse("commitment_not_done", args=[commitment.public_id])
    _tell([said.by], commitment, "commitment_doubt_answered", at, event=str(said.public_id), address=address)


def _tell(people: Iterable[User], commitment: Commitment, key: str, at: datetime, *, event: str, address: str) -> None:
    params: dict[str, object] = {
        "what": commitment.what,
        "body": commitment.body.short_name,
        "due_at": commitment.due_at.isoformat(),
        "doubts_until": commitment.doubts_until.isoformat() if commitment.doubts_until else "",
    }
    outbox.post_to_each(
        people,
        key,
        params,
        dedupe=f"{key}:{commitment.public_id}:{event}",
        at=at,
        urgency=Urgency.PROMPT if key == "commitment_accepted" else Urgency.ORDINARY,
        link=address,
        subdistrict_id=commitment.subdistrict_id,
        community_id=commitment.community_id,
    )
