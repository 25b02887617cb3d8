"""Forget drafts whose time is over, and photo files that no row names."""

from django.core.management.base import BaseCommand

from governance.domain import stored_files
from governance.domain.moment import database_now
from residents.domain import drafts


class Command(BaseCommand):
    help = "Delete drafts untouched for 30 days with their photos, and photo files that belong to nothing."

    def handle(self, *args, **options):
        at = database_now()
        forgotten = drafts.forget_old_drafts(at=at)
        orphans = stored_files.forget_orphaned_files(at=at)
        self.stdout.write(f"Forgot {forgotten} drafts and {orphans} orphaned files.")
