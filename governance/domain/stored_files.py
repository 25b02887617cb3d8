"""Files on disk and the rows that name them. A crash between the two leaves a file that belongs to nobody."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.files.storage import Storage, default_storage
from django.db.models import FileField

# Where photos and brought registers are kept. Whatever else lies beside them isn't touched.
FOLDERS = ("photos", "orders", "issues", "imports")
# A file younger than this may belong to a request that hasn't committed its row yet.
ORPHANED_AFTER = timedelta(days=1)


def forget_orphaned_files(*, at: datetime, storage: Storage = default_storage) -> int:
    """Delete stored files that no row of any model names and that are older than a day. Returns how many."""
    orphans = [
        name
        for name in set(_stored(storage)) - _named_by_rows()
        if storage.get_modified_time(name) < at - ORPHANED_AFTER
    ]
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def _named_by_rows() -> set[str]:
    """A resident's petition shows the staff's own file: one file may be named in several tables."""
    named: set[str] = set()
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, FileField):
                named.update(model._base_manager.values_list(field.name, flat=True))
    return named


def _stored(storage: Storage) -> Iterator[str]:
    for root in FOLDERS:
        for folder in storage.listdir(root)[0] if storage.exists(root) else ():
            for name in storage.listdir(f"{root}/{folder}")[1]:
                yield f"{root}/{folder}/{name}"
