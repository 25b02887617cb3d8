"""The file of a backup: read to the last bit, or refused."""

import io
import json
import random
import tarfile
from pathlib import Path

import pytest

from governance.backups import archive
from governance.backups.errors import Damaged

DUMP = random.Random(1).randbytes(3000)
PHOTO = random.Random(2).randbytes(1024)


def sign(digest: str) -> str:
    return f"signed {digest[:8]}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar"
    with path.open("w+b") as file:
        writer = archive.Writer(file)
        sums = {name: vars(writer.add(name, [data[:700], data[700:]])) for name, data in
                ((archive.DUMP, DUMP), ("files/0000001", PHOTO), ("files/0000002", b""))}  # fmt: skip
        writer.close({"members": sums, "who": "李"}, sign)
    return path


def test_what_was_written_is_read(path: Path):
    found = archive.read(path)
    assert b"".join(found.chunks(archive.DUMP)) == DUMP
    assert b"".join(found.chunks("files/0000001")) == PHOTO
    assert list(found.chunks("files/0000002")) == []
    assert (found.manifest["who"], found.signature) == ("李", sign(found.digest))


def test_any_tar_reads_it(path: Path):
    with tarfile.open(path) as tar:
        assert tar.getnames() == [archive.DUMP, "files/0000001", "files/0000002", archive.MANIFEST, archive.SEAL]
        assert tar.extractfile("files/0000001").read() == PHOTO


def test_no_bit_may_be_another(path: Path):
    whole = path.read_bytes()
    chosen = random.Random(3).sample(range(len(whole)), 400)
    # Besides: every header and every padding, the end of the seal, the end of the file.
    heads = [start + at for start in range(0, len(whole), 512) for at in (0, 124, 148, 156, 300, 511)]
    for offset in sorted({*chosen, *heads, len(whole) - 1}):
        changed = bytearray(whole)
        changed[offset] ^= 1 << offset % 8
        path.write_bytes(changed)
        with pytest.raises(Damaged):
            archive.read(path)
    path.write_bytes(whole)
    assert archive.read(path)


def test_no_byte_may_be_missing_or_follow(path: Path):
    whole = path.read_bytes()
    for size in [*range(0, len(whole), 97), len(whole) - 1, len(whole) - 1024, len(whole) - 1536]:
        path.write_bytes(whole[:size])
        with pytest.raises(Damaged):
            archive.read(path)
    for more in (b"\0", bytes(512), b"x"):
        path.write_bytes(whole + more)
        with pytest.raises(Damaged):
            archive.read(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", bytes(10_240), "民有所呼".encode() * 999])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "else").write_bytes(content)
    with pytest.raises(Damaged, match="no backup at all"):
        archive.read(tmp_path / "else")


def test_another_tar_is_refused(tmp_path: Path):
    with tarfile.open(tmp_path / "else.tar", "w") as tar:
        for name in (archive.DUMP, "../../etc/passwd", archive.MANIFEST, archive.SEAL):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    with pytest.raises(Damaged):
        archive.read(tmp_path / "else.tar")


def test_what_is_not_there_or_a_directory_is_said(tmp_path: Path):
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(Damaged, match="no such file"):
            archive.read(path)


def test_the_manifest_is_for_people_too(path: Path):
    with tarfile.open(path) as tar:
        assert json.loads(tar.extractfile(archive.MANIFEST).read())["members"][archive.DUMP]["bytes"] == 3000
