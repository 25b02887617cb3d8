"""The frame around every page: its language, its mode, its refusals. Asked through a page that doesn't exist."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import Client
from django.utils import translation

from governance.context_processors import portal
from governance.models import Notice, User

pytestmark = pytest.mark.django_db
NOWHERE = "/there-is-no-such-page/"


@pytest.fixture
def li(db):
    return User.objects.create_user("li", "a-long-password", full_name="李秀英", surname="李", language="ko")


@pytest.mark.parametrize(
    ("cookie", "tag", "title"),
    [
        ("", "zh-Hans", "没有找到这个页面 · 有应"),
        ("en", "en", "Page not found · Youying"),
        ("ko", "ko", "페이지를 찾을 수 없습니다 · 유잉"),
        ("fr", "zh-Hans", "没有找到这个页面 · 有应"),
    ],
)
def test_a_page_names_its_language(client, cookie, tag, title):
    client.cookies["django_language"] = cookie
    page = client.get(NOWHERE).content.decode()
    assert f'<html lang="{tag}"' in page
    assert f"<title>{title}</title>" in page


def test_the_persons_language_wins_over_the_devices(client, li):
    client.cookies["django_language"] = "en"
    client.force_login(li)
    assert '<html lang="ko"' in client.get(NOWHERE).content.decode()


@pytest.mark.parametrize(("cookie", "is_elder"), [("elder", True), ("standard", False), ("nonsense", False)])
def test_a_stranger_sees_the_mode_of_the_device(client, cookie, is_elder):
    client.cookies["mode"] = cookie
    assert ('data-mode="elder"' in client.get(NOWHERE).content.decode()) is is_elder


def test_the_persons_mode_wins_over_the_devices(client, li):
    client.cookies["mode"] = "elder"
    client.force_login(li)
    assert 'data-mode="elder"' not in client.get(NOWHERE).content.decode()


def test_exactly_one_language_is_the_current_one(client):
    page = client.get(NOWHERE).content.decode()
    assert page.count('aria-current="true"') == 1
    assert page.index('value="zh-hans"') < page.index('aria-current="true"') < page.index('value="en"')


def test_the_switches_lead_back_to_the_page_with_its_query(client):
    assert f'name="next" value="{NOWHERE}?page=2&amp;q=%22"' in client.get(NOWHERE + "?page=2&q=%22").content.decode()


def test_a_form_from_elsewhere_is_refused_in_words(li):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/preferences/language/", {"language": "en"})
    assert answer.status_code == 403
    assert "请再提交一次" in answer.content.decode()


@pytest.mark.parametrize(
    ("template", "words"), [("400.html", "We could not read that"), ("500.html", "This is our mistake")]
)
def test_the_pages_for_bad_moments_need_nothing_but_themselves(template, words, django_assert_num_queries):
    with translation.override("en"), django_assert_num_queries(0):
        assert words in render_to_string(template)


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-Hans"), ("en", "en"), ("ko", "ko")])
@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_the_pages_for_bad_moments_say_their_language(template, language, tag):
    with translation.override(language):
        assert f'<html lang="{tag}">' in render_to_string(template)


def test_nothing_on_a_page_is_styled_or_scripted_inline(client):
    page = client.get(NOWHERE).content.decode()
    assert " style=" not in page
    assert "<style" not in page
    assert page.count("<script") == page.count("<script src=")


def notice(recipient, number, **facts):
    at = datetime(2026, 5, 15, 6, 17, tzinfo=UTC)
    told = {"channel": "in_app", "message_key": "x", "created_at": at, "next_attempt_at": at} | facts
    return Notice.objects.create(recipient=recipient, dedupe_key=f"frame-{number}", **told)


def test_the_unread_count_is_of_ones_own_unread_messages_in_the_portal(rf, li):
    zhou = User.objects.create_user("zhou", "a-long-password", full_name="周强", surname="周")
    notice(li, 1)
    notice(li, 2)
    notice(li, 3, read_at=datetime(2026, 5, 15, 6, 20, tzinfo=UTC))
    notice(li, 4, channel="sms")
    notice(zhou, 5)
    request = rf.get("/")
    request.user = li
    assert portal(request)["unread_count"] == 2


def test_a_page_that_shows_no_count_asks_for_none(rf, li, django_assert_num_queries):
    request = rf.get("/")
    request.user = li
    with django_assert_num_queries(0):
        portal(request)


def test_a_stranger_has_nothing_unread(rf, django_assert_num_queries):
    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert portal(request)["unread_count"] == 0
