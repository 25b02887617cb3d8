"""`manage.py recount MOTION`: counts a vote anew from its rows, and prints the stored result if it is the same."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from governance.domain.moment import database_now
from issues.deliberation.domain import results
from issues.deliberation.models import Motion


class Command(BaseCommand):
    help = "Counts a vote anew, from the frozen roll and the ballots. Prints the stored result byte for byte."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("motion", type=UUID, metavar="MOTION", help="its id, as it stands in its page's address")
        parser.add_argument("--file", action="store_true", dest="whole", help="print the tally file that was counted")

    def handle(self, *args: Any, motion: UUID, whole: bool, **options: Any) -> None:
        row = Motion.objects.select_related("rule_set", "estate", "building").filter(public_id=motion).first()
        if row is None:
            raise CommandError("There is no such vote.")
        if row.result is None or row.tally_file is None:
            raise CommandError("This vote has not been counted yet.")
        anew = results.counted_anew(row, database_now())
        if anew != (bytes(row.tally_file), bytes(row.result)):
            raise CommandError("The rows don't give the stored result: somebody has changed one or the other.")
        self.stdout.write((anew.tally_file if whole else anew.result).decode(), ending="")
