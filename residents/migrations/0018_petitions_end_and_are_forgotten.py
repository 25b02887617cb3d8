"""When a petition was withdrawn or declined, and when what was said in it was let go of."""

from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0017_nothing_of_the_erased'),
    ]

    operations = [
        Together(
        migrations.AddField(
            model_name='petition',
            name='ended_at',
            field=models.DateTimeField(blank=True, help_text='When it was withdrawn, or declined', null=True),
        ),
        migrations.AddField(
            model_name='petition',
            name='forgotten_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When what was said was let go of: its time was over', null=True),
        ),
        ),
    ]
