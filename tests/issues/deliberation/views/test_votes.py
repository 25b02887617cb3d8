"""Voting on a phone: read, fill in, look again, hand in, keep the receipt. And what isn't shown to whom."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from issues.deliberation.domain import casting, mandates
from issues.deliberation.models import Ballot, Choice, RollEntry
from tests.cast import NOW, client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list[datetime]:
    instants = [VOTING]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


def address(motion, door: str = "") -> str:
    unit = RollEntry.objects.get(motion=motion, number=door).public_id if door else ""
    return f"/votes/{motion.public_id}/ballots/{unit}/" if door else f"/votes/{motion.public_id}/"


def sending_of(page: str) -> str:
    return re.search(r'name="sending" value="([0-9a-f-]{36})"', page)[1]


def test_an_owner_votes_for_both_units_at_once_and_gets_two_receipts(motion, house):
    client = client_of(house.owners["ben"])
    assert client.get("/votes/").content.decode().count(motion.title) == 1
    assert address(motion, "802") in client.get(address(motion)).content.decode()
    page = client.get(address(motion, "802")).content.decode()
    assert "803" in page
    sending = sending_of(page)
    check = client.post(address(motion, "802"), {"sending": sending, "choice": "for"}).content.decode()
    assert not Ballot.objects.exists()
    assert sending_of(check) == sending
    sent = client.post(address(motion, "802"), {"sending": sending, "choice": "for", "sure": "1"})
    assert (sent.status_code, sent.url) == (302, address(motion, "802"))
    taken = client.get(sent.url).content.decode()
    receipts = re.findall(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", taken)
    assert {casting.hash_of_receipt(number) for number in receipts} == set(
        Ballot.objects.values_list("receipt_hash", flat=True)
    )
    assert len(receipts) == 2


def test_pressed_twice_the_same_receipt_is_shown(motion, house):
    client = client_of(house.owners["ann"])
    sent = {"sending": str(uuid4()), "choice": "against", "sure": "1"}
    first, second = (client.post(address(motion, "801"), sent, follow=True).content.decode() for _time in range(2))
    pattern = r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}"
    assert re.findall(pattern, first) == re.findall(pattern, second) != []
    assert Ballot.objects.count() == 1


def test_whatever_is_asked_for_afterwards_shows_the_receipt_and_nothing_to_fill_in(motion, house, moment):
    client, own = client_of(house.owners["ann"]), address(motion, "801")
    sent = {"sending": str(uuid4()), "choice": "against"}
    first = client.post(own, sent | {"sure": "1"}, follow=True).content.decode()
    unsure = [client.post(own, {"sending": str(uuid4()), **more}, follow=True) for more in ({}, {"choice": "for"})]
    for again in (client.get(own), *unsure):
        page = again.content.decode()
        assert "您的表决票已收下" in page
        assert re.findall(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page) == [receipt_in(first)]
        assert 'name="choice"' not in page
    assert own in client.get(address(motion)).content.decode()
    assert client.post(own, {"sending": uuid4(), "choice": "for", "sure": "1"}).status_code == 409
    moment[0] = CLOSES
    closed = client.get(own).content.decode()
    assert receipt_in(closed) == receipt_in(first)
    assert "开始计票" not in closed


def test_a_co_owner_reads_who_was_first_and_sees_no_receipt(motion, house):
    vote(motion, house, "ben", "804")
    page = client_of(house.owners["cai"]).get(address(motion, "804")).content.decode()
    assert not re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page)
    assert "边* 已于" in page


def receipt_in(page: str) -> str:
    return re.search(r"[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}", page)[0]


def test_nothing_chosen_is_asked_for_and_nothing_is_lost(motion, house):
    page = client_of(house.owners["ann"]).post(address(motion, "801"), {"sending": str(uuid4())}).content.decode()
    assert 'class="error-summary"' in page
    assert not Ballot.objects.exists()


def test_choosing_otherwise_goes_back_with_the_choice_marked(motion, house):
    sent = {"sending": str(uuid4()), "choice": "abstain", "back": "1"}
    page = client_of(house.owners["ann"]).post(address(motion, "801"), sent).content.decode()
    assert re.search(r'value="abstain" checked', page)


@pytest.mark.parametrize("who", ["ann", "outsider"])
def test_somebody_elses_ballot_looks_like_none(motion, house, who):
    client = client_of(house.owners[who])
    assert client.get(address(motion, "802")).status_code == 404
    assert client.post(address(motion, "802"), {"sending": str(uuid4()), "choice": "for"}).status_code == 404


def test_a_ballot_that_comes_at_the_second_of_closing_is_told_so(motion, house, moment):
    moment[0] = CLOSES
    sent = {"sending": str(uuid4()), "choice": "for", "sure": "1"}
    response = client_of(house.owners["ann"]).post(address(motion, "801"), sent)
    assert response.status_code == 409
    assert not Ballot.objects.exists()


@pytest.mark.parametrize("sending", ["", "nonsense"])
def test_a_page_without_its_mark_is_refused(motion, house, sending):
    sent = {"sending": sending, "choice": "for", "sure": "1"}
    assert client_of(house.owners["ann"]).post(address(motion, "801"), sent).status_code == 400


def test_a_draft_is_nobodys_to_see(make_motion, house, cast):
    motion = make_motion()
    for user in (house.owners["ann"], cast.wu, cast.administrator):
        assert client_of(user).get(address(motion)).status_code == 404


def test_a_stranger_signs_in_first(motion):
    for path in ("/votes/", address(motion), address(motion, "801")):
        assert Client().get(path).status_code == 302


def test_in_mid_vote_every_page_is_the_same_whatever_was_chosen(motion, house, cast):
    """Compared by the byte, but for what is drawn by lot for each page."""
    readers = (house.owners["ann"], house.owners["ben"], cast.wu, cast.sun, cast.administrator)
    addresses = ("/votes/", address(motion), f"/desk/votes/{motion.public_id}/", "/desk/votes/", "/inbox/")
    told = []
    for choice in Choice:
        with transaction.atomic():
            vote(motion, house, "ann", "801", choice=choice)
            told.append([_settled(client_of(user).get(path).content) for user in readers for path in addresses])
            transaction.set_rollback(True)
    assert told[0] == told[1] == told[2]


def _settled(page: bytes) -> str:
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"', r'\1=""', page.decode())
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)


def test_the_list_is_of_ones_own_estates_and_mandates(motion, house, cast):
    assert motion.title in client_of(house.owners["ann"]).get("/votes/").content.decode()
    assert motion.title not in client_of(house.owners["outsider"]).get("/votes/").content.decode()
    mandates.give(
        motion, house.unit("801"), to=house.owners["outsider"], actor=house.owners["ann"], at=NOW + timedelta(days=1)
    )
    assert motion.title in client_of(house.owners["outsider"]).get("/votes/").content.decode()
    assert motion.title in client_of(cast.wu).get("/votes/").content.decode()
    assert motion.title not in client_of(cast.strange_worker).get("/votes/").content.decode()
