"""The made-up street that is there to be measured: whole, lawful, and the same for the same seed."""

import hashlib
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from config.bench import aims
from config.bench.asking import WHO_LISTS, every_list
from governance.domain.moment import database_now
from governance.models import Building, Community, Estate, Subdistrict, Unit, User
from issues.models import Issue, IssueState, SlaClock
from residents.domain.receipts import read_receipt_no
from residents.models import Occupancy, Petition
from tests.faults.outside import Outside

SIZE = {"communities": 3, "estates": 6, "buildings": 12, "units": 240, "people": 400, "issues": 700}


def load(**asked: int) -> str:
    out = StringIO()
    call_command("load_street", **({"seed": 7} | SIZE | asked), stdout=out)
    return out.getvalue()


@pytest.fixture
def judge(transactional_db, shipped) -> Iterator[Outside]:
    outside = Outside(connection.settings_dict)
    yield outside
    outside.close()


def test_a_street_of_the_size_asked_for_is_whole_and_tells_one_story(judge):
    load()
    models = (Community, Estate, Building, Unit, Occupancy, Issue)
    assert [model.objects.count() for model in models] == [3, 6, 12, 240, 400, 700]
    assert Petition.objects.count() > 700
    assert set(Issue.objects.values_list("state", flat=True)) == set(IssueState.values)
    assert judge.half_states() == judge.fired_twice() == judge.breaches_untold() == []
    assert judge.left_out(str(database_now())) == []
    assert all(read_receipt_no(number) for number in Petition.objects.values_list("receipt_no", flat=True))


def test_every_list_takes_twelve_queries_at_most_for_whomever_it_is_there(judge):
    load()
    taken = {one["name"]: one["queries"] for one in every_list()}
    walked = {
        "desk, community staff",
        "outdoors, grid worker",
        "queue, street officer",
        "console user, street officer",
    }
    assert taken.keys() >= walked | {f"ledger, {who}" for who in WHO_LISTS}
    assert {name: queries for name, queries in taken.items() if queries > aims.LIST_QUERIES.limit} == {}


def test_some_promises_were_missed_some_matters_reopened_and_some_clocks_run(judge):
    load()
    clocks = SlaClock.objects.all()
    missed = [clock for clock in clocks if clock.was_missed(database_now())]
    assert 0.05 < len(missed) / len(clocks) < 0.4
    assert clocks.running().exists()
    assert clocks.filter(epoch=2).exists()
    assert clocks.exclude(voided_at=None).exists()


def test_what_is_written_after_it_gets_numbers_of_its_own(judge):
    load()
    person = User.objects.create(username="later")
    assert person.pk == 1 + max(User.objects.exclude(pk=person.pk).values_list("pk", flat=True))


def test_the_same_seed_at_the_same_moment_gives_the_same_street(judge, monkeypatch):
    moment = database_now()
    monkeypatch.setattr("issues.management.commands.load_street.database_now", lambda: moment)

    def fingerprint() -> str:
        rows = Petition.objects.order_by("pk").values_list("receipt_no", "words", "state", "estate__name")
        names = User.objects.order_by("pk").values_list("full_name", "phone_hash")
        return hashlib.sha256(repr([*rows, *names]).encode()).hexdigest()

    load()
    first = fingerprint()
    call_command("flush", interactive=False, verbosity=0)
    from tests.replay import ship_again

    ship_again()
    load()
    assert fingerprint() == first


def test_a_second_street_is_not_put_beside_the_first(cast):
    with pytest.raises(CommandError, match="already"):
        load()
    assert Subdistrict.objects.count() == 2


@override_settings(PORTAL_MODE="production")
def test_it_is_refused_in_production(db):
    with pytest.raises(CommandError, match="production"):
        load()


@pytest.mark.parametrize("asked", [{"issues": 0}, {"estates": 2}, {"units": 11}])
def test_a_street_that_cannot_be_is_refused_before_anything_is_written(db, asked):
    with pytest.raises(CommandError, match="At least one"):
        load(**asked)
    assert not Subdistrict.objects.exists()
