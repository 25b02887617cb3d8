"""A result as its page shows it: the verdict, the four requirements, two bars with their lines, and every part apart.

What is said comes from `counting.saying`, so that page, print and command use the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.deliberation.counting import how_counted, saying
from issues.deliberation.counting.count import Amount, Count, OptionCount, Part, Requirement, Standing, Verdict, count
from issues.deliberation.counting.reading import read
from issues.deliberation.counting.rules import Rules, Threshold
from issues.deliberation.counting.saying import SaidPart, SaidRequirement
from issues.deliberation.models import Motion

NEIGHBOURHOOD = Fraction(1, 200)


class Segment(NamedTuple):
    """A piece of a bar, in per cent of its width: `look` is its class, `name` stands in it where there is room."""

    look: str
    x: str
    width: str
    name: str


class Label(NamedTuple):
    """The words of a line, placed so that they stay on the page."""

    words: str
    x: str
    anchor: str


@dataclass(frozen=True)
class Zoom:
    """The neighbourhood of the line that decides, enlarged: where two figures look alike on the bar."""

    reached: str
    gap_x: str
    gap: str
    is_short: bool
    line: str
    low: str
    high: str
    difference: str


@dataclass(frozen=True)
class Bar:
    """One measure over the whole roll, with the lines that participation and agreement have to reach."""

    name: str
    roll: str
    segments: tuple[Segment, ...]
    agree_at: str
    agree: Label
    take_part_at: str
    take_part: Label
    said: str
    met: bool
    zoom: Zoom


@dataclass(frozen=True)
class Missing:
    """What one requirement was short by, checked by cross-multiplying."""

    figure: str
    checked: str
    from_others: str


class Row(NamedTuple):
    """A part of the roll with its shares, where it has one."""

    part: SaidPart
    area: str
    area_share: str
    heads: str
    heads_share: str


class Reach(NamedTuple):
    """How far an option came by one measure, with the line that it had to reach, in per cent of those counted."""

    name: str
    reached: str
    percentage: str
    width: str
    line: str


@dataclass(frozen=True)
class OptionSaid:
    """One of several options: how far it came, and what it lacked."""

    title: str
    rows: tuple[Reach, Reach]
    short_of: str
    is_chosen: bool
    said: str


@dataclass(frozen=True)
class VerdictPage:
    """`options` and `key` are for a vote with several; `sides` those who voted, as they did. An election has no bars:
    what stands for its candidates overlaps."""

    passed: bool
    verdict: str
    summary: str
    requirements: list[SaidRequirement]
    bars: tuple[Bar, ...]
    missing: list[Missing]
    rows: list[Row]
    how: list[str]
    sides: list[SaidPart]
    options: list[OptionSaid]
    key: list[tuple[str, str]]


def verdict_of(motion: Motion) -> VerdictPage | None:
    """What came out, in the reader's language; None before the count."""
    if motion.tally_file is None:
        return None
    file = read(bytes(motion.tally_file))
    counted = count(file)
    return page_of(counted, file.rules, how=how_counted.sentences(counted, file.rules))


def page_of(counted: Count, rules: Rules, *, how: list[str], named: Mapping[str, str] | None = None) -> VerdictPage:
    """What was counted, as the page shows it; `how` it came about. `named`: parts that have another name there."""
    requirements = saying.requirements(counted, rules)
    return VerdictPage(
        passed=counted.verdict is Verdict.PASSED,
        verdict=saying.outcome(counted),
        summary=saying.summary(counted),
        requirements=requirements,
        bars=() if counted.seating else _bars(counted, requirements),
        missing=[_missing(each) for each in _unmet(counted)],
        rows=_rows(counted, named or {}),
        how=how,
        sides=saying.sides(counted),
        options=[_option(option, counted) for option in counted.options],
        key=_key(counted),
    )


def _bars(counted: Count, requirements: list[SaidRequirement]) -> tuple[Bar, Bar]:
    return (
        _bar(_("By area"), counted, _Measure(counted.quorum.area, counted.majority.area, *requirements[0::2])),
        _bar(_("By heads"), counted, _Measure(counted.quorum.heads, counted.majority.heads, *requirements[1::2])),
    )


def _option(option: OptionCount, counted: Count) -> OptionSaid:
    measures = ((_("By area"), option.majority.area), (_("By heads"), option.majority.heads))
    by_area, by_heads = (_reach(name, requirement) for name, requirement in measures)
    is_chosen = option in counted.seating.elected if counted.seating else option == counted.chosen
    said = saying.led_to(option, counted)
    return OptionSaid(option.title, (by_area, by_heads), saying.short_of(option), is_chosen, said)


def _reach(name: str, requirement: Requirement) -> Reach:
    total = Fraction(requirement.total)
    return Reach(
        name=name,
        reached=saying.said_amount(requirement.reached),
        percentage=saying.percentage(requirement),
        width=_percent(Fraction(requirement.reached) / total if total else Fraction(0)),
        line=_percent(requirement.threshold.share),
    )


def _key(counted: Count) -> list[tuple[str, str]]:
    """What each look in the bars stands for."""
    if counted.leading:
        sides = [("aye", counted.leading.title), ("alt", _("The other options")), ("nay", saying.none_of_these())]
    else:
        sides = [("aye", saying.standing(Standing.FOR)), ("nay", saying.standing(Standing.AGAINST))]
    return [*sides, ("abs", saying.standing(Standing.ABSTAINED)), ("out", _("Not taking part"))]


def _unmet(counted: Count) -> list[Requirement]:
    """Those that the verdict failed by: without a quorum, that; else the majority."""
    if counted.seating and counted.verdict is not Verdict.NO_QUORUM:
        return []
    pair = counted.quorum if counted.verdict is Verdict.NO_QUORUM else counted.majority
    return [each for each in (pair.area, pair.heads) if not each.met]


def _missing(requirement: Requirement) -> Missing:
    return Missing(
        figure=saying.said_amount(requirement.short_by),
        checked=saying.cross_multiplied(requirement),
        from_others=saying.from_newcomers(requirement),
    )


class _Measure(NamedTuple):
    """Both requirements of one measure, worked out and said."""

    quorum: Requirement
    majority: Requirement
    taking: SaidRequirement
    agree: SaidRequirement


def _bar(name: str, counted: Count, measure: _Measure) -> Bar:
    quorum, majority, taking, agree = measure
    roll = Fraction(quorum.total)
    decides = majority if quorum.met else quorum
    agree_at = Fraction(majority.exact) / roll
    take_part_at = quorum.threshold.share
    return Bar(
        name=name,
        roll=saying.said_amount(quorum.total),
        segments=_segments(counted, quorum.total),
        agree_at=_percent(agree_at),
        agree=_label(_line(majority.threshold), agree_at),
        take_part_at=_percent(take_part_at),
        take_part=_label(pgettext("line", "Taking part: %(share)s") % {"share": take_part_at}, take_part_at),
        said=(agree if quorum.met else taking).explained,
        met=decides.met,
        zoom=_zoom(decides, roll),
    )


def _line(threshold: Threshold) -> str:
    """Short enough for a line on a phone: the requirement above says of what."""
    share = {"share": threshold.share}
    if threshold.strictly_more:
        return pgettext("line", "In favour: over %(share)s") % share
    return pgettext("line", "In favour: %(share)s") % share


def _segments(counted: Count, roll: Amount) -> tuple[Segment, ...]:
    """For, against, abstained with what takes no side, and the rest of the roll; of several options the leading one
    first, without its name, which may be longer than the segment, then the others together."""
    named = dict(_key(counted))
    agreed, leading = counted.components[Standing.FOR], counted.leading.part if counted.leading else None
    sides = (
        ("aye", leading or agreed, "" if leading else named["aye"]),
        ("alt", agreed - leading if leading else Part(), ""),
        ("nay", counted.components[Standing.AGAINST], named["nay"]),
        ("abs", counted.components[Standing.ABSTAINED], ""),
        ("abs", counted.components[Standing.SPLIT], ""),
        ("abs", counted.components[Standing.SILENCE_ADDED], ""),
    )
    segments, at = [], Fraction(0)
    for look, part, name in sides:
        width = _measure(part, roll) / Fraction(roll)
        shown = name if width > Fraction(1, 5) else ""
        segments.append(Segment(look, _percent(at), _percent(width), shown))
        at += width
    rest = 1 - at
    unnamed = Segment("out", _percent(at), _percent(rest), "")
    segments.append(unnamed._replace(name=_("Not taking part")) if rest > Fraction(2, 5) else unnamed)
    return tuple(segment for segment in segments if segment.width != "0.000%")


def _measure(part: Part, like: Amount) -> Fraction:
    return Fraction(part.area if isinstance(like, Decimal) else part.heads)


def _zoom(requirement: Requirement, roll: Fraction) -> Zoom:
    reached, needed = Fraction(requirement.reached), Fraction(requirement.needed)
    reach = max(abs(reached - needed) * Fraction(5, 2), roll * NEIGHBOURHOOD, Fraction(1))
    low, width = needed - reach, 2 * reach
    at, line = (reached - low) / width, Fraction(1, 2)
    low = max(low, Fraction(0))
    difference = requirement.short_by if not requirement.met else requirement.reached - requirement.needed
    said = saying.said_amount(difference)
    return Zoom(
        reached=_percent(at),
        gap_x=_percent(min(at, line)),
        gap=_percent(abs(line - at)),
        is_short=not requirement.met,
        line=_percent(line),
        low=_rounded(low),
        high=_rounded(needed + reach),
        difference=(_("short by %(amount)s") if not requirement.met else _("%(amount)s more")) % {"amount": said},
    )


def _rows(counted: Count, named: Mapping[str, str]) -> list[Row]:
    """Where the roll went: sides as a share of those taking part, taking part and not as a share of the roll."""
    rows, roll, taking_part = [], counted.roll, counted.participating
    within_taking_part = False
    for said in saying.parts(counted):
        said = said._replace(name=named.get(said.name, said.name))  # noqa: PLW2901 - the same part
        part = said.part
        if said.depth == 0:
            within_taking_part = part is taking_part
            rows.append(_row(said, None if part is roll else roll))
        else:
            rows.append(_row(said, taking_part if within_taking_part else None))
    # The same figure reads the same wherever it stands, and never across its line.
    rows[1] = rows[1]._replace(
        area_share=saying.percentage(counted.quorum.area), heads_share=saying.percentage(counted.quorum.heads)
    )
    if counted.seating:
        return rows
    for place, majority in enumerate([each.majority for each in counted.options] or [counted.majority], start=2):
        rows[place] = rows[place]._replace(
            area_share=saying.percentage(majority.area), heads_share=saying.percentage(majority.heads)
        )
    return rows


def _row(said: SaidPart, whole: Part | None) -> Row:
    part = said.part
    return Row(
        part=said,
        area=f"{part.area:,.2f}",
        area_share=_share(Fraction(part.area), Fraction(whole.area)) if whole else "",
        heads=f"{part.heads:,}",
        heads_share=_share(Fraction(part.heads), Fraction(whole.heads)) if whole else "",
    )


def _share(part: Fraction, whole: Fraction) -> str:
    if not whole:
        return ""
    hundredths = round(part / whole * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02} %"


def _percent(share: Fraction) -> str:
    return f"{float(max(min(share, Fraction(1)), Fraction(0)) * 100):.3f}%"


def _label(words: str, share: Fraction) -> Label:
    """Centred at a line near the middle, else from the bar's end: words may take most of a phone's width."""
    if share < Fraction(2, 5):
        return Label(words, "0", "start")
    return Label(words, "100%", "end") if share > Fraction(3, 5) else Label(words, _percent(share), "middle")


def _rounded(amount: Fraction) -> str:
    return f"{int(amount):,}"
