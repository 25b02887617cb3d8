"""What the manifest says of a portal, and how another one is held against it: version, schema, keys, rows, files."""

from dataclasses import dataclass
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from governance import encryption
from governance.backups.archive import Archive
from governance.backups.errors import Damaged, MadeByNewer, OtherKeys
from governance.domain import audit, field_keys
from governance.models import AuditEntry

FORMAT = 1
# Encrypted with the field keys and hashed with the look-up key, it says whether they are the same as then.
CANARY = "youying"


# --- the keys ---


def canaries() -> dict[str, str]:
    return {"field": encryption.encrypt(CANARY).decode(), "lookup": encryption.lookup_hash(CANARY)}


def sign(digest: str) -> str:
    return encryption.lookup_hash(f"backup:{digest}")


def check_keys(archive: Archive) -> None:
    """Raises `OtherKeys`; and `Damaged` where somebody else made the seal."""
    told = archive.manifest["keys"]
    if told["lookup"] != encryption.lookup_hash(CANARY):
        raise OtherKeys("FIELD_LOOKUP_KEY")
    try:
        encryption.decrypt(told["field"].encode())
    except InvalidToken:
        raise OtherKeys("set of FIELD_ENCRYPTION_KEYS") from None
    if archive.signature != sign(archive.digest):
        raise Damaged(archive.path, "it was not sealed with this portal's keys")


# --- the schema ---


def newest_migrations() -> dict[str, str]:
    """Of each app, the migration that the database got last."""
    applied = MigrationRecorder(connection).migration_qs.order_by("id").values_list("app", "name")
    return dict(sorted(dict(applied).items()))


def pending_migrations() -> set[tuple[str, str]]:
    """Those of this code that the database hasn't got."""
    return set(MigrationLoader(None).disk_migrations or {}) - MigrationRecorder(connection).applied_migrations().keys()


def check_schema(manifest: dict[str, Any]) -> None:
    """Raises `MadeByNewer` where the backup has a migration that this code doesn't."""
    if manifest["format"] > FORMAT:
        raise MadeByNewer([f"format {manifest['format']} of backups"])
    check_migrations(set(manifest["migrations"].items()))


def check_migrations(applied: set[tuple[str, str]]) -> None:
    """Raises `MadeByNewer` where this code doesn't know one of them."""
    unknown = applied - (MigrationLoader(None).disk_migrations or {}).keys()
    if unknown:
        raise MadeByNewer(sorted(" ".join(each) for each in unknown))


# --- the rows ---


def rows_by_table() -> dict[str, int]:
    """How many rows each table has."""
    counts = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        for (table,) in cursor.fetchall():
            cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            counts[table] = cursor.fetchone()[0]
    return counts


@dataclass(frozen=True)
class Verified:
    """What was found when a restored portal was looked through."""

    chains: dict[int, int]
    flaws: list[str]
    encrypted: int
    unreadable: int


def verify() -> Verified:
    """Walk every audit chain, and decrypt every encrypted field, of the database that Django has now."""
    chains, flaws = {}, []
    for chain in AuditEntry.objects.order_by("chain").values_list("chain", flat=True).distinct():
        chains[chain], flaw = audit.verify_chain(chain)
        if flaw:
            flaws.append(f"chain {flaw.chain}, entry {flaw.sequence}: {flaw.what}")
    encrypted = unreadable = 0
    for column in field_keys.encrypted_columns():
        for _key, token in field_keys.tokens(column):
            encrypted += 1
            try:
                encryption.decrypt(token)
            except InvalidToken:
                unreadable += 1
    return Verified(chains, flaws, encrypted, unreadable)
