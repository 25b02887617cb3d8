"""The page of one order, its steps and its photos: what staff may do, what they may see, what is refused and how."""

import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from governance.models import User
from issues.domain import handling
from issues.models import ArrivalProof, IssuePetition, IssueStep, OrderPhoto, WorkOrder
from residents.models import NameVisibility, PetitionPhoto
from tests.cast import NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list:
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


def order_of(cast: Cast, *, minutes_ago: int = 2, user=None, building=None, **fields) -> WorkOrder:
    at = NOW - timedelta(minutes=minutes_ago)
    return take_in(file(user or cast.li, building or cast.building, at=at, **fields))


@pytest.fixture
def order(cast) -> WorkOrder:
    return order_of(cast)


@pytest.fixture
def held(cast, order) -> WorkOrder:
    """The order, accepted by Zhou."""
    return handling.accept(order, actor=cast.zhou, at=NOW - timedelta(minutes=1))


def page(user: User, order: WorkOrder) -> str:
    response = client_of(user).get(f"/queue/{order.public_id}/")
    assert response.status_code == 200
    return response.content.decode()


def post(user: User, order: WorkOrder, verb: str, **data):
    return client_of(user).post(f"/queue/{order.public_id}/{verb}/", data)


def photo(name: str = "done.jpg", side: int = 40) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), "white").save(buffer, "JPEG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


# --- out of sight is missing ---


@pytest.mark.parametrize("who", ["li", "zhao", "gao", "strange_steward", "strange_worker", "administrator"])
def test_somebody_elses_order_looks_exactly_like_one_that_never_was(cast, order, who):
    client = client_of(getattr(cast, who))
    theirs, missing = client.get(f"/queue/{order.public_id}/"), client.get(f"/queue/{uuid4()}/")
    assert theirs.status_code == missing.status_code == 404
    without_address = re.compile(r"/queue/[0-9a-f-]{36}/|value=\"[A-Za-z0-9]{64}\"")
    assert without_address.sub("", theirs.content.decode()) == without_address.sub("", missing.content.decode())


@pytest.mark.parametrize("who", ["li", "gao", "strange_steward", "strange_officer"])
def test_nobody_out_of_charge_can_take_a_step(cast, order, who):
    assert post(getattr(cast, who), order, "accept").status_code == 404
    assert WorkOrder.objects.get(pk=order.pk).state == "dispatched"


def test_the_office_may_look_at_a_companys_order_but_not_take_it(cast, order):
    assert 'name="words"' not in page(cast.wu, order)
    assert post(cast.wu, order, "accept").status_code == 403


# --- the petitioner's name ---


def test_the_handlers_see_surname_and_masked_phone_where_the_person_agreed(cast, order):
    shown = page(cast.zhou, order)
    assert cast.li.masked_phone in shown
    assert cast.li.full_name not in shown
    assert cast.li.phone not in shown


def test_who_asked_for_no_name_is_anonymous_in_words(cast):
    shown = page(cast.zhou, order_of(cast, name_visibility=NameVisibility.NOBODY))
    assert cast.li.masked_phone not in shown
    assert "Anonymous" in shown or "不公开姓名" in shown


def test_a_complaint_never_shows_who_complained(cast):
    complaint = order_of(cast, category="complaint")
    complaint.issue.links.get().petition.__class__.objects.update(name_visibility=NameVisibility.HANDLERS)
    assert cast.li.masked_phone not in page(cast.wu, complaint)


def test_those_who_only_oversee_the_area_do_not_see_the_name(cast, order):
    assert cast.li.masked_phone not in page(cast.wu, order)


def test_who_has_returned_an_order_no_longer_sees_the_name(cast, held):
    handling.return_order(held, actor=cast.zhou, at=NOW, reason="not_ours")
    assert cast.li.masked_phone not in page(cast.zhou, held)


# --- what the page shows ---


def test_the_words_of_all_linked_petitions_are_there_as_text(cast, order):
    neighbour = file(cast.wang, cast.building, at=NOW, words="我家也黑 <script>alert(1)</script>")
    IssuePetition.objects.create(issue=order.issue, petition=neighbour, linked_at=NOW, linked_by=None)
    shown = page(cast.zhou, order)
    assert "楼道灯不亮，晚上看不见台阶。" in shown
    assert "我家也黑 &lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_of_many_petitions_the_first_twenty_are_shown_and_the_others_counted(cast, order):
    for number in range(21):
        neighbour = file(cast.wang, cast.building, at=NOW, words=f"第 {number} 户")
        IssuePetition.objects.create(issue=order.issue, petition=neighbour, linked_at=NOW, linked_by=None)
    shown = page(cast.zhou, order)

    assert shown.count('class="voice"') == 20
    assert "第 18 户" in shown
    assert "第 19 户" not in shown
    assert "另有 2 件诉求反映同一件事。" in shown


def test_twenty_petitions_are_all_there_are(cast, order):
    for number in range(19):
        neighbour = file(cast.wang, cast.building, at=NOW, words=f"第 {number} 户")
        IssuePetition.objects.create(issue=order.issue, petition=neighbour, linked_at=NOW, linked_by=None)
    shown = page(cast.zhou, order)

    assert "第 18 户" in shown
    assert "反映同一件事" not in shown


def test_each_clock_says_when_it_is_due_whether_it_was_kept_and_why(cast, held):
    handling.arrive(held, actor=cast.zhou, at=NOW)
    clocks = page(cast.zhou, held).split('class="clocks"')[1].split("</ul>")[0]
    assert "5341" in clocks
    assert clocks.count("<li>") == 2
    assert "badge-done" in clocks
    assert "14:20" in clocks
    assert "14:45" in clocks


def test_a_missed_clock_says_so(cast):
    late = order_of(cast, minutes_ago=10)
    assert "badge-overdue" in page(cast.zhou, late).split('class="clocks"')[1]


def test_the_history_names_who_did_what(cast, held):
    handling.add_note(held, actor=cast.zhou, at=NOW, words="缺灯管，16:00 前换上。")
    history = page(cast.zheng, held).split('class="line"')[1].split("</ol>")[0]
    assert history.count("<li") == IssueStep.objects.filter(issue=held.issue).count()
    assert "缺灯管，16:00 前换上。" in history
    assert "周" in history
    assert "恒信物业" in history


@pytest.mark.parametrize(
    ("who", "state", "verbs"),
    [
        ("zhou", "dispatched", {"accept", "note", "return"}),
        ("zheng", "dispatched", {"accept", "note", "reassign", "return"}),
        ("zhou", "accepted", {"arrive", "finish", "note", "return"}),
        ("liu", "accepted", {"note"}),
        ("zheng", "accepted", {"note", "reassign"}),
        ("zhou", "arrived", {"finish", "note"}),
        ("wu", "accepted", set()),
    ],
)
def test_the_page_offers_what_the_workflow_allows(cast, order, who, state, verbs):
    if state != "dispatched":
        handling.accept(order, actor=cast.zhou, at=NOW)
    if state == "arrived":
        handling.arrive(order, actor=cast.zhou, at=NOW)
    offered = re.findall(rf'action="/queue/{order.public_id}/([a-z]+)/"', page(getattr(cast, who), order))
    assert set(offered) == verbs


def test_a_plan_is_asked_for_only_where_a_plan_is_due(cast):
    complex_matter = order_of(cast, category="wall_crack")
    handling.accept(complex_matter, actor=cast.zhou, at=NOW)
    assert f"/queue/{complex_matter.public_id}/plan/" in page(cast.zhou, complex_matter)


# --- steps ---


def test_accept_and_report_my_arrival_without_proof(cast, order):
    assert post(cast.zhou, order, "accept")["Location"] == f"/queue/{order.public_id}/"
    assert post(cast.zhou, order, "arrive").status_code == 302
    order.refresh_from_db()
    assert (order.holder, order.state, order.arrival_proof) == (cast.zhou, "arrived", ArrivalProof.CLAIMED)


def test_accepting_from_the_queue_leads_back_to_it_with_its_filters(cast, order):
    response = post(cast.zhou, order, "accept", back="/queue/?whose=unaccepted")
    assert response["Location"] == "/queue/?whose=unaccepted"


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leads_out(cast, order, back):
    assert post(cast.zhou, order, "accept", back=back)["Location"] == f"/queue/{order.public_id}/"


def test_finish_with_words_and_photos(cast, held):
    response = post(cast.zhou, held, "finish", words="换了灯管。", photos=[photo(), photo("second.jpg")])
    assert response.status_code == 302
    held.refresh_from_db()
    assert (held.state, held.photos.count(), held.last_words) == ("done", 2, "换了灯管。")
    shown = page(cast.zhou, held)
    assert all(f"/orders/photos/{one.public_id}/" in shown for one in held.photos.all())


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"words": "  "}, "words"),
        ({"words": "\u202e\u200b"}, "words"),
        ({"words": "x" * 2001}, "words"),
        ({"words": "好了", "photos": [photo(f"{n}.jpg") for n in range(4)]}, "photos"),
        ({"words": "好了", "photos": SimpleUploadedFile("a.jpg", b"<svg onload=alert(1)>", "image/jpeg")}, "photos"),
    ],
)
def test_a_finish_that_cannot_be_taken_says_why_keeps_the_words_and_writes_nothing(cast, held, data, field):
    response = post(cast.zhou, held, "finish", **data)
    shown = response.content.decode()
    assert response.status_code == 400
    assert 'class="error-summary"' in shown
    assert f'href="#finish_{field}"' in shown
    assert f'id="finish_{field}_error"' in shown
    if data["words"] == "好了":
        assert ">\n好了</textarea>" in shown
    held.refresh_from_db()
    assert held.state == "accepted"
    assert not OrderPhoto.objects.exists()


def test_invisible_marks_in_the_words_are_dropped(cast, held):
    post(cast.zhou, held, "finish", words="换了\x00灯\u202e管 🙂")
    held.refresh_from_db()
    assert (held.state, held.last_words) == ("done", "换了灯管 🙂")


@pytest.mark.parametrize("reason", ["", "because", "not_ours\x00"])
def test_a_return_needs_one_of_the_reasons(cast, held, reason):
    response = post(cast.zhou, held, "return", reason=reason, words="不是物业的事")
    assert response.status_code == 400
    assert "不是物业的事" in response.content.decode()
    held.refresh_from_db()
    assert held.state == "accepted"


def test_return_with_a_reason_passes_it_to_the_community(cast, held):
    assert post(cast.zhou, held, "return", reason="needs_others").status_code == 302
    held.refresh_from_db()
    assert (held.state, held.return_reason) == ("returned", "needs_others")
    assert WorkOrder.objects.live().get(issue=held.issue).body == cast.residents_committee


@pytest.mark.parametrize(
    ("day", "status"),
    [
        ("2026-05-29", 302),
        ("２０２６－０５－２９", 302),
        ("2026年5月29日", 302),
        (" 2026-05-29 ", 302),
        ("2026-05-15", 302),
        ("2026-05-14", 400),
        ("2028-01-01", 400),
        ("29.5.", 400),
        ("", 400),
    ],
)
def test_a_plan_needs_a_day_that_has_not_passed(cast, day, status):
    complex_matter = order_of(cast, category="wall_crack")
    handling.accept(complex_matter, actor=cast.zhou, at=NOW)
    assert post(cast.zhou, complex_matter, "plan", words="吊篮进场。", fulfil_by=day).status_code == status


def test_a_plan_where_none_is_due_is_refused_on_the_form(cast, held):
    response = post(cast.zhou, held, "plan", words="慢慢来", fulfil_by="2026-05-29")
    assert response.status_code == 400
    assert "慢慢来" in response.content.decode()


def test_the_manager_gives_the_order_to_a_colleague(cast, held):
    assert post(cast.zheng, held, "reassign", holder=str(cast.liu.public_id)).status_code == 302
    held.refresh_from_db()
    assert held.holder == cast.liu


@pytest.mark.parametrize("who", ["gao", "li", "wu", "strange_steward"])
def test_a_forged_holder_is_refused(cast, held, who):
    response = post(cast.zheng, held, "reassign", holder=str(getattr(cast, who).public_id))
    assert response.status_code == 400
    held.refresh_from_db()
    assert held.holder == cast.zhou


def test_a_steward_cannot_reassign(cast, held):
    assert post(cast.liu, held, "reassign", holder=str(cast.liu.public_id)).status_code == 403
    held.refresh_from_db()
    assert held.holder == cast.zhou


@pytest.mark.parametrize("verb", ["explode", "ring_next", "cancel", "Accept"])
def test_an_unknown_verb_and_those_of_programs_are_missing(cast, order, verb):
    assert post(cast.zheng, order, verb).status_code == 404


@pytest.mark.parametrize("verb", ["accept", "arrive", "finish", "return", "reassign", "note", "plan"])
def test_nothing_happens_by_following_a_link(cast, order, verb):
    response = client_of(cast.zheng).get(f"/queue/{order.public_id}/{verb}/")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert f'href="/queue/{order.public_id}/"' in response.content.decode()
    order.refresh_from_db()
    assert order.state == "dispatched"


def test_a_step_from_the_wrong_state_is_refused_with_a_page(cast, held):
    handling.finish(held, actor=cast.zhou, at=NOW, words="好了")
    response = post(cast.zhou, held, "arrive")
    assert response.status_code == 409
    assert b"<main" in response.content


def test_without_the_token_nothing_is_taken(cast, order):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.zhou)
    assert client.post(f"/queue/{order.public_id}/accept/").status_code == 403
    order.refresh_from_db()
    assert order.state == "dispatched"


# --- photos ---


@pytest.fixture
def before(order, media_root) -> PetitionPhoto:
    petition = order.issue.links.get().petition
    taken = ContentFile(photo().read(), name="p.jpg")
    return PetitionPhoto.objects.create(petition=petition, position=1, added_at=NOW, file=taken)


def test_handlers_see_the_residents_photos(cast, order, before):
    assert f"/orders/photos/{before.public_id}/" in page(cast.zhou, order)
    response = client_of(cast.zhou).get(f"/orders/photos/{before.public_id}/")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"
    assert "private" in response["Cache-Control"]


@pytest.mark.parametrize("who", ["li", "gao", "strange_steward", "strange_officer", "administrator"])
def test_somebody_elses_photo_looks_exactly_like_one_that_never_was(cast, before, who):
    client = client_of(getattr(cast, who))
    theirs, missing = (client.get(f"/orders/photos/{one}/") for one in (before.public_id, uuid4()))
    assert theirs.status_code == missing.status_code == 404
    varying = re.compile(r"/orders/photos/[0-9a-f-]{36}/|value=\"[A-Za-z0-9]{64}\"")
    assert varying.sub("", theirs.content.decode()) == varying.sub("", missing.content.decode())


def test_the_photo_of_a_petition_that_was_unlinked_is_gone(cast, order, before):
    IssuePetition.objects.filter(petition=before.petition).update(undone_at=NOW)
    assert client_of(cast.zhou).get(f"/orders/photos/{before.public_id}/").status_code == 404


def test_a_photo_whose_file_is_lost_is_missing(cast, before):
    before.file.storage.delete(before.file.name)
    assert client_of(cast.zhou).get(f"/orders/photos/{before.public_id}/").status_code == 404


# --- the code on the building ---


def test_scanning_the_building_proves_the_arrival(cast, held):
    token = cast.building.qr_token
    shown = client_of(cast.zhou).get(f"/b/{token}/").content.decode()
    assert f'action="/queue/{held.public_id}/arrive/"' in shown
    assert post(cast.zhou, held, "arrive", qr_token=token).status_code == 302
    held.refresh_from_db()
    assert held.arrival_proof == ArrivalProof.QR


def test_another_buildings_code_proves_nothing(cast, held):
    post(cast.zhou, held, "arrive", qr_token=cast.other_building.qr_token)
    held.refresh_from_db()
    assert held.arrival_proof == ArrivalProof.CLAIMED


@pytest.mark.parametrize("who", ["li", "liu", "strange_steward"])
def test_to_everybody_else_the_code_is_the_residents_card(cast, held, who, monkeypatch):
    seen = []
    monkeypatch.setattr("residents.views.filing.building_card", lambda request, token: seen.append(token) or _card())
    assert client_of(getattr(cast, who)).get(f"/b/{cast.building.qr_token}/").content == b"card"
    assert seen == [cast.building.qr_token]


def test_staff_may_report_a_problem_at_the_same_building(cast, held, monkeypatch):
    monkeypatch.setattr("residents.views.filing.building_card", lambda request, token: _card())
    assert client_of(cast.zhou).get(f"/b/{cast.building.qr_token}/?as=resident").content == b"card"


def _card():
    from django.http import HttpResponse

    return HttpResponse("card")


# --- costs ---


@pytest.mark.parametrize("who", ["zhou", "zheng", "sun"])
def test_thirty_petitions_and_notes_cost_as_many_queries_as_one_and_at_most_twelve(cast, order, who):
    def queries() -> int:
        client = client_of(getattr(cast, who))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/queue/{order.public_id}/").status_code == 200
        return len(captured) + 1  # the database's clock, which these tests answer for

    for_one = queries()
    for turn in range(29):
        neighbour = file(cast.wang, cast.building, at=NOW, words=f"第 {turn} 户")
        IssuePetition.objects.create(issue=order.issue, petition=neighbour, linked_at=NOW, linked_by=None)
        handling.add_note(order, actor=cast.zhou, at=NOW, words=f"第 {turn} 句")
    assert queries() == for_one
    assert for_one <= 12
