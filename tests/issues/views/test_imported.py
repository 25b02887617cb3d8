"""The desk's pages of what was imported: whose they are, what they show, and what their presses do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, SlaClock
from residents.domain import importing
from residents.models import Petition, PetitionImport, PetitionStage
from tests.cast import NOW, Cast, client_of, file
from tests.exports import bring, row

pytestmark = pytest.mark.django_db

DESKS = {"wu", "sun", "administrator", "strange_worker", "strange_officer"}
EVERYBODY = (*DESKS, "li", "zhou", "zheng", "yu", "zhao", "bai", "tian", "chen", "luo", "strange_walker")


@pytest.fixture
def waiting(cast) -> Petition:
    bring(cast, row(reply=None, replied=None))
    return Petition.objects.get()


def page_of(cast: Cast, who: str, address: str = "/desk/imported/", **asked):
    return client_of(getattr(cast, who)).get(address, asked)


def shown(page) -> list[str]:
    return [petition.imported.number for petition in page.context["page"]]


def press(cast: Cast, who: str, petition: Petition, verb: str, **facts):
    return client_of(getattr(cast, who)).post(f"/desk/imported/{petition.receipt_no}/{verb}/", facts)


def where(cast: Cast, **facts):
    return {"estate": cast.estate.pk, "building": "3栋", "category": "electricity"} | facts


def test_only_the_desks_have_the_list(cast):
    status = {name: page_of(cast, name).status_code for name in EVERYBODY}
    assert {name for name, code in status.items() if code == 200} == DESKS
    assert set(status.values()) == {200, 404}


def test_the_street_sees_all_a_community_what_was_given_to_it(cast, waiting):
    before = {name: shown(page_of(cast, name)) for name in sorted(DESKS)}
    assert before == {"administrator": ["2549"], "sun": ["2549"], "wu": [], "strange_officer": [], "strange_worker": []}
    importing.give_to(waiting, cast.community, actor=cast.sun, at=NOW)
    assert shown(page_of(cast, "wu")) == ["2549"]
    assert shown(page_of(cast, "strange_worker")) == []


@pytest.mark.parametrize("who", sorted(set(EVERYBODY) - {"sun", "administrator"}))
def test_for_everybody_else_it_isnt_there(cast, waiting, who):
    address = f"/desk/imported/{waiting.receipt_no}/"
    assert page_of(cast, who, address).status_code == 404
    for verb in ("place", "give", "give_back"):
        assert press(cast, who, waiting, verb, **where(cast)).status_code == 404
    waiting.refresh_from_db()
    assert (waiting.estate, waiting.community) == (None, None)


def test_a_petition_of_a_resident_is_not_among_them(cast):
    petition = file(cast.li, cast.building)
    assert page_of(cast, "sun", f"/desk/imported/{petition.receipt_no}/").status_code == 404
    assert press(cast, "sun", petition, "place", **where(cast)).status_code == 404


def test_no_resident_comes_across_one(cast, waiting):
    browser = client_of(cast.li)
    assert browser.get(f"/petitions/{waiting.receipt_no}/").status_code == 404
    assert waiting.subject not in browser.get("/petitions/").content.decode()
    assert waiting.subject not in browser.get("/").content.decode()


def test_the_page_shows_all_that_was_said_and_answered(cast):
    bring(cast, row(words="楼道漏水。" * 500, reply="已修好。" * 500))
    page = page_of(cast, "sun", f"/desk/imported/{Petition.objects.get().receipt_no}/").content.decode()
    assert "楼道漏水。" * 500 in page
    assert "已修好。" * 500 in page
    assert "A00045581" not in page


def test_with_a_place_and_a_category_it_becomes_a_matter(cast, waiting):
    response = press(cast, "sun", waiting, "place", **where(cast, building=" ３栋 ", stairwell="2"))

    assert response.status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.building, waiting.stairwell) == (PetitionStage.IN_HAND, cast.building, 2)
    assert Issue.objects.get().community == cast.community
    assert not SlaClock.objects.exists()
    assert shown(page_of(cast, "sun")) == []
    assert shown(page_of(cast, "sun", show="placed")) == ["2549"]


@pytest.mark.parametrize("category", ["electricity", "other", "dispute", "complaint", "complaint_street"])
def test_every_page_that_shows_such_a_matter_stands_without_a_clock(cast, waiting, category):
    press(cast, "sun", waiting, "place", **where(cast, category=category))
    issue = Issue.objects.get()
    order = issue.orders.get()
    pages = {
        "wu": ("/desk/", f"/desk/{issue.public_id}/", "/queue/?whose=area", f"/queue/{order.public_id}/"),
        "zhou": ("/queue/", f"/queue/{order.public_id}/"),
        "yu": ("/outdoors/", f"/outdoors/{issue.public_id}/", "/outdoors/?show=open", "/search/?q=漏水"),
        "sun": (
            "/desk/imported/?show=placed", f"/desk/imported/{waiting.receipt_no}/", "/queue/", "/dashboard/",
            f"/console/issues/issue/{issue.pk}/change/", f"/console/residents/petition/{waiting.pk}/change/",
            f"/console/residents/petition/{waiting.pk}/history/", "/console/issues/workorder/",
        ),
        "shen": ("/queue/", f"/queue/{order.public_id}/", "/dashboard/"),
        "li": ("/", "/petitions/", f"/estates/{cast.estate.public_id}/ledger/"),
    }  # fmt: skip
    for who, addresses in pages.items():
        browser = client_of(getattr(cast, who))
        assert {browser.get(address).status_code for address in addresses} <= {200, 404}


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"estate": ""}, "estate"),
        ({"estate": "9" * 40}, "estate"),
        ({"estate": "\x00"}, "estate"),
        ({"category": "unheard_of"}, "category"),
        ({"building": "99栋"}, "building"),
        ({"building": "\x00"}, None),
        ({"building": "", "stairwell": "2"}, "building"),
        ({"stairwell": "二"}, "stairwell"),
        ({"stairwell": "9" * 40}, "stairwell"),
    ],
)
def test_a_place_that_isnt_one_is_asked_for_again(cast, waiting, facts, field):
    response = press(cast, "sun", waiting, "place", **where(cast, **facts))
    if field is None:
        assert response.status_code in (302, 400)
        return
    assert response.status_code == 400
    assert field in response.context["bound"].errors
    assert not Issue.objects.exists()


def test_a_community_says_where_it_is_in_its_own_estates_only(cast, waiting):
    importing.give_to(waiting, cast.community, actor=cast.sun, at=NOW)
    response = press(cast, "wu", waiting, "place", **where(cast, estate=cast.strange_estate.pk))
    assert response.status_code == 400
    assert press(cast, "wu", waiting, "place", **where(cast)).status_code == 302


def test_the_street_reads_how_the_last_import_went(cast, waiting):
    assert page_of(cast, "sun").context["last_run"].imported == 1
    PetitionImport.objects.update(finished_at=None)
    assert page_of(cast, "sun").context["last_run"].finished_at is None
    assert page_of(cast, "wu").context["last_run"] is None
    assert page_of(cast, "strange_officer").context["last_run"] is None


def test_given_and_given_back(cast, waiting):
    assert press(cast, "sun", waiting, "give", community=cast.strange_community.pk).status_code == 400
    assert press(cast, "sun", waiting, "give", community=cast.community.pk).status_code == 302
    assert shown(page_of(cast, "sun", community=str(cast.community.pk))) == ["2549"]
    assert shown(page_of(cast, "sun", community="none")) == []
    assert press(cast, "wu", waiting, "give_back").status_code == 302
    assert shown(page_of(cast, "wu")) == []


def test_what_is_answered_takes_no_place(cast):
    bring(cast, row())
    press(cast, "sun", Petition.objects.get(), "place", **where(cast))
    assert not Issue.objects.exists()


@pytest.mark.parametrize("name", ["page", "show", "community"])
def test_a_nul_is_refused(cast, waiting, name):
    assert page_of(cast, "sun", **{name: "\x00"}).status_code == 400


def test_an_unknown_verb_is_missing(cast, waiting):
    assert press(cast, "sun", waiting, "destroy").status_code == 404


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "9" * 40}, {"page": "-1"}, {"show": "nobody"},
        {"community": "9" * 40}, {"community": "x"}, {"unheard": "of"},
    ],
)  # fmt: skip
def test_bad_questions_are_let_be(cast, waiting, asked):
    page = page_of(cast, "sun", **asked)
    assert (page.status_code, shown(page)) == (200, ["2549"])


@pytest.mark.parametrize("who", ["sun", "wu", "administrator"])
@pytest.mark.parametrize("answered", [True, False])
def test_thirty_rows_ask_no_more_than_one(cast, who, answered):
    browser, asked = client_of(getattr(cast, who)), []
    for many in (1, 30):
        reply = {} if answered else {"reply": None, "replied": None}
        bring(cast, *(row(number=str(number), **reply) for number in range(many)))
        Petition.objects.update(community=cast.community)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get("/desk/imported/", {"show": "answered" if answered else "waiting"})
        assert len(shown(page)) == many
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 12


def test_its_page_asks_little_however_many_estates_there_are(cast, waiting):
    browser = client_of(cast.sun)
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/desk/imported/{waiting.receipt_no}/").status_code == 200
    assert len(queries) <= 12
