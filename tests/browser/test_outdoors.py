"""A round with the grid worker's phone: something found, put right by the steward, looked at by the building's code."""

import pytest

from issues.domain import handling
from issues.models import Issue, Verification, WorkOrder
from residents.models import Petition
from tests.browser import checks
from tests.browser.conftest import a_photo, keep_picture
from tests.browser.people import Reader, go_by
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


def barriers(reader: Reader) -> list[str]:
    """What keeps somebody from reading or pressing what is on the page."""
    checks.open_everything(reader.page)
    found = [*checks.barriers(reader.page), *checks.sideways(reader.page)]
    return found + checks.small_targets(reader.page, is_elder=False)


def test_what_was_found_on_patrol_is_put_right_and_looked_at(screen, cast: Cast, moment):
    worker = Reader(screen(cast.yu))
    page = worker.page
    page.goto("/outdoors/")
    assert barriers(worker) == []
    keep_picture(page, "outdoors-empty")

    worker.press_and_go("Report a finding")
    page.locator("#id_building").select_option(str(cast.building.pk))
    page.locator("#id_words").fill("楼上漏水，滴到楼道里")
    go_by(page.locator("button[name=suggest]"))
    assert page.locator("#kind-leak").is_checked()
    page.locator("#id_photos").set_input_files(a_photo())
    assert barriers(worker) == []
    keep_picture(page, "outdoors-find")
    go_by(page.locator(".hold button"))
    issue = Issue.objects.get()
    assert page.url.endswith(f"/outdoors/{issue.public_id}/")
    assert barriers(worker) == []
    keep_picture(page, "outdoors-found")

    order = WorkOrder.objects.get()
    handling.accept(order, actor=cast.zhou, at=moment())
    handling.finish(order, actor=cast.zhou, at=moment(), words="接头换了。")
    moment.pass_by(hours=1)
    page.goto(f"/b/{cast.building.qr_token}/")
    assert barriers(worker) == []
    keep_picture(page, "outdoors-building")
    go_by(page.locator(f"a.btn[href^='/outdoors/{issue.public_id}/']"))
    page.locator("#verify summary").click()
    keep_picture(page, "outdoors-check")
    go_by(page.locator("#verify form button"))

    issue.refresh_from_db()
    assert (issue.state, Verification.objects.get().is_on_site) == ("closed", True)
    assert page.url.endswith("/outdoors/")


def test_somebody_without_a_phone_in_hand_is_filed_for_in_a_minute(screen, cast: Cast):
    worker = Reader(screen(cast.bai))
    page = worker.page
    page.goto("/outdoors/")
    worker.press_and_go("File for somebody")
    page.locator("#id_name").fill("胡德全")
    page.locator("#id_phone").fill("１３８ 9999 0001")
    worker.choose("id_channel_0")
    page.locator("#id_words").fill("楼道灯不亮，晚上看不见台阶。")
    page.locator("#id_category").select_option("electricity")
    worker.choose("id_name_visibility_0")
    assert barriers(worker) == []
    keep_picture(page, "outdoors-file")
    page.locator("#id_has_agreed").check()
    go_by(page.locator(".hold button"))
    assert page.locator(".receipt-no").inner_text().strip() == "138 9999 0001"
    assert barriers(worker) == []
    keep_picture(page, "outdoors-file-new-number")
    page.locator("#id_phone_again").fill("13899990001")
    go_by(page.locator(".hold button"))
    petition = Petition.objects.get()
    assert page.locator(".receipt-no").inner_text().strip() == petition.receipt_no
    assert barriers(worker) == []
    keep_picture(page, "outdoors-filed")
