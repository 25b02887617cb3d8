"""Telling owners what was done in their name."""

from datetime import datetime

from django.urls import reverse

from governance.domain import outbox
from governance.models import Urgency
from issues.deliberation.models import Ballot


def tell_owners(ballot: Ballot, at: datetime) -> None:
    """Every ballot that is recorded in an owner's name is told to the owner, whoever else handed it in."""
    entry = ballot.entry
    motion = entry.motion
    for owner in entry.owners.exclude(pk=ballot.cast_by_id):
        outbox.post(
            owner,
            "ballot_recorded",
            {"title": motion.title, "unit": str(entry)},
            dedupe=f"ballot:{ballot.public_id}",
            at=at,
            urgency=Urgency.PROMPT,
            link=reverse("vote", args=[motion.public_id]),
            subdistrict_id=motion.subdistrict_id,
            community_id=motion.community_id,
        )
