"""Who gets where: every line of `docs/rights.md` × everybody of the cast × things at five places, and what is gone.

What is out of somebody's reach must look exactly like what never was: same status, same bytes. An address that the file
doesn't name turns a test red, and so does a line that leads nowhere.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.views.defaults import page_not_found

from governance.domain.steps import SYSTEM
from governance.models import Management, Role, RoleAssignment, User
from issues.deliberation.workflow import MOTION
from issues.models import WorkOrder
from residents.models import PetitionPhoto
from tests.cast import NOW, client_of
from tests.scenarios import rights, rights_checks
from tests.scenarios.rights_checks import LISTS, addresses
from tests.scenarios.rights_registers import REGISTERS
from tests.scenarios.rights_world import ASKED, World

pytestmark = pytest.mark.django_db

RIGHTS = rights.read()
ALL = addresses()
METHODS = ("GET", "POST")
NAMED = sorted((name, method) for name in ALL for method in METHODS if RIGHTS.rows_for(method, name))
PUBLIC = {(name, method) for name, method in NAMED if any(row.is_for_everyone for row in RIGHTS.rows_for(method, name))}
# In the console a thing's pages are asked for once for each register; elsewhere once for each address.
THINGS = [(name, method) for name, method in NAMED if ALL[name]]
PAGES = [(name, method) for name, method in NAMED if not ALL[name] and (name, method) not in PUBLIC]
UNNAMED = sorted((name, method) for name in ALL for method in METHODS if not RIGHTS.rows_for(method, name))


# --- the file ---


def test_every_address_is_named_in_the_file_and_every_line_leads_somewhere():
    named = {address.name for row in RIGHTS.rows for address in row.addresses if not address.is_pattern}
    assert named - ALL.keys() == set()
    assert sorted(name for name in ALL if not any(RIGHTS.rows_for(method, name) for method in METHODS)) == []
    idle = [str(a) for row in RIGHTS.rows for a in row.addresses if not any(rights.names_it(a, name) for name in ALL)]
    assert idle == []


def test_every_role_has_a_column_and_every_word_of_scope_a_meaning():
    assert set(RIGHTS.columns.values()) - {""} == set(Role.values) - {Role.RESIDENT}
    assert RIGHTS.words == rights.ASKED.keys()
    used = {word for row in RIGHTS.rows for cell in row.cells.values() for word in cell.words}
    assert used == RIGHTS.words


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("| a thing | look | `GET home` | everyone |", "cells"),
        ("| a thing | look | GET home | own |" + " – |" * 12, "addresses"),
        ("| a thing | look | `GET home` | theirs |" + " – |" * 12, "scope"),
        ("| a thing | look | `GET home` |  |" + " – |" * 12, "scope"),
    ],
)
def test_a_line_that_means_nothing_is_refused(line, why):
    text = rights.RIGHTS.read_text(encoding="utf-8")
    head = next(each for each in text.splitlines() if each.startswith("| thing |"))
    with pytest.raises(rights.Unreadable, match=why):
        rights.read(f"{text}\n\n{head}\n|---|\n{line}\n")


def test_everybody_in_the_file_is_in_the_cast(built_once):
    columns = {post.column for person in built_once.persons.values() for post in person.posts}
    assert columns == RIGHTS.columns.keys() - {rights.PERSON}


def test_the_file_says_who_takes_each_step():
    from issues.deliberation.views import survey_desk
    from issues.deliberation.views.commitment_steps import AT_THE_DESK, OF_THE_BODY
    from issues.deliberation.views.meeting_desk import PRESSES
    from issues.views.orders import STEP_FORMS
    from residents.forms.desk_homes import FORMS

    assert facets("order_step") == STEP_FORMS.keys()
    assert facets("desk_meeting_step") == PRESSES.keys()
    assert facets("desk_survey_step") == survey_desk.PRESSES.keys()
    assert facets("desk_vote_step") == {step.verb for step in MOTION.steps if step.who != SYSTEM}
    assert facets("desk_commitment_step") == set(AT_THE_DESK)
    assert facets("commitment_step") == set(OF_THE_BODY)
    assert facets("desk_home_step") == FORMS.keys() | {"number"}


def facets(name: str) -> set[str]:
    return {a.facet for row in RIGHTS.rows_for("POST", name) for a in row.addresses if a.name == name}


# --- nobody has signed in ---

# What a stranger gets at the addresses for whoever comes along.
ANSWERS = {
    ("account_code", "GET"): 302,  # no number has been given: back to the first page
    ("account_code", "POST"): 302,
    ("account_code_again", "POST"): 302,
    ("account_login", "GET"): 200,
    ("account_login", "POST"): 200,
    ("account_login_password", "GET"): 200,
    ("account_login_password", "POST"): 200,
    ("account_logout", "GET"): 302,
    ("account_logout", "POST"): 302,
    ("building_people", "GET"): 200,
    ("calendar_feed", "GET"): 200,
    ("commitment_photo", "GET"): 404,  # the one that is asked for was released by nobody
    ("deadlines", "GET"): 200,
    ("erased", "GET"): 200,
    ("estates", "GET"): 200,
    ("home", "GET"): 200,
    ("ledger", "GET"): 200,
    ("live", "GET"): 200,
    ("metrics", "GET"): 200,
    ("privacy", "GET"): 200,
    ("ready", "GET"): 200,
    ("set_language", "POST"): 400,
    ("set_mode", "POST"): 400,
    ("survey", "GET"): 200,
    ("topic", "GET"): 200,
}


def test_what_is_public_answers_a_stranger(world):
    found = {}
    for name, method in PUBLIC:
        path = rights_checks.paths(world, RIGHTS, name, method)[0]
        found[name, method] = getattr(Client(), method.lower())(path).status_code
    assert found == ANSWERS


@pytest.mark.parametrize(("name", "method"), sorted(set(NAMED) - PUBLIC))
def test_a_stranger_is_led_to_sign_in_whether_the_thing_exists_or_not(world, name, method):
    for path in rights_checks.paths(world, RIGHTS, name, method):
        response = getattr(Client(), method.lower())(path)
        assert response.status_code == 302, path
        assert response["Location"].startswith(reverse("account_login")), path


# --- somebody has ---


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize(("name", "method"), THINGS)
def test_a_thing_exists_for_those_in_whose_reach_it_is_and_for_nobody_else(world, name, method):
    rights_checks.check_things(world, RIGHTS, name, method)


@pytest.mark.parametrize("name", ["petition_detail", "admin:governance_estate_change"])
def test_the_whole_page_that_isnt_there_tells_nothing_either(world, monkeypatch, name):
    """With the frame that the other tests leave out (`without_frame`): 404.html knows nothing of what was asked for."""
    monkeypatch.setattr("config.urls.handler404", page_not_found)
    monkeypatch.setattr(world, "nowhere", {})
    rights_checks.check_things(world, RIGHTS, name, "GET")


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize(("name", "method"), PAGES)
def test_a_page_exists_for_those_whose_it_is_and_for_nobody_else(world, name, method):
    rights_checks.check_page(world, RIGHTS, name, method)


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize(("name", "method"), UNNAMED)
def test_a_method_that_the_file_doesnt_name_is_answered_to_nobody(world, name, method):
    rights_checks.check_unnamed_method(world, RIGHTS, name, method)


# --- lists ---


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_shows_exactly_what_is_in_scope(world, name):
    assert rights_checks.check_list(world, RIGHTS, name)


def test_every_line_about_the_rows_of_a_page_is_looked_at():
    about_rows = {
        name
        for name, method in PAGES
        if method == "GET" and any(rights_checks.kinds_of(row) for row in RIGHTS.rows_for("GET", name))
    }
    not_lists = {"petition_new", "home_claim"}
    assert {name for name in about_rows if not name.startswith("admin:")} - not_lists == LISTS.keys()


# --- registers ---

LISTED = [name for name in ALL if name.endswith("_changelist")]
CHANGELISTS = sorted(name.removeprefix("admin:").removesuffix("_changelist") for name in LISTED)
NAMES_ROWS = ("_changelist", "_add", "_export")


def test_every_register_has_rows_to_look_at():
    assert set(CHANGELISTS) == REGISTERS.keys()


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize("model", CHANGELISTS)
def test_a_register_shows_exactly_the_rows_in_scope_also_to_a_search(world, model):
    assert rights_checks.check_register(world, RIGHTS, model)


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize("who", sorted(rights_checks.STREETS))
@pytest.mark.parametrize("name", ["admin:index", *sorted(name for name in ALL if name.endswith(NAMES_ROWS))])
def test_no_page_of_the_console_names_anything_of_another_street(world, name, who):
    """Neither in rows nor in a file, nor in what the filters and the references of a form offer."""
    rights_checks.check_no_other_street(world, name, who)


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize(("model", "field"), rights_checks.references())
def test_a_reference_offers_nothing_of_another_street(world, model, field):
    rights_checks.check_reference(world, model, field)


# --- what is asked, in numbers ---

AT_LEAST = 20_000


def test_the_file_yields_no_fewer_cases_than_it_did(built_once, record_property):
    """Each is a person at an address with a thing somewhere, or with none: counted, not asked."""
    cases = rights_checks.count_cases(built_once, RIGHTS)
    record_property("cases", cases)
    print(f"{cases} cases out of {len(RIGHTS.rows)} lines about {len(ALL)} addresses")
    assert cases >= AT_LEAST


# --- fragments ---

DESK = ("zhou", "liu", "zheng", "gao", "wu", "next_worker", "luo", "sun", "strange_steward", "strange_worker")


def test_one_persons_etag_is_worth_nothing_to_another(world):
    """A 304 would say that the other one sees the same."""
    rights_checks.check_etags(world, DESK)


# --- what was allowed a moment ago ---

VERBS = {
    "accept": {},
    "arrive": {},
    "note": {"words": "看过了"},
    "finish": {"words": "换好了"},
    "return": {"reason": "not_ours"},
    "plan": {"words": "换管", "fulfil_by": "2026-05-29"},
    "reassign": {},
}
HENGXIN = ("zhou", "liu", "zheng")


def press(user: User, order: WorkOrder, verb: str, **facts: str) -> int:
    return client_of(user).post(reverse("order_step", args=[order.public_id, verb]), facts).status_code


@pytest.mark.parametrize(("who", "status"), [("zheng", 302), ("liu", 403), ("zhou", 403), ("wu", 403), ("sun", 403)])
def test_only_the_manager_gives_an_order_to_somebody_else(world, who, status):
    order = world.sites["own"]["order"]
    assert press(getattr(world.cast, who), order, "reassign", holder=str(world.cast.liu.public_id)) == status
    assert WorkOrder.objects.get(pk=order.pk).holder == (world.cast.liu if status == 302 else world.cast.zhou)


def test_an_order_goes_to_nobody_outside_the_body(world):
    order = world.sites["own"]["order"]
    for outsider in (world.cast.wu, world.cast.gao, world.cast.li, world.cast.strange_steward):
        assert press(world.cast.zheng, order, "reassign", holder=str(outsider.public_id)) == 400
    assert WorkOrder.objects.get(pk=order.pk).holder == world.cast.zhou


def test_a_photo_of_a_draft_is_its_persons_alone(world):
    photo = PetitionPhoto.objects.get(draft=world.sites["own"]["draft"])
    for name in ("photo", "order_photo", "issue_photo"):
        address = reverse(name, args=[photo.public_id])
        let_in = {who for who in ASKED if world.browser(who).get(address).status_code == 200}
        assert let_in == ({"li"} if name == "photo" else set())


def end_contract(world: World) -> None:
    Management.objects.filter(body=world.cast.hengxin).update(valid_until=NOW.date() - timedelta(days=1))


def end_roles(world: World) -> None:
    RoleAssignment.objects.filter(body=world.cast.hengxin).update(valid_until=NOW)


def close_accounts(world: World) -> None:
    User.objects.filter(username__in=HENGXIN).update(is_active=False)


@pytest.mark.parametrize(
    ("happens", "status"),
    [(end_contract, 404), (end_roles, 404), (close_accounts, 302)],
    ids=["contract", "role", "account"],
)
def test_a_tab_left_open_is_worth_nothing_once_the_right_has_ended(world, happens: Callable, status: int):
    """Contract, role or account: each press from a page that was fine a minute ago, and each photo, is turned away."""
    order, photo = world.sites["own"]["order"], world.sites["own"]["photo"]
    open_tabs = {who: world.browser(who) for who in HENGXIN}
    assert all(
        tab.get(reverse("order_detail", args=[order.public_id])).status_code == 200 for tab in open_tabs.values()
    )
    happens(world)
    for tab in open_tabs.values():
        for verb, facts in VERBS.items():
            assert tab.post(reverse("order_step", args=[order.public_id, verb]), facts).status_code == status
        for address in (
            reverse("order_detail", args=[order.public_id]),
            reverse("order_photo", args=[photo.public_id]),
            reverse("order_photo", args=[world.sites["own"]["order_photo"].public_id]),
            reverse("issue_photo", args=[world.sites["own"]["patrol_photo"].public_id]),
        ):
            assert tab.get(address).status_code == status
        assert str(order.public_id) not in tab.get(reverse("queue_rows")).content.decode()
    fresh = WorkOrder.objects.get(pk=order.pk)
    assert (fresh.state, fresh.holder) == ("accepted", world.cast.zhou)


ENDED = {
    "sun": ("admin:index", "admin:governance_estate_changelist"),
    "wu": ("desk", "desk_homes", "not_reached", "coverage"),
    "yu": ("outdoors", "outdoors_find", "building_cards"),
    "bai": ("outdoors", "building_cards"),
    "chen": ("coverage", "party_tree"),
    "zheng": ("supervisions",),
    "administrator": ("admin:index", "admin:governance_district_changelist"),
}


@pytest.mark.parametrize("who", sorted(ENDED))
def test_a_role_that_has_ended_leaves_no_page_behind(world, who):
    pages = [reverse(name) for name in ENDED[who]]
    assert {world.browser(who).get(page).status_code for page in pages} == {200}
    RoleAssignment.objects.filter(user=world.people[who]).update(valid_until=NOW)
    assert {world.browser(who).get(page).status_code for page in pages} == {404}


def test_a_contract_counts_until_the_end_of_its_last_day(world):
    Management.objects.filter(body=world.cast.hengxin).update(valid_until=NOW.date())
    order = world.sites["own"]["order"]
    assert world.browser("zhou").get(reverse("order_detail", args=[order.public_id])).status_code == 200


# --- areas, and who rates ---


@pytest.mark.parametrize("name", rights_checks.BY_AREA)
def test_an_area_that_isnt_theirs_is_as_missing_as_one_that_isnt_there(world, name):
    rights_checks.check_areas(world, name)


def test_only_the_petitioner_rates(world):
    petition = world.sites["own"]["finished"]
    address = reverse("petition_evaluate", args=[petition.receipt_no])
    rating = {"is_solved": "yes", "satisfaction": "5", "was_contacted": "yes", "words": ""}
    before = petition.evaluations.count()
    for who in ASKED:
        if who != "li":
            assert world.browser(who).post(address, rating).status_code == 404
    assert petition.evaluations.count() == before
    assert world.browser("li").post(address, rating).status_code == 302
    assert petition.evaluations.get(epoch=petition.epoch).given_by == world.cast.li
