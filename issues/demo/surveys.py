"""What the demo's estate was asked: one survey that is over and led to a topic, and one that is open now.

Each went through the functions that people's clicks call, at the instants at which it would have.
"""

import random
from datetime import datetime, timedelta
from uuid import uuid5

from governance.domain.moment import local_day
from issues.deliberation.domain import answering, listing, surveying, vetting
from issues.deliberation.domain.answering import Sheet
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.surveying import Question, SurveyPlan
from issues.deliberation.domain.vetting import Finding
from issues.deliberation.models import (
    AsksFor,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyChannel,
    SurveyQuestion,
    TopicOrigin,
    VettingReason,
)
from issues.demo.owners import ESTATE
from issues.demo.street import Street
from issues.demo.when import at_hour
from residents.models import Occupancy, OccupancyState

# Of the homes with somebody who has signed in: how many answer, and how many of these at the door.
ANSWER, AT_THE_DOOR = 60, 14
SHED, HANDRAIL = "电动车没处充电，飞线上楼", "楼道装扶手"
SUMMER = (
    Question(
        QuestionKind.SEVERAL, "小区里哪几件事最急？",
        (SHED, "停车位不够", "楼道堆放杂物", "路灯不亮、路面坑洼", "电梯老出毛病", "垃圾清运不及时"),
        AsksFor.PROBLEMS, is_required=True, at_most=2,
    ),
    Question(
        QuestionKind.SEVERAL, "最希望添什么？", (HANDRAIL, "老年食堂", "充电车棚", "孩子玩的地方"), AsksFor.NEEDS,
        at_most=2,
    ),
    Question(QuestionKind.SCALE, "对现在的物业服务满意吗？", is_required=True),
    Question(QuestionKind.NUMBER, "家里有几辆电动自行车？"),
    Question(QuestionKind.WORDS, "还想说什么？"),
)  # fmt: skip
SAID = (
    "晚上下班回来根本找不到插座，只好从四楼拉线下来，自己也知道不安全。",
    "六栋门口那盏路灯坏了两个月，老人不敢下楼。",
    "希望说了真的有人办，不要问完就没下文。",
)
SHOWN = (0, 2)
CANTEEN = (
    Question(QuestionKind.ONE, "如果开一个老年食堂，您家会去吃吗？", ("常去", "偶尔去", "不去"), is_required=True),
    Question(QuestionKind.ONE, "一顿午饭多少钱合适？", ("10 元以内", "10 到 15 元", "15 元以上")),
    Question(QuestionKind.SEVERAL, "还需要什么帮助？", ("送餐上门", "少油少盐", "陪同就医"), AsksFor.NEEDS),
    Question(QuestionKind.NUMBER, "家里有几位六十岁以上的老人？"),
    Question(QuestionKind.WORDS, "对饭菜有什么要求？"),
)


def ask_around(street: Street, rng: random.Random, now: datetime) -> None:
    """Let the estate be asked, up to `now`."""
    _settle(street, _ask_what_is_urgent(street, rng, now), now)
    _ask_about_a_canteen(street, rng, now)


def _ask_what_is_urgent(street: Street, rng: random.Random, now: datetime) -> Survey:
    """Closed two weeks ago; some were visited."""
    begun, days, wu = at_hour(local_day(now), -32, 10), 16, street.people["wu"]
    survey = _published(
        street, SUMMER, begun, "入夏前问一问：小区最该先办什么",
        "社区想先听大家的，再定今年先办哪几件。结果会公布，哪几件办、哪几件暂时办不了，一条一条说明。", days=days,
    )  # fmt: skip
    homes = _homes(street)[:ANSWER]
    for number, home in enumerate(homes):
        at = begun + timedelta(hours=3) + number * timedelta(days=14) / len(homes)
        sheet = _sheet(survey, rng, SAID[number // 9] if number % 9 == 0 and number // 9 < len(SAID) else "")
        if number < AT_THE_DOOR:
            answering.take_down(
                survey, home.unit, sheet, channel=SurveyChannel.VISIT, sending=uuid5(home.public_id, survey.title),
                actor=wu, at=at,
            )  # fmt: skip
        else:
            answering.answer(survey, home, sheet, actor=home.user, at=at)
    return surveying.bring_up_to_date(survey, begun + timedelta(days=days))


def _settle(street: Street, survey: Survey, now: datetime) -> None:
    """The lists, and the shed as a topic, which the branch's secretary takes up."""
    today, wu, chen = local_day(now), street.people["wu"], street.people["chen"]
    at = at_hour(today, -15, 15)
    for number, said in enumerate(SurveyAnswer.objects.words_of(survey).order_by("pk")):
        if number in SHOWN:
            listing.release(said, actor=wu, at=at)
    chosen = [option for question in survey.questions.all()[:2] for option in question.options.all()[:3]]
    lines = {item.words: item for item in listing.take_over(survey, chosen, actor=wu, at=at)}
    listing.add(survey, kind=AsksFor.PROBLEMS, words="6栋门口路灯坏了", named_by=1, actor=wu, at=at)
    rail = "先在 3栋、6栋 装样板，请老人试用，八月底前看效果再定其余各栋。"
    listing.settle(lines[HANDRAIL], words=rail, actor=wu, at=at)
    shed = lines[SHED]
    proposal = Proposal(
        street.community, TopicOrigin.SURVEY, "6栋后面建电动车充电车棚",
        f"入夏前的调查里，{shed.named_by} 户说电动车没处充电，只好飞线上楼。\n6栋后面有一块空地，能放约四十辆。"
        "请大家商量：建不建，谁来建，怎么收费。",
        "约 6 万元，可由充电企业出资，或从公共收益列支", estate=street.estates[ESTATE],
    )  # fmt: skip
    topic = listing.make_topic(shed, proposal, sending=uuid5(shed.public_id, shed.words), actor=wu, at=at)
    why = "调查里提得最多，又关系到消防安全。请物业、消防和居民一起到现场看。"
    vetting.accept(topic, Finding(VettingReason.SAFETY, why), actor=chen, at=at_hour(today, -13, 10))


def _ask_about_a_canteen(street: Street, rng: random.Random, now: datetime) -> None:
    """Open for eleven days more; some have answered."""
    begun = at_hour(local_day(now), -3, 9)
    survey = _published(
        street, CANTEEN, begun, "老年食堂怎么办",
        "社区打算在党群服务站办一个老年食堂，先了解有多少家会来、吃什么、什么价钱合适。", days=14,
    )  # fmt: skip
    for number, home in enumerate(_homes(street)[ANSWER // 2 : ANSWER]):
        at = min(begun + timedelta(hours=2 + number), now)
        answering.answer(survey, home, _sheet(survey, rng, ""), actor=home.user, at=at)


def _published(
    street: Street, questions: tuple[Question, ...], at: datetime, title: str, words: str, *, days: int
) -> Survey:
    wu = street.people["wu"]
    plan = SurveyPlan(street.estates[ESTATE], title, words, starts_at=at, ends_at=at + timedelta(days=days))
    survey = surveying.draft(plan, actor=wu, at=at - timedelta(hours=2))
    for question in questions:
        surveying.ask(survey, question, actor=wu, at=at - timedelta(hours=1))
    return surveying.publish(survey, actor=wu, at=at)


def _homes(street: Street) -> list[Occupancy]:
    """Of each home with somebody confirmed one person, in an order that takes all buildings in; never Li's own."""
    found = Occupancy.objects.filter(unit__building__estate=street.estates[ESTATE], state=OccupancyState.VERIFIED)
    rows = found.exclude(user=street.people["li"]).exclude(unit__occupancies__user=street.people["li"])
    one_each = {row.unit_id: row for row in rows.select_related("unit", "user").order_by("-pk")}
    return sorted(one_each.values(), key=lambda row: (row.unit.number, row.unit.building_id, row.pk))


def _sheet(survey: Survey, rng: random.Random, words: str) -> Sheet:
    """What a home says: what stands first in a question is said most often."""
    sheet: dict[int, answering.Said] = {}
    for question in survey.questions.prefetch_related("options"):
        said = _said(question, rng, words)
        if said != "":
            sheet[question.pk] = said
    return sheet


def _said(question: SurveyQuestion, rng: random.Random, words: str) -> answering.Said:
    options = list(question.options.all())
    match question.kind:
        case QuestionKind.WORDS:
            return words
        case QuestionKind.SCALE:
            return rng.choice((1, 2, 2, 3, 3, 4))
        case QuestionKind.NUMBER:
            return rng.choice((0, 1, 1, 1, 2))
    first = options[min(rng.randrange(len(options)), rng.randrange(len(options)))]
    other = rng.choice(options)
    return [first] if question.kind == QuestionKind.ONE or other == first else [first, other]
