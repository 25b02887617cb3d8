"""Redis stopped, or frozen with its socket still open: people file and sign in, and escalation goes on."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from governance.domain.moment import database_now
from tests.cast import PASSWORD, Cast, draft
from tests.config.processes import eventually
from tests.faults.browser import Browser
from tests.faults.conftest import Redis, Started
from tests.faults.office import accepted
from tests.faults.outside import Outside

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]

IN_TIME = 3.0


def go_wrong(redis: Redis, how: str) -> None:
    redis.freeze() if how == "frozen" else redis.kill()


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_filing_and_signing_in_take_less_than_three_seconds(
    cast: Cast, outside: Outside, started: Started, redis: Redis, how: str
):
    cast.li.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1000)
    cast.li.save(update_fields=["password"])
    web, port = started.web(redis)
    # Both worker processes have very likely answered: what is measured is Redis, not the loading of modules.
    for _request in range(20):
        assert Browser(port).get("/account/login/").status == 200
    go_wrong(redis, how)

    li, wang = Browser(port), Browser(port)
    signed_in = li.submit("/account/login/password/", login="li", password=PASSWORD)
    asked = wang.submit("/account/login/", phone=cast.wang.phone.removeprefix("+86"))
    *_earlier, code = re.findall(r"\b(\d{6})\b", started.said_by(web))
    by_code = wang.submit("/account/login/code/", code=code)
    acknowledged, seconds = [], []
    for person, browser in [(cast.li, li), (cast.wang, wang), (cast.li, li)]:
        ready = draft(person, cast.building, at=database_now())
        filed = browser.submit(f"/petitions/new/{ready.token}/check/")
        assert filed.url.endswith("/filed/"), filed.text
        acknowledged.append(filed.url.split("/")[-3])
        seconds.append(filed.seconds)

    assert max(signed_in.seconds, asked.seconds, by_code.seconds) < IN_TIME
    assert max(seconds) < IN_TIME
    assert outside.value("SELECT count(*) FROM django_session") == 2
    # Taken in, too: who has it and by when is on the confirmation.
    assert outside.rows("SELECT receipt_no, state, holder_body FROM residents_petition ORDER BY id") == [
        (number, "in_hand", "恒信物业") for number in acknowledged
    ]


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_the_loop_goes_on_escalating(cast: Cast, outside: Outside, started: Started, redis: Redis, how: str):
    loop = started("manage.py", "sweep", "--loop", "--every", "0.2", redis=redis)
    runs = "SELECT count(*) FROM issues_sweeprun WHERE bell = 'loop' AND finished_at IS NOT NULL"
    assert eventually(lambda: outside.value(runs) > 0, 30), started.said_by(loop)
    go_wrong(redis, how)

    # At once: the loop would take a petition in that it finds filed, and here the test does.
    with transaction.atomic():
        accepted(cast, at=database_now() - timedelta(hours=2))

    def rungs() -> list[tuple]:
        return outside.rows("SELECT bell, count(*) FROM issues_escalation GROUP BY 1")

    assert eventually(lambda: rungs() == [("loop", 6)], 15), started.said_by(loop)
    assert outside.left_out(str(database_now())) == []
    assert outside.value("SELECT count(*) FROM issues_supervisionorder") == 1


def test_when_redis_comes_back_the_bell_is_heard_again(cast: Cast, outside: Outside, started: Started, redis: Redis):
    """The worker that was frozen out does its work once Redis answers; nobody has to restart it."""
    worker = started(
        "-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1", "--loglevel", "WARNING", redis=redis
    )
    beat = started("-m", "celery", "-A", "config.celery", "beat", "--loglevel", "WARNING", "--pidfile=",
                   "--schedule", str(started.directory / "beat"), redis=redis)  # fmt: skip
    runs = "SELECT count(*) FROM issues_sweeprun WHERE bell = 'beat' AND finished_at IS NOT NULL"
    assert eventually(lambda: outside.value(runs) > 0, 40), started.said_by(worker) + started.said_by(beat)
    redis.freeze()
    with transaction.atomic():
        accepted(cast, at=database_now() - timedelta(hours=2))
    redis.thaw()

    fired = "SELECT count(*) FROM issues_escalation WHERE bell = 'beat'"
    assert eventually(lambda: outside.value(fired) == 6, 40), started.said_by(worker) + started.said_by(beat)
