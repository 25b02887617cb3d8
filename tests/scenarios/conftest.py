"""The world of the rights, once for each module that asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios import rights
from tests.scenarios.rights_world import World, known_once, one_world, same_page_same_bytes, without_frame


@pytest.fixture(scope="module")
def files_of_the_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def built_once(django_db_setup, django_db_blocker, files_of_the_world: Path) -> Iterator[World]:
    with django_db_blocker.unblock(), one_world(rights.read(), files_of_the_world) as world:
        yield world


@pytest.fixture
def world(built_once: World, db, media_root, settings, files_of_the_world: Path, monkeypatch) -> World:
    """The one world, at `NOW`. What a test does to its rows is undone; the objects stay as they were built."""
    settings.MEDIA_ROOT = files_of_the_world
    same_page_same_bytes(monkeypatch)
    without_frame(monkeypatch)
    return built_once


@pytest.fixture
def people_known(world: World, monkeypatch) -> None:
    known_once(world, monkeypatch)
