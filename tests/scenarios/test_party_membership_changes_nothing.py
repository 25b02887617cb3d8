"""That somebody belongs to the party gives a petition no other way, order, priority or clock; no page tells of it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from governance.domain import party
from governance.models import AuditPayload, MemberKind, Notice, PartyMember, Standing
from issues.domain import handling
from issues.domain.sweep import sweep
from issues.models import WorkOrder
from residents.models import Petition
from tests.cast import LONG_AGO, NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db

NAME, NUMBER = "沈若静", "D-90417"
# What is drawn by lot anew each time, also inside texts and addresses.
_BY_LOT = re.compile(r"SQ-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|:\d+\b|\b\d+(?=/[a-z])")


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


def become_a_member(cast: Cast) -> PartyMember:
    """Li, in full, checked in, with a role out of it, and the branch's secretary besides."""
    member = PartyMember(
        number=NUMBER, full_name=NAME, kind=MemberKind.RESIDENT, community=cast.community, user=cast.li, contact=cast.wu
    )
    by = {"actor": cast.sun, "at": NOW}
    since = LONG_AGO.date()
    party.enter(member, **by)
    party.begin_membership(member, cast.branch, Standing.FULL, since=since, **by)
    party.check_in(member, cast.community, since=since, **by)
    return member


def what_happens(cast: Cast) -> list[Any]:
    """Three people file, li second; the orders are rung, accepted, left lying, escalated: all that is then written."""
    told: list[Any] = []
    petitions = [
        file(cast.xu, cast.self_managed_building, at=NOW - timedelta(minutes=2)),
        file(cast.li, cast.building, at=NOW - timedelta(minutes=1)),
        file(cast.wang, cast.other_building, at=NOW, category="leak"),
    ]
    orders = [take_in(petition) for petition in petitions]
    told.append(queue_of(cast.zhou, orders))
    for minutes in (2, 6, 40):
        sweep(bell="test", now=NOW + timedelta(minutes=minutes), even_so=True)
        told.append(queue_of(cast.zhou, orders))
    mine = WorkOrder.objects.live().get(issue=orders[1].issue)
    handling.accept(mine, actor=cast.zhou, at=NOW + timedelta(minutes=41))
    sweep(bell="test", now=NOW + timedelta(days=9), even_so=True)
    told.append(queue_of(cast.zhou, orders))
    return [*told, *everything_written()]


def queue_of(user: Any, orders: list[WorkOrder]) -> list[int]:
    """In which order the queue shows them."""
    page = client_of(user).get("/queue/").content.decode()
    places = {at: page.find(str(order.public_id)) for at, order in enumerate(orders)}
    return sorted((at for at, place in places.items() if place >= 0), key=lambda at: places[at])


def everything_written() -> Iterator[tuple[str, list[str]]]:
    """Every row of the two upper storeys, and every notice, without what is drawn by lot or counted on."""
    for model in [*apps.get_app_config("residents").get_models(), *apps.get_app_config("issues").get_models(), Notice]:
        fields = [field for field in model._meta.concrete_fields if not _is_by_lot(field)]
        rows = model._base_manager.values_list(*(field.attname for field in fields))
        # Notices of one moment are written in the order of their keys, which are drawn by lot.
        yield model.__name__, sorted(_BY_LOT.sub("…", str([_in_order(value) for value in row])) for row in rows)


def _in_order(value: Any) -> Any:
    """The lists of a digest are in the order of their keys: drawn by lot, and counted on."""
    if isinstance(value, dict):
        return {key: _in_order(inner) for key, inner in value.items()}
    return sorted(_BY_LOT.sub("…", str(inner)) for inner in value) if isinstance(value, list) else value


def _is_by_lot(field: models.Field) -> bool:
    target = field.remote_field.model._meta.app_label if field.remote_field else ""
    # The instants at which a sweep began and ended are read from the real clock.
    return (
        field.primary_key
        or isinstance(field, models.UUIDField)
        or target in ("residents", "issues")
        or (field.name == "finished_at" and field.model.__name__ == "SweepRun")
    )


def told_and_undone(tell: Callable[[], list[Any]]) -> list[Any]:
    with transaction.atomic():
        told = tell()
        transaction.set_rollback(True)
    return told


def test_a_members_petition_goes_the_very_way_of_anybodys(cast: Cast):
    without = told_and_undone(lambda: what_happens(cast))
    become_a_member(cast)
    with_membership = told_and_undone(lambda: what_happens(cast))
    for then, now in zip(without, with_membership, strict=True):
        assert now == then
    assert dict(without[5:])["WorkOrder"], "something was compared"
    assert without[0] == [1, 2], "the queue was read"


# A branch's own meeting is for its members: this asks who they are, and nothing that handles petitions asks this.
BRANCH_MEETINGS = "issues/deliberation/domain/members.py"


def test_what_handles_petitions_never_asks_who_belongs_to_the_party():
    asks = re.compile(r"PartyMember|party_member|Membership|DualRegistration|agrees_to_be_shown")
    root = Path(settings.BASE_DIR)
    sources = [
        path
        for storey in ("residents", "issues")
        for path in (root / storey).rglob("*.py")
        if "migrations" not in path.parts and "demo" not in path.parts
    ]
    assert len(sources) > 30
    asking = {str(path.relative_to(root)) for path in sources if asks.search(path.read_text(encoding="utf-8"))}
    assert asking == {BRANCH_MEETINGS}


PAGES = ("/", "/queue/", "/inbox/", "/account/", "/petitions/", "/coverage/", "/coverage/tree/", "/outdoors/", "/desk/")


@pytest.mark.parametrize("who", ["li", "wang", "zhou", "zheng", "zhao", "wu", "chen"])
def test_no_page_outside_the_console_names_a_member(cast: Cast, who):
    become_a_member(cast)
    petition = file(cast.li, cast.building)
    order = take_in(petition)
    browser = client_of(getattr(cast, who))
    read = 0
    for page in (
        *PAGES,
        f"/petitions/{petition.receipt_no}/",
        f"/queue/{order.public_id}/",
        "/console/governance/partymember/",
    ):
        answer = browser.get(page, follow=True)
        read += answer.status_code == 200
        said = answer.content.decode()
        assert [secret for secret in (NAME, NUMBER) if secret in said] == [], page
    assert read >= 2


def test_no_trail_or_notice_tells_who_is_a_member(cast: Cast):
    member = become_a_member(cast)
    what_happens(cast)
    party.end(member, on=NOW.date(), version=1, actor=cast.sun, at=NOW)
    said = str(list(AuditPayload.objects.values_list("facts", flat=True))) + str(
        list(Notice.objects.values_list("message_key", "params", "link"))
    )
    assert [secret for secret in (NAME, NUMBER) if secret in said] == []


def test_everybody_in_this_story_could_have_been_told_apart(cast: Cast):
    """Else the first test would prove nothing: the member's petition is among those compared, by the same person."""
    become_a_member(cast)
    what_happens(cast)
    assert Petition.objects.filter(petitioner__party_member__isnull=False).count() == 1
    assert WorkOrder.objects.filter(holder=cast.zhou).count() == 1
