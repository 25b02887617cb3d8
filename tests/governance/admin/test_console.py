"""Who gets into the console, what its first page says, and under which security policy it is read."""

import pytest
from django.test import Client

from governance.admin import console
from tests.cast import client_of

INDEX = "/console/"


@pytest.mark.parametrize("who", ["sun", "strange_officer", "administrator"])
def test_officers_and_administrators_get_in(cast, who):
    assert client_of(getattr(cast, who)).get(INDEX).status_code == 200


@pytest.mark.parametrize("who", ["li", "wang", "zhou", "zheng", "gao", "he", "zhao", "chen", "wu", "strange_worker"])
@pytest.mark.parametrize(
    "page", [INDEX, "/console/governance/estate/", "/console/governance/estate/add/", "/console/nothing/"]
)
def test_to_everybody_else_the_console_does_not_exist(cast, who, page):
    assert client_of(getattr(cast, who)).get(page).status_code == 404


@pytest.mark.parametrize("page", [INDEX, "/console/governance/estate/", "/console/nothing/"])
def test_signed_out_one_is_sent_to_our_own_sign_in_page_and_back(cast, page):
    answer = Client().get(page)
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={page}"


def test_a_flag_on_the_account_opens_nothing(cast):
    type(cast.li).objects.filter(pk=cast.li.pk).update(is_staff=True, is_superuser=True)
    assert client_of(cast.li).get(INDEX).status_code == 404


def policy(answer) -> str:
    return answer["Content-Security-Policy"]


def test_only_the_consoles_own_pages_are_read_under_the_relaxed_policy(cast):
    officer = client_of(cast.sun)
    relaxed = [policy(officer.get(page)) for page in (INDEX, "/console/governance/estate/")]
    strict = [
        policy(officer.get(page))
        for page in ("/", "/inbox/", "/not-reached/", "/account/", "/queue/", "/console/nothing/", "/console/x%00/")
    ]
    assert {"'unsafe-eval'" in said and "style-src 'self' 'unsafe-inline'" in said for said in relaxed} == {True}
    assert {"unsafe" in said for said in strict} == {False}
    assert "unsafe" not in policy(client_of(cast.li).get(INDEX))


def test_the_relaxed_policy_keeps_all_the_rest(cast):
    relaxed, strict = (
        dict(part.split(" ", 1) for part in policy(client_of(cast.sun).get(page)).split("; "))
        for page in (INDEX, "/inbox/")
    )
    assert set(relaxed) == set(strict)
    assert {name for name in strict if relaxed[name] != strict[name]} == {"script-src", "style-src"}


def test_every_page_of_every_register_opens(cast):
    browser = client_of(cast.administrator)
    for model in console._registry:
        address = f"/console/{model._meta.app_label}/{model._meta.model_name}/"
        assert browser.get(address).status_code == 200, address
