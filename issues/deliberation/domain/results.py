"""What came out of a vote: its rows as a tally file, counted, kept byte for byte, and counted again on demand."""

import hashlib
import json
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import override

from governance import wording
from issues.deliberation.counting import count as counting
from issues.deliberation.counting import file as tally
from issues.deliberation.counting import rules as counted_by
from issues.deliberation.counting.reading import read
from issues.deliberation.counting.result import as_json
from issues.deliberation.counting.writing import write
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.domain.sealing import opened
from issues.deliberation.models import Ballot, ElectionRule, MatterRule, Motion, RollEntry
from issues.deliberation.models.rule_sets import share

ANYBODY = tally.RollEntry(unit="1", area=Decimal("1.00"), head="1", kind=tally.UnitKind.DWELLING, delivered=False)


class Counted(NamedTuple):
    """What was counted, and what came out: both as they are kept, byte for byte."""

    tally_file: bytes
    result: bytes


def counted(motion: Motion, now: datetime) -> dict[str, Any]:
    """What the motion's row keeps of its count. Raises `StillSealed` before the close."""
    kept = counted_anew(motion, now)
    verdict = counting.count(read(kept.tally_file)).verdict
    return {
        "counted_at": now,
        "tally_file": kept.tally_file,
        "result": kept.result,
        "result_hash": hashlib.sha256(kept.tally_file + kept.result).hexdigest(),
        "has_passed": verdict is counting.Verdict.PASSED,
        "objections_until": ends_after_days(now, motion.rule_set.objection_days),
    }


def counted_anew(motion: Motion, now: datetime) -> Counted:
    """The count worked out from the frozen roll and the ballots as they are in the database. Raises `StillSealed`."""
    written = tally_file(motion, now)
    file = read(written)
    return Counted(written, _written(as_json(file.motion, counting.count(file))))


def _written(result: Any) -> bytes:
    return (json.dumps(result, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def tally_file(motion: Motion, now: datetime) -> bytes:
    """Everything the motion is counted from, in the form of `docs/tally-file.md`. Raises `StillSealed`."""
    ballots = list(
        Ballot.objects.filter(entry__motion=motion)
        .exclude(channel__in=(tally.Channel.PAPER, tally.Channel.DOOR), checked_by=None)
        .select_related("entry", "replaced_by")
    )
    choices, asked = opened(motion, ballots, now), told(motion)
    delivered = set(motion.deliveries.standing().values_list("unit", flat=True))
    return write(
        tally.TallyFile(
            motion=asked,
            rules=rules_of(motion),
            roll=tuple(_entry(entry, is_delivered=entry.unit_id in delivered) for entry in motion.roll.all()),
            ballots=tuple(_ballot(ballot, choices.get(ballot.pk), asked) for ballot in ballots),
        )
    )


def try_texts(motion: Motion) -> None:
    """Whether it can be counted as it is written, whoever votes. Raises `BadTallyFile` where it can't."""
    write(tally.TallyFile(motion=told(motion), rules=rules_of(motion), roll=(ANYBODY,), ballots=()))


def rule_of(motion: Motion) -> MatterRule:
    """What the motion's matter needs under its rule set. Raises `MatterRule.DoesNotExist`."""
    return motion.rule_set.matters.get(matter=motion.matter)


def rules_of(motion: Motion) -> counted_by.Rules:
    """The rule of the motion's matter, as the counter takes it."""
    rule = rule_of(motion)
    of_them = counted_by.MajorityOf(rule.majority_of)
    silence = counted_by.Silence.FOLLOWS_MAJORITY if motion.rule_set.silence_follows else counted_by.Silence.ABSENT
    election = motion.election_rule
    of_matter = [_source(each) for each in (rule, election) if each]
    return counted_by.Rules(
        name=motion.rule_set.name,
        version=str(motion.rule_set.version),
        quorum=_thresholds(rule.quorum_area, rule.quorum_heads, more=rule.quorum_needs_more),
        majority=_thresholds(rule.majority_area, rule.majority_heads, more=rule.majority_needs_more),
        sources=(*of_matter, counted_by.INCLUDES_THE_NUMBER, counted_by.HEADS_ARE_COUNTED),
        majority_of=of_them,
        silence=silence,
        election=_election(election) if election else None,
    )


def _election(rule: ElectionRule) -> counted_by.Election:
    fewest = counted_by.Threshold(share(rule.fewest_elected))
    return counted_by.Election(ranking=counted_by.Ranking(rule.ranking), fewest_elected=fewest)


def _thresholds(area: str, heads: str, *, more: bool) -> counted_by.ByMeasure[counted_by.Threshold]:
    # A body whose members count by heads alone has one weight for each: then the two measures say the same.
    by_area, by_heads = share(area or heads), share(heads)
    return counted_by.ByMeasure(
        area=counted_by.Threshold(by_area, strictly_more=more), heads=counted_by.Threshold(by_heads, strictly_more=more)
    )


def _source(rule: MatterRule | ElectionRule) -> counted_by.Source:
    return counted_by.Source(article=rule.article, text=rule.text)


def told(motion: Motion) -> tally.Motion:
    """The motion, as the counter takes it. Raises `ValueError` for one without times."""
    if motion.opens_at is None or motion.closes_at is None:
        raise ValueError("A motion without times has no result.")
    return tally.Motion(
        id=str(motion.public_id),
        title=motion.title,
        kind=tally.MotionKind(motion.kind),
        matter=motion.matter,
        scope=scope_in_words(motion),
        opens_at=motion.opens_at,
        closes_at=motion.closes_at,
        options=tuple(motion.options.values_list("title", flat=True)),
        seats=motion.seats,
    )


def scope_in_words(motion: Motion) -> str:
    """春和苑小区 3栋 1单元: who is asked, in the words of the registers."""
    parts = [motion.estate.name]
    if motion.building:
        parts.append(motion.building.name)
    if motion.stairwell:
        # What is stored is in one language, whoever counts.
        with override("zh-hans"):
            parts.append(wording.entrance(motion.stairwell))
    return " ".join(parts)


def _entry(entry: RollEntry, *, is_delivered: bool) -> tally.RollEntry:
    return tally.RollEntry(
        unit=unit_ref(entry),
        area=entry.area_m2,
        head=entry.head,
        kind=tally.UnitKind(entry.kind),
        delivered=is_delivered,
    )


def unit_ref(entry: RollEntry) -> str:
    """How the tally file names a unit: building, stairwell and number."""
    return str(entry)


def _ballot(ballot: Ballot, choice: str | None, asked: tally.Motion) -> tally.Ballot:
    return tally.Ballot(
        serial=str(ballot.public_id),
        unit=unit_ref(ballot.entry),
        choice=asked.said(choice) if choice else None,
        channel=tally.Channel(ballot.channel),
        cast_at=ballot.cast_at,
        invalid=tally.InvalidReason(ballot.invalid_reason) if ballot.invalid_reason else None,
        superseded_by=str(ballot.replaced_by.public_id) if ballot.replaced_by else None,
    )
