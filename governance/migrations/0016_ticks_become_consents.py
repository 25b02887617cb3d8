"""Ship the complaint about the street's own people; make a consent of each tick that a member may be shown.

Which words the person read, and on which day, nobody wrote down: the text is "unversioned", given at the latest now.
"""

from django.db import migrations
from django.utils import timezone

from governance import shipped

PURPOSE = "shown_as_member"


def ship(apps, schema_editor):
    shipped.ensure(apps.get_model, at=shipped.SHIPPED_AT)
    # An empty portal had it before the columns were there.
    apps.get_model("governance", "Category").objects.filter(code="complaint_street").update(
        is_about_staff=True, is_about_street=True, is_listed=False
    )


def make_consents(apps, schema_editor):
    now = timezone.now()
    consent = apps.get_model("governance", "Consent")
    ticked = apps.get_model("governance", "PartyMember").objects.filter(agrees_to_be_shown=True)
    consent.objects.bulk_create(
        consent(member_id=member, purpose=PURPOSE, text_version="unversioned", given_at=now)
        for member in ticked.order_by("pk").values_list("pk", flat=True)
    )


def make_ticks(apps, schema_editor):
    """A tick holds no dates: what was taken back is forgotten with the consents."""
    consents = apps.get_model("governance", "Consent").objects.filter(purpose=PURPOSE)
    in_force = consents.filter(withdrawn_at=None).values("member")
    apps.get_model("governance", "PartyMember").objects.filter(pk__in=in_force).update(agrees_to_be_shown=True)
    consents.delete()


class Migration(migrations.Migration):
    dependencies = [("governance", "0015_the_district_and_consents_of_members")]

    operations = [
        migrations.RunPython(ship, migrations.RunPython.noop),
        migrations.RunPython(make_consents, make_ticks),
    ]
