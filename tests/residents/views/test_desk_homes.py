"""Claims of homes at the community desk: whose they are, what is found, and what a press does."""

import pytest
from django.core import serializers
from django.utils import translation

from governance.domain import roles
from governance.models import AuditEntry, AuditPayload, Building, Role, Unit, User
from residents.domain import occupancy as domain
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.cast import LONG_AGO, NOW, client_of

MISSING = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def _at_now(monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture
def wangs(cast):
    """Wang's claim to 402, which waits."""
    return Occupancy.objects.get(user=cast.wang)


@pytest.fixture
def lis(cast):
    """Li's confirmed home, 301."""
    return Occupancy.objects.get(user=cast.li)


@pytest.fixture
def wu(cast):
    return client_of(cast.wu)


def press(client, home, verb, **facts):
    facts.setdefault("seen_as", home.state)
    return client.post(f"/desk/homes/{home.public_id}/{verb}/", facts)


def doors(page):
    return [(home.unit.number, home.state) for home in page.context["page"]]


def local(user):
    return user.phone.removeprefix("+86")


# --- the list ---


def test_claims_stand_first_the_oldest_on_top_then_disputes_then_what_is_confirmed(cast, wu, lis, wangs):
    newer = domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW)
    disputed = Occupancy.objects.get(user=cast.xu)
    domain.dispute(disputed, words="儿子说房子是他的", actor=cast.wu, at=NOW)
    page = wu.get("/desk/homes/")
    assert list(page.context["page"]) == [wangs, newer, disputed, lis]
    assert [tab["count"] for tab in page.context["tabs"]] == [2, 1, 1, 0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [("402", "claimed"), ("301", "verified"), ("201", "verified")]),
        ("?show=claimed", [("402", "claimed")]),
        ("?show=verified&estate=星湖家园", [("201", "verified")]),
        ("?show=disputed", []),
        ("?number=402", [("402", "claimed")]),
        ("?number=４０２室", [("402", "claimed")]),
        ("?number= 30", [("301", "verified")]),
        ("?number=101", []),
        ("?number=李秀英", []),
        ("?number=13800130003", []),
        ("?estate=桃园里小区", []),
        ("?show=nonsense&page=99999999999999999999", [("402", "claimed"), ("301", "verified"), ("201", "verified")]),
        ("?number=" + "9" * 5000, []),
    ],
)
def test_homes_are_found_by_state_estate_and_door_and_by_nobodys_name(cast, wu, query, found):
    assert sorted(doors(wu.get(f"/desk/homes/{query}"))) == sorted(found)


def test_a_nul_in_the_address_is_refused(wu):
    assert wu.get("/desk/homes/?number=%00").status_code == 400


def test_numbers_are_masked_in_the_list(cast, wu):
    page = wu.get("/desk/homes/").content.decode()
    assert cast.wang.masked_phone in page
    assert local(cast.wang) not in page


def test_the_tabs_and_pages_keep_the_rest_of_the_address(cast, wu):
    _many(cast, range(25))
    page = wu.get("/desk/homes/?estate=春和苑小区&number=9&page=2").content.decode()
    assert "show=claimed" in page
    assert "page=1" in page.replace("&amp;", "&")
    assert page.count("number=9") >= 5


def _many(cast, numbers):
    people = User.objects.bulk_create(
        User(username=f"n{n}", full_name=f"甲{n}", phone=f"+861390000{n:04}") for n in numbers
    )
    building = Building.objects.get(pk=cast.building.pk)
    units = Unit.objects.bulk_create(Unit(building=building, stairwell=1, number=f"9{n:02}") for n in numbers)
    Occupancy.objects.bulk_create(
        Occupancy(user=person, unit=unit, relation="owner", claimed_at=NOW)
        for person, unit in zip(people, units, strict=True)
    )


@pytest.mark.parametrize("query", ["", "?show=claimed&estate=春和苑小区&number=9"])
def test_thirty_claims_cost_as_many_queries_as_one(cast, wu, django_assert_max_num_queries, query):
    counts = []
    for numbers in (range(1), range(1, 30)):
        _many(cast, numbers)
        with django_assert_max_num_queries(12) as seen:
            wu.get(f"/desk/homes/{query}")
        counts.append(len(seen))
    assert counts[0] == counts[1]


# --- whose it is ---


@pytest.mark.parametrize("who", ["li", "zhou", "zheng", "chen", "zhao", "sun", "administrator", "strange_worker"])
def test_another_communitys_claim_looks_like_a_missing_one(cast, wangs, who):
    client = client_of(getattr(cast, who))
    for address in ("", "verify/", "number/"):
        verb = client.post if address else client.get
        foreign, missing = (verb(f"/desk/homes/{ref}/{address}") for ref in (wangs.public_id, MISSING))
        assert foreign.status_code == missing.status_code == 404
    wangs.refresh_from_db()
    assert wangs.state == OccupancyState.CLAIMED
    assert not AuditEntry.objects.filter(verb="reveal_phone").exists()


def test_the_other_community_sees_its_own_claims_only(cast):
    assert doors(client_of(cast.strange_worker).get("/desk/homes/")) == [("101", "verified")]


@pytest.mark.parametrize("who", ["li", "zhou", "chen", "zhao", "sun", "administrator"])
def test_for_everybody_else_the_desk_is_not_there(cast, who):
    assert client_of(getattr(cast, who)).get("/desk/homes/").status_code == 404


def test_decisions_are_pressed_never_followed(wu, wangs):
    assert wu.get(f"/desk/homes/{wangs.public_id}/verify/").status_code == 405


@pytest.mark.parametrize("verb", ["claim", "delete", "x"])
def test_an_unknown_verb_is_missing(wu, wangs, verb):
    assert press(wu, wangs, verb, words="看过").status_code == 404


# --- one claim ---


def test_the_page_says_who_claims_what_shows_it_and_who_else_is_at_the_door(cast, wu, lis):
    zhaos = domain.claim(cast.zhao, cast.unit, OccupancyRelation.TENANT, evidence="租约到 2027 年 6 月", at=NOW)
    page = wu.get(f"/desk/homes/{zhaos.public_id}/")
    text = page.content.decode()
    assert [other["tie"] for other in page.context["others"]] == [lis]
    for said in (cast.zhao.full_name, cast.zhao.masked_phone, "租约到 2027 年 6 月", cast.li.full_name):
        assert said in text
    for hidden in (local(cast.zhao), local(cast.li)):
        assert hidden not in text


def test_a_number_is_shown_when_asked_for_and_that_goes_on_record(cast, wu, wangs):
    page = press(wu, wangs, "number")
    assert "138 0013 0004" in page.content.decode()
    entry = AuditEntry.objects.get(verb="reveal_phone")
    assert (entry.noun, entry.object_ref, entry.actor_ref) == (
        "occupancy",
        str(wangs.public_id),
        str(cast.wu.public_id),
    )
    assert AuditPayload.objects.get(entry=entry).facts == {"of": str(cast.wang.public_id)}
    assert local(cast.wang) not in serializers.serialize("json", AuditPayload.objects.all())
    assert local(cast.wang) not in wu.get(f"/desk/homes/{wangs.public_id}/").content.decode()


@pytest.mark.parametrize(
    ("verb", "facts", "state"),
    [
        ("verify", {"words": "房产证"}, OccupancyState.VERIFIED),
        ("decline", {"words": "没有材料", "reason": "no_evidence"}, OccupancyState.DECLINED),
        ("dispute", {"words": "房东说没有出租"}, OccupancyState.DISPUTED),
        ("end", {"words": "已交钥匙"}, OccupancyState.ENDED),
    ],
)
def test_a_decision_is_taken_and_stands_in_the_history(cast, wu, wangs, verb, facts, state):
    answer = press(wu, wangs, verb, **facts)
    assert answer.url == f"/desk/homes/{wangs.public_id}/"
    wangs.refresh_from_db()
    assert (wangs.state, wangs.decision_words) == (state, facts["words"])
    page = wu.get(answer.url)
    assert cast.wu.full_name in page.context["history"][0].sentence
    assert facts["words"] in page.content.decode()


def test_a_dispute_freezes_whom_it_names_and_is_settled_on_the_page(cast, wu, lis):
    zhaos = domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW)
    press(wu, zhaos, "dispute", words="两人都说是业主", against=[str(lis.public_id)])
    lis.refresh_from_db()
    zhaos.refresh_from_db()
    assert (lis.state, zhaos.state) == (OccupancyState.DISPUTED, OccupancyState.DISPUTED)
    page = wu.get(f"/desk/homes/{zhaos.public_id}/")
    assert [step["verb"] for step in page.context["steps"]] == ["settle"]
    press(wu, zhaos, "settle", outcome="declined", reason="wrong_unit", words="登记在李秀英名下")
    press(wu, lis, "settle", outcome="verified", words="不动产登记")
    lis.refresh_from_db()
    zhaos.refresh_from_db()
    assert (lis.state, zhaos.state) == (OccupancyState.VERIFIED, OccupancyState.DECLINED)
    lines = [line.sentence for line in wu.get(f"/desk/homes/{zhaos.public_id}/").context["history"]]
    assert len(lines) == 3
    assert cast.zhao.full_name in lines[-1]


@pytest.mark.parametrize(
    ("verb", "facts", "fields"),
    [
        ("verify", {"words": "  "}, ["words"]),
        ("verify", {"words": "长" * 301}, ["words"]),
        ("verify", {"words": "a\x00b"}, ["words"]),
        ("decline", {"words": "没有材料"}, ["reason"]),
        ("decline", {"words": "没有材料", "reason": "king"}, ["reason"]),
        ("decline", {}, ["reason", "words"]),
        ("dispute", {"words": "有人说", "against": ["x"]}, ["against"]),
        ("end", {}, ["words"]),
    ],
)
def test_what_is_missing_is_said_on_top_and_what_was_typed_is_kept(cast, wu, verb, facts, fields):
    zhaos = domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW)
    answer = press(wu, zhaos, verb, **facts)
    text = answer.content.decode()
    assert (answer.status_code, sorted(answer.context["bound"].errors)) == (400, fields)
    assert "data-error-summary" in text
    assert facts.get("words", "").replace("\x00", "").strip() in text
    zhaos.refresh_from_db()
    assert zhaos.state == OccupancyState.CLAIMED


@pytest.mark.parametrize("facts", [{"outcome": "declined"}, {"outcome": ""}, {"outcome": "claimed"}])
def test_settling_against_somebody_needs_a_reason(wu, cast, wangs, facts):
    domain.dispute(wangs, words="房东说没有出租", actor=cast.wu, at=NOW)
    answer = press(wu, wangs, "settle", words="查过", **facts)
    assert answer.status_code == 400
    wangs.refresh_from_db()
    assert wangs.state == OccupancyState.DISPUTED


def test_the_second_of_two_learns_who_decided_and_loses_no_words(cast, wu, wangs):
    """A colleague confirms; from a page opened before, the other wants to decline."""
    colleague = User.objects.create_user("colleague", full_name="贺兰", phone="+8613900000000")
    _at_the_desk_too(cast, colleague)
    press(client_of(colleague), wangs, "verify", words="房产证")
    answer = press(wu, wangs, "decline", reason="not_known", words="邻居都不认识", seen_as="claimed")
    assert answer.status_code == 409
    assert "贺兰" in answer.context["meanwhile"].sentence
    assert "邻居都不认识" in answer.content.decode()
    wangs.refresh_from_db()
    assert (wangs.state, wangs.decided_by) == (OccupancyState.VERIFIED, colleague)


def _at_the_desk_too(cast, person):
    roles.grant(person, Role.COMMUNITY_STAFF, cast.community, actor="test", at=LONG_AGO)


def test_pressed_twice_it_is_decided_once_and_nobody_is_alarmed(wu, wangs):
    for _time in range(2):
        assert press(wu, wangs, "verify", words="房产证", seen_as="claimed").status_code == 302
    assert AuditEntry.objects.filter(verb="verify").count() == 1


def test_what_the_person_took_back_meanwhile_is_said(cast, wu, wangs):
    domain.end(wangs, actor=cast.wang, at=NOW)
    answer = press(wu, wangs, "verify", words="房产证", seen_as="claimed")
    assert answer.status_code == 409
    assert cast.wang.full_name in answer.context["meanwhile"].sentence


def test_nobody_decides_about_their_own_door(cast, wu, lis):
    own = domain.claim(cast.wu, cast.unit, OccupancyRelation.OWNER, at=NOW)
    for home, verb in ((own, "verify"), (own, "dispute"), (lis, "dispute"), (lis, "end")):
        assert wu.get(f"/desk/homes/{home.public_id}/").context["steps"] == []
        before = home.state
        assert press(wu, home, verb, words="看过").status_code == 403
        home.refresh_from_db()
        assert home.state == before


def test_a_page_with_thirty_ties_costs_as_many_queries_as_one(cast, wu, lis, django_assert_max_num_queries):
    counts = []
    for numbers in (range(1), range(1, 30)):
        for number in numbers:
            person = User.objects.create_user(f"p{number}", full_name=f"乙{number}", phone=f"+861370000{number:04}")
            domain.claim(person, cast.unit, OccupancyRelation.FAMILY, at=NOW)
        with django_assert_max_num_queries(12) as seen:
            wu.get(f"/desk/homes/{lis.public_id}/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


# --- what the person reads ---


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_my_homes_says_the_reason_and_not_the_words(cast, wu, wangs, language):
    User.objects.filter(pk__in=(cast.wang.pk, cast.wu.pk)).update(language=language)
    press(wu, wangs, "decline", words="402 的邻居张阿姨说不认识", reason="not_known")
    client = client_of(User.objects.get(pk=cast.wang.pk))
    page = client.get("/homes/")
    (home,) = page.context["homes"]
    with translation.override(language):
        assert str(home.declined_because) in page.content.decode()
    assert "张阿姨" not in page.content.decode() + client.get("/inbox/").content.decode()


def test_my_homes_says_that_a_home_is_disputed(cast, wu, lis):
    press(wu, lis, "dispute", words="儿子说房子是他的")
    page = client_of(cast.li).get("/homes/").content.decode()
    assert Occupancy.objects.get(pk=lis.pk).get_state_display() in page
    assert "儿子" not in page
