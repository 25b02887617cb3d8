"""A level above the streets, for complaints about their own people; and consents of those who have no account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):
    dependencies = [("governance", "0014_quarrels_are_never_listed")]

    operations = [
        Together(
        migrations.AddField(
            model_name="body",
            name="district",
            field=models.ForeignKey(
                blank=True,
                help_text="Of a district's office alone: the district whose streets it stands above",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bodies",
                to="governance.district",
                verbose_name="district",
            ),
        ),
        migrations.AddField(
            model_name="category",
            name="is_about_street",
            field=models.BooleanField(
                default=False, help_text="A complaint about the street office's own people: it goes to the district"
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="member",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to="governance.partymember",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="noted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="noted_by",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="version",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="roleassignment",
            name="district",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="governance.district",
                verbose_name="district",
            ),
        ),
        migrations.AlterField(
            model_name="body",
            name="kind",
            field=models.CharField(
                choices=[
                    ("property_company", "property company"),
                    ("owners_committee", "owners' committee"),
                    ("management_committee", "property management committee"),
                    ("residents_committee", "residents' committee"),
                    ("street_office", "street office"),
                    ("district_office", "district office"),
                    ("department", "department"),
                    ("stationed_unit", "stationed unit"),
                ],
                max_length=24,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="body",
            name="subdistrict",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bodies",
                to="governance.subdistrict",
                verbose_name="subdistrict",
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("account", "Use of my phone number to sign in and to reach me"),
                    ("shown_as_member", "That residents on whose doors I am on duty may know of my party membership"),
                ],
                editable=False,
                max_length=30,
            ),
        ),
        migrations.AlterField(
            model_name="consent",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="consents",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="roleassignment",
            name="role",
            field=models.CharField(
                choices=[
                    ("resident", "resident"),
                    ("property_staff", "property steward"),
                    ("property_manager", "property manager"),
                    ("grid_worker", "grid worker"),
                    ("grid_leader", "grid leader"),
                    ("building_steward", "building steward"),
                    ("red_steward", "red steward"),
                    ("department_liaison", "department liaison"),
                    ("branch_secretary", "branch secretary"),
                    ("community_staff", "community worker"),
                    ("street_officer", "street office officer"),
                    ("district_officer", "district officer"),
                    ("administrator", "administrator"),
                ],
                max_length=20,
                verbose_name="role",
            ),
        ),
        ),
    ]
