"""Every register's list: whatever its address asks, and no more questions for thirty rows than for one.

All registers read their address by the same code, so three of them are asked everything, and each of the others what
its own columns, filters and search could stumble over.
"""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.models import Estate
from tests.cast import client_of
from tests.governance.admin.registry import REGISTERS, admin_of, more_rows, page

MOST_QUESTIONS = 12
NASTY = [
    {"p": "0"}, {"p": "-1"}, {"p": "99999999"}, {"p": "9" * 5000}, {"p": "x"}, {"p": "²"}, {"p": "1.5"},
    {"e": "1"}, {"e": "1", "p": "9"}, {"all": ""}, {"all": "1"}, {"o": "1.-2.99.x..-"}, {"o": "9" * 5000},
    {"q": "x" * 5000}, {"q": "%"}, {"q": "\\"}, {"q": "'; --"}, {"q": "😭 \u202e"}, {"q": "a " * 60}, {"q": '"'},
    {"_popup": "1"}, {"_facets": "1"}, {"q": ""},
]  # fmt: skip
BRIEFLY_NASTY = [
    {"p": "9" * 5000}, {"p": "99999999", "o": "1.-2.99.x..-"}, {"e": "1", "p": "9"}, {"q": "x" * 5000},
    {"q": "% \\ '; -- 😭 \u202e \""}, {"_popup": "1", "_facets": "1", "all": ""},
]  # fmt: skip
SENSELESS = ["x", "9" * 21, "-1", "1)", "2026-99-99"]
NO_ROWS = ["x", "0", "-1", "9" * 30, "1/2", "😭", "a'%20OR%201=1--", "_5F", "..%2f..%2fx"]
# A short one, one whose rows are people, and one that is only read.
THOROUGHLY = {"Estate", "User", "AuditEntry"}
REFUSED = [
    {"nothing": "1"}, {"id__foo": "1"}, {"name__regex": "("}, {"pk__in": "1,x"}, {"version": "x"}, {"__": "1"},
    {"_changelist_filters": "q=%00"}, {"_to_field": "nothing"}, {"user__password__startswith": "p"},
    {"phone_hash": "x"}, {"password__startswith": "a"}, {"community__subdistrict__name__contains": "东"},
    {"subdistrict__district__name": "x"},
]  # fmt: skip


@pytest.fixture
def office(cast) -> Client:
    office = client_of(cast.administrator)
    office.raise_request_exception = False
    return office


def nasty_for(name: str) -> list[dict[str, str]]:
    return NASTY if name in THOROUGHLY else BRIEFLY_NASTY


def test_those_tried_thoroughly_are_registers():
    assert REGISTERS.keys() >= THOROUGHLY


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_no_question_makes_a_list_fall_over(office, name):
    answers = {str(asked)[:60]: office.get(page(name, "changelist"), asked).status_code for asked in nasty_for(name)}
    assert {asked: status for asked, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_question_that_no_filter_asks_is_a_mistake(office, name):
    answers = {str(asked): office.get(page(name, "changelist"), asked).status_code for asked in REFUSED}
    assert {asked: status for asked, status in answers.items() if status != 400} == {}


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_nul_is_refused_before_it_reaches_the_database(office, name):
    address = page(name, "changelist")
    for question in ("?q=%00", "?p=%00", "?%00=1", "?o=1%00", "?e=%00"):
        assert office.get(address + question).status_code == 400
    for path in ("%00/change/", "1%00/history/", "%00/end/"):
        assert office.get(address + path).status_code == 400


def parameters_of(list_filter: object) -> list[str]:
    field = list_filter[0] if isinstance(list_filter, tuple) else list_filter
    if not isinstance(field, str):
        return [field.parameter_name]
    return [field, f"{field}__exact", f"{field}__id__exact", f"{field}__isnull"]


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_filter_with_a_senseless_answer_finds_nothing_or_says_so(office, name):
    values = SENSELESS if name in THOROUGHLY else ["x", "9" * 21, "2026-99-99"]
    asked = [
        (parameter, value)
        for list_filter in admin_of(name).get_list_filter(None)
        for parameter in parameters_of(list_filter)
        for value in values
    ]
    answers = {one: office.get(page(name, "changelist"), dict([one])).status_code for one in asked}
    assert {one: status for one, status in answers.items() if status not in (200, 400)} == {}


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_page_of_no_row_is_missing(office, name):
    kinds = ("change", "history", "end", "delete")
    pages = [f"{strange}/{kind}/" for strange in NO_ROWS for kind in kinds]
    if name not in THOROUGHLY:
        pages = [*(f"{'9' * 30}/{kind}/" for kind in kinds), "x/change/", "_5F/end/"]
    answers = {one: office.get(page(name, "changelist") + one).status_code for one in pages}
    assert {one: status for one, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("name", sorted(name for name in REGISTERS if admin_of(name).may_add))
def test_nonsense_in_a_form_is_answered_in_the_form(office, name):
    nonsense = {field.name: "\x00😭" * 3 for field in REGISTERS[name]._meta.fields} | {"version": "x"}
    assert office.post(page(name, "add"), nonsense).status_code == 200


def test_a_page_beyond_the_end_is_the_last_one(cast):
    more_rows(cast, "Estate", 40)
    browser = client_of(cast.sun)
    last, beyond = (browser.get(page("Estate", "changelist"), {"p": number}).content.decode() for number in ("2", "77"))
    names = [estate.name for estate in Estate.objects.all()]
    assert [name for name in names if name in last] == [name for name in names if name in beyond]
    assert "第139小区" in "".join(names)


# --- questions to the database ---


def questions(browser: Client, address: str, asked: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address, asked).status_code == 200
    return len(captured)


def first_filter(name: str, user) -> dict[str, str]:
    """A filter in force, where the list has any."""
    for list_filter in admin_of(name).get_list_filter(None):
        if not isinstance(list_filter, tuple) and not isinstance(list_filter, str):
            return {list_filter.parameter_name: "yes"}
        if isinstance(list_filter, tuple):
            return {f"{list_filter[0]}__id__exact": "1"}
    return {}


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_a_list_asks_the_same_for_thirty_rows_as_for_one(cast, name):
    who = cast.administrator if admin_of(name).administrators_only else cast.sun
    browser, address = client_of(who), page(name, "changelist")
    more_rows(cast, name, 1)
    for asked in ({}, {"q": "1"}, {"q": "1", **first_filter(name, who)}):
        browser.get(address, asked)
    few = [questions(browser, address, asked) for asked in ({}, {"q": "1"}, {"q": "1", **first_filter(name, who)})]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "tests.governance.admin.registry.range", lambda start, stop: range(start + 1, stop), raising=False
        )
        more_rows(cast, name, 30)
    many = [questions(browser, address, asked) for asked in ({}, {"q": "1"}, {"q": "1", **first_filter(name, who)})]
    assert few == many
    assert max(many) <= MOST_QUESTIONS


def test_the_first_page_asks_few_questions(cast):
    browser = client_of(cast.sun)
    browser.get("/console/")
    assert questions(browser, "/console/", {}) <= MOST_QUESTIONS + 2
