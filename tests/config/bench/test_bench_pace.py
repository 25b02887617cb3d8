"""A figure is taken at the machine's full speed, or says that it isn't."""

import itertools
import os
from collections.abc import Callable, Iterable

import pytest

from config.bench import pace as paces
from config.bench.pace import Pace

FAST, SLOW = 1.0, 1.5


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Iterable[float]], None]:
    """How long the fixed work takes, each time that somebody looks."""
    monkeypatch.setattr(paces, "LOOK_AGAIN_SECONDS", 0)

    def so_long(each: Iterable[float]) -> None:
        looks = iter(each)
        monkeypatch.setattr(paces, "_on_the_slowest_processor", lambda: next(looks))

    return so_long


def test_a_turn_in_which_the_machine_became_slow_is_taken_again(takes):
    takes([FAST, FAST, FAST, SLOW, FAST, FAST])
    turns = itertools.count(1)
    assert Pace(60, FAST).turns(lambda: next(turns), 2) == ([1, 3], False)


def test_a_turn_waits_for_the_full_speed(takes):
    takes([SLOW, SLOW, SLOW, FAST, FAST])
    turns = itertools.count(1)
    assert Pace(60, FAST).turns(lambda: next(turns), 1) == ([1], False)


def test_where_the_patience_is_over_the_others_count_and_it_is_said(takes):
    takes([FAST, FAST, *[SLOW] * 8])
    turns = itertools.count(1)
    assert Pace(0, FAST).turns(lambda: next(turns), 3) == ([1, 2, 3], True)


def test_what_is_a_little_slower_is_the_same_speed_and_what_is_faster_is_the_full_one_from_then_on(takes):
    takes([1.1, 0.8, 1.0])
    pace = Pace(0, FAST)
    assert [pace.is_full() for _look in range(3)] == [True, True, False]
    assert pace.least == 0.8


def test_with_nothing_left_to_work_on_there_are_fewer_turns(takes):
    takes([FAST] * 4)
    left = iter([True, True, False])
    assert Pace(60, FAST).turns(lambda: "done", 5, lambda: next(left)) == (["done", "done"], False)


def test_what_no_aim_judges_waits_for_nothing_and_says_so(takes):
    takes([SLOW] * 4)
    turns = itertools.count(1)
    assert Pace(60, FAST).impatient().turns(lambda: next(turns), 2) == ([1, 2], True)


def test_another_process_knows_the_full_speed(takes):
    takes([SLOW])
    heard = Pace.heard(*Pace(1.5, FAST).told())
    assert (heard.patience, heard.least) == (1.5, FAST)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system doesn't tell its processors apart")
def test_the_fixed_work_takes_time_and_leaves_every_processor_to_use():
    ours = os.sched_getaffinity(0)
    assert Pace(0).is_full()
    assert os.sched_getaffinity(0) == ours
