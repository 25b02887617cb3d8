"""Filing as people do who have no script, no mouse or no patience: plain forms, the keyboard alone, a slow line."""

import gzip

import pytest
from playwright.sync_api import Page, Response, expect

from residents.models import Petition, PetitionStage
from tests.browser.conftest import a_photo
from tests.browser.people import WORDS, Reader, go_on, order_for
from tests.cast import Cast, draft

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = ("photo", "category", "place", "words", "check")
MOST_TRANSFERRED = 150_000


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


@pytest.mark.parametrize(("language", "mode"), [("zh-hans", "standard"), ("en", "elder"), ("ko", "standard")])
def test_a_petition_is_filed_without_script(screen, cast: Cast, language: str, mode: str):
    cast.li.language, cast.li.elder_mode = language, mode == "elder"
    cast.li.save(update_fields=["language", "elder_mode"])
    reader = Reader(screen(cast.li, java_script_enabled=False), language)
    page = reader.page
    page.goto("/petitions/new/")
    page.locator("#photos").set_input_files(a_photo())
    reader.press_and_go("Add these photos")
    reader.press_and_go("Continue")
    reader.choose("category-electricity")
    reader.press_and_go("Continue")
    page.locator("#id_spot").fill("一层大门")
    reader.press_and_go("Continue")
    page.locator("#id_words").fill(WORDS)
    reader.choose("name-handlers")
    reader.press_and_go("Continue")
    reader.press_and_go("Submit the petition")
    receipt_no = page.locator(".receipt-no").inner_text().strip()

    petition = Petition.objects.get(receipt_no=receipt_no)
    assert (petition.state, petition.words, petition.spot) == (PetitionStage.IN_HAND, WORDS, "一层大门")
    assert petition.photos.count() == 1
    assert order_for(receipt_no).body == cast.hengxin


def test_what_is_missing_is_said_without_script_and_what_was_typed_is_kept(screen, cast: Cast):
    reader = Reader(screen(cast.li, java_script_enabled=False))
    token = draft(cast.li, cast.building, words="", name_visibility="").token
    reader.page.goto(f"/petitions/new/{token}/words/")
    reader.page.locator("#id_words").fill(WORDS)

    reader.press_and_go("Continue")

    assert reader.page.title().startswith(reader.words("Error: "))
    assert reader.page.locator(".error-summary a").count() == 1
    assert reader.page.locator("#id_words").input_value() == WORDS


class Keyboard:
    """A person who only has keys. Whatever is reached shows where the focus is."""

    def __init__(self, page: Page):
        self.page = page

    def tab_to(self, selector: str, *, at_most: int = 80) -> None:
        for _ in range(at_most):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                assert self._shows_focus(), f"{selector} doesn't show the focus"
                return
        raise AssertionError(f"{selector} is not reached in {at_most} presses of Tab on {self.page.url}")

    def _shows_focus(self) -> bool:
        return self.page.evaluate(
            """() => {
                 const element = document.activeElement;
                 const shown = [element, element.closest("label"), element.nextElementSibling].filter(Boolean);
                 return shown.some((one) => getComputedStyle(one).outlineStyle !== "none");
               }"""
        )

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def press_and_go(self, key: str) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press(key)


def test_a_petition_is_filed_by_keyboard_alone(screen, cast: Cast):
    page = screen(cast.li)
    keys = Keyboard(page)
    page.goto("/")
    keys.tab_to("a.big-1")
    keys.press_and_go("Enter")
    keys.tab_to(".hold button")
    keys.press_and_go("Enter")
    keys.tab_to("[name=category]")
    keys.press("Space")
    keys.press("ArrowRight")
    keys.tab_to(".hold button")
    keys.press_and_go("Enter")
    keys.tab_to("#id_spot")
    page.keyboard.type("一层大门")
    keys.press_and_go("Enter")
    keys.tab_to("#id_words")
    page.keyboard.insert_text(WORDS)
    keys.tab_to("[name=name_visibility]")
    keys.press("Space")
    keys.tab_to(".hold button")
    keys.press_and_go("Enter")
    keys.tab_to(".hold button")
    keys.press_and_go("Enter")

    petition = Petition.objects.get(receipt_no=page.locator(".receipt-no").inner_text().strip())
    assert (petition.words, petition.spot, petition.name_visibility) == (WORDS, "一层大门", "handlers")


def test_the_focus_goes_to_what_is_missing(screen, cast: Cast):
    page = screen(cast.li)
    page.goto(f"/petitions/new/{draft(cast.li, cast.building, words='', name_visibility='').token}/words/")

    go_on(Reader(page))

    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#id_words")).to_be_focused()


def test_back_keeps_every_answer_and_submitting_twice_is_one_petition(screen, cast: Cast):
    page = screen(cast.li)
    token = draft(cast.li, cast.building).token
    page.goto(f"/petitions/new/{token}/check/")
    go_on(Reader(page))
    receipt_no = page.locator(".receipt-no").inner_text()

    page.go_back()
    page.locator(".hold button, .receipt-no").first.wait_for()
    if page.locator(".hold button").count():
        go_on(Reader(page))

    assert page.locator(".receipt-no").inner_text() == receipt_no
    assert Petition.objects.count() == 1


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_filing_weighs_less_than_150_kb(screen, cast: Cast, step: str):
    """Everything that an empty cache has to fetch, static files as WhiteNoise compresses them."""
    page = screen(cast.li)
    answered: dict[str, Response] = {}
    page.on("response", lambda response: answered.update({response.url: response}))

    page.goto(f"/petitions/new/{draft(cast.li, cast.building).token}/{step}/", wait_until="networkidle")

    weights = {url: _weight(response) for url, response in answered.items()}
    assert sum(weights.values()) < MOST_TRANSFERRED, weights


def _weight(response: Response) -> int:
    body = response.body()
    return len(gzip.compress(body)) if "/static/" in response.url else len(body)
