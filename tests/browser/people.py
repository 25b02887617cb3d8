"""What people do on their screens, in their own words: press what is written there, fill in what is asked."""

import re

from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Locator, Page

from governance.models import User
from issues.models import WorkOrder
from tests.browser.conftest import a_photo, last_code_in
from tests.cast import Cast

WORDS = "二单元楼道灯不亮，老人晚上看不见台阶。"


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
        self.button(message, context).click()

    def choose(self, field: str) -> None:
        """Press the label of a tile or a choice."""
        self.page.locator(f"label[for='{field}'], label:has(#{field})").first.click()


def sign_in(reader: Reader, number: str, messages: list[tuple[str, str]]) -> None:
    """From the sign-in page, by phone and code."""
    reader.page.locator("#id_phone").fill(number)
    reader.press("Text me the code")
    reader.page.locator("#id_code").wait_for()
    reader.page.locator("#id_code").fill(last_code_in(messages))
    with reader.page.expect_navigation():
        reader.page.locator("form:has(#id_code) button").click()


def go_on(reader: Reader) -> None:
    """Press the button under the thumb and wait for the next page."""
    with reader.page.expect_navigation():
        reader.page.locator(".hold button").click()


def file_with_photo(reader: Reader, cast: Cast) -> str:
    """The five steps, beginning with “report a problem”, by somebody whose home nobody knows. The receipt number."""
    page = reader.page
    with page.expect_navigation(url="**/photo/"):
        reader.press("Report a problem")
    page.locator("#photos").set_input_files(a_photo())
    page.locator(".pair img").wait_for()
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
    with page.expect_navigation():
        reader.press("Report it finished")


def rate(reader: Reader, *, is_solved: bool, satisfaction: int) -> None:
    """On the petition's page."""
    page = reader.page
    page.locator(f"label:has([name=is_solved][value={'yes' if is_solved else 'no'}])").click()
    page.locator(f"label:has([name=satisfaction][value='{satisfaction}'])").click()
    page.locator("label:has([name=was_contacted][value=yes])").click()
    with page.expect_navigation():
        reader.press("Send the rating")


def reads(user: User, language: str, mode: str = "standard") -> User:
    """`user`, who has chosen this language and mode before."""
    user.language, user.elder_mode = language, mode == "elder"
    user.save(update_fields=["language", "elder_mode"])
    return user
