"""What anybody may take away of a counted vote: the sums, who took part by masked unit, and the receipts' hashes.

Nothing in it says who chose what. The full tally file goes to overseers and objectors, under log.
"""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from issues.deliberation.counting import saying
from issues.deliberation.counting.count import count
from issues.deliberation.counting.reading import read
from issues.deliberation.counting.saying import SaidPart
from issues.deliberation.models import Ballot, Motion, reasons_of


def public_file(motion: Motion) -> bytes:
    """CSV in UTF-8 with a BOM, so that the office's table programs read it. Raises `ValueError` before the count."""
    if motion.tally_file is None:
        raise ValueError("This vote has not been counted yet.")
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows(_sums(motion))
    writer.writerow([])
    writer.writerow([_("Unit (masked)"), _("Took part")])
    writer.writerows(_participation(motion))
    writer.writerow([])
    writer.writerow([_("Receipt (SHA-256)"), _("What became of it")])
    writer.writerows(_receipts(motion))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _sums(motion: Motion) -> Iterator[list[str]]:
    counted = count(read(bytes(motion.tally_file or b"")))
    yield [motion.title, saying.outcome(counted)]
    yield [_("Part"), _("Area, m²"), _("Heads"), _("Units")]
    for said in saying.parts(counted):
        yield _sum(said)
    if counted.seating:
        yield []
        yield [_("Candidate"), _("Area, m²"), _("Heads"), _("Units")]
        yield from map(_sum, saying.sides(counted)[: len(counted.options)])


def _sum(said: SaidPart) -> list[str]:
    return [said.name, f"{said.part.area:.2f}", str(said.part.heads), str(said.part.units)]


def _participation(motion: Motion) -> Iterator[list[str]]:
    """Each unit by its building and the first sign of its number, in no order that tells which it is."""
    took_part = set(Ballot.objects.effective().filter(entry__motion=motion).values_list("entry_id", flat=True))
    rows = [
        [
            f"{entry.building} {entry.number[:1]}{'*' * (len(entry.number) - 1)}",
            _("yes") if entry.pk in took_part else _("no"),
        ]
        for entry in motion.roll.all()
    ]
    yield from sorted(rows)


def _receipts(motion: Motion) -> Iterator[list[str]]:
    ballots = Ballot.objects.filter(entry__motion=motion, differed_at=None).order_by("receipt_hash")
    for ballot in ballots.only("receipt_hash", "is_effective", "invalid_reason", "replaced_by"):
        yield [ballot.receipt_hash, standing_of(ballot, motion)]


def standing_of(ballot: Ballot, motion: Motion) -> str:
    """Whether a ballot was counted, without what it says."""
    if ballot.replaced_by_id:
        return _("replaced by another ballot for the same unit")
    if ballot.invalid_reason:
        return _("invalid: %(reason)s") % {"reason": reasons_of(motion)[ballot.invalid_reason]}
    return pgettext("ballot", "counted") if ballot.is_effective else pgettext("ballot", "not checked")
