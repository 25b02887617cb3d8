"""`manage.py tally FILE.json [--json]`: counts a tally file. No database is asked: who has the file can count."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.deliberation.counting import how_counted, saying
from issues.deliberation.counting.count import Count, Requirement, count
from issues.deliberation.counting.file import TallyFile
from issues.deliberation.counting.reading import MOST_BYTES, BadTallyFile, read
from issues.deliberation.counting.result import as_json
from issues.deliberation.counting.saying import SaidRequirement
from issues.terminal import aligned

STANDARD_INPUT = "-"


class Command(BaseCommand):
    help = "Counts a vote of owners from its tally file (docs/tally-file.md). Exits with 0 whether it passed or not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.json", help="the tally file; - reads standard input")
        parser.add_argument("--json", action="store_true", dest="for_programs", help="print the result as JSON")

    def handle(self, *args: Any, file: str, for_programs: bool, **options: Any) -> None:
        try:
            tally_file = read(_bytes_of(file))
        except OSError as error:
            raise CommandError(_("%(file)s can't be read: %(why)s") % {"file": file, "why": error.strerror}) from error
        except BadTallyFile as error:
            raise CommandError(f"{error}") from error
        result = count(tally_file)
        if for_programs:
            self.stdout.write(json.dumps(as_json(tally_file.motion, result), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(_in_words(tally_file, result))


def _bytes_of(file: str) -> bytes:
    """No more than it takes to see that the file is too large."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(file).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _in_words(file: TallyFile, result: Count) -> str:
    paragraphs = [
        f"{file.motion.title}\n{file.motion.scope}\n{saying.kind(file.motion.kind)}",
        f"{saying.outcome(result)}\n{saying.summary(result)}",
        _requirements(file, result),
        "\n".join(_working(file, result)),
        _parts(result),
        "\n".join(how_counted.sentences(result, file.rules)),
        "\n".join(how_counted.basis(file.rules)),
    ]
    return "\n\n".join(paragraphs)


def _requirements(file: TallyFile, result: Count) -> str:
    """Both measures against both thresholds."""
    head = (
        pgettext("vote", "Requirement"),
        pgettext("vote", "Threshold"),
        pgettext("vote", "Reached"),
        pgettext("vote", "Needed"),
        pgettext("vote", "Share"),
        pgettext("vote", "Short by"),
        pgettext("vote", "Met"),
    )
    rows = [
        (it.name, it.threshold, it.reached, it.needed, it.percentage, it.short_by, _("yes") if it.met else _("no"))
        for it, _requirement in _asked(file, result)
    ]
    return aligned([head, *rows])


def _working(file: TallyFile, result: Count) -> list[str]:
    """Each requirement in a sentence, with the comparison as it was made."""
    return [
        "\n  ".join(filter(None, (row.explained, saying.cross_multiplied(it), saying.from_newcomers(it))))
        for row, it in _asked(file, result)
    ]


def _asked(file: TallyFile, result: Count) -> list[tuple[SaidRequirement, Requirement]]:
    """All requirements, said and worked out; of several options the majority of each, of an election the seats."""
    majority = (result.majority.area, result.majority.heads)
    decides = (result.seating.enough,) if result.seating else majority
    asked = list(
        zip(saying.requirements(result, file.rules), (result.quorum.area, result.quorum.heads, *decides), strict=True)
    )
    if not result.options:
        return asked
    of_options = (
        zip(saying.requirements_of(option, file.rules), (option.majority.area, option.majority.heads), strict=True)
        for option in result.options
    )
    return [*asked[: 3 if result.seating else 2], *(pair for pairs in of_options for pair in pairs)]


def _parts(result: Count) -> str:
    head = (
        pgettext("vote", "Component"),
        pgettext("vote", "Area"),
        pgettext("vote", "Heads"),
        pgettext("vote", "Units"),
    )
    rows = [
        (f"{'  ' * it.depth}{it.name}", saying.area(it.part.area), saying.heads(it.part.heads), f"{it.part.units:,}")
        for it in saying.parts(result)
    ]
    return aligned([head, *rows])
