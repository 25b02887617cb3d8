import subprocess
from pathlib import Path

import pytest

from config.embedded.environment import embedded_servers, state_dir
from manage import needs_servers
from tests.config.processes import start


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ([], False),
        (["help"], False),
        (["migrate", "--help"], False),
        (["makemessages", "--all"], False),
        (["collectstatic", "--no-input"], False),
        (["check"], False),
        (["check", "--deploy"], False),
        (["check", "--database", "default"], True),
        (["tally", "vote.json"], False),
        (["migrate"], True),
        (["makemigrations", "--check"], True),
        (["sweep", "--loop"], True),
        (["a-command-of-tomorrow"], True),
    ],
)
def test_servers_are_started_for_every_command_that_may_use_them(arguments, needed):
    assert needs_servers(arguments) is needed


@pytest.mark.parametrize(
    ("environ", "embedded"),
    [
        ({}, ("postgres", "redis")),
        ({"DATABASE_URL": "postgres://db/youying"}, ("redis",)),
        ({"REDIS_URL": "redis://cache/0"}, ("postgres",)),
        ({"DATABASE_URL": "postgres://db/youying", "REDIS_URL": "redis://cache/0"}, ()),
        ({"PORTAL_MODE": "production"}, ()),
    ],
)
def test_only_what_nobody_named_is_embedded(environ, embedded):
    assert embedded_servers(environ) == embedded


def test_the_state_directory_is_absolute_and_var_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert state_dir({"STATE_DIR": "elsewhere"}) == tmp_path / "elsewhere"
    assert state_dir({}).parts[-1] == "var"
    assert state_dir({}).is_absolute()


def run_manage(where: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    process = start(["manage.py", *arguments], where, **environ)
    said, _ = process.communicate(timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, said)


@pytest.mark.processes
def test_a_command_finds_its_database_with_nothing_configured(made_state_dir):
    code = "from django.db import connection as c; k = c.cursor(); k.execute('SELECT 6 * 7'); print(k.fetchone())"
    done = run_manage(made_state_dir, "shell", "--no-imports", "--command", code)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "(42,)")


@pytest.mark.processes
def test_what_keeps_the_servers_from_starting_is_one_paragraph_without_a_traceback(tmp_path):
    (tmp_path / "a-file").touch()
    done = run_manage(tmp_path / "a-file" / "state", "migrate")
    assert done.returncode == 1
    assert done.stdout.strip().count("\n") == 0
    assert "is not a directory. Choose another with STATE_DIR=." in done.stdout


@pytest.mark.processes
def test_what_production_lacks_is_one_sentence_without_a_traceback(tmp_path):
    given = {"SECRET_KEY": "s" * 50, "ALLOWED_HOSTS": "portal.example.cn", "FIELD_ENCRYPTION_KEYS": "k"}
    missing = {"DATABASE_URL": "", "REDIS_URL": "", "FIELD_LOOKUP_KEY": ""}
    done = run_manage(tmp_path, "migrate", PORTAL_MODE="production", **given, **missing)
    assert (done.returncode, done.stdout.splitlines()) == (
        1,
        [
            "PORTAL_MODE=production needs DATABASE_URL, REDIS_URL, FIELD_LOOKUP_KEY. "
            "See .env.example, which explains each."
        ],
    )
