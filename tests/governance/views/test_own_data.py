"""What we hold about a person: the page, the copy, closing the account, and what the reference tells afterwards."""

import io
from datetime import date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.domain import erasing
from governance.domain.moment import database_now
from governance.models import Erasure, Post, User
from issues.domain.sweep import sweep
from residents.domain import drafts
from tests.cast import FAR_AHEAD, NOW, SHANGHAI, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db
PAGE = "/account/data/"


def test_the_page_counts_what_there_is_and_says_what_must_stay(cast: Cast):
    file(cast.li, cast.building)
    said = client_of(cast.li).get(PAGE).content.decode()
    assert [line in said for line in ("我的诉求：1", "注销账号", "个人信息保护法")] == [True] * 3


def test_the_copy_is_a_workbook_of_ones_own(cast: Cast):
    mine, theirs = file(cast.li, cast.building, words="=1+1 我的"), file(cast.wang, cast.building, words="别人的")
    book = load_workbook(io.BytesIO(client_of(cast.li).get("/account/data/copy/").content))
    said = str([list(sheet.values) for sheet in book])
    assert [mine.receipt_no in said, "'=1+1 我的" in said, cast.li.phone in said] == [True] * 3
    assert [theirs.receipt_no in said, "别人的" in said] == [False] * 2


def test_thirty_of_each_ask_no_more_than_one(cast: Cast):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            erasing.copy_of(cast.li)
        return len(queries)

    file(cast.li, cast.building)
    once = asked()
    for _more in range(5):
        petition = file(cast.li, cast.building)
        take_in(petition)
    assert asked() == once


@pytest.mark.parametrize("given", ["", "0000", "\x00", "9" * 100])
def test_nothing_is_closed_without_the_right_digits(cast: Cast, given):
    assert client_of(cast.li).post(PAGE, {"confirmed": given}).status_code == 400
    assert not Erasure.objects.exists()


def test_whoever_closes_the_account_is_out_and_keeps_a_reference(cast: Cast):
    petition, client = file(cast.li, cast.building), client_of(cast.li)
    answer = client.post(PAGE, {"confirmed": cast.li.phone[-4:]}, follow=True)
    erasure = Erasure.objects.get(user=cast.li)
    assert answer.redirect_chain == [(f"/account/erased/{erasure.public_id}/", 302)]
    assert (erasure.subdistrict, erasure.erased_at is not None, erasure.done_at) == (cast.subdistrict, True, None)
    told = Client().get(f"/account/erased/{erasure.public_id}/").content.decode()
    assert [cast.li.full_name in told, petition.words in told] == [False, False]
    assert client.get("/account/").status_code == 302


@pytest.mark.parametrize("name", ["wu", "xu"])
def test_staff_and_members_of_a_committee_read_why_they_cannot_go_yet(cast: Cast, name):
    Post.objects.create(
        body=cast.committee, title="委员", full_name=cast.xu.full_name, user=cast.xu, since=date(2026, 1, 1)
    )
    person = getattr(cast, name)
    client = client_of(person)
    assert "请先" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"confirmed": person.phone[-4:]}).status_code == 409
    assert User.objects.get(pk=person.pk).full_name == person.full_name


def test_a_seat_that_has_ended_is_kept_for_three_years(cast: Cast):
    post = Post.objects.create(
        body=cast.committee, title="委员", full_name=cast.xu.full_name, user=cast.xu, since=date(2020, 1, 1),
        ended_on=date(2025, 1, 1),
    )  # fmt: skip
    erasure = erasing.ask(cast.xu, at=NOW)
    erasing.carry_out(erasure, at=NOW)
    assert "post" in {hold.kind for hold in erasure.holds.all()}
    for at, name in ((datetime(2028, 1, 1, tzinfo=SHANGHAI), cast.xu.full_name), (FAR_AHEAD, erasing.GONE)):
        sweep(bell="test", now=at)
        post.refresh_from_db()
        assert post.full_name == name


def test_whoever_presses_in_the_very_moment_of_the_closing_reads_that_it_is_closed(cast: Cast, monkeypatch):
    def refused(*_args, **_facts):
        raise IntegrityError("erased_person")

    monkeypatch.setattr(drafts, "start_draft", refused)
    answer = client_of(cast.li).post("/petitions/new/")
    assert (answer.status_code, "这个账号已停用" in answer.content.decode()) == (403, True)


def test_what_fails_after_the_closing_is_made_good_by_the_sweep(cast: Cast, monkeypatch):
    def broken(*_args, **_facts):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(erasing, "carry_out", broken)
        client_of(cast.li).post(PAGE, {"confirmed": cast.li.phone[-4:]})
    erasure = Erasure.objects.get()
    assert (erasure.erased_at, User.objects.get(pk=cast.li.pk).full_name) == (None, "")
    sweep(bell="test", now=database_now())
    erasure.refresh_from_db()
    assert (erasure.carried_out_by, erasure.erased_at is not None) == ("sweep", True)


def test_the_street_reads_references_and_days_of_its_own_people_alone(cast: Cast):
    for person in (cast.li, cast.stranger):
        client_of(person).post(PAGE, {"confirmed": person.phone[-4:]})
    mine, theirs = Erasure.objects.get(user=cast.li), Erasure.objects.get(user=cast.stranger)
    said = client_of(cast.sun).get("/console/governance/erasure/").content.decode()
    assert (str(mine.public_id) in said, str(theirs.public_id) in said) == (True, False)
    assert client_of(cast.sun).get(f"/console/governance/erasure/{mine.pk}/change/").status_code == 200
    assert client_of(cast.sun).get(f"/console/governance/erasure/{theirs.pk}/change/").status_code == 404
