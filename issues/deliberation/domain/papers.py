"""Ballots on paper: typed by one, typed again by another who hasn't seen the first, and then they count."""

import base64
from datetime import datetime
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import NotInCharge, Refusal
from governance.encryption import decrypt
from governance.models import User
from issues.deliberation.domain import sealing
from issues.deliberation.domain.casting import NoSuchChoice, VoteNotOpen, hash_of_receipt
from issues.deliberation.domain.telling import tell_owners
from issues.deliberation.models import (
    Ballot,
    Channel,
    InvalidReason,
    Motion,
    MotionState,
    PaperScan,
    RollEntry,
    sayable,
)
from issues.deliberation.rules import is_candidate, organises, stands_to_gain

# What is `sayable` in the motion, or why the paper says nothing that counts.
Said = str | InvalidReason


class SerialUsed(Refusal):
    """A paper with this number has been typed already."""

    code = "serial_used"
    sentence = _("A ballot with this number has been typed already. Check the number on the paper.")


class PrintedForAnother(Refusal):
    """The number on the paper is that of another unit: one of the two was typed wrongly."""

    code = "printed_for_another"
    sentence = _("The ballot with this number was printed for another home. Check number and door on the paper.")


class CollectedByTheCompany(Refusal):
    """Nobody of the company collects ballots on its own contract, nor where its supervisors are elected."""

    code = "collected_by_the_company"
    sentence = _(
        "Whoever works for the property company has no part in the papers when its contract is decided or the owners'"
        " committee is elected."
    )


class StandsOnTheBallot(Refusal):
    """Whoever stands on the ballot neither runs that election nor collects, types or checks ballots or deliveries."""

    code = "stands_on_the_ballot"
    sentence = _(
        "Your name stands on this ballot. Candidates neither run their election nor touch its papers: ask a colleague."
    )


def why_not(motion: Motion, actor: User, at: datetime) -> type[Refusal] | None:
    """What keeps the person from the papers of this vote; None for those who organise it and have no part in it."""
    if stands_to_gain(actor, motion, at):
        return CollectedByTheCompany
    if is_candidate(actor.full_name, motion):
        return StandsOnTheBallot
    return None if organises(actor, motion) else NotInCharge


def check_charge(motion: Motion, actor: User, at: datetime) -> None:
    """Raises `CollectedByTheCompany`, `StandsOnTheBallot`, `NotInCharge`."""
    refusal = why_not(motion, actor, at)
    if refusal:
        raise refusal


def printed_serials(motion: Motion) -> dict[int, str]:
    """The number that is printed on the ballot of each line of the roll, by the line's id. One query."""
    lines = RollEntry.objects.filter(motion=motion).order_by("pk").values_list("pk", flat=True)
    return {line: f"{_prefix(motion)}{number:04}" for number, line in enumerate(lines, start=1)}


def _prefix(motion: Motion) -> str:
    """Of this vote: a ballot of another one is told apart at a glance."""
    return f"{motion.public_id.hex[:4].upper()}-"


def record(
    entry: RollEntry,
    *,
    said: Said,
    serial: str,
    channel: Channel,
    cast_at: datetime,
    actor: User,
    at: datetime,
    scan: ContentFile | None = None,
) -> Ballot:
    """Type one paper: what it says, or why it says nothing. It counts once a second person has typed the same.

    `cast_at` is when it was handed in; `scan` a picture of it, a JPEG. A paper that wasn't printed here has a number of
    its own. Raises what `check_charge` raises, `NoSuchChoice`, `VoteNotOpen`, `SerialUsed`, `PrintedForAnother`.
    """
    motion = entry.motion
    serial = serial.strip().upper()
    check_charge(motion, actor, at)
    _check_said(motion, said)
    if motion.state != MotionState.OPENED or not motion.is_open_at(cast_at) or cast_at > at:
        raise VoteNotOpen
    with transaction.atomic():
        # Two who type the same number wait for each other here.
        Motion.objects.select_for_update(no_key=True).get(pk=motion.pk)
        if Ballot.objects.filter(entry__motion=motion, serial=serial, differed_at=None).exists():
            raise SerialUsed
        if serial.startswith(_prefix(motion)) and printed_serials(motion)[entry.pk] != serial:
            raise PrintedForAnother
        public_id = uuid4()
        ballot = Ballot.objects.create(
            public_id=public_id, entry=entry, channel=channel, serial=serial, cast_at=cast_at, recorded_by=actor,
            recorded_at=at, receipt_hash=hash_of_receipt(f"{motion.public_id}{public_id}{serial}"),
            **_told(said, public_id),
        )  # fmt: skip
        if scan:
            PaperScan.objects.create(ballot=ballot, picture=base64.b64encode(scan.read()).decode())
        _note("record_paper", motion, ballot, actor, at)
    return ballot


def check(ballot: Ballot, *, said: Said, actor: User, at: datetime) -> bool:
    """Type the same paper again, by another hand, and return whether both say the same.

    If so, it takes effect, and its owners are told; what stands for the unit already (an owner's own ballot in the
    portal, a paper that was there first) goes on standing. If not, this typing never counts, and the paper is typed
    anew. Raises what `check_charge` raises, and `NotInCharge` for whoever typed it first, and for a paper that is
    checked.
    """
    motion = ballot.entry.motion
    check_charge(motion, actor, at)
    with transaction.atomic():
        entry = RollEntry.objects.select_for_update(no_key=True).get(pk=ballot.entry_id)
        typed = Ballot.objects.to_check().exclude(recorded_by=actor).filter(pk=ballot.pk).first()
        if typed is None:
            raise NotInCharge
        agree = sealing.says(typed, said)
        if agree:
            _take_effect(typed, entry, actor, at)
            tell_owners(typed, at)
        else:
            Ballot.objects.filter(pk=typed.pk).update(differed_at=at)
        _note("check_paper" if agree else "paper_differs", motion, typed, actor, at)
    return agree


def may_look_at(ballot: Ballot, actor: User, at: datetime) -> bool:
    """Before the count whoever typed the paper or checks it; afterwards all who answer objections. Nobody else."""
    motion = ballot.entry.motion
    if why_not(motion, actor, at):
        return False
    if motion.counted_at:
        return True
    waits = ballot.checked_by_id is None and ballot.differed_at is None
    return waits or actor.pk in (ballot.recorded_by_id, ballot.checked_by_id)


def look_at(scan: PaperScan, *, actor: User, at: datetime) -> bytes:
    """The picture of a paper, a JPEG; that it was looked at stands in the trail. Raises `NotInCharge`."""
    ballot = scan.ballot
    if not may_look_at(ballot, actor, at):
        raise NotInCharge
    with transaction.atomic():
        _note("look_at_a_paper", ballot.entry.motion, ballot, actor, at)
        return base64.b64decode(decrypt(bytes(scan.picture)))


def _take_effect(paper: Ballot, entry: RollEntry, actor: User, at: datetime) -> None:
    standing = Ballot.objects.effective().filter(entry=entry).first()
    Ballot.objects.filter(pk=paper.pk).update(
        checked_by=actor, checked_at=at, is_effective=standing is None, replaced_by=standing
    )


def _check_said(motion: Motion, said: Said) -> None:
    """Raises `NoSuchChoice` for what this vote's ballot can't say, nor be."""
    if isinstance(said, InvalidReason):
        if said == InvalidReason.TOO_MANY and not motion.seats:
            raise NoSuchChoice
    elif not sayable(motion)(said):
        raise NoSuchChoice


def _told(said: Said, ballot: UUID) -> dict[str, str | None]:
    if isinstance(said, InvalidReason):
        return {"choice": None, "invalid_reason": said}
    return {"choice": sealing.sealed(said, ballot)}


def _note(verb: str, motion: Motion, ballot: Ballot, actor: User, at: datetime) -> None:
    audit.record(
        verb, "motion", motion.audit_ref, actor=actor, at=at, subdistrict_id=motion.subdistrict_id,
        ballot=str(ballot.public_id), serial=ballot.serial, channel=ballot.channel,
    )  # fmt: skip
