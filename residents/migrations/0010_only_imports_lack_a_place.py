"""Only an import may lack its place and belong to nobody; what is in hand has a place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0009_imported_petitions'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'import'), ('petitioner__isnull', False), _connector='OR'), name='only_an_import_is_nobodys'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'import'), models.Q(('category__isnull', False), ('community__isnull', False), ('estate__isnull', False)), _connector='OR'), name='only_an_import_lacks_its_place'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('building', None), ('category', None), ('estate', None)), models.Q(('category__isnull', False), ('community__isnull', False), ('estate__isnull', False)), _connector='OR'), name='place_and_category_together'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'import'), _negated=True), models.Q(('name_visibility', 'nobody'), ('petitioner', None)), _connector='OR'), name='import_names_nobody'),
        ),
        migrations.AddConstraint(
            model_name='petition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('estate', None), _negated=True), ('state__in', ('filed', 'closed')), _connector='OR'), name='in_hand_has_a_place'),
        ),
    ]
