"""Real processes on the tests' database, with a Redis of their own that a test may stop or freeze."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection

from config.embedded import children
from config.embedded.keeper import answers_ping
from config.embedded.wheels import redis_binary
from config.health import web_is_well
from config.services import services
from tests.config.processes import PROJECT_DIR, eventually
from tests.faults.outside import Outside


@pytest.fixture
def outside(transactional_db) -> Iterator[Outside]:
    judge = Outside(connection.settings_dict)
    yield judge
    judge.close()


@pytest.fixture(autouse=True)
def the_audit_trail_holds(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did to the database, every chain holds afterwards."""
    yield
    if "cast" in request.fixturenames:
        from django.core.management import call_command

        call_command("verify_audit", stdout=open(os.devnull, "w"))  # noqa: SIM115


class Redis:
    """A Redis server that only this test uses."""

    def __init__(self, directory: Path):
        self.socket = directory / "r.sock"
        self.process = children.start(
            [str(redis_binary()), "--port", "0", "--unixsocket", "r.sock", "--save", "", "--appendonly", "no"],
            log=directory / "redis.log",
            cwd=directory,
            on_parents_death=signal.SIGTERM,
        )
        assert eventually(lambda: answers_ping(self.socket)), children.last_lines(directory / "redis.log")

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5)


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    # A short path: a socket's may not exceed about 107 bytes.
    directory = Path(tempfile.mkdtemp(prefix="yy-", dir="/tmp"))
    server = Redis(directory)
    yield server
    server.thaw()
    server.kill()
    shutil.rmtree(directory)


class Started:
    """Starts the portal's own commands on the tests' database, and ends every one of them after the test."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.running: list[subprocess.Popen[bytes]] = []

    def __call__(self, *command: str, redis: Redis | None = None, **more: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, **self._environment(redis), **more}
        with self.log(len(self.running)).open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=PROJECT_DIR,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(process)
        return process

    def web(self, redis: "Redis | None" = None, **more: str) -> tuple[subprocess.Popen[bytes], int]:
        """The web server as in the demo, and the port on which it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = services(f"127.0.0.1:{port}", self.directory / "beat")["web"]
        # Not the page styles, but the pages are what is tested: static files are served as they lie in the sources.
        web = self(*command[1:], redis=redis, DEBUG="true", **more)
        assert eventually(lambda: web_is_well(port), 30), self.said_by(web)
        return web, port

    def _environment(self, redis: Redis | None) -> dict[str, str]:
        return {
            "DATABASE_URL": database_url(connection.settings_dict),
            # Nobody listens there: whoever needs Redis asks the fixture for one.
            "REDIS_URL": redis.url if redis else "unix:///tmp/no-redis-here.sock?db=0",
            "STATE_DIR": str(settings.STATE_DIR),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "PYTHONUNBUFFERED": "1",
        }

    def log(self, number: int) -> Path:
        return self.directory / f"process-{number}.log"

    def said_by(self, process: subprocess.Popen[bytes]) -> str:
        return self.log(self.running.index(process)).read_text(errors="replace")

    def finishes(self, process: subprocess.Popen[bytes], seconds: float = 60.0) -> str:
        """Wait for a command to end well; what it said."""
        assert process.wait(seconds) == 0, self.said_by(process)
        return self.said_by(process)


def database_url(database: dict) -> str:
    place = urlencode({"host": database["HOST"]}) if str(database["HOST"]).startswith("/") else ""
    host = "" if place else f"{database['HOST']}:{database['PORT']}"
    user = database["USER"] + (f":{database['PASSWORD']}" if database.get("PASSWORD") else "")
    return f"postgres://{user}@{host}/{database['NAME']}" + (f"?{place}" if place else "")


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL a process and those it started, all at once: nobody gets to tidy up."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


@pytest.fixture
def started(tmp_path: Path, transactional_db) -> Iterator[Started]:
    starter = Started(tmp_path)
    yield starter
    for process in starter.running:
        if process.poll() is None:
            kill(process)
