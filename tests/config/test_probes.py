"""`/live`, `/ready` and `/metrics`, asked as watchers ask: no cookie, any host name, plain http."""

import json
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config import probes
from config.embedded import endpoints
from governance.domain.moment import database_now
from issues.domain.sweep import sweep
from issues.models import SweepRun
from issues.models.sweeps import Bell
from tests.config.processes import eventually
from tests.faults.conftest import redis, started  # noqa: F401 - fixtures
from tests.faults.test_postgres_restarted import Server

TOKEN = "a-token-of-this-test-alone"


@pytest.fixture
def in_production(settings) -> None:
    settings.DEMO = False
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["portal.example.cn"]


def ask(address: str, **headers: str) -> tuple[int, dict]:
    response = Client().get(address, headers=headers)
    assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]
    assert not response.cookies
    return response.status_code, json.loads(response.content)


# --- live ---


def test_live_touches_nothing(db, in_production):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert ask("/live") == (200, {"live": True})
    assert len(asked) == 0


@pytest.mark.parametrize("address", ["/live", "/ready", "/metrics"])
def test_a_probe_is_asked_and_never_told(db, address):
    assert Client().post(address).status_code == 405


# --- ready ---


@pytest.mark.django_db(transaction=True)
def test_ready_when_the_database_answers_and_a_sweep_has_just_been(in_production):
    sweep(bell=Bell.COMMAND)
    status, said = ask("/ready")
    assert 0 <= said.pop("sweep_age_seconds") < 30
    assert (status, said) == (200, {"ready": True, "database": True, "migrations_missing": 0, "sweep_silent": False})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("ago", "age"), [(None, None), (3600, 3600)])
def test_a_silent_sweep_is_said_and_keeps_nobody_from_the_pages(ago, age):
    if ago:
        at = database_now()
        SweepRun.objects.create(bell=Bell.LOOP, started_at=at, finished_at=at - probes.vitals.SILENT_AFTER * (ago / 60))
    status, said = ask("/ready")
    assert (status, said["ready"], said["sweep_silent"]) == (200, True, True)
    assert said["sweep_age_seconds"] == (age and pytest.approx(age, abs=30))


@pytest.mark.django_db(transaction=True)
def test_not_ready_while_a_migration_is_missing():
    from django.db.migrations.recorder import MigrationRecorder

    recorder = MigrationRecorder(connection)
    latest = max(name for app, name in recorder.applied_migrations() if app == "issues")
    recorder.record_unapplied("issues", latest)
    try:
        assert ask("/ready") == (503, {"ready": False, "database": True, "migrations_missing": 1})
    finally:
        recorder.record_applied("issues", latest)
    assert ask("/ready")[0] == 200


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "state")
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.stop(signal.SIGINT)
    shutil.rmtree(server.places.run_dir, ignore_errors=True)


@pytest.fixture
def elsewhere(own_server: Server, settings, transactional_db) -> Iterator[None]:
    """The portal asks that server now, on new connections: this thread's own stays where it is."""
    before = {name: settings.DATABASES["default"][name] for name in ("NAME", "HOST", "PORT", "USER")}
    settings.DATABASES["default"].update(endpoints.database_settings(own_server.places.state_dir))
    yield
    settings.DATABASES["default"].update(before)


@pytest.mark.processes
def test_a_frozen_a_stopped_and_an_empty_database_are_said_within_their_time(own_server: Server, elsewhere, caplog):
    assert ask("/ready")[1] == {
        "ready": False,
        "database": True,
        "migrations_missing": len(probes.migrations_of_the_code()),
    }

    own_server.process.send_signal(signal.SIGSTOP)
    began = time.monotonic()
    assert ask("/ready") == (503, {"ready": False, "database": False})
    assert "youying_database_up 0.0" in Client().get("/metrics").content.decode()
    assert ask("/live")[0] == 200
    assert time.monotonic() - began < 2 * probes.PATIENCE_SECONDS + 1

    own_server.process.send_signal(signal.SIGCONT)
    assert eventually(lambda: ask("/ready")[1]["database"] is True)
    own_server.stop(signal.SIGINT)
    assert ask("/ready") == (503, {"ready": False, "database": False})


@pytest.mark.processes
def test_many_watchers_of_a_frozen_database_dont_pile_up(own_server: Server, elsewhere):
    import threading

    own_server.process.send_signal(signal.SIGSTOP)
    before = threading.active_count()
    watchers = [threading.Thread(target=ask, args=("/ready",)) for _each in range(20)]
    for watcher in watchers:
        watcher.start()
    for watcher in watchers:
        watcher.join(10)
    assert sum(each.name == "probe" for each in threading.enumerate()) <= 4
    own_server.process.send_signal(signal.SIGCONT)
    assert eventually(lambda: threading.active_count() <= before)


# --- metrics: for whom ---


def test_in_production_metrics_are_not_there_without_a_token(db, settings, in_production):
    settings.METRICS_TOKEN = ""
    settings.SECURE_SSL_REDIRECT = False
    client = Client(headers={"host": "portal.example.cn"})
    assert client.get("/metrics").status_code == 404
    # Not to be told from an address that never was.
    changing = re.compile(r'value="\w{64}"|\d')
    asked, never_was = (changing.sub("", client.get(f"/metric{end}").content.decode()) for end in "sz")
    assert asked == never_was.replace("metricz", "metrics")


@pytest.mark.parametrize(
    ("carried", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        ("", 404),
        ("Bearer ", 404),
        (f"Bearer {TOKEN}x", 404),
        (f"Bearer {TOKEN[:-1]}", 404),
        (TOKEN, 404),
        ("Bearer 密", 404),
    ],
)
def test_with_a_token_whoever_carries_it_reads_them(db, settings, carried, status):
    settings.METRICS_TOKEN = TOKEN
    assert Client(headers={"authorization": carried.encode().decode("latin-1")}).get("/metrics").status_code == status


@pytest.mark.parametrize(
    ("extra", "status"),
    [({"REMOTE_ADDR": "127.0.0.1"}, 200), ({"REMOTE_ADDR": "::1"}, 200), ({"REMOTE_ADDR": "192.0.2.7"}, 404),
     ({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "192.0.2.7"}, 404)],
)  # fmt: skip
def test_in_the_demo_whoever_is_on_the_same_machine_reads_them(db, settings, extra, status):
    settings.METRICS_TOKEN = ""
    assert Client(**extra).get("/metrics").status_code == status


# --- metrics: what ---


def samples(client: Client | None = None) -> dict[str, float]:
    text = (client or Client()).get("/metrics").content.decode()
    pairs = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in pairs}


def test_requests_are_counted_by_route_and_never_by_what_was_typed(db):
    before = samples()
    Client().get("/privacy/?phone=13800130021")
    Client().get("/petitions/SQ-7K3M-9F2P/")
    Client().get("/no/such/张三丰/")
    Client().generic("张三丰", "/privacy/")
    now = samples()
    counted = {
        name for name, value in now.items() if name.startswith("youying_requests_total") and value != before.get(name)
    }
    assert counted == {
        'youying_requests_total{method="GET",route="privacy",status="200"}',
        'youying_requests_total{method="GET",route="petition_detail",status="302"}',
        'youying_requests_total{method="GET",route="none",status="404"}',
        'youying_requests_total{method="other",route="privacy",status="405"}',
    }
    text = Client().get("/metrics").content.decode()
    for typed in ("13800130021", "7K3M", "张三丰", "such"):
        assert typed not in text
    count = 'youying_request_seconds_count{route="privacy"}'
    assert now[count] - before.get(count, 0) == 2
