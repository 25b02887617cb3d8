"""Making a portal out of a backup: beside the present one, looked through, and only then in its place."""

import contextlib
import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import Error, connection
from django.db.migrations.recorder import MigrationRecorder

from governance.backups import archive, contents, postgres
from governance.backups.archive import Archive
from governance.backups.contents import Verified
from governance.backups.errors import BackupError, Failed, NotEmpty, StillConnected
from governance.backups.taking import Say, figures
from governance.domain import stored_files

Link = psycopg.Connection[tuple[object, ...]]
# PostgreSQL cuts names off here.
NAME_BYTES = 63
# A connection that was closed, ours too, is seen for a moment longer.
LEAVING_SECONDS = 3.0
ASIDE, SCRATCH = "_before_", "_restoring"


@dataclass
class Report:
    """What a restore or a drill found."""

    manifest: dict[str, Any]
    verified: Verified
    unnamed: list[str] = field(default_factory=list)
    differing: dict[str, tuple[object, object]] = field(default_factory=dict)
    kept_as: str = ""

    @property
    def is_sound(self) -> bool:
        return not (self.verified.flaws or self.verified.unreadable or self.unnamed or self.differing)


def restore(path: Path, *, replace: bool, say: Say) -> Report:
    """Put the backup in place of the present portal, which must be empty unless `replace`. Raises `BackupError`.

    Whatever fails or is killed before the last step leaves the present portal as it was.
    """
    name = str(connection.settings_dict["NAME"])
    found = _checked(path, say)
    connection.close()
    with _alone(name) as link:
        exists = name in postgres.databases(link)
        used = _use_of(name) if exists else ""
        if used and not replace:
            raise NotEmpty(name, used)
        _refuse_others(link, name)
        with _beside(link, name, found, say) as (scratch, report):
            if report.verified.flaws or report.differing or report.unnamed:
                raise Failed(f"What came out isn't what went in: {_why_not(report)}. Nothing was changed.")
            aside = _aside(link, name) if exists else ""
            with _files_put_back(found, say) as others:
                say("Putting it in place …")
                _refuse_others(link, name)
                postgres.put_in_place(link, scratch, name, aside or None)
            _overwrite(found, others)
        if aside and not used:
            postgres.drop(link, aside)
            aside = ""
    report.kept_as = aside
    return report


def drill(path: Path, say: Say) -> Report:
    """Restore the backup beside the portal, look through it, and drop it again. The portal goes on meanwhile."""
    found = _checked(path, say)
    name = str(connection.settings_dict["NAME"])
    connection.close()
    with _alone(name) as link, _beside(link, name, found, say) as (_scratch, report):
        return report


def _checked(path: Path, say: Say) -> Archive:
    say("Reading the backup …")
    found = archive.read(path)
    contents.check_keys(found)
    contents.check_schema(found.manifest)
    return found


@contextlib.contextmanager
def _alone(name: str) -> Iterator[Link]:
    """A connection beside the portal's database, for one restore or drill of it at a time."""
    with postgres.maintenance() as link:
        row = link.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", [postgres.RESTORING, name]).fetchone()
        if not row or not row[0]:
            raise BackupError("Another restore or drill is going on. Wait for its end.")
        yield link


def _use_of(name: str) -> str:
    """What a database is used for, in words; nothing if it is as migrations leave it, or empty."""
    with postgres.portal_in(name), connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        if "django_migrations" not in tables:
            return f"it has {len(tables)} tables of something else" if tables else ""
        if "governance_user" not in tables:
            return ""
        cursor.execute("SELECT count(*) FROM governance_user")
        people = cursor.fetchone()[0]
        return f"{people} people have accounts in it" if people else ""


def _refuse_others(link: Link, name: str) -> None:
    patience = time.monotonic() + LEAVING_SECONDS
    while count := postgres.others_connected(link, name):
        if time.monotonic() > patience:
            raise StillConnected(name, count)
        time.sleep(0.1)


@contextlib.contextmanager
def _beside(link: Link, name: str, found: Archive, say: Say) -> Iterator[tuple[str, Report]]:
    """Inside the block, a database with the backup in it, migrated and looked through. Gone after it."""
    scratch = f"{name[: NAME_BYTES - len(SCRATCH)]}{SCRATCH}"
    postgres.drop(link, scratch)  # one that was left by a killed restore: we hold the lock, so nobody is at it
    postgres.create(link, scratch)
    try:
        say("Loading the database …")
        postgres.load(postgres.tools_for(link.info.server_version // 10_000), found.chunks(archive.DUMP), scratch)
        with postgres.portal_in(scratch):
            report = _look_through(found, say)
        yield scratch, report
    finally:
        postgres.drop(link, scratch)


def _look_through(found: Archive, say: Say) -> Report:
    told = found.manifest
    contents.check_migrations(set(MigrationRecorder(connection).applied_migrations()))
    rows = contents.rows_by_table()
    differing: dict[str, tuple[object, object]] = {
        table: (told["rows"].get(table), rows.get(table))
        for table in sorted(told["rows"].keys() | rows.keys())
        if told["rows"].get(table) != rows.get(table)
    }
    say("Bringing its schema up to date …")
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Error as failed:
        raise Failed(f"Its schema could not be brought up to date: {type(failed).__name__}.") from failed
    say("Looking through the audit trail, the encrypted fields and the files …")
    unnamed = sorted(stored_files.named_by_rows() - {""} - {*told["files"], *told["missing"]})
    as_then = figures(datetime.fromisoformat(told["made_at"]))
    for name, value in told["figures"].items():
        # A newer version may count otherwise, or no longer: only what both count the same way is compared.
        if name in as_then and as_then[name] != value:
            differing[name] = (value, as_then[name])
    return Report(told, contents.verify(), unnamed, differing)


def _why_not(report: Report) -> str:
    reasons = [*report.verified.flaws]
    reasons += [f"{what}: {then} then, {now} now" for what, (then, now) in report.differing.items()]
    reasons += [f"no file {name}" for name in report.unnamed]
    return "; ".join(reasons[:5])


def _aside(link: Link, name: str) -> str:
    row = link.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSMS')").fetchone()
    end = f"{ASIDE}{row[0] if row else ''}"
    return f"{name[: NAME_BYTES - len(end)]}{end}"


# --- files ---


@contextlib.contextmanager
def _files_put_back(found: Archive, say: Say) -> Iterator[list[tuple[str, str]]]:
    """Store the files that aren't there, and take them away again if the block fails.

    Yields those that are there with other content, by member and name: they are left alone as yet.
    """
    added: list[str] = []
    others: list[tuple[str, str]] = []
    try:
        for number, name in enumerate(found.manifest["files"], start=1):
            member = f"files/{number:07}"
            if number % 500 == 1:
                say(f"Files: {number - 1} of {len(found.manifest['files'])} …")
            if not default_storage.exists(name):
                added.append(_store(found, member, name))
            elif _sum_of(name) != found.sums[member].sha256:
                others.append((member, name))
        yield others
    except BaseException:
        for name in added:
            default_storage.delete(name)
        raise


def _overwrite(found: Archive, others: list[tuple[str, str]]) -> None:
    for member, name in others:
        default_storage.delete(name)
        _store(found, member, name)


def _store(found: Archive, member: str, name: str) -> str:
    stored = default_storage.save(name, _Stream(found, member, name))
    if stored != name:
        default_storage.delete(stored)
        raise Failed(f"The file {name} could not be stored under its name. Nothing was changed.")
    return stored


def _sum_of(name: str) -> str:
    digest = hashlib.sha256()
    with default_storage.open(name) as opened:
        for chunk in opened.chunks():
            digest.update(chunk)
    return digest.hexdigest()


class _Stream(File):
    """A member as Django's storage reads a file."""

    def __init__(self, found: Archive, member: str, name: str) -> None:
        super().__init__(None, name)
        self.found, self.member = found, member
        self.size = found.sums[member].bytes

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield from self.found.chunks(self.member)
