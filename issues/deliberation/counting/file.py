"""The nouns of a tally file: the motion, the rules, the roll, the ballots. `docs/tally-file.md` explains each field."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from issues.deliberation.counting.rules import Rules

FORMAT = "youying-tally/1"
# The same with several options to choose from.
FORMAT_OF_OPTIONS = "youying-tally/2"
FEWEST_OPTIONS, MOST_OPTIONS = 2, 9
# The same where candidates are elected to several seats.
FORMAT_OF_ELECTIONS = "youying-tally/3"
MOST_CANDIDATES = 20
NAMES = re.compile(r"[1-9][0-9]?(,[1-9][0-9]?)*", re.ASCII)


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


class Option(str):
    """The number of one of several options, from "1": a ballot that chooses it agrees to this one and to no other."""

    __slots__ = ()


def choice_of(code: str) -> Choice | Option:
    """What one line of a ballot stands for. Raises `ValueError` for what is neither."""
    return Option(code) if code.isdigit() else Choice(code)


class Names(str):
    """The candidates that a ballot of an election names, by their numbers from the lowest up: "1,4,7"."""

    __slots__ = ()

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(Option(number) for number in self.split(","))


Said = Choice | Option | Names


def are_names(code: str, *, candidates: int, seats: int) -> bool:
    """Whether a ballot can say so: at least one of the candidates, each once, in their order, no more than seats."""
    numbers = [int(number) for number in code.split(",")] if NAMES.fullmatch(code) else []
    in_order = numbers == sorted(set(numbers))
    return in_order and 0 < len(numbers) <= seats and numbers[-1] <= candidates


class Channel(StrEnum):
    ELECTRONIC = "electronic"
    PAPER = "paper"
    DOOR = "door"


class InvalidReason(StrEnum):
    """Why a ballot neither takes part nor agrees. The order says under which one a head is counted that has several."""

    BLANK = "blank"
    UNCLEAR = "unclear"
    # Of an election alone.
    TOO_MANY = "too_many"
    UNSIGNED = "unsigned"
    NOT_ENTITLED = "not_entitled"
    NO_MANDATE = "no_mandate"
    DISPUTED = "disputed"
    WRONG_FORM = "wrong_form"
    DAMAGED = "damaged"
    LATE = "late"


@dataclass(frozen=True)
class Motion:
    """What was voted on. Ballots are taken from `opens_at` until before `closes_at`.

    With `options` a ballot chooses one of them, or none (against); without, it says yes or no. With `seats` too, the
    options are candidates, and a ballot names up to so many of them.
    """

    id: str
    title: str
    kind: MotionKind
    matter: str
    scope: str
    opens_at: datetime
    closes_at: datetime
    options: tuple[str, ...] = ()
    seats: int | None = None

    @property
    def numbered(self) -> dict[Option, str]:
        """The options by their numbers."""
        return {Option(number): title for number, title in enumerate(self.options, start=1)}

    @property
    def agreeing(self) -> tuple[Choice | Option, ...]:
        """The choices that agree: to the motion, or to one of its options."""
        return tuple(self.numbered) or (Choice.FOR,)

    @property
    def choices(self) -> tuple[Choice | Option, ...]:
        """The lines of a ballot. None of the options, and nothing at all, are always among them."""
        return (*self.agreeing, Choice.AGAINST, Choice.ABSTAIN)

    @property
    def reasons(self) -> tuple[InvalidReason, ...]:
        """Why a ballot of this vote may be invalid: only where several are named, there can be too many."""
        return tuple(each for each in InvalidReason if self.seats or each is not InvalidReason.TOO_MANY)

    def said(self, code: str) -> Said:
        """What a ballot's code stands for. Raises `ValueError` for what can't be said in this vote."""
        if self.seats and are_names(code, candidates=len(self.options), seats=self.seats):
            return Names(code)
        if code in (self.choices[-2:] if self.seats else self.choices):
            return choice_of(code)
        raise ValueError(code)


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
    choice: Said | None
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
