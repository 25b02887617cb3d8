"""The ratings there are say it, too."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0014_ratings_in_their_street"),
    ]

    operations = [
        # Ratings are never changed, by a trigger: this once they are.
        migrations.RunSQL(
            """
            ALTER TABLE residents_evaluation DISABLE TRIGGER USER;
            UPDATE residents_evaluation e SET subdistrict_id = p.subdistrict_id
            FROM residents_petition p WHERE p.id = e.petition_id;
            SET CONSTRAINTS ALL IMMEDIATE;
            ALTER TABLE residents_evaluation ENABLE TRIGGER USER;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            """
            ALTER TABLE residents_petition DISABLE TRIGGER USER;
            UPDATE residents_petition p SET rated_epoch = e.rated, confirmed_epoch = e.confirmed
            FROM (SELECT petition_id, max(epoch) AS rated, max(epoch) FILTER (WHERE is_solved) AS confirmed
                  FROM residents_evaluation GROUP BY petition_id) e
            WHERE e.petition_id = p.id;
            SET CONSTRAINTS ALL IMMEDIATE;
            ALTER TABLE residents_petition ENABLE TRIGGER USER;
            """,
            migrations.RunSQL.noop,
        ),
    ]
