"""Places, from the district down to one exclusive unit, and the grid units drawn over buildings."""

import secrets
import uuid
from typing import Any

import pgtrigger
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.registers import Ended, Versioned

# No 0/O, 1/I/L: the token is also typed by hand from a worn card.
QR_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_qr_token() -> str:
    return "".join(secrets.choice(QR_ALPHABET) for _unused in range(12))


class District(Versioned):
    """区: the level above the street office."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("district")
        verbose_name_plural = _("districts")

    def __str__(self):
        return self.name


class Subdistrict(Versioned):
    """街道: a street office's area. The tenant: petitions, orders, clocks and notices carry its id."""

    district = models.ForeignKey(District, models.PROTECT, related_name="subdistricts", verbose_name=_("district"))
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("subdistrict")
        verbose_name_plural = _("subdistricts")
        constraints = [models.UniqueConstraint(fields=["district", "name"], name="subdistrict_named_once")]

    def __str__(self):
        return self.name


class Community(Versioned, Ended):
    """社区: the area of one residents' committee."""

    subdistrict = models.ForeignKey(
        Subdistrict, models.PROTECT, related_name="communities", verbose_name=_("subdistrict")
    )
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        constraints = [models.UniqueConstraint(fields=["subdistrict", "name"], name="community_named_once")]

    def __str__(self):
        return self.name


class Estate(Versioned, Ended):
    """小区: a residential estate. Who manages it on a day is `Management`."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="estates", verbose_name=_("community"))
    name = models.CharField(_("name"), max_length=60)
    address = models.CharField(_("address"), max_length=120, blank=True)
    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)

    class Meta:
        verbose_name = _("estate")
        verbose_name_plural = _("estates")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="estate_named_once")]

    def __str__(self):
        return self.name

    def buildings_in_order(self) -> "list[Building]":
        """As people count them, by length first: 10栋 comes after 9栋."""
        return sorted(self.buildings.all(), key=lambda building: (len(building.name), building.name))


class GridUnit(Versioned, Ended):
    """网格: some buildings of one community, walked by its grid workers."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="grid_units", verbose_name=_("community"))
    name = models.CharField(_("name"), max_length=60)
    party_group = models.ForeignKey(
        "governance.PartyBranch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grid_units",
        verbose_name=_("party group"),
    )

    class Meta:
        verbose_name = _("grid unit")
        verbose_name_plural = _("grid units")
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="grid_unit_named_once")]

    def __str__(self):
        return self.name


class Building(Versioned, Ended):
    """楼栋: one building, in at most one grid unit; its card carries `qr_token`."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="buildings", verbose_name=_("estate"))
    name = models.CharField(_("name"), max_length=40)
    stairwells = models.PositiveSmallIntegerField(_("stairwells"), default=1)
    grid_unit = models.ForeignKey(
        GridUnit, models.PROTECT, null=True, blank=True, related_name="buildings", verbose_name=_("grid unit")
    )
    qr_token = models.CharField(max_length=12, unique=True, default=new_qr_token, editable=False)

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        constraints = [
            models.UniqueConstraint(fields=["estate", "name"], name="building_named_once"),
            models.CheckConstraint(condition=Q(stairwells__gte=1), name="building_has_a_stairwell"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="in_a_grid_unit_of_its_community",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("estate_id", "grid_unit_id"),
                condition=pgtrigger.Q(new__grid_unit__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM governance_gridunit g
                                   JOIN governance_estate e ON e.community_id = g.community_id
                                   WHERE g.id = NEW.grid_unit_id AND e.id = NEW.estate_id) THEN
                        RAISE EXCEPTION 'building_grid_unit_of_its_community' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.name


class UnitKind(models.TextChoices):
    DWELLING = "dwelling", _("dwelling")
    SHOP = "shop", _("shop")
    PARKING = "parking", _("parking space")


def _counts_homes(name: str, operation: pgtrigger.Operation, *, gone: bool = False, come: bool = False) -> Any:
    """What a statement on units does to the homes of their buildings: so many fewer, so many more."""
    lost = "SELECT building_id, kind, ended_on, -1 AS one FROM gone" if gone else ""
    won = "SELECT building_id, kind, ended_on, 1 AS one FROM come" if come else ""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(old="gone" if gone else None, new="come" if come else None),
        declare=[("changed", "RECORD")],
        func=f"""
            FOR changed IN
                SELECT building_id, sum(one) AS more FROM ({" UNION ALL ".join(part for part in (lost, won) if part)}) u
                WHERE kind = '{UnitKind.DWELLING}' AND ended_on IS NULL
                GROUP BY building_id HAVING sum(one) <> 0 ORDER BY building_id
            LOOP
                INSERT INTO governance_homes VALUES (changed.building_id, 0) ON CONFLICT DO NOTHING;
                UPDATE governance_homes SET number = number + changed.more WHERE building_id = changed.building_id;
            END LOOP;
            RETURN NULL;
        """,  # noqa: S608 - words of this module alone
    )


class Unit(Versioned, Ended):
    """专有部分: what one owner owns alone. Votes weigh by `exclusive_area_m2`; shops and parking count too."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="units", verbose_name=_("building"))
    stairwell = models.PositiveSmallIntegerField(_("stairwell"), default=1)
    number = models.CharField(_("door number"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=UnitKind, default=UnitKind.DWELLING)
    exclusive_area_m2 = models.DecimalField(_("area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True)
    held_by_developer = models.BooleanField(
        _("still the developer's"),
        default=False,
        db_default=False,
        help_text=_("Not sold, or not handed over yet: one head with the rest"),
    )

    class Meta:
        verbose_name = pgettext_lazy("what one owner owns alone", "unit")
        verbose_name_plural = _("units")
        constraints = [
            models.UniqueConstraint(fields=["building", "stairwell", "number"], name="unit_numbered_once"),
            models.CheckConstraint(
                condition=Q(exclusive_area_m2=None) | Q(exclusive_area_m2__gt=0), name="unit_area_is_positive"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ended_on"], condition=Q(ended_on__isnull=False, kind="dwelling"), name="homes_that_end"
            ),
        ]
        triggers = [
            _counts_homes("homes_come", pgtrigger.Insert, come=True),
            _counts_homes("homes_go", pgtrigger.Delete, gone=True),
            _counts_homes("homes_change", pgtrigger.Update, gone=True, come=True),
        ]

    def __str__(self):
        return self.number


class Homes(models.Model):
    """How many dwellings of a building have no last day. Written by the triggers of `Unit` alone, for the figures."""

    building = models.OneToOneField(Building, models.PROTECT, primary_key=True, related_name="homes_counted")
    number = models.PositiveIntegerField()

    def __str__(self):
        return str(self.number)
