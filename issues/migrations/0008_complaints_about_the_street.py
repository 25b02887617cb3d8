"""Complaints about the street office's own people go to the district, under the promise that offices give."""

from django.db import migrations, models

from issues import shipped
from governance.migrating import Together


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("issues", "0006_names_of_bells"), ("governance", "0017_held_at_a_district")]

    operations = [
        Together(
        migrations.AlterField(
            model_name="categoryhandling",
            name="handler",
            field=models.CharField(
                choices=[
                    ("manager", "whoever manages the estate"),
                    ("community", "the community"),
                    ("street", "the street office"),
                    ("district", "the district's office"),
                ],
                max_length=10,
                verbose_name="handled by",
            ),
        ),
        migrations.AlterField(
            model_name="policyassignment",
            name="handler",
            field=models.CharField(
                blank=True,
                choices=[
                    ("manager", "whoever manages the estate"),
                    ("community", "the community"),
                    ("street", "the street office"),
                    ("district", "the district's office"),
                ],
                max_length=10,
                verbose_name="handled by",
            ),
        ),
        ),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
