"""`manage.py backup DIRECTORY`: the whole portal in one file, while it goes on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.backups.commands import refusals_in_words, size_of
from governance.backups.taking import take_backup


class Command(BaseCommand):
    help = (
        "Writes the database and the files into one new file in DIRECTORY. The keys aren't in it "
        "(FIELD_ENCRYPTION_KEYS, FIELD_LOOKUP_KEY): keep them elsewhere, without them no phone number can be read."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, metavar="DIRECTORY")

    def handle(self, *args: Any, directory: Path, **options: Any) -> None:
        try:
            with refusals_in_words():
                taken = take_backup(directory, self.stdout.write)
        except KeyboardInterrupt:
            raise CommandError("Interrupted; nothing was written.") from None
        self.stdout.write(f"{taken.path}: {size_of(taken.bytes)}, {taken.files} files.")
        self.stdout.write("The keys are not in it. Keep them elsewhere; try the backup with: manage.py drill")
        if taken.missing:
            names = ", ".join(taken.missing[:5]) + (" …" if len(taken.missing) > 5 else "")
            self.stderr.write(self.style.WARNING(f"{len(taken.missing)} files that rows name are not there: {names}"))
