"""The search of the console's longest lists: what it finds, in how few questions, and that indexes answer them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from residents.admin.finding import rows_found
from residents.models import Petition
from tests.cast import client_of, file, take_in
from tests.exports import bring, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def petitions(cast):
    leak = file(cast.li, cast.building, words="楼道水管漏水。", category="lift")
    dark = file(cast.xu, cast.self_managed_building, words="灯不亮了。")
    take_in(leak)
    bring(cast, row(subject="门口积水", words="一下雨就这样。"))
    return {"leak": leak, "dark": dark, "imported": Petition.objects.imported().get()}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("漏水", {"leak"}),
        ("积水", {"imported"}),
        ("春和苑", {"leak"}),
        ("3栋", {"leak"}),
        ("电梯", {"leak"}),
        ("lift", {"leak"}),
        ("春和苑 漏水", {"leak"}),
        ("星湖 漏水", set()),
        ("湖", {"dark"}),
        ("receipt", {"leak"}),
        ("half the receipt", set()),
        ("%", set()),
        ("\\", set()),
        ("漏" * 100, set()),
    ],
)
def test_it_finds_by_words_place_kind_and_number(cast, petitions, typed, found):
    number = petitions["leak"].receipt_no
    typed = {"receipt": number.lower().replace("-", " "), "half the receipt": number[:7]}.get(typed, typed)
    rows = rows_found(Petition.objects.all(), typed, "subject", "words", by_receipt="receipt_no")
    assert set(rows) == {petitions[name] for name in found}


@pytest.mark.parametrize("register", ["residents/petition", "issues/issue"])
@pytest.mark.parametrize("typed", ["漏水", "春和苑", "漏", "%", "SQ-2222-2222", "a b c d e f g"])
def test_the_lists_answer_in_few_questions(cast, petitions, register, typed):
    browser = client_of(cast.sun)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/console/{register}/", {"q": typed}).status_code == 200
    assert len(queries) <= (12 if len(typed.split()) == 1 else 25)


def test_a_matter_is_found_by_its_petitions_number(cast, petitions):
    page = client_of(cast.sun).get("/console/issues/issue/", {"q": petitions["leak"].receipt_no})
    assert [issue.links.get().petition for issue in page.context["cl"].result_list] == [petitions["leak"]]


@pytest.mark.parametrize("address", ["", "?channel__exact=import", "?q=积水"])
def test_imported_petitions_stand_in_the_list_without_place_and_person(cast, petitions, address):
    page = client_of(cast.sun).get(f"/console/residents/petition/{address}")
    assert page.status_code == 200
    assert "门口积水" in page.content.decode()


@pytest.mark.parametrize("part", ["change", "history"])
def test_an_imported_petition_has_its_pages_and_no_name_to_open(cast, petitions, part):
    imported, browser = petitions["imported"], client_of(cast.sun)
    page = browser.get(f"/console/residents/petition/{imported.pk}/{part}/")
    assert page.status_code == 200
    assert "一下雨就这样" in page.content.decode() or part == "history"
    assert browser.get(f"/console/residents/petition/{imported.pk}/name/").status_code == 404
