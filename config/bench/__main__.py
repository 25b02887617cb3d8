"""The command line of `make bench`."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from config.bench import report
from config.bench.aims import exit_status
from config.bench.measuring import Extent, measure
from config.bench.pace import Pace
from config.bench.places import CannotMeasure, servers
from config.embedded.environment import PROJECT_DIR
from config.embedded.errors import EmbeddedServersError


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,20000,200000", help="issues of each street, with commas between")
    parser.add_argument("--homes", type=int, default=60_000, help="homes of each street")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes up the same streets")
    parser.add_argument("--posts", type=int, default=Extent().posts, help="petitions filed for each street")
    parser.add_argument("--seconds", type=float, default=Extent().seconds, help="how long the bare view is asked")
    parser.add_argument("--times", type=int, default=Extent().page_times, help="how often each page is asked for")
    parser.add_argument("--patience", type=float, default=Extent().patience, help="seconds to wait for speed")
    parser.add_argument("--lists", action=argparse.BooleanOptionalAction, default=True, help="every list, too")
    parser.add_argument("--report", type=Path, default=PROJECT_DIR / "docs" / "performance.md", help="what is written")
    chosen = parser.parse_args(arguments)
    try:
        chosen.sizes = sorted({int(size.strip()) for size in chosen.sizes.split(",")})
    except ValueError:
        parser.error("--sizes are whole numbers with commas between, such as 1000,20000")
    if chosen.sizes[0] < 1 or min(chosen.homes, chosen.posts, chosen.times) < 1 or chosen.seconds <= 0:
        parser.error("sizes, homes, posts, seconds and times are at least one")
    if chosen.patience < 0:
        parser.error("the patience is no less than none")
    return chosen


def main(arguments: list[str]) -> int:
    """Measure, print, write; 1 when an aim is missed, 2 when something kept us from measuring."""
    chosen = asked(arguments)
    extent = Extent(chosen.posts, chosen.seconds, chosen.times, max(chosen.times // 3, 1))
    pace = Pace(chosen.patience)
    largest = chosen.sizes[-1]
    began_at, load_before = datetime.now(UTC), os.getloadavg()[0]
    try:
        with servers() as bench:
            pace.look_around()
            streets, versions = [], {}
            for size in chosen.sizes:
                say(f"{size:,} issues, seed {chosen.seed}")
                database = bench.make_fresh()
                so_much = extent._replace(with_lists=chosen.lists and size == largest)
                # No aim judges what lies between.
                of_size = pace if size in (chosen.sizes[0], largest) else pace.impatient()
                streets.append(
                    measure(database, size, chosen.homes, chosen.seed, extent=so_much, pace=of_size, say=say)
                )
                versions = database.ask("machine")
    except (CannotMeasure, EmbeddedServersError) as reason:
        say(f"{reason}")
        return 2
    load_after = os.getloadavg()[0]
    run = report.Run(chosen.seed, began_at, streets, load_before, load_after, versions, pace.least, pace.patience)
    chosen.report.write_text(report.page(run), encoding="utf-8")
    say(report.printed(report.table(streets)))
    judged = report.verdicts(streets)
    for verdict in judged:
        say(verdict.said())
    say(f"Written to {chosen.report}.")
    return exit_status(judged)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
