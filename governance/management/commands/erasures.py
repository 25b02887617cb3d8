"""`manage.py erasures`: who has been erased, to be kept apart from backups, and the same once more after a restore."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.domain import erasing, sign_in
from governance.domain.moment import database_now
from governance.domain.refusals import Refusal
from governance.management.passwords import typed_password
from governance.models import Erasure, User


class Command(BaseCommand):
    help = "List erasures, one a line: person, reference, when it was asked for. --again carries such a list out."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--again", metavar="FILE", help="a list that this command wrote before the restore")

        parser.add_argument(
            "--open",
            metavar="REFERENCE",
            help="for a court: the name and number that are kept locked. Asks for the password of --by, or reads it "
            "from the standard input",
        )
        parser.add_argument("--by", metavar="ACCOUNT", default="", help="with --open: the administrator who looks")
        parser.add_argument("--reason", default="", help="with --open: who asks, and under which file number")

    def handle(self, *args: Any, again: str | None = None, open: str | None = None, **options: Any) -> None:
        if again:
            self._erase_again(Path(again))
        elif open:
            self._open(open, **options)
        else:
            self._list()

    def _list(self) -> None:
        listed = Erasure.objects.order_by("pk").values_list("user__public_id", "public_id", "asked_at")
        for person, reference, asked_at in listed:
            self.stdout.write(f"{person} {reference} {asked_at.isoformat()}")

    def _erase_again(self, file: Path) -> None:
        lines = [_read(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        erased, failed = 0, 0
        for person, reference, asked_at in lines:
            try:
                erased += _erase_again(person, reference, asked_at)
            except Exception as error:  # noqa: BLE001 - told by its kind: PostgreSQL's DETAIL quotes the row
                failed += 1
                self.stderr.write(f"{person} {reference} {asked_at.isoformat()} failed: {type(error).__name__}")
        self.stdout.write(f"{erased} of {len(lines)} erased again; {len(lines) - erased - failed} are, or are unknown.")
        if failed:
            raise CommandError(f"{failed} failed, see above: put it right, then run this once more.")

    def _open(self, reference: str, *, by: str, reason: str, **_options: Any) -> None:
        at = database_now()
        try:
            erasure = Erasure.objects.get(public_id=reference)
            actor = _administrator(by, at)
            kept = erasing.open_identity(erasure, reason=reason, actor=actor, at=at)
        except (Erasure.DoesNotExist, ValidationError) as error:
            raise CommandError("There is no such reference. Nothing was opened.") from error
        except Refusal as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(f"{kept['name']} {kept['phone']}")


def _administrator(name: str, at: datetime) -> User:
    """The account of that name, if whoever types knows its password: a name alone is anybody's.

    Raises `TooManyTries`, as at signing in.
    """
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError("--by names no account. Write your own, by which you sign in. Nothing was opened.")
    if not user.scope(at).is_administrator:
        raise CommandError(f"“{name}” doesn't administer the portal: only administrators open a name.")
    if not user.has_usable_password():
        raise CommandError(f"“{name}” has no password yet: choose one on the page of your account, then come back.")
    if not sign_in.is_password_of(user, typed_password(), address="terminal", at=at):
        raise CommandError("That isn't the password of this account. Nothing was opened.")
    return user


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
