"""A matter as the desk reads it: what was said, with photos, where, who has it, by when. No names of petitioners."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext

from governance import wording
from governance.models import User
from governance.models.roles import role_and_surname, surname_for_reader
from governance.templatetags.words import is_chinese_elsewhere
from issues import look_alikes, workflow
from issues.look_alikes import Described, Likeness, Piece
from issues.models import (
    ClockKind,
    Issue,
    IssuePetition,
    IssuePhoto,
    IssueRelation,
    IssueState,
    IssueStep,
    SlaClock,
    WorkOrder,
)
from issues.models.issues import IssueQuerySet
from issues.queue.people import role_at
from issues.queue.rows import NEXT_STEPS
from residents.models import Petition, PetitionChannel, PetitionPhoto, PhotoKind

FINISHED_WITHIN = timedelta(days=30)
COMPARED_AT_MOST = 80
PHOTOS_AT_MOST = 3
SHOWN_BESIDE = 2


@dataclass(frozen=True)
class Said:
    """One petition, as said: without whoever said it."""

    receipt_no: str
    words: str
    channel: str
    filed_at: datetime


@dataclass
class Matter:
    """An issue with what stands in one column of the comparison."""

    issue: Issue
    said: list[Said]
    photos: list[str]
    due: datetime | None
    kind: str
    body: str
    holder: str
    order_id: str
    order_state: str
    accepted_at: datetime | None
    likeness: Likeness | None = None
    is_related: bool = False
    pieces: list[Piece] | None = None

    @property
    def words(self) -> str:
        """What was said first; of a patrol finding, what was found."""
        return next((one.words for one in self.said if one.words), self.issue.words)

    @property
    def subject(self) -> str:
        return Petition(words=self.words).subject_words

    @property
    def is_foreign(self) -> bool:
        """Whether the words are Chinese on a page that isn't."""
        return is_chinese_elsewhere(self.words)

    @property
    def channel(self) -> str:
        return self.said[0].channel if self.said else str(PetitionChannel.PATROL.label)

    @property
    def step(self) -> str:
        return str(NEXT_STEPS[ClockKind(self.kind)]) if self.kind else ""

    @property
    def is_open(self) -> bool:
        return self.issue.state == IssueState.OPEN

    @property
    def is_waiting(self) -> bool:
        return self.is_open and self.issue.triaged_at is None

    @property
    def may_be_taken_apart(self) -> bool:
        return self.is_open and (len(self.said) > 1 or (bool(self.said) and self.issue.found_by_id is not None))

    @property
    def described(self) -> Described:
        issue = self.issue
        return Described(
            words=self.words,
            category_id=None if issue.category.handling.by_hand else issue.category_id,
            building_id=issue.building_id,
            stairwell=issue.stairwell,
            spot=issue.spot,
            filed_at=issue.filed_at,
        )

    def in_whose_hands(self, now: datetime) -> str:
        """“周管家，13:24 接单”, “5月7日 办结”, “恒信物业，还没人接单”."""
        if self.issue.finished_at and not self.is_open:
            return gettext("Finished %(time)s") % {"time": wording.short_moment(self.issue.finished_at, now)}
        if self.holder and self.accepted_at:
            facts = {"who": self.holder, "time": wording.short_moment(self.accepted_at, now)}
            return gettext("%(who)s, accepted %(time)s") % facts
        return (
            gettext("%(body)s, nobody has accepted yet") % {"body": self.body} if self.body else gettext("Nobody yet")
        )


def matter_of(user: User, public_id: Any, now: datetime) -> Matter | None:
    """The matter with this public id, if the person keeps its desk. One query."""
    issue = _with_facts(_at_the_desk(user, now), now).filter(public_id=public_id).first()
    return _matter(issue) if issue else None


def candidates_for(matter: Matter, user: User, now: datetime) -> list[Matter]:
    """At most two matters that look like this one, the likeliest first, each with what matches. One query.

    Of the same estate, open or finished within thirty days; never what other people see: what hides its petitioner
    beside what doesn't, a complaint about staff beside a quarrel.
    """
    issue = matter.issue
    lately = Q(state=IssueState.OPEN) | Q(
        state__in=(IssueState.FINISHED, IssueState.CLOSED), finished_at__gte=now - FINISHED_WITHIN
    )
    related = IssueRelation.objects.filter(
        Q(first=OuterRef("pk"), second=issue.pk) | Q(second=OuterRef("pk"), first=issue.pk), undone_at=None
    )
    others = (
        _with_facts(_at_the_desk(user, now), now)
        .filter(lately, _seen_by_the_same(issue), estate=issue.estate_id)
        .exclude(pk=issue.pk)
        .annotate(is_related=Exists(related))
        .order_by("-filed_at", "-pk")[:COMPARED_AT_MOST]
    )
    alike = [_compared(_matter(other), matter) for other in others]
    wanted = [one for one in alike if one.is_related or (one.likeness and one.likeness.is_worth_a_look)]
    # Open ones first: only into what is open can anything be merged.
    beside = sorted(wanted, key=lambda one: (not one.is_open, -_points(one)))[:SHOWN_BESIDE]
    _mark(matter, beside)
    return beside


def _seen_by_the_same(issue: Issue) -> Q:
    """As `Issue.is_seen_by_those_of`."""
    alike = Q(category=issue.category_id) if issue.category.is_about_staff else Q(category__is_about_staff=False)
    return alike & Q(hides_petitioner=issue.hides_petitioner)


def _points(matter: Matter) -> float:
    return matter.likeness.points if matter.likeness else 0.0


def _compared(other: Matter, matter: Matter) -> Matter:
    other.likeness = look_alikes.likeness(matter.described, other.described)
    return other


def _mark(matter: Matter, beside: list[Matter]) -> None:
    matter.pieces = look_alikes.marked(matter.words, [other.words for other in beside])
    for other in beside:
        other.pieces = look_alikes.marked(other.words, [matter.words])


def _at_the_desk(user: User, now: datetime) -> IssueQuerySet:
    """What the person keeps the desk for: not what is walked past outdoors, nor what a body has committed itself to."""
    scope = user.scope(now)
    return (
        Issue.objects.visible_to(user, now)
        .of_people()
        .filter(Q(community__in=scope.communities) | Q(subdistrict__in=scope.subdistricts))
    )


def _with_facts(issues: IssueQuerySet, now: datetime) -> IssueQuerySet:
    links = IssuePetition.objects.filter(issue=OuterRef("pk"), undone_at=None).order_by("petition__filed_at", "id")
    said = JSONObject(
        receipt_no="petition__receipt_no",
        subject="petition__subject",
        words="petition__words",
        channel="petition__channel",
        filed_at="petition__filed_at",
    )
    theirs = PetitionPhoto.objects.filter(
        petition__links__issue=OuterRef("pk"), petition__links__undone_at=None, kind=PhotoKind.BEFORE
    ).order_by("petition__filed_at", "position")
    found = IssuePhoto.objects.filter(issue=OuterRef("pk"), verification=None).order_by("id")
    running = SlaClock.objects.running().filter(issue=OuterRef("pk")).order_by("due_at", "id")
    return issues.select_related("category__handling", "estate", "building", "community").annotate(
        said=ArraySubquery(links.values(row=said)),
        photos_said=ArraySubquery(theirs.values("public_id")[:PHOTOS_AT_MOST]),
        photos_found=ArraySubquery(found.values("public_id")[:PHOTOS_AT_MOST]),
        due=Subquery(running.values("due_at")[:1]),
        due_kind=Subquery(running.values("kind")[:1]),
        order=Subquery(_order(now)),
    )


def _order(now: datetime) -> Any:
    """Whose it is: the latest order as JSON."""
    latest = WorkOrder.objects.filter(issue=OuterRef("pk")).order_by("-id").annotate(role=role_at("holder", now))
    facts = JSONObject(
        id="public_id",
        state="state",
        body="body__short_name",
        accepted_at="accepted_at",
        role="role",
        surname="holder__surname",
        full_name="holder__full_name",
        latin="holder__surname_latin",
    )
    return latest.values(row=facts)[:1]


def _matter(issue: Any) -> Matter:
    order = issue.order or {}
    surname = surname_for_reader(order.get("surname") or (order.get("full_name") or "")[:1], order.get("latin") or "")
    is_live = order.get("state") in (*workflow.LIVE, workflow.DONE)
    return Matter(
        issue=issue,
        said=[_said(row) for row in issue.said],
        photos=[str(photo) for photo in (*issue.photos_said, *issue.photos_found)][:PHOTOS_AT_MOST],
        due=issue.due,
        kind=issue.due_kind or "",
        body=order.get("body", "") if is_live else "",
        holder=role_and_surname(order.get("role") or "", surname) if surname else "",
        order_id=order.get("id", ""),
        order_state=order.get("state", ""),
        accepted_at=datetime.fromisoformat(order["accepted_at"]) if order.get("accepted_at") else None,
        is_related=getattr(issue, "is_related", False),
    )


def _said(row: dict[str, str]) -> Said:
    return Said(
        receipt_no=row["receipt_no"],
        words="\n".join(part for part in (row["subject"], row["words"]) if part),
        channel=str(PetitionChannel(row["channel"]).label),
        filed_at=datetime.fromisoformat(row["filed_at"]),
    )


def what_was_done(issue: Issue) -> IssueStep | None:
    """The last step of a matter that isn't in the inbox (any more), for whoever opens it late."""
    return (
        IssueStep.objects.filter(issue=issue).select_related("actor", "work_order__body").order_by("-at", "-id").first()
    )
