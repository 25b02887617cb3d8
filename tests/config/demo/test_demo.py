"""The whole demo as `make demo` runs it: web, worker, beat, sweep and the servers below them."""

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from config.demo import address
from config.health import web_is_well
from tests.config.processes import eventually, processes_of, query, read_until, start

# One worker: what is made once for all of them, a portal with its demo, takes half a minute of a core.
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


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_however_the_demo_ends_no_process_is_left_within_ten_seconds(made_state_dir, port, sent):
    demo = start_demo(made_state_dir, port)
    assert kinds_running(made_state_dir) == set(EVERY_KIND)
    assert web_is_well(port)

    demo.send_signal(sent)

    assert eventually(lambda: not processes_of(made_state_dir), 10), processes_of(made_state_dir)
    demo.communicate(timeout=1)


def test_a_second_start_is_refused_and_one_after_the_end_keeps_the_data(made_state_dir, port):
    demo = start_demo(made_state_dir, port)
    second = start(["-m", "config.demo"], made_state_dir, PORT=str(port))
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 1
    assert f"already running at {address.url(port)}" in said
    assert web_is_well(port)
    query(made_state_dir, "CREATE TABLE IF NOT EXISTS what_somebody_did AS SELECT 42 AS answer")
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=10)

    demo = start_demo(made_state_dir, port)
    assert query(made_state_dir, "SELECT answer FROM what_somebody_did") == 42
    demo.send_signal(signal.SIGTERM)
    demo.communicate(timeout=10)
    assert demo.returncode == 0


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
