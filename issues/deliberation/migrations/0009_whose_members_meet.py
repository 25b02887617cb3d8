"""The shipped kinds of meetings say whose members meet; the property management committee's is one of them."""

from django.db import migrations

from issues.deliberation import shipped


def fill(apps, _schema_editor):
    mechanisms = apps.get_model("deliberation", "Mechanism")
    for each in shipped.MECHANISMS:
        rows = mechanisms.objects.filter(code=each.code, version=1)
        rows.update(body=each.body, by_name=each.by_name, quorum_owners=each.quorum_owners)
    shipped.ensure_mechanisms(apps.get_model)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0008_show_of_hands")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
