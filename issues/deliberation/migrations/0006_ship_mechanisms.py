"""The kinds of meetings that every portal begins with."""

from django.db import migrations

from issues.deliberation import shipped


def ship(apps, _schema_editor):
    shipped.ensure_mechanisms(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0005_meetings")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
