"""What must not come out by a side door: words and numbers in trails and logs, names on lists, pages in caches."""

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from governance.adapters import CarrierError, carrier_for
from governance.models import AuditPayload, Body, Building, Channel, Estate, Notice, NoticeState, User
from issues.domain import handling
from issues.domain.sweep import sweep
from issues.models import WorkOrder
from residents.domain import petitions
from tests.cast import NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db

SAID = "厨房的水管又漏了，请打给我女儿13912345678"
ADDED = "她叫李小红，下午在家"
NOTED = "找李小红约了三点"
PLAN = "拆墙换管，李小红陪同"
DONE = "管子换了，李小红签字"
RATED = "李小红说还在漏"


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


def go_round_the_loop(cast: Cast, **fields: object) -> WorkOrder:
    """Filed, pressed, added to, returned, noted, planned, finished, rated, opened again, left alone."""
    petition = file(cast.li, cast.building, words=SAID, category="wall_crack", **fields)
    order = take_in(petition)
    sweep(bell="test", now=NOW, even_so=True)
    petitions.nudge(petition, actor=cast.li, at=NOW)
    petitions.supplement(petition, ADDED, actor=cast.li, at=NOW)
    handling.return_order(order, actor=cast.zhou, at=NOW, reason="needs_others", words=NOTED)
    order = WorkOrder.objects.live().get(issue=order.issue)
    handling.accept(order, actor=cast.wu, at=NOW)
    handling.add_note(order, actor=cast.wu, at=NOW, words=NOTED)
    handling.hand_in_plan(order, actor=cast.wu, at=NOW, words=PLAN, fulfil_by=NOW.date() + timedelta(days=3))
    handling.finish(order, actor=cast.wu, at=NOW, words=DONE)
    petitions.evaluate(
        petition, was_contacted=True, is_solved=False, satisfaction=2, words=RATED, actor=cast.li, at=NOW
    )
    sweep(bell="test", now=NOW + timedelta(days=9), even_so=True)
    return WorkOrder.objects.live().get(issue=order.issue)


TELLING = ("李", "漏", "小红", "13912345678", "13800130003", "+86138")


def test_the_audit_trail_keeps_nobodys_words_names_or_numbers(cast):
    go_round_the_loop(cast)
    facts = list(AuditPayload.objects.values_list("facts", flat=True))
    assert len(facts) > 10
    assert [word for word in TELLING if word in str(facts)] == []


def test_notices_to_staff_carry_nothing_of_who_said_it(cast):
    go_round_the_loop(cast)
    to_staff = Notice.objects.exclude(recipient=cast.li)
    assert to_staff.count() > 3
    stored = str(list(to_staff.values_list("message_key", "params", "link")))
    assert [word for word in (*TELLING, "SQ-") if word in stored] == []


def test_the_log_tells_of_nobody(cast, caplog):
    """At INFO, as it ships: intake, sweep, every page of the loop, and a page that isn't there."""
    with caplog.at_level(logging.INFO):
        order = go_round_the_loop(cast)
        for user in (cast.li, cast.zhou, cast.wu, cast.sun):
            for address in ("/", "/inbox/", "/queue/", f"/queue/{order.public_id}/", "/not-reached/"):
                client_of(user).get(address)
        Client().post(reverse("account_login"), {"phone": "13800130003"})
    assert [word for word in TELLING if word in caplog.text] == []


# --- without a provider ---


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_in_production_the_console_prints_no_code_and_reaches_nobody(settings, capsys, channel):
    settings.DEMO = False
    with pytest.raises(CarrierError):
        carrier_for(channel).send(address="+8613800130003", subject="有应", body="123456", reference="r")
    assert capsys.readouterr().out == ""


def test_in_production_without_a_provider_a_code_is_refused_in_words(cast, settings, capsys, caplog):
    settings.DEMO = False
    page = Client().post(reverse("account_login"), {"phone": "13800130003"})
    assert page.status_code == 503
    assert "短信" in page.content.decode()
    assert capsys.readouterr().out == ""
    assert "13800130003" not in caplog.text


# --- the list of those to be phoned ---


@pytest.mark.parametrize(
    ("category", "visibility", "is_told"),
    [("leak", "handlers", True), ("leak", "nobody", False), ("dispute", "handlers", False)],
)
def test_who_phones_doesnt_learn_which_unnamed_petition_is_whose(cast, category, visibility, is_told):
    """Otherwise the list of unreached people would put names to orders that hide them."""
    petition = file(cast.li, cast.building, category=category, name_visibility=visibility)
    order = take_in(petition)
    handling.accept(order, actor=cast.wu if category == "dispute" else cast.zhou, at=NOW)
    Notice.objects.filter(recipient=cast.li).update(state=NoticeState.NOT_REACHED, delivered_at=None)
    page = client_of(cast.wu).get("/not-reached/").content.decode()
    assert cast.li.full_name in page
    matter = (petition.receipt_no, petition.category.name_zh)
    assert [words in page for words in matter] == [is_told, is_told]


# --- caches ---


@pytest.mark.parametrize(
    "address",
    ["/", "/inbox/", "/homes/", "/petitions/", "/account/", "/petitions/{}/", "/petitions/{}/filed/", "/privacy/"],
)
def test_a_signed_in_persons_page_is_kept_by_no_cache(cast, address):
    """Back, after signing out on the counter's tablet, shows nothing any more."""
    petition = file(cast.li, cast.building)
    response = client_of(cast.li).get(address.format(petition.receipt_no))
    assert response.status_code == 200
    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))
    assert "Cookie" in response["Vary"]


def test_the_staffs_pages_are_kept_by_no_cache_either(cast):
    order = take_in(file(cast.li, cast.building))
    for address in ("/queue/", f"/queue/{order.public_id}/", f"/queue/{order.public_id}/?do=note", "/buildings/cards/"):
        assert "no-store" in client_of(cast.zhou).get(address)["Cache-Control"], address


def test_the_steps_of_filing_are_private_but_back_keeps_what_was_typed(cast):
    response = client_of(cast.li).get("/petitions/new/", follow=True)
    assert set(response["Cache-Control"].split(", ")) == {"private", "no-cache"}


# --- names with marks in them ---

TRICKY = "100%(matter)s %s %% {0} <b>&amp;"


def test_a_percent_sign_in_a_name_breaks_no_sentence(cast):
    """Names from the registers go through sentences with places for names; they are never sentences themselves."""
    Estate.objects.filter(pk=cast.estate.pk).update(name=TRICKY)
    Building.objects.filter(pk=cast.building.pk).update(name=TRICKY[:20])
    Body.objects.filter(pk=cast.hengxin.pk).update(name=TRICKY, short_name=TRICKY[:16])
    User.objects.filter(pk__in=(cast.zhou.pk, cast.li.pk)).update(surname="%", surname_latin="%s")
    petition = file(cast.li, cast.building, words=TRICKY)
    order = take_in(petition)
    sweep(bell="test", now=NOW + timedelta(hours=1), even_so=True)
    handling.accept(order, actor=User.objects.get(pk=cast.zhou.pk), at=NOW + timedelta(hours=1))
    petitions.nudge(petition, actor=cast.li, at=NOW + timedelta(hours=1))
    for language in ("zh-hans", "en", "ko"):
        User.objects.update(language=language)
        for who, address in (
            ("li", "/"),
            ("li", "/inbox/"),
            ("li", "/petitions/"),
            ("li", f"/petitions/{petition.receipt_no}/"),
            ("zhou", "/queue/"),
            ("zhou", f"/queue/{order.public_id}/"),
            ("zheng", "/inbox/"),
            ("wu", "/queue/?whose=area"),
            ("sun", "/inbox/"),
        ):
            page = client_of(getattr(cast, who)).get(address)
            assert page.status_code == 200, (language, who, address)
            assert b"<b>&amp;" not in page.content, (language, who, address)
    assert Notice.objects.exclude(last_error="").count() == 0


# --- sessions ---


def test_a_session_that_somebody_else_began_is_not_the_one_that_is_signed_in(cast, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    browser = Client()
    browser.post(reverse("account_login"), {"phone": "13800130003"})
    planted = browser.cookies["sessionid"].value
    browser.post(reverse("account_login_password"), {"login": "li", "password": "youying-demo"})
    assert browser.get("/petitions/").status_code == 200
    assert browser.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/petitions/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1", "\x00"]
)
def test_nobody_is_led_to_another_site(cast, elsewhere):
    order = take_in(file(cast.li, cast.building))
    handling.accept(order, actor=cast.zhou, at=NOW)
    locations = [
        client_of(cast.li).get(reverse("account_login"), {"next": elsewhere}, follow=False).get("Location", ""),
        Client().post(reverse("set_mode"), {"elder": "on", "next": elsewhere})["Location"],
        Client().post(reverse("set_language"), {"language": "en", "next": elsewhere})["Location"],
        client_of(cast.zhou)
        .post(reverse("order_step", args=[order.public_id, "note"]), {"words": "好", "back": elsewhere})
        .get("Location", ""),
    ]
    assert [
        place for place in locations if place and not (place.startswith("/") and place[1:2] not in ("/", "\\"))
    ] == []
