"""PostgreSQL goes down and comes back while a backup is taken and people go on working."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.config.processes import eventually
from tests.faults.test_postgres_restarted import Server
from tests.governance.backups.conftest import Portal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

RUN = (
    "INSERT INTO issues_sweeprun"
    " (bell, started_at, taken_in, rungs_fired, orders_rung, notices_tried, failures, halted)"
    " VALUES ('loop', now(), 0, 0, 0, 0, 0, '') RETURNING id"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "state")
    yield server
    server.stop(signal.SIGINT)
    shutil.rmtree(server.places.run_dir, ignore_errors=True)


def done(process) -> str:
    """Wait for a command to end well; what it said."""
    said, complained = process.communicate(timeout=120)
    assert process.returncode == 0, complained
    return said


class Work:
    """Somebody who writes all the time, and knows what was acknowledged."""

    def __init__(self, portal: Portal):
        self.portal, self.acknowledged, self._stop = portal, [], threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self._thread.start()

    def _go_on(self) -> None:
        while not self._stop.is_set():
            try:
                with self.portal.link(autocommit=True) as link:
                    while not self._stop.wait(0.005):
                        self.acknowledged.append(link.execute(RUN).fetchone())
            except psycopg.OperationalError:
                self._stop.wait(0.05)

    def end(self) -> list[tuple]:
        self._stop.set()
        self._thread.join(30)
        return self.acknowledged


@pytest.mark.parametrize("stalled_at", ["the rows", "the files"])
def test_a_restart_under_load_costs_that_backup_and_nothing_else(
    original: Portal, server: Server, kept: Path, tmp_path: Path, stalled_at: str
):
    done(original.start("backup", str(kept)))
    (first,) = kept.iterdir()
    portal = replace(original, media=tmp_path / "media", url=server.url)
    done(portal.start("restore", str(first)))
    first.unlink()
    work = Work(portal)
    assert eventually(lambda: len(work.acknowledged) > 20)

    photo = next(portal.media.rglob("*.jpg"))
    content = photo.read_bytes()
    if stalled_at == "the rows":
        lock = portal.link()
        lock.execute("LOCK TABLE governance_district IN ACCESS EXCLUSIVE MODE")
    else:
        photo.unlink()
        os.mkfifo(photo)  # whoever opens it waits for somebody to write
    process = portal.start("backup", str(kept))
    if stalled_at == "the rows":
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'governance_district'::regclass"
        assert eventually(lambda: portal.sql(waiting) == [(1,)], 60)
    else:
        ends: list[int] = []
        assert eventually(lambda: bool(ends.extend(ends_of(photo)) or ends), 60)
    server.stop(signal.SIGINT)
    server.start()
    if stalled_at == "the files":
        os.write(ends[0], content)  # it goes on reading, and nobody keeps the files for it any more
        os.close(ends[0])

    _said, complained = process.communicate(timeout=120)
    assert (process.returncode, complained.strip().count("\n")) == (1, 0), complained
    assert complained.startswith("CommandError: PostgreSQL refused or went away: ")
    assert list(kept.iterdir()) == []
    before = len(work.acknowledged)
    assert eventually(lambda: len(work.acknowledged) > before)

    photo.unlink()
    photo.write_bytes(content)
    done(portal.start("backup", str(kept)))  # while the work goes on
    kept_rows = work.end(), {row[0] for row in portal.sql("SELECT id FROM issues_sweeprun")}
    assert {number for (number,) in kept_rows[0]} - kept_rows[1] == set()
    (made,) = kept.iterdir()
    assert "This backup would do." in done(portal.start("drill", str(made)))


def ends_of(fifo: Path) -> list[int]:
    """The end of a pipe to write to, once somebody has opened the other one."""
    try:
        return [os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)]
    except OSError:
        return []
