"""A verdict in words, which explains itself: both measures, both thresholds, what was missing, under which article.

Every function says it in the reader's language. No percentage is said that contradicts the verdict.
"""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from issues.deliberation.counting.count import (
    Amount,
    Count,
    OptionCount,
    Part,
    Requirement,
    Seating,
    Standing,
    Verdict,
)
from issues.deliberation.counting.file import InvalidReason, MotionKind
from issues.deliberation.counting.rules import ByMeasure, MajorityOf, Rules

NO_PERCENTAGE = "—"
ONLY_WHERE_ANY = (Standing.SPLIT, Standing.SILENCE_ADDED)


class SaidRequirement(NamedTuple):
    """One of the four requirements, as a row of a table shows it; `explained` is a sentence with every figure."""

    name: str
    threshold: str
    reached: str
    needed: str
    percentage: str
    short_by: str
    met: bool
    explained: str


class SaidPart(NamedTuple):
    """A row of the table that says where the roll went; one with a larger `depth` is part of the one above."""

    name: str
    part: Part
    depth: int


# --- amounts ---


def area(amount: Decimal) -> str:
    return _("%(amount)s m²") % {"amount": f"{amount:,.2f}"}


def heads(amount: int) -> str:
    return ngettext("%(amount)s head", "%(amount)s heads", amount) % {"amount": f"{amount:,}"}


def said_amount(amount: Amount) -> str:
    return area(amount) if isinstance(amount, Decimal) else heads(amount)


def percentage(requirement: Requirement) -> str:
    """What was reached, in per cent with two decimals: rounded to the nearest, but never across the threshold."""
    if not requirement.total:
        return NO_PERCENTAGE
    hundredths = Fraction(requirement.reached) / Fraction(requirement.total) * 10_000
    nearest = floor(hundredths + Fraction(1, 2))
    if requirement.threshold.is_met(nearest, 10_000) != requirement.met:
        nearest = ceil(hundredths) if requirement.met else floor(hundredths)
    whole, rest = divmod(nearest, 100)
    return f"{whole}.{rest:02} %"


def exactly(amount: Fraction) -> str:
    """585.75, and 20,000/3 where no decimals would do."""
    if 10_000 % amount.denominator:
        return f"{amount.numerator:,}/{amount.denominator}"
    return f"{Decimal(amount.numerator) / amount.denominator:,f}"


# --- the verdict ---


def verdict(it: Verdict) -> str:
    return {
        Verdict.PASSED: pgettext("vote", "Passed"),
        Verdict.NOT_PASSED: pgettext("vote", "Not passed"),
        Verdict.NO_QUORUM: pgettext("vote", "No quorum"),
    }[it]


def outcome(count: Count) -> str:
    """The verdict in a word: of an election, whether as many are elected as there must be."""
    if count.seating and count.verdict is not Verdict.NO_QUORUM:
        return pgettext("vote", "Elected") if count.seating.enough.met else pgettext("vote", "Not enough elected")
    return verdict(count.verdict)


def kind(it: MotionKind) -> str:
    """What the result is worth."""
    return {
        MotionKind.LEGAL: _("Lawful vote of the owners."),
        MotionKind.MIRROR: _("A record only: the city's own system or the paper vote decides."),
        MotionKind.CONSULTATIVE: _("A consultation only: it decides nothing in the owners' place."),
    }[it]


def summary(count: Count) -> str:
    """How many of the four requirements are met, and what is missing to those that decided."""
    if count.seating:
        return _summary_of_election(count, count.seating)
    if count.options:
        return _summary_of_options(count)
    met = sum(each.met for each in _all_four(count))
    if met == len(_all_four(count)):
        return _("All four requirements are met.")
    return _("%(met)s of the 4 requirements are met. %(missing)s") % {"met": met, "missing": missing(count)}


def _summary_of_options(count: Count) -> str:
    """Which option it is; else that it is none, and what was missing to the one that came closest."""
    if count.chosen:
        return _("“%(option)s” has the majority of those who took part.") % {"option": count.chosen.title}
    if count.verdict is Verdict.NO_QUORUM or count.leading is None:
        return _("Nothing is decided. %(missing)s") % {"missing": missing(count)}
    return _("No option has the majority, so nothing is decided. Closest is “%(option)s”. %(missing)s") % {
        "option": count.leading.title,
        "missing": missing(count),
    }


def _summary_of_election(count: Count, seating: Seating) -> str:
    """Who is elected, what has to be voted on again, and whether there is a committee."""
    if count.verdict is Verdict.NO_QUORUM:
        return _("Nobody is elected. %(missing)s") % {"missing": missing(count)}
    said = [_elected(seating)]
    if seating.run_off:
        said.append(
            _("Equal votes at the last seat: %(names)s. None of them is elected, these seats stay empty: %(seats)s.")
            % {"names": _listed(seating.run_off), "seats": seating.vacant}
        )
    elif seating.vacant:
        said.append(_("Seats that stay empty: %(seats)s.") % {"seats": seating.vacant})
    if not seating.enough.met:
        said.append(
            _("At least %(needed)s have to be elected, %(short)s are missing: a new election is needed.")
            % {"needed": seating.enough.needed, "short": seating.enough.short_by}
        )
    return _one_after_another(said)


def _elected(seating: Seating) -> str:
    if not seating.elected:
        return _("Nobody is elected.")
    words = _("Elected, %(number)s of %(seats)s: %(names)s.")
    return words % {"number": len(seating.elected), "seats": seating.seats, "names": _listed(seating.elected)}


def _listed(candidates: Sequence[OptionCount]) -> str:
    return pgettext("between names", ", ").join(candidate.title for candidate in candidates)


def _one_after_another(sentences: Sequence[str]) -> str:
    """As one text: what stands between two sentences differs by language."""
    return reduce(lambda one, other: _("%(one)s %(other)s") % {"one": one, "other": other}, sentences)


def led_to(option: OptionCount, count: Count) -> str:
    """What the majority of a candidate, or of another option, has led to; empty without one, or where it has passed."""
    if not option.has_majority:
        return ""
    if count.verdict is Verdict.NO_QUORUM:
        return _("Has the majority of those taking part, but too few took part.")
    return _seat_of(option, count.seating) if count.seating else ""


def _seat_of(option: OptionCount, seating: Seating) -> str:
    if option in seating.elected:
        return pgettext("candidate", "Elected")
    if option in seating.run_off:
        return pgettext("candidate", "Equal votes at the last seat: not elected")
    return pgettext("candidate", "Has the majority, but no seat was left")


def short_of(option: OptionCount) -> str:
    """What an option lacks to its majority, heads first; empty if it has it."""
    return _short(option.majority)


def missing(count: Count) -> str:
    """What the verdict failed by, heads first; empty if the motion passed. Of several options the leading one's."""
    if count.verdict is Verdict.PASSED:
        return ""
    short = _short(count.quorum if count.verdict is Verdict.NO_QUORUM else count.majority)
    if count.verdict is Verdict.NO_QUORUM:
        return _("Taking part, still missing: %(short)s.") % {"short": short}
    return _("In favour, still missing: %(short)s.") % {"short": short}


def _short(requirements: ByMeasure[Requirement]) -> str:
    unmet = [each for each in (requirements.heads, requirements.area) if not each.met]
    return " / ".join(said_amount(each.short_by) for each in unmet)


def _all_four(count: Count) -> tuple[Requirement, ...]:
    return (count.quorum.area, count.quorum.heads, count.majority.area, count.majority.heads)


# --- the four requirements ---


def requirements(count: Count, rules: Rules) -> list[SaidRequirement]:
    """The four rows: quorum by area and heads, majority by area and heads; of several options the leading one's.

    Of an election three: the quorum, and how many seats are filled.
    """
    of_roll = rules.majority_of is MajorityOf.ENTITLED
    quorum = [
        _requirement(_("Area taking part"), count.quorum.area, of_roll=True),
        _requirement(_("Heads taking part"), count.quorum.heads, of_roll=True),
    ]
    if count.seating:
        return [*quorum, _seats_filled(count.seating)]
    if count.leading:
        return [*quorum, *requirements_of(count.leading, rules)]
    return [
        *quorum,
        _requirement(_("Area in favour"), count.majority.area, of_roll=of_roll),
        _requirement(_("Heads in favour"), count.majority.heads, of_roll=of_roll),
    ]


def _seats_filled(seating: Seating) -> SaidRequirement:
    enough = seating.enough
    words = {"reached": enough.reached, "seats": seating.seats, "needed": enough.needed}
    return SaidRequirement(
        name=_("Seats filled"),
        threshold=_("at least %(share)s of the seats") % {"share": enough.threshold.share},
        reached=str(enough.reached),
        needed=str(enough.needed),
        percentage=f"{enough.reached} / {seating.seats}",
        short_by=str(enough.short_by),
        met=enough.met,
        explained=_("Seats filled: %(reached)s of %(seats)s; at least %(needed)s are needed.") % words,
    )


def requirements_of(option: OptionCount, rules: Rules) -> list[SaidRequirement]:
    """The majority of one of several options, by area and heads."""
    of_roll = rules.majority_of is MajorityOf.ENTITLED
    title = {"option": option.title}
    return [
        _requirement(_("Area for “%(option)s”") % title, option.majority.area, of_roll=of_roll),
        _requirement(_("Heads for “%(option)s”") % title, option.majority.heads, of_roll=of_roll),
    ]


def _requirement(name: str, requirement: Requirement, *, of_roll: bool) -> SaidRequirement:
    return SaidRequirement(
        name=name,
        threshold=_threshold(requirement, of_roll=of_roll),
        reached=said_amount(requirement.reached),
        needed=said_amount(requirement.needed),
        percentage=percentage(requirement),
        short_by=said_amount(requirement.short_by),
        met=requirement.met,
        explained=_explained(name, requirement),
    )


def _threshold(requirement: Requirement, *, of_roll: bool) -> str:
    if requirement.threshold.strictly_more:
        words = _("more than %(share)s of the roll") if of_roll else _("more than %(share)s of those taking part")
    else:
        words = _("at least %(share)s of the roll") if of_roll else _("at least %(share)s of those taking part")
    return words % {"share": requirement.threshold.share}


def _explained(name: str, requirement: Requirement) -> str:
    words = {
        "name": name,
        "reached": said_amount(requirement.reached),
        "needed": said_amount(requirement.needed),
        "why": _why(requirement),
    }
    if not requirement.met:
        short = said_amount(requirement.short_by)
        return _("%(name)s: %(reached)s; needed: %(needed)s (%(why)s); short by %(short)s.") % {**words, "short": short}
    spare = requirement.reached - requirement.needed
    if not spare:
        return _("%(name)s: %(reached)s; needed: %(needed)s (%(why)s); exactly reached.") % words
    return _("%(name)s: %(reached)s; needed: %(needed)s (%(why)s); %(spare)s more.") % {
        **words,
        "spare": said_amount(spare),
    }


def _why(requirement: Requirement) -> str:
    words = {
        "share": requirement.threshold.share,
        "total": said_amount(requirement.total),
        "exact": exactly(requirement.exact),
    }
    if requirement.threshold.strictly_more:
        return _("%(share)s of %(total)s is %(exact)s, and it must be more") % words
    return _("%(share)s of %(total)s is %(exact)s") % words


def cross_multiplied(requirement: Requirement) -> str:
    """The comparison as it was made, without rounding: 54,185.38 × 4 = 216,741.52 is less than …"""
    if not requirement.total:
        return _("Nobody took part: nothing was reached.")
    share = requirement.threshold.share
    left, right = requirement.reached * share.denominator, requirement.total * share.numerator
    words = {
        "left": f"{_plain(requirement.reached)} × {share.denominator} = {_plain(left)}",
        "right": f"{_plain(requirement.total)} × {share.numerator} = {_plain(right)}",
    }
    if left < right:
        return _("%(left)s is less than %(right)s.") % words
    if left == right:
        return _("%(left)s is as much as %(right)s.") % words
    return _("%(left)s is more than %(right)s.") % words


def _plain(amount: Amount) -> str:
    return f"{amount:,.2f}" if isinstance(amount, Decimal) else f"{amount:,}"


def from_newcomers(requirement: Requirement) -> str:
    """What it would have taken, from those who voted otherwise or from those who did not; else empty."""
    if requirement.met or requirement.short_by_newcomers is None:
        return ""
    return _(
        "From owners who voted otherwise: %(short)s. From owners who haven't taken part: %(more)s, "
        "because the number taking part grows, too."
    ) % {
        "short": said_amount(requirement.short_by),
        "more": said_amount(requirement.short_by_newcomers),
    }


# --- where the roll went ---


def parts(count: Count) -> list[SaidPart]:
    """Every component apart, below the one that it is part of. What is rare, only where it occurs."""
    said = {each: SaidPart(named(each, count), part, 1) for each, part in count.components.items()}
    invalid = [
        SaidPart(reason(each, is_election=count.seating is not None), part, 2)
        for each, part in count.invalid.items()
        if part != Part()
    ]
    apart = count.components[Standing.SILENT] + count.components[Standing.INVALID]
    return [
        SaidPart(pgettext("vote", "Roll"), count.roll, 0),
        SaidPart(pgettext("vote", "Taking part"), count.participating, 0),
        *_standings(count),
        *(said[each] for each in ONLY_WHERE_ANY if count.components[each] != Part()),
        SaidPart(pgettext("vote", "Not taking part"), apart, 0),
        said[Standing.SILENT],
        said[Standing.INVALID],
        *invalid,
    ]


def sides(count: Count) -> list[SaidPart]:
    """For or against or neither, as the ballots said: with several options each of them, none of them, or neither."""
    agreed = [SaidPart(option.title, option.part, 1) for option in count.options]
    others = (Standing.AGAINST, Standing.ABSTAINED) if agreed else (Standing.FOR, Standing.AGAINST, Standing.ABSTAINED)
    return agreed + [SaidPart(named(each, count), count.components[each], 1) for each in others]


def _standings(count: Count) -> list[SaidPart]:
    """As `sides`, but such that they add up: what stands for candidates overlaps, since a ballot names several."""
    if not count.seating:
        return sides(count)
    each_once = (Standing.FOR, Standing.AGAINST, Standing.ABSTAINED)
    return [SaidPart(named(each, count), count.components[each], 1) for each in each_once]


def named(it: Standing, count: Count) -> str:
    if it is Standing.FOR and count.seating:
        return named_somebody()
    return none_of_these() if it is Standing.AGAINST and count.options else standing(it)


def named_somebody() -> str:
    return pgettext("vote", "Named one candidate or more")


def none_of_these() -> str:
    return pgettext("vote", "None of these")


def standing(it: Standing) -> str:
    return {
        Standing.FOR: pgettext("vote", "For"),
        Standing.AGAINST: pgettext("vote", "Against"),
        Standing.ABSTAINED: pgettext("vote", "Abstained"),
        Standing.SPLIT: pgettext("vote", "Heads whose units were voted differently"),
        Standing.SILENCE_ADDED: pgettext("vote", "Silent, counted with the majority"),
        Standing.INVALID: pgettext("vote", "Invalid ballot"),
        Standing.SILENT: pgettext("vote", "No ballot"),
    }[it]


def reason(it: InvalidReason, *, is_election: bool = False) -> str:
    """In an election several ticks are right: unclear is what can't be read, or contradicts itself."""
    if is_election and it is InvalidReason.UNCLEAR:
        return pgettext("ballot", "unclear, or names together with none of these or an abstention")
    return {
        InvalidReason.BLANK: pgettext("ballot", "left blank"),
        InvalidReason.UNCLEAR: pgettext("ballot", "unclear, or more than one choice"),
        InvalidReason.TOO_MANY: pgettext("ballot", "more names than seats"),
        InvalidReason.UNSIGNED: pgettext("ballot", "not signed"),
        InvalidReason.NOT_ENTITLED: pgettext("ballot", "not from the owner or the co-owners' representative"),
        InvalidReason.NO_MANDATE: pgettext("ballot", "no valid mandate"),
        InvalidReason.DISPUTED: pgettext("ballot", "disputed between co-owners"),
        InvalidReason.WRONG_FORM: pgettext("ballot", "not on this vote's form"),
        InvalidReason.DAMAGED: pgettext("ballot", "damaged, can't be read"),
        InvalidReason.LATE: pgettext("ballot", "outside the time of the vote"),
    }[it]
