"""Proof that the notice arrived, home by home: silence follows the majority only there, if the rules say so at all."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.db.models import Model

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Unit
from issues.deliberation.domain import delivering, opening, setting_up
from issues.deliberation.domain.delivering import NotOnThatDay
from issues.deliberation.models import Delivery, DeliveryWay, Motion
from tests.cast import NOW, client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db


def note(motion: Motion, cast, *units: Unit, actor=None, at=VOTING, on=None) -> int:
    return delivering.record(
        motion, units, way=DeliveryWay.HANDED, on=on or at.date(), by="网格员赵", actor=actor or cast.wu, at=at
    )


def copied(row: Model, **changes) -> Model:
    fields = {field.name: getattr(row, field.name) for field in row._meta.fields if field.name != "id"}
    return type(row).objects.create(**(fields | changes))


@pytest.fixture
def silent(make_motion, cast, house, rule_set) -> Motion:
    """By its rules silence follows the majority. Five of seven units agree; 805 and 806 say nothing."""
    own = copied(rule_set, code="silence", silence_follows=True)
    for rule in rule_set.matters.all():
        copied(rule, rule_set=own)
    motion = setting_up.publish(make_motion(rule_set=own), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    vote(motion, house, "ann", "801")
    vote(motion, house, "ben", "802", "803")
    vote(motion, house, "ben", "804")
    return motion


def result(motion: Motion) -> dict:
    return json.loads(bytes(opening.bring_up_to_date(motion, CLOSES).result))


def test_silence_is_added_only_where_delivery_is_proven_and_shown_apart(silent, cast, house):
    assert note(silent, cast, house.unit("805"), house.unit("806")) == 2
    assert delivering.strike(silent, [house.unit("806")], actor=cast.sun, at=VOTING) == 1
    told = result(silent)
    assert told["silence_follows"] == "for"
    assert told["components"]["silence_added"] == {"area": "100.00", "heads": 1, "units": 1}
    assert told["components"]["silent"]["units"] == 2
    assert (told["verdict_without_silence"], told["verdict"]) == ("no_quorum", "passed")


def test_by_the_shipped_rules_silence_counts_for_nothing_whatever_was_delivered(motion, cast, house):
    vote(motion, house, "ann", "801")
    note(motion, cast, *house.units)
    told = result(motion)
    assert (told["silence_follows"], told["components"]["silence_added"]["units"]) == (None, 0)


def test_a_home_has_one_proof_and_the_first_stays(motion, cast, house):
    assert [note(motion, cast, house.unit("801")), note(motion, cast, house.unit("801"), actor=cast.sun)] == [1, 0]
    assert Delivery.objects.get().recorded_by == cast.wu


def test_nobody_notes_it_out_of_time_on_another_day_or_from_elsewhere(make_motion, motion, cast, house):
    home = house.unit("801")
    for on in (NOW.date() - timedelta(days=1), VOTING.date() + timedelta(days=1)):
        with pytest.raises(NotOnThatDay):
            note(motion, cast, home, on=on)
    with pytest.raises(StepNotAllowed):
        note(make_motion(), cast, home, at=NOW)
    with pytest.raises(StepNotAllowed):
        note(motion, cast, home, at=CLOSES)
    for who in (cast.strange_worker, cast.zheng):
        with pytest.raises(NotInCharge):
            note(motion, cast, home, actor=who)
    note(motion, cast, home)
    opening.bring_up_to_date(motion, CLOSES)
    for change in (lambda: Delivery.objects.update(struck_at=CLOSES, struck_by=cast.wu), Delivery.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_at_the_desk_doors_are_noted_together_and_unknown_ones_named(motion, cast, monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: VOTING)
    address = f"/desk/votes/{motion.public_id}/deliveries/"
    sent = {"building": "3栋", "stairwell": "1", "doors": "801、802 999", "way": "handed", "by": "网格员赵"}
    client = client_of(cast.wu)
    assert "名册上没有：999" in client.post(address, sent).content.decode()
    assert "请写明谁送的" in client.post(address, sent | {"by": ""}).content.decode()
    page = client.post(address, sent | {"doors": "801、802"}, follow=True).content.decode()
    assert "2 套，共 7 套" in page
    client.post(address, sent | {"doors": "802", "way": "struck", "by": ""})
    assert Delivery.objects.standing().get().unit.number == "801"
