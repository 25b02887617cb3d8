"""The pages of the net: whose they are, what they say, and that they say nothing of a single member."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.domain import coverage
from governance.models import (
    BranchKind,
    Building,
    Community,
    CoverageRule,
    CoverageTarget,
    Estate,
    GridUnit,
    Joins,
    Management,
    PartyBranch,
    Role,
    RoleAssignment,
)
from tests import net
from tests.cast import LONG_AGO, NOW, Cast, client_of

pytestmark = pytest.mark.django_db

PAGES = ("/coverage/", "/coverage/companies/", "/coverage/tree/")
DAY = date(2026, 5, 15)


@pytest.fixture(autouse=True)
def _at_the_moment_of_the_cast(monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture
def english(cast: Cast) -> Cast:
    type(cast.sun).objects.update(language="en")
    return cast


def read(user, address: str = "/coverage/") -> str:
    answer = client_of(user).get(address)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def own_branch(cast: Cast, full: int = 3) -> PartyBranch:
    branch = net.branch("恒信物业党支部", body=cast.hengxin)
    net.members(branch, full, community=cast.community, body=cast.hengxin)
    return branch


# --- whose pages they are ---


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["sun", "administrator", "wu", "chen", "strange_officer"])
def test_the_office_the_community_and_secretaries_read_them(cast: Cast, who, page):
    assert client_of(getattr(cast, who)).get(page).status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["li", "wang", "zhou", "zheng", "gao", "he", "zhao", "stranger"])
def test_to_everybody_else_they_do_not_exist(cast: Cast, who, page):
    assert client_of(getattr(cast, who)).get(page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_signed_out_one_is_asked_to_sign_in(cast: Cast, client, page):
    assert client.get(page)["Location"] == f"/account/login/?next={page}"


@pytest.mark.parametrize("page", PAGES)
def test_another_street_looks_exactly_like_one_that_is_not_there(cast: Cast, page):
    browser = client_of(cast.sun)
    answers = [browser.get(page, {"area": name}) for name in ("云溪区东湖街道", "云溪区无此街道")]
    assert [answer.status_code for answer in answers] == [404] * 2
    assert browser.get(page, {"area": "云溪区安和街道"}).status_code == 200


def test_a_rule_that_is_not_one_is_not_there(cast: Cast):
    assert client_of(cast.sun).get("/coverage/members/").status_code == 404


def test_an_administrator_chooses_the_street(english: Cast):
    own_branch(english)
    assert "0/1" in read(english.administrator, "/coverage/?area=云溪区东湖街道").split("Estates with")[0]
    page = read(english.administrator, "/coverage/?area=云溪区安和街道")
    assert "<b>1/1</b> <span>100 %</span>" in page
    assert 'href="/coverage/companies/?area=' in page


@pytest.mark.parametrize("who", ["wu", "chen"])
def test_a_community_is_counted_by_itself(english: Cast, who):
    other = Community.objects.create(subdistrict=english.subdistrict, name="湖滨社区")
    net.company(other, "湖滨物业服务有限公司", Estate.objects.create(community=other, name="湖滨花园"))
    assert "<b>0/2</b>" in read(english.sun)
    page = read(getattr(english, who))
    assert "<b>0/1</b>" in page
    assert "湖滨" not in page
    assert "Only this community is counted." in page


def test_the_secretary_of_a_companys_branch_sees_the_community_whose_committee_it_joins(english: Cast):
    other = Community.objects.create(subdistrict=english.subdistrict, name="湖滨社区")
    committee = net.branch("湖滨社区党委", BranchKind.COMMITTEE, community=other)
    branch = own_branch(english)
    RoleAssignment.objects.create(
        user=english.zheng, role=Role.BRANCH_SECRETARY, party_branch=branch, valid_from=LONG_AGO
    )
    assert "There is no area to show you" in read(english.zheng)
    Joins.objects.create(branch=branch, committee=committee, since=net.SINCE)
    assert f"{name_in_english('湖滨社区')}, " in read(english.zheng)
    assert client_of(english.zheng).get("/coverage/companies/").status_code == 200


def test_the_secretary_of_the_streets_committee_sees_the_street(english: Cast):
    branch = net.branch("安和街道党工委", BranchKind.COMMITTEE, subdistrict=english.subdistrict)
    RoleAssignment.objects.filter(user=english.chen).update(party_branch=branch)
    assert f"{name_in_english('安和街道')}, " in read(english.chen)


# --- what they say ---


def test_a_figure_says_its_fraction_its_share_its_rule_and_its_gaps(english: Cast):
    own_branch(english, full=2)
    page = read(english.sun)
    assert "<b>0/1</b> <span>0 %</span>" in page
    assert "0 with an organisation of their own, 0 sharing 0 joint branches" in page
    assert "Probationary members don&#x27;t count." in page
    assert "has 2 full members; three are needed." in page
    assert f'<a href="/console/governance/body/{english.hengxin.pk}/change/">' in page


@pytest.mark.parametrize("who", ["wu", "chen"])
def test_who_does_not_keep_the_registers_gets_no_way_into_them(english: Cast, who):
    page = read(getattr(english, who))
    assert "恒信物业服务有限公司" in page
    assert "/console/" not in page


def test_nothing_to_cover_is_said_in_words(english: Cast):
    Management.objects.all().delete()
    Estate.objects.update(ended_on=DAY - timedelta(days=1))
    page = read(english.sun)
    assert "None: there is nothing here to be covered." in page


def test_yesterday_stands_beside_today(english: Cast):
    own_branch(english)
    coverage.keep(english.subdistrict.pk, DAY - timedelta(days=1), NOW)
    Management.objects.update(valid_until=DAY - timedelta(days=1))
    page = read(english.sun)
    assert "<dt>Yesterday</dt><dd>1/1 (100 %)</dd>" in page
    assert "<dt>Yesterday</dt><dd>2/2 (100 %)</dd>" in page
    assert "<b>0/2</b>" in page


@pytest.mark.parametrize(
    ("percent", "due_on", "badge"),
    [
        ("50.00", DAY, "reached"),
        ("50.01", DAY, "not yet reached"),
        ("50.01", DAY - timedelta(days=1), "not reached"),
        ("50.00", DAY - timedelta(days=1), "reached"),
    ],
)
def test_a_target_is_reached_exactly_or_not(english: Cast, percent, due_on, badge):
    own_branch(english)
    estate = Estate.objects.create(community=english.community, name="新苑")
    net.company(english.community, "新苑物业服务有限公司", estate)
    target(english, percent, due_on)
    page = read(english.sun)
    assert f"{Decimal(percent).normalize():f} % by" in page
    assert f"{badge}</span></dd>" in page


def test_the_next_target_due_is_the_one_that_counts(english: Cast):
    for year, percent in ((2025, "50"), (2026, "70"), (2027, "100")):
        target(english, percent, date(year, 12, 31))
    page = read(english.sun)
    assert "70 % by Thu 31 Dec" in page
    assert "100 % by" not in page


def target(cast: Cast, percent: str, due_on: date) -> CoverageTarget:
    return CoverageTarget.objects.create(
        subdistrict=cast.subdistrict,
        rule=CoverageRule.COMPANIES,
        baseline_on=date(2020, 1, 1),
        baseline_percent=Decimal("33.33"),
        due_on=due_on,
        target_percent=Decimal(percent),
        source="街道工作方案",
    )


def test_days_gone_by_are_drawn_and_tabled(english: Cast):
    branch = own_branch(english)
    for days in (4, 3):
        coverage.keep(english.subdistrict.pk, DAY - timedelta(days=days), NOW)
    PartyBranch.objects.filter(pk=branch.pk).update(ended_on=DAY - timedelta(days=3))
    for days in (2, 1):
        coverage.keep(english.subdistrict.pk, DAY - timedelta(days=days), NOW)
    target(english, "100", date(2026, 12, 31))
    page = read(english.sun, "/coverage/companies/")
    assert page.count('class="reached"') == 4
    assert page.count('class="step"') == 1
    assert page.count('class="baseline"') == 1
    rows = page.split("Days on which it changed</caption>")[1].split("</table>")[0]
    assert [day in rows for day in ("Wed 13 May", "Mon 11 May", "Tue 12 May", "Thu 14 May")] == [
        True,
        True,
        False,
        False,
    ]
    assert "恒信物业服务有限公司" in rows
    assert "Baseline 33.33 %" in page


def test_before_the_first_midnight_there_is_nothing_to_draw(english: Cast):
    page = read(english.sun, "/coverage/companies/")
    assert "No day has been kept yet." in page
    assert "line-chart" not in page


def test_a_page_has_no_style_of_its_own_and_no_script(cast: Cast):
    target(cast, "100", date(2026, 12, 31))
    for page in PAGES:
        assert " style=" not in read(cast.sun, page)


# --- the tree ---


def test_the_tree_goes_from_the_district_down_with_what_stands_beside_it(english: Cast):
    district = net.branch("云溪区委", BranchKind.COMMITTEE, district=english.subdistrict.district)
    street = net.branch("安和街道党工委", BranchKind.COMMITTEE, parent=district, subdistrict=english.subdistrict)
    community = PartyBranch.objects.get(name="春和社区党委")
    PartyBranch.objects.filter(pk=community.pk).update(parent=street)
    joint = net.branch("物业企业联合党支部", BranchKind.JOINT_BRANCH, parent=street, subdistrict=english.subdistrict)
    net.share(joint, [english.hengxin])
    Joins.objects.create(branch=joint, committee=community, since=net.SINCE)
    page = read(english.sun, "/coverage/tree/")
    names = ["云溪区委", "安和街道党工委", "春和社区党委", "春和苑党支部", "物业企业联合党支部"]
    places = [page.index(f"<b>{name_in_english(name)}</b>") for name in names]
    assert places == sorted(places)
    assert "Secretary Chen" in page
    assert page.count("Joined by") == page.count("Joins <") == page.count("Shared by") == 1


def name_in_english(name: str) -> str:
    return f'<span lang="zh-Hans">{name}</span>'


def test_numbers_of_members_are_for_those_who_keep_the_register(english: Cast):
    net.members(english.branch, 4, community=english.community)
    assert "full members 4, probationary 0" in read(english.sun, "/coverage/tree/")
    for who in ("wu", "chen"):
        assert "full members" not in read(getattr(english, who), "/coverage/tree/")


def test_a_community_sees_its_own_part_with_the_lines_above(english: Cast):
    street = net.branch("安和街道党工委", BranchKind.COMMITTEE, subdistrict=english.subdistrict)
    PartyBranch.objects.filter(name="春和社区党委").update(parent=street)
    other = Community.objects.create(subdistrict=english.subdistrict, name="湖滨社区")
    net.branch("湖滨社区党委", BranchKind.COMMITTEE, parent=street, community=other)
    page = read(english.wu, "/coverage/tree/")
    assert [name in page for name in ("安和街道党工委", "春和社区党委", "湖滨社区党委")] == [True, True, False]
    assert "湖滨社区党委" in read(english.sun, "/coverage/tree/")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["sun", "wu", "chen"])
def test_no_member_is_named(cast: Cast, who, page):
    net.members(cast.branch, 3, community=cast.community)
    assert "党员1" not in read(getattr(cast, who), page)


# --- how much is asked ---


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("who", ["sun", "administrator", "wu", "chen"])
def test_thirty_rows_cost_no_more_questions_than_one(cast: Cast, who, page):
    first = questions(getattr(cast, who), page)
    for number in range(30):
        estate = Estate.objects.create(community=cast.community, name=f"小区{number}")
        body = net.company(cast.community, f"公司{number}", estate)
        branch = net.branch(f"支部{number}", parent=cast.branch, body=body)
        net.members(branch, 3, community=cast.community, body=body)
        Joins.objects.create(branch=branch, committee=cast.branch.parent, since=net.SINCE)
        GridUnit.objects.create(community=cast.community, name=f"网格{number}")
        Building.objects.create(estate=estate, name="1栋")
    again = questions(getattr(cast, who), page)
    assert (len(again), len(again) <= 12) == (len(first), True), "\n".join(again)


def questions(user, page: str) -> list[str]:
    browser = client_of(user)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(page).status_code == 200
    return [query["sql"][:160] for query in asked.captured_queries]
