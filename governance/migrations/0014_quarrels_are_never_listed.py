from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0013_what_is_never_listed")]

    operations = [
        migrations.AddConstraint(
            "category",
            models.CheckConstraint(
                condition=models.Q(("is_listed", False), ("hides_petitioner", False), _connector="OR"),
                name="quarrels_are_never_listed",
            ),
        ),
    ]
