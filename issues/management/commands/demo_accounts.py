"""`manage.py demo_accounts`: who can sign in to the demo, and how."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext

from issues.demo.accounts import account_table


class Command(BaseCommand):
    help = "Prints the accounts of the demo: role, name, and how to sign in."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PORTAL_MODE == "production":
            raise CommandError(gettext("There are no demo accounts in production."))
        self.stdout.write(account_table() or gettext("The demo is not loaded. Run: manage.py load_demo"))
