"""Back from the receipt: the browser leads to the receipt, never to a form that it would send once more."""

import pytest
from playwright.sync_api import Page

from issues.deliberation.models import Ballot, Motion
from tests.browser.people import Reader, go_by
from tests.cast import Cast
from tests.scenarios.rights_world import a_vote

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def motion(cast: Cast, moment) -> Motion:
    return a_vote(cast.building, cast.wu, "更换门禁系统", opens_in=-1, closes_in=5)


def go_back(page: Page) -> str:
    """What is on the page that the browser's Back leads to."""
    page.go_back()
    return page.locator("h1").inner_text()


@pytest.mark.parametrize("forgets_first", [False, True])
def test_back_from_the_receipt_leads_to_the_receipt(screen, cast: Cast, motion: Motion, forgets_first: bool):
    reader = Reader(screen(cast.li))
    page = reader.page
    entry = motion.roll.get(unit=cast.unit)
    page.goto(f"/votes/{motion.public_id}/")
    reader.press_and_go("Fill in the ballot")
    own = f"/votes/{motion.public_id}/ballots/{entry.public_id}/"
    if forgets_first:
        reader.press_and_go("Check my ballot")
        assert page.locator(".error-summary").is_visible()
    page.locator("#choice-for").check()
    reader.press_and_go("Check my ballot")
    go_by(page.locator("button[name=sure]"))
    taken, number = page.locator("h1").inner_text(), page.locator(".receipt b").inner_text()
    assert page.url.endswith(own)
    for _each in range(3 if forgets_first else 2):
        assert go_back(page) == taken
        assert page.locator(".receipt b").inner_text() == number
        assert page.url.endswith(own)
    assert go_back(page) == motion.title
    assert Ballot.objects.count() == 1


def test_a_reload_of_the_check_asks_for_the_ballot_and_sends_nothing(screen, cast: Cast, motion: Motion):
    reader = Reader(screen(cast.li))
    page = reader.page
    page.goto(f"/votes/{motion.public_id}/ballots/{motion.roll.get(unit=cast.unit).public_id}/")
    page.locator("#choice-for").check()
    reader.press_and_go("Check my ballot")
    page.reload()
    assert page.locator("#choice-for").is_visible()
    assert not page.locator("#choice-for").is_checked()
