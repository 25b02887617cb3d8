"""The embedded PostgreSQL's data directory: made once, checked at every start, and how to run a server on it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config.embedded import children, endpoints
from config.embedded.account import Account
from config.embedded.errors import DidNotStart, OtherVersion
from config.embedded.wheels import PostgresBinaries

# The process's own working directory, which it was put into while we still could. A plain path would be refused to an
# unprivileged account wherever a parent directory is closed to it: root's checkout in a home of mode 0700.
HERE = "/proc/self/cwd"

OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "cluster_name": "youying",
    # A street's petitions of three years are 1.5 GB. Memory that nobody fills is never taken.
    "shared_buffers": "512MB",
}
# For tests, whose data nobody misses: a power cut may cost all of it.
VOLATILE_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# An ordinary role, as in production; it may create databases because the tests make their own.
FIRST_STATEMENTS = f"""\
CREATE ROLE {endpoints.DATABASE_USER} LOGIN CREATEDB;
CREATE DATABASE {endpoints.DATABASE_NAME} OWNER {endpoints.DATABASE_USER};
"""


@dataclass(frozen=True)
class Cluster:
    """A data directory, the binaries that serve it, and the account that owns it."""

    data_dir: Path
    binaries: PostgresBinaries
    account: Account

    def prepare(self, log: Path, *, volatile: bool) -> None:
        """Make the data directory if there is none. Raises `OtherVersion`, `DidNotStart`."""
        if not self.data_dir.exists():
            self._make(log, volatile=volatile)
        mark = self.data_dir / "PG_VERSION"
        found = mark.read_text().strip() if mark.exists() else ""
        if found != self.binaries.major:
            raise OtherVersion(self.data_dir, found, self.binaries.major)
        self._forget_reused_pid()

    def server_command(self, socket_dir: Path, *, volatile: bool) -> list[str]:
        options = OPTIONS | (VOLATILE_OPTIONS if volatile else {})
        options["unix_socket_directories"] = f'"{socket_dir}"'
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [self.binaries.tool("postgres"), "-D", where(self.data_dir), "-p", endpoints.DATABASE_PORT, *settings]

    def _make(self, log: Path, *, volatile: bool) -> None:
        # Under another name until it is whole: what an interrupted start leaves is made again, never served.
        draft = self.data_dir.with_name(f"{self.data_dir.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self.account.takes_over(draft)
        self._run(
            [
                self.binaries.tool("initdb"),
                "-D", where(draft),
                "-U", "postgres",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth=trust",
                *(["--no-sync"] if volatile else []),
            ],
            draft,
            log,
        )  # fmt: skip
        self._run(
            [self.binaries.tool("postgres"), "--single", "-c", "exit_on_error=on", "-D", where(draft), "postgres"],
            draft,
            log,
            FIRST_STATEMENTS,
        )
        draft.rename(self.data_dir)

    def _run(self, command: list[str], cwd: Path, log: Path, said: str = "") -> None:
        with children.open_log(log) as output:
            done = subprocess.run(
                command,
                cwd=cwd,
                input=said.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **self.account.popen_arguments(),  # type: ignore[call-overload]
            )
        if done.returncode:
            raise DidNotStart("PostgreSQL", log, children.last_lines(log))

    def _forget_reused_pid(self) -> None:
        """Remove the pid file of a server long gone, if another process has that number now.

        PostgreSQL sorts out a dead number by itself but refuses to start beside a live one. The live process is left
        alone; whether it is a server of this directory shows by where it works.
        """
        pid_file = self.data_dir / "postmaster.pid"
        if sys.platform != "linux" or not pid_file.exists():
            return
        number = pid_file.read_text().partition("\n")[0].strip()
        try:
            working_in = os.readlink(f"/proc/{number}/cwd")
        except OSError:
            return
        if Path(working_in) != self.data_dir.resolve():
            pid_file.unlink()


def where(data_dir: Path) -> str:
    """How a process that was started in `data_dir` names it."""
    return HERE if sys.platform == "linux" else str(data_dir)
