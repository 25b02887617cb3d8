"""“Not done”: who may say it, for how long, and what becomes of it."""

from datetime import timedelta

import pytest

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Notice
from issues.deliberation.commitments import Line, commitments_of
from issues.deliberation.domain import carrying_out, doubting, supervising
from issues.deliberation.domain.doubting import NotInDoubt, OnlyConcerned
from issues.deliberation.models import Commitment, CommitmentState, Topic
from tests.cast import NOW, Cast, file
from tests.issues.deliberation.promises import make_topic, promise
from tests.photos import jpeg

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def kept(cast: Cast, topic: Topic) -> Commitment:
    commitment = promise(cast, topic)
    carrying_out.report_done(commitment, words="装好了。", photos=[jpeg()], actor=cast.zhou, at=NOW)
    return supervising.accept(commitment, words="看过了。", actor=cast.chen, at=NOW)


@pytest.fixture
def commitment(cast: Cast) -> Commitment:
    return kept(cast, make_topic(cast))


def line_of(commitment: Commitment, now=NOW + DAY) -> Line:
    (line,) = commitments_of(commitment.topic, now)
    return line


def test_one_of_the_residents_is_enough_and_it_is_counted_in_public(cast, commitment):
    doubting.doubt(commitment, words="北侧没装。", actor=cast.li, at=NOW + DAY)
    assert (line_of(commitment).doubts, line_of(commitment).doubts_unanswered) == (1, 1)
    assert Notice.objects.filter(recipient=cast.chen, message_key="commitment_doubted").count() == 1


def test_said_twice_by_one_person_the_first_stands(cast, commitment):
    first, second = (
        doubting.doubt(commitment, words=said, actor=cast.li, at=NOW + DAY) for said in ("北侧。", "南侧。")
    )
    assert (first, line_of(commitment).doubts) == (second, 1)


def test_a_tenant_whose_home_is_not_confirmed_yet_may_say_so_too(cast, commitment):
    doubting.doubt(commitment, words="北侧没装。", actor=cast.wang, at=NOW + DAY)
    assert line_of(commitment).doubts == 1


@pytest.mark.parametrize("who", ["xu", "stranger", "zheng", "sun"])
def test_others_may_not(cast, commitment, who):
    with pytest.raises(OnlyConcerned):
        doubting.doubt(commitment, words="北侧没装。", actor=getattr(cast, who), at=NOW + DAY)


def test_whoever_has_petitioned_for_it_may_wherever_they_live(cast, commitment):
    said = file(cast.xu, cast.self_managed_building, category="parking")
    link = commitment.topic.petition_rows.create(petition=said, linked_at=NOW, linked_by=cast.wu)
    doubting.doubt(commitment, words="北侧没装。", actor=cast.xu, at=NOW + DAY)
    assert line_of(commitment).doubts == 1
    link.ended_at = NOW + DAY
    link.save()
    assert not doubting.may_doubt(cast.xu, commitment, NOW + DAY)


def test_of_a_stairwell_only_its_own_people(cast):
    commitment = kept(cast, make_topic(cast, building=cast.building, stairwell=1))
    assert not doubting.may_doubt(cast.li, commitment, NOW + DAY)
    commitment = kept(cast, make_topic(cast, building=cast.building, stairwell=2))
    assert doubting.may_doubt(cast.li, commitment, NOW + DAY)


def test_it_can_be_said_until_the_last_second_of_the_seventh_day(cast, commitment):
    last = commitment.doubts_until
    with pytest.raises(NotInDoubt):
        doubting.doubt(commitment, words="北侧没装。", actor=cast.li, at=last + timedelta(seconds=1))
    doubting.doubt(commitment, words="北侧没装。", actor=cast.li, at=last)
    assert line_of(commitment, last).takes_doubts
    assert not line_of(commitment, last + timedelta(seconds=1)).takes_doubts


def test_nothing_is_doubted_before_it_was_accepted_nor_without_words(cast, commitment):
    open_one = promise(cast, commitment.topic)
    with pytest.raises(NotInDoubt):
        doubting.doubt(open_one, words="没装。", actor=cast.li, at=NOW + DAY)
    with pytest.raises(FactMissing):
        doubting.doubt(commitment, words=" ", actor=cast.li, at=NOW + DAY)


def test_the_supervisor_answers_once_in_public(cast, commitment):
    said = doubting.doubt(commitment, words="北侧没装。", actor=cast.li, at=NOW + DAY)
    for nobody in (cast.zheng, cast.wu, cast.li):
        with pytest.raises(NotInCharge):
            doubting.answer(said, words="装了。", actor=nobody, at=NOW + DAY)
    doubting.answer(said, words="北侧不在范围内。", actor=cast.chen, at=NOW + DAY)
    assert (line_of(commitment).doubts, line_of(commitment).doubts_unanswered) == (1, 0)
    assert Notice.objects.filter(recipient=cast.li, message_key="commitment_doubt_answered").exists()
    with pytest.raises(StepNotAllowed):
        doubting.answer(said, words="再说一次。", actor=cast.sun, at=NOW + DAY)


def test_where_they_are_right_it_is_taken_up_again(cast, commitment):
    said = doubting.doubt(commitment, words="北侧没装。", actor=cast.li, at=NOW + DAY)
    doubting.answer(said, words="确实漏了，补装。", takes_up_again=True, actor=cast.chen, at=NOW + DAY)
    commitment.refresh_from_db()
    line = line_of(commitment)
    assert (commitment.state, line.doubts, line.accepted_at) == (CommitmentState.UNDER_WAY, 1, None)
    assert [(one.verb, one.words) for one in line.happened] == [("reopen", "确实漏了，补装。")]
    carrying_out.report_done(commitment, words="补好了。", photos=[jpeg()], actor=cast.zhou, at=NOW + 2 * DAY)
    supervising.accept(commitment, words="看过了。", actor=cast.chen, at=NOW + 3 * DAY)
    # Another acceptance: the same person may say it again.
    doubting.doubt(commitment, words="还是没装。", actor=cast.li, at=NOW + 4 * DAY)
    assert line_of(commitment, NOW + 4 * DAY).doubts == 2
