"""State directories of their own, with a name that trips what splits or encodes paths carelessly."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import endpoints
from tests.config.processes import eventually, processes_of


@pytest.fixture(scope="session")
def made_state_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One state directory for all tests that only need some database: it is made once."""
    yield from _state_dir(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    yield from _state_dir(tmp_path)


def _state_dir(parent: Path) -> Iterator[Path]:
    path = parent.resolve() / "数据 of an estate"
    yield path
    assert eventually(lambda: not processes_of(path)), processes_of(path)
    shutil.rmtree(endpoints.run_dir(path), ignore_errors=True)
