"""After an election: those elected are entered in the committee's register of posts."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain import registers
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import Body, BodyKind, Post, User
from issues.deliberation.counting.count import Count, Verdict, count
from issues.deliberation.counting.reading import read
from issues.deliberation.domain import official
from issues.deliberation.domain.errata import lock
from issues.deliberation.models import Motion, MotionKind, MotionOption, MotionState, Seat
from issues.deliberation.workflow import MOTION

# As the register of posts has it, which is a Chinese document. The committee chooses its chair itself.
MEMBER = "委员"
PRIVATE = frozenset({"full_name"})


class NoCommittee(Refusal):
    """Posts belong to a body, and this estate has none that stands."""

    code = "no_committee"
    sentence = _("No owners' committee of this estate stands in the register. Enter the committee there first.")


class BeforeItWasFinal(Refusal):
    code = "before_it_was_final"
    sentence = _("The new term can't begin before the day on which the result became final.")


def to_enter(motion: Motion) -> Sequence[MotionOption]:
    """Those elected, in their order, who don't stand in the register yet; nobody before the result is final, nor from
    a vote that only asks for opinions."""
    if motion.state != MotionState.FINAL or not motion.seats or motion.kind == MotionKind.CONSULTATIVE:
        return []
    if Seat.objects.filter(candidate__motion=motion).exists():
        return []
    counted = _count_of(motion)
    if counted.seating is None or counted.verdict is not Verdict.PASSED:
        return []
    by_number = {str(option.number): option for option in motion.options.all()}
    return [by_number[option.number] for option in counted.seating.elected]


def enter(motion: Motion, *, since: date, actor: User, at: datetime) -> list[Post]:
    """Write those elected into the register of posts, from `since` on: a new term. Whoever sat there leaves.

    Raises `NotInCharge`, `StepNotAllowed` where nobody is to be entered, `BeforeItWasFinal`, `NoCommittee`, and
    `NotAccepted` where the register refuses it.
    """
    with transaction.atomic():
        motion = lock(motion)
        MOTION.take_step(motion, "enter_elected", actor=actor, at=at, is_locked=True)
        candidates = to_enter(motion)
        if not candidates or motion.final_at is None:
            raise StepNotAllowed
        if since < local_day(motion.final_at):
            raise BeforeItWasFinal
        committee = Body.objects.standing_on(since).filter(kind=BodyKind.OWNERS_COMMITTEE, estate=motion.estate_id)
        body = committee.first()
        if body is None:
            raise NoCommittee
        _let_leave(body, since, actor, at)
        return [_enter(candidate, body, since, actor, at) for candidate in candidates]


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


def _count_of(motion: Motion) -> Count:
    """What decided: the city's own result where it is decided there, else ours. Without it there is none to enter."""
    if motion.kind == MotionKind.MIRROR:
        result = motion.official_results.agreed().get()
        result.motion = motion
        return official.count_of(result)
    return count(read(bytes(motion.tally_file or b"")))
