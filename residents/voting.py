"""How many ballots wait for a person. The storey above keeps the votes; it registers its answer here.

Nothing is registered in a house without that storey: then pages leave votes out.
"""

from collections.abc import Callable
from datetime import datetime

from governance.models import User

CountWaiting = Callable[[User, datetime], int]
_registered: list[CountWaiting] = []


def register_count_waiting(function: CountWaiting) -> CountWaiting:
    """Let `function(user, at)` count the ballots that the person may fill in at `at`. The last one counts."""
    _registered[:] = [function]
    return function


def count_waiting_ballots(user: User, at: datetime) -> int | None:
    """The ballots that wait for the person at `at`; None if nobody knows of votes."""
    return next((function(user, at) for function in _registered), None)
