"""One matter as those who walk the grid see it: what was said and done, what was checked, what was talked over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from governance.models import User
from governance.models.roles import role_and_surname
from issues import order_page
from issues.models import Issue, IssuePetition, IssuePhoto, IssueState, Mediation, OrderPhoto, Verification, WorkOrder
from issues.queue import Row, role_at, row_of, with_holder_role
from issues.workflow import ISSUE

# The state in which each step is offered, under the rules of `issues.workflow.ISSUE`.
LOOKED_AT_IN = {"verify": (IssueState.FINISHED, IssueState.CLOSED), "not_fixed": (IssueState.FINISHED,)}


@dataclass(frozen=True)
class Check:
    """What somebody saw on site."""

    holds: bool
    words: str
    at: datetime
    who: str
    is_on_site: bool
    photos: list[str]


@dataclass(frozen=True)
class Talked:
    """A talk on the spot, for those who may read it."""

    parties: str
    agreement: str
    is_agreed: bool
    at: datetime
    who: str
    follow_up_on: Any


@dataclass(frozen=True)
class Matter:
    issue: Issue
    row: Row | None
    said: list[order_page.Said]
    said_besides: int
    checks: list[Check]
    talks: list[Talked]
    history: list[order_page.Told]
    offered: list[str]

    @property
    def order(self) -> WorkOrder | None:
        return self.row.order if self.row else None


def matters(user: User, now: datetime) -> QuerySet[Issue]:
    """The matters that the person may open outdoors: at the buildings that are walked, never about staff."""
    after = OrderPhoto.objects.filter(work_order__issue=OuterRef("pk")).order_by("added_at", "id")
    asked_by = IssuePetition.objects.filter(issue=OuterRef("pk"), undone_at=None)
    return (
        Issue.objects.walked_by(user, now)
        .select_related("category__handling", "building", "estate", "community")
        .annotate(
            after_photos=ArraySubquery(after.values("public_id")),
            petitioner_ids=ArraySubquery(asked_by.values("petition__petitioner")),
        )
    )


def matter_of(issue: Issue, user: User, now: datetime) -> Matter:
    """All that its page shows. Names of petitioners are for those who handle it: none stands here."""
    order = with_holder_role(WorkOrder.objects.filter(issue=issue).for_queue(), now).order_by("-id").first()
    said, besides = order_page.what_was_said(issue, now, names_may_be_seen=False)
    checks, talks = _checks(issue, now), mediations_of(issue, user, now)
    # What was put right where it was found has no order: whoever found it did it.
    own_work = issue.found_by_id == user.pk if order is None else order.holder_id == user.pk
    looked_at = own_work or any(check.epoch == issue.epoch for check in checks)
    return Matter(
        issue=issue,
        row=row_of(order, user, now) if order else None,
        said=said,
        said_besides=besides,
        checks=[_seen(check) for check in checks],
        talks=talks,
        history=order_page.history(issue, now),
        offered=_offered(issue, user, looked_at=looked_at, was_talked_over=bool(talks)),
    )


def _offered(issue: Issue, user: User, *, looked_at: bool, was_talked_over: bool) -> list[str]:
    allowed = [step.verb for step in ISSUE.allowed(issue, user)]
    offered = [
        verb for verb, states in LOOKED_AT_IN.items() if verb in allowed and issue.state in states and not looked_at
    ]
    # Once it is over, only a quarrel that was talked over before is looked in on.
    if "mediate" in allowed and (issue.state == IssueState.OPEN or was_talked_over):
        offered.append("mediate")
    return offered


def _checks(issue: Issue, now: datetime) -> list[Verification]:
    photos = IssuePhoto.objects.filter(verification=OuterRef("pk")).order_by("id").values("public_id")
    checks = issue.verifications.select_related("verified_by").order_by("-epoch")
    return list(checks.annotate(role=role_at("verified_by", now), photo_ids=ArraySubquery(photos)))


def _seen(check: Any) -> Check:
    return Check(
        holds=check.holds,
        words=check.words,
        at=check.verified_at,
        who=role_and_surname(check.role or "", check.verified_by.surname_for_reader()),
        is_on_site=check.is_on_site,
        photos=[str(public_id) for public_id in check.photo_ids],
    )


def mediations_of(issue: Issue, user: User, now: datetime) -> list[Talked]:
    """The talks about the matter, the latest first; none for whoever isn't to read them. One query at most.

    Read by those who walk there, the community and the street. Never by residents or by the company.
    """
    user.scope(now)
    if not rules.test_rule("issues.may_mediate", user, issue):
        return []
    talks: QuerySet[Any] = Mediation.objects.filter(issue=issue).select_related("mediated_by")
    return [
        Talked(
            parties=talk.parties,
            agreement=talk.agreement,
            is_agreed=talk.is_agreed,
            at=talk.mediated_at,
            who=role_and_surname(talk.role or "", talk.mediated_by.surname_for_reader()),
            follow_up_on=talk.follow_up_on,
        )
        for talk in talks.annotate(role=role_at("mediated_by", now)).order_by("-id")
    ]
