"""Many hands at one commitment: a part is reported once, a page is one commitment, the sweep disturbs nobody."""

from datetime import timedelta
from functools import partial

import pytest

from governance.domain.refusals import StepNotAllowed
from issues.deliberation.domain import carrying_out, committing, supervising
from issues.deliberation.domain.carrying_out import PartDoneAlready
from issues.deliberation.domain.committing import Part
from issues.deliberation.models import Commitment, CommitmentPart
from issues.domain.sweep import sweep
from tests.cast import NOW, Cast
from tests.faults.office import fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together
from tests.issues.deliberation.promises import a_promise, make_topic, promise
from tests.photos import jpeg

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 12


def test_a_part_reported_by_many_at_once_is_reported_once(cast: Cast, outside: Outside):
    commitment = promise(cast, make_topic(cast), parts=[Part(cast.building)])
    part = commitment.parts.get()

    def report(hand: int) -> CommitmentPart:
        who = (cast.zhou, cast.liu, cast.ma)[hand % 3]
        again = CommitmentPart.objects.select_related("commitment__topic", "commitment__body").get(pk=part.pk)
        return carrying_out.report_part(again, photos=[jpeg()], actor=fresh(who), at=NOW)

    outcomes = together(*(partial(report, hand) for hand in range(HANDS)))
    assert errors(outcomes, PartDoneAlready) == []
    assert any(isinstance(outcome, PartDoneAlready) for outcome in outcomes)
    assert outside.value("SELECT count(*) FROM deliberation_commitmentphoto") == 1
    assert outside.value("SELECT count(*) FROM deliberation_commitmentstep WHERE verb = 'report_part'") == 1


def test_a_page_sent_by_many_hands_is_one_commitment_with_one_order(cast: Cast, outside: Outside):
    topic, given = make_topic(cast), a_promise(cast)
    deeds = [partial(committing.promise, topic, given, actor=fresh(cast.wu), at=NOW) for _hand in range(HANDS)]
    outcomes = together(*deeds)
    assert errors(outcomes) == []
    assert len({commitment.pk for commitment in outcomes}) == 1
    assert outside.value("SELECT count(*) FROM issues_workorder") == 1


def test_accepting_sending_back_and_the_sweep_at_once_leave_one_decision(cast: Cast, outside: Outside):
    commitment = promise(cast, make_topic(cast))
    carrying_out.report_done(commitment, words="装好了。", photos=[jpeg()], actor=cast.zhou, at=NOW)
    late = commitment.due_at + timedelta(hours=1)

    def mine() -> Commitment:
        return Commitment.objects.select_related("topic", "body").get(pk=commitment.pk)

    def decide(hand: int) -> Commitment:
        verb = supervising.accept if hand % 2 else supervising.send_back
        return verb(mine(), words="看过了。", actor=fresh(cast.chen if hand % 3 else cast.sun), at=late)

    sweeps = [partial(sweep, bell="test", now=late) for _hand in range(3)]
    outcomes = together(*(partial(decide, hand) for hand in range(HANDS)), *sweeps)
    assert errors(outcomes, StepNotAllowed) == []
    assert outside.value("SELECT count(*) FROM deliberation_commitmentstep WHERE verb IN ('accept', 'send_back')") == 1
