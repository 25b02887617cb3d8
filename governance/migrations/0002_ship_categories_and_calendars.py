"""Ship the categories, the two working calendars and the holidays that were known, so that no portal starts empty."""

from django.db import migrations

from governance import shipped


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model, at=shipped.SHIPPED_AT)


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    # Going back leaves the rows: what stands on them by then is protected, and the tables go with 0001.
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
