"""Matters opened so far need no sorting; the youngest category gets its handling; what a person sorts and checks first."""

from django.db import migrations
from django.db.models import F

from issues import shipped


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model)
    apps.get_model("issues", "Issue").objects.filter(triaged_at=None).update(triaged_at=F("opened_at"))
    handling = apps.get_model("issues", "CategoryHandling").objects
    sorted_by_hand = handling.filter(category__code__in=shipped.SORTED_BY_HAND)
    sorted_by_hand.update(by_hand=True)
    # As it first shipped. What an office has sent elsewhere meanwhile stays there.
    sorted_by_hand.filter(handler="manager").update(handler="community")
    handling.filter(category__code__in=shipped.CHECKED_ON_SITE).update(verify_on_site=True)


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0003_desk_and_outdoors"),
        ("governance", "0007_complaints_about_the_community"),
    ]

    operations = [migrations.RunPython(ship, migrations.RunPython.noop)]
