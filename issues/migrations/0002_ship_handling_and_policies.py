"""Ship what handles each category, the policies with their sources, and which of them applies."""

from django.db import migrations

from issues import shipped


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial"), ("governance", "0002_ship_categories_and_calendars")]

    # Going back leaves the rows: what stands on them by then is protected, and the tables go with 0001.
    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
