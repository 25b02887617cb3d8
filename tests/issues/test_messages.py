"""The words of every notice, in every language, with names that could break a format."""

import pytest

from governance import messages
from tests.cast import client_of, file, take_in

PARAMS = {
    "receipt_no": "SQ-7K3M-9F2P",
    "category_zh": "灯不亮",
    "category_en": "Lights, power",
    "category_ko": "조명·전기",
    "estate": "春和苑小区",
    "building": "3栋 100%(s",
    "stairwell": 2,
    "kind": "arrive",
    "due_at": "2026-05-15T14:22:12+08:00",
    "body": "恒信物业",
    "role": "property_staff",
    "surname": "周",
    "surname_latin": "Zhou",
    "home": "3栋 2单元 301",
    "title": "更换水泵 100%(s",
    "unit": "3栋-2-301",
    "opens": "2026-06-04T09:00:00+08:00",
    "closes": "2026-06-11T18:00:00+08:00",
    "ends": "2026-06-11T18:00:00+08:00",
    "number": "1",
    "due": "2026-05-22T18:00:00+08:00",
    "doubts_until": "2026-06-01T18:00:00+08:00",
    "what": "装护栏 100%(s",
    "starts": "2026-05-25T19:00:00+08:00",
    "until": "2026-05-28T18:00:00+08:00",
    "room": "议事厅 100%(s",
}
DIGEST = {"matters": ["a", "b"], "rungs": ["1/breach", "1/half_hour", "2/breach"], "supervisions": ["a"]}

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
@pytest.mark.parametrize("key", [key for key in messages.registered_keys() if not key.startswith(("home_", "test_"))])
def test_every_notice_can_be_said_in_every_language(shipped, key, language):
    subject, body = messages.render(key, DIGEST if key == "rung_digest" else PARAMS, language)

    assert subject
    assert body
    assert "%(matter)" not in subject + body


def test_a_notice_names_the_matter_the_step_and_the_time(shipped):
    _subject, chinese = messages.render("rung_breach", PARAMS, "zh-hans")
    _subject, english = messages.render("rung_breach", PARAMS, "en")

    assert chinese == "恒信物业，3栋 100%(s 2单元 灯不亮。应在 5月15日 周五 14:22 前到场，已超时。"
    assert english == "3栋 100%(s Entrance\u00a02\u00a0· Lights, power, 恒信物业. Was due Fri 15 May 14:22: arrival."


@pytest.mark.parametrize("language", ["zh-hans", "en", "ko"])
def test_putting_a_notice_into_words_asks_the_database_nothing(language, django_assert_num_queries):
    with django_assert_num_queries(0):
        for key in ("order_rings", "rung_breach", "petition_finished"):
            messages.render(key, PARAMS, language)


def test_an_inbox_full_of_orders_costs_as_many_queries_as_one_order(cast, django_assert_max_num_queries):
    counts = []
    for upto in (1, 20):
        for _order in range(upto):
            take_in(file(cast.li, cast.building))
        client = client_of(cast.zhou)
        with django_assert_max_num_queries(10) as seen:
            page = client.get("/inbox/").content.decode()
        counts.append(len(seen))
    assert page.count("灯不亮") >= 20
    assert counts[0] == counts[1]


def test_a_digest_counts(shipped):
    assert messages.render("rung_digest", DIGEST, "en") == (
        "Matters that need you: 2",
        "Reminders that fell due together: 3. Matters: 2, under supervision: 1.",
    )
