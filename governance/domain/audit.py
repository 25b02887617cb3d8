"""Writing and verifying the audit trail. An entry is written in the transaction of what it tells of."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from governance.models import AuditEntry, AuditPayload, User

SYSTEM_CHAIN = 0
# Entry and payload together: every step that anybody takes writes one of each. Linked by the trigger in this order.
WRITE = """
    WITH told AS (
        SELECT nextval((SELECT pg_get_serial_sequence('governance_auditentry', 'id'))) AS id, fact.*
        FROM json_to_recordset(%(told)s)
            AS fact (verb text, noun text, object_ref text, commitment text, salt text, facts text)
    ), payload AS (
        INSERT INTO governance_auditpayload (entry_id, salt, facts) SELECT id, salt, facts::jsonb FROM told
    )
    INSERT INTO governance_auditentry
        (id, chain, at, verb, noun, object_ref, actor_ref, commitment, previous_hash, hash)
    SELECT id, %(chain)s, %(at)s, verb, noun, object_ref, %(actor)s, commitment, '', '' FROM told ORDER BY id
"""


@dataclass(frozen=True)
class Flaw:
    """The first entry of a chain that doesn't hold, and what is wrong with it."""

    chain: int
    sequence: int
    what: str


def record(
    verb: str,
    noun: str,
    object_ref: str,
    *,
    actor: User | str,
    at: datetime,
    subdistrict_id: int | None = None,
    **facts: object,
) -> None:
    """Write an entry; the database links it into its chain when the transaction commits.

    `actor` is a user, or the name of the program that acted. `facts` must be JSON-able.
    Raises `RuntimeError` outside a transaction: an entry may not survive what it tells of, nor the other way round.
    """
    record_many([Fact(verb, noun, object_ref, facts)], actor=actor, at=at, subdistrict_id=subdistrict_id)


@dataclass(frozen=True)
class Fact:
    """What one of many entries tells of. `facts` must be JSON-able."""

    verb: str
    noun: str
    object_ref: str
    facts: dict[str, object]


def record_many(told: Sequence[Fact], *, actor: User | str, at: datetime, subdistrict_id: int | None = None) -> None:
    """As `record`, one entry each, in this order, all in one statement."""
    if not connection.in_atomic_block:
        raise RuntimeError("An audit entry is written inside the transaction of what it tells of.")
    rows = [_row(fact) for fact in told]
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "chain": subdistrict_id or SYSTEM_CHAIN,
                "at": at,
                "actor": str(actor.public_id) if isinstance(actor, User) else actor,
                "told": json.dumps(rows),
            },
        )


def _row(fact: Fact) -> dict[str, str]:
    salt, facts = secrets.token_hex(16), _canonical(fact.facts)
    committed = _commitment(salt, facts)
    return {
        "verb": fact.verb,
        "noun": fact.noun,
        "object_ref": fact.object_ref,
        "commitment": committed,
        "salt": salt,
        "facts": facts,
    }


def forget(noun: str, object_refs: Iterable[str], *, verb: str = "") -> None:
    """Erase what the entries of these things were about; of one verb only, where one is named. The chain holds."""
    told = AuditPayload.objects.filter(entry__noun=noun, entry__object_ref__in=list(object_refs))
    (told.filter(entry__verb=verb) if verb else told).delete()


def commitment(salt: str, facts: object) -> str:
    """SHA-256 over the salt and the canonical JSON of the facts, hex."""
    return _commitment(salt, _canonical(facts))


def _commitment(salt: str, canonical: str) -> str:
    return hashlib.sha256(f"{salt}|{canonical}".encode()).hexdigest()


_canonical = DjangoJSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


def expected_hash(entry: AuditEntry, previous_hash: str) -> str:
    """The hash the entry must have. Worked out apart from the trigger that wrote it, so that one checks the other."""
    microseconds = round(entry.at.timestamp() * 1_000_000)
    parts = (
        previous_hash,
        entry.chain,
        entry.sequence,
        microseconds,
        entry.verb,
        entry.noun,
        entry.object_ref,
        entry.actor_ref,
        entry.commitment,
    )
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


def verify_chain(chain: int) -> tuple[int, Flaw | None]:
    """Walk a chain from its first entry. Returns how many entries hold, and the first flaw, if any."""
    previous_hash, held = "", 0
    entries = AuditEntry.objects.filter(chain=chain).select_related("payload").order_by("sequence")
    for entry in entries.iterator(chunk_size=2000):
        flaw = _flaw_of(entry, held + 1, previous_hash)
        if flaw:
            return held, Flaw(chain, entry.sequence or 0, flaw)
        previous_hash, held = entry.hash, held + 1
    return held, None


def _flaw_of(entry: AuditEntry, sequence: int, previous_hash: str) -> str:
    if entry.sequence is None:
        return "an entry was never linked into the chain"
    if entry.sequence != sequence:
        return f"entry {sequence} is missing"
    if entry.previous_hash != previous_hash:
        return "it doesn't follow the entry before it"
    if entry.hash != expected_hash(entry, previous_hash):
        return "it was changed after it was written"
    payload = getattr(entry, "payload", None)
    if payload and commitment(payload.salt, payload.facts) != entry.commitment:
        return "its payload was changed after it was written"
    return ""
