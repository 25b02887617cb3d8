"""An election on the pages: candidates put on the ballot at the desk, several named, typed, explained, and entered."""

from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from governance.models import Body, BodyKind, Post, User
from issues.deliberation.domain import official, opening, papers, setting_up
from issues.deliberation.domain.setting_up import Offer
from issues.deliberation.models import Ballot, Channel, InvalidReason, Matter, Motion, MotionKind
from issues.deliberation.vote_papers import ballots_pdf, notice_pdf
from tests.cast import NOW, client_of
from tests.issues.deliberation.conftest import CLOSES, OPENS, VOTING
from tests.issues.deliberation.domain.test_elections import CANDIDATES, LATER, elect, figure, reported
from tests.issues.deliberation.domain.test_options import put_on
from tests.issues.deliberation.test_meeting_papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list:
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


@pytest.fixture
def draft(make_motion, small_committees) -> Motion:
    return make_motion(matter=Matter.COMMITTEE, title="选举业主委员会", seats=2, rule_set=small_committees)


@pytest.fixture
def election(draft, cast, moment) -> Motion:
    motion = setting_up.publish(put_on(draft, cast, *CANDIDATES), actor=cast.wu, at=NOW)
    moment[0] = VOTING
    return opening.bring_up_to_date(motion, VOTING)


def said_by(client, address: str, given: dict | None = None) -> str:
    return (client.post(address, given) if given is not None else client.get(address)).content.decode()


def test_seats_and_candidates_are_written_down_at_the_desk(cast, rule_set):
    client = client_of(cast.wu)
    plan = {
        "title": "选举业主委员会", "words": "选出新一届委员。", "estate": cast.estate.pk, "rule_set": rule_set.pk,
        "matter": Matter.FUND_USE, "kind": MotionKind.LEGAL, "seats": "2", "building": "3栋",
        "opens_at": OPENS.strftime("%Y-%m-%dT%H:%M"), "closes_at": CLOSES.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    wrong = said_by(client, "/desk/votes/new/", plan)
    assert "只有第（三）项才选人" in wrong
    assert "业委会由全小区选举" in wrong
    client.post("/desk/votes/new/", plan | {"matter": Matter.COMMITTEE, "building": ""})
    motion = Motion.objects.get()
    assert motion.seats == 2
    address = f"/desk/votes/{motion.public_id}/"
    page = said_by(client, address)
    assert "候选人姓名" in page
    assert 'name="price"' not in page
    client.post(f"{address}add_option/", {"title": "安国平", "words": "退休教师。", "version": 1})
    assert "候选人只有 1 人" in said_by(client, f"{address}publish/", {})
    assert 'value="2"' in said_by(client, f"{address}edit/")


def test_an_owner_names_up_to_so_many_and_sees_them_before_handing_it_in(election, house):
    client = client_of(house.owners["ann"])
    address = f"/votes/{election.public_id}/ballots/{election.roll.get(number='801').public_id}/"
    page = said_by(client, address)
    assert page.count('type="checkbox" name="choice"') == 5
    sending = {"sending": "00000000-0000-4000-8000-000000000001"}
    for choice in (["1", "2", "3"], ["1", "against"], ["against", "abstain"], [], ["7"]):
        wrong = said_by(client, address, sending | {"choice": choice, "sure": "1"})
        assert "请最多选 2 位候选人" in wrong
    assert 'id="choice-1" value="1" checked' in said_by(client, address, sending | {"choice": ["1", "against"]})
    checked = said_by(client, address, sending | {"choice": ["3", "1"]})
    assert checked.count('type="hidden" name="choice"') == 2
    assert "蔡明" in checked
    assert not Ballot.objects.exists()
    client.post(address, sending | {"choice": ["3", "1"], "sure": "1"})
    assert "已收下" in said_by(client, address)


def test_the_papers_list_the_candidates_and_are_typed_by_several_ticks(election, cast):
    said = text_of(ballots_pdf(election, list(election.roll.order_by("pk"))))
    assert said.count("□安国平□边小玲") == said.count("□以上都不选") == election.roll.count() == 7
    assert "最多在2位候选人前打勾" in said
    assert "所选人数超过应选人数" in said
    notice = text_of(notice_pdf(election))
    assert "4.以上都不选" not in notice
    for words in (
        "候选人（应选2人",
        "1.安国平",
        "蔡明的自我介绍",
        "人数票多的在前",
        "指导规则》第31、32、46条",
        "（三）",
    ):
        assert words in notice
    typing = f"/desk/votes/{election.public_id}/papers/"
    paper = {"serial": "X1", "building": "3栋", "stairwell": 1, "number": "805", "channel": "paper"}
    wu, sun = client_of(cast.wu), client_of(cast.sun)
    assert "所选人数超过名额，这张票无效" in said_by(wu, typing, paper | {"said": ["1", "2", "3"]})
    assert "不能同时选" in said_by(wu, typing, paper | {"said": ["1", "against"]})
    wu.post(typing, paper | {"said": ["3", "1"]})
    invalid = {"said": ["invalid"], "reason": InvalidReason.TOO_MANY}
    wu.post(typing, paper | invalid | {"serial": "X2", "number": "806"})
    first, second = Ballot.objects.order_by("pk")
    sun.post(f"{typing}{first.public_id}/", {"said": ["1", "3"]})
    sun.post(f"{typing}{second.public_id}/", invalid)
    assert Ballot.objects.effective().count() == 2


def test_the_page_says_who_is_elected_and_the_desk_enters_them(election, house, cast, moment):
    house.second = cast.sun
    elect(election, house)
    moment[0] = CLOSES
    page = said_by(client_of(house.owners["ann"]), f"/votes/{election.public_id}/")
    for words in ("已选出", "边小玲、安国平", "每位候选人的得票", "三项条件", "距规定的多数还差"):
        assert words in page
    desk, wu = f"/desk/votes/{election.public_id}/", client_of(cast.wu)
    assert "登记为委员" not in said_by(wu, desk)
    moment[0] = LATER
    assert "登记为委员" in said_by(wu, desk)
    Body.objects.get_or_create(
        kind=BodyKind.OWNERS_COMMITTEE, estate=cast.estate,
        defaults={"name": "春和苑业委会", "short_name": "业委会", "subdistrict": cast.community.subdistrict},
    )  # fmt: skip
    assert f'value="{LATER.year + 5}-{LATER - timedelta(days=1):%m-%d}"' in said_by(wu, desk)
    term = {"since": LATER.date(), "until": LATER.date() + timedelta(days=1095)}
    early = said_by(wu, f"{desk}enter_elected/", term | {"since": NOW.date()})
    assert "新一届不能从结果生效之前开始" in early
    assert "每届任期最长 5 年" in said_by(wu, f"{desk}enter_elected/", term | {"until": "2099-01-01"})
    wu.post(f"{desk}enter_elected/", term)
    assert list(Post.objects.filter(since=LATER.date()).values_list("full_name", flat=True)) == ["边小玲", "安国平"]
    page = said_by(wu, desk)
    assert "登记为委员" not in page
    assert "第 1 届，任期自" in page
    assert "其他候选人不递补" in page
    assert "/console/governance/post/" not in page
    assert f"/post/?body__id__exact={Post.objects.first().body_id}" in said_by(client_of(cast.sun), desk)
    assert "第 1 届，任期自" in said_by(client_of(house.owners["ann"]), f"/votes/{election.public_id}/")


def test_a_second_person_compares_what_each_candidate_reached_with_the_citys_document(draft, cast, moment):
    Motion.objects.filter(pk=draft.pk).update(kind=MotionKind.MIRROR)
    motion = setting_up.publish(put_on(draft, cast, *CANDIDATES), actor=cast.wu, at=NOW)
    moment[0] = CLOSES
    motion = opening.bring_up_to_date(motion, CLOSES)
    said = {"1": figure("412.30", 3), "2": figure("301.70", 2), "3": figure("7.05", 1)}
    official.enter(motion, reported(**said), actor=cast.wu, at=CLOSES)
    page = said_by(client_of(cast.sun), f"/desk/votes/{motion.public_id}/")
    for candidate, (area, heads) in zip(CANDIDATES, said.values(), strict=True):
        row = page[page.index(f'<th scope="row">{candidate.title}') :]
        assert (f"{area} ㎡" in row[: row.index("</tr>")], f"{heads} 人" in row[: row.index("</tr>")]) == (True, True)


def test_twenty_candidates_fit_on_one_sheet(draft, cast, moment):
    Motion.objects.filter(pk=draft.pk).update(seats=11)
    long_names = (Offer(f"候选人名字很长的少数民族同志{number}号", words="自我介绍。") for number in range(20))
    motion = setting_up.publish(put_on(draft, cast, *long_names), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    paper = ballots_pdf(motion, list(motion.roll.order_by("pk")[:2]))
    assert len(PdfReader(BytesIO(paper)).pages) == 2


def test_a_candidate_at_the_desk_reads_why_the_papers_are_not_theirs(election, house, cast):
    papers.record(
        election.roll.get(number="805"), said="1", serial="X1", channel=Channel.PAPER, cast_at=VOTING, actor=cast.sun,
        at=VOTING,
    )  # fmt: skip
    User.objects.filter(pk=cast.wu.pk).update(full_name="安国平")
    candidate, desk = client_of(User.objects.get(pk=cast.wu.pk)), f"/desk/votes/{election.public_id}/"
    page = said_by(candidate, desk)
    assert "候选人不能经办本次选举" in page
    assert "ask_to_withdraw" not in page
    assert "ask_to_withdraw" in said_by(client_of(cast.sun), desk)
    for page in (said_by(candidate, f"{desk}papers/"), said_by(candidate, f"{desk}deliveries/")):
        assert "您的姓名在这张表决票上" in page
        assert "X1" not in page
        assert 'type="submit" class="btn btn-primary' not in page
    assert "ballots.pdf" not in said_by(candidate, f"{desk}papers/")
    assert "ballots.pdf" in said_by(client_of(cast.sun), f"{desk}papers/")
    printed = f"{desk}papers/ballots.pdf"
    assert (candidate.get(printed).status_code, client_of(cast.sun).get(printed).status_code) == (409, 200)
    assert candidate.get(f"{desk}papers/{Ballot.objects.get().public_id}/").status_code == 409
    noted = {"building": "3栋", "stairwell": "1", "doors": "801", "way": "handed", "on": VOTING.date(), "by": "蔡明"}
    assert "候选人不能送达" in said_by(client_of(cast.sun), f"{desk}deliveries/", noted)
