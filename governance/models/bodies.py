"""Bodies that answer for something, and who manages which estate from when to when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _


class BodyKind(models.TextChoices):
    PROPERTY_COMPANY = "property_company", _("property company")
    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    RESIDENTS_COMMITTEE = "residents_committee", _("residents' committee")
    STREET_OFFICE = "street_office", _("street office")


class Body(models.Model):
    """A body that can hold an order. A residents' committee stands for its community, a street office for its area."""

    kind = models.CharField(max_length=24, choices=BodyKind)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=20, help_text="恒信物业: what residents see")
    phone = models.CharField(max_length=20, blank=True, help_text="The duty desk's public number")
    promise = models.CharField(max_length=120, blank=True, help_text="The service promise the body has made in public")
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="bodies")
    community = models.ForeignKey("governance.Community", models.PROTECT, null=True, blank=True, related_name="bodies")

    class Meta:
        verbose_name_plural = "bodies"
        constraints = [
            models.UniqueConstraint(fields=["subdistrict", "name"], name="body_named_once"),
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(kind=BodyKind.RESIDENTS_COMMITTEE),
                name="one_residents_committee_a_community",
            ),
            models.UniqueConstraint(
                fields=["subdistrict"], condition=Q(kind=BodyKind.STREET_OFFICE), name="one_street_office_a_subdistrict"
            ),
            models.CheckConstraint(
                condition=~Q(kind=BodyKind.RESIDENTS_COMMITTEE) | Q(community__isnull=False),
                name="residents_committee_has_its_community",
            ),
        ]

    def __str__(self):
        return self.short_name or self.name


class ManagementKind(models.TextChoices):
    CONTRACT = "contract", _("company under contract")
    OWNERS = "owners", _("the owners themselves")
    INTERIM = "interim", _("interim manager")


class ManagementQuerySet(models.QuerySet["Management"]):
    def in_force(self, day) -> "ManagementQuerySet":
        """Managements in force on the local date `day`; both ends are counted."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class Management(models.Model):
    """Who manages an estate, from the first to the last day (both included). At most one at a time."""

    estate = models.ForeignKey("governance.Estate", models.PROTECT, related_name="managements")
    body = models.ForeignKey(Body, models.PROTECT, related_name="managements")
    kind = models.CharField(max_length=10, choices=ManagementKind)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = ManagementQuerySet.as_manager()

    class Meta:
        constraints = [
            # A range of one id makes exclusion by id possible without the btree_gist extension.
            ExclusionConstraint(
                name="one_management_at_a_time",
                expressions=[
                    (
                        Func(F("estate_id"), F("estate_id"), models.Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_until"),
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="management_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind=ManagementKind.INTERIM) | Q(valid_until__isnull=False),
                name="interim_manager_has_an_end",
            ),
        ]

    def __str__(self):
        return f"{self.estate}: {self.body}"
