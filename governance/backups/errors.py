"""Why a backup can't be made or used. Each message says what happened, what was left as it was, and what to do."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

# The last: a limit on a file's size, which a quota may be.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class BackupError(Exception):
    """A backup can't be made or used, for a reason that a person can act on."""


class NoRoom(BackupError):
    def __init__(self, place: Path) -> None:
        super().__init__(f"The disk is full at {place}. No backup was written; make room and start again.")


class Damaged(BackupError):
    """The file isn't what was once written. Nothing has been touched for it."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} is not a whole backup: {what}. Nothing was changed; use another one.")


class OtherKeys(BackupError):
    def __init__(self, which: str) -> None:
        super().__init__(
            f"This portal has another {which} than the one that made the backup: no phone number in it could be "
            "read or found. Set the keys that belong to it. Nothing was changed."
        )


class MadeByNewer(BackupError):
    def __init__(self, unknown: list[str]) -> None:
        super().__init__(
            f"The backup was made by a newer version of the portal: this one doesn't know {', '.join(unknown)}. "
            "Install that version or a later one. Nothing was changed."
        )


class NotEmpty(BackupError):
    def __init__(self, name: str, what: str) -> None:
        super().__init__(
            f"The database “{name}” is in use: {what}. To put the backup in its place, use --replace; "
            "the present one is then kept beside it under another name. Nothing was changed."
        )


class StillConnected(BackupError):
    def __init__(self, name: str, count: int) -> None:
        super().__init__(
            f"{count} other connections use the database “{name}”. Stop web, worker, beat and sweep first: what "
            "somebody files now would be lost. Nothing was changed."
        )


class Failed(BackupError):
    """A step failed; what had been there is as it was."""


@contextlib.contextmanager
def naming_a_full_disk(place: Path) -> Iterator[None]:
    """Raise `NoRoom` where something in the block fails for want of room."""
    try:
        yield
    except OSError as failed:
        if failed.errno in NO_ROOM:
            raise NoRoom(place) from None
        raise
