"""From a tally file to its result, exactly. The rules of counting, with their articles, are in `docs/tally-file.md`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from issues.deliberation.counting.file import Ballot, Choice, InvalidReason, RollEntry, TallyFile
from issues.deliberation.counting.rules import ByMeasure, MajorityOf, Rules, Silence, SplitHead, Threshold

# Square metres with two decimals, or whole heads.
Amount = Decimal | int


class Verdict(StrEnum):
    PASSED = "passed"
    NOT_PASSED = "not_passed"
    NO_QUORUM = "no_quorum"


class Standing(StrEnum):
    """Where a unit, and where a head, ends up: each in one place, so that each column adds up to the roll."""

    FOR = "for"
    AGAINST = "against"
    ABSTAINED = "abstained"
    # Heads only: took part, but their units were voted differently and count for no side.
    SPLIT = "split"
    # Silent, and by the rule set counted with the majority.
    SILENCE_ADDED = "silence_added"
    INVALID = "invalid"
    SILENT = "silent"


AS_VOTED = {Choice.FOR: Standing.FOR, Choice.AGAINST: Standing.AGAINST, Choice.ABSTAIN: Standing.ABSTAINED}
BY_BALLOT = (Standing.FOR, Standing.AGAINST, Standing.ABSTAINED, Standing.SPLIT)
TAKES_PART = (*BY_BALLOT, Standing.SILENCE_ADDED)


@dataclass(frozen=True)
class Part:
    """So much of the roll, by each way of counting it."""

    area: Decimal = Decimal("0.00")
    heads: int = 0
    units: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(self.area + other.area, self.heads + other.heads, self.units + other.units)


@dataclass(frozen=True)
class Requirement:
    """One of the four things a motion must reach.

    `needed` is the smallest amount that can be reached and meets `threshold` of `total`; `exact` is the share itself.
    `short_by` is 0 where met. `short_by_newcomers` says how much must be in favour if it comes from owners who haven't
    taken part, which raises what is needed, too; None where that isn't the question or isn't to be had.
    """

    threshold: Threshold
    total: Amount
    reached: Amount
    needed: Amount
    exact: Fraction
    short_by: Amount
    met: bool
    short_by_newcomers: Amount | None = None


@dataclass(frozen=True)
class Count:
    """The result of a vote. `followed` is the side that silence was added to, if the rules say so and there was one."""

    verdict: Verdict
    verdict_without_silence: Verdict
    quorum: ByMeasure[Requirement]
    majority: ByMeasure[Requirement]
    roll: Part
    participating: Part
    components: Mapping[Standing, Part]
    invalid: Mapping[InvalidReason, Part]
    followed: Choice | None
    ballots: int
    superseded: int


class Place(NamedTuple):
    """Where a unit or a head stands; a reason only where that is invalid."""

    standing: Standing
    reason: InvalidReason | None = None


INVALID_FIRST = tuple(Place(Standing.INVALID, reason) for reason in InvalidReason)


class PlacedUnit(NamedTuple):
    area: Decimal
    place: Place


def count(file: TallyFile) -> Count:
    """Count `file`, which must be as `read` gives it: one effective ballot a unit at the most."""
    effective = {ballot.unit: ballot for ballot in file.ballots if ballot.superseded_by is None}
    cast = _parts(file, effective, followed=None)
    followed = _majority(cast) if file.rules.silence is Silence.FOLLOWS_MAJORITY else None
    parts = _parts(file, effective, followed)
    quorum, majority = _requirements(file.rules, parts, followed)
    return Count(
        verdict=_verdict(quorum, majority),
        verdict_without_silence=_verdict(*_requirements(file.rules, cast, None)),
        quorum=quorum,
        majority=majority,
        roll=_together(parts, *Standing),
        participating=_together(parts, *TAKES_PART),
        components={standing: _together(parts, standing) for standing in Standing},
        invalid={reason: parts.get(Place(Standing.INVALID, reason), Part()) for reason in InvalidReason},
        followed=followed,
        ballots=len(file.ballots),
        superseded=len(file.ballots) - len(effective),
    )


def _parts(file: TallyFile, effective: Mapping[str, Ballot], followed: Choice | None) -> dict[Place, Part]:
    """The whole roll, each unit and each head in its place."""
    parts: defaultdict[Place, Part] = defaultdict(Part)
    heads: defaultdict[str, list[PlacedUnit]] = defaultdict(list)
    for entry in file.roll:
        place = _place(entry, effective.get(entry.unit), followed)
        parts[place] += Part(area=entry.area, units=1)
        heads[entry.head].append(PlacedUnit(entry.area, place))
    for units in heads.values():
        parts[_place_of_head(units, file.rules.split_head)] += Part(heads=1)
    return dict(parts)


def _place(entry: RollEntry, ballot: Ballot | None, followed: Choice | None) -> Place:
    if ballot is None:
        return Place(Standing.SILENCE_ADDED if followed and entry.delivered else Standing.SILENT)
    if ballot.invalid is not None or ballot.choice is None:
        return Place(Standing.INVALID, ballot.invalid)
    return Place(AS_VOTED[ballot.choice])


def _place_of_head(units: Sequence[PlacedUnit], split_head: SplitHead) -> Place:
    """A head takes part as soon as one of its units does. What its ballots say goes before what its silence says."""
    voted: defaultdict[Place, Decimal] = defaultdict(Decimal)
    for unit in units:
        if unit.place.standing in BY_BALLOT:
            voted[unit.place] += unit.area
    if voted:
        return _side(voted, split_head)
    places = {unit.place for unit in units}
    if Place(Standing.SILENCE_ADDED) in places:
        return Place(Standing.SILENCE_ADDED)
    return next((place for place in INVALID_FIRST if place in places), Place(Standing.SILENT))


def _side(voted: Mapping[Place, Decimal], split_head: SplitHead) -> Place:
    """The side of a head whose units were voted so, by their areas."""
    largest = max(voted.values())
    sides = [place for place, area in voted.items() if area == largest]
    if len(voted) > 1 and (split_head is SplitHead.ABSTAINS or len(sides) > 1):
        return Place(Standing.SPLIT)
    return sides[0]


def _majority(cast: Mapping[Place, Part]) -> Choice | None:
    """The side that has more than the other and than the abstentions, by area and by heads; None without one."""
    for side in (Choice.FOR, Choice.AGAINST):
        mine = cast.get(Place(AS_VOTED[side]), Part())
        others = [cast.get(Place(AS_VOTED[other]), Part()) for other in Choice if other is not side]
        if all(mine.area > other.area and mine.heads > other.heads for other in others):
            return side
    return None


def _together(parts: Mapping[Place, Part], *standings: Standing) -> Part:
    return sum((part for place, part in parts.items() if place.standing in standings), Part())


def _requirements(
    rules: Rules, parts: Mapping[Place, Part], followed: Choice | None
) -> tuple[ByMeasure[Requirement], ByMeasure[Requirement]]:
    """Quorum and majority."""
    roll, participating = _together(parts, *Standing), _together(parts, *TAKES_PART)
    agreeing = (Standing.FOR, Standing.SILENCE_ADDED) if followed is Choice.FOR else (Standing.FOR,)
    agreed = _together(parts, *agreeing)
    if rules.majority_of is MajorityOf.ENTITLED:
        return _asked(rules.quorum, participating, roll), _asked(rules.majority, agreed, roll)
    absent = _together(parts, *(standing for standing in Standing if standing not in TAKES_PART))
    return _asked(rules.quorum, participating, roll), _asked(rules.majority, agreed, participating, absent)


def _asked(
    thresholds: ByMeasure[Threshold], reached: Part, total: Part, newcomers: Part | None = None
) -> ByMeasure[Requirement]:
    return ByMeasure(
        area=_requirement(
            thresholds.area,
            *(_steps(part.area) for part in (reached, total)),
            newcomers=_steps(newcomers.area) if newcomers else None,
            amount=_square_metres,
        ),
        heads=_requirement(
            thresholds.heads, reached.heads, total.heads, newcomers=newcomers.heads if newcomers else None, amount=int
        ),
    )


def by_heads(threshold: Threshold, reached: int, total: int) -> Requirement:
    """A requirement where only heads are counted, as in a body's meeting."""
    return _requirement(threshold, reached, total, newcomers=None, amount=int)


def _requirement(
    threshold: Threshold, reached: int, total: int, *, newcomers: int | None, amount: Callable[[int], Amount]
) -> Requirement:
    """Worked out in whole steps; `amount` makes square metres or heads of them."""
    needed, met = threshold.least(total), threshold.is_met(reached, total)
    from_newcomers = _short_by_newcomers(threshold, reached, total)
    to_be_had = newcomers is not None and from_newcomers is not None and from_newcomers <= newcomers
    return Requirement(
        threshold=threshold,
        total=amount(total),
        reached=amount(reached),
        needed=amount(needed),
        exact=threshold.share * Fraction(amount(total)),
        short_by=amount(0 if met else needed - reached),
        met=met,
        short_by_newcomers=amount(from_newcomers) if to_be_had and from_newcomers is not None else None,
    )


def _short_by_newcomers(threshold: Threshold, reached: int, total: int) -> int | None:
    """The smallest `more` by which `reached + more` meets the threshold of `total + more`; None where none does."""
    if threshold.is_met(reached, total):
        return 0
    share = threshold.share
    gap, each = total * share.numerator - reached * share.denominator, share.denominator - share.numerator
    if not each:
        return None if gap else 1
    return max(1, gap // each + 1 if threshold.strictly_more else -(-gap // each))


def _verdict(quorum: ByMeasure[Requirement], majority: ByMeasure[Requirement]) -> Verdict:
    if not (quorum.area.met and quorum.heads.met):
        return Verdict.NO_QUORUM
    return Verdict.PASSED if majority.area.met and majority.heads.met else Verdict.NOT_PASSED


def _steps(area: Decimal) -> int:
    return int(area * 100)


def _square_metres(steps: int) -> Decimal:
    return Decimal(steps).scaleb(-2)
