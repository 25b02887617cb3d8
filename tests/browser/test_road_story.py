"""The road to school (H3): residents complain, all look and meet, three bodies promise, and each is followed up.

From the story's page alone a reader can answer who raised it, who vetted it and why, who promised what by when, what it
cost and who paid, what is still open, and how the residents judged it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page

from governance.models import Category
from issues.deliberation.models import Commitment, Topic
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
    write_down,
)
from tests.browser.people import Reader, go_by
from tests.cast import Cast, file
from tests.issues.deliberation.meeting import ENDS, STARTS, a_hall

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "学校路早晚高峰乱停车"
ABOUT = "上学放学时人行道上停满车，孩子走到马路中间。贴条、劝说都不管用。"
WHY = "反复有人反映，要请学校、交警、物业和居民到现场一起看。"
SEEN = "早上七点四十，人行道停了二十六辆车。"
OUTCOME = "物业装护栏，派出所巡逻，社区说明路线，一个月后再看。"
DISSENT = "护栏要留出轮椅的口子，现在的图没有。"
RAILINGS = "在校门两侧装 120 米护栏"
PATROL = "上学放学时段每天巡逻，违停当场处理"
EXPLAIN = "逐户说明接送路线，早晚派人引导"


@dataclass
class Story:
    """Who is there, at which screen, and what has come of it so far."""

    cast: Cast
    moment: Moment
    li: Reader
    wang: Reader
    wu: Reader
    sun: Reader
    zheng: Reader
    luo: Reader
    petitions: list[Petition]
    topic: Topic = field(init=False)
    promised: dict[str, Commitment] = field(default_factory=dict)


@pytest.fixture
def story(cast: Cast, moment: Moment, screen: Callable[..., Page]) -> Story:
    """Two residents have filed about the cars."""
    said = {cast.li: "校门口人行道全是车。", cast.wang: "孩子上学要走马路中间，太危险。"}
    petitions = [file(who, cast.building, category="parking", words=words) for who, words in said.items()]
    at_desk = {name: Reader(screen(getattr(cast, name), viewport=DESK)) for name in ("wu", "sun", "zheng", "luo")}
    on_phone = {name: Reader(screen(getattr(cast, name))) for name in ("li", "wang")}
    return Story(cast, moment, petitions=petitions, **at_desk, **on_phone)


def test_the_road_from_two_petitions_to_three_kept_promises(story: Story):
    it_becomes_a_topic_of_the_whole_community(story)
    they_look_on_site_and_meet(story)
    three_bodies_promise(story)
    each_is_followed_up(story)
    it_is_closed_and_judged(story)
    the_page_answers(story)


def it_becomes_a_topic_of_the_whole_community(story: Story) -> None:
    page = story.wu.page
    page.goto("/desk/topics/")
    story.wu.press_and_go("Make a topic")
    numbers = "\n".join(petition.receipt_no for petition in story.petitions)
    fill(story.wu, title=TITLE, words=ABOUT, receipts=numbers, community=story.cast.community.name)
    go_by(page.locator(".hold button"))
    story.topic = Topic.objects.get()
    assert story.topic.estate is None

    story.sun.page.goto(f"/desk/topics/{story.topic.public_id}/")
    decide(story.sun, "accept", "repeated", WHY)
    for reader, petition in zip((story.li, story.wang), story.petitions, strict=True):
        reader.page.goto(f"/petitions/{petition.receipt_no}/")
        assert "议题通过了把关" in reader.page.locator("main").inner_text()


def they_look_on_site_and_meet(story: Story) -> None:
    """Called in time with the petitioners and the company; held, minuted, and checked by somebody else."""
    page, hall = story.wu.page, a_hall(story.cast)
    meeting = prepare(
        story.wu, hall, STARTS, ENDS, title="学校路停车怎么办", place=f"community-{story.cast.community.pk}",
        mechanism="说事议事会",
    )  # fmt: skip
    send(page, "add_item", title="校门口怎么管", minutes="40", topic=str(story.topic.public_id))
    send(page, "ask_petitioners")
    send(page, "ask_body", body=str(story.cast.hengxin.pk))
    send(page, "visit", visited_at="2026-05-15T07:40", where="学校路校门口", seen=SEEN, is_public="yes")
    send(page, "call")
    story.li.page.goto(f"/meetings/{meeting.public_id}/")
    assert "学校路停车怎么办" in story.li.page.locator("h1").inner_text()

    story.moment.set(STARTS)
    open_with_all(page, meeting)
    speaker = meeting.attendances.get(number=1)
    minute(page, meeting, dissent=DISSENT, by=speaker, outcome="commitments", words=OUTCOME)
    story.moment.set(ENDS)
    publish_minutes(meeting, by=page, checked_by=story.sun.page)


def three_bodies_promise(story: Story) -> None:
    here = {"category": str(Category.objects.get(code="parking").pk), "estate": story.cast.estate.name}
    story.promised = {
        "railings": write_down(
            story.wu, story.topic, story.cast.hengxin, RAILINGS, post="项目经理", working_days="10",
            decided_yuan="18600.00", payer="恒信物业", **here,
        ),
        "patrol": write_down(
            story.wu, story.topic, story.cast.department, PATROL, post="社区民警", working_days="5", **here
        ),
        "explain": write_down(
            story.wu, story.topic, story.cast.residents_committee, EXPLAIN, post="社区工作人员", working_days="5",
            **here,
        ),
    }  # fmt: skip


def each_is_followed_up(story: Story) -> None:
    """The patrol is accepted, a resident says that it isn't done, and the street takes it up again."""
    story.moment.pass_by(days=3)
    report_done(story.luo, story.promised["patrol"], "每天早晚各一班，已贴告示。")
    report_done(story.wu, story.promised["explain"], "逐户走访 86 户，两名志愿者早晚引导。")
    report_done(story.zheng, story.promised["railings"], "护栏装好了。", paid="18600.00", by="恒信物业")
    for key, seen in (("patrol", "早上去看过。"), ("explain", "抽查了十户。"), ("railings", "量过，120 米。")):
        accept(story.sun, story.promised[key], seen)

    page = story.wang.page
    page.goto(f"/topics/{story.topic.public_id}/")
    patrol = page.locator(f"#commitment-{story.promised['patrol'].public_id}")
    go_by(patrol.locator("a[href$='/not-done/']"))
    page.locator("[name=words]").fill("这两天下午没有人来。")
    go_by(page.locator("main form[method=post] button[type=submit]"))
    desk = story.sun.page
    desk.goto(f"/desk/commitments/{story.promised['patrol'].public_id}/")
    desk.locator("form[action*='/doubts/'] textarea").fill("属实，下午班漏排了，已要求补上。")
    go_by(desk.locator("form[action*='/doubts/'] button[name=again]"))
    report_done(story.luo, story.promised["patrol"], "下午班补上了，连看三天。")
    accept(story.sun, story.promised["patrol"], "下午又去看过两次，都在。")


def it_is_closed_and_judged(story: Story) -> None:
    story.sun.page.goto(f"/desk/topics/{story.topic.public_id}/")
    decide(story.sun, "close", "kept", "护栏、巡逻、引导都到位了。")
    for reader, stars in ((story.li, "5"), (story.wang, "4")):
        page = reader.page
        page.goto(f"/topics/{story.topic.public_id}/")
        page.locator("label:has([value=yes])").click()
        page.locator(f"label:has([value='{stars}'])").click()
        go_by(page.locator("form[action$='/judge/'] button"))


def the_page_answers(story: Story) -> None:
    """A reader who has no account and knows nothing but this page."""
    page = story.li.page
    page.context.clear_cookies()
    page.goto(f"/topics/{story.topic.public_id}/")
    keep_picture(page, "road-story")
    told = page.locator("main").inner_text()
    for question, answers in {
        "who raised it": ("居民提出 2 件诉求",),
        "who vetted it and why": ("孙", WHY),
        "what was seen on site": (SEEN,),
        "what the meeting came to": (OUTCOME, "说事议事会"),
        "who dissented": (DISSENT,),
        "who promised what": (RAILINGS, PATROL, EXPLAIN, "恒信物业", "社区民警", "社区工作人员"),
        "by when": ("10 个工作日", "5 个工作日"),
        "what it cost and who paid": ("18,600.00 元", "恒信物业"),
        "what was open and is done now": ("属实，下午班漏排了，已要求补上。", "下午又去看过两次，都在。"),
        "how the residents judged it": ("2 位居民评价，2 位说“已解决”",),
    }.items():
        for answer in answers:
            assert answer in told, question
    for person in (story.cast.li, story.cast.wang, story.cast.sun):
        assert person.full_name not in told
