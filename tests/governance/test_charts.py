"""A line over days: where its points, steps and words lie, in percent of the frame."""

from datetime import date, timedelta
from fractions import Fraction

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
