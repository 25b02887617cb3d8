"""The grid worker's phone: who gets in, what stands on the list, what is pressed there and what comes of it."""

import io
import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from governance.models import Building, Category, Notice, User
from issues.domain import findings, handling, mediation
from issues.domain.findings import Finding
from issues.domain.mediation import Talk
from issues.models import Issue, IssuePhoto, Mediation, Verification, WorkOrder
from issues.views.outdoors import NUMBER_LEFT_OUT
from residents.models import Petition, PetitionPhoto
from tests.cast import NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _it_is_now(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


def ago(minutes: float):
    return NOW - timedelta(minutes=minutes)


def photo(name: str = "seen.jpg") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (40, 40), "grey").save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")


def page(user: User, address: str) -> str:
    response = client_of(user).get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def finished(cast: Cast, *, category: str = "leak", building: Building | None = None, minutes_ago: float = 60) -> Issue:
    """A matter of Li's that Zhou reported as put right."""
    at = ago(minutes_ago + 30)
    order = take_in(file(cast.li, building or cast.building, category=category, words="屋顶漏水。", at=at))
    handling.accept(order, actor=cast.zhou, at=ago(minutes_ago + 20))
    return handling.finish(order, actor=cast.zhou, at=ago(minutes_ago), words="补好了。").issue


def quarrel(cast: Cast) -> Issue:
    return take_in(file(cast.li, cast.building, category="dispute", words="楼上半夜拖椅子。", at=ago(90))).issue


def talked_over(issue: Issue, cast: Cast, *, follow_up_on: date | None, settles: bool = True) -> Mediation:
    talk = Talk("301 和 402", "十点后不拖椅子", is_agreed=True, settles=settles, follow_up_on=follow_up_on)
    return mediation.mediate(issue, talk, actor=cast.yu, at=ago(30))


def found(cast: Cast, **facts) -> Issue:
    category = Category.objects.get(code=facts.pop("category", "rubbish"))
    values = {"token": uuid4(), "building": cast.building, "words": "单元门口堆了装修垃圾。"} | facts
    return findings.report(Finding(category=category, **values), actor=cast.yu, at=ago(20), photos=[photo()])


# --- who gets in ---


@pytest.mark.parametrize("address", ["/outdoors/", "/outdoors/find/", "/outdoors/file/"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("yu", 200), ("zhao", 200), ("bai", 200), ("strange_walker", 200)]
    + [(who, 404) for who in ("li", "zhou", "zheng", "wu", "sun", "chen", "tian", "luo", "administrator")],
)
def test_the_pages_exist_for_those_who_walk_a_grid_unit_or_a_building(cast, address, who, status):
    assert client_of(getattr(cast, who)).get(address).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("yu", 200), ("zhao", 200), ("bai", 200), ("strange_walker", 404), ("wu", 404), ("li", 404)]
)
def test_a_matter_exists_for_those_who_walk_its_building(cast, who, status):
    issue = finished(cast)
    client = client_of(getattr(cast, who))
    assert client.get(f"/outdoors/{issue.public_id}/").status_code == status
    assert client.post(f"/outdoors/{issue.public_id}/verify/", {}).status_code == (302 if status == 200 else 404)


def test_a_steward_doesnt_see_the_building_next_door(cast):
    issue = finished(cast, building=cast.other_building)
    assert client_of(cast.bai).get(f"/outdoors/{issue.public_id}/").status_code == 404
    assert str(issue.public_id) not in page(cast.bai, "/outdoors/")


@pytest.mark.parametrize("category", ["complaint", "complaint_community"])
def test_complaints_about_staff_never_stand_here(cast, category):
    issue = take_in(file(cast.li, cast.building, category=category, words="物业态度不好。")).issue
    assert str(issue.public_id) not in page(cast.yu, "/outdoors/") + page(cast.yu, "/outdoors/?show=open")
    assert client_of(cast.yu).get(f"/outdoors/{issue.public_id}/").status_code == 404


def test_no_petitioners_name_or_number_stands_here(cast):
    for issue in (finished(cast), quarrel(cast)):
        shown = page(cast.yu, f"/outdoors/{issue.public_id}/")
        assert "李" not in shown
        assert cast.li.masked_phone not in shown


# --- the list ---


def links(shown: str) -> list[str]:
    """The matters that the rows lead to, each once, in their order."""
    return list(dict.fromkeys(re.findall(r"/outdoors/([0-9a-f-]{36})/", shown)))


def test_what_waits_longest_for_a_check_stands_first(cast):
    young, old = finished(cast, minutes_ago=10), finished(cast, minutes_ago=100, category="wall_crack")
    nobody_asks = finished(cast, category="plumbing")
    assert links(page(cast.yu, "/outdoors/?show=check")) == [str(old.public_id), str(young.public_id)]
    assert str(nobody_asks.public_id) not in page(cast.yu, "/outdoors/")


def test_what_was_checked_leaves_the_list(cast):
    issue = finished(cast)
    client_of(cast.zhao).post(f"/outdoors/{issue.public_id}/verify/", {})
    assert links(page(cast.yu, "/outdoors/?show=check")) == []


def test_a_finding_that_was_put_right_waits_for_a_check_whatever_its_kind(cast):
    issue = found(cast, category="plumbing")
    order = WorkOrder.objects.get(issue=issue)
    handling.accept(order, actor=cast.zhou, at=ago(10))
    handling.finish(order, actor=cast.zhou, at=ago(5), words="修好了。")
    assert links(page(cast.yu, "/outdoors/?show=check")) == [str(issue.public_id)]


def test_what_is_due_next_stands_first_among_what_is_open(cast):
    later = take_in(file(cast.li, cast.building, category="leak", at=ago(1))).issue
    sooner = take_in(file(cast.li, cast.building, category="plumbing", at=ago(1))).issue
    assert links(page(cast.yu, "/outdoors/?show=open")) == [str(sooner.public_id), str(later.public_id)]


@pytest.mark.parametrize(("on", "stands"), [(date(2026, 5, 15), True), (date(2026, 5, 16), False), (None, False)])
def test_a_quarrel_stands_on_the_list_from_the_day_to_look_in(cast, on, stands):
    issue = quarrel(cast)
    talked_over(issue, cast, follow_up_on=on)
    assert links(page(cast.yu, "/outdoors/?show=quarrels")) == [str(issue.public_id)] * stands


def test_whoever_has_looked_in_takes_the_quarrel_off_the_list(cast):
    issue = quarrel(cast)
    talked_over(issue, cast, follow_up_on=date(2026, 5, 15))
    sent = {"parties": "两家", "is_agreed": "yes", "agreement": "没再吵"}
    assert client_of(cast.zhao).post(f"/outdoors/{issue.public_id}/mediate/", sent).status_code == 302
    assert links(page(cast.yu, "/outdoors/?show=quarrels")) == []


def test_everybody_finds_their_own_findings(cast):
    issue = found(cast)
    assert links(page(cast.yu, "/outdoors/?show=found")) == [str(issue.public_id)]
    assert links(page(cast.zhao, "/outdoors/?show=found")) == []


def test_an_empty_list_says_what_to_do_next(cast):
    shown = page(cast.yu, "/outdoors/")
    assert 'href="/outdoors/find/"' in shown
    assert 'href="/outdoors/file/"' in shown
    assert 'href="/outdoors/"' in page(cast.yu, "/outdoors/?show=check")


@pytest.mark.parametrize("query", ["show=nothing", "show=check&page=999999999999", "page=-1"])
def test_an_address_that_asks_for_nonsense_shows_what_there_is(cast, query):
    finished(cast)
    page(cast.yu, f"/outdoors/?{query}")


def many(cast: Cast, number: int) -> None:
    """So many matters to check, open, to look in on, and found by Yu."""
    for minute in range(number):
        finished(cast, minutes_ago=100 + minute)
        found(cast)
        talked_over(quarrel(cast), cast, follow_up_on=date(2026, 5, 15), settles=False)


def queries(user: User, address: str) -> int:
    client = client_of(user)
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_list_asks_as_much_for_thirty_rows_as_for_one(cast):
    addresses = ["/outdoors/", *(f"/outdoors/?show={key}" for key in ("check", "open", "quarrels", "found"))]
    many(cast, 1)
    few = {address: queries(cast.yu, address) for address in addresses}
    many(cast, 29)
    assert {address: queries(cast.yu, address) for address in addresses} == few
    assert max(few.values()) <= 12


@pytest.mark.parametrize("address", ["/outdoors/find/", "/outdoors/find/?talk=1", "/outdoors/file/"])
def test_the_forms_ask_little(cast, address):
    assert queries(cast.yu, address) <= 12


def test_a_matters_page_asks_little_whatever_it_has(cast):
    issue = found(cast)
    talked_over(issue, cast, follow_up_on=None, settles=False)
    order = WorkOrder.objects.get(issue=issue)
    handling.accept(order, actor=cast.zhou, at=ago(10))
    handling.finish(order, actor=cast.zhou, at=ago(5), words="清走了。", photos=[photo()])
    client_of(cast.yu).post(f"/outdoors/{issue.public_id}/not_fixed/", {"words": "还有一袋。", "photos": [photo()]})
    assert queries(cast.yu, f"/outdoors/{issue.public_id}/") <= 12


# --- checks ---


def test_a_check_by_the_code_on_the_building_is_proven(cast):
    issue = finished(cast)
    client = client_of(cast.yu)
    scanned = client.get(f"/b/{cast.building.qr_token}/").content.decode()
    address = f"/outdoors/{issue.public_id}/?b={cast.building.qr_token}"
    assert address in scanned
    assert f'value="{cast.building.qr_token}"' in client.get(address).content.decode()
    client.post(f"/outdoors/{issue.public_id}/verify/", {"qr_token": cast.building.qr_token, "words": "干的"})
    check = Verification.objects.get()
    assert (check.holds, check.is_on_site, check.verified_by) == (True, True, cast.yu)


def test_not_put_right_without_words_keeps_the_page_and_says_so(cast):
    issue = finished(cast)
    response = client_of(cast.yu).post(f"/outdoors/{issue.public_id}/not_fixed/", {"words": ""})
    assert response.status_code == 400
    assert 'href="#not_fixed_words"' in response.content.decode()
    assert not Verification.objects.exists()


def test_not_put_right_opens_it_again_with_a_photo_for_the_staff(cast):
    issue = finished(cast)
    response = client_of(cast.yu).post(
        f"/outdoors/{issue.public_id}/not_fixed/", {"words": "还在滴水。", "photos": [photo()]}
    )
    assert response.status_code == 302
    issue.refresh_from_db()
    assert (issue.state, issue.epoch) == ("open", 2)
    assert "还在滴水。" in page(cast.yu, f"/outdoors/{issue.public_id}/")


def test_the_second_to_look_is_told_so(cast):
    issue = finished(cast)
    client_of(cast.zhao).post(f"/outdoors/{issue.public_id}/verify/", {})
    response = client_of(cast.yu).post(f"/outdoors/{issue.public_id}/not_fixed/", {"words": "没修好"})
    assert response.status_code == 409
    assert Verification.objects.count() == 1


@pytest.mark.parametrize("verb", ["verify", "not_fixed", "mediate"])
def test_nothing_is_done_by_following_a_link(cast, verb):
    issue = finished(cast)
    response = client_of(cast.yu).get(f"/outdoors/{issue.public_id}/{verb}/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("verb", ["finish", "triage", "decline", "merge", "reopen"])
def test_other_steps_dont_exist_here(cast, verb):
    issue = finished(cast)
    assert client_of(cast.yu).post(f"/outdoors/{issue.public_id}/{verb}/", {"words": "x"}).status_code == 404


# --- talks ---

TALK = {"parties": "301 和 402 两家", "is_agreed": "yes", "agreement": "十点后不拖椅子", "settles": "on"}


def test_a_quarrel_is_settled_on_the_spot(cast):
    issue = quarrel(cast)
    assert client_of(cast.yu).post(f"/outdoors/{issue.public_id}/mediate/", TALK).status_code == 302
    issue.refresh_from_db()
    assert issue.state == "finished"
    shown = page(cast.yu, f"/outdoors/{issue.public_id}/")
    assert "301 和 402 两家" in shown
    assert "十点后不拖椅子" in shown


def test_the_community_reads_a_talk_and_residents_and_company_dont(cast):
    issue = quarrel(cast)
    talked_over(issue, cast, follow_up_on=None, settles=False)
    order = WorkOrder.objects.get(issue=issue)
    petition = Petition.objects.get()
    assert "十点后不拖椅子" in page(cast.wu, f"/queue/{order.public_id}/")
    assert "十点后不拖椅子" not in page(cast.li, f"/petitions/{petition.receipt_no}/")

    noise = take_in(file(cast.li, cast.building, category="noise")).issue
    talked_over(noise, cast, follow_up_on=None, settles=False)
    order = WorkOrder.objects.live().get(issue=noise)
    assert "十点后不拖椅子" not in page(cast.zhou, f"/queue/{order.public_id}/")


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"parties": ""}, "parties"),
        ({"agreement": " "}, "agreement"),
        ({"is_agreed": ""}, "is_agreed"),
        ({"is_agreed": "no"}, "settles"),
        ({"follow_up_on": "2026-05-14"}, "follow_up_on"),
        ({"follow_up_on": "2028-05-14"}, "follow_up_on"),
        ({"follow_up_on": "morgen"}, "follow_up_on"),
    ],
)
def test_a_talk_that_misses_something_is_kept_on_the_page(cast, changed, field):
    issue = quarrel(cast)
    response = client_of(cast.yu).post(f"/outdoors/{issue.public_id}/mediate/", TALK | changed)
    assert response.status_code == 400
    assert f"mediate_{field}" in response.content.decode()
    assert not Mediation.objects.exists()


def test_a_day_is_read_as_it_comes_from_a_chinese_keyboard(cast):
    issue = quarrel(cast)
    client_of(cast.yu).post(f"/outdoors/{issue.public_id}/mediate/", TALK | {"follow_up_on": "２０２６年５月２２日"})
    assert Mediation.objects.get().follow_up_on == date(2026, 5, 22)


# --- findings ---


def sent(cast: Cast, **changed) -> dict[str, object]:
    values = {
        "token": str(uuid4()),
        "building": cast.building.pk,
        "stairwell": "2",
        "spot": "门口",
        "words": "装修垃圾堆在门口",
        "category": "rubbish",
    }
    return values | changed


def test_a_finding_is_reported_with_photos(cast):
    response = client_of(cast.yu).post("/outdoors/find/", sent(cast, photos=[photo(), photo()]))
    issue = Issue.objects.get()
    assert response["Location"] == f"/outdoors/{issue.public_id}/"
    assert (issue.found_by, issue.stairwell, issue.spot, issue.photos.count()) == (cast.yu, 2, "门口", 2)
    assert "装修垃圾堆在门口" in page(cast.yu, response["Location"])


def test_sent_twice_it_is_one_finding(cast):
    values = sent(cast)
    first = client_of(cast.yu).post("/outdoors/find/", values)
    again = client_of(cast.yu).post("/outdoors/find/", values)
    assert first["Location"] == again["Location"]
    assert Issue.objects.count() == 1


def test_the_scanned_building_is_chosen_already(cast):
    shown = page(cast.yu, f"/outdoors/find/?b={cast.other_building.qr_token}")
    assert f'<option value="{cast.other_building.pk}" selected' in shown
    elsewhere = page(cast.yu, f"/outdoors/find/?b={cast.strange_building.qr_token}")
    assert " selected" not in elsewhere.split('id="id_building"')[1].split("</select>")[0].replace(
        'value="" selected', ""
    )


def test_a_steward_has_the_one_building(cast):
    assert f'<option value="{cast.building.pk}" selected' in page(cast.bai, "/outdoors/find/")


def test_only_buildings_that_are_walked_can_be_chosen(cast):
    shown = page(cast.yu, "/outdoors/find/")
    assert f'value="{cast.strange_building.pk}"' not in shown
    response = client_of(cast.yu).post("/outdoors/find/", sent(cast, building=cast.strange_building.pk))
    assert response.status_code == 400
    assert not Issue.objects.exists()


def test_complaints_about_staff_are_not_offered_but_the_street_offices_number(cast):
    for address in ("/outdoors/find/", "/outdoors/file/"):
        shown = page(cast.yu, address)
        assert 'value="complaint' not in shown
        assert f'href="tel:{cast.street_office.phone}"' in shown
    assert client_of(cast.yu).post("/outdoors/find/", sent(cast, category="complaint")).status_code == 400


def test_without_a_kind_the_words_say_what_it_may_be(cast):
    response = client_of(cast.yu).post("/outdoors/find/", sent(cast, category="", words="楼上漏水，滴到楼道"))
    assert response.status_code == 400
    assert 'name="suggested" id="kind-leak"' in response.content.decode()
    chosen = sent(cast, category="", suggested="leak", words="楼上漏水，滴到楼道")
    assert client_of(cast.yu).post("/outdoors/find/", chosen).status_code == 302
    assert Issue.objects.get().category.code == "leak"


def test_asking_for_the_kind_checks_nothing_yet_and_keeps_what_was_typed(cast):
    values = sent(cast, category="", building="", words="楼上漏水", spot="三楼", suggest="1")
    shown = client_of(cast.yu).post("/outdoors/find/", values).content.decode()
    assert 'id="kind-leak"' in shown
    assert "三楼" in shown
    assert values["token"] in shown
    assert "data-error-summary" not in shown
    assert not Issue.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"words": ""}, "id_words"),
        ({"building": ""}, "id_building"),
        ({"stairwell": "9"}, "id_stairwell"),
        ({"category": "航天", "words": "x"}, "id_category"),
        ({"spot": "长" * 61}, "id_spot"),
        ({"is_put_right": "on"}, "id_put_right"),
    ],
)
def test_a_finding_that_misses_something_is_kept_on_the_page(cast, changed, field):
    response = client_of(cast.yu).post("/outdoors/find/", sent(cast, **changed))
    assert response.status_code == 400
    assert f'href="#{field}"' in response.content.decode()
    assert not Issue.objects.exists()


@pytest.mark.parametrize("token", ["", "not-a-token"])
def test_a_finding_without_its_token_is_refused(cast, token):
    assert client_of(cast.yu).post("/outdoors/find/", sent(cast, token=token)).status_code == 400


def test_what_is_put_right_on_the_spot_is_closed(cast):
    client_of(cast.yu).post("/outdoors/find/", sent(cast, is_put_right="on", put_right="和住户一起搬走了"))
    assert Issue.objects.get().state == "closed"
    assert not WorkOrder.objects.exists()


def test_whoever_put_it_right_is_not_asked_to_check_it(cast):
    client_of(cast.yu).post("/outdoors/find/", sent(cast, is_put_right="on", put_right="和住户一起搬走了"))
    address = f"/outdoors/{Issue.objects.get().public_id}/"
    assert 'id="verify"' not in page(cast.yu, address)
    assert 'id="verify"' in page(cast.zhao, address)


def test_a_quarrel_is_found_and_talked_over_in_one_go(cast):
    assert 'name="talk" value="1"' in page(cast.yu, "/outdoors/find/?talk=1")
    values = sent(cast, category="dispute", words="两家为噪音吵起来", talk="1") | TALK
    assert client_of(cast.yu).post("/outdoors/find/", values).status_code == 302
    assert (Issue.objects.get().state, Mediation.objects.count()) == ("closed", 1)


def test_a_talk_that_misses_something_reports_nothing(cast):
    values = sent(cast, category="dispute", talk="1") | TALK | {"parties": ""}
    response = client_of(cast.yu).post("/outdoors/find/", values)
    assert response.status_code == 400
    assert 'href="#mediate_parties"' in response.content.decode()
    assert not Issue.objects.exists()


def test_the_steward_of_the_company_sees_a_finding_on_the_order(cast):
    issue = found(cast)
    order = WorkOrder.objects.get(issue=issue)
    shown = page(cast.zhou, f"/queue/{order.public_id}/")
    assert "单元门口堆了装修垃圾。" in shown
    assert f"/issues/photos/{IssuePhoto.objects.get().public_id}/" in shown
    page(cast.zhou, "/queue/")


# --- photos ---


@pytest.mark.parametrize(
    ("who", "status"),
    [("yu", 200), ("bai", 200), ("zhou", 200), ("wu", 200), ("sun", 200)]
    + [(who, 404) for who in ("li", "gao", "chen", "luo", "strange_walker", "strange_worker", "strange_steward")],
)
def test_a_patrols_photo_is_seen_by_those_who_walk_there_handle_it_or_keep_the_desk(cast, who, status):
    found(cast)
    address = f"/issues/photos/{IssuePhoto.objects.get().public_id}/"
    assert client_of(getattr(cast, who)).get(address).status_code == status


def test_a_strangers_browser_is_led_to_sign_in(cast):
    found(cast)
    assert Client().get(f"/issues/photos/{IssuePhoto.objects.get().public_id}/").status_code == 302


def test_residents_photos_are_seen_by_those_who_walk_there_and_not_of_complaints(cast):
    for category, status in (("leak", 200), ("complaint", 404)):
        petition = file(cast.li, cast.building, category=category)
        take_in(petition)
        kept = PetitionPhoto(petition=petition, position=1, added_at=NOW)
        kept.file.save("photo.jpg", photo())
        assert client_of(cast.yu).get(f"/issues/photos/{kept.public_id}/").status_code == status


# --- the code on the building ---


def test_the_code_leads_whoever_walks_there_to_what_there_is_to_do(cast):
    issue = finished(cast)
    shown = page(cast.yu, f"/b/{cast.building.qr_token}/")
    assert links(shown) == [str(issue.public_id)]
    assert f"/outdoors/find/?b={cast.building.qr_token}" in shown
    assert links(page(cast.yu, f"/b/{cast.other_building.qr_token}/")) == []


def test_as_a_resident_the_code_begins_a_petition(cast):
    response = client_of(cast.yu).get(f"/b/{cast.building.qr_token}/?as=resident")
    assert response["Location"].startswith("/petitions/new/")


def test_the_code_of_a_building_elsewhere_is_the_residents_card(cast):
    assert client_of(cast.yu).get(f"/b/{cast.strange_building.qr_token}/")["Location"].startswith("/petitions/new/")
    assert client_of(cast.yu).get("/b/ZZZZZZZZZZZZ/").status_code == 404


# --- filing for somebody ---


def told(cast: Cast, **changed) -> dict[str, object]:
    values = sent(cast, words="楼道灯不亮，晚上看不见", category="electricity")
    return (
        values
        | {
            "name": "胡德全",
            "phone": "138 9999 0001",
            "phone_again": "138 9999 0001",
            "channel": "patrol",
            "name_visibility": "handlers",
            "has_agreed": "on",
        }
        | changed
    )


def test_somebody_without_an_account_gets_one_and_a_text_message(cast):
    client = client_of(cast.yu)
    response = client.post("/outdoors/file/", told(cast, photos=[photo()]), follow=True)
    petition = Petition.objects.get()
    assert petition.receipt_no in response.content.decode()
    assert (petition.filed_by, petition.channel, petition.consent_noted_at) == (cast.yu, "patrol", NOW)
    person = petition.petitioner
    assert (person.full_name, person.phone, person.phone_verified_at) == ("胡德全", "+8613899990001", None)
    assert petition.photos.count() == 1
    assert Notice.objects.filter(recipient=person, channel="sms", message_key="petition_written_down").count() == 1


def test_whose_number_is_known_gets_it_in_their_own_account(cast):
    done = client_of(cast.yu).post("/outdoors/file/", told(cast, phone=cast.li.phone, name="李 秀英"), follow=True)
    petition = Petition.objects.get()
    assert petition.petitioner == cast.li
    assert User.objects.get(pk=cast.li.pk).full_name == "李秀英"
    assert str(NUMBER_LEFT_OUT) not in done.content.decode()
    shown = page(cast.li, f"/petitions/{petition.receipt_no}/")
    assert "于网格员" in shown


def repeated(shown: str) -> tuple[list[str], bool]:
    """The number that the page repeats, and whether it asks for it a second time."""
    return re.findall(r'class="receipt-no">([^<]*)<', shown), 'name="phone_again"' in shown


def test_a_number_that_nobody_is_known_by_is_repeated_and_asked_for_once_more(cast):
    client = client_of(cast.yu)
    values = told(cast, phone="１３８-9999-0001", phone_again="")
    first = client.post("/outdoors/file/", values)
    assert (first.status_code, Petition.objects.count()) == (400, 0)
    assert repeated(first.content.decode()) == (["138 9999 0001"], True)
    assert 'href="#id_phone_again"' in first.content.decode()
    assert client.post("/outdoors/file/", values | {"phone_again": "+86 13899990001"}).status_code == 302
    assert Petition.objects.get().petitioner.phone == "+8613899990001"


@pytest.mark.parametrize("again", ["138 9999 0010", "13899990", "胡德全"])
def test_two_numbers_that_differ_open_no_account(cast, again):
    response = client_of(cast.yu).post("/outdoors/file/", told(cast, phone_again=again))
    assert response.status_code == 400
    assert 'href="#id_phone_again"' in response.content.decode()
    assert again in response.content.decode()
    assert not User.objects.filter(full_name="胡德全").exists()


@pytest.mark.parametrize("phone", ["", "1389999", "li"])
def test_a_number_that_is_known_missing_or_none_is_asked_for_once(cast, phone):
    phone = cast.li.phone if phone == "li" else phone
    response = client_of(cast.yu).post("/outdoors/file/", told(cast, phone=phone, phone_again="", words=""))
    assert response.status_code == 400
    assert repeated(response.content.decode()) == ([], False)


def test_asking_for_the_kind_keeps_the_number_that_was_typed_twice(cast):
    shown = client_of(cast.yu).post("/outdoors/file/", told(cast, suggest="1")).content.decode()
    assert shown.count('value="138 9999 0001"') == 2


def test_a_number_that_is_somebody_elses_is_left_out_and_that_is_said(cast):
    """One wrong digit leads to a stranger: they read nothing of it, and get no message."""
    done = client_of(cast.yu).post("/outdoors/file/", told(cast, phone=cast.li.phone, name="别人"), follow=True)
    petition = Petition.objects.get()
    assert (petition.petitioner.full_name, petition.petitioner.phone) == ("别人", None)
    assert str(NUMBER_LEFT_OUT) in done.content.decode()
    assert petition.receipt_no in done.content.decode()
    assert client_of(cast.li).get(f"/petitions/{petition.receipt_no}/").status_code == 404
    assert not Notice.objects.filter(recipient=cast.li).exists()


def test_sent_twice_it_is_one_petition(cast):
    values = told(cast)
    for _press in range(2):
        assert client_of(cast.yu).post("/outdoors/file/", values).status_code == 302
    assert (Petition.objects.count(), User.objects.filter(full_name="胡德全").count()) == (1, 1)


def test_whoever_has_no_phone_gets_the_number_on_paper(cast):
    response = client_of(cast.yu).post("/outdoors/file/", told(cast, phone=""), follow=True)
    petition = Petition.objects.get()
    assert petition.receipt_no in response.content.decode()
    assert petition.petitioner.phone is None


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"has_agreed": ""}, "id_has_agreed"),
        ({"name": " "}, "id_name"),
        ({"phone": "12345"}, "id_phone"),
        ({"channel": ""}, "id_channel"),
        ({"channel": "portal"}, "id_channel"),
        ({"name_visibility": ""}, "id_name_visibility"),
        ({"words": ""}, "id_words"),
        ({"phone": "+8613800130020"}, "id_phone"),
        ({"name": "a\x00b"}, "id_name"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_filed(cast, changed, field):
    if "+86" in str(changed.get("phone", "")):
        changed = {"phone": cast.yu.phone}
    response = client_of(cast.yu).post("/outdoors/file/", told(cast, **changed))
    assert response.status_code == 400
    assert f'href="#{field}"' in response.content.decode()
    assert not Petition.objects.exists()


def test_a_quarrel_is_filed_without_a_name_and_its_writer_has_no_way_back_to_it(cast):
    client = client_of(cast.yu)
    values = told(cast, category="dispute", words="楼上半夜拖椅子", name_visibility="handlers")
    assert "SQ-" in client.post("/outdoors/file/", values, follow=True).content.decode()
    petition = Petition.objects.get()
    assert petition.name_visibility == "nobody"
    issue = Issue.objects.get(links__petition=petition)
    client.get("/outdoors/file/")
    seen = [
        client.get(address).content.decode()
        for address in ("/outdoors/", "/outdoors/?show=open", f"/outdoors/{issue.public_id}/", "/outdoors/file/")
    ]
    assert client.get("/outdoors/file/?done=1")["Location"] == "/outdoors/file/"
    assert client.get(f"/petitions/{petition.receipt_no}/").status_code == 404
    assert "胡德全" not in "".join(seen)
    assert "9999" not in "".join(seen)


def test_the_number_shown_is_ones_own_last_one_only(cast):
    client = client_of(cast.yu)
    client.post("/outdoors/file/", told(cast))
    assert client_of(cast.zhao).get("/outdoors/file/?done=1")["Location"] == "/outdoors/file/"
    assert client.get("/outdoors/file/?done=1").status_code == 200


def test_whoever_wrote_it_down_cant_rate_it(cast):
    client = client_of(cast.yu)
    client.post("/outdoors/file/", told(cast))
    petition = Petition.objects.get()
    rating = {"is_solved": "yes", "satisfaction": "5", "was_contacted": "yes"}
    assert client.post(f"/petitions/{petition.receipt_no}/evaluate/", rating).status_code == 404
