"""Runs the portal's processes together: all of them, or none."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from config.demo.errors import DemoError
from config.embedded import children
from config.embedded.holding import PROJECT_DIR

POLL_SECONDS = 0.2
# What rings first, then what works, then what takes in. Each signal with its seconds of patience; with the embedded
# servers' own, an end takes less than ten. SIGQUIT ends gunicorn and Celery without waiting for what they are doing:
# requests and tasks are transactions, and whatever must happen is still a row.
STOP_ORDER: tuple[tuple[str, tuple[tuple[signal.Signals, float], ...]], ...] = (
    ("beat", ((signal.SIGTERM, 1.0),)),
    ("sweep", ((signal.SIGTERM, 1.0),)),
    ("worker", ((signal.SIGTERM, 1.5), (signal.SIGQUIT, 0.5))),
    ("web", ((signal.SIGTERM, 1.5), (signal.SIGQUIT, 0.5))),
)
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Supervisor:
    """Starts `commands` by name, watches them, and ends them in order. None outlives this process."""

    commands: Mapping[str, list[str]]
    log_dir: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    told_to_stop: bool = False

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop."""
        for each in ENDING_SIGNALS:
            signal.signal(each, self._hear)

    def _hear(self, _signal: int, _frame: FrameType | None) -> None:
        self.told_to_stop = True

    def run_to_end(self, command: list[str], doing: str) -> None:
        """Run one command on this terminal. Raises `DemoError` if it fails; ends it when told to stop."""
        process = subprocess.Popen(
            with_this_python(command),
            cwd=PROJECT_DIR,
            start_new_session=True,
            preexec_fn=children.die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - we have one thread
        )
        while process.poll() is None:
            if self.told_to_stop:
                return children.stop(process, (signal.SIGTERM, 3.0))
            time.sleep(0.05)
        if process.returncode:
            raise DemoError(f"{doing} failed; the reason is above.")

    def start_all(self) -> None:
        for name, command in self.commands.items():
            self.running[name] = children.start(
                with_this_python(command),
                log=self.log(name),
                cwd=PROJECT_DIR,
                on_parents_death=signal.SIGKILL,
            )

    def log(self, name: str) -> Path:
        return self.log_dir / f"{name}.log"

    def wait_until(self, is_ready: Callable[[], bool], seconds: float, otherwise: str) -> None:
        """Wait for a condition, watching the processes. Raises `DemoError` when one ends, or it takes too long."""
        deadline = time.monotonic() + seconds
        while not self.told_to_stop and not is_ready():
            self.check()
            if time.monotonic() > deadline:
                raise DemoError(otherwise)
            time.sleep(POLL_SECONDS)

    def watch(self, also: Callable[[], None]) -> None:
        """Return when told to stop. Raises `DemoError` when a process ends by itself, or whatever `also` raises."""
        while not self.told_to_stop:
            self.check()
            also()
            time.sleep(POLL_SECONDS)

    def check(self) -> None:
        for name, process in self.running.items():
            if process.poll() is not None:
                raise DemoError(
                    f"{name} ended by itself ({how_it_ended(process.returncode)}), so everything is stopped. "
                    f"The last lines of {self.log(name)}:\n{children.last_lines(self.log(name))}"
                )

    def stop_all(self) -> None:
        for name, steps in STOP_ORDER:
            if process := self.running.pop(name, None):
                children.stop(process, *steps)


def with_this_python(command: list[str]) -> list[str]:
    """The list of services says `python`; here that is the interpreter that runs us."""
    return [sys.executable, *command[1:]]


def how_it_ended(returncode: int) -> str:
    if returncode < 0:
        return signal.Signals(-returncode).name
    return f"exit code {returncode}"


def end_with_parent() -> None:
    """Be told to stop when the process that started us dies: `make`, killed, must not leave the demo behind."""
    children.die_with_parent_of(os.getppid(), signal.SIGTERM)()
