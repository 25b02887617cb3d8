"""Doing things at the same instant, each with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection

# Not a measure of speed: only what hangs for good takes longer, on any machine.
PATIENCE_SECONDS = 300.0


def together(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all `deeds` at once, each in a thread. Returns in their order what each returned, or the error it raised."""
    outcomes: list[Any] = [None] * len(deeds)
    start = threading.Barrier(len(deeds))

    def do(number: int, deed: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            start.wait(PATIENCE_SECONDS)
            outcomes[number] = deed()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair, daemon=True) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
        assert not thread.is_alive(), "it never came to an end"
    return outcomes


def errors(outcomes: list[Any], *expected: type[Exception]) -> list[Exception]:
    """The errors among `outcomes` that nobody expected: a deadlock, a broken constraint."""
    return [outcome for outcome in outcomes if isinstance(outcome, Exception) and not isinstance(outcome, expected)]
