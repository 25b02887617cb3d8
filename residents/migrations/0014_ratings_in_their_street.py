"""A rating says which street it is of, and its petition which round it has rated: the figures read it there."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0017_held_at_a_district"),
        ("residents", "0013_drafts_by_age"),
    ]

    operations = [
        Together(
        migrations.RemoveIndex(
            model_name="evaluation",
            name="ratings_by_time",
        ),
        migrations.RemoveIndex(
            model_name="evaluation",
            name="ratings_that_nobody_came",
        ),
        migrations.RemoveIndex(
            model_name="petition",
            name="petitions_by_finish",
        ),
        migrations.RemoveIndex(
            model_name="petition",
            name="petitions_as_counted",
        ),
        migrations.AddField(
            model_name="evaluation",
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
            model_name="petition",
            name="confirmed_epoch",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, help_text="The last round that was rated as solved: likewise", null=True
            ),
        ),
        migrations.AddField(
            model_name="petition",
            name="rated_epoch",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, help_text="The last round that was rated: written by its rating", null=True
            ),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="evaluation",
            name="by_the_petitioner",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="by_the_petitioner",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    SELECT subdistrict_id INTO NEW.subdistrict_id FROM residents_petition\n                    WHERE id = NEW.petition_id AND petitioner_id = NEW.given_by_id;\n                    IF NOT FOUND THEN\n                        RAISE EXCEPTION 'only the petitioner rates a petition' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ",
                    hash="0e4313da8d188582972b40c2d72c4274d1fefb5a",
                    operation="INSERT",
                    pgid="pgtrigger_by_the_petitioner_37c59",
                    table="residents_evaluation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_its_petition",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    UPDATE residents_petition SET rated_epoch = greatest(rated_epoch, NEW.epoch),\n                        confirmed_epoch = greatest(confirmed_epoch, CASE WHEN NEW.is_solved THEN NEW.epoch END)\n                    WHERE id = NEW.petition_id;\n                    RETURN NULL;\n                ",
                    hash="a6e2a82e865aafcced5bdfed224a97d2e4b41e07",
                    operation="INSERT",
                    pgid="pgtrigger_tells_its_petition_c48e3",
                    table="residents_evaluation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="petition",
            trigger=pgtrigger.compiler.Trigger(
                name="rounds_rated_by_ratings_alone",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (pg_trigger_depth() = 0 AND (OLD.rated_epoch, OLD.confirmed_epoch) IS DISTINCT FROM (NEW.rated_epoch, NEW.confirmed_epoch))",
                    func="\n                    NEW.rated_epoch := OLD.rated_epoch;\n                    NEW.confirmed_epoch := OLD.confirmed_epoch;\n                    RETURN NEW;\n                ",
                    hash="454b574f9f12dbfdff6ddfa3c4bbbd20b52de38e",
                    operation="UPDATE",
                    pgid="pgtrigger_rounds_rated_by_ratings_alone_459c9",
                    table="residents_petition",
                    when="BEFORE",
                ),
            ),
        ),
        ),
    ]
