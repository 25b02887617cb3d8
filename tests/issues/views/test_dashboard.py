"""The dashboard's pages: whose they are, what they say and leave out, what a strange address does to them."""

import io
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from governance.models import Body, Category, Estate, Role, RoleAssignment, Subdistrict, User
from issues.domain import handling, ladder
from issues.models import Issue, SupervisionOrder, WorkOrder
from tests.cast import LONG_AGO, NOW, Cast, client_of, file, take_in
from tests.issues.figures.random_street import Street

pytestmark = pytest.mark.django_db

PAGES = ("/dashboard/", "/dashboard/due/", "/dashboard/figures.xlsx")
OTHERS = ("li", "wang", "zhou", "zheng", "gao", "he", "zhao", "yu", "bai", "tian", "chen", "luo", "stranger")


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_cast(monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture
def english(cast: Cast) -> Cast:
    User.objects.update(language="en")
    return cast


def read(user: User, address: str = "/dashboard/", **query: str) -> str:
    answer = client_of(user).get(address, query)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def late_order(cast: Cast, building=None, *, hours: int = 3, **fields) -> WorkOrder:
    """A matter whose promises were all due `hours` ago at the latest."""
    at = NOW - timedelta(hours=hours, minutes=30)
    order = take_in(file(cast.li, building or cast.building, at=at, **fields), at=at)
    return order


def make_district_officer(user: User, cast: Cast) -> User:
    RoleAssignment.objects.create(
        user=user, role=Role.DISTRICT_OFFICER, district=cast.subdistrict.district, valid_from=LONG_AGO
    )
    return User.objects.get(pk=user.pk)


# --- whose it is ---


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["sun", "administrator", "wu", "strange_officer", "strange_worker"])
def test_the_offices_and_the_communities_read_it(cast: Cast, who, page):
    assert client_of(getattr(cast, who)).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", OTHERS)
def test_to_everybody_else_it_does_not_exist(cast: Cast, who, page):
    assert client_of(getattr(cast, who)).get(page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_signed_out_one_is_asked_to_sign_in(cast: Cast, client, page):
    assert client.get(page)["Location"] == f"/account/login/?next={page}"


def test_a_districts_officers_get_sums_street_by_street_and_no_single_matter(english: Cast):
    late_order(english)
    officer = make_district_officer(english.chen, english)
    page = read(officer)
    assert "Street by street" in page
    assert "安和街道" in page
    assert "东湖街道" in page
    assert "What burns" not in page
    assert "春和苑小区</td>" not in page
    assert client_of(officer).get("/dashboard/due/").status_code == 404


def test_it_comes_first_for_those_who_run_an_office(english: Cast):
    bar = read(english.sun).split('<nav class="links"')[1].split("</nav>")[0]
    assert bar.index("/dashboard/") < bar.index("/console/")
    assert bar.count("/dashboard/") == 1
    bar = read(english.wu).split('<nav class="links"')[1].split("</nav>")[0]
    assert bar.index("/desk/") < bar.index("/dashboard/")


# --- what burns ---


def test_the_longest_overdue_stands_first_with_what_where_whose_and_by_how_much(english: Cast):
    late_order(english, hours=2)
    late_order(english, english.self_managed_building, hours=30, category="leak")
    page = read(english.sun)
    rows = page.split("<tbody>")[1]
    assert rows.index("星湖业委会") < rows.index("恒信物业")
    assert "Overdue by 1 day" in page
    assert "Overdue <b>2</b>" in page
    assert "nobody has accepted it" in page
    assert 'href="tel:0531-55510001"' in page


def test_no_worker_is_named(english: Cast):
    order = late_order(english)
    handling.accept(order, actor=english.zhou, at=NOW - timedelta(hours=3))
    handling.add_note(order, actor=english.zhou, at=NOW - timedelta(hours=2), words="缺灯管")
    page = read(english.sun)
    assert "缺灯管" in page
    assert "accepted" in page
    for name in (english.zhou.full_name, "周管家", "Zhou"):
        assert name not in page


def test_words_said_in_a_quarrel_are_not_in_the_list(english: Cast):
    order = late_order(english, category="noise")
    Issue.objects.filter(pk=order.issue_id).update(hides_petitioner=True)
    WorkOrder.objects.filter(pk=order.pk).update(last_words="楼上半夜打孩子")
    page = read(english.sun)
    assert "楼上半夜打孩子" not in page
    assert "not quoted here" in page


def test_an_account_that_is_asked_for_leads_to_it(english: Cast):
    late_order(english, hours=12)
    ladder.fire_due(NOW, bell="loop")
    supervision = SupervisionOrder.objects.get()
    page = read(english.sun)
    assert f'href="/supervisions/{supervision.public_id}/"' in page
    assert 'href="tel:' not in page


def test_twenty_rows_and_a_way_to_all_of_them(english: Cast):
    for number in range(23):
        late_order(english, hours=2 + number)
    page = read(english.sun)
    assert page.count('<tr class="is-late">') == 20
    assert 'href="/dashboard/due/"' in page
    assert "all 23" in page
    assert read(english.sun, "/dashboard/due/").count('<tr class="is-late">') == 20
    assert read(english.sun, "/dashboard/due/", page="2").count('<tr class="is-late">') == 3
    for odd in ("0", "-1", "9" * 30, "zwei", "3"):
        assert read(english.sun, "/dashboard/due/", page=odd).count('<tr class="is-late">') in (3, 20)


def test_a_community_doesnt_get_what_goes_past_it(english: Cast):
    late_order(english, category="complaint_community", hours=24 * 7)
    assert "Overdue <b>1</b>" in read(english.sun)
    page = read(english.wu)
    assert "Overdue <b>0</b>" in page
    assert "Nothing is overdue" in page


def test_what_may_not_be_opened_leads_nowhere(english: Cast):
    """An order that the street has itself isn't the community's to open."""
    order = late_order(english)
    WorkOrder.objects.filter(pk=order.pk).update(body=english.street_office)
    assert f"/queue/{order.public_id}/" not in read(english.wu)
    assert f"/queue/{order.public_id}/" in read(english.sun)
    assert client_of(english.wu).get(f"/queue/{order.public_id}/").status_code == 404


@pytest.mark.parametrize("who", ["sun", "wu", "administrator", "strange_officer"])
def test_every_link_of_the_list_opens(cast: Cast, who):
    Street(cast, 5, matters=60)
    user = getattr(cast, who)
    browser = client_of(user)
    rows = browser.get("/dashboard/due/").context["burns"]
    addresses = {row.url for row in rows if row.url} | {row.action[1] for row in rows if row.action[1].startswith("/")}
    assert addresses or who != "sun"
    assert {browser.get(address).status_code for address in addresses} <= {200}


# --- the filter ---


def test_an_address_narrows_everything_and_says_so(english: Cast):
    late_order(english)
    late_order(english, english.self_managed_building)
    assert "Overdue <b>2</b>" in read(english.sun)
    page = read(english.sun, estate=str(english.self_managed.public_id))
    assert "Overdue <b>1</b>" in page
    assert "恒信物业</td>" not in page
    assert "Clear" in page
    assert f'href="/dashboard/figures.xlsx?estate={english.self_managed.public_id}"' in page


STRANGE = [
    {"estate": "zwei"},
    {"community": "桃园社区"},
    {"body": "嘉润物业服务有限公司"},
    {"category": "no-such"},
    {"channel": "fax"},
    {"weeks": "13"},
    {"weeks": "9" * 50},
    {"from": "2026-02-30"},
    {"from": "2026-05-10", "to": "2026-05-01"},
    {"from": "1999-01-01"},
    {"from": "2030-01-01", "to": "2030-02-01"},
    {"to": "0001-01-01"},
    {"street": "云溪区东湖街道"},
    {"q": "anything"},
    {"estate": "\u200b"},
]


@pytest.mark.parametrize("query", STRANGE, ids=str)
@pytest.mark.parametrize("page", PAGES[:2])
def test_a_filter_that_isnt_offered_is_left_out_with_a_sentence(english: Cast, query, page):
    late_order(english)
    said = read(english.sun, page, **query)
    assert 'class="alert alert-warning left-out"' in said
    assert said.count('<tr class="is-late">') == 1


@pytest.mark.parametrize(
    "query", [{"estate": "strange"}, {"estate": "00000000-0000-4000-8000-000000000000"}], ids=["another's", "nobody's"]
)
def test_an_estate_of_another_street_looks_like_one_that_never_was(english: Cast, query):
    if query["estate"] == "strange":
        query = {"estate": str(english.strange_estate.public_id)}
    said = read(english.sun, **query)
    assert "That estate isn&#x27;t offered here." in said
    assert "桃园里" not in said


def test_a_left_out_filter_never_widens_what_a_community_sees(english: Cast):
    late_order(english, english.strange_building)
    late_order(english)
    other = Estate.objects.get(pk=english.strange_estate.pk)
    page = read(english.wu, estate=str(other.public_id), community="桃园社区", street="云溪区东湖街道")
    assert "In hand <b>1</b>" in page
    assert "桃园" not in page.replace("That", "")


def test_nul_and_control_characters_are_a_bad_address(cast: Cast):
    answer = client_of(cast.sun).get("/dashboard/?estate=%00")
    assert answer.status_code in (200, 400)


def test_communities_and_bodies_of_others_arent_offered(cast: Cast):
    Body.objects.create(
        kind="owners_committee",
        name="桃园里业主委员会",
        short_name="桃园业委会",
        subdistrict=Subdistrict.objects.get(name="东湖街道"),
        estate=cast.strange_estate,
    )
    for who in (cast.sun, cast.wu):
        page = read(who)
        for name in ("桃园", "嘉润", "东湖"):
            assert name not in page


# --- what it says ---


def test_an_empty_street_says_that_there_are_no_figures(english: Cast):
    page = read(english.sun)
    assert "No figures yet" in page
    assert "%</b>" not in page
    assert "Nothing is overdue" in page


def test_one_matter_makes_no_nonsense(english: Cast):
    late_order(english)
    page = read(english.sun)
    assert "No figures yet" not in page
    assert "0 of 1 petition" in page
    assert "No figure yet" in page
    assert "Fewer than 20" in page


def test_definitions_exclusions_and_n_stand_beside_the_rates(english: Cast):
    Street(english, 1)
    page = read(english.sun)
    for words in (
        "Response rate",
        "Petitions whose person was contacted in time ÷ petitions for which that came due.",
        "Petitions that their own person confirmed solved ÷ petitions finished.",
        "Ratings of 4–5 ÷ all ratings.",
        "merged into",
        "not taken up",
        "withdrawn",
        "imported",
        "these are ours",
        "before:",
    ):
        assert words in page


def test_each_drawing_has_its_table(english: Cast):
    Street(english, 2)
    page = read(english.sun)
    assert page.count("See the table") == page.count('<details class="data"') == 8
    assert '<details class="data" open' not in page


def test_on_paper_every_table_is_open(english: Cast):
    Street(english, 2)
    page = read(english.sun, view="print")
    assert page.count('<details class="data" open') == 8
    assert "left-out" not in page


@pytest.mark.parametrize("matters", [1, 5, 60])
def test_it_stands_with_any_number_of_matters_in_every_language(cast: Cast, matters):
    Street(cast, 9, matters=matters, imports=1)
    for language in ("zh-hans", "en", "ko"):
        User.objects.update(language=language)
        assert client_of(User.objects.get(pk=cast.sun.pk)).get("/dashboard/", {"weeks": "52"}).status_code == 200


# --- what it costs ---


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["sun", "administrator", "wu"])
def test_many_matters_cost_as_many_queries_as_one_and_at_most_twelve(cast: Cast, who, page):
    late_order(cast)
    browser = client_of(getattr(cast, who))
    few = queries(browser, page)
    Street(cast, 3, matters=50)
    assert queries(browser, page) == few
    assert few <= 12


def queries(browser, page: str) -> int:
    browser.get(page)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert browser.get(page).status_code == 200
    return len(asked)


# --- the workbook ---


def book_of(user: User, **query: str):
    answer = client_of(user).get("/dashboard/figures.xlsx", query)
    assert answer["Content-Disposition"].startswith("attachment")
    return load_workbook(io.BytesIO(answer.content))


def test_the_workbook_has_the_definitions_and_a_sheet_for_each_figure(english: Cast):
    Street(english, 2)
    book = book_of(english.sun)
    assert book.sheetnames == [
        "Definitions",
        "Three rates",
        "Promises kept",
        "Where it piles up",
        "Arrivals",
        "How long",
        "What about",
        "Really solved",
        "Who isn't heard",
    ]
    said = " ".join(str(cell.value) for row in book["Definitions"].iter_rows() for cell in row)
    assert "Ratings of 4–5" in said
    assert "安和街道" in said
    assert "2026-05-15 14:17" in said
    assert sum(row[3].value for row in book["Promises kept"].iter_rows(min_row=2)) > 0


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_name_becomes_a_formula(english: Cast, start):
    name = f"{start}HYPERLINK(1)"
    Estate.objects.filter(pk=english.estate.pk).update(name=name)
    Category.objects.filter(code="electricity").update(name_en=name)
    late_order(english)
    book = book_of(english.sun)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert len(cells) >= 2
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(str(cell.value).startswith("'") for cell in cells)


def test_an_empty_street_has_a_workbook_too(cast: Cast):
    assert len(book_of(cast.sun).sheetnames) == 9


def test_the_workbook_follows_the_filter(english: Cast):
    late_order(english)
    book = book_of(english.sun, **{"from": date(2026, 5, 1).isoformat(), "to": date(2026, 5, 2).isoformat()})
    said = " ".join(str(cell.value) for row in book["Definitions"].iter_rows() for cell in row)
    assert "Fri 1 May to Sat 2 May" in said
