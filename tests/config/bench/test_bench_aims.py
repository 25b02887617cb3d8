"""The bench's own arithmetic: percentiles, shares, verdicts, and what the command exits with."""

import pytest

from config.bench import aims, report
from config.bench.__main__ import asked
from config.bench.aims import Verdict, exit_status, percentile, ratio
from config.bench.measuring import Street, Timed


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([7.0], 0.5, 7.0),
        ([7.0], 0.95, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([float(n) for n in range(1, 21)], 0.95, 19.0),
        ([float(n) for n in range(1, 101)], 0.95, 95.0),
        ([float(n) for n in range(1, 101)], 1.0, 100.0),
        ([], 0.5, None),
    ],
)
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(values, share, expected):
    assert percentile(values, share) == expected


def test_nothing_is_divided_by_nothing():
    assert ratio(3.0, 0.0) is None
    assert ratio(None, 4.0) is None
    assert ratio(1.0, None) is None
    assert ratio(1.0, 4.0) == 0.25


def test_an_aim_is_met_at_its_limit_and_missed_beyond():
    assert Verdict(aims.POST_SHARE, 0.20, "").is_met
    assert not Verdict(aims.POST_SHARE, 0.199, "").is_met
    assert Verdict(aims.DASHBOARD, 100, "").is_met
    assert not Verdict(aims.DASHBOARD, 100.1, "").is_met


def test_what_could_not_be_measured_meets_no_aim_and_is_named():
    verdict = Verdict(aims.SEARCH, None, "9 issues")
    assert not verdict.is_met
    assert verdict.said() == "MISSED  search, p50 (9 issues): not measured, wanted ≤ 20 ms"


def street(issues: int, *, queue: float, **more) -> Street:
    pages = [Timed(name, queue, queue, 7) for name in aims.QUEUES] + [Timed("dashboard", 90.0, 99.0, 9)]
    alone = Timed("search", 12.0, 19.0, 0)
    swept = {"seconds": 0.8, "due": 5_000, "fired": 5_000}
    lists = [Timed("queue", 9.0, 9.9, 9), Timed("ledger", 5.0, 6.0, 12)]
    made = {"search": alone, "empty_sweep": Timed("empty sweep", 3.0, 4.0, 12), "due_sweep": swept, "pages": pages}
    return Street(issues, idle_per_second=1_000.0, posts_per_second=250.0, **(made | {"lists": lists} | more))


def test_a_run_in_which_every_aim_is_met_exits_with_nothing():
    judged = report.verdicts([street(1_000, queue=10.0), street(200_000, queue=13.0)])
    assert [verdict.is_met for verdict in judged] == [True] * 7
    assert exit_status(judged) == 0


def test_one_aim_that_is_missed_is_named_and_turns_the_exit():
    judged = report.verdicts([street(1_000, queue=10.0), street(200_000, queue=13.5)])
    assert [verdict.aim for verdict in judged if not verdict.is_met] == [aims.QUEUE_GROWTH]
    assert "MISSED  queue p50" in "\n".join(verdict.said() for verdict in judged)
    assert exit_status(judged) == 1


def test_the_slower_growing_queue_does_not_hide_the_other():
    largest = street(200_000, queue=10.0)
    largest.pages[1] = Timed(aims.QUEUES[1], 20.0, 20.0, 7)
    growth = report.verdicts([street(1_000, queue=10.0), largest])[1]
    assert growth.measured == 2.0


def test_aims_are_judged_on_the_largest_street_whatever_the_order():
    slow = street(200_000, queue=10.0, search=Timed("search", 21.0, 30.0, 0))
    assert not report.verdicts([slow, street(1_000, queue=10.0)])[5].is_met


@pytest.mark.parametrize(("queries", "met"), [([9, 12], True), ([13, 9], False), ([], False)])
def test_one_list_that_asks_too_often_misses_the_aim_and_so_do_lists_that_nobody_could_open(queries, met):
    lists = [Timed(f"list {n}", 5.0, 6.0, number) for n, number in enumerate(queries)]
    judged = report.verdicts([street(1_000, queue=10.0), street(200_000, queue=10.0, lists=lists)])
    assert [verdict.is_met for verdict in judged if verdict.aim == aims.LIST_QUERIES] == [met]


def test_lists_that_nobody_asked_for_are_not_judged():
    judged = report.verdicts([street(1_000, queue=10.0), street(200_000, queue=10.0, lists=None)])
    assert aims.LIST_QUERIES not in [verdict.aim for verdict in judged]


def test_what_was_not_measured_shows_as_a_dash_and_not_as_zero():
    rows = report.table([Street(10)])
    assert rows[1] == ["bare Django view, requests/s", "–"]
    assert all(len(row) == 2 for row in rows)


@pytest.mark.parametrize("wrong", [["--sizes", "many"], ["--sizes", "0"], ["--posts", "0"], ["--seconds", "0"]])
def test_a_size_that_is_none_is_refused_in_words(wrong, capsys):
    with pytest.raises(SystemExit):
        asked(wrong)
    assert "make bench: error:" in capsys.readouterr().err
