"""A count as JSON: what `manage.py tally --json` prints. Exact, in no language; `docs/tally-file.md` explains it."""

from decimal import Decimal

from issues.deliberation.counting.count import Amount, Count, OptionCount, Part, Requirement, Seating
from issues.deliberation.counting.file import Motion
from issues.deliberation.counting.rules import ByMeasure

FORMAT = "youying-count/1"
FORMAT_OF_OPTIONS = "youying-count/2"
FORMAT_OF_ELECTIONS = "youying-count/3"
Written = dict[str, object]


def as_json(motion: Motion, count: Count) -> Written:
    """Areas are text with two decimals, heads and units are whole numbers, exact shares are fractions as text."""
    return {
        "format": FORMAT_OF_ELECTIONS if count.seating else FORMAT_OF_OPTIONS if count.options else FORMAT,
        "motion": {"id": motion.id, "title": motion.title, "kind": motion.kind},
        "verdict": count.verdict,
        "verdict_without_silence": count.verdict_without_silence,
        "quorum": _requirements(count.quorum),
        **_own(count),
        "silence_follows": count.followed,
        "components": {
            "roll": _part(count.roll),
            "participating": _part(count.participating),
            **{standing.value: _part(part) for standing, part in count.components.items()},
            "invalid_by_reason": {reason.value: _part(count.invalid[reason]) for reason in motion.reasons},
        },
        "ballots": {
            "received": count.ballots,
            "effective": count.ballots - count.superseded,
            "superseded": count.superseded,
        },
    }


def _own(count: Count) -> Written:
    """What a plain question, a choice among options and an election each have for themselves."""
    if count.seating:
        return {**_seating(count.seating), "options": [_option(option) for option in count.options]}
    return _options(count) if count.options else {"majority": _requirements(count.majority)}


def _seating(seating: Seating) -> Written:
    """Numbers of candidates: those elected in their order, those of a run-off as they stand on the ballot."""
    return {
        "seats": seating.seats,
        "enough": _requirement(seating.enough),
        "elected": [option.number for option in seating.elected],
        "run_off": [option.number for option in seating.run_off],
    }


def _options(count: Count) -> Written:
    """Each with its own majority, and which of them it is."""
    return {
        "chosen": count.chosen.number if count.chosen else None,
        "options": [_option(option) for option in count.options],
    }


def _option(option: OptionCount) -> Written:
    return {
        "number": option.number,
        "title": option.title,
        "for": _part(option.part),
        "majority": _requirements(option.majority),
    }


def _requirements(requirements: ByMeasure[Requirement]) -> Written:
    return {"area": _requirement(requirements.area), "heads": _requirement(requirements.heads)}


def _requirement(requirement: Requirement) -> Written:
    return {
        "reached": _amount(requirement.reached),
        "needed": _amount(requirement.needed),
        "short_by": _amount(requirement.short_by),
        "met": requirement.met,
        "exact": str(requirement.exact),
        "of": _amount(requirement.total),
        "share": f"{requirement.threshold.share.numerator}/{requirement.threshold.share.denominator}",
        "strictly_more": requirement.threshold.strictly_more,
        "short_by_newcomers": (
            None if requirement.short_by_newcomers is None else _amount(requirement.short_by_newcomers)
        ),
    }


def _part(part: Part) -> Written:
    return {"area": _amount(part.area), "heads": part.heads, "units": part.units}


def _amount(amount: Amount) -> str | int:
    return f"{amount:.2f}" if isinstance(amount, Decimal) else amount
