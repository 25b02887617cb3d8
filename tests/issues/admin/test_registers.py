"""The registers of matters: each officer reads the own street, whatever is asked of a list, and at the same cost."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.admin import console
from tests.cast import client_of
from tests.governance.admin.test_lists import BRIEFLY_NASTY, MOST_QUESTIONS, NASTY, NO_ROWS, REFUSED
from tests.governance.admin.test_scope import without_tokens
from tests.issues.admin.matters import OF_A_STREET, REGISTERS, admin_of, elsewhere, here, more, page

ALL = sorted(REGISTERS)
# As in `test_lists.py`: these are asked everything, the others what they alone could stumble over.
THOROUGHLY = {"Issue", "Petition"}
# Pages that only some registers have.
MORE_PAGES = {"SlaPolicy": ("edit",), "Petition": ("name",)}


@pytest.fixture
def office(cast) -> Client:
    office = client_of(cast.administrator)
    office.raise_request_exception = False
    return office


def test_every_register_of_these_storeys_is_tried_here():
    assert set(OF_A_STREET) | {"CategoryHandling", "PolicyAssignment", "SlaPolicy", "SweepRun"} == set(REGISTERS)


# --- whose rows ---


@pytest.mark.parametrize("kind", ["change", "history"])
def test_a_row_of_another_street_looks_like_a_missing_one(cast, kind):
    office = client_of(cast.sun)
    rows = elsewhere(cast)
    for name in OF_A_STREET:
        strange = office.get(page(name, kind, rows[name].pk))
        missing = office.get(page(name, kind, 999_999))
        assert (strange.status_code, missing.status_code) == (404, 404)
        assert without_tokens(strange.content) == without_tokens(missing.content)


@pytest.mark.parametrize("who", ["sun", "strange_officer"])
def test_a_list_shows_the_own_street_only(cast, who):
    mine, strange = (here(cast), elsewhere(cast)) if who == "sun" else (elsewhere(cast), here(cast))
    office = client_of(getattr(cast, who))
    for name in OF_A_STREET:
        listed = office.get(page(name, "changelist")).content.decode()
        assert page(name, "change", mine[name].pk) in listed
        assert page(name, "change", strange[name].pk) not in listed


@pytest.mark.parametrize("asked", ["桃园", "嘉润", "SQ-", "3栋", "楼道灯"])
def test_search_and_filters_tell_nothing_of_another_street(cast, asked):
    strange = elsewhere(cast)
    office = client_of(cast.sun)
    for name in OF_A_STREET:
        listed = office.get(page(name, "changelist"), {"q": asked}).content.decode().replace(f'"{asked}"', "")
        for word in ("桃园里", "桃园社区", "嘉润", strange["Petition"].receipt_no):
            assert word not in listed


@pytest.mark.parametrize("who", ["wu", "zhao", "zheng", "zhou", "chen", "li"])
def test_to_everybody_else_the_registers_do_not_exist(cast, who):
    office = client_of(getattr(cast, who))
    assert {office.get(page(name, "changelist")).status_code for name in ALL} == {404}


@pytest.mark.parametrize("who", ["sun", "administrator"])
def test_what_is_read_has_no_way_to_be_written(cast, who):
    rows, office = here(cast), client_of(getattr(cast, who))
    for name in OF_A_STREET:
        row = rows[name]
        shown = office.get(page(name, "change", row.pk))
        assert shown.status_code == 200
        assert b'name="_save"' not in shown.content
        before = type(row).objects.filter(pk=row.pk).values().get()
        for kind, args in (("change", [row.pk]), ("end", [row.pk]), ("delete", [row.pk]), ("add", [])):
            assert office.post(page(name, kind, *args), {"state": "closed", "post": "yes"}).status_code == 404
        assert type(row).objects.filter(pk=row.pk).values().get() == before


# --- whatever is asked ---


@pytest.mark.parametrize("name", ALL)
def test_no_question_makes_a_list_fall_over(cast, office, name):
    here(cast)
    nasty = NASTY if name in THOROUGHLY else BRIEFLY_NASTY
    answers = {str(asked)[:60]: office.get(page(name, "changelist"), asked).status_code for asked in nasty}
    assert {asked: status for asked, status in answers.items() if status != 200} == {}


@pytest.mark.parametrize("name", ALL)
def test_a_question_that_no_filter_asks_is_a_mistake(cast, office, name):
    asked = [*REFUSED, {"petitioner__full_name": "李秀英"}, {"issue__links__petition__petitioner": "1"}, {"user": "1"}]
    answers = {str(one): office.get(page(name, "changelist"), one).status_code for one in asked}
    assert {one: status for one, status in answers.items() if status != 400} == {}


@pytest.mark.parametrize("name", ALL)
def test_a_nul_is_refused(cast, office, name):
    address = page(name, "changelist")
    for question in ("?q=%00", "?p=%00", "?%00=1", "?o=1%00"):
        assert office.get(address + question).status_code == 400
    for path in ("%00/change/", "1%00/history/", "%00/edit/", "%00/name/"):
        assert office.get(address + path).status_code == 400


@pytest.mark.parametrize("name", ALL)
def test_a_page_of_no_row_is_missing(office, name):
    kinds = ("change", "history", "delete", *MORE_PAGES.get(name, ()))
    pages = [f"{strange}/{kind}/" for strange in NO_ROWS for kind in kinds]
    if name not in THOROUGHLY:
        pages = [*(f"{'9' * 30}/{kind}/" for kind in kinds), "x/change/", "_5F/history/"]
    answers = {one: office.get(page(name, "changelist") + one).status_code for one in pages}
    assert {one: status for one, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("name", ALL)
def test_a_filter_with_a_senseless_answer_finds_nothing_or_says_so(office, name):
    asked = [
        (parameter, value)
        for list_filter in admin_of(name).get_list_filter(None)
        for parameter in parameters_of(list_filter)
        for value in (("x", "9" * 21, "-1", "2026-99-99") if name in THOROUGHLY else ("x", "9" * 21, "2026-99-99"))
    ]
    answers = {one: office.get(page(name, "changelist"), dict([one])).status_code for one in asked}
    assert {one: status for one, status in answers.items() if status not in (200, 400)} == {}


def parameters_of(list_filter: object) -> list[str]:
    field = list_filter[0] if isinstance(list_filter, tuple) else list_filter
    if isinstance(field, str):
        return [f"{field}__exact", f"{field}__id__exact", f"{field}__gte"]
    return [field.parameter_name]


# --- at what cost ---


def questions(office: Client, address: str, asked: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert office.get(address, asked).status_code == 200
    return len(captured)


def filters_of(name: str) -> dict[str, str]:
    """A filter in force, by which rows are found."""
    answers = {
        "Issue": {"sorted": "yes"},
        "SlaClock": {"kept": "late"},
        "SupervisionOrder": {"answered": "yes"},
        "SweepRun": {"well": "yes"},
        "SlaPolicy": {"versions": "all"},
    }
    return answers.get(name, {})


def costs(office: Client) -> dict[tuple[str, str], int]:
    """For each list plain, searched, and searched and filtered: how many questions it asks."""
    return {
        (name, str(asked)): questions(office, page(name, "changelist"), asked)
        for name in [*OF_A_STREET, "SweepRun"]
        for asked in ({}, {"q": "栋"}, {"q": "栋", **filters_of(name)})
    }


def test_a_list_asks_the_same_for_thirty_rows_as_for_one(cast):
    office = client_of(cast.sun)
    more(cast, 1)
    costs(office)
    few = costs(office)
    more(cast, 29, first=1)
    many = costs(office)
    assert many == few
    assert max(many.values()) <= MOST_QUESTIONS


@pytest.mark.parametrize("name", ["SlaPolicy", "PolicyAssignment", "CategoryHandling"])
def test_a_list_of_rules_asks_few_questions(cast, name):
    office, address = client_of(cast.sun), page(name, "changelist")
    wanted: list[dict[str, str]] = [{}, {"q": "5341"}, {"q": "5341", **filters_of(name)}]
    office.get(address)
    assert max(questions(office, address, asked) for asked in wanted) <= MOST_QUESTIONS


def test_the_first_page_still_asks_few_questions(cast):
    here(cast)
    office = client_of(cast.sun)
    office.get("/console/")
    assert questions(office, "/console/", {}) <= MOST_QUESTIONS + 8


# --- nobody is named ---


@pytest.mark.parametrize("kind", ["changelist", "change", "history"])
def test_no_page_names_the_resident(cast, kind):
    rows, office = here(cast), client_of(cast.sun)
    for name in OF_A_STREET:
        shown = office.get(page(name, kind, *([] if kind == "changelist" else [rows[name].pk]))).content.decode()
        assert "李" not in shown
        assert str(cast.li.phone)[-8:] not in shown


@pytest.mark.parametrize("asked", ["李秀英", "秀英", "李", "+8613800130003"])
def test_nobody_is_found_by_name_or_number(cast, asked):
    rows, office = here(cast), client_of(cast.sun)
    for name in OF_A_STREET:
        listed = office.get(page(name, "changelist"), {"q": asked}).content.decode()
        assert page(name, "change", rows[name].pk) not in listed


def test_every_register_says_whose_its_rows_are():
    unscoped = [name for name in OF_A_STREET if not admin_of(name).subdistrict_paths]
    assert unscoped == []
    assert all(not console._registry[REGISTERS[name]].may_add for name in OF_A_STREET)
