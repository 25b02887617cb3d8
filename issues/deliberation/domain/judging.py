"""评价: the residents of the place, and whoever reported it, judge what came of a closed topic."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation.models import Topic, TopicJudgement, TopicState
from residents.models import Occupancy


class NotTheirsToJudge(Refusal):
    code = "not_theirs_to_judge"
    status = 403
    sentence = _("Those who live there, and those who reported it, judge what came of it.")


def may_judge(user: User, topic: Topic) -> bool:
    """Whoever has a home in the place of the topic, or a petition attached to it; staff by their own homes alone."""
    homes = Occupancy.objects.standing().filter(user=user, unit__building__estate__community=topic.community)
    if topic.estate_id:
        homes = homes.filter(unit__building__estate=topic.estate)
    if topic.building_id:
        homes = homes.filter(unit__building=topic.building)
    return homes.exists() or topic.petition_rows.filter(ended_at=None, petition__petitioner=user).exists()


def judge(topic: Topic, *, stars: int, is_solved: bool, actor: User, at: datetime) -> TopicJudgement:
    """Judge it, once. Sent twice the first stays. Raises `StepNotAllowed` before it is closed, `NotTheirsToJudge`."""
    if topic.state != TopicState.CLOSED:
        raise StepNotAllowed
    if not may_judge(actor, topic):
        raise NotTheirsToJudge
    with transaction.atomic():
        judgement, is_new = TopicJudgement.objects.get_or_create(
            topic=topic, by=actor, defaults={"stars": stars, "is_solved": is_solved, "judged_at": at}
        )
        if is_new:
            audit.record(
                "judge", "topic", topic.audit_ref, actor=actor, at=at, subdistrict_id=topic.subdistrict_id, stars=stars
            )
    return judgement
