"""Under which account the servers run. PostgreSQL refuses root, so for root it is an unprivileged one."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import EmbeddedServersError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """The user and group of the servers' processes and of the files they write."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def popen_arguments(self) -> dict[str, object]:
        """What `subprocess` needs to start a process under this account."""
        return {} if self.is_ours else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def takes_over(self, path: Path) -> None:
        if not self.is_ours:
            os.chown(path, self.uid, self.gid)

    def may_run(self, binary: Path) -> bool:
        """Whether the account can reach and run `binary`: every directory above it must be open to everybody."""
        if self.is_ours:
            return True
        return all(path.stat().st_mode & stat.S_IXOTH for path in (binary, *binary.parents))


def servers_account() -> Account:
    """Return our own account, or for root the unprivileged one."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedServersError(
            f"PostgreSQL does not run as root, and there is no account “{UNPRIVILEGED}” to run it as. "
            "Run this command as an ordinary user."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def name_of(uid: int) -> str:
    """Return the user's name, or the number where there is none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
