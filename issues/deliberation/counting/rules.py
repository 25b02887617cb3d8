"""What a vote is counted by: thresholds, and what silence and a split head do. Data with a source, never constants."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class ByMeasure(Generic[T]):
    """One thing for each of the two measures of an owners' vote: exclusive area, and heads (业主人数)."""

    area: T
    heads: T


@dataclass(frozen=True)
class Threshold:
    """A share that must be reached: "at least" includes the number (Civil Code 1259), `strictly_more` doesn't.

    Amounts are whole numbers of the smallest step: 0.01 m², or one head. Raises `ValueError` for a share that nobody
    could miss or nobody could reach.
    """

    share: Fraction
    strictly_more: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1 or (self.strictly_more and self.share == 1):
            raise ValueError(f"No threshold: {self.share}")

    def is_met(self, reached: int, total: int) -> bool:
        """Cross-multiplied, so nothing is rounded. Of nothing, nothing is reached."""
        left, right = reached * self.share.denominator, total * self.share.numerator
        return total > 0 and (left > right or (left == right and not self.strictly_more))

    def least(self, total: int) -> int:
        """The smallest amount that meets it, of `total`."""
        whole, rest = divmod(total * self.share.numerator, self.share.denominator)
        return max(1, whole + bool(rest or self.strictly_more))


class MajorityOf(StrEnum):
    """What the majority is counted of."""

    PARTICIPATING = "participating"
    ENTITLED = "entitled"


class Silence(StrEnum):
    """What a unit does that sent no ballot. It can follow the majority only where delivery to it is proven."""

    ABSENT = "absent"
    FOLLOWS_MAJORITY = "follows_majority"


class SplitHead(StrEnum):
    """How a head counts whose units were voted differently; their areas count as voted in either case."""

    ABSTAINS = "abstains"
    LARGER_AREA = "larger_area"


class Ranking(StrEnum):
    """Which of the candidates with the majority come first, where there are more of them than seats."""

    HEADS_THEN_AREA = "heads_then_area"
    AREA_THEN_HEADS = "area_then_heads"
    HEADS = "heads"


@dataclass(frozen=True)
class Election:
    """How seats are filled: in which order, and how many at least must be, as a share of them."""

    ranking: Ranking
    fewest_elected: Threshold


@dataclass(frozen=True)
class Source:
    """Where a rule comes from: the article, and what it says."""

    article: str
    text: str


@dataclass(frozen=True)
class Rules:
    """A rule set as it was frozen for one vote."""

    name: str
    version: str
    quorum: ByMeasure[Threshold]
    majority: ByMeasure[Threshold]
    sources: tuple[Source, ...]
    majority_of: MajorityOf = MajorityOf.PARTICIPATING
    silence: Silence = Silence.ABSENT
    split_head: SplitHead = SplitHead.ABSTAINS
    election: Election | None = None

    @property
    def lets_one_pass(self) -> bool:
        """Whether of several options at most one can have the majority: by either measure it is more than half."""
        half = Fraction(1, 2)
        thresholds = (self.majority.area, self.majority.heads)
        return any(each.share > half or (each.share == half and each.strictly_more) for each in thresholds)


def both(share: Fraction, *, strictly_more: bool = False) -> ByMeasure[Threshold]:
    """The same threshold by area and by heads."""
    threshold = Threshold(share, strictly_more)
    return ByMeasure(area=threshold, heads=threshold)


INCLUDES_THE_NUMBER = Source("民法典第 1259 条", "民法所称的“以上”“以下”“以内”“届满”，包括本数。")
HEADS_ARE_COUNTED = Source(
    "最高人民法院关于审理建筑物区分所有权纠纷案件适用法律若干问题的解释（2020 年修正）第 9 条",
    "业主人数按专有部分的数量计算，一个专有部分按一人计算；建设单位尚未出售和虽已出售但尚未交付的部分，"
    "以及同一买受人拥有一个以上专有部分的，按一人计算。",
)
ORDINARY = Rules(
    name="民法典第 278 条：一般事项",
    version="1",
    quorum=both(Fraction(2, 3)),
    majority=both(Fraction(1, 2), strictly_more=True),
    sources=(
        Source(
            "民法典第 278 条第 2 款",
            "应当由专有部分面积占比三分之二以上的业主且人数占比三分之二以上的业主参与表决；"
            "应当经参与表决专有部分面积过半数的业主且参与表决人数过半数的业主同意。",
        ),
        INCLUDES_THE_NUMBER,
        HEADS_ARE_COUNTED,
    ),
)
SPECIAL = Rules(
    name="民法典第 278 条：第 1 款第 6 项至第 8 项",
    version="1",
    quorum=both(Fraction(2, 3)),
    majority=both(Fraction(3, 4)),
    sources=(
        Source(
            "民法典第 278 条第 2 款",
            "应当由专有部分面积占比三分之二以上的业主且人数占比三分之二以上的业主参与表决；"
            "应当经参与表决专有部分面积四分之三以上的业主且参与表决人数四分之三以上的业主同意。",
        ),
        INCLUDES_THE_NUMBER,
        HEADS_ARE_COUNTED,
    ),
)
# By the items of Civil Code 278 (1). A city's own rule set stands beside these, never instead of its source.
SHIPPED: dict[str, Rules] = {
    "278-1": ORDINARY,
    "278-2": ORDINARY,
    "278-3": ORDINARY,
    "278-4": ORDINARY,
    "278-5": ORDINARY,
    "278-6": SPECIAL,
    "278-7": SPECIAL,
    "278-8": SPECIAL,
    "278-9": ORDINARY,
}
