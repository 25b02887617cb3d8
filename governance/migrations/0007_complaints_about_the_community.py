"""Tell complaints about the community's people from those about the company: they go past the community."""

from django.db import migrations

from governance import shipped


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model, at=shipped.SHIPPED_AT)
    # An empty portal had both before the column was there.
    about_staff = ("complaint", "complaint_community")
    apps.get_model("governance", "Category").objects.filter(code__in=about_staff).update(is_about_staff=True)


class Migration(migrations.Migration):
    dependencies = [("governance", "0006_registers_and_the_party_net")]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
