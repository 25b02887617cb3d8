"""One order in the queue: the group it stands in, and the one right thing to do with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import rules
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance import wording
from governance.domain.moment import day_ends_at, local_day
from governance.models import User
from issues import workflow
from issues.models import ClockKind, WorkOrder
from issues.queue.asked import Taken
from issues.queue.people import holder_name

OVERDUE, HOUR, TODAY, LATER = "overdue", "hour", "today", "later"
TITLES = {
    OVERDUE: pgettext_lazy("queue group", "Overdue"),
    HOUR: pgettext_lazy("queue group", "Within the hour"),
    TODAY: pgettext_lazy("queue group", "Today"),
    LATER: pgettext_lazy("queue group", "Later"),
}
NEXT_STEPS: dict[str, str | Promise] = {
    ClockKind.RESPOND: pgettext_lazy("queue step", "reply"),
    ClockKind.ACCEPT: pgettext_lazy("queue step", "acceptance"),
    ClockKind.ARRIVE: pgettext_lazy("queue step", "arrival"),
    ClockKind.RESOLVE: pgettext_lazy("queue step", "completion"),
    ClockKind.PLAN: pgettext_lazy("queue step", "plan"),
    ClockKind.ANSWER: pgettext_lazy("queue step", "answer"),
}


class Action(NamedTuple):
    """The one right thing to do with a row. `verb` is pressed there; without it, `anchor` opens the order's page."""

    label: str | Promise
    icon: str
    verb: str = ""
    anchor: str = ""


ACCEPT = Action(_("Accept"), "check", verb="accept")
ARRIVE = Action(_("I'm here"), "arrived", verb="arrive")
FINISH = Action(pgettext_lazy("button", "Finished"), "camera", anchor="finish")
PLAN = Action(_("Hand in the plan"), "book", anchor="plan")
REASSIGN = Action(_("Reassign"), "swap", anchor="reassign")
LOOK = Action(_("Take a look"), "chevron-right")


@dataclass
class Row:
    order: WorkOrder
    group: str
    action: Action
    is_mine: bool
    taken: Taken | None = None
    offer: "Row | None" = None

    @property
    def is_urgent(self) -> bool:
        """Whether the button is solid: only where it is due within the hour, or was."""
        return self.group in (OVERDUE, HOUR)

    @property
    def is_slim(self) -> bool:
        """Later, and nothing to press: one line is enough."""
        return self.group == LATER and not self.action.verb and not self.taken

    @property
    def look(self) -> str:
        return {OVERDUE: "is-late", HOUR: "is-soon"}.get(self.group, "")

    @property
    def step(self) -> str | Promise:
        return NEXT_STEPS.get(self.order.next_kind, "")

    @property
    def winner(self) -> str:
        return holder_name(self.order)


@dataclass
class Group:
    key: str
    total: int = 0
    rows: list[Row] = field(default_factory=list)

    @property
    def title(self) -> str | Promise:
        return TITLES[self.key]

    @property
    def look(self) -> str:
        return {OVERDUE: "is-late", HOUR: "is-soon"}.get(self.key, "")

    @property
    def is_first(self) -> bool:
        return self.key == OVERDUE


def row_of(order: WorkOrder, user: User, now: datetime) -> Row:
    return Row(
        order=order,
        group=group_of(order.next_due_at, now),
        action=next_action(order, user),
        is_mine=order.holder_id == user.pk,
    )


def group_of(due: datetime | None, now: datetime) -> str:
    """Where an order stands. What has no clock running stands last."""
    if due is None:
        return LATER
    state = wording.due_state(due, now)
    if state == "normal":
        return TODAY if local_day(due) == local_day(now) else LATER
    return OVERDUE if state == "overdue" else HOUR


def due_in_groups(now: datetime) -> dict[str, Q]:
    """The orders of each group, for the database to count: the same borders as `group_of`."""
    soon, tomorrow = now + wording.HOUR, day_ends_at(local_day(now))
    return {
        OVERDUE: Q(next_due_at__lt=now),
        HOUR: Q(next_due_at__gte=now, next_due_at__lte=soon),
        TODAY: Q(next_due_at__gt=soon, next_due_at__lt=tomorrow),
        LATER: Q(next_due_at=None) | Q(next_due_at__gt=soon, next_due_at__gte=tomorrow),
    }


def next_action(order: WorkOrder, user: User) -> Action:
    """The one right thing: accept, arrive, hand in the plan, finish; for somebody else's order, reassign or look."""
    if order.state == workflow.DISPATCHED:
        return ACCEPT if rules.test_rule("issues.may_work_on", user, order) else LOOK
    if order.state not in workflow.LIVE:
        return LOOK
    if not rules.test_rule("issues.is_holder", user, order):
        return REASSIGN if rules.test_rule("issues.may_reassign", user, order) else LOOK
    if order.next_kind == ClockKind.PLAN:
        return PLAN
    # What is promised for a date is done over weeks: nobody announces that they have arrived at it.
    return ARRIVE if order.state == workflow.ACCEPTED and not order.issue.is_commitment else FINISH
