"""Finished in the very instant in which it breaches, five hundred times: late or in time, never both."""

import threading
import time
from datetime import timedelta

import pytest

from issues.domain import handling, ladder
from issues.models import ClockKind, SlaClock, WorkOrder
from tests.cast import NOW, Cast
from tests.faults.office import accepted, copies
from tests.faults.outside import Outside
from tests.faults.together import PATIENCE_SECONDS, errors, together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 500
# Rung "breach" of the clock "resolve" for each matter, and whether it fired.
BREACHES = """
    SELECT clock.issue_id FROM issues_escalation fired
    JOIN issues_slaclock clock ON clock.id = fired.clock_id
    JOIN issues_escalationrung rung ON rung.id = fired.rung_id AND rung.code = 'breach'
    WHERE clock.kind = 'resolve'
"""


def test_resolving_and_escalating_at_the_breach_never_contradict_each_other(cast: Cast, outside: Outside):
    order = accepted(cast, at=NOW)
    handling.arrive(order, actor=cast.zhou, at=NOW)
    # So far apart that no rung of an earlier matter is waiting when the next one breaches.
    orders = copies(WorkOrder.objects.get(pk=order.pk), ROUNDS, apart=timedelta(hours=3))
    due = dict(SlaClock.objects.filter(kind=ClockKind.RESOLVE).values_list("issue_id", "due_at"))
    whistle = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def finish_each() -> None:
        for each in orders:
            whistle.wait()
            handling.finish(each, actor=cast.zhou, at=due[each.issue_id], words="换了灯管。")

    def escalate_each() -> None:
        for turn, each in enumerate(orders):
            whistle.wait()
            # A different head start each time, so that the two meet at every point of the way.
            # Slept, not asked away: asking would hold up the other thread, and the ladder be first each time.
            time.sleep(turn % 40 / 1_500)
            ladder.fire_due(due[each.issue_id], bell="loop")

    outcomes = together(finish_each, escalate_each)

    assert errors(outcomes) == []
    fired = [row[0] for row in outside.rows(BREACHES)]
    assert len(fired) == len(set(fired))
    assert 0 < len(fired) < ROUNDS, "they never met: the test proves nothing"
    # In time: stopped at the due time itself. And nobody hears that it is late after hearing that it is finished.
    assert (
        outside.value("SELECT count(*) FROM issues_slaclock WHERE kind = 'resolve' AND stopped_at = due_at") == ROUNDS
    )
    assert outside.rows("SELECT count(*) FROM issues_escalation e JOIN issues_slaclock c ON c.id = e.clock_id "
                        "WHERE e.acted_at > c.stopped_at") == [(0,)]  # fmt: skip
    assert outside.rows(
        """
        SELECT late.petition_id FROM residents_petitionupdate late
        JOIN residents_petitionupdate done ON done.petition_id = late.petition_id AND done.kind = 'finished'
        WHERE late.kind = 'breached' AND late.id > done.id
        """
    ) == []  # fmt: skip
    told = "SELECT count(*) FROM governance_notice WHERE message_key = 'rung_breach' AND channel = 'in_app'"
    assert outside.value(f"{told} AND recipient_id = %s", cast.zheng.pk) == len(fired)
    assert outside.breaches_untold() == []
    assert outside.half_states() == []
