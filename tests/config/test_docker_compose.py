"""The containers run what `make demo` runs, the example environment names what production asks for, and it all works.

The second half starts every service by its own command (`tests.config.compose`) and talks to it.
"""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from config.services import services
from tests.config.compose import COMPOSE, METRICS_TOKEN, Compose, Visitor, messages
from tests.config.processes import PROJECT_DIR, eventually
from tests.photos import jpeg

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


def test_the_version_is_the_project_s():
    from django.conf import settings

    project = (PROJECT_DIR / "pyproject.toml").read_text()
    assert f'version = "{settings.PORTAL_VERSION}"' in project


# --- started ---

# What nobody may read in a log, besides the numbers, names and codes of people.
WORDS = "我家水管漏了，楼下王阿姨家也湿了"
SPOT = "进门左手边的卫生间"
PHOTO_NAME = "李小龙家的厨房.jpg"
TYPED_PHONE = "13900001234"
LI = "13800130021"
FILL = """
from django.db import transaction
from django.test import override_settings
from tests.cast import build_cast
with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]), transaction.atomic():
    build_cast()
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compose]:
    """All services up, in the order of the file, with the cast's street in the database."""
    compose = Compose(tmp_path_factory.mktemp("compose"))
    try:
        compose.start_postgres()
        compose.start_redis()
        for server in SERVERS:
            assert eventually(lambda server=server: compose.is_healthy(server), 60), compose.said(server)
        compose.start("migrate")
        assert compose.running.pop("migrate").wait(300) == 0, compose.said("migrate")
        collected = compose.run("python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        assert collected.returncode == 0, collected.stderr
        filled = compose.run("python", "manage.py", "shell", "--no-imports", "--command", FILL)
        assert filled.returncode == 0, filled.stderr
        for name in OURS:
            compose.start(name)
        assert eventually(lambda: compose.is_healthy("web"), 60), compose.said("web")
        yield compose
    finally:
        compose.end()


@pytest.fixture(scope="module")
def li(portal: Compose) -> Visitor:
    """Li, signed in with the code that came to her phone."""
    visitor = Visitor(portal.ports["web"])
    assert visitor.get("/account/login/") == 200
    assert visitor.post("/account/login/", {"phone": LI}) == 200
    code = re.search(r"\d{6}", messages(portal.sent)[-1]["body"])
    assert visitor.post(visitor.address, {"code": code[0]}) == 200
    assert "sessionid" in visitor.cookies
    return visitor


def file_petition(visitor: Visitor, words: str = WORDS) -> int:
    """Every step of filing, with a photo. The status of the page that comes at the end."""
    assert visitor.get("/petitions/new/") == 200
    if not visitor.address.endswith("/photo/"):
        visitor.post("/petitions/new/", {})
    token = str(UUID(visitor.address.split("/")[3]))
    step = f"/petitions/new/{token}/{{}}/".format
    assert visitor.post(step("photo"), {"go": "on"}, (PHOTO_NAME, jpeg().read())) == 200
    assert visitor.post(step("category"), {"category": "electricity"}) == 200
    if 'name="estate"' in visitor.text:
        estate = re.search(r'name="estate"[^>]*value="(\d+)"', visitor.text) or re.search(
            r'value="(\d+)"[^>]*name="estate"', visitor.text
        )
        assert visitor.post(step("place"), {"estate": estate[1]}) == 200
    building = re.search(r'<option value="(\d+)"', visitor.text)
    assert visitor.post(step("place"), {"building": building[1], "stairwell": "", "spot": SPOT}) == 200
    assert visitor.post(step("words"), {"words": words, "name_visibility": "handlers"}) == 200
    assert visitor.address == step("check"), visitor.text
    return visitor.post(step("check"), {})


@pytest.mark.processes
@pytest.mark.parametrize("name", [name for name in COMPOSE if "healthcheck" in COMPOSE[name]])
def test_the_health_check_of_each_service_finds_it_well(portal: Compose, name):
    assert eventually(lambda: portal.is_healthy(name), 60), portal.said(name)


@pytest.mark.processes
@pytest.mark.parametrize("bell", ["beat", "loop"])
def test_both_bells_ring(portal: Compose, bell):
    runs = f"SELECT count(*) FROM issues_sweeprun WHERE bell = '{bell}' AND finished_at IS NOT NULL AND failures = 0"
    assert eventually(lambda: portal.value(runs) > 0, 60), portal.said("worker") + portal.said("sweep")


@pytest.mark.processes
def test_the_probes_answer_and_the_figures_are_for_whoever_has_the_token(portal: Compose):
    visitor = Visitor(portal.ports["web"])
    assert (visitor.get("/live"), json.loads(visitor.text)) == (200, {"live": True})
    assert (visitor.get("/ready"), json.loads(visitor.text)["migrations_missing"]) == (200, 0)
    assert visitor.get("/metrics") == 404
    assert visitor.get("/metrics", Authorization=f"Bearer {METRICS_TOKEN}") == 200
    assert "youying_database_up 1.0" in visitor.text


@pytest.mark.processes
def test_figures_are_those_of_all_workers_together(portal: Compose):
    def counted() -> float:
        visitor.get("/metrics", Authorization=f"Bearer {METRICS_TOKEN}")
        sample = r'^youying_requests_total\{method="GET",route="privacy",status="200"\} (\S+)'
        found = re.search(sample, visitor.text, re.MULTILINE)
        return float(found[1]) if found else 0.0

    visitor = Visitor(portal.ports["web"])
    before = counted()
    for _each in range(20):
        assert visitor.get("/privacy/") == 200
    assert counted() - before == 20


@pytest.mark.processes
def test_a_petition_filed_over_http_is_taken_in(portal: Compose, li: Visitor):
    assert file_petition(li) == 200
    assert li.address.endswith("/filed/")
    number = li.address.split("/")[2]
    state = f"SELECT state FROM residents_petition WHERE receipt_no = '{number}'"
    assert eventually(lambda: portal.value(state) == "in_hand", 30)
    assert portal.value(f"SELECT words FROM residents_petition WHERE receipt_no = '{number}'") == WORDS
    assert len(list((portal.directory / "media").rglob("*.jpg"))) == 1


@pytest.mark.processes
def test_nothing_that_the_processes_print_names_anybody_or_quotes_what_was_said(portal: Compose, li: Visitor):
    """Also where things go wrong: PostgreSQL quotes the row it refuses, Pillow the photo, Django the address."""
    assert file_petition(li) == 200
    stranger = Visitor(portal.ports["web"])
    stranger.get("/account/login/")
    assert stranger.post("/account/login/", {"phone": TYPED_PHONE}) == 200
    assert stranger.post(stranger.address, {"code": "000001"}) != 500
    assert stranger.get(f"/no/such/{TYPED_PHONE}/?q={LI}") == 404
    assert stranger.get("/privacy/", Host=f"{TYPED_PHONE}.example") == 400
    assert li.get("/petitions/new/") == 200
    li.post("/petitions/new/", {})
    assert li.post(li.address, {"go": "on"}, (PHOTO_NAME, jpeg().read()[:-400])) == 200
    portal.value("ALTER TABLE residents_petition ADD CONSTRAINT refuse_all CHECK (words = '') NOT VALID")
    portal.value("ALTER TABLE residents_petition DISABLE TRIGGER USER")
    try:
        assert file_petition(li, f"{WORDS}，电话{TYPED_PHONE}") == 500
    finally:
        portal.value("ALTER TABLE residents_petition ENABLE TRIGGER USER")
        portal.value("ALTER TABLE residents_petition DROP CONSTRAINT refuse_all")

    codes = {code for message in messages(portal.sent) for code in re.findall(r"\d{6}", message["body"])}
    secrets = {WORDS, SPOT, PHOTO_NAME, PHOTO_NAME.removesuffix(".jpg"), TYPED_PHONE, LI, "李", "192.0.2.7", *codes}
    assert len(codes) >= 2
    told = {name: portal.said(name) for name in [*OURS, *SERVERS, "migrate"]}
    assert "refuse_all" in told["web"]  # the error is there, by its constraint
    assert "refuse_all" in told["postgres"]
    leaks = {(name, secret) for name, said in told.items() for secret in secrets if secret in said}
    assert leaks == set()
    for name in OURS:
        for line in told[name].splitlines():
            assert {"event", "level", "logger", "at"} <= json.loads(line).keys(), line


@pytest.mark.processes
def test_a_backup_is_made_and_tried_with_the_same_environment(portal: Compose, tmp_path):
    made = portal.run("python", "manage.py", "backup", str(tmp_path))
    assert made.returncode == 0, made.stderr
    (file,) = tmp_path.iterdir()
    tried = portal.run("python", "manage.py", "drill", str(file))
    assert (tried.returncode, tried.stderr) == (0, "")
    assert "This backup would do." in tried.stdout


@pytest.mark.processes
def test_all_of_them_end_when_told_to(portal: Compose):
    """The last: it stops the services. Ten seconds are what docker gives."""
    codes = portal.end()
    assert set(codes) == {*OURS, *SERVERS}
    assert {name for name, code in codes.items() if code == -9} == set()
