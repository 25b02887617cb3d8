"""Preparing, calling, changing, cancelling and opening a meeting, and who is there."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext

from governance.domain import audit
from governance.domain.refusals import NotInCharge, Refusal, StepNotAllowed
from governance.domain.venues import book, release
from governance.models import Community, Estate, User, Venue
from issues.deliberation.domain import final_check
from issues.deliberation.domain.setting_up import NotLawful, Obstacle, WrittenMeanwhile
from issues.deliberation.models import Answer, Invitation, Mechanism, Meeting, MeetingState
from issues.deliberation.models.meetings import DOORS_OPEN
from issues.deliberation.workflow import MEETING


class TooEarly(Refusal):
    """The meeting's doors aren't open yet."""

    code = "too_early"
    sentence = _("It is too early: a meeting is opened from an hour before its time.")


class NoQuorum(Refusal):
    """Not enough of those with a vote have come."""

    code = "no_quorum"
    sentence = _("Too few of those with a vote are here.")


@dataclass(frozen=True)
class MeetingPlan:
    """A meeting as somebody writes it down. `place` is one estate, or a whole community."""

    place: Estate | Community
    mechanism: Mechanism
    title: str
    words: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: Venue | None = None

    def fields(self) -> dict[str, Any]:
        """With the area that the place lies in."""
        own = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        place = own.pop("place")
        estate = place if isinstance(place, Estate) else None
        community = place.community if isinstance(place, Estate) else place
        return {**own, "estate": estate, "community": community, "subdistrict_id": community.subdistrict_id}

    @property
    def times(self) -> dict[str, Any]:
        """What of it may still be changed once people were told."""
        return {name: getattr(self, name) for name in ("words", "starts_at", "ends_at", "venue")}


@dataclass(frozen=True)
class Presence:
    """Who is there, of those asked. `needed` is 0 where nobody counts a quorum in the room."""

    asked: int
    coming: int
    came: int
    with_vote: int
    with_vote_here: int
    needed: int
    owners: int = 0
    owners_here: int = 0
    owners_needed: int = 0

    @property
    def has_quorum(self) -> bool:
        return self.with_vote_here >= self.needed and self.owners_here >= self.owners_needed

    @property
    def owners_missing(self) -> int:
        return max(self.owners_needed - self.owners_here, 0)

    @property
    def missing(self) -> int:
        return max(self.needed - self.with_vote_here, 0)


def draft(plan: MeetingPlan, *, actor: User, at: datetime) -> Meeting:
    """Write a meeting down. Nobody is told yet. Raises `NotInCharge`."""
    with transaction.atomic():
        meeting = Meeting.objects.create(**plan.fields(), drafted_by=actor, drafted_at=at)
        check_charge(meeting, actor, at)
        note("draft_meeting", meeting, actor, at)
    return meeting


def rewrite(meeting: Meeting, plan: MeetingPlan, *, version: int, actor: User, at: datetime) -> Meeting:
    """Change it: a draft in everything, a meeting that was called in when, where and in words.

    Of a meeting that was called everybody is told. Raises `WrittenMeanwhile` where somebody else was first,
    `NotLawful` for a time that the notice doesn't allow, `RoomTaken`, `NotInCharge`, `StepNotAllowed`.
    """
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        if locked.state not in (MeetingState.DRAFT, MeetingState.CALLED):
            raise StepNotAllowed
        if locked.version != version:
            raise WrittenMeanwhile
        if locked.is_called:
            return _change(locked, plan, actor, at)
        Meeting.objects.filter(pk=locked.pk).update(**plan.fields(), version=version + 1)
        locked.refresh_from_db()
        check_charge(locked, actor, at)
        note("rewrite_meeting", locked, actor, at)
    return locked


def _change(meeting: Meeting, plan: MeetingPlan, actor: User, at: datetime) -> Meeting:
    before = meeting.starts_at
    for name, value in plan.times.items():
        setattr(meeting, name, value)
    _refuse(final_check.obstacles_of_a_change(meeting, before, at))
    room, starts_at, ends_at = _where_and_when(meeting)
    if meeting.booking:
        release(meeting.booking, at=at)
    booking = book(room, starts_at, ends_at, actor=actor, at=at)
    fields = {
        **plan.times, "booking": booking, "changed_at": at, "version": meeting.version + 1,
        "sequence": meeting.sequence + 1,
    }  # fmt: skip
    return MEETING.take_step(meeting, "change", actor=actor, at=at, is_locked=True, fields=fields)


def call(meeting: Meeting, *, actor: User, at: datetime) -> Meeting:
    """Call it: the room is taken, and everybody who is asked is told.

    Raises `NotInCharge`, `StepNotAllowed`, `NotLawful` with all that stands in the way, and `RoomTaken` where somebody
    took the room in this moment.
    """
    with transaction.atomic():
        meeting = lock(meeting)
        check_charge(meeting, actor, at)
        if not meeting.is_draft:
            raise StepNotAllowed
        _refuse(final_check.check(meeting, actor, at).obstacles)
        room, starts_at, ends_at = _where_and_when(meeting)
        fields = {
            "booking": book(room, starts_at, ends_at, actor=actor, at=at),
            "called_at": at, "called_by": actor, "changed_at": at,
        }  # fmt: skip
        return MEETING.take_step(meeting, "call", actor=actor, at=at, is_locked=True, fields=fields)


def cancel(meeting: Meeting, *, words: str, actor: User, at: datetime) -> Meeting:
    """Give it up, with the reason. The room is free again; of a meeting that was called everybody is told."""
    with transaction.atomic():
        meeting = lock(meeting)
        if meeting.booking:
            release(meeting.booking, at=at)
        fields = {"cancelled_at": at, "cancelled_because": words, "changed_at": at}
        if meeting.called_at:
            fields["sequence"] = meeting.sequence + 1
        return MEETING.take_step(meeting, "cancel", actor=actor, at=at, is_locked=True, words=words, fields=fields)


def hold(meeting: Meeting, *, actor: User, at: datetime) -> Meeting:
    """Open the meeting: from here on minutes are written. Raises `TooEarly`, `NoQuorum` with how many are missing."""
    with transaction.atomic():
        meeting = lock(meeting)
        if meeting.starts_at and at < meeting.starts_at - DOORS_OPEN:
            raise TooEarly
        here = presence(meeting)
        missing = here.missing
        if not missing and here.owners_missing:
            raise NoQuorum(
                _("Too few of its owner members are here: %(here)s of %(needed)s that are needed.")
                % {"here": here.owners_here, "needed": here.owners_needed}
            )
        if missing:
            raise NoQuorum(
                npgettext(
                    "meeting",
                    "%(missing)s more of those with a vote has to be here before it can be opened.",
                    "%(missing)s more of those with a vote have to be here before it can be opened.",
                    missing,
                )
                % {"missing": missing}
            )
        return MEETING.take_step(meeting, "hold", actor=actor, at=at, is_locked=True, fields={"opened_at": at})


def _refuse(obstacles: Sequence[Obstacle] | Iterator[Obstacle]) -> None:
    found = list(obstacles)
    if found:
        raise NotLawful(found)


def _where_and_when(meeting: Meeting) -> tuple[Venue, datetime, datetime]:
    if meeting.venue is None or meeting.starts_at is None or meeting.ends_at is None:
        raise ValueError("The final check lets no meeting pass without a room and a time.")
    return meeting.venue, meeting.starts_at, meeting.ends_at


# --- who is there ---


def presence(meeting: Meeting) -> Presence:
    """Two queries. Somebody with a vote is here when they, or whoever they sent, have checked in."""
    asked = list(meeting.invitations.only("user", "proxy", "has_vote", "is_owner", "answer", "meeting"))
    came = _who_came(meeting)
    voting = [each for each in asked if each.has_vote]
    here = [each for each in voting if came.has(each)]
    owners = sum(each.is_owner for each in voting)
    return Presence(
        asked=len(asked),
        coming=sum(each.answer == Answer.YES for each in asked),
        came=came.people,
        with_vote=len(voting),
        with_vote_here=len(here),
        needed=meeting.mechanism.needed_of(len(voting)),
        owners=owners,
        owners_here=sum(each.is_owner for each in here),
        owners_needed=meeting.mechanism.needed_of_owners(owners),
    )


def here_of(meeting: Meeting, asked: Iterable[Invitation]) -> list[Invitation]:
    """Those of the asked who have come, or whose proxy has."""
    came = _who_came(meeting)
    return [each for each in asked if came.has(each)]


@dataclass(frozen=True)
class _Came:
    """How many people came, by which accounts, and by which invitations those who have none."""

    people: int
    users: frozenset[int | None]
    invitations: frozenset[int | None]

    def has(self, asked: Invitation) -> bool:
        by_account = {asked.user_id, asked.proxy_id} - {None}
        return asked.pk in self.invitations or bool(by_account & self.users)


def _who_came(meeting: Meeting) -> _Came:
    rows = list(meeting.attendances.values_list("user_id", "invitation_id"))
    return _Came(len(rows), frozenset(user for user, _asked in rows), frozenset(asked for _user, asked in rows))


# --- shared ---


def lock(meeting: Meeting) -> Meeting:
    """The meeting as it is now, held until the transaction ends."""
    rows = Meeting.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("mechanism", "community", "estate", "venue", "booking").get(pk=meeting.pk)


def check_charge(meeting: Meeting, actor: User, at: datetime) -> None:
    """Raises `NotInCharge` for whoever doesn't run the meeting."""
    actor.scope(at)
    if not rules.test_rule("deliberation.may_run_meeting", actor, meeting):
        raise NotInCharge


def note(verb: str, meeting: Meeting, actor: User, at: datetime, **facts: object) -> None:
    audit.record(verb, "meeting", meeting.audit_ref, actor=actor, at=at, subdistrict_id=meeting.subdistrict_id, **facts)
