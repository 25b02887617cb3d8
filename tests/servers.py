"""pytest plugin: real PostgreSQL and Redis for the whole session, started before the first test needs them.

A plugin, not a conftest: pytest-django reads the settings before any conftest is looked at. With `DATABASE_URL` and
`REDIS_URL` set, those servers are used and none is started.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.environment import embedded_servers, state_dir
from config.embedded.errors import EmbeddedServersError
from config.embedded.holding import ensure_running

os.environ.setdefault("STATE_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ.setdefault("PORTAL_MODE", "demo")

held = contextlib.ExitStack()


def pytest_configure() -> None:
    """Hold the servers; each xdist worker holds them for itself, beside the process that started it."""
    servers = embedded_servers()
    if not servers:
        return
    try:
        held.enter_context(ensure_running(state_dir(), servers, volatile=True))
    except EmbeddedServersError as error:
        pytest.exit(f"{error}", returncode=1)


def pytest_unconfigure() -> None:
    held.close()


@pytest.fixture(scope="session", autouse=True)
def uncollected_static_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Serve static files as they lie in the sources: the tests need no `collectstatic` first."""
    from django.conf import settings
    from django.test import override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    nothing_collected = tmp_path_factory.mktemp("static")
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}, STATIC_ROOT=nothing_collected):
        yield
