"""What we hold about a person: the page, the copy, closing the account, and what the reference tells afterwards."""

import io
from datetime import date, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.domain import erasing, sign_in
from governance.domain.moment import database_now
from governance.models import Erasure, Post, SignInAttempt, SignInCode, User
from governance.models.erasures import GONE
from issues.domain.sweep import sweep
from residents.domain import drafts
from tests.cast import FAR_AHEAD, NOW, PASSWORD, SHANGHAI, Cast, client_of, file, take_in
from tests.governance.test_sign_in import Phone, last_code, let_pass, phone, wrong_code

__all__ = ["phone"]
pytestmark = pytest.mark.django_db
PAGE = "/account/data/"


def ask_for_code(client: Client) -> str:
    """Where one is led to from there."""
    return client.post(PAGE, {"send": "code"}).url


def close(client: Client, **more):
    ask_for_code(client)
    return client.post(PAGE, {"code": last_code()}, **more)


def is_told(answer, words: str) -> bool:
    return words in answer.content.decode()


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
def test_nothing_is_closed_without_six_digits_and_that_costs_no_try(cast: Cast, given):
    client = client_of(cast.li)
    ask_for_code(client)
    assert client.post(PAGE, {"code": given}).status_code == 400
    assert (Erasure.objects.exists(), SignInCode.objects.get().tries) == (False, 0)


def test_a_fresh_code_goes_to_the_own_number_and_says_what_it_is_for(cast: Cast):
    client = client_of(cast.li)
    assert 'name="code"' not in client.get(PAGE).content.decode()
    assert ask_for_code(client) == f"{PAGE}#h-confirm"
    [(to, words)] = Phone.sent
    assert (to, "注销" in words) == (cast.li.phone, True)
    asked = client.get(PAGE).content.decode()
    assert ('name="code"' in asked, cast.li.masked_phone in asked, cast.li.phone in asked) == (True, True, False)


def test_a_wrong_code_loses_nothing_and_after_five_a_new_one_is_needed(cast: Cast):
    client = client_of(cast.li)
    ask_for_code(client)
    right, wrong = last_code(), wrong_code()
    for left in (4, 3, 2, 1):
        answer = client.post(PAGE, {"code": wrong})
        assert answer.status_code == 400
        assert [is_told(answer, words) for words in (f"{left} 次", "什么也没有删除")] == [True, True]
    assert is_told(client.post(PAGE, {"code": wrong}), "什么也没有删除")
    assert is_told(client.post(PAGE, {"code": right}, follow=True), "什么也没有删除")
    assert (client.get("/account/").status_code, Erasure.objects.exists()) == (200, False)
    let_pass(seconds=61)
    assert close(client).status_code == 302
    assert Erasure.objects.filter(user=cast.li).exists()


def test_a_code_that_has_expired_closes_nothing(cast: Cast):
    client = client_of(cast.li)
    ask_for_code(client)
    let_pass(minutes=5)
    assert is_told(client.post(PAGE, {"code": last_code()}, follow=True), "什么也没有删除")
    assert not Erasure.objects.exists()


def test_pressed_twice_one_code_is_sent_and_the_limits_are_those_of_signing_in(cast: Cast):
    client = client_of(cast.li)
    assert [ask_for_code(client) for _press in range(2)] == [f"{PAGE}#h-confirm"] * 2
    assert len(Phone.sent) == 1
    elsewhere = client_of(cast.li)
    assert is_told(elsewhere.post(PAGE, {"send": "code"}, follow=True), "什么也没有删除")
    assert Client().post("/account/login/", {"phone": cast.li.phone}).status_code == 429
    for _code in range(9):
        let_pass(seconds=61)
        ask_for_code(client)
    let_pass(minutes=6)
    assert is_told(client.post(PAGE, {"send": "code"}, follow=True), "什么也没有删除")
    assert len(Phone.sent) == 10


def test_a_code_for_signing_in_closes_nothing_nor_the_other_way_round(cast: Cast):
    client = client_of(cast.li)
    ask_for_code(client)
    to_close = SignInCode.objects.get()
    with pytest.raises(sign_in.CodeWrong):
        sign_in.enter_code(to_close, last_code(), at=database_now())
    let_pass(seconds=61)
    Client().post("/account/login/", {"phone": cast.li.phone})
    assert client.post(PAGE, {"code": last_code()}).status_code == 400
    assert not Erasure.objects.exists()


def test_a_code_sent_to_the_number_before_closes_nothing(cast: Cast):
    client = client_of(cast.li)
    ask_for_code(client)
    cast.li.phone = "+8613912340987"
    cast.li.save()
    client.post(PAGE, {"code": last_code()})
    assert not Erasure.objects.exists()


def test_where_no_message_can_be_sent_that_is_said_and_nothing_is_lost(cast: Cast):
    Phone.fails_with = TimeoutError("provider")
    assert is_told(client_of(cast.li).post(PAGE, {"send": "code"}, follow=True), "什么也没有删除")
    assert (Erasure.objects.exists(), SignInCode.objects.exists(), SignInAttempt.objects.exists()) == (False,) * 3


def test_whoever_has_no_number_confirms_by_the_password_under_the_limits_of_signing_in(cast: Cast):
    cast.li.phone = None
    cast.li.set_password(PASSWORD)
    cast.li.save()
    client = client_of(cast.li)
    assert client.post(PAGE, {"send": "code"}).status_code == 400
    assert client.post(PAGE, {"password": ""}).status_code == 400
    wrong = [client.post(PAGE, {"password": "nicht-das-richtige"}) for _try in range(6)]
    assert [answer.status_code for answer in wrong] == [400] * 5 + [429]
    assert {is_told(answer, "什么也没有删除") for answer in wrong} == {True}
    assert client.post(PAGE, {"password": PASSWORD}).status_code == 429
    assert not Erasure.objects.exists()
    let_pass(minutes=6)
    assert client.post(PAGE, {"password": PASSWORD}).status_code == 302
    assert Erasure.objects.filter(user=cast.li).exists()
    assert Phone.sent == []


def test_whoever_closes_the_account_is_out_and_keeps_a_reference(cast: Cast):
    petition, client = file(cast.li, cast.building), client_of(cast.li)
    answer = close(client, follow=True)
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
    assert client.post(PAGE, {"send": "code"}).status_code == 409
    assert (User.objects.get(pk=person.pk).full_name, Phone.sent) == (person.full_name, [])


def test_a_seat_that_has_ended_is_kept_for_three_years(cast: Cast):
    post = Post.objects.create(
        body=cast.committee, title="委员", full_name=cast.xu.full_name, user=cast.xu, since=date(2020, 1, 1),
        ended_on=date(2025, 1, 1),
    )  # fmt: skip
    erasure = erasing.ask(cast.xu, at=NOW)
    erasing.carry_out(erasure, at=NOW)
    assert "post" in {hold.kind for hold in erasure.holds.all()}
    for at, name in ((datetime(2028, 1, 1, tzinfo=SHANGHAI), cast.xu.full_name), (FAR_AHEAD, GONE)):
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
        close(client_of(cast.li))
    erasure = Erasure.objects.get()
    assert (erasure.erased_at, User.objects.get(pk=cast.li.pk).full_name) == (None, "")
    sweep(bell="test", now=database_now())
    erasure.refresh_from_db()
    assert (erasure.carried_out_by, erasure.erased_at is not None) == ("sweep", True)


def test_the_street_reads_references_and_days_of_its_own_people_alone(cast: Cast):
    for person in (cast.li, cast.stranger):
        close(client_of(person))
    mine, theirs = Erasure.objects.get(user=cast.li), Erasure.objects.get(user=cast.stranger)
    said = client_of(cast.sun).get("/console/governance/erasure/").content.decode()
    assert (str(mine.public_id) in said, str(theirs.public_id) in said) == (True, False)
    assert client_of(cast.sun).get(f"/console/governance/erasure/{mine.pk}/change/").status_code == 200
    assert client_of(cast.sun).get(f"/console/governance/erasure/{theirs.pk}/change/").status_code == 404
