"""Intake: a petition becomes an issue with clocks and an order, or joins one; and what it takes over and gives back."""

from datetime import datetime
from typing import Any

import rules
from django.db import connection, transaction
from django.db.models import Min, QuerySet

from governance.domain import audit
from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Building, Category, Estate, User
from issues.domain import clocks, ladder, lifetime, supervision
from issues.domain.dispatching import BY_DEFAULT, call_back, dispatch, supporters
from issues.domain.people import present_order
from issues.domain.telling import desk, tell_what_is_next, teller
from issues.models import Issue, IssuePetition, IssueState, IssueStep, WorkOrder
from issues.workflow import ISSUE
from residents.domain import importing, standing
from residents.models import Petition, PetitionStage
from residents.models.petitions import PetitionQuerySet

PROGRAM = "intake"


def take_in(petition_id: int, *, at: datetime, within_ms: int | None = None) -> Issue | None:
    """Take one filed petition in. None if it is taken in already, or just being: run it as often as you like.

    `within_ms`: somebody waits to read who has it. So whoever is just taking it in is waited for, but no statement and
    no lock takes longer; else it is left to the sweep with a database error.
    """
    with transaction.atomic():
        if within_ms is not None:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {within_ms:d}; SET LOCAL lock_timeout = {within_ms:d}")
        petition = (
            Petition.objects.awaiting_intake()
            .select_for_update(of=("self",), skip_locked=within_ms is None, no_key=True)
            .select_related("category__handling", "estate", "building", "petitioner")
            .filter(pk=petition_id)
            .first()
        )
        if petition is None:
            return None
        issue = _issue_it_follows(petition)
        standing.take_in(petition, at=at, is_locked=True)
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
    category = _category_of(petition)
    is_fitting = issue and issue.is_seen_by_those_of(category, hides_petitioner=category.hides_petitioner)
    return issue if is_fitting else None


def open_issue(
    petition: Petition,
    *,
    actor: User | str,
    at: datetime,
    was: Issue | None = None,
    hides_petitioner: bool = False,
    counted: clocks.Round | None = None,
) -> Issue:
    """Open an issue for a petition, start its clocks from filing, dispatch it. Raises `NoPolicy`, `NobodyAnswers`.

    `was` is the issue it had to itself before: as that was sorted, so is this one. What was hidden once stays hidden.
    `counted` is the epoch that its petitioner is in, where that isn't the first.
    """
    issue, started = begin(petition, actor, at, was=was, hides_petitioner=hides_petitioner, counted=counted)
    names: dict[str, Any] = {**clocks.policy_params(started.policy)}
    standing.tell(petition, "taken_in", at=at, **names)
    dispatch(issue, started.answerable, actor=actor, at=at)
    return issue


def begin(
    petition: Petition,
    actor: User | str,
    at: datetime,
    *,
    was: Issue | None,
    hides_petitioner: bool,
    counted: clocks.Round | None,
) -> tuple[Issue, lifetime.Started]:
    """Everything of `open_issue` but the order and what the resident is told of it."""
    category, estate = was.category if was else _category_of(petition), petition.estate
    assert estate is not None  # noqa: S101 - as in `_category_of`
    issue = Issue.objects.create(
        subdistrict_id=petition.subdistrict_id,
        community_id=estate.community_id,
        estate=estate,
        building=petition.building,
        stairwell=petition.stairwell,
        spot=petition.spot,
        category=category,
        severity=was.severity if was else category.handling.severity,
        hides_petitioner=hides_petitioner or category.hides_petitioner,
        epoch=counted.epoch if counted else 1,
        filed_at=petition.filed_at,
        opened_at=max(at, petition.filed_at),
        is_promised=not petition.is_imported,
    )
    write_link(petition, issue, actor if isinstance(actor, User) else None, at)
    write_step(issue, "open", actor, at, petition)
    started = lifetime.start(issue, at=at, starts_at=counted.starts_at if counted else None)
    if was:
        is_sorted = was.triaged_at is not None and started.answerable.why != BY_DEFAULT
        issue.triaged_at = issue.opened_at if is_sorted else None
        issue.save(update_fields=["triaged_at"])
    return issue, started


def _category_of(petition: Petition) -> Category:
    """What it was filed as. Nothing is taken in without a category and a place: see `awaiting_intake`."""
    assert petition.category is not None  # noqa: S101
    return petition.category


def open_anew(petition: Petition, gone: Issue, *, actor: str, at: datetime) -> Issue:
    """“Not solved”, of a matter that is gone meanwhile: an issue of its own, whose clocks count from now on."""
    IssuePetition.objects.filter(petition=petition, undone_at=None).update(undone_at=at)
    issue = open_issue(petition, actor=actor, at=at, was=gone, hides_petitioner=gone.hides_petitioner)
    clocks.count_from(issue, at)
    tell_what_is_next(issue, present_order(issue))
    return issue


def place_imported(
    petition: Petition,
    *,
    estate: Estate,
    category: Category,
    building: Building | None = None,
    stairwell: int | None = None,
    spot: str = "",
    actor: User,
    at: datetime,
) -> Issue | None:
    """Say of an imported petition where it is and what: from now on it is a matter like any other, without clocks.

    Both or neither. Raises what `importing.give_place` refuses; `NoPolicy`, `NobodyAnswers`. None where the sweep was
    faster to take it in.
    """
    with transaction.atomic():
        importing.give_place(
            petition,
            estate=estate,
            category=category,
            building=building,
            stairwell=stairwell,
            spot=spot,
            actor=actor,
            at=at,
        )
        return take_in(petition.pk, at=at)


def take_over(issue: Issue, merged: Issue, at: datetime) -> None:
    """The earliest start and the strictest due time survive; whoever is late by it now learns so at once.

    What was only imported brings no start along: nobody has been waiting for a promise since then.
    """
    overtaken = []
    if merged.is_promised and not issue.is_promised:
        overtaken = clocks.make_promise(issue, starts_at=clocks.round_at(merged, at).starts_at, at=at)
    overtaken += clocks.keep_strictest(issue, at=at)
    if merged.is_promised and merged.filed_at < issue.filed_at:
        issue.filed_at = merged.filed_at
        issue.save(update_fields=["filed_at"])
    ladder.fire_breaches(overtaken, at=at, bell="merge")


def withdraw_if_empty(issue: Issue, *, actor: User | str, at: datetime) -> None:
    """An issue nobody speaks of any more is withdrawn: clocks void, order cancelled. What a patrol found stands."""
    followed = IssuePetition.objects.filter(issue=issue, undone_at=None).exclude(
        petition__state=PetitionStage.WITHDRAWN
    )
    issue.refresh_from_db()
    if followed.exists() or issue.found_by_id or issue.state != IssueState.OPEN:
        take_back_promise_if_alone(issue, at)
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
    if not (issue.is_promised or petition.is_imported):
        overtaken = clocks.make_promise(issue, starts_at=petition.filed_at, at=at)
        ladder.fire_breaches(overtaken, at=at, bell="merge")
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


def give_back(issue: Issue, *, at: datetime) -> None:
    """Somebody speaks of something else: the matter counts as by those who are left.

    By itself it counts from the first of its own petitions; what survives of those that are still merged stays.
    """
    issue.refresh_from_db()
    if take_back_promise_if_alone(issue, at):
        note_supporters(issue, at)
        return
    own, merged = _own_petitions(issue), Issue.objects.filter(merged_into=issue, is_promised=True)
    filings = [_first_filing(own), _first_filing(merged)]
    issue.filed_at = min([issue.opened_at, *(one for one in filings if one)])
    issue.save(update_fields=["filed_at"])
    clocks.count_from(issue, min(_first_filing(own.from_residents()) or issue.opened_at, issue.opened_at))
    clocks.let_go_of_merged(issue)
    tell_what_is_next(issue, present_order(issue))
    note_supporters(issue, at)


def _own_petitions(issue: Issue) -> PetitionQuerySet:
    """Those that speak of it by themselves: they didn't come with a matter that is merged into it."""
    spoken = Petition.objects.filter(links__issue=issue, links__undone_at=None)
    return spoken.exclude(links__issue__merged_into=issue)


def _first_filing(rows: QuerySet[Any]) -> datetime | None:
    return rows.aggregate(first=Min("filed_at"))["first"]


def _still_waiting(issue: Issue) -> PetitionQuerySet:
    """The petitions that speak of it and weren't withdrawn."""
    linked = Petition.objects.filter(links__issue=issue, links__undone_at=None)
    return linked.exclude(state=PetitionStage.WITHDRAWN)


def take_back_promise_if_alone(issue: Issue, at: datetime) -> bool:
    """Where only what was imported is left, nothing is promised to anybody any more. Whether that is so now."""
    if not issue.is_promised or issue.found_by_id or issue.state != IssueState.OPEN:
        return False
    if _still_waiting(issue).from_residents().exists():
        return False
    clocks.take_back_promise(issue, at=at)
    tell_what_is_next(issue, present_order(issue))
    return True


def issue_of(petition: Petition) -> Issue:
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
