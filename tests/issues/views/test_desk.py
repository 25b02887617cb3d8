"""The community desk: what waits, one matter beside what looks like it, and its steps by plain forms."""

import html
import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import Category, Role, RoleAssignment, User
from issues.domain import handling, linking, triage
from issues.models import Issue, IssueRelation, WorkOrder
from residents.models import Petition
from tests.cast import NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db

WORDS = "地下车库顶上一直滴水，B09 车位，车顶全是水印。"


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list:
    """Requests take place at `moment[0]`, at first `NOW`."""
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


def unsorted(cast: Cast, *, minutes_ago: int = 0, user: User | None = None, building=None, **fields) -> Issue:
    at = NOW - timedelta(minutes=minutes_ago)
    values = {"category": "other", "words": WORDS} | fields
    return take_in(file(user or cast.li, building or cast.building, at=at, **values)).issue


def page(user: User, issue: Issue | None = None, query: str = "") -> str:
    address = reverse("desk_matter", args=[issue.public_id]) if issue else reverse("desk")
    response = client_of(user).get(address + query)
    assert response.status_code == 200
    return response.content.decode()


def press(user: User, issue: Issue, verb: str, **values):
    return client_of(user).post(reverse("desk_step", args=[issue.public_id, verb]), values, follow=True)


def listed(text: str) -> list[str]:
    """The public ids of the list, in its order."""
    return re.findall(r'id="row-([0-9a-f-]{36})"', text)


def fresh(issue: Issue) -> Issue:
    return Issue.objects.get(pk=issue.pk)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured) + 1  # the database's clock, which these tests answer for


# --- who sees what ---


@pytest.mark.parametrize(
    "who", ["li", "zhou", "zheng", "chen", "zhao", "luo", "sun", "administrator", "strange_steward", "stranger"]
)
def test_the_desk_is_missing_for_all_but_the_community_s_staff(cast: Cast, who):
    issue = unsorted(cast)
    client = client_of(getattr(cast, who))
    addresses = ["/desk/", f"/desk/{issue.public_id}/"]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert client.post(f"/desk/{issue.public_id}/dispatch/", {"category": "leak"}).status_code == 404
    assert fresh(issue).triaged_at is None


def test_another_community_s_matter_is_as_missing_as_what_never_was(cast: Cast):
    issue = unsorted(cast)
    assert client_of(cast.strange_worker).get(f"/desk/{issue.public_id}/").status_code == 404
    assert press(cast.strange_worker, issue, "dispatch", category="leak").status_code == 404
    assert listed(page(cast.strange_worker)) == []


def test_a_complaint_about_the_community_never_lies_at_its_desk(cast: Cast):
    complaint = take_in(file(cast.li, cast.building, category="complaint_community")).issue
    Issue.objects.update(triaged_at=None)
    assert listed(page(cast.wu)) == []
    assert client_of(cast.wu).get(f"/desk/{complaint.public_id}/").status_code == 404


def test_steps_are_only_pressed(cast: Cast):
    issue = unsorted(cast)
    client = client_of(cast.wu)
    assert client.get(f"/desk/{issue.public_id}/dispatch/").status_code == 405
    assert client.post(f"/desk/{issue.public_id}/whatever/").status_code == 404


# --- the list ---


def test_what_is_due_first_stands_first(cast: Cast):
    later, sooner = unsorted(cast), unsorted(cast, minutes_ago=60 * 24 * 5, words="没有水。")
    assert listed(page(cast.wu)) == [str(sooner.public_id), str(later.public_id)]


def test_the_list_says_what_where_by_which_way_and_how_many(cast: Cast):
    issue = unsorted(cast)
    neighbour = file(cast.wang, cast.building, category="other", same_as=Petition.objects.get(links__issue=issue))
    neighbour.refresh_from_db()
    text = page(cast.wu).split('class="desk-work"')[0]
    assert "地下车库顶上一直滴水" in text
    assert "春和苑小区" in text
    assert "3栋" in text
    assert cast.li.full_name not in text


def test_an_empty_inbox_says_so(cast: Cast):
    assert 'class="empty"' in page(cast.wu)


@pytest.mark.parametrize("asked", ["0", "-1", "999999999", "x", "9" * 400, "%F0%9F%9A%A8"])
def test_a_page_that_is_none_shows_one_that_is(cast: Cast, asked):
    issue = unsorted(cast)
    assert listed(page(cast.wu, query=f"?page={asked}")) == [str(issue.public_id)]


def test_more_than_a_page_is_paged_and_the_page_of_the_matter_is_shown(cast: Cast):
    issues = [unsorted(cast, minutes_ago=60 * 24 * 9 - turn) for turn in range(32)]
    assert len(listed(page(cast.wu))) == 30
    last = page(cast.wu, issues[-1])
    assert str(issues[-1].public_id) in listed(last)
    assert len(listed(last)) == 2


# --- one matter ---


def test_the_words_that_both_have_are_marked_and_the_place_and_time_compared(cast: Cast):
    older = take_in(
        file(
            cast.wang,
            cast.building,
            category="leak",
            words="车库顶板漏，水滴在车上，B07 车位。",
            at=NOW - timedelta(minutes=52),
        )
    ).issue
    text = page(cast.wu, unsorted(cast))
    assert "<mark>车库顶</mark>" in text
    assert 'class="same"' in text
    assert "52" in text
    assert f'value="{older.public_id}"' in text


def test_what_has_nothing_in_common_is_not_put_beside_it(cast: Cast):
    other = take_in(file(cast.wang, cast.building, category="noise", words="楼上装修太吵。")).issue
    assert f'value="{other.public_id}"' not in page(cast.wu, unsorted(cast))


@pytest.mark.parametrize("case", ["hidden", "elsewhere", "long ago"])
def test_what_must_not_be_mixed_or_is_over_for_long_is_no_look_alike(cast: Cast, case):
    category = "dispute" if case == "hidden" else "leak"
    building = cast.self_managed_building if case == "elsewhere" else cast.building
    at = NOW - timedelta(days=40) if case == "long ago" else NOW
    order = take_in(file(cast.wang, building, category=category, words=WORDS, at=at))
    if case == "long ago":
        handling.accept(order, actor=cast.zhou, at=at)
        handling.finish(order, actor=cast.zhou, at=at, words="补好了。")
    assert f'value="{order.issue.public_id}"' not in page(cast.wu, unsorted(cast))


def test_what_was_finished_lately_can_only_be_related(cast: Cast):
    order = take_in(file(cast.wang, cast.building, category="leak", words=WORDS, at=NOW - timedelta(days=9)))
    handling.accept(order, actor=cast.zhou, at=NOW - timedelta(days=9))
    handling.finish(order, actor=cast.zhou, at=NOW - timedelta(days=8), words="补好了。")
    issue = unsorted(cast)
    text = page(cast.wu, issue)
    assert f"/desk/{issue.public_id}/relate/" in text
    assert f"/desk/{issue.public_id}/merge/" not in text


def test_the_words_suggest_a_category_and_the_offer_keeps_its_word(cast: Cast):
    issue = unsorted(cast, words="天花板漏水，一直在滴。")
    text = page(cast.wu, issue)
    assert 'name="category" value="leak"' in text
    assert "恒信物业" in text
    assert "5341 重大问题" in text


@pytest.mark.parametrize(
    "code", ["leak", "gas", "wall_crack", "electricity", "dispute", "deeds", "complaint", "complaint_community", "fees"]
)
def test_the_offer_names_the_body_and_the_policy_that_sorting_then_leads_to(cast: Cast, code):
    from issues.desk import offer_for
    from issues.domain import people

    issue = unsorted(cast)
    category = Category.objects.select_related("handling").get(code=code)
    offer = offer_for(issue, category, "", NOW)
    order = triage.sort(issue, category=category, actor=cast.wu, at=NOW)
    clock = issue.clocks.running().first()
    assert (offer.body, offer.policy) == (order.body, clock.policy)
    ringing = people.to_ring(order, NOW)
    assert [name[-1:] for name in offer.line] != []
    assert len(offer.line) == len(ringing)
    assert all(user.surname in name for user, name in zip(ringing, offer.line, strict=True))


def test_no_petitioner_is_named_on_any_page_of_the_desk(cast: Cast):
    issue = unsorted(cast, category="other")
    order = take_in(file(cast.wang, cast.building, category="leak", words=WORDS))
    for text in (page(cast.wu), page(cast.wu, issue), page(cast.wu, order.issue)):
        for user in (cast.li, cast.wang):
            assert user.full_name not in text
            assert user.masked_phone not in text


# --- the steps ---


def test_sending_it_on_shows_the_next_matter_and_says_what_was_done(cast: Cast):
    first, second = unsorted(cast, minutes_ago=60 * 24 * 3, words="厨房漏水。"), unsorted(cast)
    response = press(cast.wu, first, "dispatch", category="leak", severity="major", seen="")
    assert response.redirect_chain == [(f"/desk/{second.public_id}/", 302)]
    assert "恒信物业" in response.content.decode().split("<main")[0]
    order = WorkOrder.objects.live().get(issue=first)
    assert (order.body, fresh(first).category.code) == (cast.hengxin, "leak")


def test_handing_it_to_a_department(cast: Cast):
    issue = unsorted(cast)
    values = {"category": "noise", "severity": "ordinary", "seen": "", "hand_over": "yes"}
    assert press(cast.wu, issue, "dispatch", **values, body="").status_code == 400
    assert press(cast.wu, issue, "dispatch", **values, body=cast.hengxin.pk).status_code == 400
    assert press(cast.wu, issue, "dispatch", **values, body=cast.department.pk).status_code == 200
    assert WorkOrder.objects.live().get(issue=issue).body == cast.department


def test_merging_relating_and_undoing(cast: Cast):
    older = take_in(file(cast.wang, cast.building, category="leak", words=WORDS)).issue
    issue = unsorted(cast)
    related = press(cast.wu, issue, "relate", other=older.public_id, seen="")
    assert related.redirect_chain == [(f"/desk/{issue.public_id}/?did={issue.public_id}", 302)]
    assert IssueRelation.objects.filter(undone_at=None).count() == 1
    merged = press(cast.wu, issue, "merge", other=older.public_id, seen="")
    assert merged.redirect_chain == [(f"/desk/?did={issue.public_id}", 302)]
    assert f"/desk/{issue.public_id}/undo/" in merged.content.decode()
    undone = press(cast.wu, issue, "undo")
    assert undone.status_code == 200
    assert len(listed(undone.content.decode())) == 1
    assert Issue.objects.awaiting_triage().count() == 1


def test_a_petition_is_taken_out_of_a_matter_that_several_speak_of(cast: Cast):
    older = take_in(file(cast.wang, cast.building, category="leak", words=WORDS)).issue
    issue = unsorted(cast)
    linking.merge(issue, older, actor=cast.wu, at=NOW)
    petition = Petition.objects.get(petitioner=cast.li)
    assert petition.receipt_no in page(cast.wu, older)
    seen = fresh(older).triaged_at.isoformat()
    taken_out = press(cast.wu, older, "unlink", petition=petition.receipt_no, seen=seen)
    assert taken_out.status_code == 200
    assert petition.links.get(undone_at=None).issue == issue
    assert f'href="/desk/{issue.public_id}/"' in taken_out.content.decode().split('class="desk-work"')[1]
    assert press(cast.wu, older, "unlink", petition="SQ-2222-2222", seen=seen).status_code == 404


def test_declining_without_words_keeps_what_was_chosen_and_says_what_is_missing(cast: Cast):
    issue = unsorted(cast)
    response = press(cast.wu, issue, "decline", reason="in_court", words="  ", seen="")
    text = response.content.decode()
    assert response.status_code == 400
    assert "data-error-summary" in text
    assert '<option value="in_court" selected>' in text
    assert fresh(issue).state == "open"


def test_declining_tells_the_resident_where_to_go(cast: Cast):
    issue = unsorted(cast)
    petition = Petition.objects.get(links__issue=issue)
    press(cast.wu, issue, "decline", reason="not_ours", words="路灯归市政管理。", seen="")
    assert fresh(issue).state == "declined"
    text = client_of(cast.li).get(f"/petitions/{petition.receipt_no}/").content.decode()
    assert "路灯归市政管理。" in text
    assert "安和街道" in text
    assert "0531-55510004" in text
    assert reverse("petition_new") in text
    assert petition.receipt_no in client_of(cast.li).get("/petitions/?show=finished").content.decode()


def test_of_two_who_decide_the_second_reads_what_the_first_did_and_changes_nothing(cast: Cast):
    issue = unsorted(cast)
    triage.sort(issue, category=Category.objects.get(code="leak"), actor=cast.wu, at=NOW)
    response = press(cast.wu, issue, "decline", reason="private", words="自行协商。", seen="")
    text = response.content.decode().split("<main")[0]
    assert cast.wu.full_name in text
    assert "恒信物业" in text
    assert fresh(issue).state == "open"


@pytest.mark.parametrize(
    "values",
    [
        {"category": "nothing"},
        {"category": ""},
        {"category": "leak", "severity": "terrible"},
        {"category": "leak", "body": "999999999"},
        {"category": "leak", "body": "x\x00"},
        {"category": "leak", "body": "٣"},
        {"category": "\x00"},
    ],
)
def test_what_no_page_offers_is_refused_with_a_sentence(cast: Cast, values):
    issue = unsorted(cast)
    response = press(cast.wu, issue, "dispatch", seen="", **values)
    assert response.status_code == 400
    assert fresh(issue).triaged_at is None


@pytest.mark.parametrize("other", ["", "x", "00000000-0000-4000-8000-000000000000", "\x00"])
def test_merging_into_what_is_not_there_is_missing(cast: Cast, other):
    assert press(cast.wu, unsorted(cast), "merge", other=other, seen="").status_code == 404


# --- costs ---


def test_thirty_rows_cost_as_many_queries_as_one_and_at_most_thirty_two(cast: Cast):
    issue = unsorted(cast)
    take_in(file(cast.wang, cast.building, category="leak", words=WORDS))
    client = client_of(cast.wu)
    addresses = (reverse("desk"), reverse("desk_matter", args=[issue.public_id]))
    for_one = [queries(client, address) for address in addresses]
    for turn in range(29):
        unsorted(cast, minutes_ago=turn)
        take_in(file(cast.wang, cast.building, category="leak", words=WORDS))
    assert [queries(client, address) for address in addresses] == for_one
    assert max(for_one) <= 32


# --- the refresh ---


def rows(user: User, query: str = "", **headers):
    return client_of(user).get(f"/desk/rows/{query}", headers=headers)


def asked_by(text: str) -> str:
    """What the page asks to be told what has changed."""
    return html.unescape(re.search(r'hx-get="/desk/rows/([^"]*)"', text)[1])


def etag_on(text: str) -> str:
    return html.unescape(re.search(r'data-etag="([^"]*)"', text)[1])


@pytest.mark.parametrize("shown", ["list", "matter", "second page", "nothing"])
def test_nothing_changed_is_answered_304_without_a_body(cast: Cast, shown):
    issue = unsorted(cast)
    if shown == "second page":
        for turn in range(31):
            unsorted(cast, minutes_ago=turn)
    if shown == "nothing":
        Issue.objects.update(triaged_at=NOW)
    text = page(cast.wu, issue if shown == "matter" else None, "?page=2" if shown == "second page" else "")
    again = rows(cast.wu, asked_by(text), **{"If-None-Match": etag_on(text)})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag_on(text))
    assert "HX-Refresh" not in again


@pytest.mark.parametrize("change", ["new", "sorted", "supported", "language", "elder mode", "time", "place", "matter"])
def test_every_change_that_shows_moves_the_etag(cast: Cast, moment: list, change):
    issue, other = unsorted(cast), unsorted(cast, words="没有水。")
    query = f"?matter={issue.public_id}"
    etag = rows(cast.wu, query)["ETag"]
    match change:
        case "new":
            unsorted(cast, words="灯不亮。")
        case "sorted":
            Issue.objects.filter(pk=other.pk).update(triaged_at=NOW)
        case "supported":
            take_in(file(cast.wang, cast.building, category="other", same_as=Petition.objects.get(links__issue=issue)))
        case "language":
            User.objects.filter(pk=cast.wu.pk).update(language="ko")
        case "elder mode":
            User.objects.filter(pk=cast.wu.pk).update(elder_mode=True)
        case "time":
            moment[0] = NOW + timedelta(days=3)
        case "place":
            Issue.objects.filter(pk=other.pk).update(spot="一层大门")
        case "matter":
            query = f"?matter={other.public_id}"
    assert rows(cast.wu, query, **{"If-None-Match": etag}).status_code == 200


def test_another_persons_etag_is_not_ours(cast: Cast):
    unsorted(cast)
    colleague = cast.stranger
    RoleAssignment.objects.create(
        user=colleague, role=Role.COMMUNITY_STAFF, community=cast.community, valid_from=NOW - timedelta(days=1)
    )
    assert listed(rows(cast.wu).content.decode()) == listed(rows(colleague).content.decode())
    assert rows(cast.wu)["ETag"] != rows(colleague)["ETag"]


def test_the_same_etag_stands_for_the_same_bytes_while_the_clock_runs(cast: Cast, moment: list):
    unsorted(cast)
    unsorted(cast, minutes_ago=60 * 24 * 5)
    first = rows(cast.wu)
    moment[0] = NOW + timedelta(seconds=47)
    second = rows(cast.wu)
    assert (second["ETag"], second.content) == (first["ETag"], first.content)


def test_the_rows_carry_no_token_and_are_kept_by_nobody_but_the_reader(cast: Cast):
    unsorted(cast)
    response = rows(cast.wu)
    assert "csrf" not in response.content.decode()
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]


@pytest.mark.parametrize("who", ["li", "zhou", "chen", "zhao", "sun", "administrator"])
def test_the_rows_are_missing_for_all_but_the_community_s_staff(cast: Cast, who):
    unsorted(cast)
    etag = rows(cast.wu)["ETag"]
    asked = [rows(getattr(cast, who), **headers) for headers in ({}, {"If-None-Match": etag})]
    assert [(one.status_code, one.has_header("ETag")) for one in asked] == [(404, False), (404, False)]


def test_whoever_left_the_desk_is_told_nothing_more(cast: Cast):
    unsorted(cast)
    etag = rows(cast.wu)["ETag"]
    cast.wu.assignments.update(valid_until=NOW)
    assert rows(cast.wu, **{"If-None-Match": etag}).status_code == 404


def test_asking_beside_a_matter_out_of_sight_is_as_asking_beside_none_that_ever_was(cast: Cast):
    unsorted(cast)
    theirs = take_in(file(cast.li, cast.building, category="complaint_community")).issue
    never = UUID("00000000-0000-4000-8000-000000000000")
    told = [
        rows(cast.wu, f"?matter={one}").content.decode().replace(str(one), "…") for one in (theirs.public_id, never)
    ]
    assert told[0].replace(str(theirs.public_id), str(never)) == told[1]


@pytest.mark.parametrize("query", ["?matter=x", "?page=-1&matter=", "?page=" + "9" * 400, "?empty=%F0%9F%9A%A8"])
def test_rows_asked_for_in_nonsense_are_the_rows(cast: Cast, query):
    issue = unsorted(cast)
    response = rows(cast.wu, query)
    assert (response.status_code, listed(response.content.decode())) == (200, [str(issue.public_id)])


def test_a_session_that_ended_sends_the_open_page_to_sign_in(cast: Cast):
    assert Client().get("/desk/rows/", headers={"HX-Request": "true"}).status_code == 401
    assert Client().get("/desk/rows/", headers={"HX-Request": "true"})["HX-Redirect"].endswith("?next=/desk/")
    assert Client().get("/desk/rows/").status_code == 302


def test_the_keys_and_the_place_go_on_from_the_same_matter(cast: Cast):
    issue = unsorted(cast)
    asked = asked_by(page(cast.wu, issue))
    sooner, later = unsorted(cast, minutes_ago=60 * 24, words="没有水。"), unsorted(cast, words="灯不亮。")
    text = rows(cast.wu, asked).content.decode()
    assert re.findall(r'id="key-\w+" href="/desk/([^"/]+)/', text) == [str(later.public_id), str(sooner.public_id)]
    assert re.search(rf'id="row-{issue.public_id}"[^>]*aria-current="true"', text)
    assert "第 2 件，共 3 件" in text


def test_the_page_is_told_when_its_matter_waits_no_longer(cast: Cast):
    issue = unsorted(cast)
    asked = asked_by(page(cast.wu, issue))
    leak = Category.objects.get(code="leak")
    triage.sort(fresh(issue), category=leak, severity=None, body=None, actor=cast.wu, at=NOW)
    told = rows(cast.wu, asked).content.decode()
    assert re.search(rf'<div id="moved"[^>]*>[^<]+<a href="/desk/{issue.public_id}/"', told)


def test_an_empty_page_is_loaded_anew_as_soon_as_something_waits(cast: Cast):
    asked = asked_by(page(cast.wu))
    assert "HX-Refresh" not in rows(cast.wu, asked)
    unsorted(cast)
    assert rows(cast.wu, asked)["HX-Refresh"] == "true"


def test_the_pages_of_a_refreshed_list_keep_the_address_and_nothing_else(cast: Cast):
    for turn in range(31):
        unsorted(cast, minutes_ago=turn)
    text = rows(cast.wu, asked_by(page(cast.wu, query="?severity=urgent"))).content.decode()
    assert html.unescape(re.search(r'rel="next" href="([^"]*)"', text)[1]) == "?severity=urgent&page=2"


def test_a_refresh_costs_three_queries_besides_who_asks_and_the_same_for_thirty_rows(cast: Cast):
    unsorted(cast)
    client = client_of(cast.wu)
    for_one = rows_queries(client)
    for turn in range(29):
        unsorted(cast, minutes_ago=turn)
    assert rows_queries(client) == for_one
    assert for_one <= 3


def rows_queries(client: Client) -> int:
    """What an unchanged list costs, the clock among it; not what any request costs to know who asks."""
    etag = client.get("/desk/rows/")["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/desk/rows/", headers={"If-None-Match": etag}).status_code == 304
    who_asks = ("django_session", '"governance_user"."password"')
    return 1 + sum(not any(words in query["sql"] for words in who_asks) for query in captured)
