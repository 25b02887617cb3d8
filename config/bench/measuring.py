"""One street, measured."""

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode

from config.bench.aims import PAGES, percentile, ratio
from config.bench.client import Outcome, ask_all, request
from config.bench.pace import Pace, Turns
from config.bench.places import Measured

# As many as the web server has threads.
CONNECTIONS = 8
PATIENCE_SECONDS = 60.0
WARM_UP = 5
# A server that was just started answers so many before anything is measured.
WARM_UP_OF_A_SERVER = 200
# As many times filing and the two bare views take turns; and as many turns a page takes.
TURNS = 10


class Extent(NamedTuple):
    """How much is measured: enough for a figure, and an end to it. `with_lists`: every list, too.

    `patience`: seconds for which each figure that an aim judges may wait for the machine's full speed.
    """

    posts: int = 2000
    seconds: float = 10.0
    page_times: int = 60
    list_times: int = 20
    with_lists: bool = True
    patience: float = 120.0


class Timed(NamedTuple):
    """A page: its milliseconds through the web server, its queries, and of a queue how many orders it shows.

    `slow`: the machine wasn't at its full speed all the time.
    """

    name: str
    p50: float | None
    p95: float | None
    queries: int
    rows: int = 0
    slow: bool = False


@dataclass
class Street:
    """What was measured on a street of so many issues. `lists` is None where nobody asked for them."""

    issues: int
    loaded_in: float = 0.0
    rows: dict[str, int] = field(default_factory=dict)
    bare_per_second: float | None = None
    idle_per_second: float | None = None
    posts_per_second: float | None = None
    post_p50: float | None = None
    post_p95: float | None = None
    post_queries: int = 0
    posts: int = 0
    intake: Timed | None = None
    pages: list[Timed] = field(default_factory=list)
    lists: list[Timed] | None = None
    search: Timed | None = None
    empty_sweep: Timed | None = None
    due_sweep: dict[str, Any] = field(default_factory=dict)
    plans: dict[str, str] = field(default_factory=dict)

    @property
    def post_share(self) -> float | None:
        return ratio(self.posts_per_second, self.idle_per_second)

    @property
    def post_share_of_bare(self) -> float | None:
        return ratio(self.posts_per_second, self.bare_per_second)

    def page(self, name: str) -> Timed | None:
        return next((page for page in self.pages if page.name == name), None)


def measure(
    database: Measured, issues: int, homes: int, seed: int, *, extent: Extent, pace: Pace, say: Callable[[str], None]
) -> Street:
    """Load a street of so many issues and homes into the fresh database, and measure everything on it."""
    street = Street(issues)
    began = time.monotonic()
    database.run("manage.py", "load_street", "--verbosity", "0", "--seed", str(seed), *_sizes(issues, homes))
    street.loaded_in = time.monotonic() - began
    database.bench.settle()
    street.rows = database.ask("rows")
    say(f"  loaded in {street.loaded_in:.0f} s; pages and lists …")
    asked = database.ask("pages", seed, min(20, issues), int(extent.with_lists))
    with database.serving() as port:
        street.pages = _pages(asked["pages"], port, extent.page_times, pace)
        if extent.with_lists:
            # The aim is for their queries: they don't wait for the machine.
            street.lists = _pages(asked["lists"], port, extent.list_times)
    street.search = _alone("search", database, pace)
    street.empty_sweep = _alone("sweep-empty", database, pace)
    street.plans = database.ask("plans")["plans"]
    say("  filing …")
    _measure_posts(street, database, seed, extent)
    say("  5,000 due …")
    street.due_sweep = database.ask("sweep-due", *pace.told())
    return street


def _alone(part: str, database: Measured, pace: Pace) -> Timed:
    """Without a web server."""
    found = database.ask(part, *pace.told())
    return _timed(part, found["milliseconds"], found.get("queries", 0))._replace(slow=found["slow"])


def _sizes(issues: int, homes: int) -> list[str]:
    """A street with fewer homes than an office really has is smaller in everything."""
    buildings = max(min(3_000, homes // 20), 1)
    estates = max(min(123, buildings // 4), 1)
    sizes = {
        "issues": issues,
        "units": homes,
        "people": homes * 5 // 3,
        "buildings": buildings,
        "estates": estates,
        "communities": max(min(26, estates // 4), 1),
    }
    return [word for name, number in sizes.items() for word in (f"--{name}", str(number))]


def _timed(name: str, milliseconds: list[float], queries: int) -> Timed:
    return Timed(name, percentile(milliseconds, 0.5), percentile(milliseconds, 0.95), queries)


def _pages(asked: list[dict[str, Any]], port: int, times: int, pace: Pace | None = None) -> list[Timed]:
    """Each page over one connection, so often; several of one name take turns."""
    by_name: dict[str, list[dict[str, Any]]] = {}
    for each in asked:
        by_name.setdefault(each["name"], []).append(each)
    return [_asked_for(name, pages, port, times, pace) for name, pages in by_name.items()]


def _asked_for(name: str, pages: list[dict[str, Any]], port: int, times: int, pace: Pace | None) -> Timed:
    requests = itertools.cycle([request("GET", page["path"], page["cookies"]) for page in pages])
    _one_by_one(port, requests, WARM_UP)
    if pace is None:
        taken = Turns([_one_by_one(port, requests, times)], slow=False)
    else:
        turns = min(TURNS, times)
        waiting = pace if name in PAGES else pace.impatient()
        taken = waiting.turns(lambda: _one_by_one(port, requests, times // turns), turns)
    timed = _timed(name, [each for one in taken.results for each in one], max(page["queries"] for page in pages))
    return timed._replace(rows=max(page.get("rows", 0) for page in pages), slow=taken.slow)


def _one_by_one(port: int, requests: Iterable[bytes], times: int) -> list[float]:
    """Over one connection; milliseconds."""
    asked = itertools.islice(requests, times)
    return ask_all(port, asked, connections=1, seconds=PATIENCE_SECONDS, expected=200).milliseconds


def _measure_posts(street: Street, database: Measured, seed: int, extent: Extent) -> None:
    """File drafts and ask the two bare views, in many short turns: a machine may be slower from one second to the next.

    All three servers run the whole time, so that each turn begins with workers that have their first requests behind
    them. The shares are of the sums of all turns.
    """
    ready = database.ask("drafts", seed, extent.posts + 1)
    street.post_queries = ready["queries"]
    filings = [_filing(draft) for draft in ready["drafts"]]
    people = itertools.cycle([request("GET", "/", draft["cookies"]) for draft in ready["drafts"]])
    nobody = itertools.repeat(request("GET", "/"))
    warm_up = min(2 * CONNECTIONS, len(filings) // 4)
    first, filings = filings[:warm_up], filings[warm_up:]
    turns = min(TURNS, len(filings))
    a_turn = extent.seconds / max(turns, 1)
    bare, idle, posts = Outcome(), Outcome(), Outcome()
    with (
        database.serving("config.bench.bare") as bare_port,
        database.serving("config.bench.idle") as idle_port,
        database.serving() as port,
    ):
        for each, requests in ((bare_port, nobody), (idle_port, people), (port, people)):
            _asked(each, itertools.islice(requests, WARM_UP_OF_A_SERVER))
        if first:
            _asked(port, first, expected=302)
        for turn in range(turns):
            _add(bare, _asked(bare_port, nobody, a_turn))
            _add(idle, _asked(idle_port, people, a_turn))
            _add(posts, _asked(port, filings[turn::turns], expected=302))
    street.bare_per_second, street.idle_per_second = bare.per_second, idle.per_second
    street.posts_per_second, street.posts = posts.per_second, posts.count
    street.post_p50, street.post_p95 = (percentile(posts.milliseconds, share) for share in (0.5, 0.95))
    taken_in = database.ask("intake")
    street.intake = _timed("intake", taken_in["milliseconds"], taken_in["queries"])


def _asked(port: int, requests: Iterable[bytes], seconds: float = PATIENCE_SECONDS, expected: int = 200) -> Outcome:
    return ask_all(port, requests, connections=CONNECTIONS, seconds=seconds, expected=expected)


def _add(total: Outcome, part: Outcome) -> None:
    total.seconds += part.seconds
    total.milliseconds += part.milliseconds


def _filing(draft: dict[str, Any]) -> bytes:
    body = urlencode({"csrfmiddlewaretoken": draft["cookies"]["csrftoken"]})
    return request("POST", draft["path"], draft["cookies"], body)
