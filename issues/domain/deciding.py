"""Deciding at the community desk: alone with the matters that it is about, and not about what nobody has seen.

One transaction each, with the locks taken in the house's order: the issues by their ids, then petitions, order, clocks.
What is decided is in `triage`, `linking` and `declining`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import rules
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain import audit
from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import User
from issues.domain.telling import lock_matter
from issues.models import Issue, IssueState, IssueStep

WHAT_WAS_DONE = {
    "dispatch": _("%(who)s sent this to %(body)s at %(time)s."),
    "triage": _("%(who)s sorted this at %(time)s."),
    "merge": _("%(who)s merged this into another matter at %(time)s."),
    "decline": _("%(who)s decided at %(time)s not to take this up."),
    "withdraw": _("The resident withdrew this at %(time)s."),
}


class Overtaken(StepNotAllowed):
    """Somebody else has done something with the matter since it was shown: who, what and when."""

    code = "overtaken"

    def __init__(self, issue: Issue, at: datetime):
        known = IssueStep.objects.filter(issue=issue, verb__in=WHAT_WAS_DONE).order_by("-at", "-id")
        step = known.select_related("actor", "work_order__body").first()
        super().__init__(_what_was_done(step, at) if step else None)


def _what_was_done(step: IssueStep, at: datetime) -> str:
    body = step.work_order.body.short_name if step.work_order else ""
    who = step.actor.full_name if step.actor else _("The system")
    return str(WHAT_WAS_DONE[step.verb]) % {"who": who, "body": body, "time": wording.short_moment(step.at, at)}


@contextmanager
def alone_with(*seen: Issue, actor: User, at: datetime) -> Iterator[list[Issue]]:
    """One transaction in which nobody else changes these matters: their locked rows, in the order given.

    Raises `NotInCharge` unless the actor keeps the desk of each.
    """
    actor.scope(at)
    with transaction.atomic():
        for pk in sorted({issue.pk for issue in seen}):
            lock_matter(pk)
        fresh = Issue.objects.select_related("category__handling", "building", "estate", "community").in_bulk(
            [issue.pk for issue in seen]
        )
        for issue in fresh.values():
            if not rules.test_rule("issues.may_triage", actor, issue):
                raise NotInCharge
        yield [fresh[issue.pk] for issue in seen]


def refuse_overtaken(issue: Issue, seen: Issue, at: datetime) -> None:
    """Nobody decides about what they haven't seen: it must be open, and in the inbox or sorted as it was then."""
    if issue.state != IssueState.OPEN or issue.triaged_at != seen.triaged_at:
        raise Overtaken(issue, at)


def as_now(issue: Issue, locked: Issue) -> Issue:
    issue.__dict__.update(locked.__dict__)
    return issue


def note(verb: str, issue: Issue, actor: User, at: datetime, **facts: str) -> None:
    """A line of history and one of the trail, for what changes no state."""
    IssueStep.objects.create(issue=issue, verb=verb, to_state=issue.state, at=at, actor=actor)
    audit.record(verb, "issue", issue.audit_ref, actor=actor, at=at, subdistrict_id=issue.subdistrict_id, **facts)
