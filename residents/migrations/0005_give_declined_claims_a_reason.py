"""Claims were declined without a reason so far: no paper had shown them."""

from django.db import migrations


def give_a_reason(apps, schema_editor):
    apps.get_model("residents", "Occupancy").objects.filter(state="declined", decline_reason="").update(
        decline_reason="no_evidence"
    )


class Migration(migrations.Migration):
    dependencies = [("residents", "0004_declined_and_disputed")]

    operations = [migrations.RunPython(give_a_reason, migrations.RunPython.noop)]
