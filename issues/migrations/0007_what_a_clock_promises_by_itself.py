"""What a clock promises by itself, beside what survives of merged matters; merging and settling can be undone."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0006_names_of_bells"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
        pgtrigger.migrations.RemoveTrigger(
            model_name="issue",
            name="state_by_the_table",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="supervisionorder",
            name="state_by_the_table",
        ),
        migrations.AddField(
            model_name="issue",
            name="merged_at",
            field=models.DateTimeField(
                blank=True, help_text="What it promised then binds the matter that it was merged into", null=True
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="dated_at",
            field=models.DateTimeField(
                blank=True, help_text="The date that a plan has set; else it is counted", null=True
            ),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="own_starts_at",
            field=models.DateTimeField(help_text="Counted from here, were nothing merged into its matter", null=True),
        ),
        migrations.AddField(
            model_name="slaclock",
            name="promised_at",
            field=models.DateTimeField(
                blank=True, help_text="When it was changed into this promise, which isn't due any earlier", null=True
            ),
        ),
        migrations.AlterField(
            model_name="issue",
            name="found_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Of a patrol finding: who found it. It needs no petition; one that says the same may join it",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issue",
            trigger=pgtrigger.compiler.Trigger(
                name="state_by_the_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{closed:open,finished:closed,finished:open,merged:open,open:declined,open:finished,open:merged,open:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="b7b7e22ba00bf81038e1024390a9e8e90acf3fc5",
                    operation="UPDATE",
                    pgid="pgtrigger_state_by_the_table_dedc0",
                    table="issues_issue",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="slatarget",
            trigger=pgtrigger.compiler.Trigger(
                name="comes_before_it_is_solved",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.kind IN ('arrive', 'resolve'))",
                    func="\nIF EXISTS (\n    SELECT 1 FROM issues_slatarget arrive JOIN issues_slatarget solve ON solve.policy_id = arrive.policy_id\n    WHERE arrive.policy_id = NEW.policy_id AND arrive.kind = 'arrive' AND solve.kind = 'resolve'\n      AND (arrive.minutes > solve.minutes OR arrive.working_days > solve.working_days)\n) THEN\n    RAISE EXCEPTION 'a policy promises to come later than to put it right' USING ERRCODE = 'check_violation',\n        CONSTRAINT = 'comes_before_it_is_solved';\nEND IF;\nRETURN NEW;\n",
                    hash="fd46d1743603b5e032e92463baf0423265a88111",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_comes_before_it_is_solved_a8c2f",
                    table="issues_slatarget",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supervisionorder",
            trigger=pgtrigger.compiler.Trigger(
                name="state_by_the_table",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{answered:accepted,answered:issued,issued:answered,issued:settled,settled:issued}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="a917de313b7129d0081b126d6cea9352657bb0f6",
                    operation="UPDATE",
                    pgid="pgtrigger_state_by_the_table_b649d",
                    table="issues_supervisionorder",
                    when="BEFORE",
                ),
            ),
        ),
        ),
    ]
