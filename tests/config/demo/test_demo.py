"""The whole demo as `make demo` runs it: web, worker, beat, sweep and the servers below them."""

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from config.demo import address
from config.health import web_is_well
from tests.config.processes import eventually, processes_of, query, read_until, start

pytestmark = pytest.mark.processes

ALL_UP = "Stop it with Ctrl-C"
EVERY_KIND = ("gunicorn", "celery --quiet -A config.celery worker", "beat", "sweep", "bin/postgres", "redis-server")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind((address.HOST, 0))
        return probe.getsockname()[1]


def start_demo(state_dir: Path, port: int) -> subprocess.Popen[str]:
    demo = start(["-m", "config.demo"], state_dir, PORT=str(port))
    read_until(demo, ALL_UP)
    return demo


def kinds_running(state_dir: Path) -> set[str]:
    lines = processes_of(state_dir)
    return {kind for kind in EVERY_KIND if any(kind in line for line in lines)}


def end(demo: subprocess.Popen[str], state_dir: Path, port: int, sent: signal.Signals) -> int:
    """Everything runs; end it. No process is left within ten seconds. How it ended."""
    assert kinds_running(state_dir) == set(EVERY_KIND)
    assert web_is_well(port)
    demo.send_signal(sent)
    assert eventually(lambda: not processes_of(state_dir), 10), processes_of(state_dir)
    demo.communicate(timeout=1)
    return demo.returncode


def test_a_demo_that_is_killed_leaves_no_process_behind(made_state_dir, port):
    assert end(start_demo(made_state_dir, port), made_state_dir, port, signal.SIGKILL) == -signal.SIGKILL


def test_a_second_start_is_refused_and_one_after_the_end_keeps_the_data(made_state_dir, port):
    """Ended by whoever runs it, and by Ctrl-C."""
    demo = start_demo(made_state_dir, port)
    second = start(["-m", "config.demo"], made_state_dir, PORT=str(port))
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already running at {address.url(port)}" in said
    assert web_is_well(port)
    query(made_state_dir, "CREATE TABLE IF NOT EXISTS what_somebody_did AS SELECT 42 AS answer")
    assert end(demo, made_state_dir, port, signal.SIGTERM) == 0

    demo = start_demo(made_state_dir, port)
    assert query(made_state_dir, "SELECT answer FROM what_somebody_did") == 42
    assert end(demo, made_state_dir, port, signal.SIGINT) == 0


def test_a_taken_port_ends_the_start_before_anything_runs(state_dir):
    with socket.socket() as taken:
        taken.bind((address.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = start(["-m", "config.demo"], state_dir, PORT=str(port))
        said, _ = demo.communicate(timeout=30)
    assert demo.returncode == 1
    assert f"Port {port} is taken" in said
    assert "Traceback" not in said
    assert not (state_dir / "postgres").exists()


@pytest.mark.parametrize(("asked", "status"), [("--help", 0), ("--port=80", 2)])
def test_a_question_about_the_command_is_answered_and_starts_nothing(tmp_path, asked, status):
    demo = start(["-m", "config.demo", asked], tmp_path / "state")
    assert demo.wait(30) == status
    assert not (tmp_path / "state").exists()
