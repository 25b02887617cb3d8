"""A street of 100,000 people in an empty portal, to measure on."""

import random
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from governance.domain.calendar_days import load_year, published_years
from governance.domain.moment import database_now
from governance.models import CalendarYear, Subdistrict
from issues.demo.loading import NotHere, refuse_where_it_would_harm
from issues.volume import matters, street
from issues.volume.sheets import foreign_keys_checked_at_the_end
from issues.volume.stories import APART


class Command(BaseCommand):
    help = "Make up a whole street to measure on: all of it or nothing, in an empty portal that isn't production."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, required=True, help="The same seed makes up the same street.")
        for name, number in street.Size()._asdict().items():
            parser.add_argument(f"--{name}", type=int, default=number, help=f"How many; {number:,} unless told.")

    def handle(self, *, seed: int, verbosity: int, **options: Any) -> None:
        size = street.Size(**{name: options[name] for name in street.Size._fields})
        _refuse_what_cannot_be(size)
        began = time.monotonic()
        with transaction.atomic():
            _refuse_where_it_would_harm()
            now, rng = database_now(), random.Random(seed)  # noqa: S311 - a made-up street, not a secret
            _load_years(now, size.issues)
            with foreign_keys_checked_at_the_end((*street.TABLES, *matters.TABLES)):
                places = street.build(size, now, rng)
                self._say(verbosity, f"{size.units:,} homes, {size.people:,} people: {time.monotonic() - began:.0f} s")
                matters.write(places, size, now, rng, lambda n: self._say(verbosity, f"{n:,} matters"))
        with connection.cursor() as cursor:
            # As a night of autovacuum leaves it: the planner knows it, and indexes answer by themselves.
            cursor.execute("VACUUM (ANALYZE)")
        self._say(verbosity, f"Done in {time.monotonic() - began:.0f} s. Everybody at work: {street.PASSWORD}")

    def _say(self, verbosity: int, words: str) -> None:
        if verbosity:
            self.stdout.write(words)


def _refuse_what_cannot_be(size: street.Size) -> None:
    if min(size) < 1 or not size.communities <= size.estates <= size.buildings <= size.units:
        raise CommandError("At least one of each, and communities ≤ estates ≤ buildings ≤ units.")


def _refuse_where_it_would_harm() -> None:
    try:
        refuse_where_it_would_harm()
    except NotHere as refusal:
        raise CommandError(str(refusal)) from refusal
    if Subdistrict.objects.exists():
        raise CommandError("There is a street already; another isn't put beside it.")


def _load_years(now: Any, issues: int) -> None:
    known = set(CalendarYear.objects.values_list("year", flat=True))
    for year in range((now - APART * issues).year, now.year + 1):
        if year not in known and year in published_years():
            load_year(year, at=now)
