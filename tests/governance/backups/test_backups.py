"""Backup, wipe, restore, drill: everything comes back, or nothing is touched."""

import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from governance.backups import archive, contents, postgres
from governance.domain import stored_files
from governance.domain.moment import database_now
from governance.models import AuditEntry, User
from residents.models import PetitionPhoto
from tests.config.processes import PROJECT_DIR, eventually
from tests.governance.backups.conftest import Portal, copy_database, databases

# Nothing is written into the tests' own database: it only has to be there to be copied.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

FIRST_PHOTO = "SELECT file FROM residents_petitionphoto ORDER BY id LIMIT 1"


def backup(directory: Path) -> Path:
    before = set(directory.glob("*.tar"))
    call_command("backup", directory, stdout=StringIO(), stderr=StringIO())
    (made,) = set(directory.glob("*.tar")) - before
    return made


def told(command: str, file: Path, **options: object) -> str:
    """What the command says when it ends well."""
    out = StringIO()
    call_command(command, file, stdout=out, **options)
    return out.getvalue()


def refused(command: str, file: Path, **options: object) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command(command, file, stdout=StringIO(), stderr=StringIO(), **options)
    return str(refusal.value)


def restored(file: Path) -> str:
    return told("restore", file, replace=True, yes=True)


def applied() -> list[tuple[str, str]]:
    return list(MigrationRecorder(connection).migration_qs.order_by("id").values_list("app", "name"))


@pytest.fixture(scope="module")
def of_the_original(original: Portal, django_db_blocker, tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp("of-the-original")
    with django_db_blocker.unblock(), postgres.portal_in(original.name), override_settings(MEDIA_ROOT=original.media):
        return backup(directory)


@pytest.fixture
def made(of_the_original: Path, tmp_path: Path) -> Path:
    """A backup of the portal as each test finds it."""
    return Path(shutil.copy(of_the_original, tmp_path))


def wipe(portal: Portal) -> None:
    connection.close()
    with postgres.maintenance() as link:
        postgres.drop(link, portal.name)
        postgres.create(link, portal.name)
    shutil.rmtree(portal.media)
    portal.media.mkdir()


# --- everything comes back ---


def test_backup_wipe_restore_and_everything_is_as_it_was(portal: Portal, kept: Path):
    before = portal.everything()
    made = backup(kept)
    wipe(portal)
    said = told("restore", made)
    assert portal.everything() == before
    assert User.objects.get(username="li").phone  # decrypted
    call_command("verify_audit", stdout=StringIO())
    assert "kept as" not in said
    assert "files        4, every sum as when it was made" in said
    assert default_storage.exists(PetitionPhoto.objects.first().file.name)


def test_it_goes_into_a_portal_that_only_migrations_have_touched(portal: Portal, made: Path, original: Portal):
    before = portal.everything()
    copy_database(original.name.removesuffix("_original"), portal.name)
    shutil.rmtree(portal.media)
    told("restore", made)
    assert portal.everything() == before
    assert databases() == {portal.name}


def test_it_goes_into_a_server_that_has_no_portal_yet(portal: Portal, made: Path):
    before = portal.everything()
    connection.close()
    with postgres.maintenance() as link:
        postgres.drop(link, portal.name)
    told("restore", made)
    assert portal.everything() == before


def test_a_used_portal_is_only_replaced_when_that_is_said_and_kept_aside(portal: Portal, made: Path):
    at_backup = portal.everything()
    User.objects.filter(username="li").update(full_name="后来改名")
    now = portal.everything()
    assert "people have accounts in it" in refused("restore", made)
    assert "say --yes" in refused("restore", made, replace=True)
    assert portal.everything() == now

    said = restored(made)
    (aside,) = {name for name in databases() if "_before_" in name}
    assert f"kept as the database “{aside}”" in said
    assert portal.everything() == at_backup
    assert Portal(aside, portal.media).everything() == now


def test_an_older_schema_is_brought_up_to_date(portal: Portal, kept: Path):
    *_earlier, previous, newest = (name for app, name in applied() if app == "issues")
    call_command("migrate", "issues", previous, verbosity=0)
    made = backup(kept)
    assert archive.read(made).manifest["migrations"]["issues"] == previous
    restored(made)
    assert ("issues", newest) in applied()


def test_files_with_other_content_are_put_right_and_others_left_alone(portal: Portal, made: Path):
    before = portal.everything()
    ((name,),) = portal.sql(FIRST_PHOTO)
    (portal.media / name).write_bytes(b"somebody else's")
    (portal.media / "photos/later.jpg").write_bytes(b"added since")
    restored(made)
    (portal.media / "photos/later.jpg").unlink()
    assert portal.everything() == before


def test_keys_that_were_changed_with_the_old_one_kept_still_do(portal: Portal, made: Path, settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert "This backup would do." in told("drill", made)


# --- refused before anything is touched ---


@pytest.fixture
def untouched(portal: Portal):
    before, known = portal.everything(), databases()
    yield
    assert portal.everything() == before
    assert databases() == known


@pytest.mark.parametrize("command", ["restore", "drill"])
def test_one_that_was_cut_short_is_refused(portal: Portal, made: Path, untouched, command: str):
    whole = made.stat().st_size
    for share in (0.9999, 0.9, 0.2, 0):
        os.truncate(made, int(whole * share))
        assert "is not a whole backup" in refused(command, made)


def test_one_with_another_bit_is_refused(portal: Portal, made: Path, untouched):
    whole = made.read_bytes()
    for offset in random.Random(4).sample(range(len(whole)), 25):
        made.write_bytes(whole[:offset] + bytes([whole[offset] ^ 4]) + whole[offset + 1 :])
        assert "is not a whole backup" in refused("restore", made)


def test_one_that_was_put_together_by_somebody_without_the_keys_is_refused(portal: Portal, kept: Path, untouched):
    found = archive.read(backup(kept))
    forged = kept / "forged.tar"
    manifest = found.manifest | {"rows": {}}
    with forged.open("w+b") as file:
        writer = archive.Writer(file)
        for name in [archive.DUMP, *(f"files/{number:07}" for number in range(1, 5))]:
            writer.add(name, found.chunks(name))
        writer.close(manifest, lambda digest: found.signature)
    assert "not sealed with this portal's keys" in refused("restore", forged)


def test_one_of_a_newer_version_is_refused(portal: Portal, kept: Path):
    portal.sql("INSERT INTO django_migrations (app, name, applied) VALUES ('issues', '9999_of_tomorrow', now())")
    made, before = backup(kept), portal.everything()
    assert "made by a newer version of the portal: this one doesn't know issues 9999_of_tomorrow" in refused(
        "restore", made, replace=True, yes=True
    )
    assert portal.everything() == before


@pytest.mark.parametrize(
    ("setting", "other"),
    [("FIELD_LOOKUP_KEY", "other"), ("FIELD_ENCRYPTION_KEYS", [Fernet.generate_key().decode()])],
)
@pytest.mark.parametrize("command", ["restore", "drill"])
def test_other_keys_are_told_at_once(portal: Portal, made: Path, untouched, settings, setting, other, command):
    setattr(settings, setting, other)
    assert setting in refused(command, made)


def test_it_waits_for_nobody_who_is_still_connected(portal: Portal, made: Path, untouched, locked):
    web = locked("governance_district")
    assert "1 other connections use the database" in refused("restore", made, replace=True, yes=True)
    web.release()


@pytest.mark.parametrize("command", ["restore", "drill"])
def test_one_is_done_at_a_time(portal: Portal, made: Path, untouched, command):
    name = connection.settings_dict["NAME"]
    with postgres.maintenance() as link:
        link.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [postgres.RESTORING, name])
        assert "Another restore or drill is going on" in refused(command, made)


# --- failed on the way ---


def test_a_restore_that_fails_at_a_file_leaves_the_portal_as_it_was(portal: Portal, made: Path, monkeypatch):
    for path in sorted(portal.media.rglob("*.jpg")):
        path.unlink()
    before, known, save = portal.everything(), databases(), default_storage.save
    saved = []

    def full(name, content, **more):
        if len(saved) == 2:
            raise OSError(28, "No space left on device", name)
        saved.append(name)
        return save(name, content, **more)

    monkeypatch.setattr(default_storage._wrapped, "save", full)
    assert "No space left on device" in refused("restore", made, replace=True, yes=True)
    assert len(saved) == 2
    assert portal.everything() == before
    assert databases() == known


def test_a_trail_that_does_not_hold_is_found_by_the_drill_and_not_restored(portal: Portal, kept: Path):
    portal.sql("ALTER TABLE governance_auditentry DISABLE TRIGGER USER")
    portal.sql("UPDATE governance_auditentry SET verb = 'forged' WHERE sequence = 2")
    portal.sql("ALTER TABLE governance_auditentry ENABLE TRIGGER USER")
    made, before, known = backup(kept), portal.everything(), databases()
    out = StringIO()
    with pytest.raises(CommandError, match="would not bring everything back"):
        call_command("drill", made, stdout=out)
    assert "does NOT hold" in out.getvalue()
    assert "it was changed after it was written" in refused("restore", made, replace=True, yes=True)
    assert (portal.everything(), databases()) == (before, known)


def test_a_restore_killed_in_the_middle_leaves_the_portal_and_the_next_tidies_up(portal: Portal, made: Path):
    before, known = portal.everything(), databases()
    connection.close()
    process = portal.start("restore", str(made), "--replace", "--yes", start_new_session=True)
    assert eventually(lambda: databases() != known, 60)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert portal.everything() == before
    assert databases() != known
    assert "This backup would do." in told("drill", made)
    assert databases() == known


# --- the drill ---


def test_a_drill_says_what_it_looked_at_and_leaves_nothing_behind(portal: Portal, made: Path, untouched, locked):
    working = locked("governance_district")  # the portal goes on meanwhile
    said = told("drill", made)
    working.release()
    manifest = archive.read(made).manifest
    assert f"{sum(manifest['rows'].values())} in {len(manifest['rows'])} tables, as when it was made" in said
    assert f"{AuditEntry.objects.count()} entries in" in said
    assert "figures      13, as when it was made" in said
    assert "This backup would do." in said


def test_a_drill_names_a_figure_that_came_out_otherwise(portal: Portal, made: Path, monkeypatch):
    monkeypatch.setattr("issues.receivers.figures_of", lambda choice: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        told("drill", made)
    monkeypatch.undo()
    found, figures = archive.read(made), iter([{"dashboard, about": "otherwise"}])
    assert "dashboard, about" in found.manifest["figures"]
    monkeypatch.setattr("governance.backups.restoring.figures", lambda at: next(figures))
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("drill", made, stdout=out)
    assert "differs      dashboard, about" in out.getvalue()


# --- taking it ---


def test_the_file_is_for_its_owner_and_says_what_it_is_and_no_key(portal: Portal, kept: Path, settings):
    made = backup(kept)
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(kept.iterdir()) == [made]
    manifest = archive.read(made).manifest
    assert manifest["migrations"] == contents.newest_migrations()
    assert manifest["rows"]["residents_petition"] == 2
    assert len(manifest["files"]) == 4
    assert manifest["missing"] == []
    assert made.name == f"youying-{manifest['made_at'][:19].replace('-', '').replace(':', '')}Z.tar"
    # Nothing in the clear but what the database has in the clear.
    for secret in (settings.SECRET_KEY, settings.FIELD_LOOKUP_KEY, *settings.FIELD_ENCRYPTION_KEYS):
        assert secret.encode() not in made.read_bytes()


def test_a_file_that_is_gone_is_said_and_keeps_nobody_from_a_backup(portal: Portal, kept: Path):
    ((name,),) = portal.sql(FIRST_PHOTO)
    (portal.media / name).unlink()
    err = StringIO()
    call_command("backup", kept, stdout=StringIO(), stderr=err)
    assert f"1 files that rows name are not there: {name}" in err.getvalue()
    (made,) = kept.glob("*.tar")
    assert f"was missing  {name}" in told("drill", made)


def test_what_is_deleted_meanwhile_is_in_it_and_becomes_an_orphan(portal: Portal, kept: Path, locked):
    lock = locked("issues_sweeprun")  # counted before the files are read
    process = portal.start("backup", str(kept))
    assert eventually(stored_files.is_backed_up_now, 60)
    photo = PetitionPhoto.objects.order_by("id").first()
    name = photo.file.name
    portal.sql("DELETE FROM residents_petitionphoto WHERE id = %s", photo.pk)
    stored_files.let_go(name)
    os.utime(portal.media / name, (0, 0))
    assert stored_files.forget_orphaned_files(at=database_now() + timedelta(days=2)) == 0
    assert eventually(lambda: list(kept.iterdir()))
    lock.release()
    process.communicate(timeout=60)
    assert process.returncode == 0
    (made,) = kept.glob("*.tar")
    manifest = archive.read(made).manifest
    # The snapshot is as old as the backup's first look, which was before: the row is in it, and so is the file.
    assert (name in manifest["files"], manifest["missing"]) == (True, [])
    assert manifest["rows"]["residents_petitionphoto"] == 4
    assert stored_files.forget_orphaned_files(at=database_now() + timedelta(days=2)) == 1


def test_a_backup_that_is_killed_leaves_nothing_that_looks_like_one(portal: Portal, kept: Path, locked):
    lock = locked("issues_sweeprun")
    process = portal.start("backup", str(kept), start_new_session=True)
    assert eventually(lambda: any(path.name.endswith(".partial") for path in kept.iterdir()), 60)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    lock.release()
    assert list(kept.glob("*.tar")) == []
    (left,) = kept.iterdir()
    assert eventually(lambda: not stored_files.is_backed_up_now())
    made = backup(kept)
    assert list(kept.iterdir()) == [made]
    assert not left.exists()


def test_two_backups_at_once_are_two(portal: Portal, kept: Path):
    both = [portal.start("backup", str(kept)) for _each in range(2)]
    assert [process.communicate(timeout=60) and process.returncode for process in both] == [0, 0]
    assert len(list(kept.glob("*.tar"))) == 2
    assert len(list(kept.iterdir())) == 2


def test_a_full_disk_is_one_sentence_and_leaves_nothing(portal: Portal, kept: Path):
    import resource

    process = portal.start(
        "backup", str(kept), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    )
    _out, err = process.communicate(timeout=60)
    assert (process.returncode, err.strip().count("\n")) == (1, 0)
    assert err.startswith(f"CommandError: The disk is full at {kept}. No backup was written")
    assert list(kept.iterdir()) == []


MOUNTED = "mount -t tmpfs -o size=300k tmpfs {kept} && {python} manage.py backup {kept}; echo $?; ls -A {kept}"


@pytest.mark.skipif(
    os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode != 0,
    reason="only root may mount a small disk",
)
def test_a_disk_that_is_really_full(portal: Portal, kept: Path):
    command = MOUNTED.format(kept=kept, python=sys.executable)
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", command], cwd=PROJECT_DIR, capture_output=True, text=True, check=False,
        env=portal.environment(),
    )  # fmt: skip
    assert done.stdout.splitlines()[-1:] == ["1"], done.stdout
    assert "The disk is full" in done.stderr


@pytest.mark.parametrize(
    ("homes", "sentence"),
    [([], "There is no pg_dump on this machine"), (["old"], "the newest pg_dump here is 9, which can't read it")],
)
def test_programs_that_are_missing_or_too_old_are_said(
    portal: Portal, kept: Path, tmp_path, monkeypatch, homes, sentence
):
    for home in homes:
        (tmp_path / home).mkdir()
        for name in postgres.NEEDED:
            program = tmp_path / home / name
            program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6 (Debian)'\n")
            program.chmod(0o755)
    monkeypatch.setattr(postgres, "_homes", lambda: [tmp_path / home for home in homes])
    assert sentence in refused("backup", kept)
    assert list(kept.iterdir()) == []


def test_the_oldest_programs_that_are_not_older_than_the_server_are_taken(monkeypatch):
    found = {"a": 15, "b": 18, "c": 17}
    monkeypatch.setattr(postgres, "_homes", lambda: list(found))
    monkeypatch.setattr(postgres, "_tools_in", lambda home: postgres.Tools(Path(home), found[home]))
    assert [postgres.tools_for(server).major for server in (14, 15, 16, 17, 18)] == [15, 15, 17, 17, 18]


def test_a_script_of_newer_programs_runs_on_an_older_server():
    import io

    script = b"SET lock_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE t ();\n"
    said = b"".join(postgres._for_any_server(io.BytesIO(script)))
    assert said == b"SET lock_timeout = 0;\nCREATE TABLE t ();\n"


@pytest.mark.parametrize("where", ["nothing-here", "a-file"])
def test_a_place_that_is_none_is_said(portal: Portal, tmp_path: Path, where: str):
    (tmp_path / "a-file").touch()
    assert "is not a directory" in refused("backup", tmp_path / where)


def test_a_manifest_has_no_word_of_anybody(portal: Portal, kept: Path):
    manifest = json.dumps(archive.read(backup(kept)).manifest, ensure_ascii=False)
    for user in User.objects.exclude(full_name=""):
        assert user.full_name not in manifest
    for (words,) in portal.sql("SELECT words FROM residents_petition"):
        assert words not in manifest
