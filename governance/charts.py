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


# --- shares by week, and bars ---

# So many weeks are named below the line; of more, every second, third … one is.
MOST_WEEKS_NAMED = 13


@dataclass(frozen=True)
class WeekOf:
    """A week to be drawn: its share, None where there was nothing; how week, n and share are said."""

    share: Fraction | None
    week: str
    n: str
    words: str
    is_few: bool = False


@dataclass(frozen=True)
class WeekDot:
    x: str
    y: str
    is_few: bool
    is_last: bool


@dataclass(frozen=True)
class WeekStroke:
    x1: str
    y1: str
    x2: str
    y2: str
    is_few: bool


@dataclass
class WeekChart:
    """Shares by week from `floor` to all. What rests on few is drawn grey and dashed: shown, not judged."""

    strokes: list[WeekStroke] = field(default_factory=list)
    dots: list[WeekDot] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    ticks: list[Label] = field(default_factory=list)
    weeks: list[Label] = field(default_factory=list)
    numbers: list[Label] = field(default_factory=list)


def line_over_weeks(weeks: Sequence[WeekOf]) -> WeekChart | None:
    """Draw one share a week, joined where weeks follow one another; None where no week has any.

    The axis begins at half where every share is well above it, else at nothing, and says so. The last share is named,
    and the lowest of those that don't rest on few.
    """
    if not any(week.share is not None for week in weeks):
        return None
    lowest = min(week.share for week in weeks if week.share is not None)
    floor = Fraction(1, 2) if lowest >= Fraction(3, 5) else Fraction(0)
    places = [_week_place(at, len(weeks)) for at in range(len(weeks))]
    points = [
        (x, _height(week.share, floor), week) for x, week in zip(places, weeks, strict=True) if week.share is not None
    ]
    chart = WeekChart(ticks=_week_ticks(floor))
    last = points[-1]
    chart.dots = [WeekDot(_percent(x), _percent(y), week.is_few, (x, y, week) == last) for x, y, week in points]
    chart.strokes = [
        WeekStroke(_percent(places[at]), _percent(_height(one.share, floor)), _percent(places[at + 1]),
                   _percent(_height(other.share, floor)), one.is_few or other.is_few)
        for at, (one, other) in enumerate(pairwise(weeks))
        if one.share is not None and other.share is not None
    ]  # fmt: skip
    chart.labels = _week_labels(points)
    stride = -(-len(weeks) // MOST_WEEKS_NAMED)
    for at, (x, week) in enumerate(zip(places, weeks, strict=True)):
        if (len(weeks) - 1 - at) % stride == 0:
            is_between = (len(weeks) - 1 - at) % (2 * stride) != 0
            chart.weeks.append(Label(_percent(x), "100%", week.week, is_between=is_between))
            chart.numbers.append(Label(_percent(x), "100%", week.n, is_between=is_between))
    return chart


def _week_place(at: int, of: int) -> Fraction:
    return Fraction(at * 100, of - 1) if of > 1 else Fraction(50)


def _height(share: Fraction, floor: Fraction) -> Fraction:
    return 100 - (share - floor) * 100 / (1 - floor)


def _percent(place: Fraction) -> str:
    return f"{float(place):.2f}%"


def _week_ticks(floor: Fraction) -> list[Label]:
    steps = 5 if floor else 4
    shares = [floor + (1 - floor) * Fraction(step, steps) for step in range(steps + 1)]
    return [
        Label("0%", _percent(_height(share, floor)), f"{int(share * 100)}{' %' if share == 1 else ''}", "end")
        for share in shares
    ]


# Below it, in percent from the top, words don't fit between a place and the axis.
_LOW = 85


def _week_labels(points: list[tuple[Fraction, Fraction, WeekOf]]) -> list[Label]:
    x, y, week = points[-1]
    # A line that falls comes from where words above its end would lie.
    is_below = len(points) > 1 and points[-2][1] < y < _LOW
    labels = [Label(_percent(x), _percent(y), week.words, "end" if x > 50 else "start", is_below)]
    sound = [point for point in points[:-1] if not point[2].is_few]
    if sound:
        x, y, week = max(sound, key=lambda point: point[1])
        # Side by side at one height they need more room than where one lies above its place.
        room = 2 * _NEAR_AN_EDGE if is_below else _NEAR_AN_EDGE
        if abs(x - points[-1][0]) >= room:
            anchor = "start" if x < _NEAR_AN_EDGE else "middle"
            labels.append(Label(_percent(x), _percent(y), week.words, anchor, is_below=y < _LOW))
    return labels


# A part narrower than this, in percent of the longest bar, has no room for its number.
_ROOM_FOR_WORDS = 6


@dataclass(frozen=True)
class BarPart:
    """A stretch of a bar in percent of the frame; `tone` from 1 (lightest) to 5."""

    x: str
    width: str
    tone: int
    words: str = ""
    middle: str = ""


@dataclass(frozen=True)
class Bar:
    label: str
    parts: list[BarPart]
    words: str
    note: str = ""


@dataclass(frozen=True)
class ToStack:
    """A bar to be drawn: its parts, the lightest tone first, and what is said at its end."""

    label: str
    parts: Sequence[int | float | Fraction]
    words: str
    note: str = ""
    tones: Sequence[int] = (1, 2, 3, 4, 5)


def stacked_bars(bars: Sequence[ToStack], *, names_parts: bool = False) -> list[Bar]:
    """Each bar beside the others at one scale, the longest over the whole width; a part that isn't nothing is seen."""
    longest = max((sum(bar.parts) for bar in bars), default=0)
    return [Bar(bar.label, _parts(bar, longest, names_parts), bar.words, bar.note) for bar in bars]


def _parts(bar: ToStack, longest: int | float | Fraction, names_parts: bool) -> list[BarPart]:
    parts, x = [], 0.0
    for size, tone in zip(bar.parts, bar.tones, strict=False):
        if not size:
            continue
        width = max(float(size) * 100 / float(longest), 0.6)
        words = str(size) if names_parts and width >= _ROOM_FOR_WORDS else ""
        # A hair between two parts, so that neighbours of near tones stay two.
        shown = max(width - 0.3, 0.3)
        parts.append(BarPart(f"{x:.2f}%", f"{shown:.2f}%", tone, words, f"{x + width / 2:.2f}%"))
        x += width
    return parts
