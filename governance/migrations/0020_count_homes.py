"""The homes of buildings that are there already."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("governance", "0019_homes_of_a_building")]

    operations = [
        migrations.RunSQL(
            """
            INSERT INTO governance_homes (building_id, number)
            SELECT building_id, count(*) FROM governance_unit
            WHERE kind = 'dwelling' AND ended_on IS NULL GROUP BY building_id
            ON CONFLICT (building_id) DO UPDATE SET number = EXCLUDED.number
            """,
            migrations.RunSQL.noop,
        )
    ]
