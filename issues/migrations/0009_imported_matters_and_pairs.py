"""Of a matter that was only imported nothing is promised; what a patrol found is found by two characters."""

import django.contrib.postgres.indexes
from django.db import migrations, models

import residents.models.word_pairs


class Migration(migrations.Migration):

    dependencies = [
        ('issues', '0011_clocks_promise_something_by_themselves'),
        ('residents', '0011_words_are_found_by_two_characters'),
    ]

    operations = [
        migrations.AddField(
            model_name='issue',
            name='is_promised',
            field=models.BooleanField(db_default=True, default=True, help_text='Not of what was only imported: nobody was promised anything'),
        ),
        migrations.AddField(
            model_name='issue',
            name='pairs',
            field=residents.models.word_pairs.WordPairsField('words'),
        ),
        migrations.AddIndex(
            model_name='issue',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('words__gt', '')), fields=['pairs'], name='findings_by_pairs'),
        ),
    ]
