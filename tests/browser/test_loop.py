"""The whole loop on people's own screens: from a photo to a rating, and round again when it isn't solved."""

import pytest
from playwright.sync_api import Page

from governance.models import NoticeState, User
from issues.models import WorkOrderState
from residents.models import Petition, PetitionStage
from tests.browser.conftest import DESK, keep_picture
from tests.browser.people import (
    Reader,
    file_with_photo,
    finish,
    go_by,
    order_for,
    rate,
    reads,
    sign_in,
)
from tests.cast import Cast, file

pytestmark = pytest.mark.django_db(transaction=True)

NEWCOMER = "139 1234 5678"
DONE = "换了灯管，试过了，亮了。"
TAGS = {"zh-hans": "zh-Hans", "en": "en", "ko": "ko"}


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


def choose_language_and_mode(page: Page, language: str, mode: str) -> None:
    """By the switches at the top, before anybody has signed in."""
    go_by(page.locator(f".langs button[value='{language}']").first)
    assert page.locator("html").get_attribute("lang") == TAGS[language]
    if mode == "elder":
        go_by(page.locator("button.mode").first)
        assert page.locator("html").get_attribute("data-mode") == "elder"


@pytest.mark.parametrize(
    ("language", "mode"), [("zh-hans", "standard"), ("en", "standard"), ("ko", "standard"), ("zh-hans", "elder")]
)
def test_a_newcomer_files_and_rates_what_the_steward_has_put_right(
    screen, cast: Cast, text_messages, moment, language: str, mode: str
):
    resident = Reader(screen(), language)
    resident.page.goto("/account/login/")
    choose_language_and_mode(resident.page, language, mode)
    sign_in(resident, NEWCOMER, text_messages)
    receipt_no = file_with_photo(resident, cast)
    keep_picture(resident.page, f"loop-filed-{language}-{mode}")
    order = order_for(receipt_no)

    steward = Reader(screen(reads(cast.zhou, language)), language)
    steward.page.goto("/queue/")
    moment.pass_by(minutes=1)
    steward.press("Accept")
    steward.page.locator("#said:not(:empty)").wait_for()
    moment.pass_by(minutes=3)
    steward.page.goto(f"/b/{cast.building.qr_token}/")
    go_by(steward.page.locator(".scan-act button"))
    moment.pass_by(minutes=18)
    finish(steward, order, DONE)

    resident.page.goto("/inbox/")
    go_by(resident.page.locator(f".inbox a[href='/petitions/{receipt_no}/']").first)
    keep_picture(resident.page, f"loop-finished-{language}-{mode}")
    assert resident.page.locator(".pair img").count() == 2
    assert resident.page.get_by_text(DONE).is_visible()
    rate(resident, is_solved=True, satisfaction=5)

    petition = Petition.objects.get(receipt_no=receipt_no)
    assert (petition.state, petition.arrival_proof) == (PetitionStage.CLOSED, "qr")
    assert petition.evaluations.get().satisfaction == 5
    person = User.objects.with_phone("+8613912345678").get()
    assert (person.language, person.elder_mode) == (language, mode == "elder")
    assert resident.page.locator("#rate").count() == 0


def test_what_is_not_solved_goes_back_to_the_queue(screen, cast: Cast, moment):
    petition = file(cast.li, cast.building)
    order = order_for(petition.receipt_no)
    steward = Reader(screen(cast.zhou))
    steward.page.goto(f"/queue/{order.public_id}/")
    steward.press_and_go("Accept")
    moment.pass_by(minutes=9)
    finish(steward, order, DONE)

    resident = Reader(screen(cast.li))
    resident.page.goto(f"/petitions/{petition.receipt_no}/")
    rate(resident, is_solved=False, satisfaction=2)

    petition.refresh_from_db()
    assert (petition.state, petition.epoch) == (PetitionStage.IN_HAND, 2)
    again = order_for(petition.receipt_no)
    assert (again.state, again.public_id != order.public_id) == (WorkOrderState.DISPATCHED, True)
    steward.page.goto("/queue/")
    assert steward.page.locator(f"#p-{again.public_id}").is_visible()
    assert resident.page.locator(".messages .alert-success").is_visible()


def test_the_manager_gives_an_order_to_somebody_else(screen, cast: Cast):
    petition = file(cast.li, cast.building)
    order = order_for(petition.receipt_no)
    manager = Reader(screen(cast.zheng, viewport=DESK))
    manager.page.goto("/queue/")
    go_by(manager.page.locator(f"#d-more-{order.public_id}"))
    manager.page.locator("#reassign > summary").click()
    manager.page.locator("#reassign_holder").select_option(str(cast.liu.public_id))

    manager.press_and_go("Hand it over")

    assert order_for(petition.receipt_no).holder == cast.liu
    assert cast.liu.notices.exclude(state=NoticeState.NOT_REACHED).filter(link__contains=str(order.public_id)).exists()


def test_the_residents_word_proves_an_arrival_that_was_only_claimed(screen, cast: Cast, moment):
    petition = file(cast.li, cast.building)
    steward = Reader(screen(cast.zhou))
    steward.page.goto(f"/queue/{order_for(petition.receipt_no).public_id}/")
    steward.press_and_go("Accept")
    moment.pass_by(minutes=2)
    steward.press_and_go("I'm here")

    resident = Reader(screen(cast.li))
    resident.page.goto(f"/petitions/{petition.receipt_no}/")
    resident.press_and_go("Someone is here")

    petition.refresh_from_db()
    assert petition.arrival_proof == "resident"


def test_a_nudge_is_answered_with_who_has_it_and_by_when(screen, cast: Cast, moment):
    petition = file(cast.li, cast.building)
    steward = Reader(screen(cast.zhou))
    steward.page.goto(f"/queue/{order_for(petition.receipt_no).public_id}/")
    steward.press_and_go("Accept")
    moment.pass_by(minutes=2)
    resident = Reader(screen(cast.li))
    resident.page.goto(f"/petitions/{petition.receipt_no}/")

    resident.press_and_go("Nudge")

    answer = resident.page.locator(".messages").inner_text()
    assert "周" in answer
    assert "14:22" in answer
