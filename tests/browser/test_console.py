"""The console in a browser: nothing of it is refused by its policy, everybody can read it, and it fits a phone."""

import pytest
from django.urls import reverse

from governance.admin import console
from governance.domain import registers
from governance.models import Estate
from tests.browser.checks import barriers, foreign_words, open_everything, sideways
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


def pages_of(cast: Cast) -> dict[str, str]:
    """Each register's list, form, entry page and history, with the first page."""
    pages = {"index": "/console/"}
    for model in console._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        pages[f"{name}-list"] = reverse(f"admin:{name}_changelist")
        row = model._base_manager.order_by("pk").first()
        if row is not None:
            pages[f"{name}-form"] = reverse(f"admin:{name}_change", args=[row.pk])
            pages[f"{name}-history"] = reverse(f"admin:{name}_history", args=[row.pk])
        if console._registry[model].may_add:
            pages[f"{name}-add"] = reverse(f"admin:{name}_add")
    return pages


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_every_page_of_the_console_is_open_to_everybody(screen, cast: Cast, language):
    type(cast.administrator).objects.filter(pk=cast.administrator.pk).update(language=language)
    estate = Estate.objects.get(pk=cast.estate.pk)
    estate.address = "学校路 20 号"
    registers.change(estate, version=1, actor=cast.sun, at=NOW, subdistrict_id=cast.subdistrict.pk)
    page = screen(cast.administrator, viewport=DESK)
    found = []
    for name, address in pages_of(cast).items():
        page.set_viewport_size(DESK)
        page.goto(address)
        keep_picture(page, f"{name}-desk-{language}")
        page.set_viewport_size(PHONE)
        keep_picture(page, f"{name}-phone-{language}")
        open_everything(page)
        found += [(address, problem) for problem in barriers(page) + sideways(page) + foreign_words(page)]
    assert found == []
