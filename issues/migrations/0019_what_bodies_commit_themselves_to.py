"""Matters that nobody petitioned for, because a body has committed itself to them; no figure counts them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0020_count_homes'),
        ('issues', '0018_queue_of_a_street'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
        migrations.RemoveIndex(
            model_name='issue',
            name='matters_by_filing',
        ),
        migrations.RemoveIndex(
            model_name='issue',
            name='matters_by_finish',
        ),
        migrations.AddField(
            model_name='issue',
            name='is_commitment',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='What a body has committed itself to: its order is one, but nobody has petitioned for it'),
        ),
        migrations.AlterField(
            model_name='workorder',
            name='why_here',
            field=models.CharField(help_text='A kind of management, default, category, commitment: see dispatching', max_length=20),
        ),
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(condition=models.Q(('is_commitment', False)), fields=['subdistrict', 'filed_at'], include=('category', 'state'), name='matters_by_filing'),
        ),
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(condition=models.Q(('finished_at__isnull', False), ('is_commitment', False), ('is_promised', True), ('state__in', ('finished', 'closed'))), fields=['subdistrict', 'finished_at'], include=('filed_at', 'category'), name='matters_by_finish'),
        ),
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(condition=models.Q(('is_commitment', True)), fields=['subdistrict', 'id'], name='commitments_of_a_street'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='issue',
            trigger=pgtrigger.compiler.Trigger(name='stays_a_commitment', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."is_commitment" IS DISTINCT FROM (NEW."is_commitment"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ffa9722d84f31c694b5855421ba55d2761007461', operation='UPDATE', pgid='pgtrigger_stays_a_commitment_fd73c', table='issues_issue', when='BEFORE')),
        ),
        ),
    ]
