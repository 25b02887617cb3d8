"""The supervisor with small processes in the services' places: what it starts it also ends, however it ends."""

import os
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.config.processes import eventually, pid_of, processes_of, read_until, start

pytestmark = pytest.mark.processes

# Each service says when it is asked to end, then takes its time or, being stubborn, does not.
SERVICE = """
import pathlib, signal, sys, time
name, stubborn, diary = sys.argv[1], sys.argv[2] == "stubborn", pathlib.Path(sys.argv[3])
def asked(number, frame):
    with diary.open("a") as book:
        book.write(f"{name} {signal.Signals(number).name}\\n")
    if not stubborn:
        sys.exit()
signal.signal(signal.SIGTERM, asked)
signal.signal(signal.SIGQUIT, asked)
print(f"{name} is up", flush=True)
time.sleep(600)
"""

SUPERVISE = """
import sys
from pathlib import Path
from config.demo.errors import DemoError
from config.demo.supervisor import Supervisor
directory, kind, source = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
names = ("web", "worker", "beat", "sweep")
commands = {name: ["python", "-c", source, name, kind, str(directory / "diary")] for name in names}
supervisor = Supervisor(commands, directory)
supervisor.listen()
try:
    supervisor.start_all()
    supervisor.wait_until(lambda: all("is up" in supervisor.log(n).read_text() for n in names), 20, "not up")
    print("all up", flush=True)
    supervisor.watch(lambda: None)
except DemoError as error:
    print(error, flush=True)
finally:
    supervisor.stop_all()
"""


@pytest.fixture
def directory(state_dir: Path) -> Path:
    state_dir.mkdir()
    return state_dir


def supervise(directory: Path, kind: str = "obliging") -> subprocess.Popen[str]:
    supervisor = start(["-c", SUPERVISE, str(directory), kind, SERVICE], directory)
    read_until(supervisor, "all up")
    return supervisor


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_bell_stops_first_then_the_work_then_the_door(directory, sent):
    supervisor = supervise(directory)
    supervisor.send_signal(sent)
    supervisor.communicate(timeout=10)
    assert (directory / "diary").read_text().split("\n") == [
        "beat SIGTERM",
        "sweep SIGTERM",
        "worker SIGTERM",
        "web SIGTERM",
        "",
    ]
    assert processes_of(directory) == []


def test_processes_that_will_not_end_are_ended_within_ten_seconds(directory):
    supervisor = supervise(directory, "stubborn")
    supervisor.send_signal(signal.SIGTERM)
    supervisor.communicate(timeout=9)
    assert processes_of(directory) == []


def test_a_killed_supervisor_leaves_no_process(directory):
    supervisor = supervise(directory, "stubborn")
    supervisor.kill()
    supervisor.communicate(timeout=10)
    assert eventually(lambda: processes_of(directory) == [], 3), processes_of(directory)


def test_one_process_that_ends_stops_all_and_its_last_words_are_shown(directory):
    supervisor = supervise(directory)
    os.kill(pid_of(directory, " worker "), signal.SIGKILL)
    said, _ = supervisor.communicate(timeout=10)
    assert re.search(r"worker ended by itself \(SIGKILL\), so everything is stopped", said)
    assert "worker is up" in said
    assert processes_of(directory) == []
