"""How many homes a building has, kept by the database with every statement on its units."""

import pytest
from django.db.models import Count, Q

from governance.models import Building, Homes, Unit
from governance.models.places import UnitKind
from tests.cast import NOW, Cast
from tests.faults.together import errors, together

TODAY = NOW.date()


def as_counted() -> dict[int, int]:
    return {pk: number for pk, number in Homes.objects.values_list("building", "number") if number}


def from_the_rows() -> dict[int, int]:
    homes = Count("units", filter=Q(units__kind=UnitKind.DWELLING, units__ended_on=None))
    return dict(Building.objects.annotate(homes=homes).filter(homes__gt=0).values_list("pk", "homes"))


@pytest.mark.django_db
def test_the_count_follows_every_change_of_units(cast: Cast):
    assert as_counted() == from_the_rows() != {}
    units = Unit.objects.bulk_create(
        Unit(building=building, number=f"9{number}", kind=kind)
        for number in range(3)
        for building in (cast.building, cast.other_building)
        for kind in (UnitKind.DWELLING,)
    )
    assert as_counted() == from_the_rows()
    shop, ended, moved, gone = units[:4]
    Unit.objects.filter(pk=shop.pk).update(kind=UnitKind.SHOP)
    Unit.objects.filter(pk=ended.pk).update(ended_on=TODAY)
    Unit.objects.filter(pk=moved.pk).update(building=cast.strange_building)
    assert as_counted() == from_the_rows()
    Unit.objects.filter(pk=ended.pk).update(ended_on=None)
    gone.delete()
    assert as_counted() == from_the_rows()


@pytest.mark.django_db(transaction=True)
def test_many_who_enter_homes_at_once_lose_none(cast: Cast):
    def enter(number: int) -> None:
        Unit.objects.create(building=cast.building, number=f"7{number:02}")

    assert errors(together(*(lambda number=number: enter(number) for number in range(20)))) == []
    assert as_counted() == from_the_rows()
