"""A survey of 春和苑 for the tests: what it asks, who answers, and what becomes of it."""

from datetime import datetime, timedelta
from uuid import uuid4

from governance.models import Building, Unit, User
from issues.deliberation.domain import answering, surveying
from issues.deliberation.domain.surveying import Question, SurveyPlan
from issues.deliberation.models import AsksFor, CountedBy, QuestionKind, Survey, SurveyChannel, SurveySheet
from residents.models import Occupancy
from tests.cast import NOW, Cast

STARTS = NOW + timedelta(days=1)
DURING = NOW + timedelta(days=3)
ENDS = NOW + timedelta(days=15)

QUESTIONS = (
    Question(
        QuestionKind.SEVERAL, "哪些问题最急？", ("路灯", "停车", "漏水"), AsksFor.PROBLEMS, is_required=True, at_most=2
    ),
    Question(QuestionKind.ONE, "最想添什么？", ("食堂", "车棚"), AsksFor.NEEDS),
    Question(QuestionKind.SCALE, "对物业满意吗？"),
    Question(QuestionKind.NUMBER, "家里有几辆电动车？"),
    Question(QuestionKind.WORDS, "还想说什么？"),
)


def a_plan(cast: Cast, **given) -> SurveyPlan:
    fields = {
        "place": cast.estate, "title": "接管前的需求调查", "words": "公司要换了，先问问大家。", "starts_at": STARTS,
        "ends_at": ENDS,
    }  # fmt: skip
    return SurveyPlan(**fields | given)


def a_draft(cast: Cast, *, questions: tuple[Question, ...] = QUESTIONS, **given) -> Survey:
    survey = surveying.draft(a_plan(cast, **given), actor=cast.wu, at=NOW)
    for question in questions:
        surveying.ask(survey, question, actor=cast.wu, at=NOW)
    return survey


def a_published(cast: Cast, **given) -> Survey:
    return surveying.publish(a_draft(cast, **given), actor=cast.wu, at=NOW)


def for_persons(cast: Cast) -> Survey:
    return a_published(cast, counted_by=CountedBy.PERSON)


def says(survey: Survey, *problems: str, need: str = "", scale: int = 0, number: int = -1, words: str = ""):
    """A sheet: the options by their words, and what else is given."""
    several, one, step, count, free = survey.questions.order_by("position")
    sheet: dict[int, object] = {several.pk: list(several.options.filter(words__in=problems))}
    if need:
        sheet[one.pk] = list(one.options.filter(words=need))
    if scale:
        sheet[step.pk] = scale
    if number >= 0:
        sheet[count.pk] = number
    if words:
        sheet[free.pk] = words
    return sheet


def home_of(user: User) -> Occupancy:
    return Occupancy.objects.standing().get(user=user)


def answers(survey: Survey, user: User, *problems: str, at: datetime = DURING, **given) -> SurveySheet:
    return answering.answer(survey, home_of(user), says(survey, *problems, **given), actor=user, at=at)


def taken_down(survey: Survey, unit: Unit, cast: Cast, *problems: str, at: datetime = DURING, **given) -> SurveySheet:
    options = {"channel": SurveyChannel.PAPER, "sending": uuid4(), "actor": cast.wu} | {
        name: given.pop(name) for name in ("channel", "sending", "actor") if name in given
    }
    return answering.take_down(survey, unit, says(survey, *problems, **given), at=at, **options)


def doors(building: Building, number: int) -> list[Unit]:
    """So many more homes of the building."""
    return Unit.objects.bulk_create(
        Unit(building=building, stairwell=1, number=f"9{door:02}") for door in range(number)
    )  # fmt: skip


def a_closed(cast: Cast) -> Survey:
    """Seven homes of 3栋 and one of 5栋 answered; Li's was the first. Four said something in words."""
    homes, lone = doors(cast.building, 6), doors(cast.other_building, 1)
    survey = a_published(cast)
    answers(survey, cast.li, "路灯", "停车", need="食堂", scale=5, number=2, words="楼道太暗，李家老人摔过")
    for number, unit in enumerate([*homes, *lone]):
        problems = ("路灯", "漏水") if number % 2 else ("停车",)
        words = f"说了第{number}句" if number < 3 else ""
        taken_down(survey, unit, cast, *problems, need="车棚" if number < 3 else "", scale=3, words=words)
    return surveying.bring_up_to_date(survey, ENDS)
