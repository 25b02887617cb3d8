"""Why the embedded servers could not be had. Each message says what happened and what to do about it."""

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

WAY_OUT = "Or use servers of your own: set DATABASE_URL and REDIS_URL (.env.example shows how)."
# A fresh PostgreSQL writes some 60 MB before the first table; below this, starting only makes matters worse.
LEAST_FREE_MB = 150


class EmbeddedServersError(Exception):
    """The embedded servers are not available, for a reason that a person can act on."""


class ForeignState(EmbeddedServersError):
    """A directory that would have to be ours is somebody else's."""

    def __init__(self, path: Path, owner: str) -> None:
        super().__init__(
            f"{path} belongs to {owner}, not to the user running this command. "
            "Run the command as that user, or choose a directory of your own with STATE_DIR=."
        )


class OtherVersion(EmbeddedServersError):
    """The state directory was made by another major version of PostgreSQL."""

    def __init__(self, data_dir: Path, found: str, ours: str) -> None:
        super().__init__(
            f"{data_dir} was made by PostgreSQL {found or '(unknown)'}; the installed one is {ours}, which cannot "
            "read it. Install the requirements that made it and dump the data there, or start afresh with another "
            "STATE_DIR=. Nothing was changed."
        )


class NotInstalled(EmbeddedServersError):
    """No binary for this platform."""

    def __init__(self, server: str, remedy: str) -> None:
        super().__init__(f"There is no {server} to start on this machine. {remedy} {WAY_OUT}")


class DiskFull(EmbeddedServersError):
    """No room to write in."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The disk is full: {free_mb(path)} MB are left at {path}, and the embedded servers need "
            f"{LEAST_FREE_MB} MB to start. Make room, or choose another place with STATE_DIR=."
        )


class DidNotStart(EmbeddedServersError):
    """A server ended, or did not answer, while it was being started."""

    def __init__(self, server: str, log: Path, last_lines: str) -> None:
        super().__init__(f"{server} did not start. The last lines of {log}:\n{last_lines or '(nothing was written)'}")


@contextlib.contextmanager
def naming_a_full_disk(path: Path) -> Iterator[None]:
    """Raise `DiskFull` where something in the block fails for want of room."""
    try:
        yield
    except OSError as failed:
        if failed.errno == errno.ENOSPC:
            raise DiskFull(path) from None
        raise


def free_mb(path: Path) -> int:
    return shutil.disk_usage(path).free // 2**20
