"""Starting processes that do not outlive us, and ending them."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from config.embedded.account import Account

PR_SET_PDEATHSIG = 1
LOG_LIMIT_BYTES = 5 * 2**20


def die_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """Return what a child does between fork and exec, so that the kernel sends it `sent` when its parent dies.

    The parent's *thread* counts as the parent: start children from the main thread only. Linux alone can do this;
    elsewhere a killed parent leaves its children behind.
    """
    return die_with_parent_of(os.getpid(), sent)


def die_with_parent_of(parent: int, sent: signal.Signals) -> Callable[[], None]:
    """The same for a process whose parent is `parent`."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def arrange() -> None:
        if libc is None:
            return
        libc.prctl(PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)

    return arrange


def start(
    command: Sequence[str],
    *,
    log: Path,
    cwd: Path,
    on_parents_death: signal.Signals,
    account: Account | None = None,
    environ: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, writing to `log`, and ending when we end."""
    with open_log(log) as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=environ,
            start_new_session=True,  # a Ctrl-C on the terminal is for us, who know the order
            # Safe: we have one thread. And subprocess changes the user first, which would undo it.
            preexec_fn=die_with_parent(on_parents_death),  # noqa: PLW1509
            **(account.popen_arguments() if account else {}),  # type: ignore[call-overload]
        )


def stop(process: subprocess.Popen[bytes], *steps: tuple[signal.Signals, float]) -> None:
    """Send each signal and wait its seconds, until the process has ended; SIGKILL is the last resort."""
    for sent, seconds in (*steps, (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        process.send_signal(sent)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending; a long one is set aside first."""
    if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("ab")


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, or nothing where there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace")[-8000:].splitlines()[-count:])
