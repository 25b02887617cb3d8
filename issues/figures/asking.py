"""Several figures in one statement, and two statements side by side."""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, NamedTuple

from django.db import close_old_connections, connection, connections

Rows = list[dict[str, Any]]


class Question(NamedTuple):
    """One statement: the SQL of each figure, by its name. They may read what `prelude` finds."""

    prelude: str
    figures: dict[str, str]


class _Beside:
    """One more way to the database for this process, kept open by a thread of its own.

    While one reader has it, others do without: a process never holds more than this one connection more.
    """

    def __init__(self) -> None:
        self._taken = Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="figures")

    def ask(self, facts: Mapping[str, Any], here: Question, beside: Question) -> dict[str, Rows]:
        if not self._taken.acquire(blocking=False):
            return _ask(facts, here) | _ask(facts, beside)
        try:
            waiting = self._thread.submit(_ask_anew, facts, beside)
            return _ask(facts, here) | waiting.result()
        finally:
            self._taken.release()

    def close(self) -> None:
        """Let go of the connection until somebody asks again."""
        self._thread.submit(connections.close_all).result()  # those of that thread


BESIDE = _Beside()


def ask(facts: Mapping[str, Any], here: Question, beside: Question) -> dict[str, Rows]:
    """The rows of each figure, by its name; all parameters out of `facts`.

    The database works on both questions at the same time, each on a connection of its own, at the same instant but for
    a few milliseconds. In a transaction one after the other: another connection wouldn't see what it has written.
    """
    if connection.in_atomic_block:
        return _ask(facts, here) | _ask(facts, beside)
    return BESIDE.ask(facts, here, beside)


def _ask_anew(facts: Mapping[str, Any], question: Question) -> dict[str, Rows]:
    """In a thread that no request begins or ends. As Django does there, let go of an old connection first and last."""
    close_old_connections()
    try:
        return _ask(facts, question)
    finally:
        close_old_connections()


def _ask(facts: Mapping[str, Any], question: Question) -> dict[str, Rows]:
    parts = ", ".join(
        f"(SELECT coalesce(json_agg(f_), '[]') FROM ({sql}) f_) AS {name}" for name, sql in question.figures.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{question.prelude}SELECT {parts}", dict(facts))
        said = cursor.fetchone()
    return {name: _read(rows) for name, rows in zip(question.figures, said, strict=True)}


def _read(rows: Any) -> Rows:
    return json.loads(rows) if isinstance(rows, str) else rows
