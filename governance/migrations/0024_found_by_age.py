"""What is kept for a time is found by its age: messages, files brought for registers, names on committees."""

from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0023_erasures'),
    ]

    operations = [
        Together(
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(fields=['created_at'], name='notices_by_age'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(condition=models.Q(('ended_on__isnull', False), models.Q(('full_name', '—'), _negated=True)), fields=['ended_on'], name='posts_to_forget'),
        ),
        migrations.AddIndex(
            model_name='registerimport',
            index=models.Index(fields=['uploaded_at'], name='imports_by_age'),
        ),
        ),
    ]
