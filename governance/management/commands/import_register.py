"""`manage.py import_register REGISTER FILE --subdistrict NAME`: as the console's import, for people at a terminal."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.domain.moment import database_now
from governance.domain.refusals import Refusal
from governance.imports.catalogue import REGISTERS
from governance.imports.checking import Found, look_at, write_good_rows
from governance.imports.planning import in_words
from governance.imports.register import Register
from governance.management.places import subdistrict_meant

# What the audit trail calls whoever types this.
ACTOR = "import_register"


class Command(BaseCommand):
    help = (
        "Checks an XLSX against a register and takes its good rows in. Bad rows are said, and the command then fails."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "register", choices=sorted(REGISTERS), metavar="REGISTER", help=", ".join(sorted(REGISTERS))
        )
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--subdistrict", required=True, metavar="NAME", help="whose register; “district/name” if several"
        )
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--json", action="store_true", help="say what was found as JSON")

    def handle(self, *args: Any, register: str, file: Path, subdistrict: str, **options: Any) -> None:
        sheet, place = REGISTERS[register], subdistrict_meant(subdistrict)
        try:
            with file.open("rb") as opened:
                found = look_at(sheet, opened, place)
            if not options["dry_run"]:
                write_good_rows(found, subdistrict=place, actor=ACTOR, at=database_now())
        except FileNotFoundError as missing:
            raise CommandError(f"There is no file {file}.") from missing
        except Refusal as refused:
            raise CommandError(str(refused)) from refused
        said = _as_json(sheet, found) if options["json"] else _as_text(sheet, found)
        self.stdout.write(said)
        if found.outcome.bad:
            raise CommandError(f"{found.outcome.bad} rows were not good.")


def _as_text(sheet: Register, found: Found) -> str:
    outcome = found.outcome
    lines = [f"{outcome.new} new, {outcome.changed} changed, {outcome.unchanged} unchanged, {outcome.bad} bad"]
    for problem in outcome.problems:
        column = sheet.column(problem["column"])
        where = f"row {problem['row']}" + (f", {column.title()}" if column else "")
        lines.append(f"{where}: {problem['value']}: {in_words(sheet, problem)}")
    return "\n".join(lines)


def _as_json(sheet: Register, found: Found) -> str:
    outcome = found.outcome
    problems = [
        {key: problem[key] for key in ("row", "column", "value")} | {"reason": in_words(sheet, problem)}
        for problem in outcome.problems
    ]
    counts = {
        "new": outcome.new,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "bad": outcome.bad,
        "problems": problems,
    }
    return json.dumps(counts, ensure_ascii=False, indent=2)
