"""The pages that anybody may read, and the person's own account page."""

import pytest
from django.db import connection
from django.test import Client

from governance.domain.sign_in import ACCOUNT_TEXT_VERSION
from governance.models import User
from tests.cast import client_of


def test_the_privacy_page_names_the_version_that_a_consent_names(db):
    assert ACCOUNT_TEXT_VERSION in Client().get("/privacy/").content.decode()


def test_the_account_page_is_for_the_person(cast):
    assert Client().get("/account/").status_code == 302
    page = client_of(cast.li).get("/account/").content.decode()
    assert cast.li.masked_phone in page
    assert cast.li.phone.removeprefix("+86") not in page


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("李 小龙", "李 小龙"), ("  王\u202e磊 ", "王磊"), ("", ""), ("<b>李</b>", "<b>李</b>")],
)
def test_a_name_is_kept_without_what_reorders_letters(cast, typed, kept):
    assert client_of(cast.li).post("/account/", {"full_name": typed, "wants_sms": "on"}).status_code == 302
    cast.li.refresh_from_db()
    assert cast.li.full_name == kept
    assert "<b>李" not in client_of(cast.li).get("/account/").content.decode()


@pytest.mark.parametrize("typed", ["李" * 61, "李\x00"])
def test_a_bad_name_is_answered_and_changes_nothing(cast, typed):
    response = client_of(cast.li).post("/account/", {"full_name": typed})
    assert response.context["form"].errors
    assert User.objects.get(pk=cast.li.pk).full_name == cast.li.full_name


def test_the_table_of_counters_was_made_by_a_migration(db):
    assert "counters" in connection.introspection.table_names()
