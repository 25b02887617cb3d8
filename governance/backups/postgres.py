"""PostgreSQL's own programs and databases: dump, load, make, rename, drop. Nothing here knows what a portal is."""

import contextlib
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from governance.backups.errors import BackupError, Failed

NEEDED = ("pg_dump", "pg_restore", "psql")
# Where one may connect in order to make, rename and drop others.
MAINTENANCE = ("postgres", "template1")
# One restore of a portal at a time; two connections to one maintenance database meet at this.
RESTORING = 7242
CHUNK = 1024 * 1024
# pg_restore from 17 on sets this first, and servers before 17 don't know it. Its default is what is set.
NOT_FOR_OLDER_SERVERS = b"SET transaction_timeout = 0;\n"
PREAMBLE_BYTES = 4096


@dataclass(frozen=True)
class Tools:
    """The programs of one installation."""

    home: Path
    major: int

    def path(self, name: str) -> str:
        return str(self.home / name)


def tools_for(server_major: int) -> Tools:
    """The oldest programs on this machine that are not older than the server. Raises `BackupError`."""
    found = sorted(filter(None, map(_tools_in, _homes())), key=lambda tools: tools.major)
    if not found:
        raise BackupError(
            "There is no pg_dump on this machine. Install PostgreSQL's client programs, of the server's version or "
            "newer."
        )
    fitting = [tools for tools in found if tools.major >= server_major]
    if not fitting:
        raise BackupError(
            f"The server is PostgreSQL {server_major}, and the newest pg_dump here is {found[-1].major}, which can't "
            f"read it. Install the client programs of PostgreSQL {server_major} or newer."
        )
    return fitting[0]


def server_major() -> int:
    """The major version of the server that Django is connected to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
        return int(cursor.fetchone()[0])


def _homes() -> Iterator[Path]:
    if on_path := shutil.which("pg_dump"):
        yield Path(on_path).parent
    yield from Path("/usr/lib/postgresql").glob("*/bin")
    # No such wheel in production, where nothing is embedded: whatever it says, there are none then.
    with contextlib.suppress(Exception):
        yield Path(import_string(settings.POSTGRES_BINARIES)().tool("pg_dump")).parent


def _tools_in(home: Path) -> Tools | None:
    if not all((home / name).exists() for name in NEEDED):
        return None
    said = subprocess.run([str(home / "pg_dump"), "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    version = re.search(r"\) (\d+)", said.stdout)
    return Tools(home, int(version[1])) if version else None


# --- where ---


def conninfo(database: str, **more: object) -> str:
    """How libpq reaches `database` where Django's settings say the server is. Without the password."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = {name: value for name, value in connection.get_connection_params().items() if name in known}
    return make_conninfo(**{**given, "dbname": database, "password": None, **more})


def environment() -> dict[str, str]:
    """The environment of the programs: the password stands there, not on a command line that everybody can list."""
    password = connection.settings_dict.get("PASSWORD")
    return {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}


@contextlib.contextmanager
def maintenance() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A connection beside the portal's database. Raises `Failed` where there is none to be had."""
    password = connection.settings_dict.get("PASSWORD") or None
    failure: Exception | None = None
    for database in MAINTENANCE:
        try:
            opened = psycopg.connect(conninfo(database), password=password, autocommit=True)
        except psycopg.OperationalError as refused:
            failure = refused
            continue
        with opened:
            yield opened
        return
    raise Failed(f"No connection to PostgreSQL beside the portal's own database: {failure}")


# --- dump and load ---


def dump(tools: Tools, snapshot: str) -> Iterator[bytes]:
    """What pg_dump writes of the portal's database as it was in `snapshot`. Raises `Failed`."""
    command = [
        tools.path("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", "--no-password",
        f"--snapshot={snapshot}", "--lock-wait-timeout=60s", f"--dbname={conninfo(connection.settings_dict['NAME'])}",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:  # noqa: S603
        said = _Listener(process.stderr)
        try:
            yield from _read(process.stdout)
        finally:
            # If nobody wants the rest, for want of room: it would wait for ever to hand it over.
            if process.stdout:
                process.stdout.close()
        if process.wait():
            raise Failed(f"The database could not be dumped: {said()}")


def load(tools: Tools, chunks: Iterable[bytes], database: str) -> None:
    """Fill an empty database with a dump, in one transaction. Raises `Failed`."""
    unpack = [tools.path("pg_restore"), "--no-owner", "--no-privileges", "--file=-"]
    run = [
        tools.path("psql"), "--no-psqlrc", "--quiet", "--no-password", "--single-transaction", "--output=/dev/null",
        "--set=ON_ERROR_STOP=1", f"--dbname={conninfo(database)}",
    ]  # fmt: skip
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(unpack, stdin=pipe, stdout=pipe, stderr=pipe) as unpacking,  # noqa: S603
        subprocess.Popen(run, stdin=pipe, stdout=subprocess.DEVNULL, stderr=pipe, env=environment()) as running,  # noqa: S603
    ):
        said_unpacking, said_running = _Listener(unpacking.stderr), _Listener(running.stderr)
        feeder = threading.Thread(target=_feed, args=(chunks, unpacking.stdin), daemon=True)
        feeder.start()
        _feed(_for_any_server(unpacking.stdout), running.stdin)
        if unpacking.stdout:
            unpacking.stdout.close()
        failed = running.wait() and said_running()
        failed = (unpacking.wait() and said_unpacking()) or failed
        feeder.join()
    if failed:
        raise Failed(f"The dump could not be loaded: {failed}")


def _for_any_server(script: IO[bytes] | None) -> Iterator[bytes]:
    if script:
        yield script.read(PREAMBLE_BYTES).replace(NOT_FOR_OLDER_SERVERS, b"", 1)
    yield from _read(script)


def _read(pipe: IO[bytes] | None) -> Iterator[bytes]:
    while pipe and (chunk := pipe.read(CHUNK)):
        yield chunk


def _feed(chunks: Iterable[bytes], pipe: IO[bytes] | None) -> None:
    if pipe is None:
        return
    # Broken where it has ended already; it says why itself.
    with contextlib.suppress(BrokenPipeError), pipe:
        for chunk in chunks:
            pipe.write(chunk)


class _Listener:
    """Reads what a program says while it runs, so that it never waits to say it."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self._said = b""
        self._thread = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._thread.start()

    def _read(self, pipe: IO[bytes] | None) -> None:
        self._said = pipe.read() if pipe else b""

    def __call__(self) -> str:
        """The first line that it said: what follows quotes rows."""
        self._thread.join()
        lines = self._said.decode(errors="replace").strip().splitlines()
        return lines[0] if lines else "it said nothing"


# --- databases ---


def databases(link: "psycopg.Connection[tuple[object, ...]]") -> set[str]:
    return {str(name) for (name,) in link.execute("SELECT datname FROM pg_database")}


def create(link: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Make an empty database. Raises `Failed`, with what to do where our role may not."""
    try:
        link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        raise Failed(
            "The portal's role may not create databases, and the backup is put into a new one before the present one "
            "is touched. Have an administrator of PostgreSQL run: "
            f"ALTER ROLE {connection.settings_dict['USER']} CREATEDB"
        ) from None


def drop(link: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """Whoever of our role is still connected is cut off.

    Not `WITH (FORCE)`: where autovacuum is at work in it, which is the superuser's, that is refused. Without it, the
    server asks autovacuum to leave, and waits for it.
    """
    ours = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    link.execute(ours, [name])
    link.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def put_in_place(link: "psycopg.Connection[tuple[object, ...]]", new: str, name: str, aside: str | None) -> None:
    """Give `new` the name `name`, and what has it now the name `aside`: both or neither. Raises `Failed`."""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        with link.transaction():
            if aside:
                link.execute(rename.format(sql.Identifier(name), sql.Identifier(aside)))
            link.execute(rename.format(sql.Identifier(new), sql.Identifier(name)))
    except psycopg.errors.ObjectInUse:
        raise Failed(
            f"Somebody has connected to the database “{name}” meanwhile. Stop web, worker, beat and sweep, and start "
            "again. Nothing was changed."
        ) from None


def others_connected(link: "psycopg.Connection[tuple[object, ...]]", name: str) -> int:
    count = link.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", [name]
    ).fetchone()
    return int(str(count[0])) if count else 0


@contextlib.contextmanager
def portal_in(name: str) -> Iterator[None]:
    """Inside the block, Django's database is `name`."""
    before = connection.settings_dict["NAME"]
    _let_go()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        _let_go()
        connection.settings_dict["NAME"] = before


def _let_go() -> None:
    connection.close()
    if "pool" in connection.settings_dict.get("OPTIONS", {}):
        connection.close_pool()  # type: ignore[attr-defined]
