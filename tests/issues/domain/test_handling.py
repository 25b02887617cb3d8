"""Every step of the table, in every state, by everybody of the cast: taken, or refused by its name."""

from datetime import timedelta

import pytest
from django.db import transaction

from governance.domain.refusals import FactMissing, NotInCharge, Refusal, StepNotAllowed
from governance.domain.steps import SYSTEM
from issues.domain import handling
from issues.domain.handling import AlreadyTaken
from issues.models import IssueStep, WorkOrder
from issues.workflow import ISSUE, WORK_ORDER
from tests.cast import NOW, PEOPLE, Cast, file, take_in

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(minutes=2)
# Who may take a step on an order of 恒信物业 that 周强 holds, or that nobody holds yet. Nobody else may.
STEWARDS = {"zhou", "liu", "ma", "zheng"}
WHO_MAY = {
    "accept": {"dispatched": STEWARDS},
    "arrive": {"accepted": {"zhou"}},
    "plan": {"accepted": {"zhou"}, "arrived": {"zhou"}},
    "finish": {"accepted": {"zhou"}, "arrived": {"zhou"}},
    "return": {"dispatched": STEWARDS, "accepted": {"zhou"}},
    "reassign": {"dispatched": {"zheng"}, "accepted": {"zheng"}, "arrived": {"zheng"}},
    "note": {"dispatched": STEWARDS, "accepted": STEWARDS, "arrived": STEWARDS},
}
STATES = ("dispatched", "accepted", "arrived", "done", "returned", "cancelled")


def order_in(state: str, cast: Cast) -> WorkOrder:
    """An order about a wall crack (so that a plan makes sense) that has come to `state`."""
    petition = file(cast.li, cast.building, category="wall_crack")
    order = take_in(petition)
    if state == "returned":
        handling.return_order(order, actor=cast.zhou, at=NOW, reason="not_ours")
    elif state == "cancelled":
        from residents.domain import petitions

        petitions.withdraw(petition, actor=cast.li, at=NOW)
    elif state != "dispatched":
        handling.accept(order, actor=cast.zhou, at=NOW)
        if state == "arrived":
            handling.arrive(order, actor=cast.zhou, at=NOW)
        if state == "done":
            handling.finish(order, actor=cast.zhou, at=NOW, words="补好了。")
    order = WorkOrder.objects.get(pk=order.pk)
    assert order.state == state
    return order


def take(verb: str, order: WorkOrder, actor, cast: Cast) -> None:
    order = WorkOrder.objects.get(pk=order.pk)
    match verb:
        case "accept":
            handling.accept(order, actor=actor, at=LATER)
        case "arrive":
            handling.arrive(order, actor=actor, at=LATER)
        case "plan":
            handling.hand_in_plan(
                order, actor=actor, at=LATER, words="六月补墙", fulfil_by=(LATER + timedelta(20)).date()
            )
        case "finish":
            handling.finish(order, actor=actor, at=LATER, words="补好了。")
        case "return":
            handling.return_order(order, actor=actor, at=LATER, reason="not_ours")
        case "reassign":
            handling.reassign(order, actor=actor, at=LATER, holder=cast.liu)
        case "note":
            handling.add_note(order, actor=actor, at=LATER, words="明天来")


def tried(verb: str, order: WorkOrder, actor, cast: Cast) -> type[Refusal] | None:
    """How it ends when `actor` tries; whatever it did is undone again."""
    with transaction.atomic():
        try:
            take(verb, order, actor, cast)
            return None
        except Refusal as refusal:
            return StepNotAllowed if isinstance(refusal, StepNotAllowed) else type(refusal)
        finally:
            transaction.set_rollback(True)


def test_the_table_above_names_every_step_that_people_take():
    assert set(WHO_MAY) == {step.verb for step in WORK_ORDER.steps if step.who != SYSTEM}
    for step in WORK_ORDER.steps:
        if step.who != SYSTEM:
            assert set(step.source) == set(WHO_MAY[step.verb]), step.verb


@pytest.mark.parametrize("state", STATES)
def test_each_step_is_taken_by_those_in_charge_and_refused_to_all_others(cast: Cast, state):
    order = order_in(state, cast)
    before = IssueStep.objects.count()
    outcomes = {(verb, name): tried(verb, order, getattr(cast, name), cast) for verb in WHO_MAY for name in PEOPLE}
    expected = {}
    for verb, by_state in WHO_MAY.items():
        for name in PEOPLE:
            allowed = name in by_state.get(state, ())
            expected[verb, name] = None if allowed else NotInCharge if state in by_state else StepNotAllowed
            if verb == "accept" and name == "zhou" and state in ("accepted", "arrived"):
                expected[verb, name] = None  # one's own claim again is fine
    assert outcomes == expected
    assert IssueStep.objects.count() == before


@pytest.mark.parametrize("verb", [step.verb for step in WORK_ORDER.steps if step.who == SYSTEM])
def test_no_person_takes_a_program_s_step(cast: Cast, verb):
    order = order_in("dispatched", cast)
    for name in ("zheng", "wu", "sun", "administrator", "li"):
        with pytest.raises(NotInCharge):
            WORK_ORDER.take_step(order, verb, actor=getattr(cast, name), at=LATER)


@pytest.mark.parametrize("verb", [step.verb for step in ISSUE.steps])
def test_no_person_moves_an_issue_by_hand(cast: Cast, verb):
    issue = order_in("dispatched", cast).issue
    with pytest.raises((NotInCharge, StepNotAllowed)):
        ISSUE.take_step(issue, verb, actor=cast.administrator, at=LATER)


def test_the_buttons_are_those_that_work(cast: Cast):
    for state in STATES:
        with transaction.atomic():
            order = order_in(state, cast)
            for name in ("zhou", "liu", "zheng", "wu", "li", "strange_manager"):
                person = getattr(cast, name)
                person.scope(LATER)
                offered = {step.verb for step in WORK_ORDER.allowed(order, person)}
                assert offered == {verb for verb in WHO_MAY if name in WHO_MAY[verb].get(state, ())}, (state, name)
            transaction.set_rollback(True)


def test_a_late_claim_names_the_winner_and_offers_the_next(cast: Cast):
    order, other = take_in(file(cast.li, cast.building)), take_in(file(cast.wang, cast.building))
    handling.accept(order, actor=cast.zhou, at=NOW)
    with pytest.raises(AlreadyTaken) as refusal:
        handling.accept(order, actor=cast.liu, at=LATER)
    assert (refusal.value.winner, refusal.value.taken_at, refusal.value.next_order) == (cast.zhou, NOW, other)


@pytest.mark.parametrize("state", ["done", "returned", "cancelled"])
def test_a_claim_of_what_is_over_names_no_winner(cast: Cast, state):
    with pytest.raises(StepNotAllowed) as refusal:
        handling.accept(order_in(state, cast), actor=cast.liu, at=LATER)
    assert not isinstance(refusal.value, AlreadyTaken)


@pytest.mark.parametrize("verb", ["finish", "return", "note", "plan"])
def test_words_and_reasons_must_be_there(cast: Cast, verb):
    order = order_in("accepted", cast)
    calls = {
        "finish": lambda: handling.finish(order, actor=cast.zhou, at=LATER, words="  "),
        "return": lambda: handling.return_order(order, actor=cast.zhou, at=LATER, reason="because"),
        "note": lambda: handling.add_note(order, actor=cast.zhou, at=LATER, words=""),
        "plan": lambda: handling.hand_in_plan(order, actor=cast.zhou, at=LATER, words="", fulfil_by=LATER.date()),
    }
    with pytest.raises(FactMissing):
        calls[verb]()
    order.refresh_from_db()
    assert order.state == "accepted"


def test_an_order_goes_to_nobody_outside_the_body(cast: Cast):
    order = order_in("accepted", cast)
    for stranger in (cast.strange_steward, cast.gao, cast.li, cast.wu):
        with pytest.raises(FactMissing):
            handling.reassign(order, actor=cast.zheng, at=LATER, holder=stranger)
