"""The embedded servers' files below a state directory, the two locks, and who may own them.

`users.lock`: held shared by everybody who uses the servers. `keeper.lock`: held by the one process that keeps them; it
ends with that process whatever ended it, which no pid file does.
"""

import fcntl
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded import endpoints
from config.embedded.account import Account, name_of
from config.embedded.errors import (
    LEAST_FREE_MB,
    DiskFull,
    EmbeddedServersError,
    ForeignState,
    free_mb,
    naming_a_full_disk,
)


@dataclass(frozen=True)
class Places:
    """Every path that the embedded servers use, from one state directory."""

    state_dir: Path

    @property
    def data_dir(self) -> Path:
        return self.state_dir / "postgres"

    @property
    def run_dir(self) -> Path:
        return endpoints.run_dir(self.state_dir)

    @property
    def users_lock(self) -> Path:
        return self.state_dir / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        return self.state_dir / "keeper.lock"

    def log(self, name: str) -> Path:
        return self.state_dir / "log" / f"{name}.log"

    def make_state_dir(self) -> None:
        """Make the state directory, for us alone. Raises `ForeignState`, `DiskFull`."""
        try:
            with naming_a_full_disk(self.state_dir.parent):
                self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = self.state_dir.stat().st_uid
            if owner != os.geteuid():
                raise ForeignState(self.state_dir, name_of(owner))
            self.log("keeper").parent.mkdir(exist_ok=True)
        except PermissionError as refused:
            raise EmbeddedServersError(
                f"{self.state_dir} cannot be made or written to ({refused.strerror}). Choose another with STATE_DIR=."
            ) from None
        except (FileExistsError, NotADirectoryError):
            raise EmbeddedServersError(
                f"{self.state_dir} is not a directory. Choose another with STATE_DIR=."
            ) from None

    def check_room(self) -> None:
        """Raise `DiskFull` where a server could not even write its own files."""
        if free_mb(self.state_dir) < LEAST_FREE_MB:
            raise DiskFull(self.state_dir)

    def make_run_dir(self, account: Account) -> None:
        """Make the directory of the sockets, for the servers' account alone. Raises `ForeignState`."""
        try:
            self.run_dir.mkdir(mode=0o700)
            account.takes_over(self.run_dir)
        except FileExistsError:
            found = self.run_dir.lstat()
            # Anybody may make a directory in /tmp, or a link to one: never put a socket into a stranger's.
            if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
                raise ForeignState(self.run_dir, name_of(found.st_uid)) from None
            account.takes_over(self.run_dir)
            self.run_dir.chmod(0o700)


def locked(path: Path, kind: int) -> int | None:
    """Open and `flock` a file without waiting; return its descriptor, or nothing if somebody else has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_kept(places: Places) -> bool:
    """Whether a keeper is alive."""
    descriptor = locked(places.keeper_lock, fcntl.LOCK_SH)
    if descriptor is None:
        return True
    os.close(descriptor)
    return False


@dataclass(frozen=True)
class Report:
    """What the keeper last said, in `keeper.json`. Worth something only while (or since) it holds its lock."""

    ready: bool = False
    servers: tuple[str, ...] = ()
    failure: str = ""

    def write(self, places: Places) -> None:
        draft = places.state_dir / "keeper.json.draft"
        draft.write_text(json.dumps(vars(self)))
        draft.replace(places.state_dir / "keeper.json")

    @classmethod
    def read(cls, places: Places) -> "Report":
        try:
            said = json.loads((places.state_dir / "keeper.json").read_text())
        except FileNotFoundError:
            return cls()
        return cls(said["ready"], tuple(said["servers"]), said["failure"])
