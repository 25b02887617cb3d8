"""PostgreSQL goes down and comes back: the next request works, the loop goes on, what was acknowledged is there."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import children, endpoints
from config.embedded.account import servers_account
from config.embedded.cluster import Cluster
from config.embedded.keeper import accepts_connections
from config.embedded.places import Places
from config.embedded.wheels import opened_to, postgres_binaries
from tests.config.processes import PROJECT_DIR, eventually
from tests.faults.browser import Browser
from tests.faults.conftest import Started

pytestmark = pytest.mark.processes


class Server:
    """A PostgreSQL of its own that may be stopped and started."""

    def __init__(self, state_dir: Path):
        self.places = Places(state_dir)
        self.places.make_state_dir()
        account = servers_account()
        self.places.make_run_dir(account)
        binaries = opened_to(account, postgres_binaries(), self.places.run_dir)
        self.cluster = Cluster(self.places.data_dir, binaries, account)
        self.cluster.prepare(self.places.log("postgres"), volatile=True)
        self.start()

    def start(self) -> None:
        self.process = children.start(
            self.cluster.server_command(self.places.run_dir, volatile=True),
            log=self.places.log("postgres"),
            cwd=self.cluster.data_dir,
            on_parents_death=signal.SIGQUIT,
            account=self.cluster.account,
        )
        assert eventually(lambda: accepts_connections(self.cluster.binaries, self.places.run_dir), 30)

    def stop(self, sent: signal.Signals) -> None:
        children.stop(self.process, (sent, 20.0))

    @property
    def url(self) -> str:
        return f"postgres://{endpoints.DATABASE_USER}@/{endpoints.DATABASE_NAME}?host={self.places.run_dir}"

    def value(self, statement: str) -> object:
        with psycopg.connect(self.url.replace("postgres://", "postgresql://"), autocommit=True) as connection:
            return connection.execute(statement).fetchone()[0]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    import shutil

    server = Server(tmp_path / "state")
    environment = {**os.environ, "DATABASE_URL": server.url, "REDIS_URL": "unix:///tmp/no-redis-here.sock"}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=PROJECT_DIR, env=environment, check=True
    )
    yield server
    server.stop(signal.SIGINT)
    shutil.rmtree(server.places.run_dir, ignore_errors=True)


@pytest.mark.django_db(transaction=True)
def test_after_a_restart_or_a_crash_the_next_request_works_and_the_loop_goes_on(server: Server, started: Started):
    _web, port = started.web(DATABASE_URL=server.url)
    loop = started("manage.py", "sweep", "--loop", "--every", "0.2", DATABASE_URL=server.url)
    browser = Browser(port)
    assert browser.submit("/account/login/", phone="13800138000").url.endswith("/account/login/code/")
    runs = "SELECT count(*) FROM issues_sweeprun WHERE finished_at IS NOT NULL"
    assert eventually(lambda: server.value(runs) > 0, 30), started.said_by(loop)

    for sent in (signal.SIGINT, signal.SIGQUIT):  # shut down, and crashed
        server.stop(sent)
        server.start()

        # Every thread of the web server holds a connection that is dead now: each must notice before it asks.
        assert [browser.get("/account/login/code/").status for _thread in range(8)] == [200] * 8
        assert server.value("SELECT count(*) FROM governance_signincode") == 1
        swept = server.value(runs)
        assert eventually(lambda before=swept: server.value(runs) > before, 30), started.said_by(loop)
        assert loop.poll() is None
