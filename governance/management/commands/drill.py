"""`manage.py drill FILE`: whether a backup would do, found out before it is needed."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.backups.commands import as_text, refusals_in_words
from governance.backups.restoring import drill


class Command(BaseCommand):
    help = (
        "Restores a backup beside the portal, verifies its audit trail, its files, its encrypted fields and its "
        "figures, and drops it again. The portal goes on meanwhile. Fails if anything isn't as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        with refusals_in_words():
            report = drill(file, self.stdout.write)
        self.stdout.write(as_text(report))
        if not report.is_sound:
            raise CommandError("This backup would not bring everything back.")
        self.stdout.write("This backup would do.")
