"""A tally file: what is wrong is said where it is wrong, and what is right comes back the same."""

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from governance.models.places import UnitKind as RegisteredKind
from issues.deliberation.counting.count import count
from issues.deliberation.counting.file import UnitKind
from issues.deliberation.counting.reading import MOST_BYTES, BadTallyFile, read
from issues.deliberation.counting.rules import SHIPPED, ByMeasure, Threshold
from issues.deliberation.counting.writing import write
from tests.issues.deliberation.counting.votes import ballot, entry, made_up, vote, written


def small() -> dict:
    """Two units, two ballots for the first of them."""
    ballots = [ballot("1", "a", "for", superseded_by="2"), ballot("2", "a", "against"), ballot("3", "b", "abstain")]
    return vote([entry("a", "89.56"), entry("b", "100")], ballots)


def refusal(data: bytes) -> str:
    with translation.override("en"), pytest.raises(BadTallyFile) as refused:
        read(data)
    return str(refused.value)


AREA = 'must be square metres as text with at most two decimals, such as "89.56", not'
SHARE = 'must be a fraction as text, such as "2/3", not'
INSTANT = 'must be a date and time with its offset, such as "2026-05-07T18:00:00+08:00", not'
REASONS = "blank, unclear, unsigned, not_entitled, no_mandate, disputed, wrong_form, damaged, late"
TEXT = "must be text without spaces around it, not"
NO_FORMAT = (
    "This isn't a tally file: its “format” must be one of “youying-tally/1”, “youying-tally/2”, “youying-tally/3”."
)
UNSEEN = "must have no characters that can't be seen, not"


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("roll.1.area", "0", "roll[1].area: the area must be more than 0."),
        ("roll.1.area", "0.00", "roll[1].area: the area must be more than 0."),
        ("roll.1.area", "-5.00", f'roll[1].area: {AREA} "-5.00".'),
        ("roll.1.area", "89.567", f'roll[1].area: {AREA} "89.567".'),
        ("roll.1.area", "8,956", f'roll[1].area: {AREA} "8,956".'),
        ("roll.1.area", "８９", f'roll[1].area: {AREA} "８９".'),
        ("roll.1.area", "1e3", f'roll[1].area: {AREA} "1e3".'),
        ("roll.1.area", "NaN", f'roll[1].area: {AREA} "NaN".'),
        ("roll.1.area", "89.56\n", f'roll[1].area: {AREA} "89.56\\n".'),
        ("roll.1.area", "12345678", f'roll[1].area: {AREA} "12345678".'),
        ("roll.1.area", 89.56, f"roll[1].area: {AREA} 89.56."),
        ("roll.1.area", 89, f"roll[1].area: {AREA} 89."),
        ("roll.1.area", float("nan"), f"roll[1].area: {AREA} NaN."),
        ("roll.1.area", float("-inf"), f"roll[1].area: {AREA} -Infinity."),
        ("roll.1.area", None, f"roll[1].area: {AREA} null."),
        ("roll.1.area", True, f"roll[1].area: {AREA} true."),
        ("roll.1.area", ["1"], f"roll[1].area: {AREA} [ … ]."),
        ("roll.1.area", {"m2": 1}, f"roll[1].area: {AREA} {{ … }}."),
        ("roll.1.unit", "a", 'roll[1].unit: the unit "a" stands on the roll twice.'),
        ("roll.1.unit", " b", f'roll[1].unit: {TEXT} " b".'),
        ("roll.1.unit", "", f'roll[1].unit: {TEXT} "".'),
        ("roll.1.unit", 3, f"roll[1].unit: {TEXT} 3."),
        ("roll.1.unit", "b\u200b", f'roll[1].unit: {UNSEEN} "b\\u200b".'),
        ("roll.1.unit", "b\ud800", f'roll[1].unit: {UNSEEN} "b\\ud800".'),
        ("roll.1.unit", "b" * 101, "roll[1].unit: is longer than 100 characters."),
        ("roll.1.head", None, f"roll[1].head: {TEXT} null."),
        ("roll.1.kind", "villa", 'roll[1].kind: must be one of dwelling, shop, parking, not "villa".'),
        ("roll.1.delivered", "yes", 'roll[1].delivered: must be true or false, not "yes".'),
        ("roll.1.delivered", 1, "roll[1].delivered: must be true or false, not 1."),
        ("roll.1.owner", "Li", 'roll[1]: unknown key "owner".'),
        ("roll.1", "b", 'roll[1]: must be an object { … }, not "b".'),
        ("roll", [], "roll: the list is empty."),
        ("roll", {}, "roll: must be a list [ … ], not { … }."),
        ("ballots", None, "ballots: must be a list [ … ], not null."),
        ("ballots.2.unit", "z", 'ballots[2]: the unit "z" isn\'t on the roll.'),
        ("ballots.2.unit", "a", 'ballots[2]: the unit "a" has another effective ballot, "2".'),
        ("ballots.2.serial", "1", 'ballots[2]: the serial "1" was used before.'),
        ("ballots.2.choice", "maybe", 'ballots[2].choice: must be one of for, against, abstain, not "maybe".'),
        ("ballots.2.choice", [], "ballots[2].choice: must be one of for, against, abstain, not [ … ]."),
        ("ballots.2.choice", None, "ballots[2].choice: a ballot without a choice is invalid, and needs the reason."),
        ("ballots.2.invalid", "ugly", f'ballots[2].invalid: must be one of {REASONS}, not "ugly".'),
        ("ballots.2.channel", "fax", 'ballots[2].channel: must be one of electronic, paper, door, not "fax".'),
        ("ballots.2.cast_at", "2026-04-21", f'ballots[2].cast_at: {INSTANT} "2026-04-21".'),
        ("ballots.2.cast_at", "2026-04-21T10:00:00", f'ballots[2].cast_at: {INSTANT} "2026-04-21T10:00:00".'),
        ("ballots.2.cast_at", "2026-02-30T10:00:00Z", f'ballots[2].cast_at: {INSTANT} "2026-02-30T10:00:00Z".'),
        (
            "ballots.2.cast_at",
            "0001-01-01T00:00:00+08:00",
            f'ballots[2].cast_at: {INSTANT} "0001-01-01T00:00:00+08:00".',
        ),
        (
            "ballots.2.cast_at",
            "2026-05-07T18:00:00+08:00",
            "ballots[2].cast_at: a ballot cast outside the time of the vote is invalid, and needs the reason.",
        ),
        (
            "ballots.2.cast_at",
            "2026-04-20T00:59:59Z",
            "ballots[2].cast_at: a ballot cast outside the time of the vote is invalid, and needs the reason.",
        ),
        (
            "ballots.2.superseded_by",
            "3",
            "ballots[2]: superseded_by leads round in a circle: none of these ballots would count.",
        ),
        (
            "ballots.1.superseded_by",
            "1",
            "ballots[0]: superseded_by leads round in a circle: none of these ballots would count.",
        ),
        ("ballots.2.superseded_by", "9", 'ballots[2]: superseded by "9", which isn\'t there.'),
        ("ballots.2.superseded_by", "2", 'ballots[2]: superseded by "2", a ballot of another unit.'),
        ("ballots.2.superseded_by", False, f"ballots[2].superseded_by: {TEXT} false."),
        ("rules.quorum.area.share", "0.67", f'rules.quorum.area.share: {SHARE} "0.67".'),
        ("rules.quorum.area.share", "2/0", f'rules.quorum.area.share: {SHARE} "2/0".'),
        ("rules.quorum.area.share", "0/3", f'rules.quorum.area.share: {SHARE} "0/3".'),
        ("rules.quorum.area.share", 0.5, f"rules.quorum.area.share: {SHARE} 0.5."),
        ("rules.quorum.area.share", "4/3", "rules.quorum.area: nobody could reach more than everything."),
        ("rules.majority.heads.share", "1/1", "rules.majority.heads: nobody could reach more than everything."),
        ("rules.majority.heads.strictly_more", 0, "rules.majority.heads.strictly_more: must be true or false, not 0."),
        ("rules.majority_of", "all", 'rules.majority_of: must be one of participating, entitled, not "all".'),
        ("rules.silence", "yes", 'rules.silence: must be one of absent, follows_majority, not "yes".'),
        ("rules.split_head", "no", 'rules.split_head: must be one of abstains, larger_area, not "no".'),
        ("rules.sources", [], "rules.sources: the list is empty."),
        ("rules.sources.0.text", " ", 'rules.sources[0].text: must be words, not " ".'),
        ("motion.kind", "fun", 'motion.kind: must be one of legal, mirror, consultative, not "fun".'),
        ("motion.title", "A\x1b[31m", f'motion.title: {UNSEEN} "A\\u001b[31m".'),
        ("motion.title", "x" * 4001, "motion.title: is longer than 4000 characters."),
        ("motion.closes_at", "2026-04-20T01:00:00Z", "motion.closes_at: the vote must close after it opens."),
        (
            "format",
            "youying-tally/4",
            NO_FORMAT,
        ),
        ("motto", "x", 'the file: unknown key "motto".'),
    ],
)
def test_what_is_wrong_is_said_where_it_is_wrong(path, value, sentence):
    raw = small()
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = raw
    for step in way:
        place = place[step]
    place[last] = value
    assert refusal(json.dumps(raw).encode()) == sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file isn't JSON: line 1, column 1."),
        (b'{"format": \n  }', "The file isn't JSON: line 2, column 3."),
        (b"\xff\xfe{\x00}\x00", "The file isn't UTF-8 text: byte 1."),
        ('{"format": "表决"}'.encode("gbk"), "The file isn't UTF-8 text: byte 13."),
        (b"[" * 200_000, "The file isn't a tally file: it is nested too deeply."),
        (b"[]", "the file: must be an object { … }, not [ … ]."),
        (b"NaN", "the file: must be an object { … }, not NaN."),
        (b"9" * 5000, f"the file: must be an object {{ … }}, not {'9' * 40}…."),
        (b"{}", NO_FORMAT),
        (b'{"format": "youying-tally/1"}', 'the file: the key "motion" is missing.'),
        (written(small()).replace(b'"area": "89.56"', b'"area": ' + b"1" * 9000), f"roll[0].area: {AREA} {'1' * 40}…."),
        (
            written(small()).replace(b'"area": "89.56"', b'"area": "1", "area": "2"'),
            'roll[0]: the key "area" stands there twice.',
        ),
        (
            written(small()).replace(b'"roll":', b'"ballots": [], "roll":'),
            'the file: the key "ballots" stands there twice.',
        ),
        (b" " * (MOST_BYTES + 1), "The file is larger than 32 MB."),
    ],
    ids=range(14),
)
def test_a_file_that_is_none_is_refused(data, sentence):
    assert refusal(data) == sentence


def test_a_key_that_is_missing_anywhere_is_named():
    for part, where in [("motion", "motion"), ("rules", "rules")]:
        for key in small()[part]:
            raw = small()
            del raw[part][key]
            assert refusal(written(raw)) == f'{where}: the key "{key}" is missing.'
    for part in ("roll", "ballots"):
        for key in small()[part][0]:
            raw = small()
            del raw[part][0][key]
            assert refusal(written(raw)) == f'{part}[0]: the key "{key}" is missing.'


def test_a_ballot_that_leads_into_a_circle_is_refused_though_it_is_not_part_of_it():
    raw = small()
    raw["ballots"] = [ballot(serial, "a", "for", superseded_by=by) for serial, by in ("12", "23", "34", "43")]
    assert refusal(written(raw)) == (
        "ballots[0]: superseded_by leads round in a circle: none of these ballots would count."
    )


def test_a_long_row_of_superseded_ballots_leads_to_the_one_that_counts():
    raw = small()
    raw["ballots"] = [ballot(f"{number}", "a", "for", superseded_by=f"{number + 1}") for number in range(5000)]
    raw["ballots"].append(ballot("5000", "a", "against"))
    assert count(read(written(raw))).superseded == 5000


def test_a_byte_order_mark_is_forgiven():
    assert read(b"\xef\xbb\xbf" + written(small())) == read(written(small()))


def test_a_ballot_is_in_time_from_the_opening_until_before_the_close():
    raw = small()
    raw["ballots"][0]["cast_at"] = raw["motion"]["opens_at"]
    raw["ballots"][1]["cast_at"] = "2026-05-07T17:59:59.999999+08:00"
    raw["ballots"][2] |= {"cast_at": raw["motion"]["closes_at"], "invalid": "late"}
    assert [each.invalid for each in read(written(raw)).ballots] == [None, None, "late"]


def test_units_are_of_the_kinds_of_the_register():
    assert set(UnitKind) == set(RegisteredKind.values)


def test_a_written_file_has_one_form():
    data = write(read(written(small())))
    assert data.decode().splitlines()[:14] == [
        "{",
        ' "ballots": [',
        "  {",
        '   "cast_at": "2026-04-21T02:00:00Z",',
        '   "channel": "electronic",',
        '   "choice": "for",',
        '   "invalid": null,',
        '   "serial": "1",',
        '   "superseded_by": "2",',
        '   "unit": "a"',
        "  },",
        "  {",
        '   "cast_at": "2026-04-21T02:00:00Z",',
        '   "channel": "electronic",',
    ]
    assert '"area": "100.00"' in data.decode()
    assert '"title": "南侧绿地改为 48 个停车位"' in data.decode()
    assert data.endswith(b"}\n")


@given(seed=st.integers(0, 2**32), units=st.integers(1, 60))
def test_a_file_comes_back_the_same_in_whatever_order_it_was_written(seed, units):
    raw = made_up(seed, units)
    data = write(read(written(raw)))
    shuffled = {key: raw[key] for key in reversed(raw)}
    for rows in (shuffled["roll"], shuffled["ballots"]):
        Random(seed).shuffle(rows)
    assert write(read(written(shuffled))) == data
    assert write(read(data)) == data
    assert count(read(data)) == count(read(written(raw)))


def test_an_instant_is_written_alike_wherever_it_was_said():
    file = read(written(small()))
    tokyo = file.motion.opens_at.astimezone(timezone(timedelta(hours=9)))
    assert write(replace(file, motion=replace(file.motion, opens_at=tokyo))) == write(file)


@pytest.mark.parametrize("matter", SHIPPED)
def test_the_shipped_rules_come_back_from_a_file(matter):
    file = replace(read(written(small())), rules=SHIPPED[matter])
    assert read(write(file)).rules == SHIPPED[matter]


def test_nothing_is_written_that_could_not_be_read():
    file = read(written(small()))
    share = ByMeasure(Threshold(Fraction(1, 10_007)), Threshold(Fraction(1, 2)))
    wrong = [
        replace(file, roll=()),
        replace(file, ballots=(*file.ballots, replace(file.ballots[0], serial="4", superseded_by=None))),
        replace(file, roll=(replace(file.roll[0], area=Decimal("1.001")), file.roll[1])),
        replace(file, motion=replace(file.motion, opens_at=datetime(2026, 4, 20, 9))),  # noqa: DTZ001 - that's the point
        replace(file, motion=replace(file.motion, title="\udc80")),
        replace(file, rules=replace(file.rules, majority=share)),
    ]
    for each in wrong:
        with pytest.raises(BadTallyFile):
            write(each)
