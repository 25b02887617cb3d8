"""A line over days: where its points, steps and words lie, in percent of the frame."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from governance import charts
from governance.charts import Dot, Reached, Stroke, ToReach

FIRST = date(2026, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def reached(number: int, share: Fraction) -> Reached:
    return Reached(day(number), share, f"{share}")


def test_a_share_goes_up_and_time_goes_right():
    chart = charts.line_over_days(
        [reached(0, Fraction(0)), reached(5, Fraction(1, 2)), reached(10, Fraction(1))], day_words={}
    )
    assert chart is not None
    assert chart.line == [
        Stroke("0.00%", "100.00%", "50.00%", "50.00%"),
        Stroke("50.00%", "50.00%", "100.00%", "0.00%"),
    ]
    assert chart.dots == [Dot("100.00%", "0.00%")]
    assert [(label.words, label.anchor) for label in chart.labels] == [("1", "end")]


def test_days_that_were_not_kept_leave_the_line_open():
    shares = [reached(number, Fraction(1, 2)) for number in (0, 1, 30, 31)]
    chart = charts.line_over_days(shares, day_words={})
    assert chart is not None
    assert len(chart.line) == 2


def test_a_target_is_a_step_from_the_one_before_to_its_own_day():
    chart = charts.line_over_days(
        [reached(10, Fraction(3, 5))],
        [ToReach(day(50), Fraction(1, 2), "50 %"), ToReach(day(100), Fraction(1), "100 %")],
        baseline=reached(0, Fraction(1, 4)),
        day_words={},
    )
    assert chart is not None
    assert chart.steps == [
        Stroke("0.00%", "50.00%", "50.00%", "50.00%"),
        Stroke("50.00%", "50.00%", "50.00%", "0.00%"),
        Stroke("50.00%", "0.00%", "100.00%", "0.00%"),
    ]
    assert chart.baseline == Dot("0.00%", "75.00%")
    assert [(label.words, label.is_below) for label in chart.step_labels] == [("50 %", True), ("100 %", False)]


def test_one_day_alone_is_no_line():
    assert charts.line_over_days([reached(0, Fraction(1))], day_words={}) is None
    assert charts.line_over_days([], day_words={}) is None


def test_days_too_near_to_one_another_are_not_both_named():
    words = {day(0): "first", day(3): "near", day(50): "middle", day(100): "last"}
    chart = charts.line_over_days([reached(0, Fraction(1)), reached(100, Fraction(1))], day_words=words)
    assert chart is not None
    assert [(label.words, label.is_between) for label in chart.days] == [
        ("first", False), ("middle", True), ("last", False),
    ]  # fmt: skip


def test_years_of_days_are_thinned_and_keep_the_last():
    shares = [reached(number, Fraction(number, 2000)) for number in range(1, 1001)]
    kept = charts.thinned(shares)
    assert len(kept) <= charts.MOST_POINTS
    assert kept[-1] == shares[-1]
    chart = charts.line_over_days(shares, day_words={})
    assert chart is not None
    assert len(chart.line) == len(kept) - 1


# --- shares by week, and bars ---


def week(number: int, part: int | None, *, few: bool = False) -> charts.WeekOf:
    share = None if part is None else Fraction(part, 100)
    return charts.WeekOf(share, week=f"w{number}", n="9" if few else "99", words=f"{part} %", is_few=few)


def test_weeks_without_anything_draw_nothing():
    assert charts.line_over_weeks([week(1, None), week(2, None)]) is None
    assert charts.line_over_weeks([]) is None


def test_one_week_is_a_dot_and_no_line():
    chart = charts.line_over_weeks([week(1, None), week(2, 40), week(3, None)])
    assert chart is not None
    assert chart.strokes == []
    assert [(dot.x, dot.y, dot.is_last) for dot in chart.dots] == [("50.00%", "60.00%", True)]


def test_a_week_that_rests_on_few_is_grey_with_the_strokes_that_touch_it():
    chart = charts.line_over_weeks([week(1, 40), week(2, 50, few=True), week(3, 60), week(4, 70)])
    assert chart is not None
    assert [stroke.is_few for stroke in chart.strokes] == [True, True, False]
    assert [dot.is_few for dot in chart.dots] == [False, True, False, False]


def test_a_week_with_nothing_leaves_the_line_open():
    chart = charts.line_over_weeks([week(1, 40), week(2, None), week(3, 60), week(4, 70)])
    assert chart is not None
    assert [(stroke.x1, stroke.x2) for stroke in chart.strokes] == [("66.67%", "100.00%")]


def test_the_axis_begins_at_half_only_where_every_share_is_well_above_it():
    high = charts.line_over_weeks([week(1, 60), week(2, 90)])
    low = charts.line_over_weeks([week(1, 59), week(2, 90)])
    assert high is not None
    assert low is not None
    assert [tick.words for tick in high.ticks] == ["50", "60", "70", "80", "90", "100 %"]
    assert [tick.words for tick in low.ticks] == ["0", "25", "50", "75", "100 %"]
    assert (high.dots[0].y, low.dots[0].y) == ("80.00%", "41.00%")


def test_the_last_share_is_named_and_the_lowest_that_may_be_judged():
    chart = charts.line_over_weeks([week(1, 80), week(2, 10, few=True), week(3, 30), week(4, 70), week(5, 75)])
    assert chart is not None
    assert [label.words for label in chart.labels] == ["75 %", "30 %"]


@pytest.mark.parametrize(
    ("shares", "is_below"),
    [((40, 70), False), ((70, 40), True), ((70, 5), False), ((70, None, 40), True), ((40,), False)],
)
def test_the_last_share_is_named_where_its_line_does_not_come_from(shares, is_below):
    chart = charts.line_over_weeks([week(at, share) for at, share in enumerate(shares)])
    assert chart is not None
    assert chart.labels[0].is_below is is_below


@pytest.mark.parametrize(("shares", "named"), [((90, 62, 75, 64), ["64 %"]), ((90, 62, 64, 75), ["75 %", "62 %"])])
def test_two_shares_are_not_named_beside_each_other_below_the_line(shares, named):
    """Eight weeks are nothing's, so that the last four stand close together."""
    chart = charts.line_over_weeks([week(at, share) for at, share in enumerate((*[None] * 8, *shares))])
    assert chart is not None
    assert [label.words for label in chart.labels] == named


def test_of_many_weeks_some_are_named_the_last_always():
    chart = charts.line_over_weeks([week(number, 50) for number in range(52)])
    assert chart is not None
    named = [label.words for label in chart.weeks]
    assert len(named) == 13
    assert named[-1] == "w51"
    assert [label.is_between for label in chart.weeks][-2:] == [True, False]


def test_bars_share_one_scale_and_what_isnt_nothing_is_seen():
    long, short, none = charts.stacked_bars(
        [charts.ToStack("a", (500, 500), "1000"), charts.ToStack("b", (1, 0), "1"), charts.ToStack("c", (0, 0), "0")]
    )
    assert [(part.x, part.width, part.tone) for part in long.parts] == [("0.00%", "49.70%", 1), ("50.00%", "49.70%", 2)]
    assert [part.width for part in short.parts] == ["0.30%"]
    assert none.parts == []


def test_a_part_says_its_number_where_there_is_room():
    [bar] = charts.stacked_bars([charts.ToStack("a", (95, 5), "100")], names_parts=True)
    assert [part.words for part in bar.parts] == ["95", ""]


def test_no_bars_of_nothing_at_all():
    assert charts.stacked_bars([]) == []
    assert charts.stacked_bars([charts.ToStack("a", (0,), "0")])[0].parts == []
