"""Taking a backup: the database as it is at one instant, and the files that its rows name then."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction

from governance.backups import archive, contents, postgres
from governance.backups.errors import BackupError, naming_a_full_disk
from governance.domain import stored_files
from governance.domain.moment import database_now
from governance.signals import figures_asked

Say = Callable[[str], None]
# What isn't whole yet. Nothing that looks for backups takes it for one.
UNFINISHED = ".partial"
SAID_EVERY = 500


@dataclass(frozen=True)
class Taken:
    """A backup that was written. `missing`: files that rows name and that aren't there any more."""

    path: Path
    bytes: int
    files: int
    missing: list[str]


def take_backup(directory: Path, say: Say) -> Taken:
    """Write a backup into `directory`, under its name only once it is whole and on the disk. Raises `BackupError`.

    The portal may go on meanwhile. Only the deletion of files waits: what a row named at that instant is in it.
    """
    if not directory.is_dir():
        raise BackupError(f"{directory} is not a directory.")
    _forget_unfinished(directory)
    try:
        with naming_a_full_disk(directory), _draft(directory) as (file, draft):
            with stored_files.kept_for_a_backup():
                manifest = _write(archive.Writer(file), say)
            final = _give_name(draft, directory, datetime.fromisoformat(manifest["made_at"]))
    except PermissionError as refused:
        raise BackupError(f"{directory} can't be written to: {refused.strerror}.") from None
    return Taken(final, final.stat().st_size, len(manifest["files"]), manifest["missing"])


def _write(writer: archive.Writer, say: Say) -> dict[str, Any]:
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version')")
        snapshot, server = cursor.fetchone()
        tools = postgres.tools_for(postgres.server_major())
        at = database_now().replace(microsecond=0)
        manifest: dict[str, Any] = {
            "format": contents.FORMAT,
            "made_at": at.astimezone(UTC).isoformat(timespec="seconds"),
            "portal": settings.PORTAL_VERSION,
            "postgresql": server,
            "migrations": contents.newest_migrations(),
            "keys": contents.canaries(),
            "rows": contents.rows_by_table(),
            "figures": figures(at),
        }
        names = sorted(stored_files.named_by_rows() - {""})
        say("Dumping the database …")
        sums = {archive.DUMP: writer.add(archive.DUMP, postgres.dump(tools, snapshot))}
    files, missing = _add_files(writer, names, sums, say)
    manifest |= {"files": files, "missing": missing, "members": {name: vars(each) for name, each in sums.items()}}
    say("Reading it back and sealing it …")
    writer.close(manifest, contents.sign)
    return manifest


def figures(at: datetime) -> dict[str, object]:
    """The figures that those above want to find again after a restore. JSON-able. None before an upgrade is done."""
    found: dict[str, object] = {}
    # Counted by this code on the schema of another, they would fail; a backup before an upgrade must not.
    if contents.pending_migrations():
        return found
    # In a transaction all are asked over this one connection: a restore has to let go of the database it looks through.
    with transaction.atomic(savepoint=False):
        for _receiver, answer in figures_asked.send(sender=None, at=at):
            found.update(answer)  # type: ignore[arg-type]
    return found


def _add_files(
    writer: archive.Writer, names: list[str], sums: dict[str, archive.Sum], say: Say
) -> tuple[list[str], list[str]]:
    """Add each file as a member numbered by its place in the first list; the second has those that weren't there."""
    files: list[str] = []
    missing: list[str] = []
    for name in names:
        if len(files) % SAID_EVERY == 0:
            say(f"Files: {len(files)} of {len(names)} …")
        member = f"files/{len(files) + 1:07}"
        try:
            opened = default_storage.open(name)
        except FileNotFoundError:
            missing.append(name)
            continue
        with opened:
            sums[member] = writer.add(member, opened.chunks())
        files.append(name)
    return files, missing


# --- the file on the disk ---


@contextmanager
def _draft(directory: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A file of our own that is gone after the block, unless it has got another name. Locked while we live."""
    path = directory / f".youying-{os.getpid()}-{os.urandom(4).hex()}{UNFINISHED}"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def _forget_unfinished(directory: Path) -> None:
    """Delete what killed backups have left: nobody holds it any more."""
    for path in directory.glob(f".youying-*{UNFINISHED}"):
        with suppress(OSError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()


def _free_name(directory: Path, at: datetime) -> Path:
    stem = f"youying-{at:%Y%m%dT%H%M%SZ}"
    names = (directory / f"{stem}{number}.tar" for number in ("", *(f"-{each}" for each in range(2, 1000))))
    return next(path for path in names if not path.exists())


def _give_name(draft: Path, directory: Path, at: datetime) -> Path:
    """Rename the draft to the first free name, and have the directory's new entry on the disk, too.

    Under a lock of the directory: of two that end in the same second the later would take the place of the first.
    """
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        final = _free_name(directory, at)
        os.rename(draft, final)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return final
