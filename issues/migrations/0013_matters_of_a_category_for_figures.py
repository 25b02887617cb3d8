"""What goes past a street's own officers is found by its category, without reading the matters."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0017_held_at_a_district'),
        ('issues', '0012_indexes_for_figures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='issue',
            index=models.Index(fields=['subdistrict', 'category', 'id'], name='matters_of_a_category'),
        ),
    ]
