"""What bodies have promised in the demo's street: fans in all lifts, half done, and three promises about the road.

Each went through the functions that people's clicks call, at the instants at which it would have.
"""

import random
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid5

from django.core.files.base import ContentFile

from governance.domain.moment import local_day
from governance.models import Category, User
from issues.deliberation.domain import carrying_out, committing
from issues.deliberation.domain.committing import Part, Promise
from issues.deliberation.models import Commitment, Topic
from issues.demo.owners import ESTATE
from issues.demo.pictures import picture
from issues.demo.street import Street
from issues.demo.when import at_hour

FANS_DONE = ("1栋", "2栋", "3栋", "5栋")
RAILINGS = "在学校路校门两侧装 120 米护栏"


def make_promises(street: Street, topics: dict[str, Topic], rng: random.Random, now: datetime) -> None:
    """Promise, and keep part of it, up to `now`."""
    today, people, bodies = local_day(now), street.people, street.bodies
    lifts = [Part(building, "电梯") for building in street.buildings.values() if building.estate.name == ESTATE]
    fans = _promise(
        topics["fans"], street, people["wu"], at_hour(today, -28, 16), body=bodies["恒信物业"], post="工程主管",
        what="七栋楼的电梯各装一台风扇", category="lift", working_days=35, decided_yuan=Decimal("8400.00"),
        payer="恒信物业", parts=lifts,
    )  # fmt: skip
    for number, name in enumerate(FANS_DONE):
        part = fans.parts.get(building__name=name)
        photo = ContentFile(picture("lift_running", rng), name="fan.jpg")
        at = at_hour(today, -20 + 3 * number, 11)
        carrying_out.report_part(part, words="已装好，试过。", photos=[photo], actor=people["zheng"], at=at)
    fans.refresh_from_db()
    carrying_out.note_cost(
        fans, paid_yuan=Decimal("4800.00"), paid_by="恒信物业", actor=people["zheng"], at=at_hour(today, -9, 15)
    )
    for body, post, what, days, more in (
        ("恒信物业", "项目经理", RAILINGS, 10, {"decided_yuan": Decimal("18600.00"), "payer": "恒信物业"}),
        ("安和派出所", "社区民警", "上学放学时段每天巡逻，违停当场处理", 5, {}),
        ("春和社区", "社区工作人员", "逐户说明接送路线，早晚派志愿者引导", 5, {}),
    ):
        _promise(
            topics["road"], street, people["luo"], now - (now - topics["road"].raised_at) / 12, body=bodies[body],
            post=post, what=what, category="parking", working_days=days, **more,
        )  # fmt: skip


def _promise(topic: Topic, street: Street, by: User, at: datetime, *, category: str, **given: Any) -> Commitment:
    promise = Promise(
        token=uuid5(topic.public_id, given["what"]), category=Category.objects.get(code=category),
        estate=street.estates[ESTATE], **given,
    )  # fmt: skip
    return committing.promise(topic, promise, actor=by, at=at)
