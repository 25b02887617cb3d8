"""After an election: those elected are entered in the committee's register of posts, and its new term begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain import party, registers
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Body, BodyKind, CommitteeTerm, Post, User
from issues.deliberation.counting.count import count
from issues.deliberation.counting.reading import read
from issues.deliberation.domain.errata import lock
from issues.deliberation.models import ElectionRule, Motion, MotionKind, MotionOption, MotionState, Seat
from issues.deliberation.workflow import MOTION

# As the register of posts has it, which is a Chinese document. The committee chooses its chair itself.
MEMBER = "委员"
PRIVATE = frozenset({"full_name"})
A_YEAR = timedelta(days=366)


class NoCommittee(Refusal):
    """Posts belong to a body, and this estate has none that stands."""

    code = "no_committee"
    sentence = _("No owners' committee of this estate stands in the register. Enter the committee there first.")


class BeforeItWasFinal(Refusal):
    code = "before_it_was_final"
    sentence = _("The new term can't begin before the day on which the result became final.")


class BeginsTooLate(Refusal):
    """A slip of the year, most often."""

    code = "begins_too_late"
    sentence = _("A new term begins within a year from today.")


class TermTooLong(Refusal):
    """By the rule set a term lasts so many years at the most, and one day at least."""

    code = "term_too_long"

    def __init__(self, since: date, rule: ElectionRule):
        last = rule.last_day(since)
        super().__init__(
            _("By the rule set a term has %(years)s years at most: from %(first)s until %(last)s at the latest.")
            % {"years": rule.term_years, "first": wording.day(since, since), "last": wording.day(last, since)}
        )


@dataclass(frozen=True)
class Seated:
    """The term that began with an election, and who was elected to it, in their order, by the names on the ballot: the
    register of posts keeps its own for so many years alone. `gone` are those who have left a term that still runs."""

    term: CommitteeTerm
    seats: tuple[Seat, ...]
    gone: tuple[Seat, ...]


def seated(motion: Motion, at: datetime) -> Seated | None:
    """Who sits on the committee by this election, as the registers have it today; None before they are entered, and
    where the register has no such term any more."""
    rows = Seat.objects.filter(candidate__motion=motion).select_related("post", "candidate").order_by("pk")
    seats = tuple(rows)
    if not seats:
        return None
    post = seats[0].post
    term = CommitteeTerm.objects.filter(body=post.body_id, starts_on__lte=post.since, ends_on__gte=post.since).first()
    if term is None:
        return None
    left = (seat for seat in seats if seat.post.ended_on and seat.post.ended_on < term.ends_on)
    return Seated(term, seats, tuple(left) if local_day(at) <= term.ends_on else ())


def to_enter(motion: Motion) -> Sequence[MotionOption]:
    """Those elected, in their order, who don't stand in the register yet; nobody before the result is final, nor from
    a vote that only asks for opinions."""
    if motion.state != MotionState.FINAL or not motion.seats or motion.kind == MotionKind.CONSULTATIVE:
        return []
    if Seat.objects.filter(candidate__motion=motion).exists():
        return []
    by_number = {option.number: option for option in motion.options.all()}
    return [by_number[number] for number in _elected(motion)]


def enter(motion: Motion, *, since: date, until: date, actor: User, at: datetime) -> list[Post]:
    """Write those elected into the register of posts, and the committee's next term: both days are part of it. Whoever
    sat there leaves, and the term that ran ends, the day before.

    Raises `NotInCharge`, `StepNotAllowed` where nobody is to be entered, `BeforeItWasFinal`, `BeginsTooLate`,
    `TermTooLong`, `NoCommittee`, and `NotAccepted` where the register refuses it.
    """
    with transaction.atomic():
        motion = lock(motion)
        MOTION.take_step(motion, "enter_elected", actor=actor, at=at, is_locked=True)
        candidates, rule = to_enter(motion), motion.election_rule
        if not candidates or motion.final_at is None or rule is None:
            raise StepNotAllowed
        if since < local_day(motion.final_at):
            raise BeforeItWasFinal
        if since > local_day(at) + A_YEAR:
            raise BeginsTooLate
        if not since <= until <= rule.last_day(since):
            raise TermTooLong(since, rule)
        committee = Body.objects.standing_on(since).filter(kind=BodyKind.OWNERS_COMMITTEE, estate=motion.estate_id)
        body = committee.first()
        if body is None:
            raise NoCommittee
        _begin_term(body, since, until, actor, at)
        _let_leave(body, since, actor, at)
        return [_enter(candidate, body, since, actor, at) for candidate in candidates]


def _begin_term(body: Body, since: date, until: date, actor: User, at: datetime) -> None:
    """With the next number. One that the register has from that very day on is the one."""
    noted = body.terms.filter(starts_on=since).first()
    if noted:
        noted.ends_on = until
        party.change(noted, version=noted.version, actor=actor, at=at)
        return
    for term in body.terms.filter(starts_on__lt=since, ends_on__gte=since):
        term.ends_on = since - timedelta(days=1)
        party.change(term, version=term.version, actor=actor, at=at)
    last = body.terms.aggregate(number=Max("number"))["number"] or 0
    party.begin_term(body, last + 1, starts_on=since, ends_on=until, actor=actor, at=at)


def _let_leave(body: Body, since: date, actor: User, at: datetime) -> None:
    """The day before; a post that begins no earlier than the new term lasts its first day, since it has to have one."""
    for post in Post.objects.standing_on(since).filter(body=body).order_by("pk"):
        on = max(since - timedelta(days=1), post.since)
        registers.end(
            post, field="ended_on", on=on, version=post.version, actor=actor, at=at, subdistrict_id=body.subdistrict_id
        )


def _enter(candidate: MotionOption, body: Body, since: date, actor: User, at: datetime) -> Post:
    post = Post(body=body, title=MEMBER, full_name=candidate.title, is_owner=True, since=since)
    registers.add(post, actor=actor, at=at, subdistrict_id=body.subdistrict_id, private=PRIVATE)
    Seat.objects.create(candidate=candidate, post=post, entered_by=actor, entered_at=at)
    return post


def _elected(motion: Motion) -> list[int]:
    """By what decided: the city's own result where it is decided there, else our count. Without it there is none."""
    if motion.kind == MotionKind.MIRROR:
        return motion.official_results.agreed().get().elected
    return [int(option.number) for option in count(read(bytes(motion.tally_file or b""))).elected]
