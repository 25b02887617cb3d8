"""The file: a tar, so that in need anybody can open it, with a seal over every byte of it.

    database.dump          what pg_dump wrote, in its custom format
    files/0000001 …        the files; the manifest says their names
    manifest.json          what is in it, from which version, with sums and counts
    seal.json              the sum of all bytes before it, and that sum signed

Not here: what a manifest means, and whose keys may read it.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO

from governance.backups.errors import Damaged

DUMP, MANIFEST, SEAL = "database.dump", "manifest.json", "seal.json"
BLOCK = tarfile.BLOCKSIZE
END = bytes(2 * BLOCK)
# The seal with its header, and the end of the tar.
MOST_AFTER = 4096
CHUNK = 1024 * 1024

# Signs a sum.
Sign = Callable[[str], str]


@dataclass(frozen=True)
class Sum:
    """The size and the SHA-256 (hex) of one member."""

    bytes: int
    sha256: str


class Writer:
    """Writes members one after another into an open, empty file."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def add(self, name: str, chunks: Iterable[bytes]) -> Sum:
        """Add a member whose size nobody knows yet: its header is written once it is known."""
        start = self.file.tell()
        self.file.write(bytes(BLOCK))
        digest, size = hashlib.sha256(), 0
        for chunk in chunks:
            self.file.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        self.file.write(bytes(-size % BLOCK))
        end = self.file.tell()
        self.file.seek(start)
        self.file.write(_header(name, size))
        self.file.seek(end)
        return Sum(size, digest.hexdigest())

    def close(self, manifest: dict[str, Any], sign: Sign) -> None:
        """Add the manifest and the seal, whose sum is made of what is on the disk, and have it all written out."""
        self.add(MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=1).encode()])
        self.file.flush()
        end = self.file.tell()
        self.file.seek(0)
        digest = hashlib.sha256()
        for chunk in _chunks(self.file, end):
            digest.update(chunk)
        self.add(SEAL, [_seal(digest.hexdigest(), sign)])
        self.file.write(END)
        self.file.flush()
        os.fsync(self.file.fileno())


@dataclass(frozen=True)
class Archive:
    """A whole backup, read once from its first byte to its last."""

    path: Path
    manifest: dict[str, Any]
    sums: dict[str, Sum]
    digest: str
    signature: str
    _places: dict[str, tuple[int, int]]

    def chunks(self, member: str) -> Iterator[bytes]:
        offset, size = self._places[member]
        with self.path.open("rb") as file:
            file.seek(offset)
            yield from _chunks(file, size)


def read(path: Path) -> Archive:
    """Read all of it and compare every sum. Raises `Damaged` unless it is, to the bit, what was written."""
    if not path.is_file():
        raise Damaged(path, "there is no such file")
    with path.open("rb") as file:
        members = _members(path, file)
        digest, sums = _sums(file, members[:-1], members[-1].offset)
        seal = _read(file, members[-1])
        manifest_bytes = _read(file, members[-2])
        file.seek(members[-1].offset)
        end = file.read(MOST_AFTER)
    signature = _signature(path, seal, digest)
    if end != _header(SEAL, len(seal)) + seal + bytes(-len(seal) % BLOCK) + END:
        raise Damaged(path, "its end isn't as it was written")
    manifest = json.loads(manifest_bytes)
    _compare(path, manifest, sums)
    places = {member.name: (member.offset_data, member.size) for member in members}
    return Archive(path, manifest, sums, digest, signature, places)


def _members(path: Path, file: BinaryIO) -> list[tarfile.TarInfo]:
    try:
        with tarfile.open(fileobj=file, mode="r:") as tar:
            members = tar.getmembers()
    except tarfile.TarError:
        raise Damaged(path, "it is cut short, or no backup at all") from None
    names = [member.name for member in members]
    files = [f"files/{number:07}" for number in range(1, len(names) - 2)]
    is_as_written = names == [DUMP, *files, MANIFEST, SEAL] and all(member.isreg() for member in members)
    if not is_as_written or members[-1].size > MOST_AFTER:
        raise Damaged(path, "it is cut short, or no backup at all")
    return members


def _sums(file: BinaryIO, members: list[tarfile.TarInfo], end: int) -> tuple[str, dict[str, Sum]]:
    """The sum of everything before `end`, and those of the members, in one reading."""
    whole, sums = hashlib.sha256(), {}
    file.seek(0)
    for member in members:
        whole.update(file.read(member.offset_data - file.tell()))
        own = hashlib.sha256()
        for chunk in _chunks(file, member.size):
            whole.update(chunk)
            own.update(chunk)
        sums[member.name] = Sum(member.size, own.hexdigest())
    whole.update(file.read(end - file.tell()))
    return whole.hexdigest(), sums


def _signature(path: Path, seal: bytes, digest: str) -> str:
    try:
        said = json.loads(seal)
        signature = said["signature"]
    except (ValueError, KeyError, TypeError):
        raise Damaged(path, "its seal can't be read") from None
    if seal != _seal_of(digest, signature):
        raise Damaged(path, "it was changed after it was written")
    return signature


def _compare(path: Path, manifest: dict[str, Any], sums: dict[str, Sum]) -> None:
    told = {name: Sum(**each) for name, each in manifest["members"].items()}
    if told != {name: each for name, each in sums.items() if name != MANIFEST}:
        raise Damaged(path, "its members are not those of its manifest")


def _seal(digest: str, sign: Sign) -> bytes:
    return _seal_of(digest, sign(digest))


def _seal_of(digest: str, signature: object) -> bytes:
    return json.dumps({"sha256": digest, "signature": signature}).encode()


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def _read(file: BinaryIO, member: tarfile.TarInfo) -> bytes:
    file.seek(member.offset_data)
    return file.read(member.size)


def _chunks(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0:
        chunk = file.read(min(CHUNK, size))
        if not chunk:
            return
        size -= len(chunk)
        yield chunk
