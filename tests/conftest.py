"""What every test may ask for. The servers come from the plugin `tests.servers`, the people from `tests.cast`."""

import gc
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from tests.cast import NOW, Cast, build_cast
from tests.replay import Recording, record, ship_again

# How long an example takes is the machine's affair: with others at work on it, a slow one isn't wrong.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")

# Modules that build something costly for all their tests: each on one worker, or both would build it. They begin first:
# left to the end, what takes a minute would keep one core busy and the other waiting.
ON_ONE_WORKER = {
    "tests/browser/test_crawl.py",
    "tests/config/bench/test_bench.py",
    "tests/config/demo/test_demo.py",
    "tests/config/test_docker_compose.py",
    "tests/governance/backups/test_backups.py",
    "tests/scenarios/test_demo.py",
    "tests/scenarios/test_planted_leaks.py",
    "tests/scenarios/test_rights.py",
}


class ByModule(LoadScopeScheduling):
    """What `-n` hands out: these modules whole and first, every other test by itself."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path in ON_ONE_WORKER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log) -> LoadScopeScheduling | None:
    return ByModule(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_finish() -> None:
    """What is loaded and collected stays to the end: the garbage collector needn't look through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """A database with a connection left open can't be dropped."""
    from issues.figures.asking import BESIDE

    yield
    BESIDE.close()


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """Nobody attacks the passwords of a test: hash them fast."""
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_line_for_each_request() -> None:
    """Nobody reads in a test that an address was asked for. Whoever reads the log asks for it: `caplog.at_level`."""
    logging.getLogger().setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def media_of_the_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media_root(settings, media_of_the_run: Path) -> Path:
    """A folder for each test. `tmp_path` would read the names of all folders before it, which are thousands."""
    settings.MEDIA_ROOT = Path(mkdtemp(dir=media_of_the_run))
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """Each test begins in Chinese, whatever language the one before left behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def shipped(db) -> None:
    """What migrations ship. They wrote it once; a test with real commits empties every table after itself."""
    ship_again()


@pytest.fixture(scope="session")
def recorded_cast(django_db_setup, django_db_blocker) -> Recording:
    """Built before any test has touched a setting."""
    with django_db_blocker.unblock(), transaction.atomic():
        ship_again()
        recording = record(build_cast)
        transaction.set_rollback(True)
    return recording


@pytest.fixture
def cast(recorded_cast: Recording, shipped) -> Cast:
    """The people and places of `tests.cast`, in the database."""
    return recorded_cast.play()
