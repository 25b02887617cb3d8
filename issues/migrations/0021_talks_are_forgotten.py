"""When what was said in a talk was let go of, and by which index those are found whose time is over."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0020_ship_the_ladder_of_commitments'),
    ]

    operations = [
        migrations.AddField(
            model_name='mediation',
            name='forgotten_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When what was said was let go of: its time was over', null=True),
        ),
        migrations.AddIndex(
            model_name='mediation',
            index=models.Index(condition=models.Q(('forgotten_at', None)), fields=['mediated_at'], name='talks_to_forget'),
        ),
    ]
