"""What was measured, as a table to print and as `docs/performance.md`."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.bench import aims
from config.bench.aims import Verdict, ratio
from config.bench.measuring import Street, Timed
from config.bench.pace import LOOPS, TOLERANCE

SLOW = ", on a slow machine"


@dataclass(frozen=True)
class Run:
    """One run of the bench: when and where, with which seed, what was measured, and what to know about it.

    `least`: seconds of the fixed work at the machine's full speed; `patience`: how many a judged figure waits.
    """

    seed: int
    began_at: datetime
    streets: Sequence[Street]
    load_before: float
    load_after: float
    versions: dict[str, str]
    least: float
    patience: float


def verdicts(streets: Sequence[Street]) -> list[Verdict]:
    """Each aim, judged on the largest street; the queue by how much slower it is there than on the smallest."""
    smallest, largest = min(streets, key=_size), max(streets, key=_size)
    where = f"{largest.issues:,} issues"
    growth = max(
        (ratio(_p50(largest.page(name)), _p50(smallest.page(name))) for name in aims.QUEUES),
        key=lambda each: -1.0 if each is None else each,
    )
    due = largest.due_sweep
    judged = [
        Verdict(aims.POST_SHARE, largest.post_share, where),
        Verdict(aims.QUEUE_GROWTH, growth, f"{smallest.issues:,} to {largest.issues:,} issues"),
        Verdict(aims.DASHBOARD, _p50(largest.page("dashboard")), where),
        Verdict(aims.EMPTY_SWEEP, _p50(largest.empty_sweep), where),
        Verdict(aims.DUE_SWEEP, due.get("seconds") if due else None, f"{due.get('due', 0):,} due, {where}"),
        Verdict(aims.SEARCH, _p50(largest.search), where),
    ]
    if largest.lists is not None:
        most = max((one.queries for one in largest.lists), default=None)
        judged.append(Verdict(aims.LIST_QUERIES, most, f"{len(largest.lists)} lists, {where}"))
    return judged


def _size(street: Street) -> int:
    return street.issues


def _p50(timed: Timed | None) -> float | None:
    return timed.p50 if timed else None


def table(streets: Sequence[Street]) -> list[list[str]]:
    """A row for each figure, a column for each size."""
    pages = list(dict.fromkeys(page.name for street in streets for page in street.pages))
    rows = [
        ["", *(f"{street.issues:,} issues" for street in streets)],
        ["bare Django view, requests/s", *(_figure(street.bare_per_second, 0) for street in streets)],
        ["a view that does nothing in the portal, requests/s", *(_figure(s.idle_per_second, 0) for s in streets)],
        ["petition POST, requests/s", *(_figure(street.posts_per_second, 0) for street in streets)],
        ["… as a share of a view that does nothing in the portal", *(_figure(s.post_share, 3) for s in streets)],
        ["… as a share of the bare Django view", *(_figure(s.post_share_of_bare, 3) for s in streets)],
        ["petition POST, p50 / p95 ms, 8 at once", *(_pair(street.post_p50, street.post_p95) for street in streets)],
        ["petition POST, queries (n)", *(f"{s.post_queries} ({s.posts})" for s in streets)],
        ["intake of a petition, p50 / p95 ms (queries)", *(_page(street.intake) for street in streets)],
        *([f"{name}, p50 / p95 ms (queries)", *(_page(street.page(name)) for street in streets)] for name in pages),
        ["search alone, p50 / p95 ms", *(_page(street.search) for street in streets)],
        ["empty sweep, p50 / p95 ms (queries)", *(_page(street.empty_sweep) for street in streets)],
        ["sweep of the due, p50: seconds", *(_figure(street.due_sweep.get("seconds"), 2) for street in streets)],
        ["… clocks due, rungs fired (sweeps)", *(_due(street) for street in streets)],
        ["load_street, seconds", *(_figure(street.loaded_in, 0) for street in streets)],
    ]
    return rows


def _figure(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:,.{digits}f}"


def _pair(p50: float | None, p95: float | None) -> str:
    return f"{_figure(p50, 1)} / {_figure(p95, 1)}"


def _page(timed: Timed | None) -> str:
    if timed is None:
        return "–"
    counted = [f"{timed.queries}"] * bool(timed.queries) + [f"{timed.rows} rows"] * bool(timed.rows)
    return _pair(timed.p50, timed.p95) + (f" ({', '.join(counted)})" if counted else "") + SLOW * timed.slow


def _due(street: Street) -> str:
    due, fired, sweeps = (street.due_sweep.get(name, 0) for name in ("due", "fired", "sweeps"))
    return f"{due:,}, {fired:,} ({sweeps})" + SLOW * street.due_sweep.get("slow", False)


def printed(rows: list[list[str]]) -> str:
    """The table for a terminal."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def page(run: Run) -> str:
    """`docs/performance.md`."""
    largest = max(run.streets, key=_size)
    parts = [
        "# How fast it is",
        "Written by `make bench`, which prints the same and exits with 1 when an aim is missed. What it does is in "
        "`config/bench/`: for each size a fresh database with the street that `load_street` makes up, the web server's "
        "own command on this machine's loopback, and a client with up to eight connections on the same machine.",
        _circumstances(run),
        "## Aims\n\n| | aim | where | measured | wanted |\n|---|---|---|---|---|\n"
        + "\n".join(_judged(verdict) for verdict in verdicts(run.streets)),
        "## Figures\n\n" + _markdown(table(run.streets)),
        "The shares are of rates measured in short turns, by the same client, under the same gunicorn command line: "
        "filed drafts, each a different one by its own signed-in resident; one view that does nothing, asked for by "
        "the same residents, with all that is around every request of the portal (session, account, language, headers, "
        "log); and the same view in a Django application with no middleware and no database. The aim is judged by the "
        "first of the two. Pages, search and sweeps are measured in short turns as well. What an aim judges is "
        f"measured again where before or after a turn the loop named above takes over {TOLERANCE} times as long, for "
        f"{run.patience / 60:g} minutes at most. A figure with slow turns in it says “{SLOW.strip(', ')}”. "
        "Filing waits for nobody: the intake, which finds who answers and starts the clocks, is the worker's, or the "
        "receipt's if that is asked for first; it has its own line. A page's milliseconds are "
        "those of one reader over one connection; queries are counted by the test client and include session and "
        "account. A street files as much in a day at every size: the smallest is one in its first week, the largest "
        "one of three years, so that the first page of the officer's queue is full on each (the rows are printed; a "
        "manager's isn't, and is printed for its own sake). The sweep of the due is the ladder's (`manage.py sweep "
        "--even-so`: so much at once halts it until a person has looked, "
        + ("as it did here)." if largest.due_sweep.get("halted") else "which this share did not).")
        + " On a street with fewer open promises than that, promises that were kept are opened again to be broken.",
        "## Rows\n\n" + _markdown(_row_counts(run.streets)),
        _lists(largest),
        "## Plans\n\nThe slowest query of each page and the sweep's first, on the largest street.\n\n"
        + "\n\n".join(f"### {name}\n\n```\n{_shortened(plan)}\n```" for name, plan in largest.plans.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _circumstances(run: Run) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"Seed {run.seed}; begun {run.began_at:%Y-%m-%d %H:%M} UTC; {os.cpu_count()} processors, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {versions}. Load over a "
        f"minute: {run.load_before:.1f} before, {run.load_after:.1f} after. At full speed {LOOPS:,} rounds of a Python "
        f"loop took {run.least * 1000:.1f} ms on the slowest processor. "
        + (
            "The machine had other work before the run began, so every figure in time is worse than on a quiet one, "
            "and not by the same factor everywhere; query counts, row counts and plans are not touched by that."
            if run.load_before > 1
            else "The machine had nothing else to do."
        )
    )


def _judged(verdict: Verdict) -> str:
    sign = "≥" if verdict.aim.at_least else "≤"
    figure = "not measured" if verdict.measured is None else f"{verdict.measured:.3g} {verdict.aim.unit}".strip()
    wanted = f"{sign} {verdict.aim.limit:g} {verdict.aim.unit}".strip()
    return (
        f"| {'met' if verdict.is_met else '**missed**'} | {verdict.aim.name} | {verdict.where} | {figure} | {wanted} |"
    )


def _markdown(rows: list[list[str]]) -> str:
    head, *rest = rows
    lines = [head, ["---", *("---:" for _column in head[1:])], *rest]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _row_counts(streets: Sequence[Street]) -> list[list[str]]:
    names = list(streets[0].rows)
    return [
        ["", *(f"{street.issues:,} issues" for street in streets)],
        *([name, *(f"{street.rows[name]:,}" for street in streets)] for name in names),
    ]


def _lists(street: Street) -> str:
    if street.lists is None:
        return "## Lists\n\nNot measured in this run."
    rows = [["list", "p50 / p95 ms", "queries"]]
    rows += [[one.name, _pair(one.p50, one.p95), str(one.queries)] for one in street.lists]
    limit = f"{aims.LIST_QUERIES.limit:g}"
    over = [one.name for one in street.lists if one.queries > aims.LIST_QUERIES.limit]
    said = f"more than {limit} queries: {', '.join(over)}." if over else f"none takes more than {limit} queries."
    return (
        f"## Lists, {street.issues:,} issues\n\nThe console's, and those of whatever was reported; plain, with a "
        "search, with a filter, and turned to the last page, as a street officer, the staff of a community and a grid "
        f"worker see it; {said}\n\n" + _markdown(rows)
    )


def _shortened(plan: str) -> str:
    """Long lists of values say nothing, and lines as wide as a wall can't be read."""
    return "\n".join(re.sub(r"'\{[^']{60,}\}'", "'{…}'", line)[:200] for line in plan.splitlines()[:60])
