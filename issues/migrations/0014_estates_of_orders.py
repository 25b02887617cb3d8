"""Each order keeps its issue's estate, so that those whom nobody manages any more are found by an index."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


FILL = """
    UPDATE issues_workorder SET estate_id = issue.estate_id FROM issues_issue AS issue WHERE issue.id = issue_id;
    SET CONSTRAINTS ALL IMMEDIATE;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0017_held_at_a_district'),
        ('issues', '0013_matters_of_a_category_for_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='workorder',
            name='estate',
            field=models.ForeignKey(db_index=False, editable=False, null=True, help_text="The issue's, copied by the database: who manages it today is asked of all live orders at once", on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.estate'),
        ),
        # Its reference is checked at once: a column can't be altered while checks are outstanding.
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        Together(
        migrations.AlterField(
            model_name='workorder',
            name='estate',
            field=models.ForeignKey(db_index=False, editable=False, help_text="The issue's, copied by the database: who manages it today is asked of all live orders at once", on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.estate'),
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(condition=models.Q(('state__in', ('dispatched', 'accepted', 'arrived'))), fields=['body', 'estate'], name='live_orders_by_manager'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issue',
            trigger=pgtrigger.compiler.Trigger(name='stays_at_its_estate', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."estate_id" IS DISTINCT FROM (NEW."estate_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8775cdeb96d40c17a183807db12d229e220ca1d7', operation='UPDATE', pgid='pgtrigger_stays_at_its_estate_82111', table='issues_issue', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workorder',
            trigger=pgtrigger.compiler.Trigger(name='at_its_issues_estate', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    SELECT estate_id INTO NEW.estate_id FROM issues_issue WHERE id = NEW.issue_id;\n    RETURN NEW;\n', hash='c78201acbc0c691b9919249c2ff0350919b3bf7d', operation='INSERT OR UPDATE OF "issue_id", "estate_id"', pgid='pgtrigger_at_its_issues_estate_6f780', table='issues_workorder', when='BEFORE')),
        ),
        ),
    ]
