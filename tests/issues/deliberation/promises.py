"""Topics that are being deliberated and what bodies promise about them, for tests."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from governance.models import Category
from issues.deliberation.domain import committing
from issues.deliberation.domain.committing import Promise
from issues.deliberation.models import Commitment, Topic, TopicOrigin, TopicState
from issues.models import WorkOrder
from tests.cast import NOW, Cast


def make_topic(cast: Cast, **given: Any) -> Topic:
    fields: dict[str, Any] = {
        "sending": uuid4(), "subdistrict": cast.subdistrict, "community": cast.community, "estate": cast.estate,
        "origin": TopicOrigin.RESIDENT, "title": "学校路上车辆乱停", "words": "上下学时路被车堵住，孩子走在路中间。",
        "raised_by": cast.li, "raised_at": NOW, "vet_due_at": NOW, "is_public": True,
    }  # fmt: skip
    topic = Topic.objects.create(**fields | given)
    Topic.objects.filter(pk=topic.pk).update(state=TopicState.ACCEPTED)
    topic.refresh_from_db()
    return topic


def a_promise(cast: Cast, **given: Any) -> Promise:
    fields: dict[str, Any] = {
        "token": uuid4(), "body": cast.hengxin, "post": "项目经理", "what": "在校门两侧装好护栏",
        "category": Category.objects.get(code="parking"), "estate": cast.estate, "working_days": 5,
    }  # fmt: skip
    if "due_on" in given:
        fields["working_days"] = None
    return Promise(**fields | given)


def promise(cast: Cast, topic: Topic, *, at: datetime = NOW, **given: Any) -> Commitment:
    """As the community's worker has written it down."""
    return committing.promise(topic, a_promise(cast, **given), actor=cast.wu, at=at)


def order_of(commitment: Commitment) -> WorkOrder:
    """The latest."""
    return WorkOrder.objects.filter(issue=commitment.issue_id).select_related("body", "issue").latest("pk")
