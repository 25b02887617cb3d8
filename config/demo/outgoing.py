"""What the demo's carrier would have sent, on the terminal: the processes write it into their logs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

# As `governance.adapters.console` writes it: “[SMS → +8613800130021] 有应: …”.
MARKS = ("[SMS → ", "[CALL → ")


class Outgoing:
    """Messages that `logs` gain from now on. What stands in them already was told by an earlier run."""

    def __init__(self, logs: Sequence[Path]) -> None:
        self._told_bytes = {log: _size(log) for log in logs}

    def fresh(self) -> Iterator[str]:
        """Every message written since the last time, in the order of the logs; each exactly once."""
        for log in self._told_bytes:
            yield from (line for line in self._new_lines(log) if line.startswith(MARKS))

    def _new_lines(self, log: Path) -> list[str]:
        if not log.exists():
            return []
        with log.open("rb") as written:
            written.seek(self._told_bytes[log])
            new = written.read()
        # A line that is still being written is read the next time, whole.
        whole = new[: new.rfind(b"\n") + 1]
        self._told_bytes[log] += len(whole)
        return whole.decode(errors="replace").splitlines()


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0
