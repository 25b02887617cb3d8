"""The keeper: one detached process per state directory that runs the servers for as long as somebody uses them."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.embedded import children, endpoints
from config.embedded.account import Account, servers_account
from config.embedded.cluster import Cluster
from config.embedded.errors import DidNotStart, DiskFull, EmbeddedServersError, naming_a_full_disk
from config.embedded.places import Places, Report, locked
from config.embedded.wheels import PostgresBinaries, opened_file_to, opened_to, postgres_binaries, redis_binary

POLL_SECONDS = 0.25
# Commands often follow each other; the servers outlive the last one by this.
GRACE_SECONDS = 1.5
START_SECONDS = 60.0
# PostgreSQL says the second where the system took part of a page.
DISK_FULL_WORDS = ("No space left on device", "Check free disk space")


@dataclass
class Keeper:
    """Starts the servers in order, watches them, and stops them in order once nobody uses them."""

    places: Places
    servers: tuple[str, ...]
    volatile: bool = False
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    told_to_stop: bool = False

    def run(self) -> int:
        """Keep the servers until the last user has gone. Return the exit code."""
        signal.signal(signal.SIGTERM, self._hear)
        signal.signal(signal.SIGINT, self._hear)
        try:
            with naming_a_full_disk(self.places.state_dir):
                self._start_all()
            Report(ready=True, servers=self.servers).write(self.places)
            self._watch()
            self._say(Report())  # no longer ready: whoever comes now must not take our last word for it
        except EmbeddedServersError as failed:
            return self._give_up(str(failed))
        except OSError as failed:
            self._give_up(f"The embedded servers failed: {failed}.")
            raise
        finally:
            self._stop_all()
        return 0

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def _give_up(self, failure: str) -> int:
        self._say(Report(failure=failure))
        return 1

    def _say(self, report: Report) -> None:
        with contextlib.suppress(OSError):  # on a full disk nothing can be left behind but the exit code
            report.write(self.places)

    def _start_all(self) -> None:
        account = servers_account()
        self.places.make_run_dir(account)
        if "postgres" in self.servers:
            binaries = opened_to(account, postgres_binaries(), self.places.run_dir)
            self._start_postgres(Cluster(self.places.data_dir, binaries, account))
        if "redis" in self.servers:
            self._start_redis(opened_file_to(account, redis_binary(), self.places.run_dir), account)

    def _start_postgres(self, cluster: Cluster) -> None:
        log = self.places.log("postgres")
        with self._disk_full_named():
            cluster.prepare(log, volatile=self.volatile)
            self.running["postgres"] = children.start(
                cluster.server_command(self.places.run_dir, volatile=self.volatile),
                log=log,
                cwd=cluster.data_dir,
                # Immediate shutdown: the next start recovers, and no process is left whatever it was doing.
                on_parents_death=signal.SIGQUIT,
                account=cluster.account,
            )
            self._wait_for("postgres", lambda: accepts_connections(cluster.binaries, self.places.run_dir))

    def _start_redis(self, binary: Path, account: Account) -> None:
        # Nothing is saved: PostgreSQL is the only memory, Redis a doorbell.
        listening = ["--port", "0", "--unixsocket", "redis.sock", "--unixsocketperm", "700"]
        self.running["redis"] = children.start(
            [str(binary), *listening, "--save", "", "--appendonly", "no", "--daemonize", "no"],
            log=self.places.log("redis"),
            cwd=self.places.run_dir,
            on_parents_death=signal.SIGTERM,
            account=account,
        )
        self._wait_for("redis", lambda: answers_ping(endpoints.redis_socket(self.places.state_dir)))

    def _wait_for(self, name: str, is_ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not is_ready():
            if self.running[name].poll() is not None or time.monotonic() > deadline:
                log = self.places.log(name)
                raise DidNotStart(name, log, children.last_lines(log))
            time.sleep(0.05)

    @contextlib.contextmanager
    def _disk_full_named(self) -> Iterator[None]:
        try:
            yield
        except DidNotStart as failed:
            if any(words in str(failed) for words in DISK_FULL_WORDS):
                raise DiskFull(self.places.state_dir) from None
            raise

    def _watch(self) -> None:
        """Return when nobody has used the servers for a while. Raises `EmbeddedServersError` if one ends."""
        idle_since: float | None = None
        while not self.told_to_stop:
            time.sleep(POLL_SECONDS)
            for name, process in self.running.items():
                if process.poll() is not None:
                    log = self.places.log(name)
                    raise EmbeddedServersError(
                        f"{name} ended while it was in use. The last lines of {log}:\n{children.last_lines(log)}"
                    )
            lock = locked(self.places.users_lock, fcntl.LOCK_EX)
            if lock is None:
                idle_since = None
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= GRACE_SECONDS:
                return  # with the lock held until we end: whoever comes now waits, and starts the servers anew
            os.close(lock)

    def _stop_all(self) -> None:
        if redis := self.running.get("redis"):
            children.stop(redis, (signal.SIGTERM, 3.0))
        if postgres := self.running.get("postgres"):
            # Fast: ends the sessions and writes everything out. Then immediate: the next start recovers.
            children.stop(postgres, (signal.SIGINT, 5.0), (signal.SIGQUIT, 3.0))
        if self.running:
            with contextlib.suppress(OSError):  # it stays where it holds copies of the binaries
                self.places.run_dir.rmdir()


def accepts_connections(binaries: PostgresBinaries, run_dir: Path) -> bool:
    place = ["-h", str(run_dir), "-p", endpoints.DATABASE_PORT]
    question = [
        binaries.tool("pg_isready"), "-q", *place, "-U", endpoints.DATABASE_USER, "-d", endpoints.DATABASE_NAME
    ]  # fmt: skip
    return subprocess.run(question, check=False).returncode == 0


def answers_ping(path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
    except OSError:
        return False
