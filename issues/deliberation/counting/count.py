"""From a tally file to its result, exactly. The rules of counting, with their articles, are in `docs/tally-file.md`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from issues.deliberation.counting.file import Ballot, Choice, InvalidReason, Motion, Option, RollEntry, TallyFile
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

    def __sub__(self, other: "Part") -> "Part":
        return Part(self.area - other.area, self.heads - other.heads, self.units - other.units)


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


Majorities = Mapping[Choice | Option, ByMeasure[Requirement]]


@dataclass(frozen=True)
class OptionCount:
    """What became of one of several options: the ballots for it, and its majority, with silence if it followed."""

    number: Option
    title: str
    part: Part
    majority: ByMeasure[Requirement]

    @property
    def has_majority(self) -> bool:
        return self.majority.area.met and self.majority.heads.met


@dataclass(frozen=True)
class Count:
    """The result of a vote. `followed` is the side that silence was added to, if the rules say so and there was one.

    With several `options`, `majority` is that of the `leading` one, and “for” among the components is for any of them.
    """

    verdict: Verdict
    verdict_without_silence: Verdict
    quorum: ByMeasure[Requirement]
    majority: ByMeasure[Requirement]
    roll: Part
    participating: Part
    components: Mapping[Standing, Part]
    invalid: Mapping[InvalidReason, Part]
    followed: Choice | Option | None
    ballots: int
    superseded: int
    options: tuple[OptionCount, ...] = ()

    @property
    def leading(self) -> OptionCount | None:
        """The option with the majority; where none has it, the one with most area, then most heads, then the first."""
        return _leading(self.options)

    @property
    def chosen(self) -> OptionCount | None:
        """The option that the vote has decided for."""
        return self.leading if self.verdict is Verdict.PASSED else None


class Place(NamedTuple):
    """Where a unit or a head stands; a reason only where that is invalid, an option where it is for one of several."""

    standing: Standing
    reason: InvalidReason | None = None
    option: Option | None = None


class Asked(NamedTuple):
    """What was asked, and by which rules it is decided."""

    motion: Motion
    rules: Rules


INVALID_FIRST = tuple(Place(Standing.INVALID, reason) for reason in InvalidReason)


class PlacedUnit(NamedTuple):
    area: Decimal
    place: Place


def count(file: TallyFile) -> Count:
    """Count `file`, which must be as `read` gives it: one effective ballot a unit at the most."""
    effective = {ballot.unit: ballot for ballot in file.ballots if ballot.superseded_by is None}
    cast = _parts(file, effective, followed=None)
    followed = _majority(cast, file.motion) if file.rules.silence is Silence.FOLLOWS_MAJORITY else None
    parts = _parts(file, effective, followed)
    asked = Asked(file.motion, file.rules)
    return replace(
        _counted(asked, parts, followed),
        verdict_without_silence=_verdict(*_requirements(asked, cast, None)),
        ballots=len(file.ballots),
        superseded=len(file.ballots) - len(effective),
    )


def count_of_sums(
    motion: Motion, rules: Rules, *, roll: Part, cast: Part, voted: Mapping[Choice | Option, Part]
) -> Count:
    """What follows from sums that somebody else has counted. What `voted` leaves of `cast` stands for no side.

    `cast` is no more than `roll`, nor are the sums of `voted` more than `cast`: whoever takes them in sees to that.
    """
    parts = {_as_voted(choice): part for choice, part in voted.items()}
    parts[Place(Standing.SPLIT)] = cast - _together(parts, *Standing)
    parts[Place(Standing.SILENT)] = roll - cast
    return _counted(Asked(motion, rules), parts, None)


def _counted(asked: Asked, parts: Mapping[Place, Part], followed: Choice | Option | None) -> Count:
    quorum, majorities = _requirements(asked, parts, followed)
    options = tuple(
        OptionCount(number, title, parts.get(_as_voted(number), Part()), majorities[number])
        for number, title in asked.motion.numbered.items()
    )
    leading = _leading(options)
    verdict = _verdict(quorum, majorities)
    return Count(
        verdict=verdict,
        verdict_without_silence=verdict,
        quorum=quorum,
        majority=leading.majority if leading else majorities[Choice.FOR],
        roll=_together(parts, *Standing),
        participating=_together(parts, *TAKES_PART),
        components={standing: _together(parts, standing) for standing in Standing},
        invalid={reason: parts.get(Place(Standing.INVALID, reason), Part()) for reason in InvalidReason},
        followed=followed,
        ballots=0,
        superseded=0,
        options=options,
    )


def _leading(options: Sequence[OptionCount]) -> OptionCount | None:
    """`max` keeps the first of equals."""

    def rank(option: OptionCount) -> tuple[bool, Amount, Amount]:
        return option.has_majority, option.majority.area.reached, option.majority.heads.reached

    return max(options, key=rank, default=None)


def _parts(file: TallyFile, effective: Mapping[str, Ballot], followed: Choice | Option | None) -> dict[Place, Part]:
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


def _place(entry: RollEntry, ballot: Ballot | None, followed: Choice | Option | None) -> Place:
    if ballot is None:
        return Place(Standing.SILENCE_ADDED if followed and entry.delivered else Standing.SILENT)
    if ballot.invalid is not None or ballot.choice is None:
        return Place(Standing.INVALID, ballot.invalid)
    return _as_voted(ballot.choice)


def _as_voted(choice: Choice | Option) -> Place:
    return Place(Standing.FOR, option=choice) if isinstance(choice, Option) else Place(AS_VOTED[choice])


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


def _majority(cast: Mapping[Place, Part], motion: Motion) -> Choice | Option | None:
    """The side that has more than each other and than the abstentions, by area and by heads; None without one."""
    for side in (*motion.agreeing, Choice.AGAINST):
        mine = cast.get(_as_voted(side), Part())
        others = [cast.get(_as_voted(other), Part()) for other in motion.choices if other != side]
        if all(mine.area > other.area and mine.heads > other.heads for other in others):
            return side
    return None


def _together(parts: Mapping[Place, Part], *standings: Standing) -> Part:
    return sum((part for place, part in parts.items() if place.standing in standings), Part())


def _requirements(
    asked: Asked, parts: Mapping[Place, Part], followed: Choice | Option | None
) -> tuple[ByMeasure[Requirement], Majorities]:
    """The quorum, and the majority of each choice that agrees."""
    rules = asked.rules
    roll, participating = _together(parts, *Standing), _together(parts, *TAKES_PART)
    absent = _together(parts, *(standing for standing in Standing if standing not in TAKES_PART))

    def majority(choice: Choice | Option) -> ByMeasure[Requirement]:
        agreed = parts.get(_as_voted(choice), Part())
        if choice == followed:
            agreed += _together(parts, Standing.SILENCE_ADDED)
        if rules.majority_of is MajorityOf.ENTITLED:
            return _asked(rules.majority, agreed, roll)
        return _asked(rules.majority, agreed, participating, absent)

    return _asked(rules.quorum, participating, roll), {choice: majority(choice) for choice in asked.motion.agreeing}


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


def _verdict(quorum: ByMeasure[Requirement], majorities: Majorities) -> Verdict:
    if not (quorum.area.met and quorum.heads.met):
        return Verdict.NO_QUORUM
    reached = any(each.area.met and each.heads.met for each in majorities.values())
    return Verdict.PASSED if reached else Verdict.NOT_PASSED


def _steps(area: Decimal) -> int:
    return int(area * 100)


def _square_metres(steps: int) -> Decimal:
    return Decimal(steps).scaleb(-2)
