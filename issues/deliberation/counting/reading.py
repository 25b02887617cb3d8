"""A tally file, strictly read: whatever is wrong is said in one sentence that begins with where it stands."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, NoReturn, TypeVar
from unicodedata import category, normalize

from django.utils.translation import gettext as _

from issues.deliberation.counting.file import (
    FEWEST_OPTIONS,
    FORMAT,
    FORMAT_OF_ELECTIONS,
    FORMAT_OF_OPTIONS,
    MOST_CANDIDATES,
    MOST_OPTIONS,
    Ballot,
    Channel,
    InvalidReason,
    Motion,
    MotionKind,
    RollEntry,
    Said,
    TallyFile,
    UnitKind,
)
from issues.deliberation.counting.rules import (
    ByMeasure,
    Election,
    MajorityOf,
    Ranking,
    Rules,
    Silence,
    Source,
    SplitHead,
    Threshold,
)

MOST_BYTES = 32 * 1024 * 1024
LONGEST_REFERENCE = 100
MOST_WORDS = 4000
SHOWN = 40
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
AREA = re.compile(r"(0|[1-9][0-9]{0,6})(\.[0-9]{1,2})?", re.ASCII)
SHARE = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})", re.ASCII)
SEATS = re.compile(r"[1-9][0-9]?", re.ASCII)
INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
FORMATS = (FORMAT, FORMAT_OF_OPTIONS, FORMAT_OF_ELECTIONS)
# What a version has beside what the first one has.
IN_MOTION = {FORMAT: (), FORMAT_OF_OPTIONS: ("options",), FORMAT_OF_ELECTIONS: ("options", "seats")}
IN_RULES = {FORMAT: (), FORMAT_OF_OPTIONS: (), FORMAT_OF_ELECTIONS: ("election",)}
HOW_MANY = {FORMAT_OF_OPTIONS: (FEWEST_OPTIONS, MOST_OPTIONS), FORMAT_OF_ELECTIONS: (1, MOST_CANDIDATES)}
NOT_WORDS = frozenset({"Cc", "Cs"})

E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")


class BadTallyFile(Exception):
    """The file can't be counted. Its text is for the person who sent it."""


@dataclass(frozen=True)
class Number:
    """A JSON number as it is written. The format has none: who wrote it may have rounded it already."""

    written: str


class Record(dict[str, Any]):
    """A JSON object that remembers the keys that stand in it twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice = [key for key, times in Counter(key for key, _value in pairs).items() if times > 1]


def read(data: bytes) -> TallyFile:
    """Read a tally file; roll and ballots come in the order of their references. Raises `BadTallyFile`."""
    top = Piece("", _parsed(data))
    if isinstance(top.value, Record) and top.value.get("format") not in FORMATS:
        raise BadTallyFile(
            _("This isn't a tally file: its “format” must be one of %(formats)s.")
            % {"formats": ", ".join(f"“{each}”" for each in FORMATS)}
        )
    parts = top.record("format", "motion", "rules", "roll", "ballots")
    file_format = str(parts["format"].value)
    motion, rules = _motion(parts["motion"], file_format), _rules(parts["rules"], file_format)
    if motion.options and not motion.seats and not rules.lets_one_pass:
        parts["rules"].refuse(_("two options could reach this majority at once."))
    if motion.seats and rules.silence is not Silence.ABSENT:
        parts["rules"].refuse(_("in an election nobody's silence names anybody."))
    roll = _roll(parts["roll"])
    return TallyFile(
        motion=motion,
        rules=rules,
        roll=tuple(sorted(roll.values(), key=lambda entry: entry.unit)),
        ballots=tuple(sorted(_ballots(parts["ballots"], roll, motion), key=lambda ballot: ballot.serial)),
    )


def has_unseen(text: str) -> bool:
    """Whether a reference can't be written so: two that look the same would differ."""
    return any(category(letter) in UNSEEN for letter in text)


def as_seen(text: str) -> str:
    """What is left of a name to tell it from others by: no spaces, nothing unseen, one width."""
    shown = normalize("NFKC", text)
    return "".join(letter for letter in shown if not letter.isspace() and category(letter) not in UNSEEN)


# --- from bytes to pieces ---


def _parsed(data: bytes) -> object:
    if len(data) > MOST_BYTES:
        raise BadTallyFile(_("The file is larger than %(most)s MB.") % {"most": MOST_BYTES // 1024**2})
    try:
        text = data.removeprefix(BYTE_ORDER_MARK).decode("utf-8")
        return json.loads(text, object_pairs_hook=Record, parse_float=Number, parse_int=Number, parse_constant=Number)
    except UnicodeDecodeError as error:
        raise BadTallyFile(_("The file isn't UTF-8 text: byte %(byte)s.") % {"byte": error.start + 1}) from error
    except json.JSONDecodeError as error:
        raise BadTallyFile(
            _("The file isn't JSON: line %(line)s, column %(column)s.") % {"line": error.lineno, "column": error.colno}
        ) from error
    except RecursionError as error:
        raise BadTallyFile(_("The file isn't a tally file: it is nested too deeply.")) from error


@dataclass(frozen=True)
class Piece:
    """A value of the file and where it stands: `roll[12].area`, the first row being 0."""

    where: str
    value: object

    def refuse(self, sentence: str) -> NoReturn:
        where = self.where or _("the file")
        raise BadTallyFile(f"{where}: {sentence}")

    def refuse_value(self, wanted: str) -> NoReturn:
        self.refuse(_("%(wanted)s, not %(value)s.") % {"wanted": wanted, "value": _shown(self.value)})

    def record(self, *keys: str) -> dict[str, "Piece"]:
        """The pieces of an object that has exactly these keys, each once."""
        if not isinstance(self.value, Record):
            self.refuse_value(_("must be an object { … }"))
        for key in self.value.twice:
            self.refuse(_("the key %(key)s stands there twice.") % {"key": _shown(key)})
        for key in self.value:
            if key not in keys:
                self.refuse(_("unknown key %(key)s.") % {"key": _shown(key)})
        for key in keys:
            if key not in self.value:
                self.refuse(_("the key %(key)s is missing.") % {"key": _shown(key)})
        return {key: Piece(f"{self.where}.{key}".removeprefix("."), self.value[key]) for key in keys}

    def rows(self) -> list["Piece"]:
        if not isinstance(self.value, list):
            self.refuse_value(_("must be a list [ … ]"))
        return [Piece(f"{self.where}[{place}]", value) for place, value in enumerate(self.value)]

    def reference(self) -> str:
        """A name that things are told apart by: two that look the same are the same."""
        if not isinstance(self.value, str) or not self.value or self.value != self.value.strip():
            self.refuse_value(_("must be text without spaces around it"))
        if has_unseen(self.value):
            self.refuse_value(_("must have no characters that can't be seen"))
        return self._no_longer_than(self.value, LONGEST_REFERENCE)

    def words(self) -> str:
        """What people wrote, on one line or several."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse_value(_("must be words"))
        if any(category(letter) in NOT_WORDS and letter not in "\n\r\t" for letter in self.value):
            self.refuse_value(_("must have no characters that can't be seen"))
        return self._no_longer_than(self.value, MOST_WORDS)

    def _no_longer_than(self, text: str, longest: int) -> str:
        if len(text) > longest:
            self.refuse(_("is longer than %(longest)s characters.") % {"longest": longest})
        return text

    def matching(self, pattern: re.Pattern[str], wanted: str) -> re.Match[str]:
        match = pattern.fullmatch(self.value) if isinstance(self.value, str) else None
        return match or self.refuse_value(wanted)

    def one_of(self, choices: type[E]) -> E:
        if isinstance(self.value, str) and self.value in set(choices):
            return choices(self.value)
        self.refuse_value(_("must be one of %(choices)s") % {"choices": ", ".join(choices)})

    def yes_or_no(self) -> bool:
        if isinstance(self.value, bool):
            return self.value
        self.refuse_value(_("must be true or false"))

    def area(self) -> Decimal:
        """Square metres, exactly as registered."""
        wanted = _('must be square metres as text with at most two decimals, such as "89.56"')
        area = Decimal(self.matching(AREA, wanted).group())
        if not area:
            self.refuse(_("the area must be more than 0."))
        return area.quantize(Decimal("0.01"))

    def share(self) -> Fraction:
        match = self.matching(SHARE, _('must be a fraction as text, such as "2/3"'))
        return Fraction(int(match[1]), int(match[2]))

    def instant(self) -> datetime:
        wanted = _('must be a date and time with its offset, such as "2026-05-07T18:00:00+08:00"')
        try:
            return datetime.fromisoformat(self.matching(INSTANT, wanted).group()).astimezone(UTC)
        except (ValueError, OverflowError):
            self.refuse_value(wanted)

    def unless_null(self, read: Callable[["Piece"], T]) -> T | None:
        return None if self.value is None else read(self)


def _shown(value: object) -> str:
    """A value as it stands in the file, shortened, nothing in it that a terminal would obey."""
    if isinstance(value, Number):
        written = value.written
    elif isinstance(value, dict | list):
        written = "{ … }" if isinstance(value, dict) else "[ … ]"
    else:
        written = json.dumps(value[: SHOWN + 1] if isinstance(value, str) else value, ensure_ascii=False)
    printable = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in written)
    return printable if len(printable) <= SHOWN else f"{printable[:SHOWN]}…"


# --- from pieces to nouns ---


def _motion(piece: Piece, file_format: str) -> Motion:
    keys = ("id", "title", "kind", "matter", "scope", "opens_at", "closes_at")
    parts = piece.record(*keys, *IN_MOTION[file_format])
    motion = Motion(
        id=parts["id"].reference(),
        title=parts["title"].words(),
        kind=parts["kind"].one_of(MotionKind),
        matter=parts["matter"].reference(),
        scope=parts["scope"].words(),
        opens_at=parts["opens_at"].instant(),
        closes_at=parts["closes_at"].instant(),
        options=_options(parts["options"], *HOW_MANY[file_format]) if "options" in parts else (),
        seats=_seats(parts["seats"]) if "seats" in parts else None,
    )
    if motion.seats and motion.seats > len(motion.options):
        parts["seats"].refuse(_("there are more seats than candidates."))
    if motion.closes_at <= motion.opens_at:
        parts["closes_at"].refuse(_("the vote must close after it opens."))
    return motion


def _seats(piece: Piece) -> int:
    return int(piece.matching(SEATS, _('must be a whole number as text, such as "5"')).group())


def _options(piece: Piece, fewest: int, most: int) -> tuple[str, ...]:
    rows = piece.rows()
    if not fewest <= len(rows) <= most:
        piece.refuse(_("there must be %(fewest)s to %(most)s.") % {"fewest": fewest, "most": most})
    options: list[str] = []
    for row in rows:
        option = row.reference()
        if option in options:
            row.refuse(_("the option %(option)s stands there twice.") % {"option": _shown(option)})
        options.append(option)
    return tuple(options)


def _rules(piece: Piece, file_format: str) -> Rules:
    keys = ("name", "version", "quorum", "majority", "majority_of", "silence", "split_head", "sources")
    parts = piece.record(*keys, *IN_RULES[file_format])
    return Rules(
        name=parts["name"].words(),
        version=parts["version"].reference(),
        quorum=_thresholds(parts["quorum"]),
        majority=_thresholds(parts["majority"]),
        majority_of=parts["majority_of"].one_of(MajorityOf),
        silence=parts["silence"].one_of(Silence),
        split_head=parts["split_head"].one_of(SplitHead),
        sources=tuple(_source(row) for row in _some(parts["sources"])),
        election=_election(parts["election"]) if "election" in parts else None,
    )


def _election(piece: Piece) -> Election:
    parts = piece.record("ranking", "fewest_elected")
    return Election(ranking=parts["ranking"].one_of(Ranking), fewest_elected=_at_least(parts["fewest_elected"]))


def _at_least(piece: Piece) -> Threshold:
    share = piece.share()
    return Threshold(share) if share <= 1 else piece.refuse(_("nobody could reach more than everything."))


def _some(piece: Piece) -> list[Piece]:
    return piece.rows() or piece.refuse(_("the list is empty."))


def _source(piece: Piece) -> Source:
    parts = piece.record("article", "text")
    return Source(article=parts["article"].words(), text=parts["text"].words())


def _thresholds(piece: Piece) -> ByMeasure[Threshold]:
    parts = piece.record("area", "heads")
    return ByMeasure(area=_threshold(parts["area"]), heads=_threshold(parts["heads"]))


def _threshold(piece: Piece) -> Threshold:
    parts = piece.record("share", "strictly_more")
    share, strictly_more = parts["share"].share(), parts["strictly_more"].yes_or_no()
    try:
        return Threshold(share, strictly_more)
    except ValueError:
        piece.refuse(_("nobody could reach more than everything."))


def _roll(piece: Piece) -> dict[str, RollEntry]:
    """The roll by unit."""
    roll: dict[str, RollEntry] = {}
    for row in _some(piece):
        parts = row.record("unit", "area", "head", "kind", "delivered")
        unit = parts["unit"].reference()
        if unit in roll:
            parts["unit"].refuse(_("the unit %(unit)s stands on the roll twice.") % {"unit": _shown(unit)})
        roll[unit] = RollEntry(
            unit=unit,
            area=parts["area"].area(),
            head=parts["head"].reference(),
            kind=parts["kind"].one_of(UnitKind),
            delivered=parts["delivered"].yes_or_no(),
        )
    return roll


def _ballots(piece: Piece, roll: dict[str, RollEntry], motion: Motion) -> Iterable[Ballot]:
    rows = piece.rows()
    ballots: dict[str, Ballot] = {}
    for row in rows:
        ballot = _ballot(row, motion)
        if ballot.unit not in roll:
            row.refuse(_("the unit %(unit)s isn't on the roll.") % {"unit": _shown(ballot.unit)})
        if ballot.serial in ballots:
            row.refuse(_("the serial %(serial)s was used before.") % {"serial": _shown(ballot.serial)})
        ballots[ballot.serial] = ballot
    _refuse_more_than_one_effective(rows, ballots)
    _refuse_wrong_successors(rows, ballots)
    return ballots.values()


def _ballot(piece: Piece, motion: Motion) -> Ballot:
    parts = piece.record("serial", "unit", "choice", "channel", "cast_at", "invalid", "superseded_by")
    ballot = Ballot(
        serial=parts["serial"].reference(),
        unit=parts["unit"].reference(),
        choice=parts["choice"].unless_null(lambda choice: _choice(choice, motion)),
        channel=parts["channel"].one_of(Channel),
        cast_at=parts["cast_at"].instant(),
        invalid=parts["invalid"].unless_null(lambda reason: _reason(reason, motion)),
        superseded_by=parts["superseded_by"].unless_null(Piece.reference),
    )
    if ballot.invalid is None and ballot.choice is None:
        parts["choice"].refuse(_("a ballot without a choice is invalid, and needs the reason."))
    if ballot.invalid is None and not motion.opens_at <= ballot.cast_at < motion.closes_at:
        parts["cast_at"].refuse(_("a ballot cast outside the time of the vote is invalid, and needs the reason."))
    return ballot


def _choice(piece: Piece, motion: Motion) -> Said:
    try:
        return motion.said(piece.value if isinstance(piece.value, str) else "")
    except ValueError:
        if motion.seats:
            most = {"most": motion.seats, "last": len(motion.options)}
            piece.refuse_value(_('must be up to %(most)s of 1 to %(last)s as "1,4", against or abstain') % most)
        piece.refuse_value(_("must be one of %(choices)s") % {"choices": ", ".join(motion.choices)})


def _reason(piece: Piece, motion: Motion) -> InvalidReason:
    if isinstance(piece.value, str) and piece.value in motion.reasons:
        return InvalidReason(piece.value)
    piece.refuse_value(_("must be one of %(choices)s") % {"choices": ", ".join(motion.reasons)})


def _refuse_more_than_one_effective(rows: Sequence[Piece], ballots: dict[str, Ballot]) -> None:
    effective: dict[str, str] = {}
    for row, ballot in zip(rows, ballots.values(), strict=True):
        if ballot.superseded_by is not None:
            continue
        if ballot.unit in effective:
            row.refuse(
                _("the unit %(unit)s has another effective ballot, %(serial)s.")
                % {"unit": _shown(ballot.unit), "serial": _shown(effective[ballot.unit])}
            )
        effective[ballot.unit] = ballot.serial


def _refuse_wrong_successors(rows: Sequence[Piece], ballots: dict[str, Ballot]) -> None:
    """Every superseded ballot leads, in one step or several, to an effective one of its own unit."""
    ends_well: set[str] = set()
    for row, ballot in zip(rows, ballots.values(), strict=True):
        followed = [ballot]
        seen = {ballot.serial}
        while (successor := followed[-1].superseded_by) is not None and followed[-1].serial not in ends_well:
            if successor in seen:
                row.refuse(_("superseded_by leads round in a circle: none of these ballots would count."))
            if successor not in ballots:
                row.refuse(_("superseded by %(serial)s, which isn't there.") % {"serial": _shown(successor)})
            if ballots[successor].unit != ballot.unit:
                row.refuse(_("superseded by %(serial)s, a ballot of another unit.") % {"serial": _shown(successor)})
            seen.add(successor)
            followed.append(ballots[successor])
        ends_well |= seen
