"""`manage.py renew_encryption`: after a new key has been put first, so that the old one can be left out."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from governance.domain import field_keys


class Command(BaseCommand):
    help = (
        "Encrypts with the first of FIELD_ENCRYPTION_KEYS whatever an older one was used for. Afterwards the older "
        "ones are needed for older backups only."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        done = field_keys.renew()
        self.stdout.write(f"{done.renewed} values encrypted anew.")
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} values can't be read with any of FIELD_ENCRYPTION_KEYS. Leave no key out before "
                "the one that fits them has been found."
            )
