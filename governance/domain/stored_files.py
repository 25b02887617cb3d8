"""Files on disk and the rows that name them. A crash between the two leaves a file that belongs to nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db import connection
from django.db.models import FileField

# Where photos and brought registers are kept. Whatever else lies beside them isn't touched.
FOLDERS = ("photos", "orders", "issues", "visits", "imports")
# A file younger than this may belong to a request that hasn't committed its row yet.
ORPHANED_AFTER = timedelta(days=1)
# Held shared by a backup for as long as it reads files; ends with its connection, however that ends.
BACKUP_LOCK = 7243


@contextmanager
def kept_for_a_backup() -> Iterator[None]:
    """Inside the block, no file is deleted that a row has named at any instant of it.

    Raises `OperationalError` at its end where that can't be said, because the connection was lost meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [BACKUP_LOCK])
    try:
        yield
    except BaseException:
        connection.close()
        raise
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [BACKUP_LOCK])


def is_backed_up_now() -> bool:
    """Whether a backup is reading files."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [BACKUP_LOCK])
        return not cursor.fetchone()[0]


def let_go(name: str, storage: Storage = default_storage) -> None:
    """Delete a file whose row is gone for certain. While a backup is taken it is left, and found as an orphan later.

    To be called after the commit: a backup that begins later doesn't know the row any more.
    """
    if not is_backed_up_now():
        storage.delete(name)


def forget_orphaned_files(*, at: datetime, storage: Storage = default_storage) -> int:
    """Delete stored files that no row of any model names and that are older than a day. Returns how many.

    None while a backup is taken: rows that are gone now may have named them when it began.
    """
    orphans = [
        name
        for name in set(_stored(storage)) - named_by_rows()
        if storage.get_modified_time(name) < at - ORPHANED_AFTER
    ]
    # Asked after the rows: whichever backup began before them is still seen here, and a later one doesn't name these.
    if is_backed_up_now():
        return 0
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def named_by_rows() -> set[str]:
    """The names of files in all rows of all models.

    A resident's petition shows the staff's own file: one file may be named in several tables.
    """
    named: set[str] = set()
    tables = set(connection.introspection.table_names())
    for model in apps.get_models():
        # Before an upgrade is done, the newest tables aren't there yet.
        if model._meta.db_table not in tables:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                named.update(model._base_manager.values_list(field.name, flat=True))
    return named


def _stored(storage: Storage) -> Iterator[str]:
    for root in FOLDERS:
        for folder in storage.listdir(root)[0] if storage.exists(root) else ():
            for name in storage.listdir(f"{root}/{folder}")[1]:
                yield f"{root}/{folder}/{name}"
