"""`manage.py import_petitions FILE.xlsx --subdistrict CODE`: take over what an office was asked, and answered, before.

Exit status: 0 when every row is in or was there already, 1 when some rows were rejected (the others are in), 2 when the
file as a whole was refused and nothing is written.
"""

import hashlib
import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from io import BufferedReader
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.domain.moment import database_now
from governance.domain.refusals import Refusal
from governance.management.places import REFUSED, subdistrict_meant
from residents.domain.importing import PROGRAM, Brought, Outcome, Progress, import_petitions
from residents.domain.office_exports import Export, open_export

SHOWN = 100
BAR = 30


class Command(BaseCommand):
    help = (
        "Takes over an office's petitions from an XLSX, with their replies. Brought twice nothing is added. "
        "Exit status: 0 all in, 1 some rows rejected, 2 the whole file refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--subdistrict", required=True, metavar="CODE", help="its name, “district/name” if several, or its number"
        )
        parser.add_argument(
            "--source", default="", metavar="NAME", help="whose export it is: numbers count within a source"
        )
        parser.add_argument("--sheet", default="", metavar="TITLE", help="which sheet, if several are filled")
        parser.add_argument("--dry-run", action="store_true", help="check and count only, write nothing")
        parser.add_argument("--json", action="store_true", help="say what became of the rows as JSON")

    def handle(self, *args: Any, file: Path, subdistrict: str, source: str, sheet: str, **options: Any) -> None:
        place = subdistrict_meant(subdistrict)
        if len(source) > 60:
            raise CommandError("The source's name is longer than 60 characters.", returncode=REFUSED)
        try:
            with file.open("rb") as opened:
                export = open_export(opened, sheet=sheet)
                brought = Brought(export, place, source.strip(), file.name, _hash_of(opened))
                bar = _bar(export, self.stderr)
                outcome = import_petitions(
                    brought, actor=PROGRAM, at=database_now(), dry_run=options["dry_run"], progress=bar
                )
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.", returncode=REFUSED) from error
        except Refusal as refused:
            raise CommandError(str(refused), returncode=REFUSED) from refused
        self.stdout.write(_as_json(export, outcome) if options["json"] else _as_text(export, outcome))
        if outcome.rejected:
            raise CommandError(f"{outcome.rejected} of {outcome.rows} rows were rejected.", returncode=1)


def _hash_of(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def _bar(export: Export, stderr: Any) -> Progress:
    """A bar on a terminal; nothing where nobody looks."""
    if not sys.stderr.isatty():
        return lambda row: None
    last = max(export.last_row, 1)

    def show(row: int) -> None:
        done = min(row / last, 1)
        end = "\n" if row >= last else ""
        bar = f"\r[{'#' * int(done * BAR):<{BAR}}] {done:4.0%} {row}/{last}{end}"
        # Not in the red of an error.
        stderr.write(bar, style_func=str, ending="")
        stderr.flush()

    return show


def _as_text(export: Export, outcome: Outcome) -> str:
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in outcome.counts.items())
    lines = [counts]
    if export.unknown:
        lines.append(f"columns left out: {', '.join(export.unknown)}")
    lines += [f"row {one.row}, {one.number}: {one.what}" for one in outcome.changed[:SHOWN]]
    lines += [f"row {one.row}, {one.column}, {one.value}: {one.reason}" for one in outcome.errors[:SHOWN]]
    left = len(outcome.changed[SHOWN:]) + len(outcome.errors[SHOWN:])
    return "\n".join([*lines, f"… and {left} more: see --json"] if left else lines)


def _as_json(export: Export, outcome: Outcome) -> str:
    said = {**outcome.counts, "unknown_columns": list(export.unknown), **_lists(outcome)}
    return json.dumps(said, ensure_ascii=False, indent=2)


def _lists(outcome: Outcome) -> dict[str, list[dict[str, Any]]]:
    return {
        "changed": [asdict(one) for one in outcome.changed],
        "errors": [asdict(one) for one in outcome.errors],
    }
