"""Petitions and homes whose time is over are found by an index, and a forgotten petition says nothing."""

import django.db.models.functions.comparison
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0019_when_petitions_before_ended'),
    ]

    operations = [
        Together(
        migrations.AddIndex(
            model_name='occupancy',
            index=models.Index(django.db.models.functions.comparison.Coalesce('ended_at', 'decided_at'), condition=models.Q(('state__in', ('declined', 'ended'))), name='homes_to_forget'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(django.db.models.functions.comparison.Coalesce('finished_at', 'ended_at'), condition=models.Q(('forgotten_at', None), ('state__in', ('finished', 'closed', 'withdrawn', 'declined')), models.Q(('channel', 'import'), _negated=True)), name='petitions_to_forget'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ('withdrawn', 'declined'))), models.Q(models.Q(('state__in', ('withdrawn', 'declined')), _negated=True), ('ended_at', None)), _connector='OR'), name='petition_ended_at_an_instant'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(('forgotten_at', None), models.Q(('spot', ''), ('subject', ''), ('words', ''), ('state__in', ('finished', 'closed', 'withdrawn', 'declined'))), _connector='OR'), name='forgotten_petition_says_nothing'),
        ),
        ),
    ]
