"""Where the demo listens, and that it is the only one of its state directory to do so."""

import contextlib
import errno
import fcntl
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path

from config.demo.errors import DemoError
from config.embedded.places import locked

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


def chosen_port(environ: Mapping[str, str] = os.environ) -> int:
    """Return `PORT`. Raises `DemoError` if that is no port."""
    said = environ.get("PORT") or str(DEFAULT_PORT)
    if not said.isascii() or not said.isdigit() or not 1 <= int(said) <= 65535:
        raise DemoError(f"PORT={said} is not a port. Choose a number from 1024 to 65535, for example PORT=8001.")
    return int(said)


def url(port: int) -> str:
    return f"http://{HOST}:{port}/"


def check_port_is_free(port: int) -> None:
    """Raise `DemoError` if nobody could listen there."""
    with socket.socket() as listener:
        # As gunicorn does: connections that are still closing after the last demo do not count.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError as refused:
            reason = {
                errno.EADDRINUSE: "is taken by another program",
                errno.EACCES: "may only be used by root",
            }.get(refused.errno or 0, f"cannot be used ({refused.strerror})")
            raise DemoError(f"Port {port} {reason}. Choose another one, for example: make demo PORT=8001") from None


@contextlib.contextmanager
def only_demo(state_dir: Path, port: int) -> Iterator[None]:
    """Be the only demo of this state directory. Raises `DemoError` naming the address of the one that runs."""
    path = state_dir / "demo.lock"
    lock = locked(path, fcntl.LOCK_EX)
    if lock is None:
        raise DemoError(
            f"The demo is already running at {path.read_text().strip()} with the data in {state_dir}. Stop it with "
            "Ctrl-C in its terminal, or start a second one beside it: make demo PORT=8001 STATE_DIR=var/second"
        )
    try:
        os.ftruncate(lock, 0)
        os.write(lock, f"{url(port)}\n".encode())
        yield
    finally:
        os.close(lock)
