"""Sorting at the community desk: what it is, and whose it is."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing
from governance.models import Body, Category, User
from issues.domain import clocks, ladder, people
from issues.domain.deciding import alone_with, as_now, refuse_overtaken
from issues.domain.dispatching import BY_DEFAULT, BY_HAND, Answerable, bodies_to_hand_to, body_for, call_back, dispatch
from issues.domain.telling import tell_petitioners, tell_what_is_next
from issues.models import Issue, Severity, SlaClock, WorkOrder
from issues.workflow import ISSUE
from residents.domain import standing
from residents.models import Petition

PROGRAM = "triage"


class WrongBody(FactMissing):
    """Not one of those to whom the matter may be sent: whoever is complained about doesn't get the complaint."""

    code = "wrong_body"

    def __init__(self) -> None:
        super().__init__("body", _("This can't be sent there: choose somebody in the list."))


def triage(issue: Issue, *, category: Category, severity: str | None = None, actor: User, at: datetime) -> Issue:
    """Say what it is, and how severe: else as severe as the category is. It leaves the inbox; the promise may change.

    The new promise counts from the original start (RULES.md §1). What hides its petitioner hides the petitions, too;
    nothing is ever un-hidden. Whoever has the order keeps it: see `sort`. Raises `Overtaken`, `NoPolicy`.
    """
    with alone_with(issue, actor=actor, at=at) as [locked]:
        refuse_overtaken(locked, issue, at)
        overtaken = _say_what_it_is(locked, category, severity, actor, at)
        tell_what_is_next(locked, people.present_order(locked))
        ladder.fire_breaches(overtaken, at=at, bell=PROGRAM)
    return as_now(issue, locked)


def dispatch_to(issue: Issue, body: Body, *, actor: User, at: datetime) -> WorkOrder:
    """Send it to one of `bodies_to_hand_to`: a department, say. The clocks keep running.

    Where that body has it already, nothing changes. Raises `WrongBody`, `Overtaken`.
    """
    with alone_with(issue, actor=actor, at=at) as [locked]:
        refuse_overtaken(locked, issue, at)
        order = _send(locked, body, actor, at)
    as_now(issue, locked)
    return order


def sort(
    issue: Issue,
    *,
    category: Category,
    severity: str | None = None,
    body: Body | None = None,
    actor: User,
    at: datetime,
) -> WorkOrder:
    """Say what it is and send it on at once: to `body`, else to whoever answers for that today."""
    with alone_with(issue, actor=actor, at=at) as [locked]:
        refuse_overtaken(locked, issue, at)
        overtaken = _say_what_it_is(locked, category, severity, actor, at)
        order = _send(locked, body or body_for(locked, at).body, actor, at)
        tell_what_is_next(locked, order)
        # Only now: whoever has it from here on is told that it is late.
        ladder.fire_breaches(overtaken, at=at, bell=PROGRAM)
    as_now(issue, locked)
    return order


def _say_what_it_is(
    issue: Issue, category: Category, severity: str | None, actor: User, at: datetime
) -> list[SlaClock]:
    if severity is not None and severity not in Severity.values:
        raise FactMissing("severity", _("Choose how severe it is."))
    severity = severity or category.handling.severity
    was = (issue.category_id, issue.severity)
    hides = issue.hides_petitioner or category.hides_petitioner
    fields = {"category": category, "severity": severity, "hides_petitioner": hides, "triaged_at": at}
    facts: dict[str, Any] = {"category": category.code, "severity": str(severity), "was": issue.category.code}
    ISSUE.take_step(issue, "triage", actor=actor, at=at, fields=fields, **facts)
    if hides:
        # Of those rated and closed, too: what is read later mustn't name anybody either.
        standing.hide_names(Petition.objects.filter(links__issue=issue, links__undone_at=None))
    if (category.pk, severity) == was:
        return []
    policy = clocks.policy_for(issue, category.handling.handler)
    overtaken = clocks.change_policy(issue, policy, at=at)
    names: dict[str, Any] = {**people.category_params(category), **clocks.policy_params(policy)}
    tell_petitioners(issue, "sorted", at=at, **names)
    return overtaken


def _send(issue: Issue, body: Body, actor: User, at: datetime) -> WorkOrder:
    if body not in bodies_to_hand_to(issue, at):
        raise WrongBody
    live = WorkOrder.objects.live().select_related("body").filter(issue=issue).first()
    if issue.triaged_at is None:
        issue.triaged_at = at
        issue.save(update_fields=["triaged_at"])
    if live and live.body_id == body.pk:
        return live
    call_back(issue, actor=PROGRAM, at=at)
    today = body_for(issue, at)
    why = today.why if today.body == body and today.why != BY_DEFAULT else BY_HAND
    return dispatch(issue, Answerable(body, why), actor=actor, at=at)
