"""How fast this machine is just now, so that what is measured is the portal.

Whoever shares processors with others has half of them in one minute and all in the next. So each figure is taken in
short turns, and a turn counts if a fixed piece of work took about as long before it and after it as it ever did.
"""

import os
import sys
import time
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

LOOPS = 100_000
# As much slower is still the same speed.
TOLERANCE = 1.15
LOOK_AGAIN_SECONDS = 0.2
# At the beginning, to know its full speed.
LOOK_AROUND_SECONDS = 20.0


class Turns(NamedTuple, Generic[T]):
    """What came out of each turn; `slow`: there weren't enough at full speed in the time, and others are among them."""

    results: list[T]
    slow: bool


class Pace:
    """The least time that the fixed work was seen to take, in seconds; and how long a figure may wait for it."""

    def __init__(self, patience: float, least: float = float("inf")):
        self.patience = patience
        self.least = least

    @classmethod
    def heard(cls, patience_ms: int, least_us: int) -> "Pace":
        """What `told` said to another process."""
        return cls(patience_ms / 1000, least_us / 1_000_000)

    def told(self) -> tuple[int, int]:
        self.is_full()  # if nobody has looked yet
        return round(self.patience * 1000), round(self.least * 1_000_000)

    def impatient(self) -> "Pace":
        """For what no aim judges: it is as it is, and says so."""
        return Pace(0, self.least)

    def look_around(self) -> None:
        until = time.monotonic() + min(LOOK_AROUND_SECONDS, self.patience)
        while time.monotonic() < until:
            self.is_full()

    def turns(self, work: Callable[[], T], number: int, prepare: Callable[[], bool] = lambda: True) -> Turns[T]:
        """So many turns of `work`, those at full speed as long as the patience lasts.

        Each comes after its `prepare`, which says whether there is anything left to work on.
        """
        full: list[T] = []
        slow: list[T] = []
        until = time.monotonic() + self.patience
        while len(full) < number and (len(full) + len(slow) < number or time.monotonic() < until) and prepare():
            was_full = self._wait(until)
            result = work()
            (full if was_full and self.is_full() else slow).append(result)
        needed = slow[: number - len(full)]
        return Turns(full + needed, bool(needed))

    def _wait(self, until: float) -> bool:
        while not self.is_full():
            if time.monotonic() >= until:
                return False
            time.sleep(LOOK_AGAIN_SECONDS)
        return True

    def is_full(self) -> bool:
        took = _on_the_slowest_processor()
        self.least = min(self.least, took)
        return took <= self.least * TOLERANCE


def _on_the_slowest_processor() -> float:
    """On each that we may use: a neighbour may be at one of them only."""
    if sys.platform != "linux":
        return min(_seconds(), _seconds())
    ours = os.sched_getaffinity(0)
    try:
        return max(_on(processor) for processor in ours)
    finally:
        os.sched_setaffinity(0, ours)


def _on(processor: int) -> float:
    os.sched_setaffinity(0, {processor})
    return min(_seconds(), _seconds())


def _seconds() -> float:
    began = time.perf_counter()
    total = 0
    for number in range(LOOPS):
        total += number * number % 7
    return time.perf_counter() - began
