"""After the count: objections and their answers, the public file, one's own ballot by its receipt."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import AuditEntry
from issues.deliberation.domain import objecting, opening
from issues.deliberation.domain.objecting import NotInTime, OnlyOwners
from issues.deliberation.models import Choice, Motion, MotionKind, Objection
from tests.cast import client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db
LATER = CLOSES + timedelta(days=1)


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list[datetime]:
    instants = [LATER]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


@pytest.fixture
def receipts(motion, house) -> list[str]:
    told = vote(motion, house, "ann", "801", choice=Choice.AGAINST, at=VOTING)
    told += vote(motion, house, "ben", "802", "803", at=VOTING)
    return [receipt.number for receipt in told]


@pytest.fixture
def counted(motion, receipts) -> Motion:
    return opening.bring_up_to_date(motion, LATER)


def test_lists_ask_as_often_for_fifteen_votes_that_the_city_decides_as_for_one(counted, house, cast):
    """How each stands depends on whether the city's result is here."""
    clients = {"/votes/": client_of(house.owners["ann"]), "/desk/votes/": client_of(cast.wu)}

    def queries() -> dict[str, int]:
        taken = {}
        for address, client in clients.items():
            with CaptureQueriesContext(connection) as captured:
                assert "投票已截止" in client.get(address).content.decode()
            taken[address] = len(captured)
        return taken

    def another() -> None:
        counted.pk, counted.public_id, counted.kind, counted._state.adding = None, uuid4(), MotionKind.MIRROR, True
        counted.save()

    another()
    queries()
    of_one = queries()
    for _number in range(14):
        another()
    assert queries() == of_one


def test_an_owner_objects_the_office_answers_and_everybody_reads_it_without_a_name(counted, house, cast):
    page = f"/votes/{counted.public_id}/"
    sent = client_of(house.owners["ann"]).post(page + "object/", {"words": "801没有收到通知。"}, follow=True)
    assert "801没有收到通知。" in sent.content.decode()
    answered = client_of(cast.wu).post(
        f"/desk/votes/{counted.public_id}/objections/{Objection.objects.get().public_id}/",
        {"1-words": "通知已于5月15日张贴。"},
        follow=True,
    )
    assert answered.status_code == 200
    read = client_of(house.owners["ben"]).get(page).content.decode()
    assert "通知已于5月15日张贴。" in read
    assert house.owners["ann"].full_name not in read


def test_objections_are_numbered_and_answered_once_by_somebody_else(counted, house, cast):
    first, second = (
        objecting.object_to(counted, words="漏了", actor=house.owners[name], at=LATER) for name in ("ann", "ben")
    )
    assert [first.number, second.number] == [1, 2]
    objecting.answer(first, words="没有漏", actor=cast.wu, at=LATER)
    with pytest.raises(StepNotAllowed):
        objecting.answer(first, words="还是没有漏", actor=cast.sun, at=LATER)
    with pytest.raises(NotInCharge):
        objecting.answer(second, words="我来答", actor=house.owners["ben"], at=LATER)


def test_an_empty_objection_is_asked_for_again(counted, house):
    answer = client_of(house.owners["ann"]).post(f"/votes/{counted.public_id}/object/", {"words": " "})
    assert answer.status_code == 400
    assert "error-summary" in answer.content.decode()
    assert not Objection.objects.exists()


def test_an_empty_answer_is_asked_for_again(counted, house, cast):
    raised = objecting.object_to(counted, words="漏了", actor=house.owners["ann"], at=LATER)
    desk = f"/desk/votes/{counted.public_id}/objections"
    assert client_of(cast.wu).post(f"{desk}/{raised.public_id}/", {"1-words": ""}).status_code == 400
    assert client_of(cast.wu).post(f"{desk}/{counted.public_id}/", {"1-words": "好"}).status_code == 404


def test_only_owners_object_and_only_while_the_result_is_preliminary(counted, house, cast):
    with pytest.raises(OnlyOwners):
        objecting.object_to(counted, words="我不服", actor=house.owners["outsider"], at=LATER)
    with pytest.raises(NotInTime):
        objecting.object_to(counted, words="晚了", actor=house.owners["ann"], at=counted.objections_until)
    last = counted.objections_until - timedelta(seconds=1)
    assert objecting.object_to(counted, words="刚好", actor=house.owners["ann"], at=last).number == 1


def test_a_voter_finds_the_own_ballot_by_its_receipt_and_nobody_learns_what_it_says(counted, house, receipts):
    client = client_of(house.owners["outsider"])
    page = client.get(f"/votes/{counted.public_id}/receipt/", {"number": receipts[0].lower().replace("-", "")})
    shown = page.content.decode()
    assert "801" in shown
    for word in ("反对", "不同意", "against"):
        assert word not in shown
    assert 'class="alert' in client.get(f"/votes/{counted.public_id}/receipt/", {"number": "AAAA"}).content.decode()


def test_the_public_file_has_the_sums_masked_units_and_every_receipt(counted, house, receipts):
    answer = client_of(house.owners["cai"]).get(f"/votes/{counted.public_id}/public.csv")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    for ballot in counted.roll.filter(ballots__isnull=False).values_list("ballots__receipt_hash", flat=True):
        assert ballot in text
    assert not re.search(r"\b802\b", text)
    assert text.count("8**") == 7
    assert "700.00" in text


def test_before_the_count_there_is_neither_file_nor_list(motion, house, moment):
    moment[0] = VOTING
    client = client_of(house.owners["ann"])
    for path in ("public.csv", "receipt/"):
        assert client.get(f"/votes/{motion.public_id}/{path}").status_code == 404
    assert client.post(f"/votes/{motion.public_id}/object/", {"words": "早"}).status_code == 409


def test_the_full_file_goes_to_overseers_and_objectors_alone_and_that_is_noted(counted, house, cast):
    address = f"/votes/{counted.public_id}/tally/"
    taken = AuditEntry.objects.filter(verb="hand_out_tally", object_ref=counted.audit_ref)
    for other in (house.owners["ann"], cast.wu, cast.zheng):
        assert client_of(other).post(address).status_code == 403
        assert address not in client_of(other).get(f"/votes/{counted.public_id}/").content.decode()
    assert not taken.exists()
    assert client_of(cast.sun).post(address).content == bytes(counted.tally_file)
    objecting.object_to(counted, words="漏了一户", actor=house.owners["ann"], at=LATER)
    assert address in client_of(house.owners["ann"]).get(f"/votes/{counted.public_id}/").content.decode()
    assert client_of(house.owners["ann"]).post(address).content == bytes(counted.tally_file)
    assert sorted(taken.values_list("actor_ref", flat=True)) == sorted(
        str(person.public_id) for person in (cast.sun, house.owners["ann"])
    )


def test_before_the_count_there_is_no_full_file_for_anybody(motion, receipts, cast, moment):
    moment[0] = VOTING
    assert client_of(cast.sun).post(f"/votes/{motion.public_id}/tally/").status_code == 409
