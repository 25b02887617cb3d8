"""The desk's inbox while somebody works at it: it refreshes itself and disturbs nobody."""

import pytest
from playwright.sync_api import Page, Response

from issues.models import Issue
from tests.browser.conftest import DESK
from tests.browser.test_desk import matter_of
from tests.cast import Cast, file

pytestmark = pytest.mark.django_db(transaction=True)

PLACES = ("一层大门", "二层楼道", "三层楼道", "四层楼道", "五层楼道", "六层楼道", "楼顶")
HALF = "这件事应当由"


@pytest.fixture
def waiting(cast: Cast, moment) -> list[Issue]:
    """What lies on the desk in the morning, as the list shows it: all alike but for the place."""
    petitions = [file(cast.li, cast.building, category="other", words="灯不亮。", spot=spot) for spot in PLACES]
    return sorted(map(matter_of, petitions), key=lambda issue: issue.pk)


def open_desk(page: Page, address: str) -> Page:
    page.clock.install()
    page.goto(address)
    return page


def refresh(page: Page, status: int = 200) -> Response:
    """Let ten seconds pass, and as many more as it takes until the rows were asked for with this answer."""
    asked = "/desk/rows/"
    with page.expect_response(lambda one: asked in one.url and one.status == status) as refreshed:
        page.clock.fast_forward(11_000)
    return refreshed.value


def test_the_list_asks_by_itself_and_is_answered_304_until_something_comes(screen, cast: Cast, waiting):
    page = open_desk(screen(cast.wu, viewport=DESK), "/desk/")
    unchanged = refresh(page, 304)
    new = matter_of(file(cast.wang, cast.building, category="other", words="没有水。"))
    changed = refresh(page)
    assert unchanged.request.headers["if-none-match"] == changed.request.headers["if-none-match"]
    page.locator(f"#row-{new.public_id}").wait_for()
    assert page.locator("#inbox-total").inner_text() == str(len(PLACES) + 1)
    assert refresh(page, 304).request.headers["if-none-match"] == changed.headers["etag"]


def test_what_is_half_written_the_focus_and_the_scroll_stay(screen, cast: Cast, waiting):
    shown = waiting[-1]
    page = open_desk(screen(cast.wu, viewport={"width": 1280, "height": 560}), f"/desk/{shown.public_id}/")
    page.locator("#decline summary").click()
    words = page.locator("#decline textarea")
    words.fill(HALF)
    page.locator(".inbox").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    where = f"Math.round(document.getElementById('row-{shown.public_id}').getBoundingClientRect().top)"
    before = page.evaluate(where)

    Issue.objects.filter(pk=waiting[0].pk).update(triaged_at=waiting[0].filed_at)
    refresh(page)
    page.locator(f"#row-{waiting[0].public_id}").wait_for(state="detached")

    assert words.input_value() == HALF
    assert words.evaluate("field => field === document.activeElement")
    assert page.evaluate(where) == before


def test_a_row_that_has_the_focus_keeps_it(screen, cast: Cast, waiting):
    page = open_desk(screen(cast.wu, viewport=DESK), "/desk/")
    row = f"row-{waiting[3].public_id}"
    page.locator(f"#{row}").focus()
    file(cast.wang, cast.building, category="other", words="没有水。")
    refresh(page)
    page.locator(f"#inbox-total:text-is('{len(PLACES) + 1}')").wait_for()
    assert page.evaluate("document.activeElement.id") == row


def test_words_that_are_being_marked_stay_marked(screen, cast: Cast, waiting):
    page = open_desk(screen(cast.wu, viewport=DESK), "/desk/")
    page.evaluate(f"getSelection().selectAllChildren(document.getElementById('row-{waiting[2].public_id}'))")
    marked = page.evaluate("getSelection().toString()")
    file(cast.wang, cast.building, category="other", words="没有水。")
    page.clock.fast_forward(31_000)
    assert marked
    assert page.evaluate("getSelection().toString()") == marked
    page.evaluate("getSelection().removeAllRanges()")
    refresh(page)


def test_the_keys_go_on_from_the_same_matter(screen, cast: Cast, waiting):
    shown, following = waiting[2], waiting[4]
    page = open_desk(screen(cast.wu, viewport=DESK), f"/desk/{shown.public_id}/")
    Issue.objects.filter(pk__in=[waiting[0].pk, waiting[3].pk]).update(triaged_at=shown.filed_at)
    refresh(page)
    page.locator(f"#row-{waiting[3].public_id}").wait_for(state="detached")
    assert page.locator(".inbox [aria-current]").get_attribute("id") == f"row-{shown.public_id}"
    with page.expect_navigation():
        page.keyboard.press("j")
    assert str(following.public_id) in page.url


def test_whoever_writes_about_what_a_colleague_has_sorted_is_told(screen, cast: Cast, waiting):
    page = open_desk(screen(cast.wu, viewport=DESK), f"/desk/{waiting[1].public_id}/")
    Issue.objects.filter(pk=waiting[1].pk).update(triaged_at=waiting[1].filed_at)
    refresh(page)
    page.locator(f"#moved a[href='/desk/{waiting[1].public_id}/']").wait_for()


def test_an_empty_desk_shows_what_comes(screen, cast: Cast, moment):
    page = open_desk(screen(cast.wu, viewport=DESK), "/desk/")
    page.locator(".empty").wait_for()
    new = matter_of(file(cast.li, cast.building, category="other", words="没有水。"))
    refresh(page)
    page.locator(f"#row-{new.public_id}").wait_for()
    page.locator(".empty").wait_for(state="detached")


def test_signed_out_meanwhile_nothing_half_written_is_lost(screen, cast: Cast, waiting):
    page = open_desk(screen(cast.wu, viewport=DESK, has_errors=True), f"/desk/{waiting[0].public_id}/")
    page.locator("#decline summary").click()
    page.locator("#decline textarea").fill(HALF)
    page.context.clear_cookies()
    refresh(page, 401)
    page.locator("#signed-out").wait_for()
    assert page.locator("#decline textarea").input_value() == HALF
    page.locator("#decline textarea").fill("")
    with page.expect_navigation():
        page.clock.fast_forward(11_000)
    assert "/account/login/" in page.url
