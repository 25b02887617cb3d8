"""Charts drawn on the server as lines and words at percentages of a frame: they stretch, their words don't.

A chart knows nothing of what it shows. Every drawing stands above a table of the same figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

# Beyond this distance two points are not joined: on the days between nothing was kept.
LONGEST_STRIDE = timedelta(days=7)
# More points than this say nothing more on a screen, and cost everybody who opens the page.
MOST_POINTS = 120
# A label this near to an edge would run out of the frame.
_NEAR_AN_EDGE = 15


@dataclass(frozen=True)
class Stroke:
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Dot:
    x: str
    y: str


@dataclass(frozen=True)
class Label:
    """Words above a place, or below it. Those in between are the first to go where there is little room."""

    x: str
    y: str
    words: str
    anchor: str = "middle"
    is_below: bool = False
    is_between: bool = False


@dataclass
class LineChart:
    """A share over days from nothing to all: its line, what was to be reached, and the words beside them."""

    line: list[Stroke] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)
    steps: list[Stroke] = field(default_factory=list)
    baseline: Dot | None = None
    labels: list[Label] = field(default_factory=list)
    step_labels: list[Label] = field(default_factory=list)
    days: list[Label] = field(default_factory=list)


@dataclass(frozen=True)
class Reached:
    """What a share was on a day, and how that is said beside its point."""

    day: date
    share: Fraction
    words: str


@dataclass(frozen=True)
class ToReach:
    """A share to be reached by a day, and how that is said above its step."""

    due_on: date
    share: Fraction
    words: str


def line_over_days(
    reached: Sequence[Reached],
    to_reach: Sequence[ToReach] = (),
    *,
    baseline: Reached | None = None,
    day_words: dict[date, str],
) -> LineChart | None:
    """Draw what was reached day by day under the steps of what is to be reached; None with fewer than two days.

    All three in the order of their days. `day_words` says the first, the last and any other day that is to be named.
    """
    days = [*(each.day for each in reached), *(each.due_on for each in to_reach), *([baseline.day] if baseline else [])]
    if len(set(days)) < 2:
        return None
    frame = _Frame(min(days), max(days))
    chart = LineChart(line=frame.strokes(thinned(reached)))
    chart.steps, chart.step_labels = frame.stairs(to_reach, reached)
    chart.dots = [frame.dot(each.day, each.share) for each in reached[-1:]]
    chart.labels = [frame.label(each) for each in reached[-1:]]
    if baseline:
        chart.baseline = frame.dot(baseline.day, baseline.share)
        chart.labels.append(frame.label(baseline))
    chart.days = [
        Label(frame.x(day), "100%", words, frame.anchor(day), is_between=day not in (frame.first, frame.last))
        for day, words in sorted(frame.apart(day_words).items())
    ]
    return chart


def thinned(reached: Sequence[Reached]) -> list[Reached]:
    """Every so many days, the last one always among them."""
    stride = -(-len(reached) // MOST_POINTS) or 1
    return list(reached[::-1][::stride])[::-1]


@dataclass(frozen=True)
class _Frame:
    first: date
    last: date

    def place(self, day: date) -> Fraction:
        return Fraction((day - self.first).days * 100, (self.last - self.first).days)

    def x(self, day: date) -> str:
        return f"{float(self.place(day)):.2f}%"

    def y(self, share: Fraction) -> str:
        return f"{float(100 - share * 100):.2f}%"

    def anchor(self, day: date) -> str:
        place = self.place(day)
        return "start" if place < _NEAR_AN_EDGE else "end" if place > 100 - _NEAR_AN_EDGE else "middle"

    def dot(self, day: date, share: Fraction) -> Dot:
        return Dot(self.x(day), self.y(share))

    def label(self, each: Reached) -> Label:
        return Label(self.x(each.day), self.y(each.share), each.words, self.anchor(each.day))

    def strokes(self, reached: list[Reached]) -> list[Stroke]:
        pairs = pairwise(reached)
        longest = max(LONGEST_STRIDE, (self.last - self.first) / MOST_POINTS * 4)
        return [
            Stroke(self.x(one.day), self.y(one.share), self.x(other.day), self.y(other.share))
            for one, other in pairs
            if other.day - one.day <= longest
        ]

    def stairs(self, to_reach: Sequence[ToReach], reached: Sequence[Reached]) -> tuple[list[Stroke], list[Label]]:
        """Each target from the day on which the one before it was due to its own; joined by uprights.

        Its words lie on the side of the step that is away from what was reached by its end.
        """
        steps, labels, since, before = [], [], self.first, None
        for target in to_reach:
            level = self.y(target.share)
            if before:
                steps.append(Stroke(self.x(since), before, self.x(since), level))
            steps.append(Stroke(self.x(since), level, self.x(target.due_on), level))
            by_then = [each.share for each in reached if each.day <= target.due_on]
            is_below = bool(by_then) and by_then[-1] > target.share
            labels.append(Label(self.x(target.due_on), level, target.words, "end", is_below))
            since, before = target.due_on, level
        return steps, labels

    def apart(self, day_words: dict[date, str]) -> dict[date, str]:
        """The first and the last day, and those between that are far enough from both and from one another."""
        kept = {day: words for day, words in day_words.items() if day in (self.first, self.last)}
        for day, words in day_words.items():
            if all(abs(self.place(day) - self.place(other)) >= 2 * _NEAR_AN_EDGE for other in kept):
                kept[day] = words
        return kept
