"""A vote on paper: the notice says what the page says, and each home gets a ballot with its own number."""

import pytest

from issues.deliberation.domain import papers
from issues.deliberation.models import RollEntry
from issues.deliberation.vote_papers import ballots_pdf, notice_pdf
from tests.cast import client_of
from tests.issues.deliberation.conftest import VOTING
from tests.issues.deliberation.test_meeting_papers import text_of

pytestmark = pytest.mark.django_db


def test_the_notice_says_what_is_decided_by_which_rules_and_when(motion):
    said = text_of(notice_pdf(motion))
    for words in (
        "业主表决公告", motion.title, "法定表决", "费用12,600元，从维修资金列支。", "2026年6月4日", "09:00",
        "（五）使用建筑物及其附属设施的维修资金", "面积至少占名册的2/3", "民法典第278条第2款", "春和社区",
        "结果对全体业主都有约束力",
    ):  # fmt: skip
        assert "".join(words.split()) in said, words


def test_a_draft_has_no_notice(make_motion):
    with pytest.raises(ValueError, match="draft"):
        notice_pdf(make_motion())


def test_each_home_on_the_roll_has_a_ballot_with_its_number_and_three_choices(motion):
    entries = list(motion.roll.order_by("pk"))
    said = text_of(ballots_pdf(motion, entries))
    printed = papers.printed_serials(motion)
    for entry in entries:
        assert printed[entry.pk] in said
        assert f"3栋1单元{entry.number}" in said
    assert said.count("业主表决票") == len(entries) == 7
    assert said.count("□同意□反对□弃权") == 7


def test_the_desk_prints_them_building_by_building_while_the_vote_runs(motion, cast, monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: VOTING)
    address = f"/desk/votes/{motion.public_id}/papers/"
    assert "building=3" in client_of(cast.wu).get(address).content.decode()
    paper = client_of(cast.wu).get(f"{address}ballots.pdf", {"building": "3栋"})
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert client_of(cast.wu).get(f"{address}ballots.pdf", {"building": "别处"}).status_code == 404
    assert client_of(cast.zheng).get(f"{address}ballots.pdf").status_code == 404
    assert RollEntry.objects.filter(motion=motion).count() == 7


def test_the_notice_is_there_for_whoever_reads_the_vote(motion, cast, monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: VOTING)
    assert client_of(cast.wang).get(f"/votes/{motion.public_id}/notice.pdf").content.startswith(b"%PDF")
