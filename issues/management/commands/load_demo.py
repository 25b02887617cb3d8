"""`manage.py load_demo`: a made-up neighbourhood to try the portal in; with `--shifts` only its duty rota."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from governance.domain.moment import database_now
from issues.demo import loading
from issues.demo.accounts import account_table
from issues.demo.shifts import DAYS_AHEAD, renew_shifts
from issues.demo.street import BUILDINGS
from issues.models import WorkOrder
from residents.models import Petition


class Command(BaseCommand):
    help = (
        "Loads a made-up street into an empty portal: two estates, some dozens of households, petitions in every state."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing if there is a street already")
        parser.add_argument("--seed", type=int, default=loading.DEFAULT_SEED, help="another seed, other neighbours")
        parser.add_argument(
            "--shifts", action="store_true", help=f"only enter the duty shifts of the coming {DAYS_AHEAD} days"
        )

    def handle(self, *args: Any, if_empty: bool, seed: int, shifts: bool, **options: Any) -> None:
        try:
            loading.refuse_where_it_would_harm()
        except loading.NotHere as refusal:
            raise CommandError(str(refusal)) from refusal
        if shifts or (if_empty and loading.is_loaded()):
            self._renew_shifts(must=shifts)
            return
        if loading.is_loaded():
            raise CommandError(gettext("There is a street here already. The demo is loaded into an empty portal."))
        loading.load(now=database_now(), seed=seed)
        self.stdout.write(
            gettext("Loaded: %(buildings)s buildings, %(petitions)s petitions, %(orders)s work orders.")
            % {
                "buildings": len(BUILDINGS),
                "petitions": Petition.objects.count(),
                "orders": WorkOrder.objects.count(),
            }
        )
        self.stdout.write(account_table())

    def _renew_shifts(self, *, must: bool) -> None:
        """Somebody must be on duty however long the demo has stood. A street that isn't the demo's is left alone."""
        if not loading.is_the_demos():
            if must:
                raise CommandError(gettext("The demo is not loaded: there is no rota to renew."))
            return
        now = database_now()
        added = renew_shifts(first=now, until=now + timedelta(days=DAYS_AHEAD))
        if added:
            self.stdout.write(gettext("%(shifts)s duty shifts added.") % {"shifts": added})
