"""Where it is measured: a database for each street, and the commands that are run against it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from config.embedded import children, endpoints
from config.embedded.environment import PROJECT_DIR, embedded_servers, state_dir
from config.embedded.holding import ensure_running
from config.embedded.places import Places
from config.health import web_is_well
from config.services import services
from governance.backups import postgres

TEMPLATE = "youying_bench_empty"
MEASURED = "youying_bench"


class CannotMeasure(Exception):
    """Something that has to run before anything can be measured failed; the reason is in the message."""


@contextlib.contextmanager
def servers() -> Iterator["Bench"]:
    """The servers that `DATABASE_URL` and `REDIS_URL` name, else embedded ones; what is made there goes at the end."""
    here = state_dir()
    # Settings make their secrets there, wherever the servers are.
    Places(here).make_state_dir()
    with contextlib.ExitStack() as held:
        if missing := embedded_servers():
            held.enter_context(ensure_running(here, missing))
        bench = Bench(here)
        try:
            yield bench
        finally:
            bench.drop(MEASURED)
            bench.drop(TEMPLATE)


class Bench:
    """One PostgreSQL and one Redis, in which databases are made for measuring and dropped again."""

    def __init__(self, here: Path):
        self.state_dir = here
        socket_dir = quote(str(endpoints.run_dir(here)))
        own = "postgres://{}@/" + f"{endpoints.DATABASE_NAME}?host={socket_dir}"
        self.url = os.environ.get("DATABASE_URL") or own.format(endpoints.DATABASE_USER)
        # Of the embedded server we know its owner; a named one is asked by whom it is named for.
        self.owners_url = os.environ.get("DATABASE_URL") or own.format("postgres")
        self.redis_url = os.environ.get("REDIS_URL") or endpoints.redis_url(here)
        self._is_prepared = False

    def url_of(self, database: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{database}"))

    def drop(self, database: str) -> None:
        """Only ever one of our own two names."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            postgres.drop(connection, database)

    def make_fresh(self) -> "Measured":
        """A database with everything a fresh portal has, and nothing more."""
        if not self._is_prepared:
            self.drop(TEMPLATE)
            self._say(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
            empty = Measured(self, TEMPLATE)
            empty.run("manage.py", "migrate", "--verbosity", "0")
            empty.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
            self._is_prepared = True
        self.drop(MEASURED)
        name, template = sql.Identifier(MEASURED), sql.Identifier(TEMPLATE)
        self._say(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))
        return Measured(self, MEASURED)

    def settle(self) -> None:
        """Have the server write to the disk what it holds in memory. Raises `CannotMeasure` where it may not be asked.

        What was loaded in a minute is written out in the next five: whoever files meanwhile waits for the disk.
        """
        try:
            with psycopg.connect(self.owners_url, autocommit=True) as connection:
                connection.execute("CHECKPOINT")
        except psycopg.errors.InsufficientPrivilege as error:
            raise CannotMeasure("The database's user needs the right to a checkpoint: GRANT pg_checkpoint.") from error

    def _say(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


class Measured:
    """One database, and the portal's commands run against it."""

    def __init__(self, bench: Bench, database: str):
        self.bench = bench
        self.environ = {
            **os.environ,
            "PORTAL_MODE": "demo",
            "STATE_DIR": str(bench.state_dir),
            "DATABASE_URL": bench.url_of(database),
            "REDIS_URL": bench.redis_url,
        }

    def run(self, *command: str) -> str:
        """Run a command of ours to its end and return what it printed. Raises `CannotMeasure`."""
        done = subprocess.run(
            [sys.executable, *command], cwd=PROJECT_DIR, env=self.environ, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CannotMeasure(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def ask(self, part: str, *arguments: int) -> dict[str, Any]:
        """One part of `config.bench.inside`."""
        answer = self.run("-m", "config.bench.inside", part, *map(str, arguments))
        found: dict[str, Any] = json.loads(answer.strip().splitlines()[-1])
        return found

    @contextlib.contextmanager
    def serving(self, application: str = "config.wsgi") -> Iterator[int]:
        """The web server's own command, with this application; gives the port it listens on."""
        port = _free_port()
        command = services(f"127.0.0.1:{port}", self.bench.state_dir / "beat-schedule")["web"]
        command = [application if part == "config.wsgi" else part for part in command]
        log = Places(self.bench.state_dir).log("bench-web")
        process = children.start(
            [sys.executable, *command[1:]],
            log=log,
            cwd=PROJECT_DIR,
            on_parents_death=signal.SIGKILL,
            environ=self.environ,
        )
        try:
            _wait_until_it_answers(process, port, log)
            yield port
        finally:
            children.stop(process, (signal.SIGTERM, 10.0))


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _attempt in range(120):
        if process.poll() is not None:
            break
        if web_is_well(port, seconds=1.0):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.25)
    raise CannotMeasure(f"The web server does not answer. The last lines of {log}:\n{children.last_lines(log)}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
