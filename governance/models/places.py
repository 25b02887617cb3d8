"""Places, from the district down to one exclusive unit, and the grid units drawn over buildings."""

import secrets

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# No 0/O, 1/I/L: the token is also typed by hand from a worn card.
QR_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_qr_token() -> str:
    return "".join(secrets.choice(QR_ALPHABET) for _unused in range(12))


class District(models.Model):
    """区: the level above the street office."""

    name = models.CharField(max_length=60, unique=True)

    def __str__(self):
        return self.name


class Subdistrict(models.Model):
    """街道: a street office's area. The tenant: petitions, orders, clocks and notices carry its id."""

    district = models.ForeignKey(District, models.PROTECT, related_name="subdistricts")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="subdistrict_named_once")]

    def __str__(self):
        return self.name


class Community(models.Model):
    """社区: the area of one residents' committee."""

    subdistrict = models.ForeignKey(Subdistrict, models.PROTECT, related_name="communities")
    name = models.CharField(max_length=60)

    class Meta:
        verbose_name_plural = "communities"
        constraints = [models.UniqueConstraint(fields=["subdistrict", "name"], name="community_named_once")]

    def __str__(self):
        return self.name


class Estate(models.Model):
    """小区: a residential estate. Who manages it on a day is `Management`."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="estates")
    name = models.CharField(max_length=60)
    address = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="estate_named_once")]

    def __str__(self):
        return self.name

    def buildings_in_order(self) -> "list[Building]":
        """As people count them, by length first: 10栋 comes after 9栋."""
        return sorted(self.buildings.all(), key=lambda building: (len(building.name), building.name))


class GridUnit(models.Model):
    """网格: some buildings of one community, walked by its grid workers."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="grid_units")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="grid_unit_named_once")]

    def __str__(self):
        return self.name


class Building(models.Model):
    """楼栋: one building, in at most one grid unit; its card carries `qr_token`."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="buildings")
    name = models.CharField(max_length=40)
    stairwells = models.PositiveSmallIntegerField(default=1)
    grid_unit = models.ForeignKey(GridUnit, models.PROTECT, null=True, blank=True, related_name="buildings")
    qr_token = models.CharField(max_length=12, unique=True, default=new_qr_token, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estate", "name"], name="building_named_once"),
            models.CheckConstraint(condition=Q(stairwells__gte=1), name="building_has_a_stairwell"),
        ]

    def __str__(self):
        return self.name


class UnitKind(models.TextChoices):
    DWELLING = "dwelling", _("dwelling")
    SHOP = "shop", _("shop")
    PARKING = "parking", _("parking space")


class Unit(models.Model):
    """专有部分: what one owner owns alone. Votes weigh by `exclusive_area_m2`; shops and parking count too."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="units")
    stairwell = models.PositiveSmallIntegerField(default=1)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=UnitKind, default=UnitKind.DWELLING)
    exclusive_area_m2 = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["building", "stairwell", "number"], name="unit_numbered_once"),
            models.CheckConstraint(
                condition=Q(exclusive_area_m2=None) | Q(exclusive_area_m2__gt=0), name="unit_area_is_positive"
            ),
        ]

    def __str__(self):
        return self.number
