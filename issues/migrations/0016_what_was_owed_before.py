"""The clocks and links there are say it, too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0015_what_is_owed_and_what_links_know"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE issues_issuepetition l SET subdistrict_id = i.subdistrict_id, category_id = i.category_id
            FROM issues_issue i WHERE i.id = l.issue_id
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "SELECT issues_count_owed(array_agg(DISTINCT issue_id), '{}') FROM issues_issuepetition",
            migrations.RunSQL.noop,
        ),
    ]
