"""Matters of both streets with everything that hangs on them: what the registers of these storeys are tried with."""

from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.urls import reverse

from governance.admin import RegisterAdmin, console
from governance.models import Building, User
from issues.domain import ladder
from issues.models import Escalation, Issue, SlaClock, SupervisionOrder, SweepRun, WorkOrder
from residents.models import Evaluation, Occupancy, Petition
from tests.cast import NOW, Cast, file, take_in

# Those of this storey and the one below it, by the name of their rows.
REGISTERS = {model.__name__: model for model in console._registry if model._meta.app_label in ("issues", "residents")}
# With rows that belong to a street.
OF_A_STREET = sorted(
    ["Issue", "WorkOrder", "SupervisionOrder", "SlaClock", "Escalation", "Petition", "Evaluation", "Occupancy"]
)


def admin_of(name: str) -> RegisterAdmin:
    return console._registry[REGISTERS[name]]


def page(name: str, kind: str, *args: Any) -> str:
    meta = REGISTERS[name]._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{kind}", args=args)


def a_matter(user: User, building: Building, *, at=NOW, **fields: Any) -> dict[str, Model]:
    """A petition taken in, late enough for a supervision order, and rated: one row for each register."""
    petition = file(user, building, at=at, **fields)
    order = take_in(petition)
    ladder.fire_due(at + timedelta(hours=1), bell="loop")
    rating = Evaluation.objects.create(
        petition=petition,
        epoch=1,
        given_by=user,
        was_contacted=False,
        is_solved=False,
        satisfaction=2,
        given_at=at + timedelta(hours=2),
    )
    issue = Issue.objects.get(pk=order.issue_id)
    clock = SlaClock.objects.filter(issue=issue).order_by("pk").first()
    return {
        "Petition": Petition.objects.get(pk=petition.pk),
        "Issue": issue,
        "WorkOrder": WorkOrder.objects.get(pk=order.pk),
        "SlaClock": clock,
        "Escalation": Escalation.objects.filter(clock=clock).order_by("pk").first(),
        "SupervisionOrder": SupervisionOrder.objects.get(issue=issue),
        "Evaluation": rating,
    }


def here(cast: Cast, **fields: Any) -> dict[str, Model]:
    """In 春和苑, by owner Li."""
    home = {"Occupancy": Occupancy.objects.get(user=cast.li)}
    return a_matter(cast.li, cast.building, **fields) | home


def elsewhere(cast: Cast, **fields: Any) -> dict[str, Model]:
    """In the other street, by the stranger."""
    home = {"Occupancy": Occupancy.objects.get(user=cast.stranger)}
    return a_matter(cast.stranger, cast.strange_building, **fields) | home


def more(cast: Cast, number: int, *, first: int = 0) -> None:
    """So many more rows for each register that is read by the street."""
    for n in range(first, first + number):
        building = Building.objects.create(estate=cast.estate, name=f"{n + 100}栋", grid_unit=cast.grid_unit)
        a_matter(cast.li, building)
        unit = building.units.create(number="101")
        Occupancy.objects.create(user=cast.li, unit=unit, relation="owner", claimed_at=NOW)
        SweepRun.objects.create(bell="loop", started_at=NOW + timedelta(seconds=n))
