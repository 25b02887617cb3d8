"""My homes: two plain forms, forgiving of how doors are written, strict about whose they are."""

import pytest
from django.test import Client

from governance.models import User
from residents.models import Occupancy, OccupancyState
from tests.cast import client_of


def claim(client, cast, estate=None, **changes):
    given = {"building": cast.building.pk, "stairwell": "2", "number": "301", "relation": "owner", "evidence": ""}
    return client.post(f"/homes/claim/?estate={(estate or cast.estate).pk}", given | changes)


def test_a_newcomer_finds_the_estate_and_claims_the_door(cast):
    client = client_of(cast.zhao)
    found = client.get("/homes/claim/", {"q": "春和"}).content.decode()
    assert cast.estate.name in found
    assert cast.strange_estate.name not in found
    assert claim(client, cast).url == "/homes/"
    home = Occupancy.objects.get(user=cast.zhao)
    assert (home.unit, home.relation, home.state) == (cast.unit, "owner", OccupancyState.CLAIMED)
    assert "3栋" in client.get("/homes/").content.decode()


@pytest.mark.parametrize(
    "written", [{"stairwell": "2单元"}, {"number": "301室"}, {"number": " ３０１ "}, {"stairwell": "２"}]
)
def test_doors_are_read_as_people_write_them(cast, written):
    assert claim(client_of(cast.zhao), cast, **written).status_code == 302


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"building": ""}, "building"),
        ({"building": "999999"}, "building"),
        ({"building": "x"}, "building"),
        ({"stairwell": "zwei"}, "stairwell"),
        ({"stairwell": "9"}, "number"),
        ({"number": "999"}, "number"),
        ({"number": "30\x001"}, "number"),
        ({"number": ""}, "number"),
        ({"relation": "king"}, "relation"),
        ({"relation": ""}, "relation"),
        ({"evidence": "x" * 301}, "evidence"),
        ({"evidence": "a\x00b"}, "evidence"),
    ],
)
def test_bad_input_is_answered_at_its_field_and_writes_nothing(cast, changes, field):
    response = claim(client_of(cast.zhao), cast, **changes)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not Occupancy.objects.filter(user=cast.zhao).exists()


def test_a_building_of_another_estate_is_refused(cast):
    response = claim(client_of(cast.zhao), cast, building=cast.strange_building.pk)
    assert "building" in response.context["form"].errors


@pytest.mark.parametrize("estate", ["", "x", "0", "999999", "9" * 40, "-1"])
def test_an_unknown_estate_asks_again(cast, estate):
    response = client_of(cast.zhao).get("/homes/claim/", {"estate": estate})
    assert response.status_code == 200
    assert "data-error-summary" in response.content.decode()


def test_the_same_claim_twice_is_said_at_the_door(cast):
    client = client_of(cast.zhao)
    claim(client, cast)
    response = claim(client, cast)
    assert response.context["form"].errors["number"]
    assert Occupancy.objects.filter(user=cast.zhao).count() == 1


def test_the_person_ends_the_own_home_and_no_other(cast):
    mine = Occupancy.objects.get(user=cast.li)
    assert client_of(cast.wang).post(f"/homes/{mine.public_id}/end/").status_code == 404
    assert client_of(cast.li).get(f"/homes/{mine.public_id}/end/").status_code == 405
    assert client_of(cast.li).post(f"/homes/{mine.public_id}/end/").url == "/homes/"
    mine.refresh_from_db()
    assert mine.state == OccupancyState.ENDED


def test_nobody_sees_anybody_elses_homes(cast):
    page = client_of(cast.wang).get("/homes/").content.decode()
    assert "402" in page
    assert "301" not in page


@pytest.mark.parametrize("page", ["/homes/", "/homes/claim/"])
def test_homes_need_a_person(db, page):
    assert Client().get(page).url == f"/account/login/?next={page}"


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_the_pages_are_there_in_each_language(cast, language):
    User.objects.filter(pk=cast.li.pk).update(language=language)
    client = client_of(cast.li)
    for page in ("/homes/", "/homes/claim/", f"/homes/claim/?estate={cast.estate.pk}"):
        assert client.get(page).status_code == 200
