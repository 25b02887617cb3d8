"""Each officer sees the own street and nothing of another: in lists, pages, references, filters and what is posted."""

import pytest

from governance.admin import console
from governance.domain import roles
from governance.models import Building, Estate, Management, Role, RoleAssignment
from tests.cast import NOW, client_of
from tests.governance.admin.registry import REGISTERS, admin_of, page, request_of, strange_rows

SHARED = {name for name in REGISTERS if admin_of(name).shared}
FOR_ADMINISTRATORS = {name for name in REGISTERS if admin_of(name).administrators_only}
OF_A_STREET = sorted(set(REGISTERS) - SHARED - FOR_ADMINISTRATORS)


@pytest.mark.parametrize("name", OF_A_STREET)
def test_a_row_of_another_street_looks_like_a_missing_one(cast, name):
    browser, strange = client_of(cast.sun), strange_rows(cast)[name]
    told = []
    for kind in ("change", "history", "end", "delete"):
        there, gone = (browser.get(page(name, kind, key)) for key in (strange.pk, 999_999))
        if (there.status_code, gone.status_code) != (404, 404):
            told.append((kind, there.status_code, gone.status_code))
        elif without_tokens(there.content) != without_tokens(gone.content):
            told.append((kind, "differs"))
    assert told == []


def without_tokens(content: bytes) -> list[bytes]:
    changing = (b"csrfmiddlewaretoken", b"data-now", b'name="next"')
    return [line for line in content.splitlines() if not any(mark in line for mark in changing)]


@pytest.mark.parametrize("name", OF_A_STREET)
def test_a_list_shows_the_own_street_only(cast, name):
    strange = strange_rows(cast)[name]
    mine = admin_of(name).get_queryset(request_of(cast.sun))
    theirs = admin_of(name).get_queryset(request_of(cast.strange_officer))
    assert strange not in mine
    assert strange in theirs
    assert strange in admin_of(name).get_queryset(request_of(cast.administrator))
    answer = client_of(cast.sun).get(page(name, "changelist"))
    assert page(name, "change", strange.pk) not in answer.content.decode()


@pytest.mark.parametrize("name", OF_A_STREET)
def test_the_search_and_the_filters_tell_nothing_of_another_street(cast, name):
    strange_rows(cast)
    answer = client_of(cast.sun).get(page(name, "changelist"), {"q": "桃园"}).content.decode()
    assert "桃园里" not in answer
    assert "桃园社区" not in answer
    assert "嘉润" not in answer


@pytest.mark.parametrize("name", sorted(FOR_ADMINISTRATORS))
def test_the_levels_above_are_for_administrators(cast, name):
    assert client_of(cast.sun).get(page(name, "changelist")).status_code == 404
    assert client_of(cast.administrator).get(page(name, "changelist")).status_code == 200


@pytest.mark.parametrize("name", sorted(SHARED))
def test_what_all_streets_share_is_read_by_officers_and_changed_by_administrators(cast, name):
    model = REGISTERS[name]
    row = model._base_manager.first()
    for who, may_write in ((cast.sun, False), (cast.administrator, admin_of(name).may_change)):
        assert client_of(who).get(page(name, "changelist")).status_code == 200
        answer = client_of(who).get(page(name, "change", row.pk))
        assert answer.status_code == 200
        assert (b'name="_save"' in answer.content) == may_write


@pytest.mark.parametrize("name", sorted(REGISTERS))
@pytest.mark.parametrize("who", ["sun", "administrator"])
def test_nothing_is_ever_deleted(cast, name, who):
    row = REGISTERS[name]._base_manager.order_by("pk").first()
    if row is None:
        row = strange_rows(cast)[name]
    assert client_of(getattr(cast, who)).post(page(name, "delete", row.pk), {"post": "yes"}).status_code == 404
    assert REGISTERS[name]._base_manager.filter(pk=row.pk).exists()


def test_who_lives_where_is_no_row_of_the_roles_and_no_choice_among_them(cast):
    """Li's home is confirmed, so Li holds a role; but nobody looks residents up by name."""
    roles.grant(cast.li, Role.RESIDENT, cast.estate, actor=cast.wu, at=NOW)
    for who in (cast.sun, cast.administrator):
        rows = admin_of("RoleAssignment").get_queryset(request_of(who))
        assert rows.exists()
        assert not rows.filter(role="resident").exists()
        form = client_of(who).get(page("RoleAssignment", "add")).content.decode()
        assert 'value="grid_worker"' in form
        assert 'value="resident"' not in form


# --- references ---

REFERENCES = sorted(
    (name, field)
    for name in REGISTERS
    for field in admin_of(name).autocomplete_fields
)  # fmt: skip


def test_a_reference_offers_the_own_street_only(cast):
    strange = {(type(row), row.pk) for row in strange_rows(cast).values()}
    browser, asking = client_of(cast.sun), request_of(cast.sun)
    wrong = []
    for name, field in REFERENCES:
        target = REGISTERS[name]._meta.get_field(field).remote_field.model
        asked = {"app_label": "governance", "model_name": name.lower(), "field_name": field, "term": ""}
        offered = {int(result["id"]) for result in browser.get("/console/autocomplete/", asked).json()["results"]}
        choices = admin_of(name).choices_for(field, console.rows_of(target, asking), asking)
        if offered != set(choices.values_list("pk", flat=True)[:20]) or {(target, key) for key in offered} & strange:
            wrong.append((name, field))
    assert REFERENCES
    assert wrong == []


def test_a_posted_reference_to_another_street_is_no_valid_choice(cast):
    rows = {type(row): row for row in strange_rows(cast).values()}
    codes = {}
    for name, field in REFERENCES:
        target = REGISTERS[name]._meta.get_field(field).remote_field.model
        form = admin_of(name).get_form(request_of(cast.sun))({field: rows[target].pk})
        codes[name, field] = [error.code for error in form.errors.as_data().get(field, [])][:1]
    assert codes
    assert {reference: code for reference, code in codes.items() if code != ["invalid_choice"]} == {}


def test_an_estate_moved_by_hand_into_another_street_stays(cast):
    estate = Estate.objects.get(pk=cast.estate.pk)
    strange = cast.strange_estate.community
    data = {"community": strange.pk, "name": estate.name, "version": estate.version}
    answer = client_of(cast.sun).post(page("Estate", "change", estate.pk), data)
    assert answer.status_code == 200
    assert strange.name not in answer.content.decode()
    estate.refresh_from_db()
    assert estate.community_id == cast.community.pk


@pytest.mark.parametrize(
    "asked",
    [
        {"app_label": "governance", "model_name": "user", "field_name": "password", "term": ""},
        {"app_label": "governance", "model_name": "consent", "field_name": "user", "term": ""},
        {"app_label": "residents", "model_name": "resident", "field_name": "user", "term": ""},
        {"app_label": "governance", "model_name": "notice", "field_name": "recipient", "term": ""},
        {"app_label": "governance", "model_name": "estate", "field_name": "nothing", "term": ""},
        {"app_label": "nothing", "model_name": "nothing", "field_name": "nothing", "term": ""},
        {"term": ""},
    ],
)
def test_only_what_a_form_asks_for_is_offered(cast, asked):
    assert client_of(cast.sun).get("/console/autocomplete/", asked).status_code == 404


def test_references_name_the_whole_place(cast):
    asked = {"app_label": "governance", "model_name": "unit", "field_name": "building", "term": "3栋"}
    answer = client_of(cast.sun).get("/console/autocomplete/", asked).json()
    assert [result["text"] for result in answer["results"]] == ["春和苑小区 3栋"]


# --- roles ---


def test_an_officer_makes_nobody_administrator(cast):
    data = {"user": cast.sun.pk, "role": "administrator"}
    answer = client_of(cast.sun).post(page("RoleAssignment", "add"), data)
    assert answer.status_code == 200
    assert not RoleAssignment.objects.filter(user=cast.sun, role="administrator").exists()
    assert client_of(cast.administrator).post(page("RoleAssignment", "add"), data).status_code == 302


def test_an_officer_gives_and_ends_a_role_in_the_own_street(cast):
    browser = client_of(cast.sun)
    data = {"user": cast.zhou.pk, "role": "grid_leader", "grid_unit": cast.grid_unit.pk}
    assert browser.post(page("RoleAssignment", "add"), data).status_code == 302
    given = RoleAssignment.objects.get(user=cast.zhou, role="grid_leader")
    history = browser.get(page("RoleAssignment", "history", given.pk)).content.decode()
    assert browser.post(page("RoleAssignment", "end", given.pk), {"version": 0}).status_code == 302
    given.refresh_from_db()
    assert given.valid_until is not None
    assert "Sun" in history or "孙" in history


def give(officer, **data: object):
    return client_of(officer).post(page("RoleAssignment", "add"), {"role": "grid_leader", **data})


def test_somebody_new_gets_a_role_by_the_whole_number(cast):
    newcomer = type(cast.li).objects.create_user(phone="+8613911112222", full_name="新来的", surname="新")
    assert give(cast.sun, phone="139 1111 2222", grid_unit=cast.grid_unit.pk).status_code == 302
    assert RoleAssignment.objects.get(user=newcomer).role == "grid_leader"


@pytest.mark.parametrize("phone", ["13911112222", "1391111", "x", "", "*", "\x00", "9" * 41])
def test_a_number_that_nobody_has_gives_nothing(cast, phone):
    before = RoleAssignment.objects.count()
    assert give(cast.sun, phone=phone, grid_unit=cast.grid_unit.pk).status_code == 200
    assert RoleAssignment.objects.count() == before


def test_a_person_and_a_number_at_once_are_one_too_many(cast):
    answer = give(cast.sun, user=cast.zhou.pk, phone="13800130003", grid_unit=cast.grid_unit.pk)
    assert answer.status_code == 200
    assert not RoleAssignment.objects.filter(role="grid_leader", user__in=[cast.zhou, cast.li]).exists()


def test_a_role_given_twice_is_held_once(cast):
    for _time in range(2):
        assert give(cast.sun, user=cast.zhou.pk, grid_unit=cast.grid_unit.pk).status_code in (200, 302)
    assert RoleAssignment.objects.filter(user=cast.zhou, role="grid_leader").count() == 1


def test_a_role_needs_the_place_it_is_held_at(cast):
    answer = client_of(cast.sun).post(page("RoleAssignment", "add"), {"user": cast.zhou.pk, "role": "grid_leader"})
    assert answer.status_code == 200
    assert not RoleAssignment.objects.filter(user=cast.zhou, role="grid_leader").exists()


def test_no_number_is_shown_in_the_clear(cast):
    for name in ("User", "RoleAssignment", "DutyShift", "Notice"):
        for row in admin_of(name).get_queryset(request_of(cast.sun)):
            answer = client_of(cast.sun).get(page(name, "change", row.pk)).content.decode()
            assert "+86" not in answer
            assert "13800" not in answer.replace(" ", "")


def test_what_is_managed_is_said_by_the_work_list(cast):
    Management.objects.filter(estate=cast.estate).update(valid_until="2026-01-01")
    Building.objects.filter(pk=cast.building.pk).update(grid_unit=None)
    mine = client_of(cast.sun).get("/console/").content.decode()
    theirs = client_of(cast.strange_officer).get("/console/").content.decode()
    assert "春和苑小区" in mine
    assert "春和苑小区" not in theirs
