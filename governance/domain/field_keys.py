"""The encrypted fields of the whole database: finding them, and encrypting them anew after a key has been added."""

from collections.abc import Iterator
from typing import NamedTuple

import pgtrigger
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import connection
from psycopg import sql

from governance import encryption

# Few enough that scans of ballots, which are sealed, too, fit into memory.
BATCH = 100


class Column(NamedTuple):
    """Where ciphertext stands: a table, its key, the column."""

    table: str
    key: str
    column: str

    def names(self) -> dict[str, sql.Identifier]:
        return {name: sql.Identifier(value) for name, value in self._asdict().items()}


class Renewed(NamedTuple):
    """How many values were encrypted anew, and how many can't be read with any key that is set."""

    renewed: int
    unreadable: int


def encrypted_columns() -> Iterator[Column]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, encryption.EncryptedTextField):
                yield Column(model._meta.db_table, str(model._meta.pk.column), str(field.column))


def tokens(of: Column) -> Iterator[tuple[int, bytes]]:
    """Every ciphertext of a column with its row's key, batch by batch in the keys' order."""
    query = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {column} IS NOT NULL ORDER BY {key} LIMIT %s"
    ).format(**of.names())
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [last, BATCH])
            rows = cursor.fetchall()
        if not rows:
            return
        yield from ((key, bytes(token)) for key, token in rows)
        last = rows[-1][0]


def renew() -> Renewed:
    """Encrypt with the newest key whatever an older one was used for. The portal may go on meanwhile.

    What it says stays the same, so tables that are never changed are changed here. Started again, it goes on.
    """
    counts = {True: 0, False: 0}
    for column in encrypted_columns():
        for key, token in tokens(column):
            try:
                fresh = encryption.renewed(token)
            except InvalidToken:
                counts[False] += 1
                continue
            if fresh:
                counts[True] += _put(column, key, token, fresh)
    return Renewed(counts[True], counts[False])


def _put(column: Column, key: int, token: bytes, fresh: bytes) -> int:
    """Unless somebody has written another value meanwhile."""
    query = sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s").format(**column.names())
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(query, [fresh, key, token])
        return cursor.rowcount
