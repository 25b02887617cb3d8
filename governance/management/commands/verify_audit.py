from django.core.management.base import BaseCommand, CommandError

from governance.domain import audit
from governance.models import AuditEntry


class Command(BaseCommand):
    help = "Walk every audit chain; name the first entry that doesn't hold."

    def handle(self, *args, **options):
        flaws = []
        for chain in AuditEntry.objects.order_by("chain").values_list("chain", flat=True).distinct():
            held, flaw = audit.verify_chain(chain)
            self.stdout.write(f"chain {chain}: {held} entries hold")
            if flaw:
                flaws.append(f"chain {flaw.chain}, entry {flaw.sequence}: {flaw.what}")
        if flaws:
            raise CommandError("; ".join(flaws))
        self.stdout.write("The audit trail holds.")
