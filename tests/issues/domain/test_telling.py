"""Telling everybody who spoke of a matter: as cheap for a whole building as for two neighbours, and nobody twice."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.models import Notice
from issues.domain import handling
from issues.domain.telling import petitions_of, tell_petitioners
from issues.models import IssuePetition, WorkOrder
from residents.models import PetitionStage, PetitionUpdate
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


def told_by(cast: Cast, neighbours: int) -> WorkOrder:
    """An order of a matter of which so many neighbours have spoken, too."""
    order = take_in(file(cast.li, cast.building))
    for _neighbour in range(neighbours):
        petition = file(cast.wang, cast.building)
        IssuePetition.objects.create(issue=order.issue, petition=petition, linked_at=NOW, linked_by=None)
        petition.state = PetitionStage.IN_HAND
        petition.save(update_fields=["state"])
    return order


def queries(act) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_thirty_petitions_are_told_with_as_many_queries_as_two(cast: Cast):
    at = NOW + timedelta(minutes=1)
    orders = [told_by(cast, neighbours) for neighbours in (1, 29)]
    cast.zhou.scope(at)  # read once a moment, for whatever he does then
    accepted = [queries(lambda order=order: handling.accept(order, actor=cast.zhou, at=at)) for order in orders]
    breached = [
        queries(
            lambda order=order: tell_petitioners(
                order.issue, "breached", at=at, kind="arrive", due_at=NOW.isoformat(), body="恒信物业"
            )
        )
        for order in orders
    ]

    assert accepted[0] == accepted[1]
    assert breached[0] == breached[1]
    for order, told in zip(orders, (2, 30), strict=True):
        updates = PetitionUpdate.objects.filter(petition__links__issue=order.issue)
        assert [updates.filter(kind=kind).count() for kind in ("accepted", "breached")] == [told, told]
        links = [f"/petitions/{petition.receipt_no}/" for petition in petitions_of(order.issue)]
        assert Notice.objects.filter(message_key="petition_accepted", link__in=links).count() == told


def test_each_petition_is_noticed_of_one_event_once(cast: Cast):
    order = told_by(cast, 1)
    for _again in range(2):
        tell_petitioners(order.issue, "supervised", at=NOW, body="恒信物业")

    links = Notice.objects.filter(message_key="petition_supervised").values_list("recipient", "params__receipt_no")
    assert sorted(links) == sorted((each.petitioner_id, each.receipt_no) for each in petitions_of(order.issue))


def test_with_nobody_left_to_tell_nothing_is_written(cast: Cast):
    order = told_by(cast, 0)
    IssuePetition.objects.filter(issue=order.issue).update(undone_at=NOW, undone_by=cast.wu)
    before = PetitionUpdate.objects.count(), Notice.objects.count()

    tell_petitioners(order.issue, "supervised", at=NOW, body="恒信物业")

    assert (PetitionUpdate.objects.count(), Notice.objects.count()) == before
