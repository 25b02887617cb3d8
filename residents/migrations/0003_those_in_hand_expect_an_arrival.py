"""Say of the petitions in hand whether somebody comes for them: the clock that is due next tells office matters apart."""

from django.db import migrations

# What an office owes is a response and an answer; everything else is put right at the place.
OFFICE = ("", "respond", "answer")


def note_what_is_expected(apps, schema_editor):
    petitions = apps.get_model("residents", "Petition").objects
    petitions.exclude(next_kind__in=OFFICE).update(expects_arrival=True)


class Migration(migrations.Migration):
    dependencies = [("residents", "0002_petition_expects_arrival")]

    operations = [migrations.RunPython(note_what_is_expected, migrations.RunPython.noop)]
