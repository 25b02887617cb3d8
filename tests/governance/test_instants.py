"""An instant is read as what it is, however PostgreSQL writes it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.utils import DataError

pytestmark = pytest.mark.django_db


def read(written: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [written])
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-23 07:09:20+00", datetime(2026, 11, 23, 7, 9, 20, tzinfo=UTC)),
        ("2026-11-23 07:09:20.1+00", datetime(2026, 11, 23, 7, 9, 20, 100_000, tzinfo=UTC)),
        ("2026-11-23 07:09:20.169534+00", datetime(2026, 11, 23, 7, 9, 20, 169_534, tzinfo=UTC)),
        ("2026-11-23 07:09:20+08", datetime(2026, 11, 22, 23, 9, 20, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_utc(written, expected):
    found = read(written)
    assert found == expected
    assert found.tzinfo is UTC


@pytest.mark.parametrize("written", ["infinity", "0044-03-15 12:00:00+00 BC"])
def test_what_python_has_no_instant_for_is_an_error(written):
    with pytest.raises(DataError):
        read(written)
