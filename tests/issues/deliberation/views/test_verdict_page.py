"""The verdict explains itself: what was reached, what was needed, what was missing, and by which article."""

import re

import pytest

from issues.deliberation.domain.opening import bring_up_to_date
from issues.deliberation.models import Choice
from issues.deliberation.verdict_page import verdict_of
from tests.cast import client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: CLOSES)


def page_of(user, motion) -> str:
    return client_of(user).get(f"/votes/{motion.public_id}/").content.decode()


def test_before_the_count_there_is_none(motion):
    assert verdict_of(motion) is None


def test_without_a_quorum_it_says_by_how_much_and_under_which_article(motion, house):
    vote(motion, house, "ann", "801", at=VOTING)
    vote(motion, house, "ben", "802", "803", at=VOTING)
    page = page_of(house.owners["ann"], motion)
    assert "166.67" in page  # of 700 m², 466.67 had to take part; 300 did
    assert "300.00 × 3 = 900.00" in page
    assert "民法典第 278 条" in page
    assert page.count('<li class="no">') == 2


def test_the_bars_add_up_to_the_roll(motion, house):
    vote(motion, house, "ann", "801", at=VOTING)
    vote(motion, house, "ben", "802", "803", choice=Choice.AGAINST, at=VOTING)
    vote(motion, house, "cai", "804", choice=Choice.ABSTAIN, at=VOTING)
    verdict = verdict_of(bring_up_to_date(motion, CLOSES))
    for bar in verdict.bars:
        assert sum(float(each.width.rstrip("%")) for each in bar.segments) == pytest.approx(100, abs=0.01)
        assert [each.look for each in bar.segments] == ["aye", "nay", "abs", "out"]


def test_every_part_of_the_roll_stands_in_the_table_once(motion, house):
    vote(motion, house, "ann", "801", at=VOTING)
    rows = verdict_of(bring_up_to_date(motion, CLOSES)).rows
    assert [(row.area, row.heads) for row in rows[:3]] == [("700.00", "5"), ("100.00", "1"), ("100.00", "1")]
    assert rows[1].area_share == "14.29 %"
    assert rows[2].area_share == "100.00 %"


def test_a_vote_in_which_nobody_took_part_has_a_page_too(motion, house):
    page = page_of(house.owners["ann"], motion)
    assert 'class="outcome"' in page
    assert not re.search(r"\bnan\b|None", page.split("<main")[1])
