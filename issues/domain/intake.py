"""Intake: a petition becomes an issue with clocks and an order, or joins one. Also linking and unlinking afterwards."""

from datetime import datetime
from typing import Any

import rules
from django.db import transaction

from governance.domain import audit
from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import User
from issues.domain import clocks, ladder, lifetime, supervision
from issues.domain.dispatching import BY_DEFAULT, call_back, dispatch, supporters
from issues.domain.people import present_order
from issues.domain.telling import desk, lock_matter, tell_what_is_next, teller
from issues.models import Issue, IssuePetition, IssueState, IssueStep, WorkOrder
from issues.workflow import ISSUE
from residents.domain import standing
from residents.models import Petition, PetitionStage

PROGRAM = "intake"


def take_in(petition_id: int, *, at: datetime) -> Issue | None:
    """Take one filed petition in. None if it is taken in already, or just being: run it as often as you like."""
    with transaction.atomic():
        petition = (
            Petition.objects.awaiting_intake()
            .select_for_update(of=("self",), skip_locked=True, no_key=True)
            .select_related("category__handling", "estate", "petitioner")
            .filter(pk=petition_id)
            .first()
        )
        if petition is None:
            return None
        issue = _issue_it_follows(petition)
        standing.take_in(petition, at=at)
        if issue:
            attach(petition, issue, actor=None, at=at)
        else:
            issue = open_issue(petition, actor=PROGRAM, at=at)
        return issue


def _issue_it_follows(petition: Petition) -> Issue | None:
    """The open issue of the petition that this one says it is the same as, if both may be seen by the same people."""
    link = IssuePetition.objects.filter(petition=petition.same_as, undone_at=None).first() if petition.same_as else None
    if link is None:
        return None
    open_issues = Issue.objects.open().select_for_update(no_key=True, of=("self",)).select_related("category")
    issue = open_issues.filter(pk=link.issue_id).first()
    # A complaint about the company must not reach its stewards as a neighbour's word on an order of theirs.
    hides = petition.category.hides_petitioner
    return issue if issue and issue.is_seen_by_those_of(petition.category, hides_petitioner=hides) else None


def open_issue(
    petition: Petition, *, actor: User | str, at: datetime, was: Issue | None = None, hides_petitioner: bool = False
) -> Issue:
    """Open an issue for a petition, start its clocks from filing, dispatch it. Raises `NoPolicy`, `NobodyAnswers`.

    `was` is the issue it had to itself before: as that was sorted, so is this one. What was hidden once stays hidden.
    """
    category = was.category if was else petition.category
    issue = Issue.objects.create(
        subdistrict_id=petition.subdistrict_id,
        community_id=petition.community_id,
        estate=petition.estate,
        building=petition.building,
        stairwell=petition.stairwell,
        spot=petition.spot,
        category=category,
        severity=was.severity if was else category.handling.severity,
        hides_petitioner=hides_petitioner or category.hides_petitioner,
        filed_at=petition.filed_at,
        opened_at=max(at, petition.filed_at),
    )
    write_link(petition, issue, actor if isinstance(actor, User) else None, at)
    write_step(issue, "open", actor, at, petition)
    policy, answerable = lifetime.start(issue, at=at)
    if was:
        is_sorted = was.triaged_at is not None and answerable.why != BY_DEFAULT
        issue.triaged_at = issue.opened_at if is_sorted else None
        issue.save(update_fields=["triaged_at"])
    names: dict[str, Any] = {**clocks.policy_params(policy)}
    standing.tell(petition, "taken_in", at=at, **names)
    dispatch(issue, answerable, actor=actor, at=at)
    return issue


def open_anew(petition: Petition, gone: Issue, *, actor: str, at: datetime) -> Issue:
    """“Not solved”, of a matter that is gone meanwhile: an issue of its own, whose clocks count from now on."""
    IssuePetition.objects.filter(petition=petition, undone_at=None).update(undone_at=at)
    issue = open_issue(petition, actor=actor, at=at, was=gone, hides_petitioner=gone.hides_petitioner)
    clocks.count_from(issue, at)
    tell_what_is_next(issue, present_order(issue))
    return issue


def link(petition: Petition, issue: Issue, *, actor: User, at: datetime) -> None:
    """Somebody in charge says that the petition speaks of this issue. Its own issue, if left empty, is withdrawn.

    The earliest start and the strictest due time survive. Raises `NotInCharge`; `StepNotAllowed` unless both are open,
    and where other people see the one than the other: one hides its petitioner, or complains about staff.
    """
    check_charge(actor, petition, at)
    with transaction.atomic():
        old = _issue_of(petition)
        for touched in sorted({issue.pk: issue, old.pk: old}.values(), key=lambda row: row.pk):
            lock_matter(touched.pk)
        issue.refresh_from_db()
        petition.refresh_from_db()
        if (
            _issue_of(petition) != old
            or old == issue
            or issue.state != IssueState.OPEN
            or petition.state != PetitionStage.IN_HAND
            or not issue.is_seen_by_those_of(old.category, hides_petitioner=old.hides_petitioner)
        ):
            raise StepNotAllowed
        IssuePetition.objects.filter(petition=petition, undone_at=None).update(undone_at=at, undone_by=actor)
        take_over_start(issue, old, at=at)
        attach(petition, issue, actor=actor, at=at)
        withdraw_if_empty(old, actor=actor, at=at)


def unlink(petition: Petition, *, actor: User, at: datetime) -> Issue:
    """It was not the same after all: the petition gets an issue of its own, its clocks counted from its own filing."""
    check_charge(actor, petition, at)
    with transaction.atomic():
        old = _issue_of(petition)
        lock_matter(old.pk)
        petition.refresh_from_db()
        shared = IssuePetition.objects.filter(issue=old, undone_at=None).exclude(petition=petition)
        if not (shared.exists() or old.found_by_id) or petition.state != PetitionStage.IN_HAND:
            raise StepNotAllowed
        IssuePetition.objects.filter(petition=petition, undone_at=None).update(undone_at=at, undone_by=actor)
        write_step(old, "unlink", actor, at, petition)
        standing.tell(petition, "unlinked", at=at)
        was = Issue.objects.filter(links__petition=petition).exclude(pk=old.pk).order_by("-links__pk").first()
        issue = open_issue(petition, actor=actor, at=at, was=was, hides_petitioner=old.hides_petitioner)
        give_back_start(old, at=at)
        note_supporters(old, at)
        return issue


def withdraw_if_empty(issue: Issue, *, actor: User | str, at: datetime) -> None:
    """An issue nobody speaks of any more is withdrawn: clocks void, order cancelled. What a patrol found stands."""
    followed = IssuePetition.objects.filter(issue=issue, undone_at=None).exclude(
        petition__state=PetitionStage.WITHDRAWN
    )
    issue.refresh_from_db()
    if followed.exists() or issue.found_by_id or issue.state != IssueState.OPEN:
        note_supporters(issue, at)
        return
    ISSUE.take_step(issue, "withdraw", actor=PROGRAM, at=at)
    call_back(issue, actor=PROGRAM, at=at)
    clocks.void_all(issue, at=at)
    supervision.settle(issue, actor=PROGRAM, at=at)


def attach(petition: Petition, issue: Issue, *, actor: User | None, at: datetime) -> None:
    write_link(petition, issue, actor, at)
    write_step(issue, "link", actor or PROGRAM, at, petition)
    standing.tell(petition, "linked", at=at)
    order = present_order(issue)
    if order:
        holder = teller(order.holder, order) if order.holder else desk(order)
        standing.set_holder([petition], holder, phone=order.body.phone, since=order.accepted_at or order.dispatched_at)
        if order.arrived_at:
            standing.set_arrival([petition], order.arrived_at, order.arrival_proof)
    tell_what_is_next(issue, order)
    note_supporters(issue, at)


def note_supporters(issue: Issue, at: datetime) -> None:
    """Write down on the live order how many more have said the same."""
    linked = (
        IssuePetition.objects.filter(issue=issue, undone_at=None)
        .exclude(petition__state=PetitionStage.WITHDRAWN)
        .count()
    )
    WorkOrder.objects.live().filter(issue=issue).update(supporters=supporters(issue, linked), changed_at=at)


def take_over_start(issue: Issue, merged: Issue, *, at: datetime) -> None:
    """The earliest start and the strictest due time survive; whoever is late by it now learns so at once."""
    overtaken = clocks.keep_strictest(issue, merged, at=at)
    if merged.filed_at < issue.filed_at:
        issue.filed_at = merged.filed_at
        issue.save(update_fields=["filed_at"])
    ladder.fire_breaches(overtaken, at=at, bell="merge")


def give_back_start(issue: Issue, *, at: datetime) -> None:
    """Whoever had waited longest speaks of something else: the matter counts from the first of those who are left.

    Not what was found on patrol, nor what was opened again: those have a start of their own.
    """
    left = Petition.objects.filter(links__issue=issue, links__undone_at=None).exclude(state=PetitionStage.WITHDRAWN)
    first = left.order_by("filed_at").values_list("filed_at", flat=True).first()
    issue.refresh_from_db()
    if first is None or issue.found_by_id or issue.epoch > 1 or min(first, issue.opened_at) <= issue.filed_at:
        return
    issue.filed_at = min(first, issue.opened_at)
    issue.save(update_fields=["filed_at"])
    clocks.count_from(issue, issue.filed_at)
    tell_what_is_next(issue, present_order(issue))


def _issue_of(petition: Petition) -> Issue:
    link = IssuePetition.objects.select_related("issue").filter(petition=petition, undone_at=None).first()
    if link is None:
        raise StepNotAllowed
    return link.issue


def check_charge(actor: User, petition: Petition, at: datetime) -> None:
    actor.scope(at)
    if not rules.test_rule("issues.may_link", actor, petition.community):
        raise NotInCharge


def write_link(petition: Petition, issue: Issue, actor: User | None, at: datetime) -> None:
    IssuePetition.objects.create(issue=issue, petition=petition, linked_at=at, linked_by=actor)


def write_step(issue: Issue, verb: str, actor: User | str, at: datetime, petition: Petition) -> None:
    person = actor if isinstance(actor, User) else None
    IssueStep.objects.create(
        issue=issue,
        verb=verb,
        to_state=issue.state,
        at=at,
        actor=person,
        program="" if person else str(actor),
        words=petition.receipt_no,
    )
    audit.record(
        verb,
        "issue",
        issue.audit_ref,
        actor=actor,
        at=at,
        subdistrict_id=issue.subdistrict_id,
        receipt_no=petition.receipt_no,
    )
