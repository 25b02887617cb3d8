"""The embedded servers as their users see them: real servers, real processes, real signals."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded import endpoints
from config.embedded.errors import EmbeddedServersError
from config.embedded.holding import ensure_running
from config.embedded.keeper import answers_ping
from tests.config.processes import eventually, pid_of, processes_of, query, read_until, start

pytestmark = pytest.mark.processes

HOLD = """
import sys
import time
from config.embedded.environment import state_dir
from config.embedded.holding import ensure_running
with ensure_running(state_dir(), volatile=True):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(state_dir: Path) -> subprocess.Popen[str]:
    """Start a process that uses the servers until its standard input is closed."""
    return start(["-c", HOLD], state_dir)


def let_go(holder: subprocess.Popen[str]) -> None:
    holder.communicate(timeout=10)


def test_both_servers_answer_and_keep_their_promises(made_state_dir):
    with ensure_running(made_state_dir, volatile=True) as held:
        assert held.are_running()
        assert query(made_state_dir, "SELECT current_setting('TimeZone')") == "UTC"
        assert query(made_state_dir, "SELECT count(*) FROM pg_roles WHERE rolname = current_user AND rolsuper") == 0
        # What looks for capitals and small letters in our words must know more than ASCII.
        assert query(made_state_dir, "SELECT lower('ÄÖ') || upper('я')") == "äöЯ"
        assert query(made_state_dir, "SELECT current_setting('listen_addresses')") == ""
        assert answers_ping(endpoints.redis_socket(made_state_dir))


def test_the_role_may_make_databases_as_the_tests_do(made_state_dir):
    with ensure_running(made_state_dir, volatile=True):
        query(made_state_dir, "CREATE DATABASE another")
        query(made_state_dir, "DROP DATABASE another")


def test_two_commands_at_once_share_one_pair_of_servers_until_the_last_has_gone(state_dir):
    first, second = hold(state_dir), hold(state_dir)
    read_until(first, "held")
    read_until(second, "held")
    keeper = pid_of(state_dir, "-m config.embedded")
    postgres = pid_of(state_dir, "bin/postgres")
    redis = pid_of(state_dir, "redis-server")
    query(state_dir, "CREATE TABLE kept AS SELECT 42 AS answer")

    let_go(first)
    assert query(state_dir, "SELECT answer FROM kept") == 42
    assert (pid_of(state_dir, "bin/postgres"), pid_of(state_dir, "redis-server")) == (postgres, redis)

    let_go(second)
    assert eventually(lambda: not processes_of(state_dir)), processes_of(state_dir)
    assert not endpoints.run_dir(state_dir).exists()
    with ensure_running(state_dir, volatile=True):
        assert query(state_dir, "SELECT answer FROM kept") == 42
        assert pid_of(state_dir, "-m config.embedded") != keeper


def test_a_command_right_after_another_finds_the_servers_still_there(made_state_dir):
    with ensure_running(made_state_dir, volatile=True):
        postgres = pid_of(made_state_dir, "bin/postgres")
    with ensure_running(made_state_dir, volatile=True):
        assert pid_of(made_state_dir, "bin/postgres") == postgres


def test_a_killed_user_leaves_no_server_behind(made_state_dir):
    holder = hold(made_state_dir)
    read_until(holder, "held")
    holder.kill()
    holder.wait()
    assert eventually(lambda: not processes_of(made_state_dir)), processes_of(made_state_dir)


def test_a_killed_keeper_leaves_no_server_behind_and_the_next_command_starts_anew(made_state_dir):
    with ensure_running(made_state_dir, volatile=True) as held:
        os.kill(pid_of(made_state_dir, "-m config.embedded"), signal.SIGKILL)
        assert eventually(lambda: not processes_of(made_state_dir), 3), processes_of(made_state_dir)
        assert not held.are_running()
        with ensure_running(made_state_dir, volatile=True):
            assert query(made_state_dir, "SELECT 1") == 1


def test_when_one_server_ends_the_other_is_stopped_and_the_reason_told(made_state_dir):
    with ensure_running(made_state_dir, volatile=True) as held:
        os.kill(pid_of(made_state_dir, "redis-server"), signal.SIGKILL)
        assert eventually(lambda: not processes_of(made_state_dir)), processes_of(made_state_dir)
        assert not held.are_running()
        assert "redis ended while it was in use" in held.why_not()


def test_a_program_that_has_the_number_of_an_old_server_is_left_alone(made_state_dir):
    with ensure_running(made_state_dir, volatile=True):
        os.kill(pid_of(made_state_dir, "-m config.embedded"), signal.SIGKILL)
    assert eventually(lambda: not processes_of(made_state_dir))
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        pid_file = made_state_dir / "postgres" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n/nowhere\n")
        with ensure_running(made_state_dir, volatile=True):
            assert query(made_state_dir, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_another_postgresqls_data_are_refused_and_left_as_they_are(state_dir):
    data_dir = state_dir / "postgres"
    data_dir.mkdir(parents=True)
    (data_dir / "PG_VERSION").write_text("13\n")
    refused = r"was made by PostgreSQL 13.* STATE_DIR="
    with pytest.raises(EmbeddedServersError, match=refused), ensure_running(state_dir):
        pytest.fail("started on another version's data")
    assert [path.name for path in data_dir.iterdir()] == ["PG_VERSION"]


def test_a_start_that_was_interrupted_is_done_again(state_dir):
    half = state_dir / "postgres.draft"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with ensure_running(state_dir, volatile=True):
        assert query(state_dir, "SELECT 1") == 1
    assert not half.exists()


def test_sockets_are_short_and_closed_to_others_however_deep_the_state_lies(made_state_dir):
    deep = made_state_dir / ("very deep " * 20)
    longest = endpoints.run_dir(deep) / f".s.PGSQL.{endpoints.DATABASE_PORT}.lock"
    assert len(os.fsencode(longest)) < 100
    with ensure_running(made_state_dir, volatile=True):
        run_dir = endpoints.run_dir(made_state_dir)
        assert run_dir.stat().st_mode & 0o777 == 0o700
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(endpoints.redis_socket(made_state_dir)))


def test_commands_that_come_and_go_while_servers_start_and_leave_always_find_them(made_state_dir):
    """Waits of about the keeper's patience, so that the next user comes before, while and after it leaves."""
    for wait in (0.0, 1.6, 1.8, 2.0):
        time.sleep(wait)
        with ensure_running(made_state_dir, volatile=True):
            assert query(made_state_dir, "SELECT 1") == 1
            assert answers_ping(endpoints.redis_socket(made_state_dir))
