"""Indexes that another one begins with: each cost every petition, line and rating its writing."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0025_linked_all_at_once'),
        ('residents', '0020_found_when_their_time_is_over'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
        migrations.AlterField(
            model_name='evaluation',
            name='petition',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='residents.petition', verbose_name='petition'),
        ),
        migrations.AlterField(
            model_name='petition',
            name='petitioner',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='petition',
            name='subdistrict',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict'),
        ),
        migrations.AlterField(
            model_name='petitionupdate',
            name='petition',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='updates', to='residents.petition'),
        ),
        ),
    ]
