"""The rule sets that every portal begins with."""

from django.db import migrations

from issues.deliberation import shipped


def ship(apps, _schema_editor):
    shipped.ensure_rule_sets(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0001_votes")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
