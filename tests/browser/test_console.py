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
