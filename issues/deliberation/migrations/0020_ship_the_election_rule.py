"""How a committee is elected, under the shipped rules of the owners' assembly that nobody has signed yet."""

from django.db import migrations

from issues.deliberation import shipped


def ship(apps, _schema_editor):
    shipped.ensure_elections(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0019_elections")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
