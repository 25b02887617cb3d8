"""My petitions: what the list and the page say, what their buttons do, and whom they let in."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.domain import handling
from issues.domain.sweep import sweep
from residents.domain import standing
from residents.models import Evaluation, Petition, PetitionStage
from tests.cast import NOW, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
NUL = "\x00"


@pytest.fixture
def at(monkeypatch):
    """Set the database's clock as pages read it: `at(NOW + MINUTE)`."""

    def set_clock(instant):
        monkeypatch.setattr("governance.middleware.database_now", lambda: instant)
        return instant

    set_clock(NOW)
    return set_clock


@pytest.fixture
def petition(cast: Cast) -> Petition:
    """Filed by owner Li two minutes ago, with the company, not accepted yet."""
    petition = file(cast.li, cast.building, at=NOW - 2 * MINUTE)
    take_in(petition)
    petition.refresh_from_db()
    return petition


@pytest.fixture
def finished(cast: Cast) -> Petition:
    """Filed 26 minutes ago, accepted, arrived by the QR code, and now said to be done."""
    petition = file(cast.li, cast.building, at=NOW - 26 * MINUTE)
    order = take_in(petition)
    handling.accept(order, actor=cast.zhou, at=NOW - 25 * MINUTE)
    handling.arrive(order, actor=cast.zhou, at=NOW - 22 * MINUTE, qr_token=cast.building.qr_token)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。")
    petition.refresh_from_db()
    return petition


GOOD_RATING = {"is_solved": "yes", "satisfaction": "4", "was_contacted": "yes", "words": "来得很快。"}


def url(petition: Petition, verb: str = "") -> str:
    return f"/petitions/{petition.receipt_no}/{verb}{'/' if verb else ''}"


def words_of(response) -> str:
    """The page as it is read: without markup, spaces in one piece."""
    body = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(body))


# --- who gets in ---


@pytest.mark.parametrize("verb", ["", "supplement", "withdraw"])
@pytest.mark.parametrize("person", ["wang", "zhou", "stranger", "sun"])
def test_another_persons_petition_looks_like_one_that_does_not_exist(cast: Cast, petition, at, person, verb):
    client = client_of(getattr(cast, person))

    theirs = client.get(url(petition, verb))
    missing = client.get(url(petition, verb).replace(petition.receipt_no, "SQ-2222-2222"))

    assert theirs.status_code == missing.status_code == 404
    without_address = [re.sub(r"SQ-[\w-]+|csrf\S+ value=\S+", "", page.content.decode()) for page in (theirs, missing)]
    assert without_address[0] == without_address[1]


@pytest.mark.parametrize("verb", ["supplement", "nudge", "arrival", "withdraw", "evaluate"])
def test_nobody_else_acts_on_a_petition(cast: Cast, petition, at, verb):
    response = client_of(cast.wang).post(url(petition, verb), {"words": "不是我的", **GOOD_RATING})

    assert response.status_code == 404
    assert petition.updates.exclude(kind__in=("filed", "taken_in", "dispatched")).count() == 0


def test_a_list_shows_my_petitions_and_nobody_elses(cast: Cast, petition, at):
    file(cast.wang, cast.building, words="我家门口有垃圾。")

    page = words_of(client_of(cast.li).get("/petitions/"))

    assert "楼道灯不亮" in page
    assert "垃圾" not in page


def test_a_stranger_is_asked_to_sign_in(client, petition, at):
    assert client.get("/petitions/").status_code == 302
    assert client.get(url(petition)).status_code == 302


# --- the list ---


def test_the_list_puts_what_is_due_first_above_what_waits_for_a_rating_and_what_is_over(cast: Cast, finished, at):
    later = file(cast.li, cast.building, words="墙面有一道裂缝。", at=NOW)
    sooner = file(cast.li, cast.building, words="大门关不上。", at=NOW - 2 * MINUTE)
    for petition in (later, sooner):
        take_in(petition)
    gone = file(cast.li, cast.building, words="已经不要紧了。")
    client_of(cast.li).post(url(gone, "withdraw"))

    response = client_of(cast.li).get("/petitions/")

    assert [row.receipt_no for row in response.context["page"]] == [
        sooner.receipt_no,
        later.receipt_no,
        finished.receipt_no,
        gone.receipt_no,
    ]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"open", "finished"}),
        ("?show=all", {"open", "finished"}),
        ("?show=open", {"open"}),
        ("?show=finished", {"finished"}),
        ("?show=nonsense&page=-3", {"open", "finished"}),
        ("?page=99999999999999999999", {"open", "finished"}),
        ("?page=" + "9" * 5000, {"open", "finished"}),
        ("?page=%E5%8D%81", {"open", "finished"}),
    ],
)
def test_the_filter_is_in_the_address_and_nonsense_there_does_no_harm(cast: Cast, petition, finished, at, query, shown):
    numbers = {"open": petition.receipt_no, "finished": finished.receipt_no}

    response = client_of(cast.li).get(f"/petitions/{query}")

    assert {row.receipt_no for row in response.context["page"]} == {numbers[name] for name in shown}


def test_a_nul_in_the_address_is_a_bad_request(cast: Cast, at):
    assert client_of(cast.li).get("/petitions/?page=%00").status_code == 400


def test_paging_keeps_the_filter(cast: Cast, at):
    for _number in range(21):
        file(cast.li, cast.building)

    response = client_of(cast.li).get("/petitions/?show=open")

    assert len(response.context["page"].object_list) == 20
    assert "show=open&amp;page=2" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("", "You have filed nothing yet"), ("?show=open", "You have filed nothing yet")],
)
def test_an_empty_list_says_what_to_do_next(cast: Cast, at, query, sentence):
    client = _in_english(cast.li)

    response = client.get(f"/petitions/{query}")

    assert sentence in words_of(response)
    assert 'href="/petitions/new/"' in response.content.decode()


def test_an_empty_filter_says_where_the_rest_is(cast: Cast, petition, at):
    assert "Nothing is finished yet" in words_of(_in_english(cast.li).get("/petitions/?show=finished"))


@pytest.mark.parametrize("category", ["electricity", "unauthorised"])
def test_thirty_petitions_cost_no_more_queries_than_one(cast: Cast, at, category):
    """Electricity counts minutes, unauthorised building counts the street office's working days."""
    client = client_of(cast.li)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/petitions/").status_code == 200
        return len(captured)

    take_in(file(cast.li, cast.building, category=category))
    with_one = queries()
    for number in range(29):
        take_in(file(cast.li, cast.building, category=category, words=f"第 {number} 处。"))

    assert queries() == with_one <= 10


@pytest.mark.parametrize("category", ["electricity", "unauthorised"])
def test_a_petitions_page_needs_at_most_ten_queries(cast: Cast, at, category):
    petition = file(cast.li, cast.building, category=category)
    order = take_in(petition)
    person = cast.zhou if category == "electricity" else cast.sun
    handling.accept(order, actor=person, at=NOW + MINUTE)
    handling.finish(order, actor=person, at=NOW + 3 * MINUTE, words="办好了。")
    at(NOW + 5 * MINUTE)
    client = client_of(cast.li)
    client.post(url(petition, "evaluate"), GOOD_RATING)
    client.get(url(petition))

    with CaptureQueriesContext(connection) as captured:
        assert client.get(url(petition)).status_code == 200

    assert len(captured) <= 10


# --- the page ---


def test_the_page_says_who_is_called_while_nobody_has_accepted(cast: Cast, petition, at):
    page = words_of(_in_english(cast.li).get(url(petition)))

    assert "恒信物业 duty desk" in page
    assert "Nobody has accepted it yet" in page
    assert "by 14:20 today" in page
    assert "3 minutes left" in page


def test_the_page_says_whose_phone_has_rung_next(cast: Cast, petition, at):
    sweep(bell="test", now=at(NOW))

    page = words_of(_in_english(cast.li).get(url(petition)))

    assert "Nobody has accepted it yet; Steward Liu has been told." in page
    assert "Steward Liu has been called." in page


def test_a_long_timeline_is_turned_over_page_by_page(cast: Cast, petition, at):
    for number in range(60):
        standing.tell(petition, "note", at=NOW, words=f"第 {number} 句。")
    client = client_of(cast.li)

    newest = words_of(client.get(url(petition)))
    earlier = words_of(client.get(f"{url(petition)}?page=2"))

    told = [f"第 {number} 句。" for number in range(60)]
    assert [sentence for sentence in told if sentence in newest] == told[10:]
    assert [sentence for sentence in told if sentence in earlier] == told[:10]
    assert ("更早的进展" in newest, "较新的进展" in newest) == (True, False)
    assert ("更早的进展" in earlier, "较新的进展" in earlier) == (False, True)
    # What comes next stands on top of the newest part only.
    assert [page.count("接下来") for page in (newest, earlier)] == [1, 0]


def test_a_long_timeline_costs_as_many_queries_as_a_short_one(cast: Cast, petition, at):
    client = client_of(cast.li)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(petition)).status_code == 200
        return len(captured)

    short = queries()
    for number in range(60):
        standing.tell(petition, "note", at=NOW, words=f"第 {number} 句。")

    assert queries() == short <= 10


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "١", "9" * 5000])
def test_a_part_of_the_timeline_that_is_not_there_shows_the_newest(cast: Cast, petition, at, page):
    assert "接下来" in words_of(client_of(cast.li).get(f"{url(petition)}?page={page}"))


def test_whose_phone_has_rung_is_known_however_much_was_said_since(cast: Cast, petition, at):
    sweep(bell="test", now=at(NOW))
    for number in range(60):
        standing.tell(petition, "note", at=NOW + MINUTE, words=f"第 {number} 句。")

    page = words_of(_in_english(cast.li).get(url(petition)))

    assert "Nobody has accepted it yet; Steward Liu has been told." in page


def test_the_page_names_the_holder_by_role_and_surname_and_nothing_more(cast: Cast, petition, at):
    handling.accept(_order(petition), actor=cast.zhou, at=NOW)

    page = words_of(_in_english(cast.li).get(url(petition)))

    assert "Steward Zhou is handling it" in page
    assert cast.zhou.full_name not in page
    assert "0531-55510001" in _in_english(cast.li).get(url(petition)).content.decode()


def test_an_overdue_petition_says_so_in_words(cast: Cast, petition, at):
    at(NOW + 10 * MINUTE)
    sweep(bell="test", now=NOW + 10 * MINUTE)

    page = words_of(_in_english(cast.li).get(url(petition)))

    assert "Overdue by 7 minutes" in page
    assert "Nobody came in time" in page


def test_a_finished_petition_shows_the_time_it_took(cast: Cast, finished, at):
    page = words_of(_in_english(cast.li).get(url(finished)))

    assert "26 minutes , on time" in page
    assert "It was to be put right by 14:21 today" in page


def test_a_late_finish_says_how_late(cast: Cast, at):
    petition = file(cast.li, cast.building, at=NOW - 40 * MINUTE)
    order = take_in(petition)
    handling.accept(order, actor=cast.zhou, at=NOW - 30 * MINUTE)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。")

    assert "40 minutes , 10 minutes late" in words_of(_in_english(cast.li).get(url(petition)))


def test_a_photo_is_shown_with_who_took_it(cast: Cast, at):
    petition = file(cast.li, cast.building)
    petition.photos.create(file="photos/a.jpg", width=4, height=3, position=1, added_at=NOW)
    photo = petition.photos.get()

    response = _in_english(cast.li).get(url(petition))

    assert f"/photos/{photo.public_id}/" in response.content.decode()
    assert "today 14:17, your photo" in words_of(response)


# --- nudging, adding, someone is here, withdrawing ---


def test_a_nudge_is_answered_at_once_with_holder_and_due_time(cast: Cast, petition, at):
    handling.accept(_order(petition), actor=cast.zhou, at=NOW)

    response = _in_english(cast.li).post(url(petition, "nudge"), follow=True)

    said = "Steward Zhou has it. Somebody has to be at the place by 14:20 today."
    assert f"Nudged. {said}" in words_of(response)
    assert _told(petition)[-2:] == ["nudged", "nudge_answered"]
    # Once in the message, once in the timeline.
    assert words_of(response).count(said) == 2


def test_a_second_nudge_within_a_minute_repeats_the_answer_and_writes_nothing(cast: Cast, petition, at):
    client = _in_english(cast.li)
    client.post(url(petition, "nudge"), follow=True)
    at(NOW + timedelta(seconds=59))

    response = client.post(url(petition, "nudge"), follow=True)

    assert "You nudged less than a minute ago. 恒信物业 has it; nobody there has accepted it yet." in words_of(response)
    assert _told(petition).count("nudged") == 1


def test_after_a_minute_a_nudge_counts_again(cast: Cast, petition, at):
    client = client_of(cast.li)
    client.post(url(petition, "nudge"))
    at(NOW + MINUTE)
    client.post(url(petition, "nudge"))

    assert _told(petition).count("nudged") == 2


def test_a_nudge_before_anybody_was_found_is_answered_too(cast: Cast, at):
    petition = file(cast.li, cast.building)

    response = _in_english(cast.li).post(url(petition, "nudge"), follow=True)

    assert "Nudged. Whoever is responsible is still being found." in words_of(response)


def test_what_is_added_stands_on_the_timeline(cast: Cast, petition, at):
    response = client_of(cast.li).post(url(petition, "supplement"), {"words": " 二楼的也不亮了 <b>\n"}, follow=True)

    assert petition.updates.get(kind="supplemented").words == "二楼的也不亮了 <b>"
    assert "二楼的也不亮了 &lt;b&gt;" in response.content.decode()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("  ", "Write what you would like to add."),
        ("字" * 2001, "You wrote 2001 characters; 2,000 fit."),
        (f"坏{NUL}了", "Your words contain a character that can't be stored."),
    ],
)
def test_words_that_cannot_be_added_are_kept_and_explained(cast: Cast, petition, at, words, sentence):
    response = _in_english(cast.li).post(url(petition, "supplement"), {"words": words})

    assert response.status_code == 200
    assert sentence in words_of(response)
    assert "Error: " in response.content.decode().split("</title>")[0]
    assert words.replace(NUL, "").strip() in words_of(response)
    assert not petition.updates.filter(kind="supplemented").exists()


def test_someone_is_here_proves_an_arrival_and_is_then_no_longer_asked(cast: Cast, petition, at):
    client = _in_english(cast.li)
    handling.accept(_order(petition), actor=cast.zhou, at=NOW)
    assert "Someone is here" in words_of(client.get(url(petition)))

    page = words_of(client.post(url(petition, "arrival"), follow=True))

    petition.refresh_from_db()
    assert petition.arrival_proof == "resident"
    assert "Thank you. Your word is on record: someone is here." in page
    assert url(petition, "arrival") not in client.get(url(petition)).content.decode()


@pytest.mark.parametrize(
    ("category", "comes"),
    [("electricity", True), ("leak", True), ("wall_crack", True), ("unauthorised", False), ("fees", False)],
)
def test_someone_is_here_is_asked_and_taken_only_where_somebody_is_to_come(cast: Cast, at, category, comes):
    petition = file(cast.li, cast.building, category=category)
    take_in(petition)
    client = client_of(cast.li)

    assert (url(petition, "arrival") in client.get(url(petition)).content.decode()) == comes
    assert client.post(url(petition, "arrival")).status_code == (302 if comes else 409)
    petition.refresh_from_db()
    assert petition.arrival_proof == ("resident" if comes else "")


def test_an_office_that_reports_to_have_come_is_believed_when_the_resident_says_so(cast: Cast, at):
    petition = file(cast.li, cast.building, category="unauthorised")
    order = take_in(petition)
    handling.accept(order, actor=cast.sun, at=NOW)
    handling.arrive(order, actor=cast.sun, at=NOW)

    assert client_of(cast.li).post(url(petition, "arrival")).status_code == 302
    petition.refresh_from_db()
    assert petition.arrival_proof == "resident"


def test_saying_twice_that_someone_is_here_is_forgiven(cast: Cast, petition, at):
    client = _in_english(cast.li)
    handling.accept(_order(petition), actor=cast.zhou, at=NOW)
    client.post(url(petition, "arrival"))

    page = words_of(client.post(url(petition, "arrival"), follow=True))

    assert "The arrival is on record already." in page
    assert _told(petition).count("confirmed_arrival") == 1


def test_withdrawing_asks_once_more_first(cast: Cast, petition, at):
    client = _in_english(cast.li)

    assert "Withdraw the petition?" in words_of(client.get(url(petition, "withdraw")))
    petition.refresh_from_db()
    assert petition.state == PetitionStage.IN_HAND

    page = words_of(client.post(url(petition, "withdraw"), follow=True))
    petition.refresh_from_db()
    assert petition.state == PetitionStage.WITHDRAWN
    assert "You withdrew it." in page
    assert client.post(url(petition, "withdraw")).status_code == 302


# --- rating ---


def test_a_rating_closes_the_petition_and_is_shown_with_thanks(cast: Cast, finished, at):
    page = words_of(_in_english(cast.li).post(url(finished, "evaluate"), GOOD_RATING | {"epoch": "1"}, follow=True))

    evaluation = Evaluation.objects.get(petition=finished)
    assert (evaluation.is_solved, evaluation.satisfaction, evaluation.was_contacted) == (True, 4, True)
    assert evaluation.words == "来得很快。"
    assert "Thank you for your rating" in page
    assert "Are you satisfied? Good" in page


def test_not_solved_is_handled_again_in_a_new_epoch(cast: Cast, finished, at):
    page = words_of(
        _in_english(cast.li).post(url(finished, "evaluate"), GOOD_RATING | {"is_solved": "no"}, follow=True)
    )

    finished.refresh_from_db()
    assert (finished.state, finished.epoch) == (PetitionStage.IN_HAND, 2)
    assert "It is being handled again" in page
    assert "You said: not solved." in page


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("is_solved", "Say whether it is solved."),
        ("satisfaction", "Say how satisfied you are, from 1 to 5."),
        ("was_contacted", "Say whether anybody contacted you."),
    ],
)
def test_an_unfinished_rating_says_what_is_missing_and_keeps_the_rest(cast: Cast, finished, at, missing, sentence):
    answers = {name: value for name, value in GOOD_RATING.items() if name != missing}

    response = _in_english(cast.li).post(url(finished, "evaluate"), answers)

    body = response.content.decode()
    assert words_of(response).count(sentence) == 2
    assert f'href="#id_{missing}"' in body
    assert f'id="id_{missing}"' in body
    assert "来得很快。" in body
    assert body.count(" checked") == 2
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize("satisfaction", ["0", "6", "4.5", "很好", NUL])
def test_a_satisfaction_off_the_scale_is_refused(cast: Cast, finished, at, satisfaction):
    response = client_of(cast.li).post(url(finished, "evaluate"), GOOD_RATING | {"satisfaction": satisfaction})

    assert response.status_code == 200
    assert "satisfaction" in response.context["form"].errors
    assert not Evaluation.objects.exists()


def test_a_rating_sent_twice_counts_once(cast: Cast, finished, at):
    client = _in_english(cast.li)
    for _tap in range(2):
        response = client.post(url(finished, "evaluate"), GOOD_RATING | {"epoch": "1"}, follow=True)

    assert "You have rated this already." in words_of(response)
    assert Evaluation.objects.count() == 1


def test_not_solved_sent_twice_reopens_once(cast: Cast, finished, at):
    client = _in_english(cast.li)
    for _tap in range(2):
        response = client.post(url(finished, "evaluate"), GOOD_RATING | {"is_solved": "no", "epoch": "1"}, follow=True)

    finished.refresh_from_db()
    assert "You have rated this already." in words_of(response)
    assert finished.epoch == 2


def test_a_petition_that_is_not_finished_cannot_be_rated(cast: Cast, petition, at):
    response = client_of(cast.li).post(url(petition, "evaluate"), GOOD_RATING)

    assert response.status_code == 409
    assert not Evaluation.objects.exists()


def test_reloading_a_failed_rating_leads_back_to_the_petition(cast: Cast, finished, at):
    assert client_of(cast.li).get(url(finished, "evaluate")).url == url(finished)


@pytest.mark.parametrize("verb", ["nudge", "arrival"])
def test_reading_an_address_never_acts(cast: Cast, petition, at, verb):
    assert client_of(cast.li).get(url(petition, verb)).status_code == 405
    assert _told(petition) == ["filed", "taken_in", "dispatched"]


# --- help ---


def _order(petition: Petition):
    from issues.models import WorkOrder

    return WorkOrder.objects.live().get(issue__links__petition=petition)


def _told(petition: Petition) -> list[str]:
    return list(petition.updates.order_by("at", "id").values_list("kind", flat=True))


def _in_english(user):
    user.language = "en"
    user.save(update_fields=["language"])
    return client_of(user)
