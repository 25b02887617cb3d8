"""The verbs of an import: check a file, take its good rows in, put it aside. Each is on record.

What was checked is kept with its outcome. When its rows are taken in they are looked at once more: if the register has
moved in between and the outcome is another, nothing is written, and the new outcome is shown.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import Refusal
from governance.domain.registers_in_bulk import OneRefused, save_all
from governance.imports.catalogue import REGISTERS
from governance.imports.files import LARGEST_FILE, Table, read_table
from governance.imports.planning import Outcome, Plan, known_sheets, plan_for, tried
from governance.imports.register import Register
from governance.models import ImportState, RegisterImport, Subdistrict, User

NOUN = "registerimport"
LONGEST_FILE_NAME = 120


class AlreadySettled(Refusal):
    """Somebody took the import in, or put it aside, before."""

    code = "import_settled"
    sentence = _("This import has been settled already.")


class NothingToTakeIn(Refusal):
    """No row of the file is new or changed."""

    code = "nothing_to_take_in"
    sentence = _("There is no row to take in.")


class RowRefused(Refusal):
    """The database refused a row while all were being written, so none of them was. `row` is its number."""

    code = "row_refused"

    def __init__(self, row: int, why: str | Promise):
        self.row = row
        super().__init__(
            gettext("Row %(row)s was refused, so nothing was taken in: %(why)s") % {"row": row, "why": why}
        )


@dataclass(frozen=True)
class Found:
    """A file that was read, and what it would do."""

    plan: Plan
    outcome: Outcome


def table_of(file: IO[bytes]) -> Table:
    """The one table of a file, sheets of explanations aside. Raises `FileRefused`."""
    return read_table(file, beside=known_sheets())


def look_at(register: Register, file: IO[bytes], subdistrict: Subdistrict) -> Found:
    """What the file would do in the subdistrict's register. Writes nothing. Raises `FileRefused`."""
    plan = plan_for(register, table_of(file), subdistrict)
    return Found(plan, tried(plan))


def check(
    register: Register, file: IO[bytes], *, name: str, subdistrict: Subdistrict, by: User, at: datetime
) -> RegisterImport:
    """Look at a file and keep it with what was found. Raises `FileRefused`, and then keeps nothing."""
    found = look_at(register, file, subdistrict)
    file.seek(0)
    content = file.read(LARGEST_FILE)
    checked = RegisterImport(
        register=register.code,
        subdistrict=subdistrict,
        file_name=name[-LONGEST_FILE_NAME:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
    _note(checked, found.outcome)
    checked.file.save("", ContentFile(content), save=False)
    try:
        with transaction.atomic():
            checked.save(force_insert=True)
            _record(checked, by=by, at=at)
    except BaseException:
        checked.file.delete(save=False)
        raise
    return checked


def take_in(import_id: int, *, seen: str, by: User, at: datetime) -> bool:
    """Write the good rows of an import, all of them in one transaction.

    `seen` is the outcome that the person was shown. Returns False, having kept only the new outcome, where the register
    has moved since. Raises `AlreadySettled` for the second of two presses, `NothingToTakeIn` where no row is good, and
    `RowRefused`, naming the row, where the database refuses at the last moment; then nothing is written.
    """
    with transaction.atomic():
        checked = _locked(import_id)
        found = _look_again(checked)
        if found.outcome.digest != seen:
            _note(checked, found.outcome)
            checked.save()
            return False
        if not found.outcome.new + found.outcome.changed:
            raise NothingToTakeIn
        write_good_rows(found, subdistrict=checked.subdistrict, actor=by, at=at, **{"import": str(checked.public_id)})
        _settle(checked, ImportState.APPLIED, by=by, at=at)
        return True


def put_aside(import_id: int, *, by: User, at: datetime) -> None:
    """Take nothing in. The file stays, with what was found. Raises `AlreadySettled`."""
    with transaction.atomic():
        _settle(_locked(import_id), ImportState.DISCARDED, by=by, at=at)


def write_good_rows(found: Found, *, subdistrict: Subdistrict, actor: User | str, at: datetime, **facts: Any) -> None:
    """Write what `look_at` found good, each row with its audit entry. Raises `RowRefused`, and then writes nothing."""
    entries = {entry: planned for planned in found.plan.good for entry in planned.written}
    try:
        save_all(list(entries), actor=actor, at=at, subdistrict_id=subdistrict.pk, verb_of_new="import", **facts)
    except OneRefused as refused:
        raise RowRefused(entries[refused.entry].number, refused.sentence) from refused


def _locked(import_id: int) -> RegisterImport:
    """The import, locked until the transaction ends: of two presses the second waits, and finds it settled."""
    checked = RegisterImport.objects.select_for_update(of=("self",)).select_related("subdistrict").get(pk=import_id)
    if checked.state != ImportState.CHECKED:
        raise AlreadySettled
    return checked


def _look_again(checked: RegisterImport) -> Found:
    with checked.file.open("rb") as file:
        return look_at(REGISTERS[checked.register], file, checked.subdistrict)


def _note(checked: RegisterImport, outcome: Outcome) -> None:
    checked.new_rows, checked.changed_rows = outcome.new, outcome.changed
    checked.unchanged_rows, checked.bad_rows = outcome.unchanged, outcome.bad
    checked.problems, checked.changes, checked.outcome = outcome.problems, outcome.changes, outcome.digest


VERBS = {
    ImportState.CHECKED: "check_file",
    ImportState.APPLIED: "apply_file",
    ImportState.DISCARDED: "put_file_aside",
}


def _settle(checked: RegisterImport, state: ImportState, *, by: User, at: datetime) -> None:
    checked.state, checked.settled_by, checked.settled_at = state, by, at
    checked.save(update_fields=["state", "settled_by", "settled_at"])
    _record(checked, by=by, at=at)


def _record(checked: RegisterImport, *, by: User, at: datetime) -> None:
    audit.record(
        VERBS[ImportState(checked.state)],
        NOUN,
        str(checked.pk),
        actor=by,
        at=at,
        subdistrict_id=checked.subdistrict_id,
        register=checked.register,
        file_sha256=checked.file_sha256,
        new=checked.new_rows,
        changed=checked.changed_rows,
        unchanged=checked.unchanged_rows,
        bad=checked.bad_rows,
    )
