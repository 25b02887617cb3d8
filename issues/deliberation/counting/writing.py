"""A tally file's one written form: what is stored, hashed, handed out and counted again."""

import json
from datetime import datetime
from fractions import Fraction

from issues.deliberation.counting.file import (
    FORMAT,
    FORMAT_OF_ELECTIONS,
    FORMAT_OF_OPTIONS,
    Ballot,
    Motion,
    RollEntry,
    TallyFile,
)
from issues.deliberation.counting.reading import read
from issues.deliberation.counting.rules import ByMeasure, Election, Rules, Threshold

Written = dict[str, object]


def write(file: TallyFile) -> bytes:
    """Write `file`: UTF-8, keys and rows sorted, areas with two decimals, instants in UTC; the same bytes every time.

    Raises `BadTallyFile` for a file that couldn't be read back.
    """
    # As it was read back: that is in order.
    return _written(read(_written(file)))


def _written(file: TallyFile) -> bytes:
    fields: Written = {
        "format": _format(file.motion),
        "motion": _motion(file.motion),
        "rules": _rules(file.rules),
        "roll": [_entry(entry) for entry in file.roll],
        "ballots": [_ballot(ballot) for ballot in file.ballots],
    }
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1)
    # What can't be encoded becomes an escape, which `read` refuses with a sentence.
    return f"{text}\n".encode("utf-8", "backslashreplace")


def _format(motion: Motion) -> str:
    if motion.seats:
        return FORMAT_OF_ELECTIONS
    return FORMAT_OF_OPTIONS if motion.options else FORMAT


def _motion(motion: Motion) -> Written:
    return {
        "id": motion.id,
        "title": motion.title,
        "kind": motion.kind,
        "matter": motion.matter,
        "scope": motion.scope,
        "opens_at": _instant(motion.opens_at),
        "closes_at": _instant(motion.closes_at),
        **({"options": list(motion.options)} if motion.options else {}),
        **({"seats": str(motion.seats)} if motion.seats else {}),
    }


def _rules(rules: Rules) -> Written:
    return {
        "name": rules.name,
        "version": rules.version,
        "quorum": _thresholds(rules.quorum),
        "majority": _thresholds(rules.majority),
        "majority_of": rules.majority_of,
        "silence": rules.silence,
        "split_head": rules.split_head,
        "sources": [{"article": source.article, "text": source.text} for source in rules.sources],
        **({"election": _election(rules.election)} if rules.election else {}),
    }


def _election(election: Election) -> Written:
    return {"ranking": election.ranking, "fewest_elected": _share(election.fewest_elected.share)}


def _thresholds(thresholds: ByMeasure[Threshold]) -> Written:
    return {"area": _threshold(thresholds.area), "heads": _threshold(thresholds.heads)}


def _threshold(threshold: Threshold) -> Written:
    return {"share": _share(threshold.share), "strictly_more": threshold.strictly_more}


def _entry(entry: RollEntry) -> Written:
    return {
        "unit": entry.unit,
        "area": f"{entry.area:f}",
        "head": entry.head,
        "kind": entry.kind,
        "delivered": entry.delivered,
    }


def _ballot(ballot: Ballot) -> Written:
    return {
        "serial": ballot.serial,
        "unit": ballot.unit,
        "choice": ballot.choice,
        "channel": ballot.channel,
        "cast_at": _instant(ballot.cast_at),
        "invalid": ballot.invalid,
        "superseded_by": ballot.superseded_by,
    }


def _share(share: Fraction) -> str:
    return f"{share.numerator}/{share.denominator}"


def _instant(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
