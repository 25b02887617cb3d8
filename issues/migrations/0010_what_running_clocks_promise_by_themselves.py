"""Clocks that run keep their start and their date as their own; merged matters say when they were merged."""

from django.db import migrations
from django.db.models import F, Max


def fill(apps, schema_editor):
    clocks = apps.get_model("issues", "SlaClock").objects
    clocks.filter(own_starts_at=None).update(own_starts_at=F("starts_at"))
    clocks.filter(dated_at=None, target_minutes=None, target_working_days=None).update(dated_at=F("due_at"))
    steps = apps.get_model("issues", "IssueStep").objects
    for issue in apps.get_model("issues", "Issue").objects.filter(state="merged", merged_at=None).order_by("pk"):
        # Where a merge was undone before it could be undone in place, another row goes on: nothing survives of this one.
        # Its clocks were voided at the merge, so that none is void since the instant at which it was undone.
        last = steps.filter(issue=issue, verb__in=("merge", "unmerge")).aggregate(last=Max("at"))["last"]
        issue.merged_at = last or issue.opened_at
        issue.save(update_fields=["merged_at"])


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0007_what_a_clock_promises_by_itself"),
        ("issues", "0008_complaints_about_the_street"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
