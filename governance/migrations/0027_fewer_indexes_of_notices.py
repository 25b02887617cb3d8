"""Indexes of notices that nobody asks, or that another one serves: each notice was written into thirteen of them.

What is unread, which every page counts, has its own.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0026_linked_in_one_walk'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='notice',
            name='notices_inbox',
        ),
        Together(
        migrations.AlterField(
            model_name='notice',
            name='community',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='governance.community'),
        ),
        migrations.AlterField(
            model_name='notice',
            name='recipient',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notice',
            name='settled_by',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='notice',
            name='subdistrict',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='governance.subdistrict'),
        ),
        ),
        migrations.AlterField(
            model_name='notice',
            name='dedupe_key',
            field=models.CharField(max_length=160),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('dedupe_key',), name='notice_is_posted_once', opclasses=['varchar_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['recipient', '-created_at'], name='notices_inbox'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('channel', 'in_app'), ('read_at', None)), fields=['recipient'], name='notices_unread'),
        ),
    ]
