"""A portal with people, petitions and photos in a database of its own, copied for each test; and how to compare two."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.apps import apps
from django.conf import settings as portal_settings
from django.db import connection, transaction
from django.test import override_settings

from governance import shipped as shipped_by_governance
from governance.backups import postgres
from issues import shipped as shipped_by_issues
from issues.domain import handling
from issues.figures.asking import BESIDE
from residents.domain import drafts, petitions
from tests.cast import NOW, build_cast, draft, take_in
from tests.config.processes import PROJECT_DIR
from tests.faults.conftest import database_url
from tests.photos import jpeg


@dataclass(frozen=True)
class Portal:
    """A database and its folder of files. Whatever is asked of it is asked outside of Django."""

    name: str
    media: Path
    url: str = ""

    def link(self, **how: bool) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("postgres:", "postgresql:") or postgres.conninfo(self.name), **how)

    def sql(self, statement: str, *values: object) -> list[tuple]:
        with self.link(autocommit=True) as link:
            cursor = link.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def everything(self) -> dict[str, object]:
        """Each table's rows, each sequence, each constraint, index and trigger, and each file, in short."""
        found: dict[str, object] = {}
        for (table,) in self.sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
            rows = (
                f"SELECT count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{table}\" t"
            )
            found[table] = self.sql(rows)
        for what in (
            "SELECT sequencename, last_value FROM pg_sequences",
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        ):
            # PostgreSQL casts the members of a list one by one when it reads its own words again.
            found[what] = sorted(
                re.sub(r"::(text|character varying)(\[\])?|[()]", "", str(row)) for row in self.sql(what)
            )
        for path in self.media.rglob("*.*"):
            found[str(path.relative_to(self.media))] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def start(self, *command: str, **more: object) -> subprocess.Popen[str]:
        """Start one of our commands on it, as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "manage.py", *command], cwd=PROJECT_DIR, env=self.environment(), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more,
        )  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.url or database_url({**connection.settings_dict, "NAME": self.name}),
            "REDIS_URL": "unix:///tmp/no-redis-here.sock?db=0",
            "STATE_DIR": str(portal_settings.STATE_DIR),
            "MEDIA_ROOT": str(self.media),
        }


def databases() -> set[str]:
    """The portal's, and those that a restore has made beside it."""
    ours = connection.settings_dict["NAME"]
    with postgres.maintenance() as link:
        return {name for name in postgres.databases(link) if name.startswith(ours)}


def copy_database(old: str, new: str) -> None:
    connection.close()
    BESIDE.close()  # nobody may be connected to the one that is copied
    with postgres.maintenance() as link:
        postgres.drop(link, new)
        link.execute(f'CREATE DATABASE "{new}" TEMPLATE "{old}"')


@pytest.fixture(scope="module")
def original(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Portal]:
    with django_db_blocker.unblock():
        test_database = connection.settings_dict["NAME"]
        assert test_database.startswith("test_")  # made only where a test is marked with django_db
        portal = Portal(f"{test_database}_original", tmp_path_factory.mktemp("original"))
        copy_database(test_database, portal.name)
        with postgres.portal_in(portal.name), override_settings(MEDIA_ROOT=portal.media):
            fill()
        yield portal
        with postgres.maintenance() as link:
            for name in postgres.databases(link):
                if name.startswith((portal.name, f"{test_database}_portal")):
                    postgres.drop(link, name)


def fill() -> None:
    with transaction.atomic():
        shipped_by_governance.ensure(apps.get_model, at=shipped_by_governance.SHIPPED_AT)
        shipped_by_issues.ensure(apps.get_model)
        cast = build_cast()
        for person in (cast.li, cast.wang):
            told = draft(person, cast.building, at=NOW)
            for position in (1, 2):
                drafts.keep_photo(told, jpeg(), position, NOW)
            petition = petitions.file_petition(told, actor=person, at=NOW)
            order = take_in(petition)
        handling.accept(order, actor=cast.zhou, at=NOW)


@pytest.fixture
def portal(original: Portal, django_db_blocker, tmp_path: Path, settings) -> Iterator[Portal]:
    """A copy of the original, which is Django's portal in the test."""
    with django_db_blocker.unblock():
        copy = Portal(original.name.replace("_original", "_portal"), tmp_path / "media")
        copy_database(original.name, copy.name)
        shutil.copytree(original.media, copy.media)
        settings.MEDIA_ROOT = copy.media
        before = connection.settings_dict["NAME"]
        with postgres.portal_in(copy.name):
            yield copy
        assert connection.settings_dict["NAME"] == before


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The directory in which backups are kept."""
    path = tmp_path / "kept"
    path.mkdir()
    return path


@pytest.fixture
def locked(portal: Portal) -> Iterator[Callable[[str], SimpleNamespace]]:
    """Lock a table so that whoever reads it waits; `release` lets them go on."""
    links = []

    def lock(table: str) -> SimpleNamespace:
        link = psycopg.connect(postgres.conninfo(portal.name))
        link.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        links.append(link)
        return SimpleNamespace(release=link.close)

    yield lock
    for link in links:
        link.close()
