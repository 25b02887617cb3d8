"""Statements that the database carries out while Python goes on: all of them, or none."""

import pytest
from django.db import DataError, connection, transaction

from governance.domain import audit
from governance.models import AuditEntry
from governance.models.many import meanwhile
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def right_and_wrong() -> None:
    with transaction.atomic(), meanwhile():
        audit.record("say", "thing", "1", actor="sweep", at=NOW)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(RuntimeError), meanwhile():
        pass


def test_what_goes_wrong_undoes_all_and_is_djangos_error():
    with pytest.raises(DataError):
        right_and_wrong()
    assert not AuditEntry.objects.filter(noun="thing").exists()


def test_what_goes_right_is_there_afterwards():
    with transaction.atomic(), meanwhile():
        for name in ("1", "2"):
            audit.record("say", "thing", name, actor="sweep", at=NOW)
    assert AuditEntry.objects.filter(noun="thing").count() == 2
