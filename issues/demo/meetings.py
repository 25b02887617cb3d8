"""What was talked over in the demo's estate: a meeting of neighbours, one of the owners' committee, one next week.

Each went through the functions that people's clicks call, at the instants at which it would have.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from governance.domain.images import admit_photo
from governance.domain.moment import local_day
from governance.models import Body, BodyKind, Post, Venue, VenueKind
from issues.deliberation.domain import agenda, attending, deciding, inviting, meetings, minuting, visiting
from issues.deliberation.domain.meetings import MeetingPlan
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.models import (
    AgendaItem,
    Consensus,
    ForWhom,
    HandSaid,
    LineKind,
    Matter,
    Mechanism,
    Meeting,
    Outcome,
    Part,
    Topic,
)
from issues.demo.owners import ESTATE
from issues.demo.pictures import picture
from issues.demo.street import Street
from issues.demo.when import at_hour

WHERE = "学校路 18 号党群服务站一层，进门右手"
WALKS_IN = "周大爷"


@dataclass(frozen=True)
class Said:
    """One line of the minutes: who of those who came, as which kind, for whom."""

    who: str
    words: str
    kind: LineKind = LineKind.STATEMENT
    for_body: str = ""
    for_building: str = ""


@dataclass(frozen=True)
class Talk:
    """One point as it went."""

    title: str
    minutes: int
    said: tuple[Said, ...]
    consensus: Consensus
    outcome: Outcome
    words: str


LIFT = (
    Talk(
        "位置和占路", 30,
        (
            Said("li", "北侧这块地最合适，二楼以上下楼都方便。轮椅出门不用再过台阶。", for_building="3栋"),
            Said("zheng", "现场量过，要占学校路一侧约 1.5 米，得先去道路部门问清楚。", for_body="恒信物业"),
            Said("zheng", "占路手续由物业陪着跑，材料一周内备齐。", LineKind.COMMITMENT, for_body="恒信物业"),
        ),
        Consensus.AGREED, Outcome.COMMITMENTS, "位置定在北侧。物业一周内备齐材料，陪业主代表去道路部门申请占用许可。",
    ),
    Talk(
        "费用怎么分", 40,
        (
            Said("yang", "一层不用电梯，不该出钱，但也别挡着别人装。"),
            Said("li", "楼层越高分得越多，这个大家认。"),
            Said("", "我家二层，出一样的钱不合算，不同意按现在的比例。", LineKind.DISSENT),
        ),
        Consensus.MOSTLY, Outcome.VOTE, "多数同意一层不出、往上递增。比例写进方案，由本单元业主表决。",
    ),
    Talk(
        "施工期间怎么出入", 15,
        (Said("zheng", "可以只留一侧施工，另一侧照常走人。", for_body="恒信物业"),),
        Consensus.AGREED, Outcome.RECOMMENDED, "建议分两段施工，老人出入由楼栋长安排人搭把手。",
    ),
)  # fmt: skip
# 业委会: the post, the name, the account of whoever has one, and what they said; None where somebody didn't come.
COMMITTEE = (
    ("主任", "何玉清", "", HandSaid.FOR),
    ("副主任", "李秀英", "li", HandSaid.FOR),
    ("委员", "杨桂芳", "yang", HandSaid.ABSTAINED),
    ("委员", "孙立民", "", HandSaid.FOR),
    ("委员", "马丽华", "", None),
)
PROPOSED = "把 3栋 2单元加装电梯的方案和分摊比例提交本单元业主表决"
CHANGE = "北侧的两棵香樟是移栽，不是砍掉。"
TAKEN_IN = "属实，会上是这样说的，已写入。"


def meet(street: Street, rng: random.Random, now: datetime, topics: dict[str, Topic]) -> None:
    """Let people meet, up to `now`."""
    hall = _rooms(street)
    _hold(street, hall, topics["lift"], now)
    _propose(street, hall, topics["lift"], now)
    _call(street, hall, topics["road"], rng, now)


def _rooms(street: Street) -> Venue:
    """The station's two rooms; the hall is returned."""
    Venue.objects.create(
        community=street.community, kind=VenueKind.ACTIVITY_ROOM, name="党群服务站活动室", where=WHERE,
        area_m2="100.00", capacity=80,
    )  # fmt: skip
    return Venue.objects.create(
        community=street.community, kind=VenueKind.HALL, name="党群服务站议事厅", where=WHERE, area_m2="40.00",
        capacity=24,
    )  # fmt: skip


def _hold(street: Street, hall: Venue, topic: Topic, now: datetime) -> None:
    """Called after the topic was taken up; held three weeks ago; its minutes were amended once and are final."""
    today, people = local_day(now), street.people
    wu, chen, zheng = people["wu"], people["chen"], people["zheng"]
    starts_at, called_at = at_hour(today, -22, 19), at_hour(today, -36, 10)
    plan = _plan(street, hall, "3栋 2单元加装电梯，路和钱怎么办", "请带上自家的意见。图纸在服务站可看。", starts_at)
    meeting = meetings.draft(plan, actor=wu, at=called_at)
    for number, talk in enumerate(LIFT):
        about = topic if number == 0 else None
        agenda.add_item(meeting, title=talk.title, minutes=talk.minutes, topic=about, actor=wu, at=called_at)
    neighbours = inviting.people_of_building(street.buildings["3栋"])
    inviting.ask(meeting, neighbours, part=Part.RESIDENT, actor=wu, at=called_at)
    inviting.ask(meeting, [zheng], part=Part.BODY, body=street.bodies["恒信物业"], actor=wu, at=called_at)
    inviting.ask(meeting, [chen], part=Part.GUEST, actor=wu, at=called_at)
    meetings.call(meeting, actor=wu, at=called_at)
    inviting.answer(meeting, comes=True, actor=people["li"], at=called_at + timedelta(hours=2))
    visiting.note_visit(
        meeting, visited_at=starts_at - timedelta(hours=3), where="3栋北侧绿地", is_public=True, actor=wu,
        seen="从外墙到路牙 4.2 米，井道要 2.7 米深，离两棵香樟 0.8 米。", at=starts_at - timedelta(hours=2),
    )  # fmt: skip
    meeting.refresh_from_db()
    attending.check_in(meeting, code=attending.door_code(meeting), actor=people["li"], at=starts_at)
    for person in (people["yang"], zheng, chen):
        attending.check_in_by_hand(meeting, person, actor=wu, at=starts_at)
    attending.walk_in(meeting, name=WALKS_IN, building=street.buildings["3栋"], actor=wu, at=starts_at)
    meetings.hold(meeting, actor=wu, at=starts_at + timedelta(minutes=5))
    for item, talk in zip(meeting.items.order_by("position"), LIFT, strict=True):
        _talk_over(street, item, talk, starts_at + timedelta(minutes=20))
    _settle_the_minutes(street, meeting, starts_at)


def _propose(street: Street, hall: Venue, topic: Topic, now: datetime) -> None:
    """Two weeks ago the owners' committee put it to the owners by show of hands: more it can't decide."""
    today, wu = local_day(now), street.people["wu"]
    starts_at, called_at = at_hour(today, -14, 19), at_hour(today, -24, 10)
    body = Body.objects.get(kind=BodyKind.OWNERS_COMMITTEE, estate=street.estates[ESTATE])
    for title, name, account, _said in COMMITTEE:
        user = street.people.get(account)
        Post.objects.create(
            body=body, title=title, full_name=name, user=user, is_owner=True, since=today - timedelta(days=700)
        )
    plan = _plan(street, hall, "业委会例会", "请带上电梯方案。", starts_at, kind="owners-committee")
    meeting = meetings.draft(plan, actor=wu, at=called_at)
    item = agenda.add_item(meeting, title="电梯方案提交表决", minutes=30, topic=topic, actor=wu, at=called_at)
    inviting.ask_members(meeting, actor=wu, at=called_at)
    meetings.call(meeting, actor=wu, at=called_at)
    asked = zip(meeting.invitations.select_related("meeting", "user").order_by("pk"), COMMITTEE, strict=True)
    hands = {each: said for each, (*_who, said) in asked if said}
    for each in hands:
        if each.user:
            attending.check_in_by_hand(meeting, each.user, actor=wu, at=starts_at)
        else:
            attending.check_in_by_name(each, actor=wu, at=starts_at)
    meetings.hold(meeting, actor=wu, at=starts_at)
    at = starts_at + timedelta(minutes=30)
    item.refresh_from_db()
    deciding.decide_by_name(item, question=PROPOSED, matter=Matter.REBUILD, hands=hands, actor=wu, at=at)
    minuting.write_outcome(
        item, consensus=Consensus.MOSTLY, outcome=Outcome.VOTE, words="方案公示后由本单元业主表决。", version=1,
        actor=wu, at=at,
    )  # fmt: skip
    minuting.draw_up(meeting, actor=wu, at=starts_at + timedelta(hours=2))
    minuting.check_minutes(meeting, actor=street.people["chen"], at=starts_at + timedelta(hours=15))


def _talk_over(street: Street, item: AgendaItem, talk: Talk, at: datetime) -> None:
    wu = street.people["wu"]
    came = {row.user.username if row.user else "": row for row in item.meeting.attendances.select_related("user")}
    for said in talk.said:
        for_whom = ForWhom.BODY if said.for_body else ForWhom.NEIGHBOURS if said.for_building else ForWhom.SELF
        minuting.write_line(
            item, speaker=came[said.who], kind=said.kind, for_whom=for_whom, words=said.words,
            body=street.bodies[said.for_body] if said.for_body else None,
            building=street.buildings[said.for_building] if said.for_building else None, actor=wu, at=at,
        )  # fmt: skip
    minuting.write_outcome(
        item, consensus=talk.consensus, outcome=talk.outcome, words=talk.words, version=1, actor=wu, at=at
    )


def _settle_the_minutes(street: Street, meeting: Meeting, starts_at: datetime) -> None:
    people = street.people
    checked_at = starts_at + timedelta(hours=15)
    minuting.draw_up(meeting, actor=people["wu"], at=starts_at + timedelta(hours=2))
    minuting.check_minutes(meeting, actor=people["chen"], at=checked_at)
    first = meeting.items.order_by("position").first()
    asked = minuting.ask_for_a_change(
        meeting, words=CHANGE, item=first, actor=people["li"], at=checked_at + timedelta(hours=4)
    )
    minuting.answer_change(asked, take_in=True, words=TAKEN_IN, actor=people["luo"], at=checked_at + timedelta(hours=6))
    meeting.refresh_from_db()
    assert meeting.amend_until  # noqa: S101 - they are checked
    minuting.finish(meeting, actor=people["wu"], at=meeting.amend_until + timedelta(hours=9))


def _call(street: Street, hall: Venue, topic: Topic, rng: random.Random, now: datetime) -> None:
    """Talked over next week, by all who have a part in it; looked at on site the morning before."""
    wu, at = street.people["wu"], now - timedelta(hours=2)
    that_morning = at_hour(local_day(now), -1, 7) + timedelta(minutes=40)
    day = max(local_day(now) + timedelta(days=8), local_day(ends_after_days(at, 3)))
    plan = _plan(
        street, hall, "学校路早晚高峰停车", "请派出所、物业和家长一起来谈，先看现场照片。", at_hour(day, 0, 19)
    )
    meeting = meetings.draft(plan, actor=wu, at=at)
    agenda.add_item(meeting, title="路口和人行道怎么管", minutes=50, topic=topic, actor=wu, at=at)
    agenda.add_item(meeting, title="接送时段能不能借用小区南门", minutes=30, actor=wu, at=at)
    photo = SimpleUploadedFile("photo.jpg", picture("cars_on_pavement", rng), content_type="image/jpeg")
    visiting.note_visit(
        meeting, visited_at=that_morning, where="学校路南口", is_public=True, photos=[admit_photo(photo)],
        seen="七点四十分，人行道停了十一辆车，孩子走在马路上。", actor=wu, at=at,
    )  # fmt: skip
    inviting.ask(meeting, inviting.petitioners_of(meeting), part=Part.RESIDENT, actor=wu, at=at)
    for body in ("恒信物业", "安和派出所"):
        people = inviting.people_of_body(street.bodies[body], at)
        inviting.ask(meeting, people, part=Part.BODY, body=street.bodies[body], actor=wu, at=at)
    meetings.call(meeting, actor=wu, at=at)


def _plan(
    street: Street, hall: Venue, title: str, words: str, starts_at: datetime, *, kind: str = "discussion"
) -> MeetingPlan:
    return MeetingPlan(
        place=street.estates[ESTATE], mechanism=Mechanism.objects.get(code=kind, version=1), title=title,
        words=words, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), venue=hall,
    )  # fmt: skip
