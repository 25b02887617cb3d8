"""`manage.py import_register`: the same check and the same door as the console's."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.models import AuditEntry, Estate
from tests.governance.imports.workbooks import of

COLUMNS = ("community", "name", "address")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return written(tmp_path / "good.xlsx", ["春和社区", "柳荫里小区", ""])


@pytest.fixture
def half(tmp_path: Path) -> Path:
    return written(tmp_path / "half.xlsx", ["春和社区", "柳荫里小区", ""], ["桃园社区", "桃园外小区", ""])


def written(path: Path, *rows) -> Path:
    path.write_bytes(of("estate", COLUMNS, *rows).getvalue())
    return path


def run(*arguments) -> str:
    out = StringIO()
    call_command("import_register", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_file_is_taken_in_under_the_commands_name(cast, good):
    run("estate", good, "--subdistrict", "安和街道")
    estate = Estate.objects.get(name="柳荫里小区")
    entry = AuditEntry.objects.get(noun="estate", object_ref=str(estate.pk))
    assert (entry.actor_ref, entry.chain) == ("import_register", cast.subdistrict.pk)


def test_a_dry_run_only_says_what_would_be(cast, good):
    said = json.loads(run("estate", good, "--subdistrict", "云溪区/安和街道", "--dry-run", "--json"))
    assert said == {"new": 1, "changed": 0, "unchanged": 0, "bad": 0, "problems": []}
    assert not Estate.objects.filter(name="柳荫里小区").exists()


def test_good_rows_go_in_and_bad_ones_fail_the_command(cast, half):
    with pytest.raises(CommandError, match="1 rows"):
        run("estate", half, "--subdistrict", "安和街道")
    assert Estate.objects.filter(name="柳荫里小区").exists()
    assert not Estate.objects.filter(name="桃园外小区").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("estate", "GOOD", "--subdistrict", "没有街道"),
        ("building", "GOOD", "--subdistrict", "安和街道"),
        ("estate", "/nowhere.xlsx", "--subdistrict", "安和街道"),
        ("user", "GOOD", "--subdistrict", "安和街道"),
    ],
)
def test_what_can_not_be_is_said(cast, good, arguments):
    with pytest.raises(CommandError):
        run(*(good if argument == "GOOD" else argument for argument in arguments))
    assert Estate.objects.count() == 3
