"""不予受理: nothing for the office. Everybody who spoke of it reads why, and where to go instead."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing
from governance.models import User
from issues.domain import clocks, supervision
from issues.domain.deciding import alone_with, as_now, refuse_overtaken
from issues.domain.dispatching import call_back, street_office
from issues.domain.telling import petitions_of, tell_petitioners
from issues.models import DeclineReason, Issue
from issues.workflow import ISSUE
from residents.domain import standing

PROGRAM = "declining"


def decline(issue: Issue, *, reason: str, words: str, actor: User, at: datetime) -> Issue:
    """不予受理, with a reason and words that every petitioner reads, and where to go instead.

    An answer is what they get: those clocks stop, a breach stays one, the rest is void. The order is cancelled, the
    supervision settled. What was filed in error can be filed anew. Raises `FactMissing`, `Overtaken`.
    """
    if reason not in DeclineReason.values:
        raise FactMissing("reason", _("Choose why it isn't taken up."))
    if not words.strip():
        raise FactMissing("words", _("Write to the resident why, in a sentence or two."))
    with alone_with(issue, actor=actor, at=at) as [locked]:
        refuse_overtaken(locked, issue, at)
        office = street_office(locked)
        petitions = petitions_of(locked)
        fields = {"decline_reason": reason, "triaged_at": locked.triaged_at or at}
        ISSUE.take_step(locked, "decline", actor=actor, at=at, fields=fields, reason=str(reason), words=words.strip())
        clocks.decline_all(locked, at=at)
        call_back(locked, actor=PROGRAM, at=at)
        supervision.settle(locked, actor=PROGRAM, at=at)
        tell_petitioners(
            locked,
            "declined",
            at=at,
            words=words.strip(),
            reason=str(reason),
            office=office.short_name,
            phone=office.phone,
        )
        for petition in petitions:
            standing.decline(petition, reason=str(reason), at=at)
    return as_now(issue, locked)
