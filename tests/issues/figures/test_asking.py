"""Two questions of the dashboard side by side: each on a connection of its own, unless there is a reason not to."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import ProgrammingError, connection, transaction

from issues.figures.asking import Question, ask
from tests.config.processes import eventually

WHO = "SELECT pg_backend_pid() AS pid"
LOCK = 20_261_123
WAITING = (
    f"SELECT 1 FROM pg_locks WHERE objid = {LOCK} AND NOT granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def connections() -> tuple[int, int]:
    """Which connection answered the one question, and which the other."""
    said = ask({}, Question("", {"here": WHO}), Question("", {"beside": WHO}))
    return said["here"][0]["pid"], said["beside"][0]["pid"]


def asked(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_the_database_works_on_both_at_the_same_time():
    here, beside = connections()
    assert here != beside
    assert connections() == (here, beside)  # kept open


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_both_see_what_it_has_written():
    with transaction.atomic():
        here, beside = connections()
    assert here == beside


@pytest.mark.django_db(transaction=True)
def test_while_one_reader_has_the_second_connection_the_next_does_without():
    slow = Question("", {"waited": f"SELECT pg_advisory_lock({LOCK})::text, pg_advisory_unlock({LOCK})"})
    asked(f"SELECT pg_advisory_lock({LOCK})")
    with ThreadPoolExecutor(1) as other:
        reader = other.submit(lambda: (ask({}, Question("", {"here": WHO}), slow), connection.close()))
        assert eventually(lambda: bool(asked(WAITING)))
        here, beside = connections()
        asked(f"SELECT pg_advisory_unlock({LOCK})")
        reader.result(30)
    assert here == beside
    here, beside = connections()
    assert here != beside


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_database_has_dropped_is_opened_again():
    _here, dropped = connections()
    asked(f"SELECT pg_terminate_backend({dropped}, 5000)")
    here, beside = connections()
    assert beside not in (here, dropped)


@pytest.mark.django_db(transaction=True)
def test_what_the_other_question_gets_wrong_is_not_swallowed():
    with pytest.raises(ProgrammingError, match="no_such_table"):
        ask({}, Question("", {"here": WHO}), Question("", {"beside": "SELECT 1 FROM no_such_table"}))
    here, beside = connections()
    assert here != beside
