"""The arithmetic: percentiles, shares, and whether an aim is met. A figure that could not be measured meets no aim."""

from collections.abc import Sequence
from typing import NamedTuple


class Aim(NamedTuple):
    """What one figure has to be: at most, or at least, `limit`."""

    name: str
    limit: float
    unit: str = ""
    at_least: bool = False


# Both fill a page at every size: what grows between them is the street's history, not the page.
QUEUES = ("queue (street officer)", "queue (the officer's area)")
PAGES = frozenset({*QUEUES, "dashboard"})
POST_SHARE = Aim("petition POST, as a share of a view that does nothing in the portal", 0.20, at_least=True)
QUEUE_GROWTH = Aim("queue p50 at the largest street, times that at the smallest", 1.3)
DASHBOARD = Aim("dashboard p50", 100, "ms")
EMPTY_SWEEP = Aim("empty sweep, p50", 5, "ms")
DUE_SWEEP = Aim("sweep with 5,000 due", 1, "s")
SEARCH = Aim("search, p50", 20, "ms")
LIST_QUERIES = Aim("queries of the list that takes most", 12)


class Verdict(NamedTuple):
    """One aim with what was measured, None where it could not be, and at which size."""

    aim: Aim
    measured: float | None
    where: str

    @property
    def is_met(self) -> bool:
        if self.measured is None:
            return False
        return self.measured >= self.aim.limit if self.aim.at_least else self.measured <= self.aim.limit

    def said(self) -> str:
        sign = "≥" if self.aim.at_least else "≤"
        figure = "not measured" if self.measured is None else f"{self.measured:.3g} {self.aim.unit}".strip()
        wanted = f"{sign} {self.aim.limit:g} {self.aim.unit}".strip()
        return f"{'met   ' if self.is_met else 'MISSED'}  {self.aim.name} ({self.where}): {figure}, wanted {wanted}"


def percentile(values: Sequence[float], share: float) -> float | None:
    """The smallest of `values` that at least `share` of them (0 to 1) don't exceed; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    # Whole ranks: 0.95 of 20 is the 19th, and not the 20th because 0.95 can't be written in binary.
    rank = -(-round(share * 1_000_000) * len(ordered) // 1_000_000)
    return ordered[max(int(rank), 1) - 1]


def ratio(part: float | None, whole: float | None) -> float | None:
    """None where there is nothing to divide by."""
    return part / whole if part is not None and whole else None


def exit_status(verdicts: Sequence[Verdict]) -> int:
    """1 as soon as one aim is missed."""
    return 0 if all(verdict.is_met for verdict in verdicts) else 1
