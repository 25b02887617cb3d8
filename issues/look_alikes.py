"""How much two matters are alike: the same place, the same words, about the same time. Plain arithmetic, no queries.

It only puts the likeliest side by side; a person says whether they are the same.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

_HAN = re.compile(r"[\u3400-\u9fff]+")
_OTHER_WORD = re.compile(r"[a-z0-9\uac00-\ud7a3]{2,}", re.IGNORECASE)
# Pairs that every other report has: they say nothing of what is wrong.
EMPTY_PAIRS = frozenset(
    (
        "一直", "没有", "没人", "有人", "我们", "你们", "他们", "这个", "那个", "就是", "不是", "还是",
        "已经", "现在", "今天", "昨天", "每天", "晚上", "早上", "希望", "请问", "什么", "怎么", "时候",
        "不能", "可以", "需要", "赶紧", "赶快", "尽快", "处理", "解决", "问题", "反映", "麻烦", "谢谢",
        "小区", "物业", "社区", "居民", "业主", "很多", "非常", "一个", "一下", "起来",
    )
)  # fmt: skip
EMPTY_WORDS = frozenset(("the", "and", "is", "in", "of", "to", "it", "on", "at", "there", "please", "my", "our"))
DAY = timedelta(days=1)
ENOUGH = 4.0


class Piece(NamedTuple):
    """A stretch of somebody's words, and whether the other matter's words have it, too."""

    text: str
    is_common: bool


@dataclass(frozen=True)
class Described:
    """As much of a matter as comparing it needs. `category_id` is None where nobody has said what it is."""

    words: str
    category_id: int | None
    building_id: int | None
    stairwell: int | None
    spot: str
    filed_at: datetime


@dataclass(frozen=True)
class Likeness:
    """How two matters compare. `points` only put them in order."""

    points: float
    is_same_place: bool
    apart: timedelta

    @property
    def is_same_day(self) -> bool:
        """Whether less than a day lies between them."""
        return self.apart < DAY

    @property
    def apart_in_short(self) -> timedelta:
        """As exact as it matters: from a day on in whole days, to the nearest."""
        return self.apart if self.is_same_day else timedelta(days=round(self.apart / DAY))

    @property
    def is_worth_a_look(self) -> bool:
        return self.points >= ENOUGH


def likeness(one: Described, other: Described) -> Likeness:
    apart = abs(one.filed_at - other.filed_at)
    common = terms(one.words) & terms(other.words)
    points = min(2.0 * len(common), 8.0) + _place_points(one, other) + _time_points(apart)
    is_same_kind = one.category_id is not None and one.category_id == other.category_id
    if is_same_kind:
        points += 2
    # The same building on the same day is not enough: something of what was said must be alike, or the kind of thing.
    if not common and not is_same_kind:
        points = 0.0
    return Likeness(points, is_same_place(one, other), apart)


def is_same_place(one: Described, other: Described) -> bool:
    """The same building, and not two different entrances; without a building, a spot in the same words."""
    if one.building_id or other.building_id:
        differs = one.stairwell and other.stairwell and one.stairwell != other.stairwell
        return one.building_id == other.building_id and not differs
    return bool(terms(one.spot) & terms(other.spot))


def _place_points(one: Described, other: Described) -> float:
    points = 3.0 if is_same_place(one, other) else 0.0
    return points + min(1.0 * len(terms(one.spot) & terms(other.spot)), 2.0)


def _time_points(apart: timedelta) -> float:
    if apart <= DAY:
        return 2.0
    return 1.0 if apart <= 7 * DAY else 0.0


def terms(words: str) -> frozenset[str]:
    """What the words are made of: pairs of neighbouring Chinese characters, and whole words of other scripts."""
    pairs = {run[at : at + 2] for run in _HAN.findall(words) for at in range(len(run) - 1)}
    others = {word.casefold() for word in _OTHER_WORD.findall(words)}
    return frozenset((pairs - EMPTY_PAIRS) | (others - EMPTY_WORDS))


def marked(words: str, common_with: Iterable[str]) -> list[Piece]:
    """`words` in pieces: what one of the other texts says, too, is common."""
    common = terms(words) & frozenset().union(*(terms(other) for other in common_with))
    is_common = [False] * len(words)
    for run in _HAN.finditer(words):
        for at in range(run.start(), run.end() - 1):
            if words[at : at + 2] in common:
                is_common[at] = is_common[at + 1] = True
    for word in _OTHER_WORD.finditer(words):
        if word.group().casefold() in common:
            is_common[word.start() : word.end()] = [True] * len(word.group())
    return _pieces(words, is_common)


def _pieces(words: str, is_common: list[bool]) -> list[Piece]:
    pieces: list[Piece] = []
    begins = 0
    for at in range(1, len(words) + 1):
        if at == len(words) or is_common[at] != is_common[begins]:
            pieces.append(Piece(words[begins:at], is_common[begins]))
            begins = at
    return pieces
