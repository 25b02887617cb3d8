"""What the owners of the demo's estate are asked: one vote runs, one failed by a little, one is being prepared, in one
they have chosen a company, and in one their committee.

Each went through the functions that people's clicks call, at the instants at which it would have. The rule set is the
shipped one, signed by a lawyer who doesn't exist: without a signature no vote may call itself legal.
"""

import contextlib
import io
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from governance.domain import outbox
from governance.domain.moment import LOCAL_ZONE, local_day
from governance.models import Body, User
from issues.deliberation.domain import casting, objecting, opening, setting_up
from issues.deliberation.domain.setting_up import Offer, Plan
from issues.deliberation.models import Choice, Matter, Motion, MotionKind, RollEntry, RuleSet, Topic
from issues.demo.owners import ESTATE
from issues.demo.playing import StoryDoesNotHold
from issues.demo.street import Street
from issues.demo.when import at_hour

LAWYER = "方律师（演示）"
# Notice is given so long before: fifteen days and the longest holidays fit in.
NOTICE = timedelta(days=28)
EARLIEST_HOUR, LATEST_HOUR = 7, 22
# They read about votes first, and fill in a ballot of their own when somebody tries the portal.
STILL_TO_VOTE = ("li", "yang")


@dataclass(frozen=True)
class Ask:
    """What is put to the owners, and which matter it is by law."""

    matter: Matter
    title: str
    words: str
    offers: tuple[Offer, ...] = ()
    seats: int | None = None


PUMPS = Ask(
    Matter.FUND_USE,
    "动用维修资金更换两台生活水泵",
    "地下泵房两台生活水泵用了十四年，一年里修过五次，停水三次。\n"
    "换两台新泵和一台变频控制柜，三家报价里取中间一家，86,400 元，质保五年，施工两天，夜里停水。\n"
    "费用从维修资金列支，按专有面积分摊，平均每户约 450 元，不另外交钱。",
)
PARKING = Ask(
    Matter.COMMON_PARTS,
    "南侧绿地改为 18 个停车位",
    "把 1栋和 2栋南侧约 260 平方米绿地改成 18 个停车位，铺透水砖，六棵香樟留在原处。\n"
    "费用 96,000 元，从公共收益列支，业主不另出钱。\n"
    "车位按月租给本小区业主，租金归全体业主，每半年公布一次账目。",
)
LIFT = Ask(
    Matter.REBUILD,
    "3栋 2单元加装电梯",
    "在 3栋 2单元北侧加装一部六层六站电梯，占用绿地约 9 平方米。\n"
    "预算 58 万元，政府补贴 20 万元，其余 38 万元由本单元业主按楼层分摊，一层不出，六层最多。\n"
    "每年电费和维保约 6,000 元，由使用的住户分摊。",
)
MANAGER = Ask(
    Matter.MANAGER,
    "选聘下一任物业服务企业",
    "现合同今年底到期。社区党支部和业委会看了六家企业，按资质、在管小区走访和报价推荐三家，请业主从中选一家。\n"
    "三家的服务方案和合同文本在服务站可看。选定后由业委会签三年合同，每年年底由业主评价一次。\n"
    "三家都达不到过半数的，不作决定，现合同按月顺延，另行组织推荐。",
    (
        Offer(
            "恒信物业服务有限公司",
            "住宅每月每平方米 1.60 元",
            "现任企业。保留现有人员，每栋每天保洁一次，夜间保安两人。",
        ),
        Offer("锦和物业管理有限公司", "住宅每月每平方米 1.75 元", "增加电梯和门禁专员各一人，报修 15 分钟到场。"),
        Offer("安居物业服务有限公司", "住宅每月每平方米 1.48 元", "公共收益七成归全体业主，夜间保安一人。"),
    ),
)
COMMITTEE = Ask(
    Matter.COMMITTEE,
    "选举第三届业主委员会",
    "本届业委会今年任期届满。选出第三届委员 5 名，任期三年。\n"
    "七位候选人由业主自荐和联名推荐，经筹备组核对业主身份后公示过十五天。\n"
    "每张票最多选 5 人；达到过半数的才当选，不足的名额空缺。",
    (
        Offer("蒋文博", words="3栋业主，注册会计师，愿意管好公共收益的账。"),
        Offer("冯秀兰", words="退休教师，本届委员，熟悉小区的老住户。"),
        Offer("郑海涛", words="电梯工程师，想把电梯的维保盯紧。"),
        Offer("唐雨晴", words="律师，可以帮大家看合同。"),
        Offer("魏建军", words="退休干部，两届楼组长。"),
        Offer("沈立群", words="本届委员，负责过水泵房改造。"),
        Offer("许慧", words="幼儿园老师，关心儿童活动场地。"),
    ),
    seats=5,
)
OBJECTION = "5栋 2单元楼道里没有看到纸质公告，有的老人可能不知道要投票。请说明公告是怎么送到的。"
ANSWER = "公告当天贴在各单元一层信箱旁，5栋 2单元的照片已放在服务站可查；同一天也发到了每位业主的消息里。"


@dataclass(frozen=True)
class Paper:
    """The units of one head, with the account that hands in its ballot."""

    entries: tuple[RollEntry, ...]
    voter: User

    @property
    def area_m2(self) -> Decimal:
        return sum((entry.area_m2 for entry in self.entries), Decimal(0))


def hold_votes(street: Street, rng: random.Random, now: datetime, lift: Topic) -> None:
    """Let the owners be asked, and many of them answer, up to `now`. Raises `StoryDoesNotHold`."""
    rule_set = _sign_the_rules(now)
    today = local_day(now)
    parking = _announce(street, rule_set, PARKING, at_hour(today, -17, 9), at_hour(today, -3, 18))
    _let_it_fail_by_a_little(parking, rng)
    _object(parking, street, at_hour(today, -2, 10), at_hour(today, -1, 15))
    pumps = _announce(street, rule_set, PUMPS, at_hour(today, -3, 9), at_hour(today, 6, 18))
    _let_some_vote(pumps, rng, now)
    _leave_a_draft(street, rule_set, now, lift)
    _let_one_be_chosen(_announce(street, rule_set, MANAGER, at_hour(today, -44, 9), at_hour(today, -30, 18)), rng)
    _let_them_elect(_announce(street, rule_set, COMMITTEE, at_hour(today, -44, 9), at_hour(today, -30, 18)), rng)
    _deliver(now)


def _sign_the_rules(now: datetime) -> RuleSet:
    signed_on = local_day(now) - timedelta(days=90)
    RuleSet.objects.filter(code="owners-assembly", version=1).update(signed_by=LAWYER, signed_on=signed_on)
    return RuleSet.objects.get(code="owners-assembly", version=1)


def _announce(street: Street, rule_set: RuleSet, ask: Ask, opens_at: datetime, closes_at: datetime) -> Motion:
    """Drafted the day before its notice, announced in time, and open."""
    plan = _plan(street, rule_set, ask, opens_at, closes_at)
    published_at = opens_at - NOTICE
    drafted_at = published_at - timedelta(days=1)
    motion = setting_up.draft(plan, actor=street.people["wu"], at=drafted_at)
    for version, offer in enumerate(ask.offers, start=motion.version):
        company = replace(offer, body=Body.objects.filter(name=offer.title).first())
        setting_up.add_option(motion, company, version=version, actor=street.people["wu"], at=drafted_at)
    setting_up.publish(motion, actor=street.people["luo"], at=published_at)
    _deliver(published_at)
    motion = opening.bring_up_to_date(Motion.objects.get(pk=motion.pk), opens_at)
    _deliver(opens_at)
    return motion


def _deliver(at: datetime) -> None:
    """Send what the sweep would have sent. What the console carrier says is thrown away."""
    with contextlib.redirect_stdout(io.StringIO()):
        while outbox.deliver_due(at):
            pass


def _plan(street: Street, rule_set: RuleSet, ask: Ask, opens_at: datetime, closes_at: datetime) -> Plan:
    return Plan(
        estate=street.estates[ESTATE], rule_set=rule_set, matter=ask.matter, kind=MotionKind.LEGAL, title=ask.title,
        words=ask.words, opens_at=opens_at, closes_at=closes_at, seats=ask.seats,
    )  # fmt: skip


def _papers(motion: Motion, rng: random.Random) -> list[Paper]:
    """Every head whose owner has an account, in no order."""
    heads: dict[str, list[RollEntry]] = defaultdict(list)
    for entry in motion.roll.prefetch_related("owner_rows__user").order_by("pk"):
        heads[entry.head].append(entry)
    papers = [
        Paper(tuple(entries), owners[0].user)
        for entries in heads.values()
        if (owners := entries[0].owner_rows.all())
    ]  # fmt: skip
    rng.shuffle(papers)
    return papers


def _let_it_fail_by_a_little(motion: Motion, rng: random.Random) -> None:
    """Enough take part and enough people agree; what is missing are some square metres."""
    papers = _papers(motion, rng)
    papers = papers[: len(papers) * 85 // 100]
    agreeing, others = _just_short_by_area(papers, -(-len(papers) * 3 // 4) + 1)
    choices = [(paper, Choice.FOR) for paper in agreeing]
    choices += [(paper, Choice.ABSTAIN if number % 6 == 0 else Choice.AGAINST) for number, paper in enumerate(others)]
    assert motion.opens_at  # noqa: S101 - it is announced
    assert motion.closes_at  # noqa: S101
    _cast_all(motion, choices, rng, motion.opens_at, motion.closes_at)
    opening.bring_up_to_date(motion, motion.closes_at)
    _deliver(motion.closes_at)
    if motion.has_passed is not False:
        raise StoryDoesNotHold(f"{motion.title}: by the story it fails")


def _let_one_be_chosen(motion: Motion, rng: random.Random) -> None:
    """Most of those who vote want the company they know; by now nobody can object any more."""
    choices = [
        (paper, rng.choices(("1", "2", "3", Choice.AGAINST, Choice.ABSTAIN), weights=(64, 18, 10, 5, 3))[0])
        for paper in _papers(motion, rng)
    ]
    _let_it_pass(motion, choices, rng)


def _let_them_elect(motion: Motion, rng: random.Random) -> None:
    """Six candidates have the majority for five seats, the seventh hasn't."""
    liked = dict(zip(("1", "2", "3", "4", "5", "6", "7"), (82, 78, 71, 74, 66, 62, 20), strict=True))
    choices = [(paper, _named(liked, motion.seats or 0, rng)) for paper in _papers(motion, rng)]
    _let_it_pass(motion, choices, rng)


def _named(liked: dict[str, int], seats: int, rng: random.Random) -> str:
    """Each candidate by so many of a hundred, no more than there are seats; in their order."""
    willing = [number for number, share in liked.items() if rng.randrange(100) < share]
    named = willing if len(willing) <= seats else rng.sample(willing, seats)
    return ",".join(sorted(named, key=int)) or Choice.ABSTAIN


def _let_it_pass(motion: Motion, choices: Sequence[tuple[Paper, str]], rng: random.Random) -> None:
    """Most hand in their ballots; it passes, and by now nobody can object any more."""
    assert motion.opens_at  # noqa: S101 - it is announced
    assert motion.closes_at  # noqa: S101
    _cast_all(motion, choices[: len(choices) * 85 // 100], rng, motion.opens_at, motion.closes_at)
    opening.bring_up_to_date(motion, motion.closes_at)
    if not motion.has_passed or motion.objections_until is None:
        raise StoryDoesNotHold(f"{motion.title}: by the story it is decided")
    opening.bring_up_to_date(motion, motion.objections_until)
    _deliver(motion.objections_until)


def _object(motion: Motion, street: Street, at: datetime, answered_at: datetime) -> None:
    """One neighbour asks about the notice, and the community answers the day after."""
    objection = objecting.object_to(motion, words=OBJECTION, actor=street.people["zhang"], at=at)
    objecting.answer(objection, words=ANSWER, actor=street.people["luo"], at=answered_at)


def _just_short_by_area(papers: Sequence[Paper], number: int) -> tuple[list[Paper], list[Paper]]:
    """So many of the papers that their area is a little less than three quarters, and the rest."""
    needed = sum((paper.area_m2 for paper in papers), Decimal(0)) * 3 / 4
    wanted = needed - Decimal(40)
    agreeing, others = list(papers[:number]), list(papers[number:])
    while True:
        gap = wanted - sum((paper.area_m2 for paper in agreeing), Decimal(0))
        left, here, there = min(
            (abs(gap + paper.area_m2 - other.area_m2), here, there)
            for here, paper in enumerate(agreeing)
            for there, other in enumerate(others)
        )
        if left >= abs(gap):
            return agreeing, others
        agreeing[here], others[there] = others[there], agreeing[here]


def _let_some_vote(motion: Motion, rng: random.Random, now: datetime) -> None:
    papers = [paper for paper in _papers(motion, rng) if paper.voter.username not in STILL_TO_VOTE]
    choices = [
        (paper, rng.choices((Choice.FOR, Choice.AGAINST, Choice.ABSTAIN), weights=(8, 2, 1))[0])
        for paper in papers[: len(papers) * 2 // 5]
    ]
    assert motion.opens_at  # noqa: S101 - it is announced
    _cast_all(motion, choices, rng, motion.opens_at, now)


def _cast_all(
    motion: Motion, choices: Sequence[tuple[Paper, str]], rng: random.Random, first: datetime, until: datetime
) -> None:
    """Hand them in one after another, at hours at which people are awake."""
    instants = sorted(_by_day(rng, first, until) for _each in choices)
    shuffled = rng.sample(choices, len(choices))
    for at, (paper, choice) in zip(instants, shuffled, strict=True):
        sending = UUID(int=rng.getrandbits(128), version=4)
        casting.cast(motion, entries=list(paper.entries), choice=choice, sending=sending, actor=paper.voter, at=at)


def _by_day(rng: random.Random, first: datetime, until: datetime) -> datetime:
    while True:
        at = first + rng.random() * (until - first)
        if EARLIEST_HOUR <= at.astimezone(LOCAL_ZONE).hour < LATEST_HOUR:
            return at


def _leave_a_draft(street: Street, rule_set: RuleSet, now: datetime, lift: Topic) -> None:
    """A lift for one entrance, to be voted on next week: too early, as its page says."""
    today = local_day(now)
    estate_wide = _plan(street, rule_set, LIFT, at_hour(today, 7, 9), at_hour(today, 21, 18))
    plan = replace(estate_wide, building=street.buildings["3栋"], stairwell=2, topic=lift)
    setting_up.draft(plan, actor=street.people["wu"], at=now - timedelta(hours=2))
