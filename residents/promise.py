"""What will happen after filing, said before it. The storey above knows; it registers its answer here.

Nothing is registered in a house without that storey: then the page leaves the section out.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from governance.models import Category, Estate


class Promised(NamedTuple):
    """One line of “after you submit”: when (“5 minutes”), and what happens."""

    label: str
    sentence: str


Promise = Callable[[Category, Estate, datetime], list[tuple[str, str]]]
_registered: list[Promise] = []


def register_promise(function: Promise) -> Promise:
    """Let `function(category, estate, at)` say what is promised, in the reader's language. The last one counts."""
    _registered[:] = [function]
    return function


def promise_for(category: Category, estate: Estate, at: datetime) -> list[Promised]:
    """What would be promised to a petition of `category` filed at `at` in `estate`; empty if nobody knows."""
    return [Promised(*line) for function in _registered for line in function(category, estate, at)]
