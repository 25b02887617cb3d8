"""What is being deliberated in the demo's street: topics at each gate, and one for which owners gather support.

Each went through the functions that people's clicks call, at the instants at which it would have.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from governance.domain.moment import local_day
from governance.models import User
from issues.deliberation.domain import demanding, proposing, vetting
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.vetting import Finding
from issues.deliberation.models import Topic, TopicOrigin, VettingReason
from issues.demo.owners import ESTATE
from issues.demo.playing import StoryDoesNotHold
from issues.demo.street import Street
from issues.demo.when import at_hour
from residents.models import Petition

# So many owners have put their names to it: more than half of what is needed.
SUPPORTERS = 22


@dataclass(frozen=True)
class Told:
    title: str
    words: str
    costs: str = ""


LIFT = Told(
    "3栋 2单元加装电梯",
    "这个单元六层十二户，住着五位七十岁以上的老人，一位坐轮椅，下楼看病要两个人抬。\n"
    "北侧有一块绿地，装一部六层六站的电梯够用，但要占学校路一侧约 1.5 米公共道路，先要道路部门同意。",
    "预算 58 万元，政府补贴 20 万元，其余由本单元业主按楼层分摊",
)
ROAD = Told(
    "学校路早晚高峰乱停车",
    "早上七点二十到八点，下午四点半到五点半，学校路人行道停满接孩子的车，孩子和老人走到马路中间。\n"
    "贴过条，一走又停上来，光靠物业劝不住。",
)
COMPANY = Told(
    "召开业主大会，表决是否重新选聘物业服务企业",
    "现在的合同明年六月到期。公共收益去年没有公示，电梯维修一拖再拖。\n"
    "要求召开业主大会临时会议：是续聘，还是公开招标重新选聘，由全体业主表决。",
    "开会和计票费用约 6,000 元，从公共收益列支",
)
HOIST = Told(
    "6栋电梯换曳引机",
    "6栋电梯今年修了七次，每次换小件，过几天又停。六楼有位老人要定期透析，停一次误一次。\n"
    "想请大家商量：接着小修，还是用维修资金一次换掉曳引机。",
)
FANS = Told(
    "电梯里装风扇",
    "夏天电梯里又闷又热，老人和孩子受不了。七栋楼七部电梯，想请物业各装一台风扇。",
    "每台约 1,200 元，请物业出",
)
PIANO = Told("晚上八点以后不许弹琴", "楼上孩子练琴，希望小区统一规定晚上八点以后不许弹琴。")


def bring_up_topics(street: Street, now: datetime) -> dict[str, Topic]:
    """Bring them up and let them be looked at, up to `now`. By what they are called here."""
    today, people = local_day(now), street.people
    topics = {
        "lift": _raise(
            street, LIFT, TopicOrigin.RESIDENT, people["li"], at_hour(today, -40, 10), home="3栋", stairwell=2
        ),
        "road": _raise(
            street, ROAD, TopicOrigin.PETITIONS, people["wu"], now - timedelta(hours=26), wide=True,
            petitions=_said(street, "parking"),
        ),
        "company": _raise(street, COMPANY, TopicOrigin.OWNERS, people["zhang"], at_hour(today, -6, 20)),
        "hoist": _raise(
            street, HOIST, TopicOrigin.PETITIONS, people["luo"], now - timedelta(hours=3), home="6栋",
            petitions=_said(street, "lift", "6栋"),
        ),
        "fans": _raise(street, FANS, TopicOrigin.OFFICE, people["wu"], at_hour(today, -34, 9)),
        "piano": _raise(street, PIANO, TopicOrigin.RESIDENT, people["zhang"], at_hour(today, -12, 21)),
    }  # fmt: skip
    chen = people["chen"]
    vetting.accept(
        topics["lift"],
        Finding(VettingReason.COMMON, "十二户里九户签了意向，涉及公共道路，要先勘察再议。由支部牵头开议事会。"),
        actor=chen, at=at_hour(today, -37, 15),
    )  # fmt: skip
    vetting.accept(
        topics["fans"],
        Finding(VettingReason.COMMON, "七栋楼都有人提，花钱不多，请物业到会商量。"),
        actor=chen, at=at_hour(today, -31, 10),
    )  # fmt: skip
    vetting.accept(
        topics["road"],
        Finding(VettingReason.REPEATED, "几位居民都反映，劝过、贴过都不管用。请学校、交警、物业和居民一起到现场看。"),
        actor=people["qin"], at=now - timedelta(hours=5),
    )  # fmt: skip
    vetting.decline(
        topics["piano"],
        Finding(VettingReason.PRIVATE, "是两家之间的事，已请楼栋长上门，两家愿意调解。小区不宜作统一规定。"),
        show=True, actor=chen, at=at_hour(today, -9, 10),
    )  # fmt: skip
    _gather(topics["company"], street, now)
    return topics


def _raise(
    street: Street,
    told: Told,
    origin: TopicOrigin,
    by: User,
    at: datetime,
    *,
    wide: bool = False,
    home: str = "",
    stairwell: int | None = None,
    petitions: tuple[Petition, ...] = (),
) -> Topic:
    proposal = Proposal(
        community=street.community, estate=None if wide else street.estates[ESTATE], origin=origin, title=told.title,
        words=told.words, costs=told.costs, building=street.buildings[home] if home else None, stairwell=stairwell,
        petitions=petitions,
    )  # fmt: skip
    return proposing.propose(proposal, sending=uuid5(by.public_id, told.title), actor=by, at=at)


def _said(street: Street, category: str, building: str = "") -> tuple[Petition, ...]:
    """What residents of the estate have filed about it. Raises `StoryDoesNotHold` if nobody has."""
    found = Petition.objects.filter(estate=street.estates[ESTATE], category__code=category)
    if building:
        found = found.filter(building=street.buildings[building])
    if not found:
        raise StoryDoesNotHold(f"nobody has filed anything about {category}")
    return tuple(found.order_by("filed_at", "pk"))


def _gather(topic: Topic, street: Street, now: datetime) -> None:
    """One owner after another puts the name to it; enough they aren't yet."""
    owners = [user for name, user in sorted(street.people.items()) if name.startswith("owner")]
    for number, owner in enumerate(owners[:SUPPORTERS]):
        at = topic.raised_at + (now - topic.raised_at) * (number + 1) / (SUPPORTERS + 1)
        if demanding.support(topic, actor=owner, at=at).is_reached:
            raise StoryDoesNotHold("by the story it isn't enough yet")
