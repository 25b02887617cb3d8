"""Preparing, calling, changing, cancelling and opening a meeting; its agenda."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext

from governance import wording
from governance.domain import audit
from governance.domain.refusals import NotInCharge, Refusal, StepNotAllowed
from governance.domain.venues import book, release
from governance.models import Community, Estate, User, Venue, VenueBooking
from issues.deliberation.domain import members
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.domain.setting_up import NotLawful, Obstacle, WrittenMeanwhile
from issues.deliberation.models import (
    AgendaItem,
    Answer,
    Invitation,
    Mechanism,
    Meeting,
    MeetingState,
    QuorumOf,
    Topic,
    TopicState,
)
from issues.deliberation.models.meetings import DOORS_OPEN
from issues.deliberation.workflow import MEETING

# Whoever needs more than a day's meeting needs two meetings.
LONGEST_AGENDA = 30


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
class Check:
    """The final check: what still stands in the way of a meeting, what to think about, and the earliest day."""

    earliest: datetime
    obstacles: list[Obstacle]
    warnings: list[Obstacle]


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
    _refuse(_obstacles_of_a_change(meeting, before, at))
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
        _refuse(check(meeting, actor, at).obstacles)
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


def _where_and_when(meeting: Meeting) -> tuple[Venue, datetime, datetime]:
    if meeting.venue is None or meeting.starts_at is None or meeting.ends_at is None:
        raise ValueError("The final check lets no meeting pass without a room and a time.")
    return meeting.venue, meeting.starts_at, meeting.ends_at


# --- the agenda ---


def add_item(
    meeting: Meeting, *, title: str, minutes: int, topic: Topic | None = None, actor: User, at: datetime
) -> AgendaItem:
    """Put a point at the end of the agenda: of a draft, or one that came up in the room.

    A topic is one that is being deliberated in the community, and no complaint about a body of the person's own.
    Raises `NotInCharge`, `StepNotAllowed` between the call and the meeting: nobody can prepare for what wasn't told.
    """
    with transaction.atomic():
        locked = lock(meeting)
        check_charge(locked, actor, at)
        if locked.state not in (MeetingState.DRAFT, MeetingState.HELD) or locked.amend_until:
            raise StepNotAllowed
        if topic and not topics_for(locked, actor, at).filter(pk=topic.pk).exists():
            raise NotInCharge
        last = locked.items.aggregate(last=Max("position"))["last"] or 0
        if last >= LONGEST_AGENDA:
            raise StepNotAllowed(_("An agenda has thirty points at most."))
        item = AgendaItem.objects.create(
            meeting=locked, position=last + 1, title=title, minutes=minutes, topic=topic,
            raised_in_the_room=locked.state == MeetingState.HELD,
        )  # fmt: skip
        note("add_to_the_agenda", locked, actor, at, item=str(item.public_id))
    return item


def topics_for(meeting: Meeting, actor: User, at: datetime) -> Any:
    """The topics that may be talked over here and aren't on the agenda yet."""
    theirs = Topic.objects.organised_by(actor.scope(at)).filter(community=meeting.community, state=TopicState.ACCEPTED)
    if meeting.estate_id:
        theirs = theirs.filter(estate__in=(meeting.estate_id,)) | theirs.filter(estate=None)
    return theirs.exclude(agenda_items__meeting=meeting).order_by("-raised_at", "-pk")


def move_item(item: AgendaItem, *, up: bool, actor: User, at: datetime) -> None:
    """One place up or down, while it is a draft. At either end it stays."""
    with transaction.atomic():
        locked = _draft_of(item, actor, at)
        row = locked.items.get(pk=item.pk)
        beside = (
            locked.items.filter(position__lt=row.position) if up else locked.items.filter(position__gt=row.position)
        )
        other = beside.order_by("-position" if up else "position").first()
        if other is None:
            return
        AgendaItem.objects.filter(pk=row.pk).update(position=other.position)
        AgendaItem.objects.filter(pk=other.pk).update(position=row.position)
        note("reorder_the_agenda", locked, actor, at)


def remove_item(item: AgendaItem, *, actor: User, at: datetime) -> None:
    """Take it off the agenda of a draft."""
    with transaction.atomic():
        locked = _draft_of(item, actor, at)
        row = locked.items.get(pk=item.pk)
        if row.visits.exists():
            raise StepNotAllowed(_("Somebody has looked at it on site already: it stays on the agenda."))
        row.delete()
        locked.items.filter(position__gt=row.position).update(position=F("position") - 1)
        note("take_off_the_agenda", locked, actor, at, item=str(item.public_id))


def _draft_of(item: AgendaItem, actor: User, at: datetime) -> Meeting:
    locked = lock(item.meeting)
    check_charge(locked, actor, at)
    if not locked.is_draft or not locked.items.filter(pk=item.pk).exists():
        raise StepNotAllowed
    return locked


# --- what stands in the way ---


def check(meeting: Meeting, actor: User, now: datetime) -> Check:
    earliest = earliest_start(meeting, now)
    return Check(earliest, list(_obstacles(meeting, actor, earliest, now)), list(_warnings(meeting)))


def earliest_start(meeting: Meeting, called_at: datetime) -> datetime:
    """The first instant at which it may begin if it is called at `called_at`."""
    days = meeting.mechanism.notice_days
    return ends_after_days(called_at, days) if days else called_at


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


def _obstacles(meeting: Meeting, actor: User, earliest: datetime, now: datetime) -> Iterator[Obstacle]:
    by = meeting.mechanism
    if not Mechanism.objects.in_force(wording.local(now).date()).filter(pk=by.pk).exists():
        yield Obstacle("expired", _("This version of the kind of meeting is not in force today."))
    if not by.may_be_called_by(actor.scope(now)):
        yield Obstacle(
            "caller", _("Such a meeting is called by somebody else: %(who)s.") % {"who": by.get_called_by_display()}
        )
    yield from _obstacles_of_time(meeting, earliest, now)
    yield from _obstacles_of_place(meeting, now)
    if not meeting.items.exists():
        yield Obstacle("agenda", _("There is nothing on the agenda."))
    asked = meeting.invitations.count()
    if not asked and not by.is_open:
        yield Obstacle("nobody", _("Nobody is asked to come."))
    yield from _obstacles_of_members(meeting, now)
    if by.quorum_of == QuorumOf.ENTITLED and not by.body and not meeting.invitations.filter(has_vote=True).exists():
        yield Obstacle("no_vote", _("Nobody who is asked has a vote, so there can be no quorum."))


def _obstacles_of_members(meeting: Meeting, now: datetime) -> Iterator[Obstacle]:
    """A body's meeting asks all of its members, by the register."""
    if not meeting.mechanism.body:
        return
    found = members.members_of(meeting, now)
    known = members.known_to(meeting)
    missing = sum(each.known not in known for each in found)
    if not found:
        yield Obstacle("no_members", _("The register knows no members of this body. Enter them first."))
    elif missing:
        yield Obstacle("not_all_asked", _("Not all members are asked: %(missing)s are missing.") % {"missing": missing})


def _obstacles_of_time(meeting: Meeting, earliest: datetime, now: datetime) -> Iterator[Obstacle]:
    if meeting.starts_at is None:
        yield Obstacle("times", _("Say when it begins and ends."))
    elif meeting.starts_at < now:
        yield Obstacle("past", _("That time is over."))
    elif meeting.starts_at < earliest:
        yield Obstacle(
            "too_early",
            _("That is too early: it is called %(days)s days before. The earliest is %(at)s.")
            % {"days": meeting.mechanism.notice_days, "at": wording.moment(earliest, now)},
            meeting.mechanism.source,
        )


def _obstacles_of_place(meeting: Meeting, now: datetime) -> Iterator[Obstacle]:
    if meeting.venue is None:
        yield Obstacle("place", _("Choose a room."))
    elif meeting.starts_at and meeting.ends_at:
        others = VenueBooking.objects.filter(venue=meeting.venue).during(meeting.starts_at, meeting.ends_at)
        other = others.exclude(pk=meeting.booking_id or 0).order_by("starts_at").first()
        if other:
            yield Obstacle(
                "room_taken",
                _("%(room)s is taken from %(starts)s until %(ends)s.")
                % {
                    "room": meeting.venue.name,
                    "starts": wording.moment(other.starts_at, now),
                    "ends": wording.moment(other.ends_at, now),
                },
            )


def _obstacles_of_a_change(meeting: Meeting, before: datetime | None, now: datetime) -> Iterator[Obstacle]:
    """Later than announced is lawful as long as it is still ahead; earlier needs the whole notice again."""
    is_earlier = meeting.starts_at is not None and before is not None and meeting.starts_at < before
    yield from _obstacles_of_time(meeting, earliest_start(meeting, now) if is_earlier else now, now)
    yield from _obstacles_of_place(meeting, now)


def _warnings(meeting: Meeting) -> Iterator[Obstacle]:
    asked = meeting.invitations.count()
    if meeting.venue and asked > meeting.venue.capacity:
        yield Obstacle(
            "crowded",
            _("%(asked)s people are asked, and %(capacity)s fit into the room.")
            % {"asked": asked, "capacity": meeting.venue.capacity},
        )
    planned = sum(meeting.items.values_list("minutes", flat=True))
    if meeting.starts_at and meeting.ends_at and planned * 60 > (meeting.ends_at - meeting.starts_at).total_seconds():
        yield Obstacle(
            "too_long", _("The agenda takes %(minutes)s minutes: more than there are.") % {"minutes": planned}
        )
    if not asked:
        yield Obstacle("nobody_yet", _("Nobody is asked by name; any resident may come."))


def _refuse(obstacles: Sequence[Obstacle] | Iterator[Obstacle]) -> None:
    found = list(obstacles)
    if found:
        raise NotLawful(found)


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
