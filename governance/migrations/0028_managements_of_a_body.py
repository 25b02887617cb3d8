"""Each sweep asks whether somebody who has live orders manages the estate no more: two lists in one order."""

import django.db.models.deletion
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0027_fewer_indexes_of_notices'),
    ]

    operations = [
        Together(
        migrations.AlterField(
            model_name='management',
            name='body',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='managements', to='governance.body', verbose_name='managed by'),
        ),
        ),
        migrations.AddIndex(
            model_name='management',
            index=models.Index(fields=['body', 'estate'], name='managements_of_a_body'),
        ),
    ]
