"""What the page of one order shows: what was said, the clocks, the history, and who may hold it. Reads only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Window
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain.steps import Step
from governance.models import BodyKind, Role, RoleAssignment, User
from governance.models.roles import role_and_surname, surname_for_reader
from issues.domain import committed
from issues.domain.clocks import promise_behind, surviving
from issues.domain.supervision import VERB_PREFIX
from issues.models import (
    ArrivalProof,
    ClockKind,
    Issue,
    IssuePetition,
    IssuePhoto,
    IssueStep,
    OrderPhoto,
    ReturnReason,
    SlaClock,
    SupervisionOrder,
    WorkOrder,
)
from issues.models.orders import WorkOrderQuerySet
from issues.queue import role_at, with_holder_role
from issues.workflow import ISSUE, WORK_ORDER
from residents.models import PetitionChannel, PetitionPhoto, PhotoKind

HISTORY: dict[str, str | Promise] = {
    "accept": _("%(who)s accepted it"),
    "arrive": _("%(who)s was at the place"),
    "plan": _("%(who)s handed in the plan"),
    "finish": _("%(who)s reported it finished"),
    "return": _("%(who)s returned it"),
    "reassign": _("%(who)s gave it to a colleague"),
    "note": _("%(who)s added a word"),
    "ring_next": _("Nobody had accepted: the next phone was rung"),
    "cancel": _("The order was cancelled"),
    "reopen": _("“Not solved”, said the resident: it was opened again"),
    "close": _("The matter was closed"),
    "find": _("%(who)s found it on patrol"),
    "commit": _("%(who)s wrote the commitment down"),
    "verify": _("%(who)s looked on site: it is put right"),
    "not_fixed": _("%(who)s looked on site: it is not put right"),
    "mediate": _("%(who)s talked it over with those concerned"),
    "withdraw": _("The resident withdrew it"),
    "supervision_answer": _("%(who)s gave the office an account of the delay"),
    "supervision_accept_answer": _("%(who)s accepted the account"),
    "supervision_send_back": _("%(who)s sent the account back"),
    "supervision_settle": _("No account is asked for any more: the matter is finished"),
    "supervision_ask_again": _("The office asked for the account again"),
    "dispatch": _("The order went to %(body)s"),
    "take_in": _("A resident reported it"),
    "open": _("A resident reported it"),
    "link": _("A neighbour's petition was joined to it"),
    "unlink": _("A petition was taken out of it"),
    "triage": _("%(who)s sorted it"),
    "merge": _("%(who)s merged it into another matter"),
    "unmerge": _("%(who)s undid the merging"),
    "relate": _("%(who)s related it to another matter"),
    "unrelate": _("%(who)s undid a relation to another matter"),
    "decline": _("%(who)s decided not to take it up"),
}
# A matter that a whole building speaks of; what the first have said is enough to go there.
SAID_AT_MOST = 20
# Of what a body has committed itself to nobody has petitioned: whoever supervises it says how it goes on.
BY_ITS_SUPERVISOR: dict[str, str | Promise] = {
    "reopen": _("Its supervisor sent it back"),
    "close": _("Its supervisor accepted it as done"),
    "withdraw": _("The commitment was given up"),
    "cancel": _("Its supervisor took it from this body"),
}
WHEN_FINISHED_BY_PROGRAM = _("The matter was finished")


@dataclass(frozen=True)
class Said:
    """One linked petition as the staff may see it, or what a patrol found."""

    words: str
    filed_at: datetime
    channel: str
    photos: list[str]
    name: str
    phone: str
    is_withdrawn: bool
    is_finding: bool = False
    is_promise: bool = False


@dataclass(frozen=True)
class ClockLine:
    """One promise: what it asks for, whether it was kept, and why it is due then."""

    kind: str
    due_at: datetime
    badge: str
    look: str
    result: str
    why: str
    source: str
    is_running: bool
    asks_for_plan: bool


@dataclass(frozen=True)
class Told:
    """One entry of the history."""

    at: datetime
    heading: str
    words: str
    reason: str


def orders_in_sight(user: User, now: datetime) -> WorkOrderQuerySet:
    """The orders of `user` with all that their page needs of the row itself: one query for one order."""
    photos = OrderPhoto.objects.filter(work_order__issue=OuterRef("issue")).order_by("added_at", "id")
    supervised = SupervisionOrder.objects.filter(issue=OuterRef("issue"), epoch=OuterRef("issue__epoch"))
    return (
        with_holder_role(WorkOrder.objects.visible_to(user, now).for_queue(), now)
        .select_related("issue__category", "issue__building", "issue__estate", "body", "holder")
        .annotate(
            after_photos=ArraySubquery(photos.values("public_id")),
            is_supervised=Exists(supervised),
            staff=ArraySubquery(_staff(now)),
        )
    )


def _staff(now: datetime) -> QuerySet[RoleAssignment, Any]:
    """Everybody who works for the order's body at `now`, as JSON rows."""
    works_there = (
        Q(role__in=(Role.PROPERTY_STAFF, Role.PROPERTY_MANAGER), body=OuterRef("body"))
        | Q(role=Role.COMMUNITY_STAFF, community=OuterRef("body__community"), kind=BodyKind.RESIDENTS_COMMITTEE)
        | Q(role=Role.STREET_OFFICER, subdistrict=OuterRef("body__subdistrict"), kind=BodyKind.STREET_OFFICE)
        | Q(role=Role.DISTRICT_OFFICER, district=OuterRef("body__district"), kind=BodyKind.DISTRICT_OFFICE)
    )
    return (
        RoleAssignment.objects.in_force(now)
        .annotate(kind=ExpressionWrapper(OuterRef("body__kind"), output_field=CharField()))
        .filter(works_there, user__is_active=True)
        .order_by("user__surname", "user_id")
        .values(
            row=JSONObject(
                id="user__public_id",
                role="role",
                surname="user__surname",
                latin="user__surname_latin",
                full_name="user__full_name",
            )
        )
    )


def colleagues(order: WorkOrder) -> list[tuple[str, str]]:
    """Who may be given the order, as (public id, “周管家 周明”). Whoever holds it stands there too, marked."""
    holder = str(order.holder.public_id) if order.holder else ""
    return [
        (row["id"], _with_mark(_colleague_name(row), row["id"] == holder))
        for row in {row["id"]: row for row in getattr(order, "staff", [])}.values()
    ]


def _colleague_name(row: dict[str, str]) -> str:
    surname = surname_for_reader(row["surname"] or row["full_name"][:1], row["latin"])
    return f"{role_and_surname(row['role'], surname)} {row['full_name']}".strip()


def _with_mark(name: str, holds_it: bool) -> str:
    return gettext("%(name)s (has it now)") % {"name": name} if holds_it else name


def what_was_said(issue: Issue, now: datetime, *, names_may_be_seen: bool) -> tuple[list[Said], int]:
    """What a patrol found, the first linked petitions in the order of filing, and how many more of these there are.

    One query, photos included; one more for a finding.
    """
    photos = PetitionPhoto.objects.filter(petition=OuterRef("petition"), kind=PhotoKind.BEFORE)
    links = (
        IssuePetition.objects.filter(issue=issue, undone_at=None)
        .select_related("petition__petitioner")
        .annotate(photo_ids=ArraySubquery(photos.order_by("position").values("public_id")), linked=Window(Count("id")))
        .order_by("petition__filed_at", "petition_id")[:SAID_AT_MOST]
    )
    said = [_said(link, names_may_be_seen and not issue.hides_petitioner) for link in links]
    besides = links[0].linked - len(said) if said else 0  # type: ignore[attr-defined]
    if issue.is_commitment:
        return [_promised(issue)], 0
    return ([_found(issue, now), *said] if issue.found_by_id else said), besides


def _promised(issue: Issue) -> Said:
    """What the body has committed itself to, as its one voice."""
    channel = gettext("Commitment")
    return Said(issue.words, issue.filed_at, channel, photos=[], name="", phone="", is_withdrawn=False, is_promise=True)


def _found(issue: Issue, now: datetime) -> Said:
    """What a patrol found, as the first voice. Whoever found it is staff: by role and surname."""
    photos = IssuePhoto.objects.filter(issue=issue, verification=None).order_by("id").values("public_id")
    people: QuerySet[Any] = User.objects.annotate(role=role_at("pk", now), photo_ids=ArraySubquery(photos))
    finder = people.get(pk=issue.found_by_id)
    return Said(
        words=issue.words,
        filed_at=issue.filed_at,
        channel=str(PetitionChannel.PATROL.label),
        photos=[str(public_id) for public_id in finder.photo_ids],
        name=role_and_surname(finder.role or "", finder.surname_for_reader()),
        phone="",
        is_withdrawn=False,
        is_finding=True,
    )


def _said(link: IssuePetition, names_may_be_seen: bool) -> Said:
    """The name goes to those who handle the matter, if the person agreed and the kind of matter allows it."""
    petition = link.petition
    person = petition.petitioner if names_may_be_seen and not petition.hides_its_person else None
    return Said(
        words=petition.said,
        filed_at=petition.filed_at,
        channel=petition.get_channel_display(),
        photos=[str(public_id) for public_id in link.photo_ids],  # type: ignore[attr-defined]
        name=person.surname_for_reader() if person else "",
        phone=person.masked_phone if person else "",
        is_withdrawn=petition.state == "withdrawn",
    )


def clock_lines(issue: Issue, now: datetime) -> list[ClockLine]:
    """The clocks of the issue's present epoch, the soonest first. One query."""
    clocks = (
        SlaClock.objects.filter(issue=issue, epoch=issue.epoch)
        .select_related("policy", "calendar")
        .order_by("due_at", "id")
    )
    survivors = surviving(issue)
    return [_clock_line(clock, promise_behind(clock, survivors), now) for clock in clocks]


def _clock_line(clock: SlaClock, promise: SlaClock, now: datetime) -> ClockLine:
    missed = clock.was_missed(now)
    badge, look = _verdict(clock, missed)
    return ClockLine(
        kind=clock.get_kind_display(),
        due_at=clock.due_at,
        badge=badge,
        look=look,
        result=_result(clock, missed, now),
        why=why(promise, now, is_provisional=clock.is_provisional),
        source=promise.policy.source,
        is_running=clock.stopped_at is None and clock.voided_at is None,
        asks_for_plan=clock.kind == ClockKind.PLAN,
    )


def _verdict(clock: SlaClock, missed: bool) -> tuple[str, str]:
    if clock.voided_at:
        return gettext("No longer counted"), "plain"
    if missed:
        return gettext("Missed"), "overdue"
    return (gettext("Met"), "done") if clock.stopped_at else (gettext("Running"), "plain")


def _result(clock: SlaClock, missed: bool, now: datetime) -> str:
    """“14:09, 3 minutes early”: only for a clock that has stopped, so that nothing here has to tick."""
    if clock.stopped_at is None:
        return ""
    facts = {"time": wording.short_moment(clock.stopped_at, now), "span": wording.span(clock.stopped_at - clock.due_at)}
    return (gettext("%(time)s, %(span)s late") if missed else gettext("%(time)s, %(span)s to spare")) % facts


def why(promise: SlaClock, now: datetime, *, is_provisional: bool) -> str:
    """“5341 quick response: 5 minutes from today 14:10, day and night.”"""
    facts = {"policy": promise.policy.name, "since": wording.moment(promise.starts_at, now), "target": _target(promise)}
    if not facts["target"]:
        return gettext("%(policy)s: by the day promised in the plan.") % facts
    if promise.calendar.always_open:
        sentence = gettext("%(policy)s: %(target)s from %(since)s, counted day and night.") % facts
    else:
        sentence = gettext("%(policy)s: %(target)s from %(since)s, counted in office hours.") % facts
    if is_provisional:
        sentence += " " + gettext("The holidays of that year are not published yet, so this may still move.")
    return sentence


def _target(clock: SlaClock) -> str:
    return wording.target(clock.target_minutes, clock.target_working_days)


def history(issue: Issue, now: datetime) -> list[Told]:
    """Every step of the issue and its orders, the latest first. One query."""
    steps = (
        IssueStep.objects.filter(issue=issue)
        .select_related("actor", "work_order__body")
        .annotate(role=role_at("actor", now))
        .order_by("-at", "-id")[:200]
    )
    return [_told(step) for step in steps]


def _told(step: IssueStep) -> Told:
    who = role_and_surname(getattr(step, "role", None) or "", step.actor.surname_for_reader()) if step.actor else ""
    heading = _heading(step, who)
    reason = ReturnReason(step.reason).label if step.reason in ReturnReason.values else ""
    # What a body's head writes to the office is for those who give and judge the account, on its own page.
    words = "" if step.verb.startswith(VERB_PREFIX) else step.words
    return Told(at=step.at, heading=heading, words=words, reason=str(reason))


def _heading(step: IssueStep, who: str) -> str:
    if step.program == committed.PROGRAM and step.verb in BY_ITS_SUPERVISOR:
        return str(BY_ITS_SUPERVISOR[step.verb])
    if step.verb == "finish" and not who:
        return str(WHEN_FINISHED_BY_PROGRAM)
    if step.verb not in HISTORY:
        return str(_label(step.verb))
    body = step.work_order.body.short_name if step.work_order else ""
    return str(HISTORY[step.verb]) % {"who": who or gettext("The system"), "body": body}


def _label(verb: str) -> str | Promise:
    """The name of a step that has no sentence of its own."""
    known: dict[str, Step] = {step.verb: step for step in (*ISSUE.steps, *WORK_ORDER.steps)}
    return known[verb].label if verb in known else _("Noted by the system")


def arrival_words(order: WorkOrder) -> str:
    """How the arrival is known: a bare tap counts as claimed."""
    return str(ArrivalProof(order.arrival_proof).label) if order.arrival_proof else ""
