"""What a clock owes, and what a link knows of its matter: the figures read it there."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from governance.migrating import Together

# Whoever changes what is counted here holds the matter's lock till the end: of two who do so at once the second counts
# what the first has left. Petitions that somebody links are locked, too, lest one is withdrawn unseen meanwhile.
# One plan for all: made anew for each matter it would cost ten times what it does.
COUNT_OWED = """
CREATE FUNCTION issues_count_owed(matters bigint[], linked bigint[]) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM FROM issues_issue WHERE id = ANY(matters) ORDER BY id FOR NO KEY UPDATE;
    IF linked <> '{}' THEN
        PERFORM FROM residents_petition WHERE id = ANY(linked) ORDER BY id FOR NO KEY UPDATE;
    END IF;
    UPDATE issues_slaclock clock SET owed_to = counted.n
    FROM (
        SELECT c.id, CASE WHEN c.kind = 'respond' OR NOT EXISTS (
                SELECT FROM issues_slaclock r
                WHERE r.issue_id = c.issue_id AND r.epoch = c.epoch AND r.kind = 'respond' AND r.voided_at IS NULL)
            THEN (
                SELECT count(*) FROM issues_issuepetition l JOIN residents_petition p ON p.id = l.petition_id
                WHERE l.issue_id = c.issue_id AND l.undone_at IS NULL AND p.filed_at <= c.due_at
                  AND p.subdistrict_id = c.subdistrict_id AND p.channel <> 'import' AND p.state NOT IN ('withdrawn', 'declined'))
            ELSE 0 END AS n
        FROM issues_slaclock c WHERE c.issue_id = ANY(matters) AND c.kind IN ('respond', 'arrive')
    ) counted
    WHERE clock.id = counted.id AND clock.owed_to <> counted.n;
END $$
"""
COUNT_OWED_OF_A_PETITION = """
CREATE FUNCTION issues_count_owed_of_a_petition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM issues_count_owed(array_agg(issue_id), '{}') FROM issues_issuepetition
    WHERE petition_id = NEW.id AND undone_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER owed_as_it_stands AFTER UPDATE ON residents_petition FOR EACH ROW
WHEN (ROW(OLD.state IN ('withdrawn', 'declined'), OLD.channel, OLD.filed_at)
      IS DISTINCT FROM ROW(NEW.state IN ('withdrawn', 'declined'), NEW.channel, NEW.filed_at))
EXECUTE FUNCTION issues_count_owed_of_a_petition();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0017_held_at_a_district"),
        ("issues", "0014_estates_of_orders"),
        ("residents", "0016_ratings_held_to_their_street"),
    ]

    operations = [
        Together(
        migrations.AddField(
            model_name="issuepetition",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.category",
            ),
        ),
        migrations.AddField(
            model_name="issuepetition",
            name="subdistrict",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="governance.subdistrict",
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="owed_to",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                editable=False,
                help_text="How many petitions are owed their first contact by it: counted by the database alone",
            ),
        ),
        ),
        migrations.RunSQL(COUNT_OWED, "DROP FUNCTION issues_count_owed"),
        migrations.RunSQL(
            COUNT_OWED_OF_A_PETITION,
            """
            DROP TRIGGER owed_as_it_stands ON residents_petition;
            DROP FUNCTION issues_count_owed_of_a_petition;
            """,
        ),
        Together(
        pgtrigger.migrations.AddTrigger(
            model_name="issuepetition",
            trigger=pgtrigger.compiler.Trigger(
                name="knows_its_matter",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT subdistrict_id, category_id INTO NEW.subdistrict_id, NEW.category_id\n                    FROM issues_issue WHERE id = NEW.issue_id;\n                    RETURN NEW;\n                ",
                    hash="0f68b0933039f519c0891de7a08e1cef7842f255",
                    operation="INSERT",
                    pgid="pgtrigger_knows_its_matter_91f9c",
                    table="issues_issuepetition",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuepetition",
            trigger=pgtrigger.compiler.Trigger(
                name="owed_since_linked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    PERFORM issues_count_owed(array_agg(issue_id), array_agg(petition_id)) FROM linked;\n                    RETURN NULL;\n                ",
                    hash="862b9d7cfa1b9b43fec90b444f5ddb371edce16f",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_owed_since_linked_84ff0",
                    referencing="REFERENCING NEW TABLE AS linked ",
                    table="issues_issuepetition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuepetition",
            trigger=pgtrigger.compiler.Trigger(
                name="owed_as_linked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (ROW(OLD.issue_id, OLD.petition_id, OLD.undone_at) IS DISTINCT FROM ROW(NEW.issue_id, NEW.petition_id, NEW.undone_at))",
                    func="\n                    PERFORM issues_count_owed(\n                        ARRAY[OLD.issue_id, NEW.issue_id], ARRAY[OLD.petition_id, NEW.petition_id]);\n                    RETURN NULL;\n                ",
                    hash="5e1b0a4c58236223b1edc280583f65ecb2af389b",
                    operation="UPDATE",
                    pgid="pgtrigger_owed_as_linked_309b2",
                    table="issues_issuepetition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuepetition",
            trigger=pgtrigger.compiler.Trigger(
                name="owed_until_unlinked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM issues_count_owed(ARRAY[OLD.issue_id], '{}'); RETURN NULL;",
                    hash="34735b06cb560cb5e5eca38da0802aecfbf3dc54",
                    operation="DELETE",
                    pgid="pgtrigger_owed_until_unlinked_d4154",
                    table="issues_issuepetition",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slaclock",
            trigger=pgtrigger.compiler.Trigger(
                name="owes_since_it_started",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    PERFORM issues_count_owed(array_agg(issue_id), '{}') FROM started\n                    WHERE kind IN ('respond', 'arrive');\n                    RETURN NULL;\n                ",
                    hash="e25ff6549e53b922ea821bc4aa491a7ded9ede0b",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_owes_since_it_started_52110",
                    referencing="REFERENCING NEW TABLE AS started ",
                    table="issues_slaclock",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slaclock",
            trigger=pgtrigger.compiler.Trigger(
                name="owes_as_it_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (ROW(OLD.issue_id, OLD.epoch, OLD.kind, OLD.due_at, OLD.voided_at IS NULL) IS DISTINCT FROM ROW(NEW.issue_id, NEW.epoch, NEW.kind, NEW.due_at, NEW.voided_at IS NULL))",
                    func="PERFORM issues_count_owed(ARRAY[OLD.issue_id, NEW.issue_id], '{}'); RETURN NULL;",
                    hash="feb0e2e1796a02f02b9226ffbea3e77f231099c0",
                    operation="UPDATE",
                    pgid="pgtrigger_owes_as_it_stands_eff87",
                    table="issues_slaclock",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slaclock",
            trigger=pgtrigger.compiler.Trigger(
                name="owes_after_another_is_gone",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="PERFORM issues_count_owed(ARRAY[OLD.issue_id], '{}'); RETURN NULL;",
                    hash="ee3f684de06941603816140344efc6b71e189eca",
                    operation="DELETE",
                    pgid="pgtrigger_owes_after_another_is_gone_ade96",
                    table="issues_slaclock",
                    when="AFTER",
                ),
            ),
        ),
        ),
    ]
