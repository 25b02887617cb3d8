"""The switches of language and elder mode: remembered, and never a way out to another site."""

import pytest
from django.urls import reverse

from governance.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(db):
    return User.objects.create_user("li", "a-long-password", full_name="李秀英", surname="李")


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_a_stranger_keeps_the_language_on_the_device(client, language):
    answer = client.post(reverse("set_language"), {"language": language, "next": "/petitions/?page=2"})
    assert (answer.status_code, answer["Location"]) == (302, "/petitions/?page=2")
    assert client.cookies["django_language"].value == language


def test_the_language_of_somebody_signed_in_is_theirs_on_every_device(client, li):
    client.force_login(li)
    client.post(reverse("set_language"), {"language": "ko", "next": "/"})
    li.refresh_from_db()
    assert li.language == "ko"


def test_an_unknown_language_is_refused_and_changes_nothing(client, li):
    client.force_login(li)
    answer = client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    li.refresh_from_db()
    assert (answer.status_code, li.language) == (400, "zh-hans")
    assert "django_language" not in client.cookies


@pytest.mark.parametrize(("wanted", "kept"), [("on", "elder"), ("off", "standard")])
def test_a_stranger_keeps_elder_mode_on_the_device(client, wanted, kept):
    answer = client.post(reverse("set_mode"), {"elder": wanted, "next": "/petitions/"})
    assert (answer.status_code, answer["Location"]) == (302, "/petitions/")
    assert client.cookies["mode"].value == kept


def test_elder_mode_follows_the_person_and_can_be_left_again(client, li):
    client.force_login(li)
    client.post(reverse("set_mode"), {"elder": "on", "next": "/"})
    li.refresh_from_db()
    assert li.elder_mode is True
    client.post(reverse("set_mode"), {"elder": "off", "next": "/"})
    li.refresh_from_db()
    assert li.elder_mode is False


def test_a_mode_that_is_neither_is_refused(client):
    assert client.post(reverse("set_mode"), {"elder": "maybe"}).status_code == 400
    assert "mode" not in client.cookies


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", r"/\elsewhere.example", ""],
)
@pytest.mark.parametrize(("switch", "choice"), [("set_language", {"language": "en"}), ("set_mode", {"elder": "on"})])
def test_the_way_back_never_leads_to_another_site(client, switch, choice, elsewhere):
    assert client.post(reverse(switch), {**choice, "next": elsewhere})["Location"] == reverse("home")


@pytest.mark.parametrize("switch", ["set_language", "set_mode"])
def test_a_link_cannot_flip_a_switch(client, switch):
    assert client.get(reverse(switch)).status_code == 405
