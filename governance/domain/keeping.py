"""How long what is kept about people is kept: each term is said once, shown on the privacy page, done by the sweep.

Each storey registers its own (`retention` of each). Not here: what is erased before its time because somebody asks
for it; that is `erasing`.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.functional import Promise, lazy
from django.utils.translation import ngettext

log = logging.getLogger(__name__)

# So many of each kind go at once.
BATCH = 200
# So long a sweep has for all that has had its time; the next one that has anything to do goes on. Where nothing ever
# happens that is one a day, and ten thousands of its own diary's rows go in this time.
PATIENCE = timedelta(seconds=2)


class Term(NamedTuple):
    """So many years, or days, after something: `since`, in words. Then `what` goes; what `stays` is said beside it.

    The model's docstring names it: “Retention: the term “kind””.
    """

    kind: str
    what: str | Promise
    since: str | Promise
    years: int = 0
    days: int = 0
    stays: str | Promise = ""

    def after(self, instant: datetime) -> datetime:
        """When the time of what was over at `instant` has come."""
        return years_on(instant, self.years) + timedelta(days=self.days)

    def before(self, now: datetime) -> datetime:
        """What was over before this instant has had its time at `now`."""
        return years_on(now - timedelta(days=self.days), -self.years)

    @property
    def length(self) -> str | Promise:
        """“3 years”, in the reader's language."""
        return _in_words(self.years, self.days)


class SomeFailed(Exception):
    """For the sweep, which counts it. Each was logged by itself."""


_terms: list[Term] = []
_duties: dict[str, Callable[[datetime, int], int]] = {}


def say(term: Term) -> Term:
    """Put a term on the privacy page that something else carries out."""
    _terms.append(term)
    return term


def register_term(term: Term, let_go: Callable[[datetime, int], int]) -> None:
    """Let the sweep carry a term out, too.

    `let_go`: does it at an instant for so many rows at most, those first whose time came first, in the order of an
    index: however many PostgreSQL takes them for, it then reads no others. Run again, it finds those that are left.
    """
    say(term)
    _duties[term.kind] = let_go


def terms() -> list[Term]:
    """All of them, the longest first."""
    return sorted(_terms, key=lambda term: (-term.years, -term.days, term.kind))


def let_go_all(now: datetime) -> int:
    """Carry each term out by itself, batch after batch for `PATIENCE`: one that fails is logged and keeps no other
    waiting.

    Returns how many rows were let go of. Raises `SomeFailed` when all are through.
    """
    gone, failed, until = 0, [], time.monotonic() + PATIENCE.total_seconds()
    for kind, let_go in _duties.items():
        try:
            gone += _in_batches(let_go, now, until)
        except Exception as error:  # noqa: BLE001 - not its own words: PostgreSQL's DETAIL quotes the row
            failed.append(kind)
            log.error("the term “%s” failed, later again: %s", kind, type(error).__name__)
    if failed:
        raise SomeFailed(", ".join(failed))
    return gone


def _in_batches(let_go: Callable[[datetime, int], int], now: datetime, until: float) -> int:
    """One batch at least; more as long as they are full and it isn't `until` yet by this process's clock."""
    gone = 0
    while True:
        some = let_go(now, BATCH)
        gone += some
        if some < BATCH or time.monotonic() >= until:
            return gone


def years_on(instant: datetime, years: int) -> datetime:
    """The same moment of the same day so many years later, or earlier where negative.

    Of 29 February, where there is none: the day after it, and going back the day before. So nothing goes a day early.
    """
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        month, day = (3, 1) if years > 0 else (2, 28)
        return instant.replace(year=instant.year + years, month=month, day=day)


def _say_length(years: int, days: int) -> str:
    if years:
        return ngettext("%(count)s year", "%(count)s years", years) % {"count": years}
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


_in_words = lazy(_say_length, str)
