"""The queue while people work in it: it refreshes itself, cheaply, and of two who claim one loses with a word."""

import pytest
from playwright.sync_api import Page, Response

from issues.domain import handling
from tests.browser.conftest import DESK
from tests.browser.people import go_by, order_for
from tests.cast import Cast, file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


def open_queue(page: Page) -> Page:
    """The queue, on a page whose time can be moved on."""
    page.clock.install()
    page.goto("/queue/")
    return page


def wait_for_refresh(page: Page, status: int) -> Response:
    """Let ten seconds pass, and as many more as it takes until the rows were asked for with this answer."""
    with page.expect_response(lambda response: is_refreshed(response) and response.status == status) as refreshed:
        page.clock.fast_forward(11_000)
    return refreshed.value


def is_refreshed(response: Response) -> bool:
    return "/queue/rows/" in response.url


def test_the_queue_asks_by_itself_and_is_answered_304_until_something_changes(screen, cast: Cast, moment):
    petition = file(cast.li, cast.building)
    order = order_for(petition.receipt_no)
    page = open_queue(screen(cast.zhou))

    unchanged = wait_for_refresh(page, 304)
    handling.accept(order, actor=cast.liu, at=moment())
    changed = wait_for_refresh(page, 200)

    assert unchanged.request.headers["if-none-match"] == changed.request.headers["if-none-match"]
    page.get_by_text("刘管家").locator("visible=true").first.wait_for()
    assert wait_for_refresh(page, 304).request.headers["if-none-match"] == changed.headers["etag"]


def test_a_refresh_keeps_the_focus_and_the_scroll(screen, cast: Cast, moment):
    for category in ("rubbish", "plumbing", "noise", "sewer"):
        file(cast.li, cast.building, category=category)
    last = order_for(file(cast.li, cast.other_building, category="trees").receipt_no)
    page = open_queue(screen(cast.zhou, viewport={"width": 360, "height": 480}))
    button = page.locator(f"#p-act-{last.public_id}")
    button.evaluate("button => { button.scrollIntoView({ block: 'center' }); button.focus({ preventScroll: true }); }")
    where = "[document.activeElement.id, Math.round(document.activeElement.getBoundingClientRect().top)]"
    before = page.evaluate(where)
    assert page.evaluate("scrollY") > 0

    new = order_for(file(cast.wang, cast.building, category="wall_crack").receipt_no)
    wait_for_refresh(page, 200)
    page.locator(f"#p-{new.public_id}").wait_for()

    assert page.evaluate(where) == before


@pytest.mark.parametrize("viewport", [{"width": 360, "height": 740}, DESK], ids=["phone", "desk"])
def test_of_two_who_claim_the_second_reads_who_was_first_and_is_offered_the_next(screen, cast: Cast, moment, viewport):
    wanted = order_for(file(cast.li, cast.building).receipt_no)
    other = order_for(file(cast.wang, cast.other_building, category="rubbish").receipt_no)
    pages = [screen(user, viewport=viewport) for user in (cast.zhou, cast.liu)]
    side = "d" if viewport == DESK else "p"
    for page in pages:
        page.goto("/queue/")
    first, second = (page.locator(f"#{side}-act-{wanted.public_id}") for page in pages)

    with pages[0].expect_response(lambda response: "/accept/" in response.url) as won:
        first.click()
    with pages[1].expect_response(lambda response: "/accept/" in response.url) as lost:
        second.click()

    wanted.refresh_from_db()
    assert (won.value.status, lost.value.status, wanted.holder) == (200, 409, cast.zhou)
    taken = pages[1].locator(".is-taken").locator("visible=true").first
    taken.wait_for()
    assert "周管家" in taken.inner_text()
    offered = pages[1].locator(f"#{side}-next-{wanted.public_id}")
    with pages[1].expect_response(lambda response: "/accept/" in response.url) as next_one:
        offered.click()
    other.refresh_from_db()
    assert (next_one.value.status, other.holder) == (200, cast.liu)


def test_without_script_the_loser_reads_the_same_on_a_page_of_its_own(screen, cast: Cast, moment):
    wanted = order_for(file(cast.li, cast.building).receipt_no)
    page = screen(cast.zhou, java_script_enabled=False)
    page.goto("/queue/")
    handling.accept(wanted, actor=cast.liu, at=moment())

    go_by(page.locator(f"#p-act-{wanted.public_id}"))

    assert "刘管家" in page.locator(".taken").inner_text()


def test_the_queue_says_when_it_has_no_connection(screen, cast: Cast, moment):
    file(cast.li, cast.building)
    page = open_queue(screen(cast.zhou, has_errors=True))
    page.context.set_offline(True)
    page.clock.fast_forward(11_000)
    page.locator("#offline").wait_for()

    page.context.set_offline(False)
    page.clock.fast_forward(11_000)

    page.locator("#offline").wait_for(state="hidden")
