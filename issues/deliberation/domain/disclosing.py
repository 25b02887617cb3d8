"""The full tally file: who of the roll chose what. For those who oversee the vote or object to it, and under log."""

from datetime import datetime

from django.db import transaction

from governance.domain import audit
from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import User
from issues.deliberation.models import Motion
from issues.deliberation.rules import may_read_tally


def full_file(motion: Motion, *, actor: User, at: datetime) -> bytes:
    """The file that was counted, byte for byte; that it was handed out stands in the trail.

    Raises `NotInCharge` for whoever neither oversees the vote nor has objected; `StepNotAllowed` before the count.
    """
    actor.scope(at)
    if not may_read_tally(actor, motion):
        raise NotInCharge
    if motion.tally_file is None:
        raise StepNotAllowed
    with transaction.atomic():
        audit.record(
            "hand_out_tally", "motion", motion.audit_ref, actor=actor, at=at, subdistrict_id=motion.subdistrict_id
        )
    return bytes(motion.tally_file)
