"""Sorting at the community desk: what it is, whose it is, whether it is the same as another, or nothing for the office.

One transaction each, with the locks taken in the house's order: the issues by their ids, then petitions, order, clocks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import rules
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain import audit
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Body, Category, User
from issues.domain import clocks, intake, ladder, people, supervision
from issues.domain.dispatching import (
    BY_DEFAULT,
    BY_HAND,
    Answerable,
    bodies_to_hand_to,
    body_for,
    call_back,
    dispatch,
    street_office,
)
from issues.domain.telling import (
    lock_matter,
    petitions_of,
    tell_petitioners,
    tell_what_is_next,
)
from issues.models import (
    DeclineReason,
    Issue,
    IssueRelation,
    IssueState,
    IssueStep,
    Severity,
    SlaClock,
    WorkOrder,
)
from issues.workflow import ISSUE
from residents.domain import standing

PROGRAM = "triage"
UNDO_WITHIN = timedelta(days=1)

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


class NotTogether(StepNotAllowed):
    """Other people see the one than the other: a hidden petitioner, a complaint about staff, another community."""

    code = "not_together"
    sentence = _("These two can't be put together: different people may see them.")


class NothingToUndo(StepNotAllowed):
    code = "nothing_to_undo"
    sentence = _("There is nothing of yours to undo, or it has moved on since.")


class WrongBody(FactMissing):
    """Not one of those to whom the matter may be sent: whoever is complained about doesn't get the complaint."""

    code = "wrong_body"

    def __init__(self) -> None:
        super().__init__("body", _("This can't be sent there: choose somebody in the list."))


def _what_was_done(step: IssueStep, at: datetime) -> str:
    body = step.work_order.body.short_name if step.work_order else ""
    who = step.actor.full_name if step.actor else _("The system")
    return str(WHAT_WAS_DONE[step.verb]) % {"who": who, "body": body, "time": wording.short_moment(step.at, at)}


@contextmanager
def _alone_with(*seen: Issue, actor: User, at: datetime) -> Iterator[list[Issue]]:
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


def _refuse_overtaken(issue: Issue, seen: Issue, at: datetime) -> None:
    """Nobody decides about what they haven't seen: it must be open, and in the inbox or sorted as it was then."""
    if issue.state != IssueState.OPEN or issue.triaged_at != seen.triaged_at:
        raise Overtaken(issue, at)


# --- what it is, and whose ---


def triage(issue: Issue, *, category: Category, severity: str | None = None, actor: User, at: datetime) -> Issue:
    """Say what it is, and how severe: else as severe as the category is. It leaves the inbox; the promise may change.

    The new promise counts from the original start (RULES.md §1). What hides its petitioner hides the petitions, too;
    nothing is ever un-hidden. Whoever has the order keeps it: see `sort`. Raises `Overtaken`, `NoPolicy`.
    """
    with _alone_with(issue, actor=actor, at=at) as [locked]:
        _refuse_overtaken(locked, issue, at)
        overtaken = _say_what_it_is(locked, category, severity, actor, at)
        tell_what_is_next(locked, people.present_order(locked))
        ladder.fire_breaches(overtaken, at=at, bell=PROGRAM)
    return _as_now(issue, locked)


def dispatch_to(issue: Issue, body: Body, *, actor: User, at: datetime) -> WorkOrder:
    """Send it to one of `bodies_to_hand_to`: a department, say. The clocks keep running.

    Where that body has it already, nothing changes. Raises `WrongBody`, `Overtaken`.
    """
    with _alone_with(issue, actor=actor, at=at) as [locked]:
        _refuse_overtaken(locked, issue, at)
        order = _send(locked, body, actor, at)
    _as_now(issue, locked)
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
    with _alone_with(issue, actor=actor, at=at) as [locked]:
        _refuse_overtaken(locked, issue, at)
        overtaken = _say_what_it_is(locked, category, severity, actor, at)
        order = _send(locked, body or body_for(locked, at).body, actor, at)
        tell_what_is_next(locked, order)
        # Only now: whoever has it from here on is told that it is late.
        ladder.fire_breaches(overtaken, at=at, bell=PROGRAM)
    _as_now(issue, locked)
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
    facts = {"category": category.code, "severity": str(severity), "was": issue.category.code}
    ISSUE.take_step(issue, "triage", actor=actor, at=at, fields=fields, **facts)
    if hides:
        standing.hide_names(petitions_of(issue))
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


def _as_now(issue: Issue, locked: Issue) -> Issue:
    issue.__dict__.update(locked.__dict__)
    return issue


# --- whether it is the same ---


def merge(issue: Issue, into: Issue, *, actor: User, at: datetime) -> Issue:
    """It is the same as `into`, which goes on for both: every petition moves there and keeps its number and rating.

    The earliest start and the strictest due time survive; the clocks of `issue` are void, neither met nor missed, and
    its order is cancelled. Raises `NotTogether`; `Overtaken` unless both are open.
    """
    with _alone_with(issue, into, actor=actor, at=at) as [child, parent]:
        _refuse_overtaken(child, issue, at)
        if parent.state != IssueState.OPEN:
            raise Overtaken(parent, at)
        if child == parent or not _go_together(child, parent):
            raise NotTogether
        intake.join(child, parent, actor=actor, at=at)
    _as_now(issue, child)
    return parent


def _go_together(one: Issue, other: Issue) -> bool:
    same_people = one.is_seen_by_those_of(other.category, hides_petitioner=other.hides_petitioner)
    return same_people and one.community_id == other.community_id


def relate(issue: Issue, other: Issue, *, actor: User, at: datetime) -> IssueRelation:
    """只是关联: the two have to do with each other and stay apart. Related twice is related once.

    The other one may be over. Raises `NotTogether` for what different people may see.
    """
    with _alone_with(issue, other, actor=actor, at=at) as [one, another]:
        if one == another or not _go_together(one, another):
            raise NotTogether
        first, second = sorted((one, another), key=lambda row: row.pk)
        relation, is_new = IssueRelation.objects.get_or_create(
            first=first, second=second, undone_at=None, defaults={"related_at": at, "related_by": actor}
        )
        if is_new:
            _note("relate", one, actor, at, other=another.audit_ref)
    return relation


def unrelate(issue: Issue, other: Issue, *, actor: User, at: datetime) -> None:
    """The two have nothing to do with each other after all. Undone twice changes nothing."""
    with _alone_with(issue, other, actor=actor, at=at) as [one, another]:
        first, second = sorted((one, another), key=lambda row: row.pk)
        related = IssueRelation.objects.filter(first=first, second=second, undone_at=None)
        if related.update(undone_at=at, undone_by=actor):
            _note("unrelate", one, actor, at, other=another.audit_ref)


def undo(*, actor: User, at: datetime) -> Issue:
    """Undo the actor's last merge or relation of the last day: the matter that is back in the inbox, or unrelated.

    Raises `NothingToUndo`: also where the matter it was merged into has moved on.
    """
    merged, related = _last_merge(actor, at), _last_relation(actor, at)
    if merged and (related is None or merged.at >= related.related_at):
        return _take_apart(merged.issue, actor, at)
    if related:
        unrelate(related.first, related.second, actor=actor, at=at)
        # The younger of the two: the one that was being sorted.
        return related.second
    raise NothingToUndo


def _last_merge(actor: User, at: datetime) -> IssueStep | None:
    later = IssueStep.objects.filter(issue=OuterRef("issue"), verb__in=("merge", "unmerge"), pk__gt=OuterRef("pk"))
    merges = IssueStep.objects.filter(verb="merge", actor=actor, at__gte=at - UNDO_WITHIN).exclude(Exists(later))
    return merges.select_related("issue").order_by("-id").first()


def _last_relation(actor: User, at: datetime) -> IssueRelation | None:
    related = IssueRelation.objects.filter(related_by=actor, undone_at=None, related_at__gte=at - UNDO_WITHIN)
    return related.select_related("first", "second").order_by("-related_at", "-pk").first()


def _take_apart(merged: Issue, actor: User, at: datetime) -> Issue:
    """What was merged is a matter of its own again, as it was sorted before and counted as it was."""
    parent = merged.merged_into
    if parent is None:
        raise NothingToUndo
    with _alone_with(merged, parent, actor=actor, at=at) as [child, whole]:
        is_there = child.merged_into_id == whole.pk and whole.state == IssueState.OPEN
        if not is_there or intake.has_been_reopened(whole, child.merged_at):
            raise NothingToUndo
        if not (intake.came_with(child, whole) or child.found_by_id):
            raise NothingToUndo
        intake.part(child, whole, actor=actor, at=at)
        return child


def _note(verb: str, issue: Issue, actor: User, at: datetime, **facts: str) -> None:
    """A line of history and one of the trail, for what changes no state."""
    IssueStep.objects.create(issue=issue, verb=verb, to_state=issue.state, at=at, actor=actor)
    audit.record(verb, "issue", issue.audit_ref, actor=actor, at=at, subdistrict_id=issue.subdistrict_id, **facts)


# --- nothing for the office ---


def decline(issue: Issue, *, reason: str, words: str, actor: User, at: datetime) -> Issue:
    """不予受理, with a reason and words that every petitioner reads, and where to go instead.

    An answer is what they get: those clocks stop, a breach stays one, the rest is void. The order is cancelled, the
    supervision settled. What was filed in error can be filed anew. Raises `FactMissing`, `Overtaken`.
    """
    if reason not in DeclineReason.values:
        raise FactMissing("reason", _("Choose why it isn't taken up."))
    if not words.strip():
        raise FactMissing("words", _("Write to the resident why, in a sentence or two."))
    with _alone_with(issue, actor=actor, at=at) as [locked]:
        _refuse_overtaken(locked, issue, at)
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
    return _as_now(issue, locked)
