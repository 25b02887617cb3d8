"""Each clock promises something by itself; a merged matter says into which and when, and no other does."""

from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0010_what_running_clocks_promise_by_themselves"),
    ]

    operations = [
        Together(
        migrations.RemoveConstraint(
            model_name="issue",
            name="merged_into_something",
        ),
        migrations.AlterField(
            model_name="slaclock",
            name="own_starts_at",
            field=models.DateTimeField(help_text="Counted from here, were nothing merged into its matter"),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("merged_at__isnull", False), ("merged_into__isnull", False), ("state", "merged")),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_at", None), ("merged_into", None)),
                    _connector="OR",
                ),
                name="merged_into_something_at_an_instant",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__lte", models.F("own_starts_at"))),
                name="clock_starts_no_later_than_by_itself",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dated_at", None),
                    models.Q(("target_minutes", None), ("target_working_days", None)),
                    _connector="OR",
                ),
                name="clock_counted_or_dated",
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dated_at__isnull", False),
                    ("target_minutes__isnull", False),
                    ("target_working_days__isnull", False),
                    _connector="OR",
                ),
                name="clock_promises_something",
            ),
        ),
        ),
    ]
