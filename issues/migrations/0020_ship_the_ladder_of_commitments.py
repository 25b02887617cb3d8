"""Commitments climb a ladder, too: the policy that says which."""

from django.db import migrations

from issues import shipped


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("issues", "0019_what_bodies_commit_themselves_to")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
