"""Handing in a ballot: whose it is, whether it is in time, and which of several for one unit counts."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain import audit
from governance.domain.refusals import Refusal
from governance.encryption import lookup_hash
from governance.models import User
from governance.models.roles import surname_for_reader
from issues.deliberation.domain.sealing import sealed
from issues.deliberation.domain.telling import tell_owners
from issues.deliberation.models import (
    Ballot,
    Channel,
    Mandate,
    Motion,
    RollEntry,
    sayable,
)
from issues.deliberation.rules import stands_to_gain

RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0, 1, I, L, O, U: read aloud over a counter
RECEIPT_LENGTH = 16


class VoteNotOpen(Refusal):
    """Too early or too late: by the server's clock at the instant the ballot arrived."""

    code = "vote_not_open"
    sentence = _("This vote is not open now, so the ballot was not taken.")


class OnPaperOnly(Refusal):
    """By the rule set of this legal vote the portal's ballots don't count here."""

    code = "on_paper_only"
    sentence = _("By the rules of this place this vote is held on paper alone. Your ballot comes to your door.")


class NoSuchChoice(Refusal):
    """This vote's ballot has no such line."""

    code = "no_such_choice"
    status = 400
    sentence = _("This can't be chosen in this vote.")


class NoProxyHere(Refusal):
    """The company and its people hold no mandates where their contract is decided, or who supervises them."""

    code = "no_proxy_here"
    sentence = _(
        "Whoever works for the property company can't vote for others when its contract is decided or the owners'"
        " committee is elected."
    )


class NotOnTheRoll(Refusal):
    """The person neither owns the unit by the frozen roll nor holds a mandate for it."""

    code = "not_on_the_roll"
    status = 403
    sentence = _("By the roll of this vote you can't vote for this unit.")


class Disputed(Refusal):
    """The owners of the unit are at odds about it."""

    code = "disputed"
    sentence = _("It is disputed who owns this unit. Until that is settled no ballot is taken for it.")


class VotedAlready(Refusal):
    """A co-owner, or whoever holds the mandate, was first; or the person has done it on another page. Says when."""

    code = "voted_already"

    def __init__(self, ballot: Ballot, actor: User, at: datetime):
        self.ballot = ballot
        self.by = masked(ballot.cast_by)
        when = wording.moment(ballot.cast_at, at)
        if not self.by:
            super().__init__(_("A ballot for this unit was handed in already."))
        elif ballot.cast_by_id == actor.pk:
            super().__init__(gettext("You handed in this ballot %(at)s.") % {"at": when})
        else:
            super().__init__(gettext("%(name)s handed in this ballot %(at)s.") % {"name": self.by, "at": when})


@dataclass(frozen=True)
class Paper:
    """One ballot to fill in: units of one head that the person may vote for together.

    Own units apart from each mandate's. `cast` is the ballot that was handed in for them and stays; `collected` one
    from the door or on paper, which the owner's own replaces. `given` are the mandates that owners have given for them.
    """

    entries: tuple[RollEntry, ...]
    mandate: Mandate | None
    cast: Ballot | None = None
    collected: Ballot | None = None
    given: tuple[Mandate, ...] = ()

    @property
    def first(self) -> RollEntry:
        return self.entries[0]

    @property
    def area_m2(self) -> Decimal:
        return sum((entry.area_m2 for entry in self.entries), Decimal(0))

    @property
    def is_disputed(self) -> bool:
        return any(entry.is_disputed for entry in self.entries)


@dataclass(frozen=True)
class Receipt:
    """What the voter keeps: a number for each unit, of which the published list holds only the hash."""

    ballot: Ballot
    number: str


def masked(user: User | None) -> str:
    """李*: enough for co-owners to know whom to ask. Empty where nobody knows, or the person has left."""
    return f"{surname_for_reader(user.surname, user.surname_latin)}*" if user and not user.erased_at else ""


def hash_of_receipt(number: str) -> str:
    return hashlib.sha256(number.replace("-", "").strip().upper().encode()).hexdigest()


def papers_of(user: User, motion: Motion) -> list[Paper]:
    """The ballots that are the person's to fill in, by the frozen roll and the mandates in force."""
    own = list(RollEntry.objects.filter(motion=motion, owner_rows__user=user).order_by("pk"))
    heads = dict.fromkeys(entry.head for entry in own)
    papers = [_paper(tuple(entry for entry in own if entry.head == head), None) for head in heads]
    for mandate in Mandate.objects.in_force().filter(motion=motion, held_by=user).order_by("pk"):
        entry = _entry_for(mandate)
        if entry:
            papers.append(_paper((entry,), mandate))
    return papers


def paper_with(user: User, entry: RollEntry) -> Paper:
    """The person's ballot on which this unit stands. Raises `NotOnTheRoll`."""
    for paper in papers_of(user, entry.motion):
        if entry in paper.entries:
            return paper
    raise NotOnTheRoll


def cast(
    motion: Motion, *, entries: list[RollEntry], choice: str, sending: UUID, actor: User, at: datetime
) -> list[Receipt]:
    """Hand in one choice (what is `sayable` in the motion) for units of one head. All of them are taken, or none.

    `sending` names the page it was sent from: the same page sent twice is one ballot with one receipt. The owner's own
    ballot replaces one that was collected at the door or on paper. Raises `VoteNotOpen`, `OnPaperOnly`,
    `NoSuchChoice`, `NotOnTheRoll`, `NoProxyHere`, `Disputed`, `VotedAlready`.
    """
    if not sayable(motion)(choice):
        raise NoSuchChoice
    if not motion.is_open_at(at):
        raise VoteNotOpen
    if not motion.takes_electronic_ballots:
        raise OnPaperOnly
    with transaction.atomic():
        locked = RollEntry.objects.select_for_update(no_key=True).filter(motion=motion, pk__in=[e.pk for e in entries])
        receipts = [_cast_for(entry, choice, sending, actor, at) for entry in locked.order_by("pk")]
        if len(receipts) != len(entries) or len({receipt.ballot.entry.head for receipt in receipts}) != 1:
            raise NotOnTheRoll
        audit.record(
            "cast", "motion", motion.audit_ref, actor="voter", at=at, subdistrict_id=motion.subdistrict_id,
            ballots=[str(receipt.ballot.public_id) for receipt in receipts], channel=Channel.ELECTRONIC,
        )  # fmt: skip
    return receipts


def receipts_of(paper: Paper, user: User) -> list[Receipt]:
    """Of the ballots that the person has handed in here for these units; none where somebody else did."""
    handed_in = Ballot.objects.effective().filter(
        entry__in=paper.entries, channel=Channel.ELECTRONIC, cast_by=user, sending__isnull=False
    )
    return [
        Receipt(ballot, _receipt_number(ballot.entry, ballot.sending))
        for ballot in handed_in.select_related("entry").order_by("entry_id")
        if ballot.sending
    ]


def _paper(entries: tuple[RollEntry, ...], mandate: Mandate | None) -> Paper:
    standing = list(Ballot.objects.effective().filter(entry__in=entries).select_related("cast_by").order_by("pk"))
    cast_already = next((ballot for ballot in standing if _stays(ballot, mandate)), None)
    collected = standing[0] if standing and not cast_already else None
    units = [entry.unit_id for entry in entries]
    given = Mandate.objects.in_force().filter(motion=entries[0].motion_id, unit__in=units).select_related("held_by")
    return Paper(entries, mandate, cast_already, collected, tuple(given))


def _stays(ballot: Ballot, mandate: Mandate | None) -> bool:
    """Whether nobody replaces it: what was sent here, and for whoever holds a mandate, anything."""
    return ballot.channel == Channel.ELECTRONIC or mandate is not None


def _entry_for(mandate: Mandate) -> RollEntry | None:
    """The unit on the roll, if whoever gave the mandate owns it there."""
    return RollEntry.objects.filter(
        motion=mandate.motion_id, unit=mandate.unit_id, owner_rows__user=mandate.given_by_id
    ).first()


def _cast_for(entry: RollEntry, choice: str, sending: UUID, actor: User, at: datetime) -> Receipt:
    if entry.is_disputed:
        raise Disputed
    mandate = _right_to_vote(entry, actor, at)
    sent = Ballot.objects.filter(entry=entry, sending=sending).first()
    number = _receipt_number(entry, sending)
    if sent:
        return Receipt(sent, number)
    standing = Ballot.objects.effective().filter(entry=entry).select_related("cast_by").first()
    if standing and _stays(standing, mandate):
        raise VotedAlready(standing, actor, at)
    public_id = uuid4()
    if standing:
        Ballot.objects.filter(pk=standing.pk).update(is_effective=False)
    ballot = Ballot.objects.create(
        public_id=public_id, entry=entry, channel=Channel.ELECTRONIC, choice=sealed(choice, public_id), cast_at=at,
        cast_by=actor, mandate=mandate, recorded_at=at, is_effective=True, sending=sending,
        receipt_hash=hash_of_receipt(number),
    )  # fmt: skip
    if standing:
        Ballot.objects.filter(pk=standing.pk).update(replaced_by=ballot)
    tell_owners(ballot, at)
    return Receipt(ballot, number)


def _receipt_number(entry: RollEntry, sending: UUID) -> str:
    """Made from the page it was sent from, so that whoever pressed twice is shown the same number twice."""
    rest = int(lookup_hash(f"receipt {entry.public_id} {sending}"), 16)
    places = []
    for _place in range(RECEIPT_LENGTH):
        rest, place = divmod(rest, len(RECEIPT_ALPHABET))
        places.append(RECEIPT_ALPHABET[place])
    return "-".join("".join(places[first : first + 4]) for first in range(0, RECEIPT_LENGTH, 4))


def _right_to_vote(entry: RollEntry, actor: User, at: datetime) -> Mandate | None:
    """The mandate by which the person votes, or None for an owner. Looked up under the unit's lock."""
    if entry.owner_rows.filter(user=actor).exists():
        return None
    held = Mandate.objects.in_force().filter(motion=entry.motion_id, unit=entry.unit_id, held_by=actor)
    mandate = held.select_for_update(no_key=True).first()
    if mandate is None or not entry.owner_rows.filter(user=mandate.given_by_id).exists():
        raise NotOnTheRoll
    if stands_to_gain(actor, entry.motion, at):
        raise NoProxyHere
    return mandate
