from django.db import migrations


class Migration(migrations.Migration):
    """A positive field says by itself that it isn't negative."""

    dependencies = [("deliberation", "0016_deliveries")]

    operations = [
        migrations.RemoveConstraint(model_name="surveybuilding", name="homes_answered_are_counted"),
    ]
