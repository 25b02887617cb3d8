"""Real processes for the tests of the embedded servers and of the demo: starting them, and listing who is left."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from config.embedded import endpoints

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


def environment(state_dir: Path, **more: str) -> dict[str, str]:
    """The environment of a bare checkout: nothing configured but the state directory."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "PORT"}}
    return {**kept, "STATE_DIR": str(state_dir), "PORTAL_MODE": "demo", **more}


def start(command: list[str], state_dir: Path, **more: str) -> subprocess.Popen[str]:
    """Start a Python command in a session of its own, its output readable."""
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=PROJECT_DIR,
        env=environment(state_dir, **more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def processes_of(state_dir: Path) -> list[str]:
    """List the living processes that work for `state_dir`, as “pid command line”.

    By working directory (PostgreSQL, Redis), by command line (the keeper) and by environment (everybody else).
    """
    run_dir = endpoints.run_dir(state_dir)
    found = [_describe(entry, {str(state_dir), str(run_dir)}) for entry in Path("/proc").iterdir()]
    return sorted(line for line in found if line)


def _describe(entry: Path, marks: set[str]) -> str:
    if not entry.name.isdigit() or int(entry.name) == os.getpid():
        return ""
    try:
        if ") Z " in (entry / "stat").read_text():
            return ""
        words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        told = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
        works_in = os.readlink(entry / "cwd")
    except OSError:  # it ended while we looked, or is not ours to look at
        return ""
    is_ours = (
        any(works_in == mark or works_in.startswith(f"{mark}/") for mark in marks)
        or any(mark in words for mark in marks)
        or any(f"STATE_DIR={mark}" in told for mark in marks)
    )
    return f"{entry.name} {words}" if is_ours else ""


def eventually(is_so: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something becomes true within the time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def pid_of(state_dir: Path, words: str) -> int:
    """Return the one process of `state_dir` whose command line has `words`."""
    (line,) = [line for line in processes_of(state_dir) if words in line]
    return int(line.partition(" ")[0])


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Read the output up to the line that has `words`; fail with what was said if it never comes."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            return "".join(said)
    raise AssertionError(f"“{words}” was never said, but:\n{''.join(said)}")


def query(state_dir: Path, statement: str) -> object:
    """Run one statement on the embedded database and return the first value, if it has one."""
    settings = endpoints.database_settings(state_dir)
    with psycopg.connect(
        dbname=settings["NAME"], user=settings["USER"], host=settings["HOST"], port=settings["PORT"], autocommit=True
    ) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None
