"""Two more indexes that each clock was written into whenever its next rung was set."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0027_fewer_indexes_of_notices'),
        ('issues', '0022_fewer_indexes'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='slaclock',
            name='running_clocks_by_due_time',
        ),
        migrations.AlterField(
            model_name='slaclock',
            name='subdistrict',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict'),
        ),
    ]
