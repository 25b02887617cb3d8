"""Drafts whose time is over are found by an index."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0017_held_at_a_district'),
        ('residents', '0012_indexes_for_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='petitiondraft',
            index=models.Index(fields=['updated_at'], name='drafts_by_age'),
        ),
    ]
