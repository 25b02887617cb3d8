"""A register brought in as a file, in a browser: checked, shown, taken in; for everybody to read, on a phone, too."""

import pytest
from django.urls import reverse

from governance.imports.sheets import XLSX
from governance.models import Estate, RegisterImport
from tests.browser.checks import barriers, sideways
from tests.browser.conftest import DESK, PHONE, keep_picture
from tests.browser.people import go_by
from tests.cast import Cast
from tests.governance.imports.workbooks import of

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = ("community", "name", "address")
ROWS = (
    ["春和社区", "柳荫里小区", "柳荫路 1 号"],
    ["春和社区", "春和苑小区", "学校路 20 号"],
    ["春和社区", "星湖家园", "湖滨路 6 号"],
    ["桃园社区", "桃园外小区", "桃园路 9 号"],
    ["春和社区", "", "=HYPERLINK(A1)"],
)


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_a_file_is_brought_looked_at_and_taken_in(screen, cast: Cast, viewport):
    page = screen(cast.sun, viewport=viewport)
    page.goto(reverse("admin:governance_estate_changelist"))
    go_by(page.locator(f"a[href='{reverse('admin:governance_estate_import')}']"))
    assert barriers(page) + sideways(page) == []
    keep_picture(page, f"import-bring-{viewport['width']}")

    page.locator("#id_file").set_input_files(
        {"name": "小区.xlsx", "mimeType": XLSX, "buffer": of("estate", COLUMNS, *ROWS).getvalue()}
    )
    go_by(page.locator("main form button[type=submit]"))
    brought = RegisterImport.objects.get()
    assert page.locator(".counts dd").all_inner_texts() == ["1", "1", "1", "2"]
    assert page.locator(".rows tbody tr").count() == 3  # one row has two things wrong
    assert barriers(page) + sideways(page) == []
    keep_picture(page, f"import-bad-{viewport['width']}")

    go_by(page.locator("a[href='?show=changed']"))
    assert "学校路 20 号" in page.locator(".rows tbody").inner_text()
    assert barriers(page) + sideways(page) == []
    keep_picture(page, f"import-changed-{viewport['width']}")

    with page.expect_download() as download:
        page.locator(f"a[href='{reverse('admin:governance_registerimport_bad_rows', args=[brought.pk])}']").click()
    assert download.value.suggested_filename.endswith(".xlsx")

    go_by(page.locator("form[action$='/take-in/'] button"))
    assert page.locator("form[action$='/take-in/']").count() == 0
    assert Estate.objects.filter(name="柳荫里小区").exists()
    assert barriers(page) + sideways(page) == []


def test_a_file_that_is_no_register_is_answered_with_the_reason_in_focus(screen, cast: Cast):
    page = screen(cast.sun, viewport=DESK)
    page.goto(reverse("admin:governance_estate_import"))
    page.locator("#id_file").set_input_files({"name": "小区.xls", "mimeType": XLSX, "buffer": b"no workbook"})
    go_by(page.locator("main form button[type=submit]"))
    assert page.evaluate("document.activeElement.id") == "problems"
    assert barriers(page) + sideways(page) == []
    keep_picture(page, "import-refused")
