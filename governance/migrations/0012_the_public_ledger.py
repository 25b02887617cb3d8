"""An estate's public ledger has an address of its own, and lists what may be listed."""

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0011_names_of_snapshot_fields")]

    operations = [
        migrations.AddField(
            "estate",
            "public_id",
            models.UUIDField(db_default=RandomUUID(), default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AddField(
            "category",
            "is_listed",
            models.BooleanField(
                default=True,
                help_text="One by one in the estate's public ledger. Never quarrels, complaints, care and deeds: "
                "RULES §3",
            ),
        ),
    ]
