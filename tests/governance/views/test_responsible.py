"""“Who is responsible for my door”: public, complete, and nothing of anybody's that isn't theirs to show."""

from datetime import date, timedelta

import pytest
from django.test import Client

from governance.domain import party, roles
from governance.domain.neighbourhood import responsible_for
from governance.models import Building, DutyShift, Management, PartyMember, Role, RoleAssignment, User
from governance.models.party import MemberKind
from tests.cast import LONG_AGO, NOW, PEOPLE, client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_now(monkeypatch):
    """And a form's token isn't masked anew for each page: pages can be compared whole."""
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "a" * 32)


def address(building):
    return f"/buildings/{building.qr_token}/people/"


def page(building, client=None):
    return (client or Client()).get(address(building))


def names(response, *parts):
    return [str(each.name) for part in parts for each in response.context[part]]


def surnames(response, part):
    return [each.surname for each in response.context[part]]


def test_everybody_finds_everybody_without_signing_in(cast):
    answer = page(cast.building)
    assert answer.status_code == 200
    assert names(answer, "property") == ["恒信物业", "郑经理", "周管家", "刘管家", "马管家"]
    assert surnames(answer, "grid") == ["于", "赵", "白", "田"]
    assert names(answer, "offices") == ["陈书记", "春和社区", "安和街道"]
    text = answer.content.decode()
    for body in (cast.hengxin, cast.residents_committee, cast.street_office):
        assert f'href="tel:{body.phone}"' in text


def test_nobodys_full_name_and_nobodys_own_number_is_there(cast):
    text = page(cast.building).content.decode()
    for full_name, _latin in PEOPLE.values():
        assert full_name not in text
    for person in User.objects.exclude(phone_hash=None):
        assert person.phone.removeprefix("+86") not in text
        assert person.phone not in text


def test_the_promise_of_the_company_stands_there(cast):
    cast.hengxin.promise = "五分钟到场，半小时修好"
    cast.hengxin.save()
    assert "五分钟到场，半小时修好" in page(cast.building).content.decode()


def test_who_is_on_duty_changes_with_the_hour(cast, monkeypatch):
    evening = NOW + timedelta(hours=7)
    monkeypatch.setattr("governance.middleware.database_now", lambda: evening)
    on_duty = responsible_for(cast.building, evening).on_duty
    assert [each.steward.surname for each in on_duty] == ["周", "刘", "马"]
    assert [each.until is None for each in on_duty] == [True, True, False]
    assert responsible_for(cast.building, evening).next_on_duty is None


def test_between_two_shifts_it_says_so(cast):
    DutyShift.objects.filter(body=cast.hengxin).exclude(user=cast.ma).update(ends_at=NOW)
    answer = page(cast.building)
    assert names(answer, "property") == ["恒信物业", "郑经理", "马管家"]
    assert not answer.context["is_on_duty"]


def test_an_estate_without_manager_is_the_communitys(cast):
    Management.objects.filter(estate=cast.estate).update(valid_until=date(2026, 5, 14))
    answer = page(cast.building)
    assert (names(answer, "property"), answer.context["is_managed"]) == ([], False)
    assert "恒信" not in answer.content.decode()


def test_other_estates_and_buildings_people_are_not_mixed_in(cast):
    other = page(cast.other_building)
    assert surnames(other, "grid") == ["于", "赵", "田"]
    away = page(cast.strange_building).content.decode()
    for surname_and_role in ("周管家", "陈书记", "郑经理"):
        assert surname_and_role not in away


def test_whoever_has_left_is_not_there_any_more(cast):
    roles.revoke(RoleAssignment.objects.get(user=cast.zhao), actor="test", at=NOW)
    User.objects.filter(pk__in=(cast.chen.pk, cast.zhou.pk)).update(is_active=False)
    answer = page(cast.building)
    assert surnames(answer, "grid") == ["于", "白", "田"]
    assert names(answer, "property") == ["恒信物业", "郑经理", "刘管家", "马管家"]
    assert names(answer, "offices") == ["春和社区", "安和街道"]


# --- who belongs to the party ---


def member(cast, user, *, agrees, ended_on=None):
    row = PartyMember.objects.create(
        number=f"M{user.pk}",
        full_name=user.full_name,
        kind=MemberKind.RESIDENT,
        community=cast.community,
        user=user,
    )
    if agrees:
        party.note_consent(row, given_on=date(2025, 3, 1), actor=cast.sun, at=NOW)
    PartyMember.objects.filter(pk=row.pk).update(ended_on=ended_on)
    return row


@pytest.mark.parametrize(
    ("agrees", "ended_on", "is_shown"), [(False, None, False), (True, None, True), (True, date(2026, 1, 1), False)]
)
def test_that_somebody_is_a_party_member_is_shown_only_where_they_agreed(cast, agrees, ended_on, is_shown):
    without = page(cast.building).content
    member(cast, cast.bai, agrees=agrees, ended_on=ended_on)
    shown = page(cast.building)
    assert [bool(each.note) for each in shown.context["grid"]] == [False, False, is_shown, False]
    assert (shown.content == without) is not is_shown


def test_whoever_takes_the_consent_back_is_shown_no_more_from_that_moment(cast):
    row = member(cast, cast.bai, agrees=True)
    assert page(cast.building).context["grid"][2].note
    party.withdraw_consent(row, actor=cast.sun, at=NOW)
    assert not page(cast.building).context["grid"][2].note


def test_the_secretarys_office_is_shown_whether_or_not_the_person_agreed(cast):
    member(cast, cast.chen, agrees=False)
    secretary = page(cast.building).context["offices"][0]
    assert (secretary.surname, secretary.note) == ("陈", "")


# --- whose addresses there are ---


@pytest.mark.parametrize("token", ["ZZZZZZZZZZZZ", "x", "%F0%9F%98%80", "a" * 300])
def test_an_unknown_token_is_missing(cast, token):
    assert Client().get(f"/buildings/{token}/people/").status_code == 404


def test_what_has_ended_looks_like_what_never_was(cast):
    building = page(cast.building)
    assert building.status_code == 200
    Building.objects.filter(pk=cast.building.pk).update(ended_on=date(2026, 5, 14))
    ended = page(cast.building)
    Building.objects.filter(pk=cast.building.pk).update(ended_on=None, qr_token="YYYYYYYYYYYY")
    missing = page(cast.building)
    assert (ended.status_code, ended.content) == (missing.status_code, missing.content) == (404, missing.content)


def test_the_token_may_be_typed_in_small_letters(cast):
    assert Client().get(address(cast.building).replace(cast.building.qr_token, cast.building.qr_token.lower())).context


def test_the_page_is_only_read(cast):
    assert Client().post(address(cast.building)).status_code == 405


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_it_is_there_in_each_language(cast, language):
    User.objects.filter(pk=cast.li.pk).update(language=language)
    answer = page(cast.building, client_of(User.objects.get(pk=cast.li.pk)))
    surname = "周" if language == "zh-hans" else "Zhou"
    assert any(surname in name for name in names(answer, "property"))


def test_ten_neighbours_cost_as_many_queries_as_one(cast, django_assert_max_num_queries):
    counts = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            person = User.objects.create_user(f"s{number}", surname="秦", phone=f"+861370000{number:04}")
            roles.grant(person, Role.BUILDING_STEWARD, cast.building, actor="test", at=LONG_AGO)
            DutyShift.objects.create(
                body=cast.hengxin, user=person, starts_at=LONG_AGO, ends_at=NOW + timedelta(hours=1)
            )
        with django_assert_max_num_queries(12) as seen:
            page(cast.building)
        counts.append(len(seen))
    assert counts[0] == counts[1]


# --- the ways there ---


def test_my_home_and_the_buildings_card_lead_there(cast):
    link = f'href="{address(cast.building)}"'
    client = client_of(cast.li)
    assert link in client.get("/").content.decode()
    assert link in client.get(f"/b/{cast.building.qr_token}/", follow=True).content.decode()
    assert "/people/" not in client_of(cast.sun).get("/").content.decode()


def test_the_printed_card_carries_a_code_for_it(cast):
    cards = client_of(cast.zheng).get(f"/buildings/{cast.building.qr_token}/card/").content.decode()
    assert cards.count('class="qr"') == 2
