"""Taking a room and giving it back. That nobody else has it is the database's word, not a look beforehand."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.domain.refusals import Refusal
from governance.models import User, Venue, VenueBooking


class RoomTaken(Refusal):
    """Somebody else has the room for part of that time."""

    code = "room_taken"
    sentence = _("The room is taken at that time.")


def book(venue: Venue, starts_at: datetime, ends_at: datetime, *, actor: User, at: datetime) -> VenueBooking:
    """Take the room from `starts_at` until before `ends_at`. Raises `RoomTaken`, with the times of who has it."""
    try:
        with transaction.atomic():
            return VenueBooking.objects.create(
                venue=venue, starts_at=starts_at, ends_at=ends_at, booked_by=actor, booked_at=at
            )
    except IntegrityError as error:
        other = VenueBooking.objects.filter(venue=venue).during(starts_at, ends_at).order_by("starts_at").first()
        if other is None:
            raise RoomTaken from error
        raise RoomTaken(
            _("%(room)s is taken from %(starts)s until %(ends)s. Choose another time or another room.")
            % {
                "room": venue.name,
                "starts": wording.moment(other.starts_at, at),
                "ends": wording.moment(other.ends_at, at),
            }
        ) from error


def release(booking: VenueBooking, *, at: datetime) -> None:
    """Give it back. Doing so again changes nothing."""
    VenueBooking.objects.filter(pk=booking.pk, released_at=None).update(released_at=at)
