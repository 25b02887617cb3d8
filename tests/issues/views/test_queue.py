"""The ticket queue as the staff see it: whose orders, in which groups, and a refresh that costs nothing."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from governance.domain.moment import LOCAL_ZONE, day_ends_at, local_day
from governance.models import Management, User
from issues.domain import handling
from issues.models import WorkOrder
from issues.queue import Asked, group_of, outline_of
from issues.queue.outline import PAGE_SIZE
from tests.cast import NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list:
    """Requests take place at `moment[0]`, at first `NOW`: filings of the cast are neither old nor in the future."""
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


def order_of(cast: Cast, *, minutes_ago: int = 0, user=None, building=None, **fields) -> WorkOrder:
    at = NOW - timedelta(minutes=minutes_ago)
    return take_in(file(user or cast.li, building or cast.building, at=at, **fields))


def rows(user: User, query: str = "", **headers) -> str:
    response = client_of(user).get(f"/queue/rows/{query}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def shown(user: User, query: str = "") -> set[str]:
    """The public ids of the orders in the rows."""
    return set(re.findall(r'id="p-([0-9a-f-]{36})"', rows(user, query)))


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured) + 1  # the database's clock, which these tests answer for


# --- who sees what ---


@pytest.mark.parametrize(
    ("who", "named"),
    [
        ("zheng", "郑经理"),
        ("zhou", "周管家"),
        ("luo", "罗联络员"),
        ("wu", "吴社工"),
        ("sun", "孙干事"),
        ("shen", "沈干事（区）"),
    ],
)
def test_the_bar_names_everybody_who_handles_orders_by_role_and_surname(cast, who, named):
    page = client_of(getattr(cast, who)).get("/queue/").content.decode()
    assert re.findall(r"<b>([^<]*)</b></span></div>", page) == [named]


@pytest.mark.parametrize("who", ["li", "zhao", "chen", "administrator", "stranger"])
@pytest.mark.parametrize("address", ["/queue/", "/queue/rows/"])
def test_the_queue_is_missing_for_those_who_handle_no_orders(cast, who, address):
    order_of(cast)
    missing = client_of(getattr(cast, who)).get("/nowhere/")
    response = client_of(getattr(cast, who)).get(address)
    assert response.status_code == 404
    assert response.templates[0].name == missing.templates[0].name == "404.html"


def test_a_stranger_is_asked_to_sign_in(cast):
    assert Client().get("/queue/")["Location"] == f"{reverse('account_login')}?next=/queue/"


def test_a_session_that_ended_sends_the_open_page_to_sign_in(cast):
    response = Client().get("/queue/rows/", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert response["HX-Redirect"].endswith("?next=/queue/")


def test_the_staff_of_a_body_see_their_orders_and_no_others(cast):
    ours = order_of(cast)
    theirs = order_of(cast, user=cast.xu, building=cast.self_managed_building)
    far = order_of(cast, user=cast.stranger, building=cast.strange_building)
    complaint = order_of(cast, category="complaint")
    assert shown(cast.zhou) == shown(cast.zheng) == {str(ours.public_id)}
    assert shown(cast.gao) == {str(theirs.public_id)}
    assert shown(cast.strange_steward) == {str(far.public_id)}
    assert shown(cast.wu) == {str(complaint.public_id)}


def test_the_office_finds_the_orders_of_other_bodies_in_its_area_under_a_filter(cast):
    company, complaint = order_of(cast), order_of(cast, category="complaint")
    order_of(cast, user=cast.stranger, building=cast.strange_building)
    assert shown(cast.wu, "?whose=area") == {str(company.public_id)}
    assert shown(cast.sun, "?whose=area") == {str(company.public_id), str(complaint.public_id)}
    assert shown(cast.zhou, "?whose=area") == set()


def test_an_ended_contract_empties_the_queue_at_once(cast, moment):
    order_of(cast)
    assert len(shown(cast.zhou)) == 1
    Management.objects.filter(body=cast.hengxin).update(valid_until=NOW.date())
    assert len(shown(cast.zhou)) == 1
    moment[0] = NOW + timedelta(hours=10)
    assert shown(cast.zhou) == set()


# --- what a row says ---


def test_a_row_offers_accept_then_arrive_then_finish(cast):
    order = order_of(cast)
    assert f"/queue/{order.public_id}/accept/" in rows(cast.zhou)
    handling.accept(order, actor=cast.zhou, at=NOW)
    page = rows(cast.zhou)
    assert f"/queue/{order.public_id}/arrive/" in page
    assert f"/queue/{order.public_id}/accept/" not in page
    handling.arrive(order, actor=cast.zhou, at=NOW)
    assert f"/queue/{order.public_id}/?do=finish#finish" in rows(cast.zhou)


def test_somebody_elses_row_offers_the_manager_to_reassign_and_a_colleague_nothing(cast):
    order = order_of(cast)
    handling.accept(order, actor=cast.zhou, at=NOW)
    assert f"/queue/{order.public_id}/?do=reassign#reassign" in rows(cast.zheng)
    assert "?do=reassign" not in rows(cast.liu)
    assert "formaction" not in rows(cast.liu)


def test_only_what_is_due_within_the_hour_has_a_solid_button(cast):
    order_of(cast, category="leak")  # four hours
    assert "btn-primary" not in rows(cast.zhou)
    order_of(cast, category="sewer")  # five minutes
    assert rows(cast.zhou).count("btn-primary") == 2  # the phone's and the desk's


def test_a_row_says_where_what_and_the_last_word_but_never_who_reported_it(cast):
    order = order_of(cast, user=cast.li)
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.add_note(order, actor=cast.zhou, at=NOW, words="缺灯管 <b>下午</b>换。")
    page = rows(cast.liu)
    assert "3栋" in page
    assert "缺灯管 &lt;b&gt;下午&lt;/b&gt;换。" in page
    assert cast.li.full_name not in page
    assert cast.li.masked_phone not in page
    assert order.issue.links.get().petition.receipt_no not in page


def test_the_empty_queue_says_when_something_is_due_next(cast):
    order_of(cast, category="wall_crack")  # a plan within a day
    page = client_of(cast.zhou).get("/queue/").content.decode()
    assert 'class="empty"' in page
    assert "14:17" in page.split('class="empty"')[1].split("</div>")[0]


def test_the_header_names_who_is_on_duty_and_who_is_next(cast):
    head = client_of(cast.zhou).get("/queue/").content.decode().split("</header>")[0]
    for surname in ("周", "刘", "马"):
        assert surname in head
    assert "20:00" in head


def test_the_side_panel_counts_the_orders_of_those_on_duty(cast):
    for _unused in range(2):
        handling.accept(order_of(cast), actor=cast.liu, at=NOW)
    panel = rows(cast.zheng).split('class="shift"')[1]
    counts = re.findall(r"<b>[^<]*([周刘马])[^<]*</b><span>(\d+)", panel)
    assert counts == [("周", "0"), ("刘", "2"), ("马", "0")]


# --- filters and pages ---


def test_filters_are_in_the_address(cast):
    mine, free = order_of(cast), order_of(cast, building=cast.other_building)
    handling.accept(mine, actor=cast.zhou, at=NOW)
    assert shown(cast.zhou, "?whose=mine") == {str(mine.public_id)}
    assert shown(cast.zhou, "?whose=unaccepted") == {str(free.public_id)}
    assert shown(cast.zhou, "?building=春和苑小区/5栋") == {str(free.public_id)}
    assert shown(cast.zhou, "?whose=mine&building=春和苑小区/5栋") == set()


def test_where_one_estate_is_managed_its_buildings_are_offered(cast):
    order_of(cast), order_of(cast, building=cast.other_building)
    assert offered(cast.zhou) == ["", "春和苑小区/3栋", "春和苑小区/5栋"]


def test_where_there_are_several_estates_these_are_offered_and_then_the_buildings_of_the_chosen_one(cast):
    company, owners = order_of(cast), order_of(cast, user=cast.xu, building=cast.self_managed_building)
    ours, theirs = company.issue.estate.name, owners.issue.estate.name
    assert offered(cast.sun, "?whose=area") == ["", *sorted([ours, theirs])]
    assert f"{ours}/3栋" in offered(cast.sun, f"?whose=area&building={ours}")
    assert f"{theirs}/" not in "".join(offered(cast.sun, f"?whose=area&building={ours}"))
    assert shown(cast.sun, f"?whose=area&building={ours}") == {str(company.public_id)}
    assert shown(cast.sun, f"?whose=area&building={ours}/3栋") == {str(company.public_id)}
    assert shown(cast.sun, f"?whose=area&building={theirs}/3栋") == set()


def offered(user: User, query: str = "") -> list[str]:
    """The values of the choice of places."""
    page = client_of(user).get(f"/queue/{query}").content.decode()
    return re.findall(r'<option value="([^"]*)"', page.split('id="d-building"')[1].split("</select>")[0])


@pytest.mark.parametrize("hour", [2, 14, 23])
def test_the_database_counts_the_groups_as_the_rows_stand_in_them(cast, moment, hour):
    moment[0] = NOW.astimezone(LOCAL_ZONE).replace(hour=hour, minute=30)
    ends = day_ends_at(local_day(moment[0]))
    instants = [moment[0] + timedelta(minutes=60) * times for times in (-1, 0, 1)] + [ends, None]
    instants += [at + timedelta(microseconds=step) for at in instants[:4] for step in (-1, 1)]
    for due in instants:
        WorkOrder.objects.filter(pk=order_of(cast).pk).update(next_due_at=due)
    tally = outline_of(cast.zhou, moment[0], Asked()).tally
    assert tally.totals == dict.fromkeys(tally.totals, 0) | Counter(group_of(due, moment[0]) for due in instants)


def test_paging_keeps_the_filters_and_says_how_many_more_there_are(cast, monkeypatch):
    monkeypatch.setattr("issues.queue.outline.PAGE_SIZE", 2)
    for _unused in range(5):
        order_of(cast)
    first = client_of(cast.zhou).get("/queue/?whose=unaccepted").content.decode()
    assert 'href="/queue/?whose=unaccepted&amp;page=2"' in first
    assert re.search(r'id="page-on"[^>]*>[^<]*3', first)
    pages = [shown(cast.zhou, f"?whose=unaccepted&page={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len(set.union(*pages)) == 5
    third = client_of(cast.zhou).get("/queue/?whose=unaccepted&page=3").content.decode()
    assert 'href="/queue/?whose=unaccepted&amp;page=2"' in third
    assert 'id="page-on"' not in third


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?page=2", 404),
        ("?page=999999", 404),
        ("?page=99999999999999999999999999", 400),
        ("?page=0", 400),
        ("?page=-1", 400),
        ("?page=½", 400),
        ("?whose=everybody", 400),
        ("?taken=nonsense", 400),
        ("?building=%00", 400),
        ("?building=nowhere", 200),
    ],
)
def test_an_address_that_asks_for_nonsense_is_answered_with_a_page(cast, query, status):
    order_of(cast)
    response = client_of(cast.zhou).get(f"/queue/{query}")
    assert response.status_code == status
    assert b"<main" in response.content


# --- the refresh ---


def test_nothing_changed_is_answered_304_without_a_body(cast):
    order_of(cast)
    client = client_of(cast.zhou)
    etag = client.get("/queue/rows/")["ETag"]
    again = client.get("/queue/rows/", headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert f'data-etag="{escape(etag)}"' in client.get("/queue/").content.decode()


@pytest.mark.parametrize("change", ["accept", "note", "new order", "language", "elder mode", "filter", "duty", "time"])
def test_every_change_that_shows_moves_the_etag(cast, moment, change):
    order = order_of(cast)
    client = client_of(cast.zhou)
    etag = client.get("/queue/rows/")["ETag"]
    query = ""
    match change:
        case "accept":
            handling.accept(order, actor=cast.liu, at=NOW + timedelta(seconds=1))
        case "note":
            handling.add_note(order, actor=cast.liu, at=NOW + timedelta(seconds=1), words="在路上")
        case "new order":
            order_of(cast)
        case "language":
            User.objects.filter(pk=cast.zhou.pk).update(language="ko")
        case "elder mode":
            User.objects.filter(pk=cast.zhou.pk).update(elder_mode=True)
        case "filter":
            query = "?whose=unaccepted"
        case "duty":
            cast.hengxin.shifts.filter(user=cast.ma).update(starts_at=NOW)
        case "time":
            moment[0] = NOW + timedelta(minutes=6)  # arrival was due after five
    assert client.get(f"/queue/rows/{query}", headers={"If-None-Match": etag}).status_code == 200


def test_another_persons_etag_is_not_ours(cast):
    order_of(cast)
    assert client_of(cast.zhou).get("/queue/rows/")["ETag"] != client_of(cast.liu).get("/queue/rows/")["ETag"]


def test_the_same_etag_stands_for_the_same_bytes_while_the_clock_runs(cast, moment):
    order_of(cast)
    order_of(cast, minutes_ago=90)
    client = client_of(cast.zhou)
    first = client.get("/queue/rows/")
    moment[0] = NOW + timedelta(seconds=47)
    second = client.get("/queue/rows/")
    assert (second["ETag"], second.content) == (first["ETag"], first.content)


def test_the_rows_carry_no_token(cast):
    order_of(cast)
    assert "csrf" not in rows(cast.zhou)
    page = client_of(cast.zhou).get("/queue/").content.decode()
    assert page.count("csrfmiddlewaretoken") == page.count('method="post"')
    assert "csrfmiddlewaretoken" not in page.split('id="rows"')[1].split("</main>")[0]


def test_rows_may_be_kept_by_nobody_but_the_reader(cast):
    response = client_of(cast.zhou).get("/queue/rows/")
    assert response["Cache-Control"] == "private, no-cache"
    assert "Cookie" in response["Vary"]


# --- a lost claim ---


def press(client: Client, order: WorkOrder, verb: str = "accept", page: str = "/queue/", **data):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"}
    return client.post(f"/queue/{order.public_id}/{verb}/", data, headers=headers)


def test_of_two_claims_one_wins_and_the_other_is_told_who_and_offered_the_next_order(cast):
    contested, other = order_of(cast, minutes_ago=2), order_of(cast)
    handling.accept(contested, actor=cast.liu, at=NOW - timedelta(seconds=3))
    response = press(client_of(cast.zhou), contested)
    page = response.content.decode()
    assert response.status_code == 409
    note = page.split('class="taken"')[1].split("</article>")[0]
    assert "刘" in note
    assert "14:17:09" in note
    assert f"/queue/{other.public_id}/accept/" in note
    assert f'value="{contested.public_id}~3"' in note
    assert WorkOrder.objects.get(pk=contested.pk).holder == cast.liu


def test_a_lost_claim_stays_on_the_page_until_it_is_left(cast):
    contested = order_of(cast)
    handling.accept(contested, actor=cast.liu, at=NOW)
    assert 'class="taken"' in rows(cast.zhou, f"?whose=unaccepted&taken={contested.public_id}~3")
    assert 'class="taken"' not in rows(cast.zhou)


def test_a_note_of_a_claim_shows_nothing_of_orders_out_of_sight(cast):
    far = order_of(cast, user=cast.stranger, building=cast.strange_building)
    handling.accept(far, actor=cast.strange_steward, at=NOW)
    assert str(far.public_id) not in rows(cast.zhou, f"?taken={far.public_id}~3")


def test_the_winner_who_presses_twice_has_simply_won(cast):
    order = order_of(cast)
    client = client_of(cast.zhou)
    assert [press(client, order).status_code for _unused in range(2)] == [200, 200]


def test_without_script_a_page_says_who_was_faster(cast):
    contested, other = order_of(cast, minutes_ago=2), order_of(cast)
    handling.accept(contested, actor=cast.liu, at=NOW - timedelta(seconds=3))
    response = client_of(cast.zhou).post(f"/queue/{contested.public_id}/accept/", {"back": "/queue/"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "刘" in page.split('class="taken"')[1]
    assert "14:17:09" in page
    assert f'formaction="/queue/{other.public_id}/accept/"' in page
    assert 'id="act"' in page


def test_after_a_step_the_rows_keep_the_filters_of_their_page(cast):
    order = order_of(cast)
    page = press(client_of(cast.zhou), order, page="/queue/?whose=unaccepted").content.decode()
    assert f'id="p-{order.public_id}"' not in page
    assert f'id="p-{order.public_id}"' in press(client_of(cast.zhou), order).content.decode()


def test_a_step_taken_from_a_page_that_is_gone_still_answers(cast):
    assert press(client_of(cast.zhou), order_of(cast), page="/queue/?page=7").status_code == 200


# --- costs ---


@pytest.mark.parametrize("who", ["zhou", "zheng", "wu", "sun"])
@pytest.mark.parametrize("address", ["/queue/", "/queue/rows/"])
def test_thirty_rows_cost_as_many_queries_as_one_and_at_most_ten(cast, who, address):
    client = client_of(getattr(cast, who))

    def fill(number: int) -> None:
        for turn in range(number):
            category = {"wu": "complaint", "sun": "deeds"}.get(who, "electricity")
            order = order_of(cast, minutes_ago=turn, category=category)
            if who == "zhou" and turn % 2:
                handling.accept(order, actor=cast.liu, at=NOW)

    fill(1)
    for_one = queries(client, address)
    fill(29)
    assert queries(client, address) == for_one
    assert for_one <= 10
    assert len(shown(getattr(cast, who))) == 30 <= PAGE_SIZE
