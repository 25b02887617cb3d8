"""`docs/operate.md` names every variable, every figure and every command that there is, and none that there isn't."""

import re

import pytest
from django.core.management import get_commands

from config.metrics import exposition
from governance.domain.moment import database_now
from issues import vitals
from issues.models import SweepRun
from tests.config.processes import PROJECT_DIR

OPERATE = (PROJECT_DIR / "docs" / "operate.md").read_text()
SETTINGS = (PROJECT_DIR / "config" / "settings.py").read_text()
COMPOSE = (PROJECT_DIR / "docker-compose.yml").read_text()
TABLE = OPERATE.partition("## Settings")[2].partition("\n## ")[0]
ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", TABLE, re.MULTILINE))


def test_the_table_has_every_variable_that_is_read_and_no_other():
    read = set(re.findall(r"env\.\w+\(\s*[\"']([A-Z_]+)[\"']", SETTINGS)) | set(re.findall(r"\$\{([A-Z_]+)", COMPOSE))
    assert ROWS.keys() == read


def test_what_production_needs_is_said_to_be_needed():
    required = re.search(r"^REQUIRED = \((.*)\)", SETTINGS, re.MULTILINE)
    assert {name for name, default in ROWS.items() if default == "needed"} == set(re.findall(r"\w+", required[1]))


@pytest.mark.parametrize(("name", "default"), re.findall(r'env\.\w+\("([A-Z_]+)", default="([^"]+)"\)', SETTINGS))
def test_a_default_is_the_one_of_the_settings(name, default):
    assert ROWS[name] == f"`{default}`"


@pytest.mark.parametrize(
    ("name", "default"), re.findall(r'env\.\w+\("([A-Z_]+)", default=(?:0 if DEMO else |not |)(\w+)\)', SETTINGS)
)
def test_a_default_of_production_is_the_one_of_the_settings(name, default):
    in_words = {"DEMO": "true", "31_536_000": "31536000", "False": "false"}
    assert ROWS[name] == f"`{in_words.get(default, default)}`"


def test_every_figure_that_is_named_is_told(db):
    SweepRun.objects.create(bell="loop", started_at=database_now(), finished_at=database_now())
    found = vitals.read_vitals()
    told = exposition(vitals.Vitals(**vars(found) | {"latest_rung_late": found.sweep.took})).decode()
    families = set(re.findall(r"^# TYPE (\w+)", told, re.MULTILINE))
    named = set(re.findall(r"youying_\w+", OPERATE)) - {"youying_before_"}
    assert {
        name for name in named if name not in families and f"{name.removesuffix('_total')}" not in families
    } == set()
    alerted = {name for name in families if name.endswith(("_oldest_seconds", "_halted", "_age_seconds", "_up"))}
    assert alerted - named == set()


def test_every_command_that_is_named_is_there():
    named = set(re.findall(r"manage\.py (\w+)", OPERATE))
    assert named - get_commands().keys() == set()
    assert {"backup", "restore", "drill", "renew_encryption", "verify_audit", "sweep"} <= named


def test_what_it_leads_to_is_there():
    from pathlib import Path

    docs = Path(PROJECT_DIR / "docs")
    for target in re.findall(r"\]\(([^)#]+)\)", OPERATE):
        assert target == "performance.md" or (docs / target).exists(), target
    titles = [line.strip("# ").lower() for line in OPERATE.splitlines() if line.startswith("#")]
    headings = {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([^)]+)\)", OPERATE)) - headings == set()


@pytest.mark.parametrize("name", ["README.md", "README.zh-Hans.md"])
def test_both_front_pages_lead_to_it(name):
    assert "(docs/operate.md)" in (PROJECT_DIR / name).read_text()
