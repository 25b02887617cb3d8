"""The table of the database cache: allauth counts password changes in it."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", "counters", database=schema_editor.connection.alias, verbosity=0)


def drop(apps, schema_editor):
    schema_editor.execute("DROP TABLE IF EXISTS counters")


class Migration(migrations.Migration):
    dependencies = [("governance", "0003_sign_in_codes")]

    operations = [migrations.RunPython(create, drop)]
