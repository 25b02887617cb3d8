"""`manage.py load_calendar [years…]`: the year's holidays and make-up workdays, into force."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.formats import date_format
from django.utils.translation import gettext

from governance.domain.calendar_days import LoadedYear, YearNotPublished, load_year, seed_calendars
from governance.domain.moment import database_now, local_day


class Command(BaseCommand):
    help = "Fills in the holidays and make-up workdays of the given years (default: this year, and the next if known)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("years", nargs="*", type=int, metavar="year")

    def handle(self, *args: Any, years: list[int], **options: Any) -> None:
        """Loads what is known. The other years stay provisional; if they were asked for, that is an error."""
        seed_calendars()
        at = database_now()
        this_year = local_day(at).year
        unknown = [year for year in years or (this_year, this_year + 1) if not self._load(year, at)]
        if years and unknown:
            asked = ", ".join(str(year) for year in unknown)
            raise CommandError(gettext("Not loaded, and provisional until it is: %(years)s") % {"years": asked})

    def _load(self, year: int, at: datetime) -> bool:
        try:
            self._report(load_year(year, at=at))
        except YearNotPublished as not_published:
            self.stdout.write(self.style.WARNING(str(not_published)))
            return False
        return True

    def _report(self, loaded: LoadedYear) -> None:
        sentence = gettext("%(year)s: %(holidays)s days off, %(make_up_workdays)s make-up workdays.")
        self.stdout.write(sentence % loaded._asdict())
        if loaded.kept:
            days = ", ".join(date_format(day, "Y-m-d") for day in loaded.kept)
            self.stdout.write(gettext("Left as the office has entered them: %(days)s") % {"days": days})
