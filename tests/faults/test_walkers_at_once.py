"""Those who walk the grid, at one matter in the same instant: one press is one finding, one look is one new epoch."""

from functools import partial
from uuid import uuid4

import pytest

from governance.models import Category, User
from issues.domain import findings, mediation, verification
from issues.domain.findings import Finding
from issues.domain.mediation import Talk
from issues.models import Issue, IssueState, Verification, WorkOrder
from residents.domain import on_behalf, petitions
from residents.domain.on_behalf import Told
from residents.domain.standing import Teller
from residents.models import Petition, PetitionChannel
from tests.cast import NOW, Cast, take_in
from tests.faults.office import filed, fresh
from tests.faults.outside import Outside
from tests.faults.test_neighbours_at_once import LATER, finished
from tests.faults.together import errors, together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 4


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_finding_sent_many_times_at_once_is_one(cast: Cast, outside: Outside, turn):
    found = Finding(uuid4(), Category.objects.get(code="rubbish"), cast.building, "装修垃圾堆在门口。")
    outcomes = together(*(partial(findings.report, found, actor=cast.yu, at=NOW) for _press in range(6)))
    assert errors(outcomes) == []
    assert len({issue.pk for issue in outcomes}) == 1
    assert (Issue.objects.count(), WorkOrder.objects.count()) == (1, 1)
    assert outside.told_twice() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_what_somebody_told_sent_many_times_at_once_is_one_petition_of_one_person(cast: Cast, outside: Outside, turn):
    told = Told(
        token=uuid4(),
        name="胡德全",
        phone="+8613899990001",
        channel=PetitionChannel.PHONE,
        has_agreed=True,
        category=Category.objects.get(code="electricity"),
        building=cast.building,
        words="楼道灯不亮。",
        name_visibility="handlers",
    )
    teller = Teller("grid_worker", "于", "Yu", "春和社区")
    file_for = partial(on_behalf.file_for, told, actor=cast.yu, teller=teller, at=NOW)
    outcomes = together(*(file_for for _press in range(6)))
    assert errors(outcomes) == []
    assert len({petition.pk for petition in outcomes}) == 1
    assert (Petition.objects.count(), User.objects.filter(full_name="胡德全").count()) == (1, 1)
    assert outside.told_twice() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_of_two_who_look_at_once_one_is_written_down(cast: Cast, outside: Outside, turn):
    petition = filed(cast.li, cast.building)
    order = take_in(petition)
    finished(order, cast)
    issue = fresh(order).issue
    look = {"words": "还在滴水。", "at": LATER}
    outcomes = together(
        partial(verification.not_fixed, fresh(issue), actor=cast.yu, **look),
        partial(verification.not_fixed, fresh(issue), actor=cast.bai, **look),
        partial(verification.verify, fresh(issue), actor=cast.zhao, **look),
    )
    assert errors(outcomes, verification.AlreadyChecked) == []
    check = Verification.objects.get()
    issue.refresh_from_db()
    assert issue.epoch == (1 if check.holds else 2)
    assert WorkOrder.objects.live().count() == (0 if check.holds else 1)
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_the_worker_and_the_resident_who_both_find_it_not_put_right_open_it_once(cast: Cast, outside: Outside, turn):
    petition = filed(cast.li, cast.building)
    order = take_in(petition)
    finished(order, cast)
    issue = fresh(order).issue
    outcomes = together(
        partial(verification.not_fixed, fresh(issue), actor=cast.yu, words="还在滴水。", at=LATER),
        partial(
            petitions.evaluate,
            fresh(petition),
            was_contacted=True,
            is_solved=False,
            satisfaction=1,
            words="",
            actor=cast.li,
            at=LATER,
        ),
    )
    assert len([one for one in outcomes if isinstance(one, Exception)]) <= 1
    issue.refresh_from_db()
    assert (issue.state, issue.epoch, WorkOrder.objects.live().count()) == (IssueState.OPEN, 2, 1)
    assert outside.half_states() == []


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_a_talk_that_settles_it_sent_twice_at_once_is_written_once(cast: Cast, turn):
    order = take_in(filed(cast.li, cast.building, category="dispute"))
    talk = Talk("301 和 402", "十点后不拖椅子", is_agreed=True, settles=True)
    settle = partial(mediation.mediate, order.issue, talk, actor=cast.yu, at=LATER)
    outcomes = together(settle, settle)
    assert errors(outcomes) == []
    assert len({one.pk for one in outcomes}) == 1
    assert fresh(order.issue).state == IssueState.FINISHED
