"""Somebody in the community office decides about a home, as a person at a desk or on a phone does."""

import pytest

from residents.domain import occupancy as domain
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.browser.conftest import DESK, PHONE, keep_picture
from tests.browser.people import go_by
from tests.cast import NOW

pytestmark = pytest.mark.django_db(transaction=True)


# Each screen and each mode once: how the pages look in all of them is the crawl's to say.
@pytest.mark.parametrize(("viewport", "elder"), [(DESK, False), (PHONE, True)], ids=["desk", "phone-elder"])
def test_a_claim_is_looked_at_disputed_and_settled(screen, cast, moment, viewport, elder):
    cast.wu.elder_mode = elder
    cast.wu.save(update_fields=["elder_mode"])
    lis = Occupancy.objects.get(user=cast.li)
    zhaos = domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, evidence="购房合同在柜台", at=NOW)
    page = screen(cast.wu, viewport=viewport)
    name = f"{viewport['width']}{'-elder' if elder else ''}"
    page.goto("/desk/homes/")
    keep_picture(page, f"desk-homes-{name}")
    go_by(page.locator(f".rows a[href*='{zhaos.public_id}']"))
    keep_picture(page, f"desk-home-{name}")
    go_by(page.locator("#verify button[type=submit]"))
    assert page.locator("[data-error-summary]").is_visible()
    keep_picture(page, f"desk-home-error-{name}")
    page.locator("#dispute > summary").click()
    page.locator("#dispute textarea").fill("两人都说是业主")
    page.locator("#dispute label", has_text=cast.li.full_name).click()
    go_by(page.locator("#dispute button[type=submit]"))
    keep_picture(page, f"desk-home-disputed-{name}")
    page.locator("#settle .form-check label").nth(0).click()
    page.locator("#settle textarea").fill("不动产登记为准")
    go_by(page.locator("#settle button[type=submit]"))
    zhaos.refresh_from_db()
    lis.refresh_from_db()
    assert (zhaos.state, lis.state) == (OccupancyState.VERIFIED, OccupancyState.DISPUTED)
    mine = screen(cast.li)
    mine.goto("/homes/")
    keep_picture(mine, f"homes-disputed-{name}")
