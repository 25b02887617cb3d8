"""The nouns of a tally file: the motion, the rules, the roll, the ballots. `docs/tally-file.md` explains each field."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from issues.deliberation.counting.rules import Rules

FORMAT = "youying-tally/1"


class MotionKind(StrEnum):
    """What the result is worth: binding, a record of what another system decides, or an opinion asked for."""

    LEGAL = "legal"
    MIRROR = "mirror"
    CONSULTATIVE = "consultative"


class UnitKind(StrEnum):
    """As in the portal's register of units."""

    DWELLING = "dwelling"
    SHOP = "shop"
    PARKING = "parking"


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTAIN = "abstain"


class Channel(StrEnum):
    ELECTRONIC = "electronic"
    PAPER = "paper"
    DOOR = "door"


class InvalidReason(StrEnum):
    """Why a ballot neither takes part nor agrees. The order says under which one a head is counted that has several."""

    BLANK = "blank"
    UNCLEAR = "unclear"
    UNSIGNED = "unsigned"
    NOT_ENTITLED = "not_entitled"
    NO_MANDATE = "no_mandate"
    DISPUTED = "disputed"
    WRONG_FORM = "wrong_form"
    DAMAGED = "damaged"
    LATE = "late"


@dataclass(frozen=True)
class Motion:
    """What was voted on. Ballots are taken from `opens_at` until before `closes_at`."""

    id: str
    title: str
    kind: MotionKind
    matter: str
    scope: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True)
class RollEntry:
    """One unit with a vote. Units of one owner (or the developer's rest) name the same `head`."""

    unit: str
    area: Decimal
    head: str
    kind: UnitKind
    delivered: bool


@dataclass(frozen=True)
class Ballot:
    """One ballot as received. It is effective unless superseded; effective and not invalid, it takes part."""

    serial: str
    unit: str
    choice: Choice | None
    channel: Channel
    cast_at: datetime
    invalid: InvalidReason | None = None
    superseded_by: str | None = None


@dataclass(frozen=True)
class TallyFile:
    """Everything a vote is counted from."""

    motion: Motion
    rules: Rules
    roll: tuple[RollEntry, ...]
    ballots: tuple[Ballot, ...]
