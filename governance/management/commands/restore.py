"""`manage.py restore FILE`: the portal as it was when the backup was made."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from governance.backups.commands import as_text, refusals_in_words
from governance.backups.restoring import restore


class Command(BaseCommand):
    help = (
        "Makes a portal out of a backup: beside the present one, looked through, and only then in its place. Needs the "
        "keys with which it was made. Stop web, worker, beat and sweep first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="also where people have accounts already")
        parser.add_argument("--yes", action="store_true", help="don't ask")

    def handle(self, *args: Any, file: Path, replace: bool, yes: bool, **options: Any) -> None:
        if replace and not yes:
            self._ask()
        with refusals_in_words():
            report = restore(file, replace=replace, say=self.stdout.write)
        self.stdout.write(as_text(report))
        if report.kept_as:
            self.stdout.write(
                f"What was there is kept as the database “{report.kept_as}”: people's data, so drop it soon."
            )
        self.stdout.write("Restored. Start web, worker, beat and sweep.")

    def _ask(self) -> None:
        name = connection.settings_dict["NAME"]
        if not sys.stdin.isatty():
            raise CommandError("--replace asks first; say --yes where nobody can answer. Nothing was changed.")
        answer = input(f"Everything since the backup leaves the portal. Type the database's name ({name}) to go on: ")
        if answer.strip() != name:
            raise CommandError("Nothing was changed.")
