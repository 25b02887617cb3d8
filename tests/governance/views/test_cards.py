"""The way to the cards: one link on every page of the desk, for those who have buildings in their charge."""

import pytest

from governance.models import Management
from tests.cast import client_of

LINK = 'href="/buildings/cards/"'


@pytest.mark.parametrize("person", ["zhou", "zheng", "sun"])
def test_the_desk_leads_to_the_cards(cast, person):
    client = client_of(getattr(cast, person))
    assert LINK in client.get("/queue/").content.decode()
    assert client.get("/buildings/cards/").status_code == 200


def test_who_has_no_building_in_charge_finds_no_link(cast):
    Management.objects.all().update(valid_until="2021-01-01")
    assert LINK not in client_of(cast.zhou).get("/queue/").content.decode()


def test_residents_find_no_link(cast):
    assert LINK not in client_of(cast.li).get("/").content.decode()
