"""The containers run what `make demo` runs, and the example environment names what production asks for."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from config.services import services

PROJECT_DIR = Path(__file__).resolve().parent.parent.parent
COMPOSE = yaml.safe_load((PROJECT_DIR / "docker-compose.yml").read_text())["services"]
OURS = services("0.0.0.0:8000", Path("/srv/beat/schedule"))
SERVERS = ("postgres", "redis")


def offered_variables() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", (PROJECT_DIR / ".env.example").read_text(), re.MULTILINE))


def test_compose_has_our_services_the_servers_and_one_migration():
    assert set(COMPOSE) == {*OURS, *SERVERS, "migrate"}


@pytest.mark.parametrize("name", OURS)
def test_a_container_runs_the_very_command_of_the_demo(name):
    assert shlex.split(COMPOSE[name]["command"]) == OURS[name]


@pytest.mark.parametrize("name", [*OURS, "migrate"])
def test_our_containers_get_the_whole_environment_and_wait_for_what_they_need(name):
    container = COMPOSE[name]
    assert container["env_file"] == ".env"
    assert container["read_only"] is True
    assert ("postgres" if name == "migrate" else "migrate") in container["depends_on"]


@pytest.mark.parametrize("name", ["web", "worker", *SERVERS])
def test_what_others_wait_for_says_whether_it_is_well(name):
    assert COMPOSE[name]["healthcheck"]["test"]


def test_nothing_runs_as_root():
    dockerfile = (PROJECT_DIR / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)", dockerfile, re.MULTILINE) == ["youying"]
    assert {COMPOSE[name]["user"] for name in SERVERS} == {"postgres", "redis"}


def test_the_example_environment_has_every_variable_that_production_requires():
    required = re.search(r"^REQUIRED = \((.*)\)", (PROJECT_DIR / "config" / "settings.py").read_text(), re.MULTILINE)
    assert required is not None
    assert set(re.findall(r'"(\w+)"', required[1])) - offered_variables() == set()


def test_the_example_environment_has_no_variable_that_nobody_reads():
    readers = (PROJECT_DIR / "config" / "settings.py").read_text() + (PROJECT_DIR / "docker-compose.yml").read_text()
    assert {name for name in offered_variables() if name not in readers} == set()


def test_the_example_environment_says_how_many_proxies_may_be_believed():
    assert "TRUSTED_PROXIES" in offered_variables()
