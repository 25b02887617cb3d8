"""Whether it is the same: merging and relating matters, linking petitions, and undoing each of these.

What was promised to whoever joins another matter goes on binding it as long as they are together: see `clocks.reckon`.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import StepNotAllowed
from governance.models import User
from issues.domain import clocks, intake, lifetime, supervision
from issues.domain.deciding import Overtaken, alone_with, as_now, note, refuse_overtaken
from issues.domain.dispatching import BY_DEFAULT, BY_HAND, call_back, dispatch
from issues.domain.people import present_order
from issues.domain.telling import lock_matter, petitions_of, tell_petitioners, tell_what_is_next, waiting_to_be_rated
from issues.models import Issue, IssuePetition, IssueRelation, IssueState, IssueStep
from issues.workflow import ISSUE
from residents.domain import standing
from residents.models import Petition, PetitionStage

PROGRAM = "linking"
UNDO_WITHIN = timedelta(days=1)

# --- matters ---


class NotTogether(StepNotAllowed):
    """Other people see the one than the other: a hidden petitioner, a complaint about staff, another community."""

    code = "not_together"
    sentence = _("These two can't be put together: different people may see them.")


class NothingToUndo(StepNotAllowed):
    code = "nothing_to_undo"
    sentence = _("There is nothing of yours to undo, or it has moved on since.")


def merge(issue: Issue, into: Issue, *, actor: User, at: datetime) -> Issue:
    """It is the same as `into`, which goes on for both: every petition moves there and keeps its number and rating.

    The earliest start and the strictest due time survive; the clocks of `issue` are void, neither met nor missed, and
    its order is cancelled. Raises `NotTogether`; `Overtaken` unless both are open.
    """
    with alone_with(issue, into, actor=actor, at=at) as [child, parent]:
        refuse_overtaken(child, issue, at)
        if parent.state != IssueState.OPEN:
            raise Overtaken(parent, at)
        if child == parent or not _go_together(child, parent):
            raise NotTogether
        join(child, parent, actor=actor, at=at)
    as_now(issue, child)
    return parent


def _go_together(one: Issue, other: Issue) -> bool:
    same_people = one.is_seen_by_those_of(other.category, hides_petitioner=other.hides_petitioner)
    return same_people and not other.is_commitment and one.community_id == other.community_id


def relate(issue: Issue, other: Issue, *, actor: User, at: datetime) -> IssueRelation:
    """只是关联: the two have to do with each other and stay apart. Related twice is related once.

    The other one may be over. Raises `NotTogether` for what different people may see.
    """
    with alone_with(issue, other, actor=actor, at=at) as [one, another]:
        if one == another or not _go_together(one, another):
            raise NotTogether
        first, second = sorted((one, another), key=lambda row: row.pk)
        relation, is_new = IssueRelation.objects.get_or_create(
            first=first, second=second, undone_at=None, defaults={"related_at": at, "related_by": actor}
        )
        if is_new:
            note("relate", one, actor, at, other=another.audit_ref)
    return relation


def unrelate(issue: Issue, other: Issue, *, actor: User, at: datetime) -> None:
    """The two have nothing to do with each other after all. Undone twice changes nothing."""
    with alone_with(issue, other, actor=actor, at=at) as [one, another]:
        first, second = sorted((one, another), key=lambda row: row.pk)
        related = IssueRelation.objects.filter(first=first, second=second, undone_at=None)
        if related.update(undone_at=at, undone_by=actor):
            note("unrelate", one, actor, at, other=another.audit_ref)


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
    with alone_with(merged, parent, actor=actor, at=at) as [child, whole]:
        is_there = child.merged_into_id == whole.pk and whole.state == IssueState.OPEN
        if not is_there or has_been_reopened(whole, child.merged_at):
            raise NothingToUndo
        if not (came_with(child, whole) or child.found_by_id):
            raise NothingToUndo
        part(child, whole, actor=actor, at=at)
        return child


# --- petitions ---


def link(petition: Petition, issue: Issue, *, actor: User, at: datetime) -> None:
    """Somebody in charge says that the petition speaks of this issue: its own issue is merged into it.

    Out of an issue that others speak of, too, it takes what was promised to itself along, and leaves the rest there.
    The earliest start and the strictest due time survive. Raises `NotInCharge`; `StepNotAllowed` unless both are open,
    and where other people see the one than the other: one hides its petitioner, or complains about staff.
    """
    intake.check_charge(actor, petition, at)
    with transaction.atomic():
        old = intake.issue_of(petition)
        _lock({issue.pk, old.pk})
        issue.refresh_from_db()
        petition.refresh_from_db()
        old.refresh_from_db()
        if (
            intake.issue_of(petition) != old
            or old == issue
            or issue.state != IssueState.OPEN
            or petition.state != PetitionStage.IN_HAND
            or not issue.is_seen_by_those_of(old.category, hides_petitioner=old.hides_petitioner)
        ):
            raise StepNotAllowed
        own = _taken_along(petition, old, actor, at) if _is_shared(old, petition) else old
        join(own, issue, actor=actor, at=at)


def _lock(issue_ids: set[int]) -> None:
    for issue_id in sorted(issue_ids):
        lock_matter(issue_id)


def _is_shared(issue: Issue, petition: Petition) -> bool:
    """Whether somebody else speaks of it, too, or has found it."""
    others = IssuePetition.objects.filter(issue=issue, undone_at=None).exclude(petition=petition)
    return issue.found_by_id is not None or others.exclude(petition__state=PetitionStage.WITHDRAWN).exists()


def _taken_along(petition: Petition, old: Issue, actor: User, at: datetime) -> Issue:
    """The petition's part of what others speak of, too, as an issue about to be merged: nobody is sent for it."""
    was, counted = _came_from(petition, old), _counted_for(petition, old, at)
    _end_links([petition], old, actor, at)
    intake.write_step(old, "unlink", actor, at, petition)
    issue, _started = intake.begin(petition, actor, at, was=was, hides_petitioner=old.hides_petitioner, counted=counted)
    for clock in old.clocks.filter(epoch=old.epoch, stopped_at__gte=counted.starts_at):
        issue.clocks.filter(kind=clock.kind).update(stopped_at=clock.stopped_at)
    intake.give_back(old, at=at)
    return issue


def join(child: Issue, parent: Issue, *, actor: User, at: datetime) -> None:
    """Merge an open issue into another: every petition moves there; the child's promises bind it from now on.

    Its clocks are void, neither met nor missed, and its order is cancelled. Runs inside the caller's transaction, which
    holds the locks of both.
    """
    petitions, to_rate = petitions_of(child), waiting_to_be_rated(child)
    fields = {"merged_into": parent, "merged_at": at}
    ISSUE.take_step(child, "merge", actor=actor, at=at, fields=fields, into=parent.audit_ref)
    clocks.void_all(child, at=at)
    intake.take_over(parent, child, at)
    _end_links([*petitions, *to_rate], child, actor, at)
    for petition in petitions:
        intake.attach(petition, parent, actor=actor, at=at)
    # Of a matter that a neighbour had opened again: they have their answer, but may still say “not solved”.
    for petition in to_rate:
        intake.write_link(petition, parent, actor, at)
    call_back(child, actor=PROGRAM, at=at)
    supervision.settle(child, actor=PROGRAM, at=at)
    tell_what_is_next(parent, present_order(parent))
    intake.note_supporters(parent, at)


def part(child: Issue, parent: Issue, *, actor: User, at: datetime) -> None:
    """Undo `join`: the child is its own again, with the petitions that had come with it and are still there.

    It comes back in the epoch it was in and counts as that did: due when it was due, with what had fired, had stopped
    and stood on record. The parent stands as if it had never been merged, but for what has happened to it meanwhile.
    Runs inside the caller's transaction, which holds the locks of both.
    """
    petitions, since = came_with(child, parent), child.merged_at
    assert since is not None  # noqa: S101 - the constraint merged_into_something_at_an_instant
    _end_links(petitions, parent, actor, at)
    ISSUE.take_step(child, "unmerge", actor=actor, at=at, fields={"merged_into": None, "merged_at": None})
    clocks.run_again(child, since=since)
    for petition in petitions:
        intake.write_link(petition, child, actor, at)
    supervision.ask_again(child, since=since, actor=PROGRAM, at=at)
    tell_petitioners(child, "unlinked", at=at)
    whose = lifetime.whose_again(child, at, kept=(BY_HAND, BY_DEFAULT))
    dispatch(child, whose, actor=actor, at=at)
    intake.give_back(parent, at=at)


def came_with(child: Issue, parent: Issue) -> list[Petition]:
    """The petitions of `parent` that came with `child`: in hand, and to be rated."""
    of_child = set(IssuePetition.objects.filter(issue=child).values_list("petition_id", flat=True))
    return [one for one in (*petitions_of(parent), *waiting_to_be_rated(parent)) if one.pk in of_child]


def unlink(petition: Petition, *, actor: User, at: datetime) -> Issue:
    """It was not the same after all: the petition gets an issue of its own, as if it had never been put with others.

    What was merged for its sake alone comes back itself. Otherwise a new one counts from its own filing; or, where it
    has lived through a reopening, from that and in that epoch: time while it was solved never counts.
    """
    intake.check_charge(actor, petition, at)
    with transaction.atomic():
        old = intake.issue_of(petition)
        was = _came_from(petition, old)
        _lock({old.pk, was.pk} if was else {old.pk})
        petition.refresh_from_db()
        old.refresh_from_db()
        shared = IssuePetition.objects.filter(issue=old, undone_at=None).exclude(petition=petition)
        if (
            intake.issue_of(petition) != old
            or not (shared.exists() or old.found_by_id)
            or petition.state != PetitionStage.IN_HAND
        ):
            raise StepNotAllowed
        intake.write_step(old, "unlink", actor, at, petition)
        if was and _is_its_alone(was, old, petition):
            part(was, old, actor=actor, at=at)
            return was
        counted = _counted_for(petition, old, at)
        _end_links([petition], old, actor, at)
        standing.tell(petition, "unlinked", at=at)
        hides = old.hides_petitioner
        issue = intake.open_issue(petition, actor=actor, at=at, was=was, hides_petitioner=hides, counted=counted)
        intake.give_back(old, at=at)
        return issue


def _came_from(petition: Petition, issue: Issue) -> Issue | None:
    """The issue that it spoke of before this one."""
    return Issue.objects.filter(links__petition=petition).exclude(pk=issue.pk).order_by("-links__pk").first()


def _is_its_alone(was: Issue, old: Issue, petition: Petition) -> bool:
    """Whether the matter `was` is merged into `old` in its present epoch, and speaks for this petition only."""
    was.refresh_from_db()
    is_here = was.merged_into_id == old.pk and not has_been_reopened(old, was.merged_at)
    return is_here and not was.found_by_id and came_with(was, old) == [petition]


def has_been_reopened(issue: Issue, since: datetime | None) -> bool:
    """Whether it was solved and opened again since then."""
    return since is not None and issue.steps.filter(verb__in=clocks.REOPENING, at__gte=since).exists()


def _counted_for(petition: Petition, issue: Issue, at: datetime) -> clocks.Round:
    """The epoch that its petitioner is in: the present one of `issue`, or of what it spoke of before, if it was opened
    again while the petition spoke of it; else the first, from its filing."""
    was = _came_from(petition, issue)
    joined_at = IssuePetition.objects.get(petition=petition, undone_at=None).linked_at
    seen = [_seen_of(petition, issue, at), *([_seen_of(petition, was, joined_at)] if was else [])]
    return next((one for one in seen if one), clocks.Round(1, petition.filed_at))


def _seen_of(petition: Petition, issue: Issue, at: datetime) -> clocks.Round | None:
    """The later epoch in which `issue` was at `at`, if the petition spoke of it when that began."""
    epoch = clocks.round_at(issue, at)
    spoke = Q(linked_at__lte=epoch.starts_at) | Q(linked_at=issue.opened_at)
    has_seen = IssuePetition.objects.filter(spoke, issue=issue, petition=petition).exists()
    return epoch if epoch.epoch > 1 and has_seen else None


def _end_links(petitions: list[Petition], issue: Issue, actor: User, at: datetime) -> None:
    links = IssuePetition.objects.filter(issue=issue, undone_at=None, petition__in=petitions)
    links.update(undone_at=at, undone_by=actor)
