"""What the figures read: indexes that hold all they ask for."""

from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0017_held_at_a_district'),
        ('residents', '0011_words_are_found_by_two_characters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(fields=['given_at'], include=('petition', 'epoch', 'satisfaction', 'is_solved'), name='ratings_by_time'),
        ),
        migrations.AddIndex(
            model_name='evaluation',
            index=models.Index(condition=models.Q(('was_contacted', False)), fields=['petition'], include=('given_at',), name='ratings_that_nobody_came'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['subdistrict', 'filed_at'], include=('id', 'estate', 'state', 'channel', 'category'), name='petitions_by_filing'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(condition=models.Q(('state__in', ('finished', 'closed'))), fields=['subdistrict', 'finished_at'], include=('id', 'epoch', 'channel', 'category'), name='petitions_by_finish'),
        ),
        migrations.AddIndex(
            model_name='petition',
            index=models.Index(fields=['id'], include=('subdistrict', 'state', 'channel', 'filed_at', 'category'), name='petitions_as_counted'),
        ),
        ),
    ]
