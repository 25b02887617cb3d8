"""From a tally file to its result, exactly. The rules of counting, with their articles, are in `docs/tally-file.md`."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from issues.deliberation.counting.file import (
    Ballot,
    Choice,
    InvalidReason,
    Motion,
    Names,
    Option,
    RollEntry,
    Said,
    TallyFile,
)
from issues.deliberation.counting.rules import (
    ByMeasure,
    MajorityOf,
    Ranking,
    Rules,
    Silence,
    SplitHead,
    Threshold,
)

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
        return _is_met(self.majority)


@dataclass(frozen=True)
class Seating:
    """Who is elected, in their order. `run_off` are those whom nothing tells apart at the last seats, which stay empty.

    `enough`: as many as the rule set asks for, so that there is a committee.
    """

    seats: int
    elected: tuple[OptionCount, ...]
    run_off: tuple[OptionCount, ...]
    enough: Requirement

    @property
    def vacant(self) -> int:
        """The seats that nobody has."""
        return self.seats - len(self.elected)


@dataclass(frozen=True)
class Count:
    """The result of a vote. `followed` is the side that silence was added to, if the rules say so and there was one.

    With several `options`, `majority` is that of the `leading` one, and “for” among the components is for any of them.
    In an election the options are candidates, and the parts for them overlap: a ballot names several.
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
    seating: Seating | None = None

    @property
    def leading(self) -> OptionCount | None:
        """The option with the majority; where none has it, the one with most area, then most heads, then the first."""
        return _leading(self.options)

    @property
    def elected(self) -> tuple[OptionCount, ...]:
        """Who sits on the new committee, in their order; nobody where there are too few for one."""
        return self.seating.elected if self.seating and self.verdict is Verdict.PASSED else ()

    @property
    def chosen(self) -> OptionCount | None:
        """The option that the vote has decided for; in an election none, but who is `seating.elected`."""
        return self.leading if self.verdict is Verdict.PASSED and not self.seating else None


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
    named = _named(file, effective) if file.motion.seats else None
    counted = _counted(asked, parts, followed, named)
    without_silence = _counted(asked, cast, None).verdict if followed else counted.verdict
    return replace(
        counted,
        verdict_without_silence=without_silence,
        ballots=len(file.ballots),
        superseded=len(file.ballots) - len(effective),
    )


def count_of_sums(
    motion: Motion, rules: Rules, *, roll: Part, cast: Part, voted: Mapping[Choice | Option, Part]
) -> Count:
    """What follows from sums that somebody else has counted. What `voted` leaves of `cast` stands for no side.

    `cast` is no more than `roll`, nor are the sums of `voted` more than `cast`: whoever takes them in sees to that.
    In an election those of candidates overlap: there it is taken to have named somebody.
    """
    named = {choice: part for choice, part in voted.items() if isinstance(choice, Option)} if motion.seats else {}
    parts = {_as_voted(choice): part for choice, part in voted.items() if choice not in named}
    parts[Place(Standing.FOR if motion.seats else Standing.SPLIT)] = cast - _together(parts, *Standing)
    parts[Place(Standing.SILENT)] = roll - cast
    return _counted(Asked(motion, rules), parts, None, named or None)


def _counted(
    asked: Asked,
    parts: Mapping[Place, Part],
    followed: Choice | Option | None,
    named: Mapping[Option, Part] | None = None,
) -> Count:
    """`named`: of an election, what stands for each candidate, beside the `parts` of which each is there once."""
    agreed: dict[Choice | Option, Part] = {
        choice: named[choice] if named and isinstance(choice, Option) else parts.get(_as_voted(choice), Part())
        for choice in asked.motion.agreeing
    }
    quorum, majorities = _requirements(asked, parts, agreed, followed)
    options = tuple(
        OptionCount(number, title, agreed[number], majorities[number])
        for number, title in asked.motion.numbered.items()
    )
    leading = _leading(options)
    seating = _seated(asked, options, has_quorum=_is_met(quorum))
    verdict = _verdict(quorum, seating.enough.met if seating else any(map(_is_met, majorities.values())))
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
        seating=seating,
    )


def _is_met(requirements: ByMeasure[Requirement]) -> bool:
    return requirements.area.met and requirements.heads.met


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


def _as_voted(said: Said) -> Place:
    if isinstance(said, Names):
        return Place(Standing.FOR)
    return Place(Standing.FOR, option=said) if isinstance(said, Option) else Place(AS_VOTED[said])


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
    asked: Asked,
    parts: Mapping[Place, Part],
    agreed: Mapping[Choice | Option, Part],
    followed: Choice | Option | None,
) -> tuple[ByMeasure[Requirement], Majorities]:
    """The quorum, and the majority of each choice that agrees."""
    rules = asked.rules
    roll, participating = _together(parts, *Standing), _together(parts, *TAKES_PART)
    absent = _together(parts, *(standing for standing in Standing if standing not in TAKES_PART))

    def majority(choice: Choice | Option, part: Part) -> ByMeasure[Requirement]:
        if choice == followed:
            part += _together(parts, Standing.SILENCE_ADDED)
        if rules.majority_of is MajorityOf.ENTITLED:
            return _asked(rules.majority, part, roll)
        return _asked(rules.majority, part, participating, absent)

    majorities = {choice: majority(choice, part) for choice, part in agreed.items()}
    return _asked(rules.quorum, participating, roll), majorities


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


def _verdict(quorum: ByMeasure[Requirement], reached: bool) -> Verdict:
    if not _is_met(quorum):
        return Verdict.NO_QUORUM
    return Verdict.PASSED if reached else Verdict.NOT_PASSED


# --- an election ---


def _named(file: TallyFile, effective: Mapping[str, Ballot]) -> dict[Option, Part]:
    """What stands for each candidate: the units whose ballots name it, and the heads that do."""
    named = dict.fromkeys(file.motion.numbered, Part())
    heads: defaultdict[str, list[tuple[Decimal, tuple[Option, ...]]]] = defaultdict(list)
    for entry in file.roll:
        ballot = effective.get(entry.unit)
        if ballot is None or ballot.invalid is not None:
            continue
        names = ballot.choice.options if isinstance(ballot.choice, Names) else ()
        heads[entry.head].append((entry.area, names))
        for number in names:
            named[number] += Part(area=entry.area, units=1)
    for voted in heads.values():
        for number in {name for _area, names in voted for name in names}:
            if _head_names(number, voted, file.rules.split_head):
                named[number] += Part(heads=1)
    return named


def _head_names(number: Option, voted: Sequence[tuple[Decimal, tuple[Option, ...]]], split_head: SplitHead) -> bool:
    """Whether a head agrees to a candidate whose units were voted so: by all of them, or by the larger area."""
    if split_head is SplitHead.ABSTAINS:
        return all(number in names for _area, names in voted)
    return sum(area if number in names else -area for area, names in voted) > 0


def _seated(asked: Asked, options: Sequence[OptionCount], *, has_quorum: bool) -> Seating | None:
    """The seats go to those with the majority, by the rule set's ranking; equals at the last seat are left open."""
    seats, election = asked.motion.seats, asked.rules.election
    if not seats or election is None:
        return None
    ranked = sorted(
        (option for option in options if has_quorum and option.has_majority),
        key=lambda option: _rank(option, election.ranking),
        reverse=True,
    )
    ranks = [_rank(option, election.ranking) for option in ranked]
    is_tied = len(ranked) > seats and ranks[seats - 1] == ranks[seats]
    equals = [option for option, rank in zip(ranked, ranks, strict=True) if is_tied and rank == ranks[seats]]
    elected = tuple(option for option in ranked[:seats] if option not in equals)
    return Seating(seats, elected, tuple(equals), by_heads(election.fewest_elected, len(elected), seats))


def _rank(option: OptionCount, ranking: Ranking) -> tuple[Amount, ...]:
    area, heads = option.majority.area.reached, option.majority.heads.reached
    return {
        Ranking.HEADS_THEN_AREA: (heads, area),
        Ranking.AREA_THEN_HEADS: (area, heads),
        Ranking.HEADS: (heads,),
    }[ranking]


def _steps(area: Decimal) -> int:
    return int(area * 100)


def _square_metres(steps: int) -> Decimal:
    return Decimal(steps).scaleb(-2)
