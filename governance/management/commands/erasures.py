"""`manage.py erasures`: who has been erased, to be kept apart from backups, and the same once more after a restore."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.domain import erasing
from governance.domain.moment import database_now
from governance.models import Erasure, User


class Command(BaseCommand):
    help = "List erasures, one a line: person, reference, when it was asked for. With --again, carry such a list out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", metavar="FILE", help="a list that this command wrote before the restore")

    def handle(self, *args: Any, again: str | None = None, **options: Any) -> None:
        if again is None:
            for person, reference, asked_at in Erasure.objects.order_by("pk").values_list(
                "user__public_id", "public_id", "asked_at"
            ):
                self.stdout.write(f"{person} {reference} {asked_at.isoformat()}")
            return
        lines = [_read(line) for line in Path(again).read_text(encoding="utf-8").splitlines() if line.strip()]
        erased = sum(_erase_again(*line) for line in lines)
        self.stdout.write(f"{erased} of {len(lines)} erased again; the others are erased, or unknown here.")


def _read(line: str) -> tuple[uuid.UUID, uuid.UUID, datetime]:
    try:
        person, reference, asked_at = line.split()
        return uuid.UUID(person), uuid.UUID(reference), datetime.fromisoformat(asked_at)
    except ValueError as error:
        raise CommandError(f"“{line}” is no line of such a list. Nothing was erased.") from error


def _erase_again(person: uuid.UUID, reference: uuid.UUID, asked_at: datetime) -> bool:
    user = User.objects.filter(public_id=person, erased_at=None).first()
    if user is None:
        return False
    erasure = erasing.ask(user, at=asked_at, reference=reference)
    return erasing.carry_out(erasure, at=database_now(), by="restore")
