"""No link knows anything else of its matter than what is so; and the figures find what they read."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0017_held_at_a_district"),
        ("issues", "0016_what_was_owed_before"),
    ]

    operations = [
        Together(
        migrations.RemoveIndex(
            model_name="slaclock",
            name="first_contacts_by_due_time",
        ),
        migrations.RemoveIndex(
            model_name="slaclock",
            name="first_responses",
        ),
        migrations.AlterField(
            model_name="issuepetition",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.category",
            ),
        ),
        migrations.AlterField(
            model_name="issuepetition",
            name="subdistrict",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.subdistrict",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.UniqueConstraint(
                fields=("id", "subdistrict", "category"), name="matter_as_its_links_know_it"
            ),
        ),
        migrations.AddConstraint(
            model_name="slaclock",
            constraint=models.CheckConstraint(
                condition=models.Q(("owed_to", 0), ("kind__in", ("respond", "arrive")), _connector="OR"),
                name="first_contact_by_response_or_arrival",
            ),
        ),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE issues_issuepetition ADD CONSTRAINT link_knows_its_matter
            FOREIGN KEY (issue_id, subdistrict_id, category_id)
            REFERENCES issues_issue (id, subdistrict_id, category_id)
            ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE issues_issuepetition DROP CONSTRAINT link_knows_its_matter",
        ),
        Together(
        migrations.AddIndex(
            model_name="issuepetition",
            index=models.Index(
                condition=models.Q(("undone_at", None)),
                fields=["subdistrict", "category"],
                include=("petition",),
                name="petitions_sorted_as",
            ),
        ),
        migrations.AddIndex(
            model_name="slaclock",
            index=models.Index(
                condition=models.Q(("owed_to__gt", 0), ("voided_at", None)),
                fields=["subdistrict", "due_at"],
                include=("issue", "stopped_at", "owed_to"),
                name="first_contacts_by_due_time",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slaclock",
            trigger=pgtrigger.compiler.Trigger(
                name="counted_by_the_database_alone",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.owed_to <> NEW.owed_to AND pg_trigger_depth() = 0)",
                    func="NEW.owed_to := OLD.owed_to; RETURN NEW;",
                    hash="6b5a1c931a32d71becdfe634341e7288113e0639",
                    operation="UPDATE",
                    pgid="pgtrigger_counted_by_the_database_alone_9b78f",
                    table="issues_slaclock",
                    when="BEFORE",
                ),
            ),
        ),
        ),
    ]
