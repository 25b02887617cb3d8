"""The final check of a meeting before people are told: what stands in its way, what to think about, from when on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.models import User, VenueBooking
from issues.deliberation.domain import members
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.domain.setting_up import Obstacle
from issues.deliberation.models import Mechanism, Meeting, QuorumOf


@dataclass(frozen=True)
class Check:
    """The final check: what still stands in the way of a meeting, what to think about, and the earliest day."""

    earliest: datetime
    obstacles: list[Obstacle]
    warnings: list[Obstacle]


def check(meeting: Meeting, actor: User, now: datetime) -> Check:
    earliest = earliest_start(meeting, now)
    return Check(earliest, list(_obstacles(meeting, actor, earliest, now)), list(_warnings(meeting)))


def earliest_start(meeting: Meeting, called_at: datetime) -> datetime:
    """The first instant at which it may begin if it is called at `called_at`."""
    days = meeting.mechanism.notice_days
    return ends_after_days(called_at, days) if days else called_at


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


def obstacles_of_a_change(meeting: Meeting, before: datetime | None, now: datetime) -> Iterator[Obstacle]:
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
