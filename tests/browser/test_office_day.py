"""One day in the office, each person at their own screen: what one of them does, the others see.

A finding of the patrol, a home confirmed, look-alikes merged and one taken out again, an account that was asked for, a
policy in a new version, a register taken out as a file and brought back.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook
from playwright.sync_api import Page

from governance.imports.sheets import XLSX
from governance.models import ImportState, RegisterImport
from issues.domain import ladder
from issues.models import Issue, SlaClock, SlaPolicy, SupervisionOrder, WorkOrder
from residents.models import Occupancy, Petition
from tests.browser.conftest import DESK, Moment, a_photo, keep_picture
from tests.browser.people import Reader, file_with_photo, finish, go_by, order_for
from tests.cast import NOW, Cast, file

pytestmark = pytest.mark.django_db(transaction=True)

FOUND = "楼上漏水，滴到楼道里，地上很滑。"
EVIDENCE = "租房合同，签到 2027 年 6 月。"
SEEN = "合同原件已看过，房东本人来电确认。"
MENDED = "接头换了，地上擦干了。"
ACCOUNT = "已从同行调货，今晚更换灯管。"
LEAKS = {
    "known": "车库顶板漏，滴水滴在车上，B07 车位。",
    "same": "地下车库顶上一直滴水，B09 车位，车顶全是水印。",
    "other": "地下车库顶上滴水，消防管接头的地方，B31 车位。",
}
OLD_ADDRESS, NEW_ADDRESS = "学校路 18 号", "学校路 20 号"
MORNING = NOW - timedelta(hours=1)


@dataclass
class Day:
    """Who is there, at which screen, and what lay on the tables when they came."""

    cast: Cast
    moment: Moment
    zhao: Reader
    zhou: Reader
    wu: Reader
    wang: Reader
    li: Reader
    chen: Reader
    zheng: Reader
    sun: Reader
    lin: Reader
    lamp: Petition
    leaks: dict[str, Petition]


@pytest.fixture
def day(cast: Cast, moment: Moment, screen: Callable[..., Page]) -> Day:
    """The lamp has been dark for an hour and its deadline is missed; three have written of the garage since."""
    lamp = file(cast.li, cast.building, at=MORNING)
    garage = {"spot": "地下车库", "stairwell": None}
    leaks = {
        name: file(
            person, cast.building, category=category, words=LEAKS[name], at=NOW - timedelta(minutes=ago), **garage
        )
        for name, person, category, ago in (
            ("known", cast.wang, "leak", 5),
            ("same", cast.li, "other", 4),
            ("other", cast.chen, "other", 3),
        )
    }
    ladder.fire_due(NOW, bell="loop")
    at_desk = {name: Reader(screen(getattr(cast, name), viewport=DESK)) for name in ("wu", "zheng", "sun")}
    on_phone = {name: Reader(screen(getattr(cast, name))) for name in ("zhao", "zhou", "wang", "li", "chen")}
    lin = Reader(screen(cast.administrator, viewport=DESK))
    return Day(cast, moment, lin=lin, lamp=lamp, leaks=leaks, **at_desk, **on_phone)


def text_of(reader: Reader, address: str) -> str:
    """What somebody reads who opens this page now."""
    reader.page.goto(address)
    return reader.page.locator("main").inner_text()


def strike(page: Page, key: str) -> None:
    """Press a key that leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.keyboard.press(key)


def pick(page: Page, words: str) -> None:
    """By its key, the one of the two look-alikes that the next keys are about, if it isn't the one already."""
    column = page.locator("th[data-col]", has_text=words[:10])
    if "is-picked" not in (column.get_attribute("class") or ""):
        strike(page, str(column.locator("a.pick").get_attribute("aria-keyshortcuts")).lower())


def matter_of(petition: Petition) -> Issue:
    return Issue.objects.get(links__petition=petition, links__undone_at=None)


def test_a_day_in_the_office(day: Day):
    what_was_found_on_patrol_is_put_right(day)
    a_home_is_confirmed(day)
    look_alikes_are_merged_and_one_is_taken_out(day)
    an_account_is_given_and_accepted(day)
    a_policy_gets_a_new_version(day)
    a_register_goes_out_and_comes_back(day)


def what_was_found_on_patrol_is_put_right(day: Day) -> None:
    page = day.zhao.page
    page.goto("/outdoors/")
    day.zhao.press_and_go("Report a finding")
    page.locator("#id_building").select_option(str(day.cast.building.pk))
    page.locator("#id_words").fill(FOUND)
    go_by(page.locator("button[name=suggest]"))
    page.locator("#id_photos").set_input_files(a_photo())
    go_by(page.locator(".hold button"))
    issue = Issue.objects.get(found_by=day.cast.zhao)
    order = WorkOrder.objects.get(issue=issue)
    keep_picture(page, "day-found")

    assert FOUND in text_of(day.zhou, f"/queue/{order.public_id}/")
    day.zhou.press_and_go("Accept")
    day.moment.pass_by(minutes=6)
    assert "周" in text_of(day.wu, f"/desk/{issue.public_id}/")
    finish(day.zhou, order, MENDED)

    assert MENDED in text_of(day.wu, f"/queue/{order.public_id}/")
    page.goto(f"/b/{day.cast.building.qr_token}/")
    go_by(page.locator(f"a.btn[href^='/outdoors/{issue.public_id}/']"))
    page.locator("#verify summary").click()
    go_by(page.locator("#verify form button"))
    seen = text_of(day.wu, f"/queue/{order.public_id}/")
    keep_picture(day.wu.page, "day-found-closed")
    assert "赵网格长到现场看过：已经办好" in seen
    assert "这件事已结束" in seen


def a_home_is_confirmed(day: Day) -> None:
    page, unit = day.wang.page, day.cast.other_unit
    page.goto("/homes/")
    day.wang.press_and_go("Take this back")
    page.goto(f"/homes/claim/?estate={day.cast.estate.pk}")
    page.locator("#id_building").select_option(str(day.cast.building.pk))
    page.locator("#id_stairwell").fill("2")
    page.locator("#id_number").fill(unit.number)
    page.get_by_label("租户").check()
    page.locator("#id_evidence").fill(EVIDENCE)
    day.wang.press_and_go("This is my home")
    home = Occupancy.objects.get(user=day.cast.wang, state="claimed")

    desk = day.wu.page
    desk.goto("/desk/homes/")
    assert EVIDENCE in desk.locator(".rows").inner_text()
    go_by(desk.locator(f".rows a[href*='{home.public_id}']"))
    desk.locator("#verify textarea").fill(SEEN)
    go_by(desk.locator("#verify button[type=submit]"))
    keep_picture(desk, "day-home")
    assert "已核实" in text_of(day.wang, "/homes/")
    assert SEEN not in day.wang.page.locator("main").inner_text()
    assert "您的住址已核实" in text_of(day.wang, "/inbox/")


def look_alikes_are_merged_and_one_is_taken_out(day: Day) -> None:
    page, known = day.wu.page, matter_of(day.leaks["known"])
    for name in ("same", "other"):
        page.goto(f"/desk/{matter_of(day.leaks[name]).public_id}/")
        pick(page, LEAKS["known"])
        strike(page, "m")
        assert matter_of(day.leaks[name]) == known
    order = order_for(day.leaks["known"].receipt_no)
    said = text_of(day.zhou, f"/queue/{order.public_id}/")
    assert all(words in said for words in LEAKS.values())
    assert "邻居也报了同一件事，并在一起办" in text_of(day.li, f"/petitions/{day.leaks['same'].receipt_no}/")

    page.goto(f"/desk/{known.public_id}/")
    keep_picture(page, "day-merged")
    out = page.locator(f"li:has-text('{day.leaks['other'].receipt_no}') form button")
    out.focus()
    strike(page, "Enter")
    keep_picture(page, "day-taken-out")
    said = text_of(day.zhou, f"/queue/{order.public_id}/")
    assert LEAKS["same"] in said
    assert LEAKS["other"] not in said
    assert day.leaks["other"].receipt_no in text_of(day.wu, "/desk/")
    assert "和邻居报的不是同一件事。" in text_of(day.chen, f"/petitions/{day.leaks['other'].receipt_no}/")


def an_account_is_given_and_accepted(day: Day) -> None:
    asked = SupervisionOrder.objects.get()
    manager, community = day.zheng.page, day.wu.page
    manager.goto("/supervisions/")
    go_by(manager.locator(".rows h2 a"))
    manager.locator("#answer_what_went_wrong").fill("备件缺货，没有及时告知居民。")
    manager.locator("#answer_what_was_done").fill(ACCOUNT)
    manager.locator("#answer_by_when").fill("2026-05-20")
    go_by(manager.locator("#answer button[type=submit]"))

    community.goto("/supervisions/?show=judge")
    go_by(community.locator(".rows h2 a"))
    assert ACCOUNT in community.locator("main").inner_text()
    go_by(community.locator("#accept_answer button[type=submit]"))
    keep_picture(community, "day-accepted")
    assert "吴社工认可了说明" in text_of(day.zheng, f"/supervisions/{asked.public_id}/")
    told = text_of(day.li, f"/petitions/{day.lamp.receipt_no}/")
    assert "已对拖延作出说明" in told
    assert ACCOUNT not in told


def a_policy_gets_a_new_version(day: Day) -> None:
    """The street's officer reads what holds for all streets; the administrator edits it."""
    policy = SlaPolicy.objects.get(code="5341-ordinary")
    running = due_of(policy)
    address = reverse("admin:issues_slapolicy_change", args=[policy.pk])
    edit = f"a[href='{reverse('admin:issues_slapolicy_edit', args=[policy.pk])}']"
    assert "5 分钟" in text_of(day.sun, address)
    assert day.sun.page.locator(edit).count() == 0

    page = day.lin.page
    page.goto(address)
    go_by(page.locator(edit))
    page.locator("[name=targets-2-amount]").fill("8")
    page.locator("[name=reason]").fill("雨季到场慢")
    go_by(page.locator("[name=_save]"))
    keep_picture(page, "day-policy")

    assert "到场 8 分钟" in text_of(day.sun, reverse("admin:issues_slapolicy_changelist"))
    assert due_of(policy) == running != []
    assert "共 5 分钟" in text_of(day.li, f"/petitions/{day.lamp.receipt_no}/")
    day.chen.page.goto("/")
    receipt_no = file_with_photo(day.chen, day.cast)
    assert "共 8 分钟" in text_of(day.chen, f"/petitions/{receipt_no}/")
    assert "起 8 分钟内" in text_of(day.zhou, f"/queue/{order_for(receipt_no).public_id}/")


def due_of(policy: SlaPolicy) -> list[tuple[int, datetime]]:
    """The clocks that run by this version, and when each is due."""
    return list(SlaClock.objects.filter(policy=policy).order_by("pk").values_list("pk", "due_at"))


def a_register_goes_out_and_comes_back(day: Day) -> None:
    page = day.sun.page
    page.goto(reverse("admin:governance_estate_changelist"))
    with page.expect_download() as download:
        page.locator(f"a[href^='{reverse('admin:governance_estate_export')}']").click()
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value == OLD_ADDRESS]
    assert len(cells) == 1
    cells[0].value = NEW_ADDRESS
    changed = io.BytesIO()
    book.save(changed)

    go_by(page.locator(f"a[href='{reverse('admin:governance_estate_import')}']"))
    name = download.value.suggested_filename
    page.locator("#id_file").set_input_files({"name": name, "mimeType": XLSX, "buffer": changed.getvalue()})
    go_by(page.locator("main form button[type=submit]"))
    assert page.locator(".counts dd").all_inner_texts() == ["0", "1", "1", "0"]
    assert page.locator(".rows tbody tr").count() == 1
    keep_picture(page, "day-import")
    assert OLD_ADDRESS in text_of(day.wang, "/homes/claim/")
    go_by(page.locator("form[action$='/take-in/'] button"))
    assert RegisterImport.objects.get().state == ImportState.APPLIED

    assert NEW_ADDRESS in text_of(day.wang, "/homes/claim/")
    assert NEW_ADDRESS in text_of(day.lin, reverse("admin:governance_estate_changelist"))
    history = text_of(day.lin, reverse("admin:governance_estate_history", args=[day.cast.estate.pk]))
    assert f"孙干事 把“地址”从“{OLD_ADDRESS}”改成“{NEW_ADDRESS}”" in history
    keep_picture(day.lin.page, "day-history")
