"""A small HTTP client for measuring: several connections that are kept open, on this machine's loopback only.

It does as little as possible for each request, because it runs on the same processors as what it measures.
"""

import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30.0


@dataclass
class Outcome:
    """How each request went: its milliseconds, and how often which status came back."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.milliseconds)

    @property
    def per_second(self) -> float | None:
        return self.count / self.seconds if self.seconds else None


class WrongAnswer(Exception):
    """The server answered otherwise than it has to where something is measured: no figure would mean anything."""


def request(method: str, path: str, cookies: Mapping[str, str] | None = None, body: str = "") -> bytes:
    """The bytes of one request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", "Accept: text/html"]
    if cookies:
        lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Connection:
    """One connection, opened anew when the server has closed it between two requests."""

    def __init__(self, port: int):
        self.port = port
        self._socket: socket.socket | None = None

    def ask(self, sent: bytes) -> int:
        """Send one request, read its whole answer, return the status."""
        if self._socket is None:
            self._socket = socket.create_connection((HOST, self.port), timeout=PATIENCE_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(sent)
        head, rest = self._read_head(self._socket)
        headers = head.lower()
        length = _length_of(headers)
        while length is not None and len(rest) < length:
            rest += self._receive(self._socket)
        if length is None or b"connection: close" in headers:
            self._drain(length)
            self.close()
        return int(head[9:12])

    def _read_head(self, from_: socket.socket) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._receive(from_)
        head, rest = received.split(b"\r\n\r\n", 1)
        return head, rest

    def _receive(self, from_: socket.socket) -> bytes:
        part = from_.recv(65_536)
        if not part:
            raise WrongAnswer("the server closed the connection in the middle of an answer")
        return part

    def _drain(self, length: int | None) -> None:
        """An answer that doesn't say its length is over when the connection is."""
        while length is None and self._socket and self._socket.recv(65_536):
            pass

    def close(self) -> None:
        if self._socket:
            self._socket.close()
        self._socket = None


def _length_of(headers: bytes) -> int | None:
    for line in headers.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":", 1)[1])
    return None


def ask_all(port: int, requests: Iterable[bytes], *, connections: int, seconds: float, expected: int) -> Outcome:
    """Send the requests over so many connections at once, until they or the seconds are used up.

    Raises `WrongAnswer` if one is answered with another status than `expected`.
    """
    waiting, handing_out = iter(requests), threading.Lock()
    outcomes = [Outcome() for _each in range(connections)]
    failures: list[Exception] = []
    began = time.perf_counter()
    until = began + seconds

    def next_one() -> bytes | None:
        with handing_out:
            return next(waiting, None)

    def work(outcome: Outcome) -> None:
        connection = Connection(port)
        try:
            while time.perf_counter() < until and not failures and (sent := next_one()):
                asked_at = time.perf_counter()
                status = connection.ask(sent)
                outcome.milliseconds.append((time.perf_counter() - asked_at) * 1000)
                outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
        except (OSError, WrongAnswer) as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(outcome,), daemon=True) for outcome in outcomes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 2 * PATIENCE_SECONDS)
    total = _added_up(outcomes, time.perf_counter() - began)
    if failures:
        raise WrongAnswer(f"the server could not be asked: {failures[0]}")
    if not total.count or set(total.statuses) != {expected}:
        raise WrongAnswer(f"expected {expected} from everything that was asked, got {total.statuses or 'no answer'}")
    return total


def _added_up(outcomes: list[Outcome], seconds: float) -> Outcome:
    total = Outcome(seconds)
    for outcome in outcomes:
        total.milliseconds += outcome.milliseconds
        for status, count in outcome.statuses.items():
            total.statuses[status] = total.statuses.get(status, 0) + count
    return total
