"""Letting somebody vote on the vote's page, and typing papers at the desk."""

from datetime import datetime
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from issues.deliberation.models import Ballot, Mandate
from tests.cast import client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote
from tests.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list[datetime]:
    instants = [VOTING]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


def ballot_address(motion, door: str, verb: str = "") -> str:
    return f"/votes/{motion.public_id}/ballots/{motion.roll.get(number=door).public_id}/{verb}"


def test_an_owner_gives_one_mandate_for_both_homes_and_takes_it_back(motion, house, cast):
    client = client_of(house.owners["ben"])
    answer = client.post(ballot_address(motion, "802", "mandate/"), {"phone": cast.li.phone}, follow=True)
    assert "李*" in answer.content.decode()
    assert Mandate.objects.in_force().count() == 2
    assert ballot_address(motion, "802") in client_of(cast.li).get(f"/votes/{motion.public_id}/").content.decode()
    for mandate in Mandate.objects.in_force():
        client.post(f"/votes/{motion.public_id}/mandates/{mandate.public_id}/revoke/")
    assert not Mandate.objects.in_force().exists()
    sent = {"sending": str(uuid4()), "choice": "for", "sure": "1"}
    assert client_of(cast.li).post(ballot_address(motion, "802"), sent).status_code == 404


@pytest.mark.parametrize("phone", ["", "123", "13999999999"])
def test_a_number_that_leads_nowhere_is_said_beside_its_field(motion, house, phone):
    answer = client_of(house.owners["ann"]).post(ballot_address(motion, "801", "mandate/"), {"phone": phone})
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not Mandate.objects.exists()


def test_nobody_takes_back_another_owners_mandate(motion, house, cast):
    client_of(house.owners["ann"]).post(ballot_address(motion, "801", "mandate/"), {"phone": cast.li.phone})
    mandate = Mandate.objects.get()
    for who in (house.owners["ben"], cast.li):
        address = f"/votes/{motion.public_id}/mandates/{mandate.public_id}/revoke/"
        assert client_of(who).post(address).status_code == 404


# --- papers ---


def paper(**changes) -> dict:
    return {
        "serial": "A-001", "building": "3栋", "stairwell": "1", "number": "805", "channel": "paper", "cast_at": "",
        "said": "for", "reason": "",
    } | changes  # fmt: skip


def test_two_people_type_a_paper_and_it_counts(motion, cast):
    address = f"/desk/votes/{motion.public_id}/papers/"
    client_of(cast.wu).post(address, paper())
    typed = Ballot.objects.get()
    assert not typed.is_effective
    check = f"{address}{typed.public_id}/"
    assert check not in client_of(cast.wu).get(address).content.decode()
    assert check in client_of(cast.sun).get(address).content.decode()
    client_of(cast.sun).post(check, {"said": "for"})
    typed.refresh_from_db()
    assert (typed.is_effective, typed.checked_by) == (True, cast.sun)


def test_the_second_reader_isnt_shown_what_the_first_typed_and_a_difference_voids_it(motion, cast):
    address = f"/desk/votes/{motion.public_id}/papers/"
    client_of(cast.wu).post(address, paper(said="against"))
    check = f"{address}{Ballot.objects.get().public_id}/"
    assert "checked" not in client_of(cast.sun).get(check).content.decode().split("<form")[1]
    client_of(cast.sun).post(check, {"said": "for"})
    assert not Ballot.objects.effective().exists()
    assert client_of(cast.sun).get(check).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"serial": ""}, "serial"),
        ({"number": "999"}, "number"),
        ({"building": "9栋"}, "number"),
        ({"stairwell": "x"}, "stairwell"),
        ({"said": ""}, "said"),
        ({"said": "perhaps"}, "said"),
        ({"said": "invalid"}, "reason"),
        ({"channel": "electronic"}, "channel"),
        ({"cast_at": "2026-05-01T09:00"}, "cast_at"),
        ({"cast_at": "2030-05-01T09:00"}, "cast_at"),
    ],
)
def test_what_is_typed_wrongly_is_named(motion, cast, changes, field):
    answer = client_of(cast.wu).post(f"/desk/votes/{motion.public_id}/papers/", paper(**changes))
    assert field in answer.context["form"].errors
    assert not Ballot.objects.exists()


def test_a_number_is_typed_once_and_said_so_beside_it(motion, cast):
    client = client_of(cast.wu)
    client.post(f"/desk/votes/{motion.public_id}/papers/", paper())
    answer = client.post(f"/desk/votes/{motion.public_id}/papers/", paper(number="801"))
    assert "serial" in answer.context["form"].errors


def test_after_the_close_no_paper_is_typed(motion, cast, moment):
    moment[0] = CLOSES
    answer = client_of(cast.wu).post(f"/desk/votes/{motion.public_id}/papers/", paper(cast_at="2026-06-05T10:00"))
    assert "cast_at" in answer.context["form"].errors
    assert not Ballot.objects.exists()


def test_an_electronic_ballot_is_no_paper_to_check(motion, house, cast):
    own = vote(motion, house, "ann", "801")[0].ballot
    assert client_of(cast.sun).get(f"/desk/votes/{motion.public_id}/papers/{own.public_id}/").status_code == 404


@pytest.mark.parametrize("who", ["li", "zhou", "zheng", "chen", "strange_officer"])
def test_papers_are_not_there_for_others(motion, cast, who):
    assert client_of(getattr(cast, who)).get(f"/desk/votes/{motion.public_id}/papers/").status_code == 404


def test_an_owner_whose_ballot_was_collected_is_told_so_and_may_still_vote(motion, house, cast):
    address = f"/desk/votes/{motion.public_id}/papers/"
    client_of(cast.wu).post(address, paper(number="801", said="against", channel="door"))
    client_of(cast.sun).post(f"{address}{Ballot.objects.get().public_id}/", {"said": "against"})
    client = client_of(house.owners["ann"])
    page = client.get(f"/votes/{motion.public_id}/").content.decode()
    assert ballot_address(motion, "801") in page
    form = client.get(ballot_address(motion, "801")).content.decode()
    assert "纸质票" in form
    assert 'name="choice"' in form
    client.post(ballot_address(motion, "801"), {"sending": str(uuid4()), "choice": "for", "sure": "1"})
    assert Ballot.objects.effective().get().cast_by == house.owners["ann"]


def test_the_second_co_owner_reads_who_was_first_and_when(motion, house):
    vote(motion, house, "cai", "804")
    sent = {"sending": str(uuid4()), "choice": "for", "sure": "1"}
    answer = client_of(house.owners["ben"]).post(ballot_address(motion, "804"), sent)
    assert answer.status_code == 409
    assert "蔡*" in answer.content.decode()
    assert "12:00" in answer.content.decode()


def test_a_picture_of_the_paper_is_kept_for_whoever_checks_it_and_what_is_no_picture_is_refused(motion, cast):
    address = f"/desk/votes/{motion.public_id}/papers/"
    broken = client_of(cast.wu).post(address, paper(scan=SimpleUploadedFile("a.pdf", b"%PDF-1.7")))
    assert (broken.status_code, Ballot.objects.count()) == (200, 0)
    client_of(cast.wu).post(address, paper(scan=jpeg()))
    typed = Ballot.objects.get()
    picture = f"{address}{typed.public_id}/scan.jpg"
    assert picture in client_of(cast.sun).get(f"{address}{typed.public_id}/").content.decode()
    shown = client_of(cast.sun).get(picture)
    assert (shown.status_code, shown["Content-Type"], shown.content[:2]) == (200, "image/jpeg", b"\xff\xd8")
    client_of(cast.sun).post(f"{address}{typed.public_id}/", {"said": "for"})
    assert [client_of(who).get(picture).status_code for who in (cast.wu, cast.luo, cast.zheng)] == [200, 404, 404]
