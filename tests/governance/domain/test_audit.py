"""The chain: written with what it tells of, and every way of tampering with it named."""

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction

from governance.domain import audit
from governance.models import AuditEntry, AuditPayload
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)

CHAIN = 7


@pytest.fixture
def five() -> None:
    """Five entries, each committed by itself; another chain beside them."""
    for number in range(1, 6):
        with transaction.atomic():
            audit.record("file", "petition", f"SQ-{number}", actor="intake", at=NOW, subdistrict_id=CHAIN, n=number)
    with transaction.atomic():
        audit.record("open", "account", "x", actor="intake", at=NOW)


def tamper(statement: str) -> None:
    """What somebody with the keys of the database could do: the triggers switched off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE governance_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE governance_auditentry ENABLE TRIGGER USER")


@pytest.mark.usefixtures("five")
def test_a_chain_that_nobody_touched_holds():
    assert audit.verify_chain(CHAIN) == (5, None)
    assert audit.verify_chain(audit.SYSTEM_CHAIN) == (1, None)


ENTRY = f"chain = {CHAIN} AND sequence = 3"
PAYLOAD = f"entry_id = (SELECT id FROM governance_auditentry WHERE {ENTRY})"


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("statement", "held", "sequence", "what"),
    [
        *(
            (f"UPDATE governance_auditentry SET {change} WHERE {ENTRY}", 2, 3, "it was changed after it was written")
            for change in (
                "verb = 'burn'",
                "object_ref = 'SQ-9'",
                "actor_ref = 'nobody'",
                "at = at - interval '1 microsecond'",
                f"commitment = repeat('0', 64)",  # noqa: F541
            )
        ),
        (
            f"UPDATE governance_auditpayload SET facts = '{{\"n\": 4}}' WHERE {PAYLOAD}",
            2,
            3,
            "its payload was changed after it was written",
        ),
        (
            f"UPDATE governance_auditpayload SET salt = 'x' WHERE {PAYLOAD}",
            2,
            3,
            "its payload was changed after it was written",
        ),
        (
            f"DELETE FROM governance_auditpayload WHERE {PAYLOAD}; DELETE FROM governance_auditentry WHERE {ENTRY}",
            2,
            4,
            "entry 3 is missing",
        ),
        (
            f"UPDATE governance_auditentry SET previous_hash = repeat('0', 64) WHERE {ENTRY}",
            2,
            3,
            "it doesn't follow the entry before it",
        ),
        (
            f"INSERT INTO governance_auditentry (chain, at, verb, noun, object_ref, actor_ref, commitment, "
            f"previous_hash, hash) VALUES ({CHAIN}, now(), 'file', 'petition', 'SQ-6', 'x', '', '', '')",
            5,
            0,
            "an entry was never linked into the chain",
        ),
    ],
)
def test_tampering_is_named_with_the_entry(statement, held, sequence, what):
    tamper(statement)
    assert audit.verify_chain(CHAIN) == (held, audit.Flaw(CHAIN, sequence, what))
    with pytest.raises(CommandError, match=f"chain {CHAIN}, entry {sequence}: {what}"):
        call_command("verify_audit")


@pytest.mark.usefixtures("five")
def test_an_erased_payload_leaves_the_chain_whole():
    AuditPayload.objects.filter(entry__sequence=3).delete()
    assert audit.verify_chain(CHAIN) == (5, None)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize("deed", ["delete", "update"])
def test_the_database_lets_nobody_change_or_delete_an_entry(deed):
    rows = AuditEntry.objects.filter(chain=CHAIN, sequence=5)
    AuditPayload.objects.filter(entry__sequence=5).delete()
    with pytest.raises(Error, match="Cannot"), transaction.atomic():
        rows.delete() if deed == "delete" else rows.update(verb="burn")


def test_an_entry_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError, match="inside the transaction"):
        audit.record("file", "petition", "SQ-1", actor="intake", at=NOW)


def test_an_entry_goes_with_the_transaction_it_tells_of():
    with transaction.atomic():
        audit.record("file", "petition", "SQ-1", actor="intake", at=NOW)
        transaction.set_rollback(True)
    assert not AuditEntry.objects.exists()


def test_equal_facts_have_unequal_commitments():
    """The salt keeps anybody from guessing what a short payload said."""
    with transaction.atomic():
        for _n in range(2):
            audit.record("file", "petition", "x", actor="intake", at=NOW, n=1)
    assert AuditEntry.objects.values("commitment").distinct().count() == 2
