"""Quarrels, complaints, care, deeds and what is mostly about a neighbour are not listed; nor what nobody has sorted."""

from django.db import migrations
from django.db.models import Q

NOT_LISTED = ("noise", "pets", "dispute", "deeds", "old_people", "unauthorised", "other")


def keep_back(apps, schema_editor):
    categories = apps.get_model("governance", "Category").objects
    categories.filter(Q(code__in=NOT_LISTED) | Q(hides_petitioner=True)).update(is_listed=False)


class Migration(migrations.Migration):
    dependencies = [("governance", "0012_the_public_ledger")]

    operations = [migrations.RunPython(keep_back, migrations.RunPython.noop)]
