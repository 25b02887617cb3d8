"""Petitions that were withdrawn or declined before: when, their timelines say."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0018_petitions_end_and_are_forgotten"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE residents_petition p SET ended_at = greatest(p.filed_at, (
                SELECT max(u.at) FROM residents_petitionupdate u
                WHERE u.petition_id = p.id AND u.kind IN ('withdrawn', 'declined')
            ))
            WHERE p.state IN ('withdrawn', 'declined');
            SET CONSTRAINTS ALL IMMEDIATE;
            """,
            migrations.RunSQL.noop,
        ),
    ]
