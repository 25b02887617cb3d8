"""What people do on their screens, in their own words: press what is written there, fill in what is asked."""

import re

from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Locator, Page

from governance.models import User
from issues.models import WorkOrder
from tests.browser.conftest import a_photo, last_code_in
from tests.cast import Cast

WORDS = "二单元楼道灯不亮，老人晚上看不见台阶。"


def go_by(way: Locator) -> None:
    """Press what leads to another page, and wait until that page is there. A click alone returns while it loads."""
    with way.page.expect_navigation():
        way.click()


class Reader:
    """A page, and the language in which its person reads what is written on it."""

    def __init__(self, page: Page, language: str = "zh-hans"):
        self.page, self.language = page, language

    def words(self, message: str, context: str = "") -> str:
        with override(self.language):
            return pgettext(context, message) if context else gettext(message)

    def button(self, message: str, context: str = "") -> Locator:
        """What can be pressed and begins with these words: some go on for those who only hear them."""
        begins = re.compile(rf"^\s*{re.escape(self.words(message, context))}")
        pressed = self.page.get_by_role("button", name=begins).or_(self.page.get_by_role("link", name=begins))
        return pressed.locator("visible=true").first

    def press(self, message: str, context: str = "") -> None:
        """Press what changes something on this page; what leads to another one is for `press_and_go`."""
        self.button(message, context).click()

    def press_and_go(self, message: str, context: str = "") -> None:
        go_by(self.button(message, context))

    def choose(self, field: str) -> None:
        """Press the label of a tile or a choice."""
        self.page.locator(f"label[for='{field}'], label:has(#{field})").first.click()


def sign_in(reader: Reader, number: str, messages: list[tuple[str, str]]) -> None:
    """From the sign-in page, by phone and code."""
    reader.page.locator("#id_phone").fill(number)
    reader.press_and_go("Text me the code")
    reader.page.locator("#id_code").fill(last_code_in(messages))
    go_by(reader.page.locator("form:has(#id_code) button"))


def go_on(reader: Reader) -> None:
    """Press the button under the thumb."""
    go_by(reader.page.locator(".hold button"))


def file_with_photo(reader: Reader, cast: Cast) -> str:
    """The five steps, beginning with “report a problem”, by somebody whose home nobody knows. The receipt number."""
    page = reader.page
    reader.press_and_go("Report a problem")
    with page.expect_navigation():
        page.locator("#photos").set_input_files(a_photo())
    go_on(reader)
    reader.choose("category-electricity")
    go_on(reader)
    reader.choose(f"estate-{cast.estate.pk}")
    go_on(reader)
    page.locator("#id_building").select_option(str(cast.building.pk))
    page.locator("#id_stairwell").select_option("2")
    go_on(reader)
    page.locator("#id_words").fill(WORDS)
    reader.choose("name-handlers")
    go_on(reader)
    assert page.locator(".answers").get_by_text(WORDS).is_visible()
    go_on(reader)
    return page.locator(".receipt-no").inner_text().strip()


def order_for(receipt_no: str) -> WorkOrder:
    return WorkOrder.objects.live().select_related("holder").get(issue__links__petition__receipt_no=receipt_no)


def finish(reader: Reader, order: WorkOrder, words: str) -> None:
    """On the order's page, with words and a photo."""
    page = reader.page
    page.goto(f"/queue/{order.public_id}/?do=finish#finish")
    page.locator("#finish_words").fill(words)
    page.locator("#finish_photos").set_input_files(a_photo("#e6dcc3"))
    reader.press_and_go("Report it finished")


def rate(reader: Reader, *, is_solved: bool, satisfaction: int) -> None:
    """On the petition's page."""
    page = reader.page
    page.locator(f"label:has([name=is_solved][value={'yes' if is_solved else 'no'}])").click()
    page.locator(f"label:has([name=satisfaction][value='{satisfaction}'])").click()
    page.locator("label:has([name=was_contacted][value=yes])").click()
    reader.press_and_go("Send the rating")


def reads(user: User, language: str, mode: str = "standard") -> User:
    """`user`, who has chosen this language and mode before."""
    user.language, user.elder_mode = language, mode == "elder"
    user.save(update_fields=["language", "elder_mode"])
    return user
