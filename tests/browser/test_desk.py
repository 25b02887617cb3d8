"""The community desk in a browser: sorted by keyboard alone. That everybody can read it is the crawl's to say."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import Page

from issues.domain import handling
from issues.models import Issue, IssueRelation, WorkOrder
from residents.domain import drafts, petitions
from residents.models import Petition
from tests.browser.conftest import DESK, a_photo, keep_picture
from tests.cast import NOW, Cast, draft, file

pytestmark = pytest.mark.django_db(transaction=True)

# What a key has set off is under way by then.
NEXT_FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
LEAK = "地下车库顶上一直滴水，B09 车位，车顶全是水印。"


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


def with_photo(user, building, *, at, **fields) -> Petition:
    written = draft(user, building, at=at, **fields)
    photo = SimpleUploadedFile("photo.jpg", a_photo()["buffer"], "image/jpeg")
    drafts.add_photos(written, [photo], at=at)
    return petitions.file_petition(written, actor=user, at=at)


def matter_of(petition: Petition) -> Issue:
    return Issue.objects.get(links__petition=petition, links__undone_at=None)


@pytest.fixture
def morning(cast: Cast) -> dict[str, Issue]:
    """Four in the inbox, one of them like a leak that is being handled and like one that was finished lately."""
    old = order_of(
        file(
            cast.wang,
            cast.building,
            category="leak",
            words="地下一层消防管接头渗水，墙湿了一片。",
            stairwell=2,
            at=NOW - timedelta(days=9),
        )
    )
    handling.accept(old, actor=cast.zhou, at=NOW - timedelta(days=9))
    handling.finish(old, actor=cast.zhou, at=NOW - timedelta(days=8), words="换了接头。")
    known = with_photo(
        cast.wang,
        cast.building,
        category="leak",
        spot="地下车库",
        stairwell=None,
        words="车库顶板漏，滴水滴在车上，B07 车位。",
        at=NOW - timedelta(minutes=57),
    )
    handling.accept(WorkOrder.objects.get(issue=matter_of(known)), actor=cast.zhou, at=NOW - timedelta(minutes=53))
    late = file(
        cast.xu, cast.self_managed_building, category="other", words="房产证什么时候能办？", at=NOW - timedelta(days=1)
    )
    leak = with_photo(
        cast.li,
        cast.building,
        category="other",
        spot="地下车库",
        stairwell=None,
        words=LEAK,
        at=NOW - timedelta(minutes=5),
    )
    quarrel = file(
        cast.chen,
        cast.other_building,
        category="other",
        words="楼道里堆满纸箱，说了也不搬。",
        at=NOW - timedelta(minutes=4),
    )
    lamp = file(cast.wang, cast.building, category="other", words="灯坏了。", at=NOW - timedelta(minutes=3))
    back = order_of(file(cast.li, cast.building, category="trees", words="树枝挡住窗户。", at=NOW - timedelta(hours=4)))
    handling.return_order(back, actor=cast.zhou, at=NOW - timedelta(hours=3), reason="not_ours")
    named = {"known": known, "deeds": late, "leak": leak, "boxes": quarrel, "lamp": lamp}
    return {name: matter_of(petition) for name, petition in named.items()} | {"trees": back.issue, "old": old.issue}


def order_of(petition: Petition) -> WorkOrder:
    return WorkOrder.objects.get(issue=matter_of(petition))


def strike(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.keyboard.press(key)


def shown(page: Page) -> str:
    return page.url.split("/desk/")[1].split("/")[0]


def test_a_matter_is_sorted_merged_and_undone_by_keyboard_alone(screen, cast: Cast, morning):
    page = screen(cast.wu, viewport=DESK)
    page.goto(f"/desk/{morning['leak'].public_id}/")
    keep_picture(page, "desk-matter")
    strike(page, "m")
    assert Issue.objects.get(pk=morning["leak"].pk).merged_into == morning["known"]
    strike(page, "u")
    apart = Issue.objects.awaiting_triage().get(links__petition__words=LEAK, links__undone_at=None)
    strike(page, "k")
    assert shown(page) == str(morning["deeds"].public_id)
    strike(page, "j")
    assert shown(page) == str(apart.public_id)

    strike(page, "w")
    strike(page, "l")
    assert IssueRelation.objects.get(undone_at=None).first == morning["old"]
    strike(page, "4")
    chosen = page.locator(".digits [aria-current]").inner_text()
    strike(page, "a")
    apart.refresh_from_db()
    assert apart.triaged_at is not None
    assert apart.category.name in chosen


def test_declining_by_keyboard_and_no_key_is_taken_while_somebody_writes(screen, cast: Cast, morning):
    page = screen(cast.wu, viewport=DESK)
    page.goto(f"/desk/{morning['lamp'].public_id}/")
    page.keyboard.press("r")
    page.locator("#decline_reason").select_option("unclear")
    page.locator("#decline_words").focus()
    page.keyboard.type("jaru 哪一盏灯？")
    assert page.locator("#decline_words").input_value() == "jaru 哪一盏灯？"
    keep_picture(page, "desk-decline")
    page.keyboard.press("Tab")
    strike(page, "Enter")
    assert Issue.objects.get(pk=morning["lamp"].pk).state == "declined"


def test_the_keys_can_be_switched_off(screen, cast: Cast, morning):
    page = screen(cast.wu, viewport=DESK)
    page.goto(f"/desk/{morning['leak'].public_id}/")
    page.keyboard.press("?")
    keep_picture(page, "desk-keys")
    page.locator("#keys-switch").click()
    page.locator("h1").click()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.keyboard.press("a")
    page.evaluate(NEXT_FRAME)
    page.reload()
    page.keyboard.press("a")
    page.evaluate(NEXT_FRAME)
    assert "POST" not in sent
    assert Issue.objects.get(pk=morning["leak"].pk).triaged_at is None


def test_without_script_everything_is_a_form_or_a_link(screen, cast: Cast, morning):
    page = screen(cast.wu, java_script_enabled=False)
    page.goto("/desk/")
    keep_picture(page, "desk-list-phone")
    with page.expect_navigation():
        page.locator(f"a[href='/desk/{morning['boxes'].public_id}/']").first.click()
    with page.expect_navigation():
        page.locator(".assign button").click()
    assert Issue.objects.get(pk=morning["boxes"].pk).triaged_at is not None
