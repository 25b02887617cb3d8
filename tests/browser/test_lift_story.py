"""The lift of one stairwell (H4), from a petition to the residents' judgement, each person at their own screen.

From the story's page alone a reader can answer who raised it, who vetted it and why, who promised what by when, what it
cost and who paid, who dissented, by how much it passed and under which article, what is open, and how it was judged.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from playwright.sync_api import Page

from governance.models import Unit, User
from issues.deliberation.domain import casting
from issues.deliberation.models import Choice, Matter, Motion, MotionState, RuleSet, Topic
from residents.models import Petition
from tests.browser.conftest import DESK, Moment, keep_picture
from tests.browser.deliberating import (
    accept,
    decide,
    fill,
    minute,
    open_with_all,
    prepare,
    publish_minutes,
    report_done,
    send,
    take,
    write_down,
)
from tests.browser.people import Reader, go_by
from tests.cast import NOW, SHANGHAI, Cast, file
from tests.issues.deliberation.conftest import owns
from tests.issues.deliberation.meeting import a_hall

pytestmark = pytest.mark.django_db(transaction=True)

SAID = "我父亲坐轮椅住五楼，下楼要两个人抬，想请单元里一起商量加装电梯。"
ABOUT = "这个单元六层十二户，五位老人七十岁以上。北侧绿地够装一部电梯，要占学校路一侧约 1.5 米。"
COSTS = "预算 58 万元，政府补贴 20 万元，其余由本单元业主按楼层分摊"
WHY = "十二户里九户有意向，涉及公共道路，要先勘察再议。"
QUESTION = "是否在 3单元北侧加装一部电梯"
TEXT = "加装电梯，预算 58 万元，补贴 20 万元，其余按楼层分摊，一层不出。"
OPENS, CLOSES = datetime(2026, 6, 8, 9, tzinfo=SHANGHAI), datetime(2026, 6, 15, 18, tzinfo=SHANGHAI)
MEETS, MEETS_UNTIL = datetime(2026, 5, 19, 19, tzinfo=SHANGHAI), datetime(2026, 5, 19, 21, tzinfo=SHANGHAI)
DISSENT = "一层不用电梯，采光和噪声怎么补偿没有谈妥。"
TO_THE_VOTE = "多数同意加装，方案和分摊提交本单元业主表决。"
BUILD = "在 3单元北侧装好一部六层六站电梯，通过检验"
PERMIT = "占用学校路公共道路的许可"
DOORS = tuple(f"{floor}0{side}" for floor in range(1, 7) for side in (1, 2))


@dataclass
class Story:
    """Who is there, at which screen, and what has come of it so far."""

    cast: Cast
    moment: Moment
    li: Reader
    wu: Reader
    chen: Reader
    zheng: Reader
    sun: Reader
    neighbour: Reader
    owners: list[User]
    petition: Petition
    topic: Topic = field(init=False)
    motion: Motion = field(init=False)


@pytest.fixture
def story(cast: Cast, moment: Moment, screen: Callable[..., Page]) -> Story:
    """Twelve doors of 80 m² with an owner each; Li owns 301. She has said what is wrong."""
    RuleSet.objects.filter(code="owners-assembly").update(signed_by="方律师", signed_on=NOW.date())
    owners = []
    for door in DOORS:
        unit = Unit.objects.create(building=cast.building, stairwell=3, number=door, exclusive_area_m2=Decimal("80.00"))
        owner = cast.li if door == "301" else User.objects.create(username=f"o{door}", full_name="某某", surname="某")
        owns(owner, unit)
        owners.append(owner)
    petition = file(cast.li, cast.building, category="other", words=SAID, stairwell=3)
    at_desk = {name: Reader(screen(getattr(cast, name), viewport=DESK)) for name in ("wu", "chen", "zheng", "sun")}
    on_phone = {"li": Reader(screen(cast.li)), "neighbour": Reader(screen(owners[0]))}
    return Story(cast, moment, owners=owners, petition=petition, **at_desk, **on_phone)


def test_the_lift_from_a_petition_to_the_judgement(story: Story):
    the_community_makes_a_topic_of_it(story)
    the_secretary_takes_it_up(story)
    all_sides_meet_and_one_disagrees(story)
    the_owners_of_the_stairwell_decide(story)
    it_is_carried_out_and_judged(story)
    the_page_answers(story)


def the_community_makes_a_topic_of_it(story: Story) -> None:
    matter = story.petition.links.get().issue
    page = story.wu.page
    page.goto(f"/desk/{matter.public_id}/")
    story.wu.press_and_go("Make a topic of it")
    assert story.petition.receipt_no in page.locator("[name=receipts]").input_value()
    fill(story.wu, title="3栋 3单元加装电梯", words=ABOUT, costs=COSTS, building="3栋", stairwell="3")
    go_by(page.locator(".hold button"))
    story.topic = Topic.objects.get()
    story.li.page.goto(f"/petitions/{story.petition.receipt_no}/")
    assert "列为议题" in story.li.page.locator("main").inner_text()


def the_secretary_takes_it_up(story: Story) -> None:
    page = story.chen.page
    page.goto("/desk/topics/")
    go_by(page.get_by_role("link", name="3栋 3单元加装电梯"))
    decide(story.chen, "accept", "common", WHY)
    keep_picture(page, "lift-vetted")


def all_sides_meet_and_one_disagrees(story: Story) -> None:
    """A joint meeting with the petitioner and the company; a neighbour walks in and disagrees. It decides nothing."""
    page, hall = story.wu.page, a_hall(story.cast)
    meeting = prepare(
        story.wu, hall, MEETS, MEETS_UNTIL, title="加装电梯怎么办", place=f"estate-{story.cast.estate.pk}",
        mechanism="联席会议",
    )  # fmt: skip
    send(page, "add_item", title="3单元加装电梯", minutes="60", topic=str(story.topic.public_id))
    send(page, "ask_petitioners")
    send(page, "ask_body", body=str(story.cast.hengxin.pk))
    send(page, "call")
    story.moment.set(MEETS)
    page.goto(f"/desk/meetings/{meeting.public_id}/room/")
    send(page, "walk_in", name="老吴", building="3栋")
    open_with_all(page, meeting)
    neighbour = meeting.attendances.get(user=None)
    minute(page, meeting, dissent=DISSENT, by=neighbour, outcome="vote", words=TO_THE_VOTE)
    story.moment.set(MEETS_UNTIL)
    publish_minutes(meeting, by=page, checked_by=story.chen.page)


def the_owners_of_the_stairwell_decide(story: Story) -> None:
    """Refused too early, announced in time; ten of twelve vote, two of them against; nobody objects."""
    page = story.wu.page
    page.goto(f"/desk/topics/{story.topic.public_id}/")
    story.wu.press_and_go("Prepare a vote")
    rules = str(RuleSet.objects.get(code="owners-assembly").pk)
    fill(story.wu, title=QUESTION, words=TEXT, matter=Matter.REBUILD, rule_set=rules)
    page.locator("label:has([value=legal])").click()
    fill(story.wu, opens_at="2026-05-20T09:00", closes_at="2026-05-27T18:00")
    go_by(page.locator(".hold button"))
    story.wu.press_and_go("Publish the notice")
    assert page.locator("[role=alert]").is_visible()
    story.motion = Motion.objects.get()
    assert story.motion.state == MotionState.DRAFT

    story.wu.press_and_go("Change the draft")
    fill(story.wu, opens_at=f"{OPENS:%Y-%m-%dT%H:%M}", closes_at=f"{CLOSES:%Y-%m-%dT%H:%M}")
    go_by(page.locator(".hold button"))
    story.wu.press_and_go("Publish the notice")
    story.motion.refresh_from_db()
    assert story.motion.topic == story.topic

    story.moment.set(OPENS + timedelta(hours=2))
    vote_on_the_phone(story.li, story.motion, "301", "for")
    vote_on_the_phone(story.neighbour, story.motion, "101", "against")
    story.motion.refresh_from_db()
    for owner, door in list(zip(story.owners, DOORS, strict=True))[1:10]:
        if door != "301":
            choice = Choice.AGAINST if door == "102" else Choice.FOR
            entry = story.motion.roll.get(number=door)
            casting.cast(
                story.motion, entries=[entry], choice=choice, sending=uuid4(), actor=owner, at=OPENS + timedelta(days=1)
            )
    story.moment.set(CLOSES)
    story.li.page.goto(f"/votes/{story.motion.public_id}/")
    keep_picture(story.li.page, "lift-verdict")
    story.motion.refresh_from_db()
    assert story.motion.has_passed
    story.moment.set(story.motion.objections_until)
    story.li.page.goto(f"/votes/{story.motion.public_id}/")


def vote_on_the_phone(reader: Reader, motion: Motion, door: str, choice: str) -> None:
    page = reader.page
    page.goto(f"/votes/{motion.public_id}/")
    reader.press_and_go("Fill in the ballot")
    page.locator(f"label[for='choice-{choice}']").click()
    go_by(page.locator("main form:has([name=sending]) button[type=submit]").first)
    go_by(page.locator("button[name=sure]"))
    assert "您的表决票已收下" in page.locator("h1").inner_text()
    assert motion.roll.get(number=door).ballots.count() == 1


def it_is_carried_out_and_judged(story: Story) -> None:
    """The company promises to build it; a permit for public road is in the way, and has an owner and a date."""
    built = write_down(
        story.wu, story.topic, story.cast.hengxin, BUILD, post="项目经理", category="电梯", working_days="90",
        decided_yuan="380000.00", payer="本单元业主", motion=str(story.motion.pk),
    )  # fmt: skip
    permit = {"what": PERMIT, "owner": str(story.cast.street_office.pk), "due_on": "2026-07-31"}
    take(story.wu.page, f"/desk/commitments/{built.public_id}/", "block", **permit)
    page = story.li.page
    page.goto(f"/topics/{story.topic.public_id}/")
    told = page.locator("main").inner_text()
    for answer in (PERMIT, "由安和街道在 7月31日 周五前解决", "项目经理"):
        assert answer in told
    keep_picture(page, "lift-promised")

    story.moment.pass_by(days=20)
    blocker = built.blockers.get()
    street = story.sun.page
    street.goto(f"/desk/commitments/{built.public_id}/")
    cleared = street.locator(f"form[action$='/blockers/{blocker.public_id}/']")
    street.locator("details:has(form[action*='/blockers/']) summary").click()
    cleared.locator("[name$=words]").fill("许可证 7 月 12 日批下来了。")
    go_by(cleared.locator("button"))
    report_done(story.zheng, built, "电梯装好，检验合格。", paid="376500.00", by="本单元业主")
    accept(story.chen, built, "现场看过，检验标志贴在轿厢里。")

    story.chen.page.goto(f"/desk/topics/{story.topic.public_id}/")
    decide(story.chen, "close", "kept", "电梯装好了，检验合格，钥匙已经发到各户。")
    page.goto(f"/topics/{story.topic.public_id}/")
    page.locator("label:has([value=yes])").click()
    page.locator("label:has([value='5'])").click()
    go_by(page.locator("form[action$='/judge/'] button"))


def the_page_answers(story: Story) -> None:
    """A reader who has no account and knows nothing but this page."""
    page = story.neighbour.page
    page.context.clear_cookies()
    page.goto(f"/topics/{story.topic.public_id}/")
    keep_picture(page, "lift-story")
    told = page.locator("main").inner_text()
    for question, answer in {
        "who raised it": "居民提出 1 件诉求",
        "who vetted it": "陈书记",
        "and why": WHY,
        "who promised what": BUILD,
        "by when": "90 个工作日",
        "what it was to cost and who pays": "议定 380,000.00 元，由本单元业主出资",
        "what it cost and who paid": "376,500.00 元",
        "what stood in the way": "许可证 7 月 12 日批下来了。",
        "who accepted it": "现场看过，检验标志贴在轿厢里。",
        "where it was talked over": "联席会议",
        "what came of it there": TO_THE_VOTE,
        "that it bound nobody": "此事由业主共同表决（民法典第278条），会上的意见不具约束力。",
        "who disagreed there": f"3栋一位居民 不同意见：{DISSENT}",
        "who voted against it": "2 人，160.00 ㎡",
        "by how much it passed": "80.00 %",
        "under which article": "民法典第 278 条第 2 款",
        "how the residents judged it": "1 位居民评价，1 位说“已解决”",
    }.items():
        assert answer in told, question
    for name in (story.cast.li.full_name, story.cast.chen.full_name, "某某"):
        assert name not in told
