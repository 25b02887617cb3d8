"""The proof of the dashboard: each figure, for everybody and every filter, equals what plain rows and loops say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from governance.models import Category, Role, RoleAssignment, User
from issues.figures import Choice, Narrowing, burning, figures_of, sight_of
from tests.cast import LONG_AGO, NOW, Cast
from tests.issues.figures.by_hand import Hand
from tests.issues.figures.random_street import Street

pytestmark = pytest.mark.django_db

SEEDS = range(4)


@pytest.fixture(params=SEEDS)
def street(cast: Cast, request) -> Street:
    return Street(cast, request.param)


def check(user: User, query: Mapping[str, str], hand: Hand) -> None:
    choice = Choice.read(query, sight_of(user.scope(NOW)), NOW)
    assert choice.ignored == ()
    told, burns = figures_of(choice), burning(Narrowing(choice), limit=1000)
    rated = hand.rated()
    resolution = hand.resolution()
    rate = told.response.rate
    found = {
        "promises": [(week.starts_on, week.kept.part, week.kept.n) for week in told.promises.weeks],
        "pile": told.pile.ages,
        "tally": (
            told.pile.tally.open,
            told.pile.tally.overdue,
            told.pile.tally.within_the_hour,
            told.pile.tally.today,
        ),
        "burns": [(row.issue_id, row.kind) for row in burns.rows],
        "burns in all": burns.total,
        "response": (rate.now.part, rate.now.n, rate.before.part, rate.before.n, told.response.denied),
        "resolution": (*pair(told.resolution.rate.now), *pair(told.resolution.rate.before)),
        "apart": (told.resolution.not_solved, told.resolution.staff_only, told.resolution.no_answer),
        "satisfaction": (*pair(told.satisfaction.now), *pair(told.satisfaction.before)),
        "not solved": (*pair(told.not_solved.now), *pair(told.not_solved.before)),
        "left out": (told.left_out.withdrawn, told.left_out.declined, told.left_out.imported, told.left_out.merged),
        "arrivals": (
            told.arrivals.all,
            told.arrivals.proven,
            told.arrivals.claimed,
            told.arrivals.with_finish,
            told.arrivals.under_a_minute,
        ),
        "reopened": pair(told.reopened),
        "lengths": {
            each.category: (each.n, pytest.approx(each.median.total_seconds()), pytest.approx(each.p90.total_seconds()))
            for each in told.lengths
        },
        "about": {each.category: (each.now, each.before) for each in told.about},
        "heard": {each.estate: (each.filed, each.homes) for each in told.heard},
    }
    assert found == {
        "promises": hand.promises(),
        "pile": hand.pile(),
        "tally": hand.tally(),
        "burns": hand.burns(),
        "burns in all": len(hand.burns()),
        "response": hand.response(),
        "resolution": tuple(
            resolution[name] for name in ("now_confirmed", "now_all", "before_confirmed", "before_all")
        ),
        "apart": (resolution["not_solved"], resolution["staff_only"], resolution["no_answer"]),
        "satisfaction": (rated["now"][1], rated["now"][0], rated["before"][1], rated["before"][0]),
        "not solved": (rated["now"][2], rated["now"][0], rated["before"][2], rated["before"][0]),
        "left out": hand.left_out(),
        "arrivals": hand.arrivals(),
        "reopened": hand.reopened(),
        "lengths": hand.lengths(),
        "about": hand.about(),
        "heard": hand.heard(),
    }


def pair(share: Any) -> tuple[int, int]:
    return share.part, share.n


def test_a_street_as_its_officers_see_it(street: Street, cast: Cast):
    check(cast.sun, {}, Hand(NOW, streets={cast.subdistrict.pk}))


def test_all_streets_as_administrators_see_them(street: Street, cast: Cast):
    streets = {cast.subdistrict.pk, cast.strange_community.subdistrict_id}
    check(cast.administrator, {}, Hand(NOW, streets=streets, free=True))
    away = {"street": "云溪区东湖街道"}
    check(cast.administrator, away, Hand(NOW, streets=streets, free=True, street=cast.strange_community.subdistrict_id))


def test_streets_as_their_district_sees_them(street: Street, cast: Cast):
    district = cast.subdistrict.district
    RoleAssignment.objects.create(user=cast.chen, role=Role.DISTRICT_OFFICER, district=district, valid_from=LONG_AGO)
    streets = {cast.subdistrict.pk, cast.strange_community.subdistrict_id}
    check(cast.chen, {}, Hand(NOW, streets=streets, free=True, sums_only=True))


def test_a_community_as_its_staff_see_it(street: Street, cast: Cast):
    communities = {cast.community.pk}
    check(cast.wu, {}, Hand(NOW, streets=set(), communities=communities))
    check(cast.wu, {"channel": "phone"}, Hand(NOW, streets=set(), communities=communities, channel="phone"))
    body = cast.hengxin
    check(cast.wu, {"body": body.name}, Hand(NOW, streets=set(), communities=communities, body=body.pk))


def test_somebody_of_one_street_and_a_community_of_another(street: Street, cast: Cast):
    RoleAssignment.objects.create(
        user=cast.sun, role=Role.COMMUNITY_STAFF, community=cast.strange_community, valid_from=LONG_AGO
    )
    hand = Hand(NOW, streets={cast.subdistrict.pk}, communities={cast.strange_community.pk})
    check(cast.sun, {}, hand)


@pytest.mark.parametrize("weeks", [4, 26, 52])
def test_other_numbers_of_weeks(cast: Cast, weeks):
    Street(cast, 20 + weeks)
    check(cast.sun, {"weeks": str(weeks)}, Hand(NOW, streets={cast.subdistrict.pk}, weeks=weeks))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 5, 11), date(2026, 5, 11)),
        (date(2026, 4, 8), date(2026, 5, 3)),
        (date(2026, 3, 2), date(2026, 3, 29)),
        (date(2025, 11, 1), date(2026, 5, 15)),
    ],
)
def test_days_from_and_to(cast: Cast, first, last):
    Street(cast, 40 + first.day)
    query = {"from": first.isoformat(), "to": last.isoformat()}
    check(cast.sun, query, Hand(NOW, streets={cast.subdistrict.pk}, days=(first, last)))


def test_each_filter_by_itself_and_all_together(street: Street, cast: Cast):
    lake = next(estate for estate in street.estates if estate.name == "湖滨花园")
    category = Category.objects.get(code="leak")
    filters: dict[str, tuple[str, Any]] = {
        "community": (cast.community.name, cast.community.pk),
        "estate": (str(lake.public_id), lake.pk),
        "body": (cast.hengxin.name, cast.hengxin.pk),
        "category": ("leak", category.pk),
        "channel": ("patrol", "patrol"),
    }
    for name, (said, value) in filters.items():
        check(cast.sun, {name: said}, Hand(NOW, streets={cast.subdistrict.pk}, **{name: value}))
    check(cast.sun, {"channel": "import"}, Hand(NOW, streets={cast.subdistrict.pk}, channel="import"))
    estate = (str(cast.estate.public_id), cast.estate.pk)
    together = filters | {"estate": estate, "channel": ("portal", "portal")}
    check(
        cast.sun,
        {name: said for name, (said, _value) in together.items()},
        Hand(NOW, streets={cast.subdistrict.pk}, **{name: value for name, (_said, value) in together.items()}),
    )


def test_nothing_at_all(cast: Cast):
    check(cast.sun, {}, Hand(NOW, streets={cast.subdistrict.pk}))
