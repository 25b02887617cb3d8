"""No rating is of another street than its petition."""

import django.db.models.deletion
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0017_held_at_a_district"),
        ("residents", "0015_ratings_from_before_in_their_street"),
    ]

    operations = [
        Together(
        migrations.AlterField(
            model_name="evaluation",
            name="subdistrict",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.subdistrict",
            ),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                fields=["subdistrict", "given_at"],
                include=("petition", "satisfaction", "is_solved"),
                name="ratings_by_time",
            ),
        ),
        migrations.AddIndex(
            model_name="evaluation",
            index=models.Index(
                condition=models.Q(("was_contacted", False)),
                fields=["subdistrict", "given_at"],
                include=("petition",),
                name="ratings_that_nobody_came",
            ),
        ),
        migrations.AddIndex(
            model_name="petition",
            index=models.Index(
                condition=models.Q(("state__in", ("finished", "closed"))),
                fields=["subdistrict", "finished_at"],
                include=("id", "epoch", "channel", "category", "rated_epoch", "confirmed_epoch"),
                name="petitions_by_finish",
            ),
        ),
        migrations.AddIndex(
            model_name="petition",
            index=models.Index(fields=["subdistrict", "category", "id"], name="petitions_of_a_category"),
        ),
        migrations.AddConstraint(
            model_name="petition",
            constraint=models.UniqueConstraint(
                fields=("id", "subdistrict"),
                include=("state", "channel", "filed_at", "category"),
                name="petitions_as_counted",
            ),
        ),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE residents_evaluation ADD CONSTRAINT rating_in_the_street_of_its_petition
            FOREIGN KEY (petition_id, subdistrict_id) REFERENCES residents_petition (id, subdistrict_id)
            DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE residents_evaluation DROP CONSTRAINT rating_in_the_street_of_its_petition",
        ),
    ]
