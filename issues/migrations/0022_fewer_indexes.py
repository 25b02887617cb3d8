"""Indexes that another one begins with, or that nobody asks: each cost every matter, step and clock its writing. Orders
that wait for another manager are found without reading each."""

import django.db.models.deletion
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0025_linked_all_at_once'),
        ('issues', '0021_talks_are_forgotten'),
    ]

    operations = [
        Together(
        migrations.AlterField(
            model_name='escalation',
            name='clock',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='escalations', to='issues.slaclock', verbose_name='clock'),
        ),
        migrations.AlterField(
            model_name='escalation',
            name='rung',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issues.escalationrung', verbose_name='rung'),
        ),
        migrations.AlterField(
            model_name='issue',
            name='estate',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='issues', to='governance.estate', verbose_name='estate'),
        ),
        migrations.AlterField(
            model_name='issue',
            name='subdistrict',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict'),
        ),
        migrations.AlterField(
            model_name='issuestep',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='issues.issue'),
        ),
        migrations.AlterField(
            model_name='issuestep',
            name='work_order',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='issues.workorder'),
        ),
        migrations.AlterField(
            model_name='slaclock',
            name='calendar',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.workingcalendar', verbose_name='hours'),
        ),
        migrations.AlterField(
            model_name='slaclock',
            name='issue',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='clocks', to='issues.issue', verbose_name='matter'),
        ),
        migrations.AlterField(
            model_name='slaclock',
            name='policy',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issues.slapolicy', verbose_name='policy'),
        ),
        ),
        migrations.RemoveIndex(
            model_name='workorder',
            name='live_orders_by_manager',
        ),
        migrations.AddIndex(
            model_name='workorder',
            index=models.Index(condition=models.Q(('state__in', ('dispatched', 'accepted', 'arrived')), models.Q(('why_here', 'commitment'), _negated=True)), fields=['body', 'estate'], name='live_orders_by_manager'),
        ),
    ]
