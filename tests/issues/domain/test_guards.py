"""The database's own guards: who goes past the code is refused all the same."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import Error, transaction

from issues.domain import handling, ladder
from issues.models import Escalation, Issue, IssueStep, SupervisionOrder, WorkOrder
from issues.workflow import ISSUE, SUPERVISION, WORK_ORDER
from residents.models import Petition, PetitionUpdate
from residents.workflow import PETITION
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db

TABLES = {Petition: PETITION, Issue: ISSUE, WorkOrder: WORK_ORDER, SupervisionOrder: SUPERVISION}


@pytest.fixture
def matter(cast: Cast) -> None:
    """One row of each noun, in its first state but for the petition, which is in hand."""
    take_in(file(cast.li, cast.building))
    ladder.fire_due(NOW + timedelta(minutes=40), bell="loop")


def refused(change) -> str:
    with pytest.raises(Error) as refusal, transaction.atomic():
        change()
    return str(refusal.value)


@pytest.mark.parametrize("model", TABLES)
@pytest.mark.usefixtures("matter")
def test_the_database_refuses_every_change_of_state_that_the_table_does_not_have(model):
    row = model.objects.get()
    allowed = TABLES[model].transitions()
    targets = {state for pair in allowed for state in pair} - {row.state}
    not_in_the_table = {target for target in targets if (row.state, target) not in allowed}

    assert not_in_the_table or model is SupervisionOrder  # whose only step is the one there is
    for target in not_in_the_table:
        change = partial(model.objects.filter(pk=row.pk).update, state=target)
        assert "Invalid transition" in refused(change), target


@pytest.mark.parametrize("model", [IssueStep, PetitionUpdate])
@pytest.mark.parametrize("change", ["update", "delete"])
@pytest.mark.usefixtures("matter")
def test_history_is_neither_changed_nor_deleted(model, change):
    rows = model.objects.all()
    deed = rows.delete if change == "delete" else lambda: rows.update(words="anders")
    assert "Cannot" in refused(deed)


@pytest.mark.usefixtures("matter")
def test_a_rung_can_not_be_written_twice():
    fired = Escalation.objects.first()
    fired.pk = None
    assert "rung_fires_once_an_epoch" in refused(lambda: fired.save(force_insert=True))


@pytest.mark.usefixtures("matter")
def test_an_issue_has_one_live_order():
    order = WorkOrder.objects.get()
    again = WorkOrder(issue=order.issue, body=order.body, subdistrict_id=order.subdistrict_id,
                      community_id=order.community_id, dispatched_at=NOW, changed_at=NOW)  # fmt: skip
    assert "one_live_order_an_issue" in refused(again.save)


@pytest.mark.parametrize(
    ("model", "values", "constraint"),
    [
        (WorkOrder, {"state": "accepted"}, "accepted_order_has_a_holder"),
        (WorkOrder, {"state": "returned"}, "returned_order_has_a_reason"),
        (Issue, {"state": "finished"}, "issue_finished_at_an_instant"),
        (Issue, {"opened_at": NOW - timedelta(1)}, "issue_opened_after_filing"),
        (Petition, {"state": "finished"}, "petition_finished_at_an_instant"),
        (Petition, {"finished_at": NOW - timedelta(1)}, "petition_finished_after_filed"),
        (Petition, {"receipt_no": "SQ-1111-1111"}, "petition_receipt_is_well_formed"),
        (SupervisionOrder, {"state": "settled"}, "supervision_settled_at_an_instant"),
        (Escalation, {"acted_at": NOW - timedelta(1)}, "rung_fires_when_due"),
    ],
)
@pytest.mark.usefixtures("matter")
def test_half_a_fact_is_refused(model, values, constraint):
    row = model.objects.order_by("pk").first()
    assert constraint in refused(lambda: model.objects.filter(pk=row.pk).update(**values))


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"due_at": NOW}, "clock_due_after_its_start"),
        ({"stopped_at": NOW - timedelta(1)}, "clock_stopped_after_its_start"),
        ({"stopped_at": NOW, "voided_at": NOW}, "clock_stopped_or_voided_not_both"),
    ],
)
@pytest.mark.usefixtures("matter")
def test_a_clock_that_runs_backwards_is_refused(values, constraint):
    from issues.models import SlaClock

    assert constraint in refused(lambda: SlaClock.objects.filter(kind="arrive").update(**values))


def test_the_last_state_of_an_order_is_the_last(cast: Cast):
    order = take_in(file(cast.li, cast.building))
    handling.accept(order, actor=cast.zhou, at=NOW)
    handling.finish(order, actor=cast.zhou, at=NOW, words="换了灯管。")
    for state in ("dispatched", "accepted", "arrived", "returned", "cancelled"):
        assert "Invalid transition" in refused(
            lambda to=state: WorkOrder.objects.filter(pk=order.pk).update(state=to, return_reason="unclear")
        )
