"""What officers do in the console, in a browser. That everybody can read its pages is the crawl's to say."""

import pytest
from django.urls import reverse

from governance.domain import registers
from governance.models import Estate
from tests.browser.checks import barriers, sideways
from tests.browser.conftest import DESK, PHONE, keep_picture
from tests.cast import NOW, Cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _world(cast: Cast, moment) -> None:
    """The cast is there and it is `NOW` before anybody looks."""


def test_a_reference_is_found_by_typing_and_kept_when_left_without_a_choice(screen, cast: Cast):
    page = screen(cast.sun, viewport=DESK)
    page.goto(reverse("admin:governance_building_change", args=[cast.building.pk]))
    estate = page.locator("#id_estate")
    estate.fill("星湖")
    page.get_by_role("option", name="星湖家园").wait_for()
    estate.press("ArrowDown")
    assert estate.get_attribute("aria-activedescendant") == "id_estate_list_0"
    assert barriers(page) == []
    estate.press("Enter")
    assert page.locator("[name=estate]").input_value() == str(cast.self_managed.pk)
    estate.fill("没有这样的小区")
    page.locator("#id_name").focus()
    assert estate.input_value() == "星湖家园"
    page.locator("[name=_save]").click()
    page.wait_for_url("**/building/")
    cast.building.refresh_from_db()
    assert cast.building.estate_id == cast.self_managed.pk


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_the_second_officer_sees_both_versions_and_goes_on_from_them(screen, cast: Cast, viewport):
    # The page that tells of it answers 409, which Chromium writes into its console.
    page = screen(cast.sun, viewport=viewport, has_errors=True)
    page.goto(reverse("admin:governance_estate_change", args=[cast.estate.pk]))
    other = Estate.objects.get(pk=cast.estate.pk)
    other.name = "春和苑东区"
    registers.change(other, version=1, actor=cast.administrator, at=NOW, subdistrict_id=cast.subdistrict.pk)

    page.locator("#id_name").fill("春和苑一期")
    page.locator("[name=_save]").click()
    page.locator(".both").wait_for()
    assert page.evaluate("document.activeElement.id") == "problems"
    assert page.locator(".both tbody tr").count() == 1
    assert barriers(page) + sideways(page) == []
    keep_picture(page, f"both-{viewport['width']}")

    page.locator("[name=_save]").click()
    page.wait_for_url("**/estate/")
    cast.estate.refresh_from_db()
    assert (cast.estate.name, cast.estate.version) == ("春和苑一期", 3)
