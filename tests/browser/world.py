"""The cast's street on `NOW`, with something on every page: rows, errors to be made, a clock that has run out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from governance.domain import coverage, erasing, outbox, registers
from governance.imports import checking
from governance.imports.catalogue import REGISTERS
from governance.imports.sheets import XLSX
from governance.models import (
    Body,
    BranchKind,
    Building,
    Category,
    Channel,
    CommitteeTerm,
    CoverageTarget,
    DualRegistration,
    Erasure,
    Estate,
    Joins,
    JointUnit,
    MemberKind,
    Membership,
    Notice,
    NoticeState,
    PartyBranch,
    PartyMember,
    Post,
    RegisterImport,
    Role,
    Standing,
    Unit,
    Urgency,
    User,
)
from issues.deliberation.domain import (
    carrying_out,
    casting,
    committing,
    doubting,
    electing,
    errata,
    judging,
    mandates,
    meetings,
    objecting,
    official,
    opening,
    papers,
    proposing,
    setting_up,
    supervising,
    vetting,
)
from issues.deliberation.domain.committing import Part, Promise
from issues.deliberation.domain.meetings import MeetingPlan
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.vetting import Finding
from issues.deliberation.models import (
    Ballot,
    Choice,
    Commitment,
    Mechanism,
    Motion,
    MotionKind,
    RuleSet,
    Topic,
    TopicOrigin,
    VettingReason,
)
from issues.deliberation.models import Channel as BallotChannel
from issues.domain import declining, findings, handling, intake, mediation, supervision, triage, verification
from issues.domain.sweep import sweep
from issues.models import Issue, PolicyAssignment, SupervisionOrder, WorkOrder
from residents.domain import drafts, importing, names, occupancy, on_behalf, petitions
from residents.domain.standing import Teller
from residents.models import Occupancy, OccupancyRelation, OccupancyState, Petition, PetitionChannel, PetitionDraft
from tests.cast import NOW, Cast, build_cast, draft
from tests.exports import bring, row
from tests.governance.imports.workbooks import of
from tests.replay import ship_again
from tests.scenarios.rights_meetings import meetings_at
from tests.scenarios.rights_surveys import surveys_at
from tests.scenarios.rights_world import an_election, from_the_city

SINCE = date(2021, 1, 1)
ALIKE = "地下车库顶上一直滴水，B09 车位，车顶全是水印。"

CANDIDATES = tuple(
    setting_up.Offer(name, words=words)
    for name, words in (
        ("蒋文博", "注册会计师，愿意管好公共收益的账。"),
        ("冯秀兰", "退休教师，本届委员，熟悉小区的老住户。"),
        ("郑海涛", ""),
        ("唐雨晴", "律师，可以帮大家看合同。"),
        ("魏建军", "退休干部，两届楼组长。"),
        ("许慧", ""),
    )
)
OFFERS = (
    setting_up.Offer("恒信物业服务有限公司", "每月每平方米 1.60 元", "保留现有人员，每栋每天清洁一次，夜间保安两人。"),
    setting_up.Offer("嘉园城市服务（长名字）股份有限公司第三分公司", "每月每平方米 1.45 元，电梯费另计"),
    setting_up.Offer("万和物业", "每月每平方米 1.80 元", "增加夜间巡逻。\n电梯维保已含在内。"),
)


@dataclass
class World:
    """Petitions by what has become of them, the orders that came of them, and drafts at every step."""

    cast: Cast
    petitions: dict[str, Petition]
    orders: dict[str, WorkOrder]
    drafts: dict[str, PetitionDraft]
    photo: bytes
    findings: dict[str, Issue] = field(default_factory=dict)
    accounts: dict[str, SupervisionOrder] = field(default_factory=dict)
    imports: dict[str, RegisterImport] = field(default_factory=dict)
    votes: dict[str, Motion] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    commitments: dict[str, Commitment] = field(default_factory=dict)
    meetings: dict[str, Any] = field(default_factory=dict)
    surveys: dict[str, Any] = field(default_factory=dict)
    erasure: Erasure | None = None

    def receipt(self, name: str) -> str:
        return self.petitions[name].receipt_no

    def ballot(self, name: str, door: str) -> str:
        """Where the ballot of a vote on which this door stands is filled in."""
        motion = self.votes[name]
        return f"/votes/{motion.public_id}/ballots/{motion.roll.get(number=door).public_id}/"

    def paper_to_check(self) -> str:
        """Where the typed ballot that waits is typed again."""
        waiting = Ballot.objects.to_check().get()
        return f"/desk/votes/{waiting.entry.motion.public_id}/papers/{waiting.public_id}/"

    def order(self, name: str) -> UUID:
        return self.orders[name].public_id


def build_world(photo: bytes) -> World:
    """Write it all, as it happened, one moment after another."""
    ship_again()
    world = World(cast=build_cast(), petitions={}, orders={}, drafts={}, photo=photo)
    _matters_of_li(world)
    _matters_of_neighbours(world)
    _drafts(world)
    _nobody_was_reached(world)
    _behind_the_counter(world)
    _on_two_tables(world)
    _in_the_registers(world)
    _from_before(world)
    _left(world)
    _put_to_the_vote(world)
    _brought_up(world)
    _promised(world)
    _met(world)
    for name, petition in world.petitions.items():
        petition.refresh_from_db()
        order = WorkOrder.objects.filter(issue__links__petition=petition).order_by("-pk").first()
        if order:
            world.orders.setdefault(name, order)
    return world


def _ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


def _file(world: World, name: str, user: User, building: Building, at: datetime, **fields: object) -> WorkOrder:
    """File a petition with a photo; the office has taken it in."""
    written = draft(user, building, at=at, **fields)
    drafts.add_photos(written, [SimpleUploadedFile("photo.jpg", world.photo, "image/jpeg")], at=at)
    world.petitions[name] = petitions.file_petition(written, actor=user, at=at)
    return WorkOrder.objects.live().get(issue__links__petition=world.petitions[name])


def _done(world: World, name: str, filed_at: datetime, *, words: str, fixed: str, building: Building) -> Petition:
    """Filed by Li, accepted, arrived at, finished in time."""
    cast = world.cast
    order = _file(world, name, cast.li, building, filed_at, category="plumbing", words=words)
    handling.accept(order, actor=cast.zhou, at=filed_at + timedelta(minutes=1))
    handling.arrive(order, actor=cast.zhou, at=filed_at + timedelta(minutes=4), qr_token=building.qr_token)
    after = [ContentFile(world.photo, "after.jpg")]
    handling.finish(order, actor=cast.zhou, at=filed_at + timedelta(minutes=22), words=fixed, photos=after)
    petition = world.petitions[name]
    petition.refresh_from_db()
    return petition


def _rate(petition: Petition, *, at: datetime, solved: bool = True, satisfaction: int = 5, words: str = "") -> None:
    petitions.evaluate(
        petition,
        was_contacted=True,
        is_solved=solved,
        satisfaction=satisfaction,
        words=words,
        actor=petition.petitioner,
        at=at,
    )


def _matters_of_li(world: World) -> None:
    cast = world.cast
    deeds = _file(
        world, "street", cast.li, cast.building, _ago(days=8, hours=3),
        category="deeds", words="房产证一直没办下来，2024 年就交了材料，想问现在办到哪一步了，还差什么手续。",
    )  # fmt: skip
    handling.accept(deeds, actor=cast.sun, at=_ago(days=8, hours=1))
    handling.add_note(deeds, actor=cast.sun, at=_ago(days=2), words="材料已经转到区里，正在核对面积。")
    petitions.supplement(world.petitions["street"], "补一句：原件在我这里。", actor=cast.li, at=_ago(days=1))

    solved = _done(
        world, "rated", _ago(days=3), words="厨房水管接头滴水。", fixed="换了接头，试水不漏。", building=cast.building
    )
    _rate(solved, at=_ago(days=2, hours=20), words="来得快，修得好。")
    again = _done(
        world, "reopened", _ago(hours=5), words="卫生间水龙头关不紧。", fixed="换了垫片。", building=cast.other_building
    )
    _rate(again, at=_ago(minutes=3), solved=False, satisfaction=2, words="又开始滴了。")
    _done(
        world,
        "finished",
        _ago(hours=2),
        words="楼道的水管在滴水，地上很滑。",
        fixed="换了一段管子，地面擦干了。",
        building=cast.building,
    )

    withdrawn = _file(
        world, "withdrawn", cast.li, cast.building, _ago(days=1), category="noise", words="楼下装修到很晚。"
    )
    petitions.withdraw(world.petitions["withdrawn"], actor=cast.li, at=_ago(hours=23))
    world.orders["withdrawn"] = withdrawn

    _file(world, "overdue", cast.li, cast.building, _ago(minutes=70), words="二单元楼道灯不亮，老人晚上看不见台阶。")
    for minutes in range(70, 8, -2):
        sweep(bell="loop", now=_ago(minutes=minutes))
    petitions.nudge(world.petitions["overdue"], actor=cast.li, at=_ago(minutes=6))

    soon = _file(
        world,
        "soon",
        cast.li,
        cast.building,
        _ago(minutes=12),
        category="security",
        words="单元门刷卡没反应，要等人从里面开。",
    )
    handling.accept(soon, actor=cast.zhou, at=_ago(minutes=11))
    handling.arrive(soon, actor=cast.zhou, at=_ago(minutes=8))
    handling.add_note(soon, actor=cast.zhou, at=_ago(minutes=7), words="读卡器进水了，正在换。")


def _matters_of_neighbours(world: World) -> None:
    cast = world.cast
    _file(
        world,
        "new",
        cast.wang,
        cast.other_building,
        _ago(minutes=2),
        category="rubbish",
        words="垃圾桶满了，味道很大。",
    )
    crack = _file(
        world, "later", cast.wang, cast.building, _ago(hours=4), category="wall_crack", words="外墙有一条两米长的裂缝。"
    )
    handling.accept(crack, actor=cast.liu, at=_ago(hours=3, minutes=50))
    returned = _file(
        world, "returned", cast.wang, cast.building, _ago(hours=1), category="trees", words="树枝挡住了窗户。"
    )
    handling.return_order(
        returned, actor=cast.zhou, at=_ago(minutes=50), reason="not_ours", words="这棵树在街道的绿地上。"
    )
    world.orders["returned"] = returned
    taken = _file(
        world, "taken", cast.wang, cast.other_building, _ago(minutes=4), category="sewer", words="下水道返水。"
    )
    handling.accept(taken, actor=cast.liu, at=_ago(seconds=9))
    accepted = _file(
        world, "accepted", cast.wang, cast.building, _ago(minutes=3), category="parking", words="消防通道被车堵住。"
    )
    handling.accept(accepted, actor=cast.zhou, at=_ago(minutes=2))
    quarrel = _file(
        world, "dispute", cast.wang, cast.building, _ago(hours=20), category="dispute", words="楼上天天半夜拖椅子。"
    )
    handling.accept(quarrel, actor=cast.wu, at=_ago(hours=19))


def _behind_the_counter(world: World) -> None:
    """What the desk declined, the grid found, checked and wrote down, what was talked over, and whose a home is."""
    cast = world.cast
    _file(world, "declined", cast.xu, cast.building, _ago(days=2), category="other", words="对门借钱一直不还。")
    declining.decline(
        _issue(world, "declined"), reason="private", words="借款要两家自己谈。", actor=cast.wu, at=_ago(days=1)
    )

    checked = _file(world, "checked", cast.xu, cast.building, _ago(hours=9), category="rubbish", words="桶满了两天。")
    handling.accept(checked, actor=cast.liu, at=_ago(hours=8))
    handling.finish(checked, actor=cast.liu, at=_ago(hours=7), words="清空冲洗了。")
    verification.verify(_issue(world, "checked"), actor=cast.yu, at=_ago(hours=6), words="桶是空的。")

    world.findings["to_check"] = _find(world, "facilities", "扶手底座锈穿，一推就晃。", _ago(hours=5))
    order = WorkOrder.objects.live().get(issue=world.findings["to_check"])
    handling.accept(order, actor=cast.zhou, at=_ago(hours=4))
    handling.finish(order, actor=cast.zhou, at=_ago(hours=3), words="焊好了。")
    world.findings["open"] = _find(world, "dispute", "两家为占楼道吵起来。", _ago(hours=2))
    again = mediation.Talk("两家", "各让一半", is_agreed=False, follow_up_on=NOW.date())
    mediation.mediate(world.findings["open"], again, actor=cast.yu, at=_ago(hours=1))

    told = on_behalf.Told(
        token=uuid4(), name="王磊", phone=cast.wang.phone or "", channel=PetitionChannel.COUNTER, has_agreed=True,
        category=Category.objects.get(code="facilities"), building=cast.building, words="台阶缺了一角。",
        name_visibility="handlers",
    )  # fmt: skip
    teller = Teller(Role.BUILDING_STEWARD, cast.bai.surname, cast.bai.surname_latin)
    world.petitions["told"] = on_behalf.file_for(told, actor=cast.bai, teller=teller, at=_ago(minutes=40))
    names.open_name(world.petitions["told"], actor=cast.sun, at=_ago(minutes=30), reason="要打电话约时间")

    rival = occupancy.claim(cast.gao, cast.other_unit, OccupancyRelation.OWNER, evidence="判决书", at=_ago(days=3))
    occupancy.dispute(rival, words="两人都说是自己的。", actor=cast.wu, at=_ago(days=2))
    gone = occupancy.claim(cast.zhao, cast.other_unit, OccupancyRelation.TENANT, at=_ago(days=3))
    occupancy.decline(gone, reason="moved_out", words="房东说搬走了。", actor=cast.wu, at=_ago(days=2))

    late = _file(world, "late", cast.xu, cast.building, _ago(minutes=65), words="楼道灯一闪一闪的。")
    for minutes in (60, 40, 30, 25):
        sweep(bell="loop", now=_ago(minutes=minutes))
    world.accounts["given"] = SupervisionOrder.objects.get(issue=late.issue)
    account = supervision.Account("缺灯管。", "已经调来。", NOW.date())
    supervision.answer(world.accounts["given"], account, actor=cast.zheng, at=_ago(minutes=5))

    for days in range(12, 0, -1):
        coverage.take_snapshots(_ago(days=days), lambda what: None)
    CoverageTarget.objects.create(
        subdistrict=cast.subdistrict, rule="companies", baseline_on=date(2025, 5, 1), baseline_percent=20,
        due_on=date(2026, 12, 31), target_percent=100,
    )  # fmt: skip


def _on_two_tables(world: World) -> None:
    """Two who write of one leak, what was handed to the police station, and an account that was accepted."""
    cast = world.cast
    garage = {"spot": "地下车库", "stairwell": None}
    known = _file(world, "known", cast.wang, cast.building, _ago(minutes=57), category="leak",
                  words="车库顶板漏，滴水滴在车上，B07 车位。", **garage)  # fmt: skip
    handling.accept(known, actor=cast.zhou, at=_ago(minutes=53))
    alike = draft(cast.chen, cast.building, category="other", words=ALIKE, at=_ago(minutes=5), **garage)
    world.petitions["alike"] = petitions.file_petition(alike, actor=cast.chen, at=_ago(minutes=5))

    _file(world, "joint", cast.wang, cast.building, _ago(hours=3), category="parking", words="路口天天堵。")
    world.orders["joint"] = triage.dispatch_to(
        _issue(world, "joint"), cast.department, actor=cast.wu, at=_ago(hours=2, minutes=50)
    )

    # Who has only ever signed in by code.
    cast.tian.set_unusable_password()
    cast.tian.save(update_fields=["password"])

    late = _file(world, "accounted", cast.chen, cast.building, _ago(minutes=65), words="电表箱的门掉了。")
    for minutes in (60, 40, 30, 25):
        sweep(bell="loop", now=_ago(minutes=minutes))
    world.accounts["accepted"] = SupervisionOrder.objects.get(issue=late.issue)
    account = supervision.Account("缺合页。", "已经换上。", NOW.date())
    supervision.answer(world.accounts["accepted"], account, actor=cast.zheng, at=_ago(minutes=20))
    supervision.accept_answer(world.accounts["accepted"], actor=cast.sun, at=_ago(minutes=15))


def _from_before(world: World) -> None:
    """An office's export: of its petitions one is answered, one waits for a place, one lies at the community's desk,
    and one is taken up here."""
    cast = world.cast
    bring(
        cast,
        row(number="1", words="电梯经常停，老人上不了楼。" * 40, reply="已经督促维保单位更换主板。" * 30),
        row(number="2", subject="门口路面坑洼积水", words="一下雨就积水，出行不便。", reply=None, replied=None),
        row(number="3", subject="楼顶漏水三年没人管", words="顶楼一到雨天就漏水。", reply=None, replied=None),
        row(number="4", subject="", words="树枝压着晾衣架。", reply=None, replied=None),
        source="问政平台",
    )
    world.petitions |= {f"imported_{one.imported.number}": one for one in Petition.objects.imported()}
    importing.give_to(world.petitions["imported_3"], cast.community, actor=cast.sun, at=NOW)
    trees = Category.objects.get(code="trees")
    taken_up = world.petitions["imported_4"]
    intake.place_imported(taken_up, estate=cast.estate, category=trees, building=cast.building, actor=cast.sun, at=NOW)


def _left(world: World) -> None:
    """An owner had her account closed, while what she had reported is being handled."""
    person = User.objects.create_user(full_name="夏荷", phone="+8613912348888")
    unit = Unit.objects.create(building=world.cast.other_building, stairwell=2, number="1801")
    occupancy.claim(person, unit, OccupancyRelation.OWNER, at=_ago(days=20))
    _file(world, "left", person, world.cast.other_building, _ago(days=1), words="单元门关不上。")
    world.erasure = erasing.ask(person, at=_ago(hours=3))
    erasing.carry_out(world.erasure, at=_ago(hours=3))


def _put_to_the_vote(world: World) -> None:
    """Votes of the third stairwell in each state: 101 is Li's, 102 Li's and Xu's, 103 Xu's, 104 of somebody unknown."""
    cast = world.cast
    doors = {
        number: Unit.objects.create(building=cast.building, stairwell=3, number=number, exclusive_area_m2=area)
        for number, area in {"101": "100.00", "102": "100.00", "103": "96.50", "104": "20.00"}.items()
    }
    for owner, door in ((cast.li, "101"), (cast.li, "102"), (cast.xu, "102"), (cast.xu, "103")):
        Occupancy.objects.create(
            user=owner, unit=doors[door], relation=OccupancyRelation.OWNER, state=OccupancyState.VERIFIED,
            claimed_at=_ago(days=900), decided_at=_ago(days=899), decided_by=cast.wu,
        )  # fmt: skip
    votes = world.votes
    long_words = "共用水泵使用 18 年，故障频繁。\n更换两台水泵及控制柜，费用 12,600 元，从维修资金列支。"
    votes["too_early"] = _plan(world, "春和苑停车收费标准是否调整", opens_in=3, kind=MotionKind.LEGAL)
    votes["ready"] = _plan(world, "动用维修资金更换 3 栋水泵", opens_in=40, words=long_words, offers=OFFERS[:2])
    votes["announced"] = _announce(world, "门禁系统是否更换", opens_in=20)
    votes["open"] = _announce(world, "选聘物业服务企业", opens_in=-2, words=long_words, offers=OFFERS)
    votes["taken"] = _announce(world, "是否加装电梯", opens_in=-2)
    votes["passed"] = _announce(world, "动用维修资金修缮屋顶", opens_in=-9)
    votes["elsewhere"] = _announce(world, "是否更换电梯维保单位", opens_in=-9, kind=MotionKind.MIRROR)
    votes["entered"] = _announce(world, "是否统一更换水表", opens_in=-9, kind=MotionKind.MIRROR)
    votes["recorded"] = _announce(world, "动用维修资金更换消防管道", opens_in=-9, kind=MotionKind.MIRROR)
    votes["failed"] = _announce(world, "外墙粉刷选哪家施工单位", opens_in=-9, offers=OFFERS)
    votes["elected"] = an_election(cast.estate, cast.wu, cast.sun, "选举第二届业主委员会")
    votes["seated"] = an_election(cast.estate, cast.wu, cast.sun, "选举第一届业主委员会")
    first, *_others = electing.enter(
        votes["seated"], since=NOW.date(), until=NOW.date() + timedelta(days=1000), actor=cast.wu, at=NOW
    )
    registers.end(first, field="ended_on", on=NOW.date(), version=first.version, actor=cast.sun, at=NOW)
    votes["electing"] = _announce(world, "选举业主委员会", opens_in=-1, offers=CANDIDATES, seats=5)
    votes["unwanted"] = _announce(world, "是否设置快递柜", opens_in=-1)
    votes["withdrawn"] = _announce(world, "是否改造自行车棚", opens_in=-1)

    mandates.give(votes["open"], doors["103"], to=cast.li, actor=cast.xu, at=_ago(hours=20))
    _cast(votes["open"], cast.xu, Choice.AGAINST, "102")
    _cast(votes["taken"], cast.li, Choice.FOR, "101")
    for owner, door, second in ((cast.li, "101", "1"), (cast.xu, "102", "2"), (cast.xu, "103", Choice.ABSTAIN)):
        _cast(votes["passed"], owner, Choice.FOR, door)
        _cast(votes["failed"], owner, second, door)
    paper = votes["open"].roll.get(number="104")
    papers.record(
        paper, said="1", serial="A-0104", channel=BallotChannel.DOOR, cast_at=_ago(hours=3), actor=cast.sun,
        at=_ago(hours=2),
    )  # fmt: skip
    why = "票样上印错了金额，改正后重新表决。"
    for name in ("unwanted", "withdrawn"):
        setting_up.ask_to_withdraw(votes[name], words=why, actor=cast.wu, at=_ago(hours=5))
    setting_up.withdraw(votes["withdrawn"], actor=cast.sun, at=_ago(hours=4))
    for motion in votes.values():
        opening.bring_up_to_date(motion, NOW)
    for name in ("entered", "recorded"):
        official.enter(votes[name], from_the_city(votes[name]), actor=cast.wu, at=NOW)
    official.confirm(votes["recorded"], actor=cast.sun, at=NOW)
    for name in ("open", "announced"):
        errata.write(votes[name], words="第 2 条的“12,600 元”应为“12,060 元”。", actor=cast.wu, at=_ago(hours=2))
    errata.publish(votes["open"], actor=cast.sun, at=_ago(hours=1))
    told = "计票当天我不在家，没有人上门收票，也没有收到短信。请核对 103 的表决票是不是本人交的。"
    raised = [objecting.object_to(votes["failed"], words=told, actor=who, at=NOW) for who in (cast.li, cast.xu)]
    objecting.answer(
        raised[0], words="已核对：103 的票是业主本人在手机上交的，回执编号在公开文件里。", actor=cast.wu, at=NOW
    )


def _brought_up(world: World) -> None:
    """Topics at each gate: Li's and the community's, and one for which Li gathers support."""
    cast, topics = world.cast, world.topics
    said = (world.petitions["overdue"], world.petitions["street"])
    words = "电动车在楼道里充电，去年烧过一回。\n想在 3 栋后面的空地建车棚，装 20 个充电口。"
    topics["waiting"] = _topic(
        world, "3栋后面建电动车棚", TopicOrigin.RESIDENT, cast.li, words=words, costs="约 6 万元"
    )
    topics["about_office"] = _topic(
        world, "社区活动室晚上不开门", TopicOrigin.RESIDENT, cast.li, concerns=(cast.residents_committee,)
    )
    topics["gathering"] = _topic(world, "召开业主大会，重新选聘物业", TopicOrigin.OWNERS, cast.li)
    from_petitions = {
        "accepted": "学校路早晚高峰乱停车",
        "closed": "3栋门口加装护栏",
        "merged": "校门口停车",
        "declined": "统一阳台颜色",
    }
    for name, title in from_petitions.items():
        topics[name] = _topic(world, title, TopicOrigin.PETITIONS, cast.wu, words=words, petitions=said)
    common = Finding(VettingReason.COMMON, "三个楼道都有人反映，要大家商量。")
    for name in ("accepted", "closed"):
        vetting.accept(topics[name], common, actor=cast.chen, at=_ago(days=2))
    vetting.merge(
        topics["merged"],
        topics["accepted"],
        Finding(VettingReason.SAME, "同一条路。"),
        actor=cast.chen,
        at=_ago(days=1),
    )
    unlawful = Finding(VettingReason.UNLAWFUL, "自家阳台内的颜色不归大家定。")
    vetting.decline(topics["declined"], unlawful, show=True, actor=cast.chen, at=_ago(days=1))
    vetting.close(
        topics["closed"], Finding(VettingReason.KEPT, "护栏装好了，现场看过。"), actor=cast.chen, at=_ago(hours=9)
    )
    judging.judge(topics["closed"], stars=4, is_solved=True, actor=cast.xu, at=_ago(hours=3))


def _promised(world: World) -> None:
    """What came of the topic that is deliberated: in parts, reported, accepted and doubted, and the community's."""
    cast, topic, made = world.cast, world.topics["accepted"], world.commitments

    def promise(name: str, what: str, body: Body, post: str, **given) -> None:
        promised = Promise(
            token=uuid4(), body=body, post=post, what=what, category=Category.objects.get(code="parking"),
            estate=cast.estate, working_days=10, **given,
        )  # fmt: skip
        made[name] = committing.promise(topic, promised, actor=cast.wu, at=_ago(hours=40))

    lifts = [Part(cast.building, f"{door}单元电梯") for door in (1, 2, 3)] + [Part(cast.other_building)]
    promise(
        "in_parts", "给每部电梯装风扇", cast.hengxin, "项目经理", parts=lifts, helpers=[cast.department],
        decided_yuan=Decimal("8800.00"), payer="恒信物业",
    )  # fmt: skip
    promise("reported", "在校门两侧装好护栏", cast.hengxin, "项目经理")
    promise("accepted", "重新划好停车线", cast.hengxin, "工程主管")
    promise("of_community", "向家长说明接送路线", cast.residents_committee, "社区工作者", needs_photo=False)
    in_parts, photos = made["in_parts"], {"photos": [ContentFile(world.photo, name="photo.jpg")]}
    carrying_out.report_part(in_parts.parts.first(), actor=cast.zhou, at=_ago(hours=30), **photos)
    permit = "占用公共道路的施工许可"
    due = NOW + timedelta(days=1)
    carrying_out.block(in_parts, what=permit, owner=cast.street_office, due_at=due, actor=cast.zhou, at=_ago(hours=29))
    later = NOW + timedelta(days=30)
    carrying_out.ask_to_move(in_parts, to_due_at=later, reason="厂家缺货。", actor=cast.zheng, at=_ago(hours=28))
    carrying_out.note_cost(
        in_parts, paid_yuan=Decimal("9100.50"), paid_by="恒信物业", actor=cast.zheng, at=_ago(hours=27)
    )
    for name in ("reported", "accepted"):
        done = made[name]
        carrying_out.report_done(done, words="做好了。", actor=cast.zhou, at=_ago(hours=26), **photos)
    supervising.accept(made["accepted"], words="到现场看过，线划好了。", actor=cast.chen, at=_ago(hours=25))
    doubting.doubt(made["accepted"], words="5栋门前的还没划。", actor=cast.li, at=_ago(hours=20))


def _topic(world: World, title: str, origin: TopicOrigin, by: User, *, words: str = "请大家商量。", **given) -> Topic:
    cast = world.cast
    proposal = Proposal(
        community=cast.community, estate=cast.estate, origin=origin, title=title, words=words, **given
    )  # fmt: skip
    return proposing.propose(proposal, sending=uuid4(), actor=by, at=_ago(days=3))


def _met(world: World) -> None:
    """Meetings and surveys of the estate in each state; Li was asked and came. One is called too early, in no room."""
    cast = world.cast
    world.meetings = meetings_at(cast.li, cast.building)
    unfinished = MeetingPlan(
        cast.estate, Mechanism.objects.get(code="branch"), "支部学习", "", NOW + timedelta(hours=20),
        NOW + timedelta(hours=21),
    )  # fmt: skip
    world.meetings["meeting_too_early"] = meetings.draft(unfinished, actor=cast.wu, at=NOW)
    world.surveys = surveys_at(cast.building)


def _plan(
    world: World, title: str, *, opens_in: int, words: str = "说明见附件。", kind: str = MotionKind.CONSULTATIVE,
    offers: Sequence[setting_up.Offer] = (), seats: int | None = None,
) -> Motion:  # fmt: skip
    """A draft of a week's vote, so many days from `NOW`: old enough, if that is in the past."""
    cast, opens_at = world.cast, (NOW + timedelta(days=opens_in)).replace(hour=9, minute=0, second=0)
    plan = setting_up.Plan(
        estate=cast.estate, building=cast.building, stairwell=3, kind=kind, matter="278-5", title=title, words=words,
        rule_set=RuleSet.objects.get(code="owners-assembly"), opens_at=opens_at, closes_at=opens_at + timedelta(days=7),
    )  # fmt: skip
    if seats:
        plan = replace(plan, building=None, stairwell=None, matter="278-3", seats=seats)
    drafted_at = min(NOW, opens_at - timedelta(days=30))
    motion = setting_up.draft(plan, actor=cast.wu, at=drafted_at)
    for version, offer in enumerate(offers, start=motion.version):
        setting_up.add_option(motion, offer, version=version, actor=cast.wu, at=drafted_at)
    return motion


def _announce(world: World, title: str, *, opens_in: int, **plan: Any) -> Motion:
    """Announced in time; open, if it has begun."""
    motion = _plan(world, title, opens_in=opens_in, **plan)
    motion = setting_up.publish(motion, actor=world.cast.wu, at=motion.drafted_at)
    return opening.bring_up_to_date(motion, motion.opens_at) if opens_in < 0 else motion


def _cast(motion: Motion, voter: User, choice: str, door: str) -> None:
    """An hour after it has begun."""
    casting.cast(
        motion, entries=[motion.roll.get(number=door)], choice=choice, sending=uuid4(), actor=voter,
        at=motion.opens_at + timedelta(hours=1),
    )  # fmt: skip


def _in_the_registers(world: World) -> None:
    """A row for each register of the console that nothing else fills, and two files that were brought."""
    cast = world.cast
    joint = PartyBranch.objects.create(kind=BranchKind.JOINT_BRANCH, name="恒信联合党支部", body=cast.hengxin)
    JointUnit.objects.create(branch=joint, body=cast.hengxin, since=SINCE)
    Joins.objects.create(branch=joint, committee=cast.branch.parent, since=SINCE)
    member = PartyMember.objects.create(
        number="D1", full_name="冯德海", kind=MemberKind.RESIDENT, community=cast.community
    )
    Membership.objects.create(member=member, branch=cast.branch, standing=Standing.FULL, since=SINCE)
    DualRegistration.objects.create(member=member, community=cast.community, since=SINCE)
    Post.objects.create(body=cast.committee, title="主任", full_name="许桂兰", user=cast.xu, is_owner=True, since=SINCE)
    CommitteeTerm.objects.create(branch=cast.branch, number=1, starts_on=SINCE, ends_on=date(2030, 1, 1))
    PolicyAssignment.objects.create(estate=cast.estate, policy_code="5341-ordinary")
    rows = (
        ["春和社区", "柳荫里小区", "柳荫路 1 号"],
        ["春和社区", "春和苑小区", "学校路 20 号"],
        ["桃园社区", "桃园外小区", "桃园路 9 号"],
        ["春和社区", "", "=HYPERLINK(A1)"],
    )
    facts = {"subdistrict": cast.subdistrict, "by": cast.sun}
    for name, brought in (("checked", rows), ("applied", rows[:1])):
        book = of("estate", ("community", "name", "address"), *brought)
        upload = SimpleUploadedFile("小区.xlsx", book.getvalue(), XLSX)
        world.imports[name] = checking.check(REGISTERS["estate"], upload, name=upload.name, at=_ago(hours=1), **facts)
    applied = world.imports["applied"]
    assert checking.take_in(applied.pk, seen=applied.outcome, by=cast.sun, at=_ago(minutes=50))
    estate = Estate.objects.get(pk=cast.estate.pk)
    estate.address = "学校路 20 号"
    registers.change(estate, version=estate.version, actor=cast.sun, at=NOW, subdistrict_id=cast.subdistrict.pk)


def _issue(world: World, name: str) -> Issue:
    return Issue.objects.get(links__petition=world.petitions[name], links__undone_at=None)


def _find(world: World, category: str, words: str, at: datetime) -> Issue:
    finding = findings.Finding(uuid4(), Category.objects.get(code=category), world.cast.building, words)
    return findings.report(finding, actor=world.cast.yu, at=at)


def _drafts(world: World) -> None:
    """One ready to be submitted, one with everything still missing, one that looks like Wang's petition."""
    cast = world.cast
    ready = draft(cast.xu, cast.self_managed_building, at=_ago(minutes=1), spot="一层大门")
    drafts.add_photos(ready, [SimpleUploadedFile("photo.jpg", world.photo, "image/jpeg")], at=_ago(minutes=1))
    world.drafts["ready"] = ready
    world.drafts["alike"] = draft(
        cast.li, cast.other_building, category="rubbish", words="桶满了。", at=_ago(minutes=1)
    )
    nothing = {
        "category": None,
        "estate": None,
        "building": None,
        "stairwell": None,
        "words": "",
        "name_visibility": "",
    }
    times = {"created_at": NOW, "updated_at": NOW}
    world.drafts["empty"] = PetitionDraft.objects.create(user=cast.stranger, **nothing, **times)
    world.drafts["no_words"] = draft(cast.gao, cast.building, words="", name_visibility="", category="dispute")
    world.drafts["emergency"] = draft(cast.xu, cast.self_managed_building, category="gas", words="楼道里有煤气味。")


def _nobody_was_reached(world: World) -> None:
    """Two text messages that no phone took."""
    cast = world.cast
    for petition in (world.petitions["finished"], world.petitions["overdue"]):
        outbox.post(
            cast.li,
            "petition_received",
            {"receipt_no": petition.receipt_no},
            dedupe=f"test:{petition.receipt_no}",
            at=_ago(hours=2),
            urgency=Urgency.PROMPT,
            subdistrict_id=cast.subdistrict.pk,
            community_id=cast.community.pk,
        )
    Notice.objects.filter(channel=Channel.SMS, dedupe_key__startswith="test:").update(
        state=NoticeState.NOT_REACHED, attempts=5
    )
