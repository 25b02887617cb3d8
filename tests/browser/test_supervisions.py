"""An account is given, sent back, given again and accepted, by the people whose screens these are."""

from datetime import timedelta

import pytest

from issues.domain import ladder
from issues.models import SupervisionOrder
from tests.browser.conftest import DESK, PHONE, keep_picture
from tests.browser.people import go_by
from tests.cast import NOW, file

pytestmark = pytest.mark.django_db(transaction=True)


# Each screen and each mode once: how the pages look in all of them is the crawl's to say.
@pytest.mark.parametrize(("viewport", "elder"), [(DESK, False), (PHONE, True)], ids=["desk", "phone-elder"])
def test_an_account_is_given_sent_back_and_accepted(screen, cast, moment, viewport, elder):
    for person in (cast.zheng, cast.wu):
        person.elder_mode = elder
        person.save(update_fields=["elder_mode"])
    name = f"{viewport['width']}{'-elder' if elder else ''}"
    file(cast.li, cast.building)
    ladder.fire_due(NOW + timedelta(hours=1), bell="loop")
    asked = SupervisionOrder.objects.get()
    moment.set(asked.answer_due_at + timedelta(hours=1))
    manager, community = screen(cast.zheng, viewport=viewport), screen(cast.wu, viewport=viewport)

    manager.goto("/supervisions/")
    keep_picture(manager, f"supervisions-late-{name}")
    go_by(manager.locator(".rows h2 a"))
    go_by(manager.locator("#answer button[type=submit]"))
    assert manager.locator("[data-error-summary]").is_visible()
    keep_picture(manager, f"supervision-error-{name}")
    manager.locator("#answer_what_went_wrong").fill("备件缺货，没有及时告知居民。")
    manager.locator("#answer_what_was_done").fill("已从同行调货，今晚更换灯管。")
    manager.locator("#answer_by_when").fill("2026-05-20")
    go_by(manager.locator("#answer button[type=submit]"))

    community.goto("/supervisions/?show=judge")
    keep_picture(community, f"supervisions-judge-{name}")
    go_by(community.locator(".rows h2 a"))
    community.locator("#send_back > summary").click()
    community.locator("#send_back_words").fill("没有说为什么当晚没人到场。")
    keep_picture(community, f"supervision-judge-{name}")
    go_by(community.locator("#send_back button[type=submit]"))

    manager.reload()
    keep_picture(manager, f"supervision-back-{name}")
    go_by(manager.locator("#answer button[type=submit]"))
    community.reload()
    go_by(community.locator("#accept_answer button[type=submit]"))
    keep_picture(community, f"supervision-accepted-{name}")
    asked.refresh_from_db()
    assert (asked.state, asked.judged_by) == ("accepted", cast.wu)
