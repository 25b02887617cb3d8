"""What counts as covered, rule by rule; what is shown of it; what is kept of days gone by."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from governance.domain import coverage, roles
from governance.models import (
    Body,
    BranchKind,
    Building,
    CommitteeTerm,
    Community,
    CoverageRule,
    CoverageSnapshot,
    CoverageTarget,
    Estate,
    GridUnit,
    JointUnit,
    Management,
    Membership,
    PartyBranch,
    Role,
    Standing,
    Subdistrict,
)
from tests import net
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 15)
YESTERDAY = DAY - timedelta(days=1)


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def figure(cast: Cast, rule: str, day: date = DAY, **narrowed) -> coverage.Figure:
    found = {figure.rule: figure for figure in coverage.figures(cast.subdistrict.pk, day, **narrowed)}
    return found[rule]


def companies(cast: Cast, day: date = DAY) -> coverage.Figure:
    return figure(cast, CoverageRule.COMPANIES, day)


def own_branch(cast: Cast, full: int, probationary: int = 0, kind: str = BranchKind.BRANCH) -> PartyBranch:
    branch = net.branch("恒信物业党支部", kind, body=cast.hengxin)
    net.members(branch, full, community=cast.community, body=cast.hengxin)
    net.members(branch, probationary, community=cast.community, body=cast.hengxin, standing=Standing.PROBATIONARY)
    return branch


def joint_branch(cast: Cast, *shares: tuple[Body, int]) -> PartyBranch:
    branch = net.branch("物业企业联合党支部", BranchKind.JOINT_BRANCH, community=cast.community)
    for body, full in shares:
        net.share(branch, [body])
        net.members(branch, full, community=cast.community, body=body)
    return branch


def second_company(cast: Cast, name: str = "安居物业服务有限公司") -> Body:
    estate = Estate.objects.create(community=cast.community, name=f"{name[:2]}花园")
    return net.company(cast.community, name, estate)


# --- companies ---


@pytest.mark.parametrize(
    ("full", "probationary", "covered", "why"),
    [
        (3, 0, 1, None),
        (2, 5, 0, "恒信物业党支部 has 2 full members; three are needed."),
        (1, 0, 0, "恒信物业党支部 has 1 full member; three are needed."),
        (0, 3, 0, "恒信物业党支部 has 0 full members; three are needed."),
    ],
)
def test_a_branch_counts_from_three_full_members(cast: Cast, in_english, full, probationary, covered, why):
    own_branch(cast, full, probationary)
    found = companies(cast)
    assert (found.numerator, found.denominator) == (covered, 1)
    assert [(gap.name, gap.why) for gap in found.gaps] == ([("恒信物业服务有限公司", why)] if why else [])


@pytest.mark.parametrize(
    ("kind", "covered"),
    [
        (BranchKind.BRANCH, 1),
        (BranchKind.GENERAL_BRANCH, 1),
        (BranchKind.COMMITTEE, 1),
        (BranchKind.GROUP, 0),
        (BranchKind.JOINT_BRANCH, 0),
    ],
)
def test_a_group_alone_is_no_organisation_of_a_company(cast: Cast, kind, covered):
    own_branch(cast, 3, kind=kind)
    assert companies(cast).numerator == covered


def test_members_in_the_groups_below_a_branch_are_its_members(cast: Cast):
    branch = own_branch(cast, 1)
    group = net.branch("第一党小组", BranchKind.GROUP, parent=branch, estate=cast.estate)
    net.members(
        net.branch("第二党小组", BranchKind.GROUP, parent=branch, body=cast.hengxin), 1, community=cast.community
    )
    assert companies(cast).numerator == 0
    net.members(group, 1, community=cast.community)
    assert companies(cast).numerator == 1


def test_members_of_another_company_below_are_not_its_own(cast: Cast):
    branch = own_branch(cast, 2, kind=BranchKind.COMMITTEE)
    other = net.branch("安居物业党支部", parent=branch, body=second_company(cast))
    net.members(other, 3, community=cast.community)
    found = companies(cast)
    assert (found.numerator, [gap.name for gap in found.gaps]) == (1, ["恒信物业服务有限公司"])


def test_companies_share_a_joint_branch_of_three_full_members(cast: Cast, in_english):
    other = second_company(cast)
    joint_branch(cast, (cast.hengxin, 2), (other, 1))
    found = companies(cast)
    assert (found.numerator, found.denominator, found.gaps) == (2, 2, ())
    assert found.note == "0 with an organisation of their own, 2 sharing 1 joint branch"


def test_a_joint_branch_of_two_full_members_covers_nobody(cast: Cast, in_english):
    joint_branch(cast, (cast.hengxin, 1), (second_company(cast), 1))
    assert [gap.why for gap in companies(cast).gaps] == [
        "Shares 物业企业联合党支部, which has 2 full members in all; three are needed."
    ] * 2


def test_a_company_without_a_full_member_is_not_covered_by_its_share(cast: Cast, in_english):
    joint_branch(cast, (cast.hengxin, 3), (second_company(cast), 0))
    found = companies(cast)
    assert found.numerator == 1
    assert [gap.why for gap in found.gaps] == ["Shares 物业企业联合党支部, but none of its full members works there."]


def test_a_share_counts_to_its_last_day(cast: Cast):
    joint_branch(cast, (cast.hengxin, 3))
    JointUnit.objects.update(ended_on=DAY)
    assert companies(cast).numerator == 1
    assert companies(cast, DAY + timedelta(days=1)).numerator == 0


def test_only_companies_that_manage_something_on_the_day_are_counted(cast: Cast):
    second_company(cast)
    Body.objects.create(
        kind="property_company", name="无约物业服务有限公司", short_name="无约物业", subdistrict=cast.subdistrict
    )
    assert companies(cast).denominator == 2
    Management.objects.filter(body=cast.hengxin).update(valid_until=YESTERDAY)
    assert companies(cast).denominator == 1
    assert companies(cast, YESTERDAY).denominator == 2


def test_a_company_with_several_estates_is_one_company(cast: Cast):
    estate = Estate.objects.create(community=cast.community, name="春晖苑")
    Management.objects.create(estate=estate, body=cast.hengxin, kind="contract", valid_from=DAY)
    assert companies(cast).denominator == 1


def test_an_ended_branch_covers_nobody_any_more(cast: Cast, in_english):
    branch = own_branch(cast, 3)
    PartyBranch.objects.filter(pk=branch.pk).update(ended_on=YESTERDAY)
    assert [gap.why for gap in companies(cast).gaps] == ["Has no party organisation and shares no joint branch."]
    assert companies(cast, YESTERDAY).numerator == 1


def test_another_street_is_another_figure(cast: Cast):
    branch = net.branch("嘉润物业党支部", body=cast.strange_company)
    net.members(branch, 3, community=cast.strange_estate.community)
    assert companies(cast).numerator == 0
    away = {found.rule: found for found in coverage.figures(cast.strange_estate.community.subdistrict_id, DAY)}
    assert away[CoverageRule.COMPANIES].numerator == 1


def test_a_community_has_figures_of_its_own(cast: Cast):
    other = Community.objects.create(subdistrict=cast.subdistrict, name="湖滨社区")
    net.company(other, "湖滨物业服务有限公司", Estate.objects.create(community=other, name="湖滨花园"))
    assert companies(cast).denominator == 2
    found = figure(cast, CoverageRule.COMPANIES, communities=[other.pk])
    assert [gap.name for gap in found.gaps] == ["湖滨物业服务有限公司"]


# --- committees, estates ---


def test_committees_and_their_organisations(cast: Cast, in_english):
    net.committee(cast.estate)
    net.committee(cast.self_managed, organised=False)
    found, organised = figure(cast, CoverageRule.COMMITTEES), figure(cast, CoverageRule.COMMITTEE_BRANCHES)
    assert (found.numerator, found.denominator) == (2, 2)
    assert (organised.numerator, organised.denominator) == (1, 2)
    assert [(gap.name, gap.why) for gap in organised.gaps] == [("星湖家园业委会", "Has no party organisation.")]


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "why"),
    [
        (date(2021, 1, 1), DAY, None),
        (date(2021, 1, 1), YESTERDAY, "The committee's term ended on Thu 14 May."),
        (DAY + timedelta(days=1), date(2030, 1, 1), "The committee's first term hasn't begun."),
    ],
)
def test_a_recorded_term_must_be_running(cast: Cast, in_english, starts_on, ends_on, why):
    CommitteeTerm.objects.create(body=net.committee(cast.estate), number=1, starts_on=starts_on, ends_on=ends_on)
    gaps = {gap.name: gap.why for gap in figure(cast, CoverageRule.COMMITTEES).gaps}
    assert gaps.get("春和苑小区") == why
    assert gaps["星湖家园"] == "Has neither an owners' nor a property management committee."


def test_a_committee_out_of_term_is_not_asked_for_its_organisation(cast: Cast):
    body = net.committee(cast.estate)
    CommitteeTerm.objects.create(body=body, number=1, starts_on=net.SINCE, ends_on=YESTERDAY)
    assert figure(cast, CoverageRule.COMMITTEE_BRANCHES).denominator == 0


def test_a_committee_that_followed_another_on_the_same_day_is_one_committee(cast: Cast):
    first = net.committee(cast.estate, organised=False)
    Body.objects.filter(pk=first.pk).update(ended_on=DAY, name="上一届", short_name="上一届")
    net.committee(cast.estate)
    assert figure(cast, CoverageRule.COMMITTEE_BRANCHES).numerator == 1
    assert figure(cast, CoverageRule.MANAGED).denominator == 2


def test_an_estate_whose_contract_ended_is_named(cast: Cast, in_english):
    Management.objects.filter(estate=cast.estate).update(valid_until=YESTERDAY)
    found = figure(cast, CoverageRule.MANAGED)
    assert (found.numerator, found.denominator) == (1, 2)
    assert [(gap.name, gap.why) for gap in found.gaps] == [
        ("春和苑小区", "Nobody manages it; the last contract ended on Thu 14 May.")
    ]


# --- the grid ---


def test_buildings_and_grid_units(cast: Cast, in_english):
    Building.objects.create(estate=cast.estate, name="9栋")
    roles.grant(cast.li, Role.BUILDING_STEWARD, cast.building, actor="test", at=NOW)
    roles.grant(cast.zhao, Role.GRID_LEADER, cast.grid_unit, actor="test", at=NOW)
    GridUnit.objects.create(community=cast.community, name="第四网格", party_group=cast.branch)
    counted = {
        rule: (found.numerator, found.denominator, [f"{gap.name}: {gap.why}" for gap in found.gaps])
        for rule in ("grid_buildings", "grid_leaders", "grid_groups", "stewards")
        for found in [figure(cast, rule)]
    }
    assert counted == {
        "grid_buildings": (3, 4, ["春和苑小区 9栋: Is in no grid unit."]),
        "grid_leaders": (1, 2, ["春和社区 第四网格: Has no leader."]),
        "grid_groups": (1, 2, ["春和社区 第三网格: Has no party group."]),
        "stewards": (
            1,
            4,
            [f"{name}: Has no building steward." for name in ("星湖家园 1号楼", "春和苑小区 5栋", "春和苑小区 9栋")],
        ),
    }


def test_a_role_that_ended_on_the_day_no_longer_counts_on_it(cast: Cast):
    leader = roles.grant(cast.zhao, Role.GRID_LEADER, cast.grid_unit, actor="test", at=NOW - timedelta(days=3))
    assert figure(cast, CoverageRule.GRID_LEADERS).numerator == 1
    roles.revoke(leader, actor="test", at=NOW)
    assert figure(cast, CoverageRule.GRID_LEADERS).numerator == 0
    assert figure(cast, CoverageRule.GRID_LEADERS, YESTERDAY).numerator == 1


def test_what_has_ended_is_neither_counted_nor_missing(cast: Cast):
    for model in (Building, Estate, GridUnit):
        model.objects.update(ended_on=YESTERDAY)
    assert {(found.numerator, found.denominator) for found in coverage.figures(cast.subdistrict.pk, DAY)} == {(0, 0)}


# --- what is asked of the database, what is shown ---


def test_where_there_is_nothing_to_cover_there_is_no_share(cast: Cast):
    empty = Subdistrict.objects.create(district=cast.subdistrict.district, name="新设街道")
    found = coverage.figures(empty.pk, DAY)
    assert [figure.rule for figure in found] == list(CoverageRule)
    assert {(figure.share, figure.denominator, figure.gaps, figure.note) for figure in found} == {(None, 0, (), "")}


def test_thirty_estates_are_asked_for_in_as_many_queries_as_one(cast: Cast):
    with CaptureQueriesContext(
        connection,
    ) as few:
        coverage.figures(cast.subdistrict.pk, DAY)
    for number in range(30):
        estate = Estate.objects.create(community=cast.community, name=f"小区{number}")
        net.committee(estate)
        body = net.company(cast.community, f"公司{number}", estate)
        net.members(net.branch(f"支部{number}", body=body), 3, community=cast.community, body=body)
        GridUnit.objects.create(community=cast.community, name=f"网格{number}")
        Building.objects.create(estate=estate, name="1栋")
    with CaptureQueriesContext(connection) as many:
        found = coverage.figures(cast.subdistrict.pk, DAY)
    assert found[0].denominator == 31
    assert (len(few), len(many)) == (4, 4)


@pytest.mark.parametrize(
    ("numerator", "denominator", "shown"),
    [
        (27, 28, "96.43"),
        (28, 29, "96.55"),
        (28, 28, "100"),
        (0, 28, "0"),
        (1, 2, "50"),
        (2, 3, "66.67"),
        (1, 3, "33.33"),
        (99_999, 100_000, "99.99"),
        (1, 100_000, "0.01"),
        (1, 800, "0.13"),
    ],
)
def test_a_percentage_never_says_all_or_nothing_of_a_part(numerator, denominator, shown):
    assert coverage.percent(Fraction(numerator, denominator)) == shown


def test_a_percentage_is_not_rounded_onto_a_target_that_it_misses():
    share = Fraction(666_666, 1_000_000)
    assert coverage.percent(share) == "66.67"
    assert coverage.percent(share, line=Decimal("66.67")) == "66.66"
    target = CoverageTarget(target_percent=Decimal("66.67"))
    assert not coverage.reaches(share, target)
    assert coverage.reaches(Fraction(2, 3), CoverageTarget(target_percent=Decimal("66.66")))
    assert not coverage.reaches(None, CoverageTarget(target_percent=Decimal(0)))


# --- days gone by ---


def test_the_first_sweep_after_midnight_keeps_yesterday_and_the_next_finds_nothing_to_do(cast: Cast):
    written = coverage.take_snapshots(NOW)
    assert written == len(CoverageRule) * 2
    assert set(CoverageSnapshot.objects.values_list("day", flat=True)) == {YESTERDAY}
    assert coverage.take_snapshots(NOW + timedelta(hours=9)) == 0
    assert coverage.take_snapshots(NOW + timedelta(hours=10)) == len(CoverageRule) * 2


def test_a_snapshot_stays_when_the_register_moves(cast: Cast):
    own_branch(cast, 3)
    coverage.take_snapshots(NOW + timedelta(days=1))
    Membership.objects.filter(member__body=cast.hengxin).update(standing=Standing.PROBATIONARY)
    kept = CoverageSnapshot.objects.get(subdistrict=cast.subdistrict, day=DAY, rule=CoverageRule.COMPANIES)
    assert (kept.numerator, kept.denominator, kept.gaps) == (1, 1, [])
    assert companies(cast).numerator == 0
    coverage.keep(cast.subdistrict.pk, DAY, NOW)
    kept.refresh_from_db()
    assert kept.numerator == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        CoverageSnapshot.objects.update(numerator=0)


def test_a_street_whose_snapshot_fails_keeps_no_other_waiting(cast: Cast, monkeypatch):
    keep = coverage.keep

    def fails_here(subdistrict_id, day, now):
        if subdistrict_id == cast.subdistrict.pk:
            raise ValueError
        return keep(subdistrict_id, day, now)

    monkeypatch.setattr(coverage, "keep", fails_here)
    failed: set[int] = set()
    assert coverage.take_snapshots(NOW, failed) == len(CoverageRule)
    assert failed == {cast.subdistrict.pk}


def test_a_snapshot_names_organisations_and_no_person(cast: Cast):
    own_branch(cast, 2)
    coverage.take_snapshots(NOW)
    kept = CoverageSnapshot.objects.get(subdistrict=cast.subdistrict, rule=CoverageRule.COMPANIES)
    assert kept.gaps == ["恒信物业服务有限公司"]
