"""How many have voted. Participation only: nobody, staff included, is told how, before the close."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, DecimalField, Exists, OuterRef, Q, Sum, Value
from django.db.models.functions import Coalesce

from issues.deliberation.models import Ballot, Motion, RollEntry


class Turnout(NamedTuple):
    """Of the roll, and of what has come in so far, whether it is valid or not."""

    units: int
    heads: int
    area_m2: Decimal
    units_in: int
    area_in_m2: Decimal


def turnout(motion: Motion) -> Turnout:
    """One query over the frozen roll."""
    came_in = Exists(Ballot.objects.effective().filter(entry=OuterRef("pk")))
    roll = RollEntry.objects.filter(motion=motion).annotate(came_in=came_in)
    nothing = Value(Decimal("0.00"), output_field=DecimalField(max_digits=14, decimal_places=2))
    counted = roll.aggregate(
        units=Count("pk"),
        heads=Count("head", distinct=True),
        area=Coalesce(Sum("area_m2"), nothing),
        units_in=Count("pk", filter=Q(came_in=True)),
        area_in=Coalesce(Sum("area_m2", filter=Q(came_in=True)), nothing),
    )
    return Turnout(counted["units"], counted["heads"], counted["area"], counted["units_in"], counted["area_in"])
