"""The users' side: have the servers running for as long as a block of code needs them."""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.embedded import children
from config.embedded.environment import ALL_SERVERS, PROJECT_DIR
from config.embedded.errors import DidNotStart, EmbeddedServersError, naming_a_full_disk
from config.embedded.places import Places, Report, is_kept, locked

PATIENCE_SECONDS = 90.0


@dataclass(frozen=True)
class Held:
    """The servers of one state directory, held by this process."""

    places: Places

    def are_running(self) -> bool:
        return is_kept(self.places) and Report.read(self.places).ready

    def why_not(self) -> str:
        """What the keeper said when it gave up."""
        return Report.read(self.places).failure or "The process that kept the embedded servers was killed."


@contextlib.contextmanager
def ensure_running(
    state_dir: Path, servers: tuple[str, ...] = ALL_SERVERS, *, volatile: bool = False
) -> Iterator[Held]:
    """Have the embedded servers of `state_dir` running inside the block, starting them if they are not.

    Any number of processes may do this at once: one starts them, all share them, and they stop shortly after the last
    one leaves, however it leaves. `volatile` trades durability for speed and is for tests. Raises
    `EmbeddedServersError`.
    """
    places = Places(state_dir)
    places.make_state_dir()
    deadline = time.monotonic() + PATIENCE_SECONDS
    use = _become_user(places, deadline)
    try:
        with naming_a_full_disk(state_dir):
            _start_or_join(places, servers, deadline, volatile=volatile)
        yield Held(places)
    finally:
        os.close(use)


def _become_user(places: Places, deadline: float) -> int:
    # Refused only while a keeper is shutting its servers down.
    while (descriptor := locked(places.users_lock, fcntl.LOCK_SH)) is None:
        _keep_waiting(deadline, "The embedded servers have been shutting down for too long.")
    return descriptor


def _start_or_join(places: Places, servers: tuple[str, ...], deadline: float, *, volatile: bool) -> None:
    started = waited = False
    while True:
        lock = _keeper_lock(places)
        report = Report.read(places)
        if lock is None:
            if report.ready:
                return _check_all_there(report, servers)
            waited = True
        elif started or (waited and report.failure):
            os.close(lock)
            raise EmbeddedServersError(report.failure or _unexplained(places))
        else:
            _start_keeper(places, servers, lock, volatile=volatile)
            started = True
        _keep_waiting(deadline, "The embedded servers are still starting after a long time.")


def _keeper_lock(places: Places) -> int | None:
    # Refused once may be somebody who only looks whether there is a keeper, and lets go at once.
    for _ in range(3):
        if (lock := locked(places.keeper_lock, fcntl.LOCK_EX)) is not None:
            return lock
        time.sleep(0.01)
    return None


def _start_keeper(places: Places, servers: tuple[str, ...], lock: int, *, volatile: bool) -> None:
    """Start the keeper, handing it the lock: there is no moment at which a second one could start."""
    try:
        places.check_room()
        Report().write(places)
        durability = "volatile" if volatile else "durable"
        with children.open_log(places.log("keeper")) as output:
            subprocess.Popen(
                [sys.executable, "-m", "config.embedded", str(places.state_dir), ",".join(servers), durability],
                cwd=PROJECT_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[lock],
                start_new_session=True,
            )
    finally:
        os.close(lock)


def _check_all_there(report: Report, servers: tuple[str, ...]) -> None:
    if lacking := set(servers) - set(report.servers):
        raise EmbeddedServersError(
            f"The embedded servers are running without {', '.join(sorted(lacking))}: they were started by a command "
            "that had DATABASE_URL or REDIS_URL set. Wait until it ends, or use another STATE_DIR=."
        )


def _unexplained(places: Places) -> str:
    log = places.log("keeper")
    return str(DidNotStart("The embedded servers", log, children.last_lines(log)))


def _keep_waiting(deadline: float, complaint: str) -> None:
    if time.monotonic() > deadline:
        raise EmbeddedServersError(complaint)
    time.sleep(0.05)
