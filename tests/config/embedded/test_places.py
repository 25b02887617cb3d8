import errno
import os
from pathlib import Path

import pytest

from config.embedded import endpoints, errors
from config.embedded.account import Account
from config.embedded.errors import DiskFull, EmbeddedServersError, ForeignState, naming_a_full_disk
from config.embedded.places import Places, Report


@pytest.fixture
def places(state_dir: Path) -> Places:
    return Places(state_dir)


@pytest.fixture
def ours() -> Account:
    return Account(os.geteuid(), os.getegid())


def foreign_directory(tmp_path: Path) -> Path:
    """A directory of another user: made by root; anybody else has the system's own to look at."""
    if os.geteuid() != 0:
        return Path("/usr")
    path = tmp_path / "foreign"
    path.mkdir()
    os.chown(path, 12345, 12345)
    return path


def test_a_state_directory_is_made_for_its_owner_alone(places):
    places.make_state_dir()
    assert places.state_dir.stat().st_mode & 0o777 == 0o700
    places.make_state_dir()


def test_somebody_elses_state_directory_is_refused(tmp_path):
    with pytest.raises(ForeignState, match=r"belongs to .* choose a directory of your own with STATE_DIR="):
        Places(foreign_directory(tmp_path)).make_state_dir()


def test_a_state_directory_below_a_file_is_refused_in_one_sentence(tmp_path):
    (tmp_path / "a-file").touch()
    with pytest.raises(EmbeddedServersError, match=r"is not a directory"):
        Places(tmp_path / "a-file" / "state").make_state_dir()


def test_a_link_in_the_place_of_the_socket_directory_is_refused(places, ours, tmp_path):
    run_dir = endpoints.run_dir(places.state_dir)
    run_dir.symlink_to(tmp_path)
    try:
        with pytest.raises(ForeignState):
            places.make_run_dir(ours)
    finally:
        run_dir.unlink()


def test_a_socket_directory_left_open_is_closed_before_use(places, ours):
    places.run_dir.mkdir(mode=0o755)
    places.make_run_dir(ours)
    assert places.run_dir.stat().st_mode & 0o777 == 0o700


def test_too_little_room_is_said_before_anything_is_written(places, monkeypatch):
    places.make_state_dir()
    places.check_room()
    monkeypatch.setattr(errors, "LEAST_FREE_MB", 10**9)
    monkeypatch.setattr("config.embedded.places.LEAST_FREE_MB", 10**9)
    with pytest.raises(DiskFull, match=rf"The disk is full: \d+ MB are left at .*{places.state_dir.name}"):
        places.check_room()


def test_what_fails_for_want_of_room_is_named_and_nothing_else_is(tmp_path):
    with pytest.raises(DiskFull, match=r"MB are left"), naming_a_full_disk(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), naming_a_full_disk(tmp_path):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_a_report_reads_back_as_it_was_written(places):
    assert Report.read(places) == Report()
    places.make_state_dir()
    said = Report(ready=True, servers=("postgres",), failure="")
    said.write(places)
    assert Report.read(places) == said
