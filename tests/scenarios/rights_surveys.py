"""Surveys in the world of the rights tests: at each place one in every state, and what is sent with their presses."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db.models import Model

from governance.models import Building, Role, Unit, User
from governance.models.places import UnitKind
from issues.deliberation.domain import answering, listing, surveying
from issues.deliberation.domain.surveying import Question, SurveyPlan
from issues.deliberation.models import (
    AsksFor,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyChannel,
)
from tests.cast import NOW

PUBLISHED = ("survey_open", "survey_closed")
THINGS: dict[str, tuple[str, ...]] = {
    "survey before it is published": ("survey_draft",),
    "survey that is open": ("survey_open",),
    "closed survey": ("survey_closed",),
    "published survey": PUBLISHED,
}
QUESTIONS = (
    Question(QuestionKind.ONE, "最急的是什么？", ("路灯", "停车"), AsksFor.PROBLEMS, is_required=True),
    Question(QuestionKind.SEVERAL, "想添什么？", ("食堂", "车棚", "扶手"), AsksFor.NEEDS, at_most=2),
    Question(QuestionKind.SCALE, "对楼道卫生满意吗？"),
    Question(QuestionKind.NUMBER, "家里有几辆电动车？"),
    Question(QuestionKind.WORDS, "还想说什么？"),
)


def surveys_at(building: Building) -> dict[str, Model]:
    """A survey of the estate in each state, run by the community's worker; of the closed one five homes' answers."""
    community = building.estate.community
    worker = User.objects.get(assignments__role=Role.COMMUNITY_STAFF, assignments__community=community)
    closed = _survey(building, worker, "接管前的需求调查", days=-10)
    at = NOW - timedelta(days=5)
    one, several, *_others, free = closed.questions.all()
    for unit in Unit.objects.filter(building=building, kind=UnitKind.DWELLING).order_by("-number")[:5]:
        sheet = {one.pk: [one.options.first()], several.pk: list(several.options.all()[:2]), free.pk: "楼道太暗。"}
        answering.take_down(
            closed, unit, sheet, channel=SurveyChannel.VISIT, sending=uuid4(), actor=worker, at=at
        )  # fmt: skip
    closed = surveying.bring_up_to_date(closed, NOW)
    listing.add(closed, kind=AsksFor.NEEDS, words="楼道扶手", named_by=2, actor=worker, at=NOW)
    return {
        "survey_draft": _draft(building, worker, "垃圾投放点调查", days=5, buildings=(building,)),
        "survey_open": _survey(building, worker, "老年食堂调查", days=-2),
        "survey_closed": closed,
    }


def _draft(building: Building, worker: User, title: str, *, days: int, **given: Any) -> Survey:
    """It begins so many days from now, and goes on for a week."""
    starts_at = NOW + timedelta(days=days)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(days=7)}
    plan = SurveyPlan(building.estate, title, "先问问大家。", **times, **given)
    survey = surveying.draft(plan, actor=worker, at=min(starts_at, NOW))
    for question in QUESTIONS:
        surveying.ask(survey, question, actor=worker, at=NOW)
    return survey


def _survey(building: Building, worker: User, title: str, *, days: int) -> Survey:
    return surveying.publish(_draft(building, worker, title, days=days), actor=worker, at=NOW + timedelta(days=days))


def place_of(thing: Model) -> Model | None:
    """The estate that a thing of a survey is about; None for a thing of another kind."""
    return thing.estate if isinstance(thing, Survey) else None


# --- what is sent ---


def _rewritten(world: Any, site: str) -> dict[str, Any]:
    survey = world.sites[site]["survey_draft"]
    return {
        "title": "改过的题目", "words": "为什么问。", "place": f"estate-{survey.estate_id}", "counted_by": "home",
        "buildings": "", "starts_at": "2026-06-25T19:00", "ends_at": "2026-06-30T20:00", "version": "1",
    }  # fmt: skip


def _meant(kind: str, name: str, find: Any, **more: str) -> Any:
    """`name`: the public id of what `find` finds in the survey."""
    return lambda world, site: {name: find(world.sites[site][kind]).public_id} | more


def _answered(world: Any, site: str) -> dict[str, Any]:
    return {"q1": world.sites[site]["survey_open"].questions.first().options.first().public_id}


def _typed(world: Any, site: str) -> dict[str, Any]:
    building = world.sites[site]["building"]
    door = Unit.objects.filter(building=building, kind=UnitKind.DWELLING).latest("number")
    return _answered(world, site) | {
        "building": building.pk, "stairwell": door.stairwell, "number": door.number, "channel": "paper",
        "sending": uuid4(),
    }  # fmt: skip


def _first(survey: Survey) -> Model:
    return survey.questions.get(position=1)


def _last(survey: Survey) -> Model:
    return survey.questions.get(position=len(QUESTIONS))


def _words(survey: Survey) -> Model:
    return SurveyAnswer.objects.words_of(survey)[0]


POSTED: dict[str, Any] = {
    "desk_survey_edit": _rewritten,
    "desk_survey_step/ask": {"words": "还缺什么？", "kind": "words"},
    "desk_survey_step/up": _meant("survey_draft", "question", _last),
    "desk_survey_step/down": _meant("survey_draft", "question", _first),
    "desk_survey_step/drop": _meant("survey_draft", "question", _first),
    "desk_survey_step/withdraw": {"words": "问错了。"},
    "desk_survey_step/release": _meant(
        "survey_closed", "answer", lambda survey: SurveyAnswer.objects.words_of(survey).first()
    ),
    "desk_survey_step/take_over": _meant("survey_closed", "options", lambda survey: _first(survey).options.first()),
    "desk_survey_step/add_item": {"kind": "needs", "words": "长椅", "named_by": "2"},
    "desk_survey_step/settle": _meant("survey_closed", "item", lambda survey: survey.items.get(), words="六月装好。"),
    "desk_survey_sheet": _typed,
    "survey_answer": _answered,
}
