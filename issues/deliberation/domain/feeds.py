"""The address from which a person's calendar reads their meetings: made, made anew, revoked."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from governance.domain import audit
from governance.models import User
from issues.deliberation.models import CalendarFeed


def make(*, actor: User, at: datetime) -> CalendarFeed:
    """A new address; the one before it is gone with this."""
    with transaction.atomic():
        # Two presses at once wait for each other here: a person has one address.
        User.objects.select_for_update(no_key=True).get(pk=actor.pk)
        CalendarFeed.objects.filter(user=actor, revoked_at=None).update(revoked_at=at)
        feed = CalendarFeed.objects.create(user=actor, made_at=at)
        audit.record("make_calendar", "calendar", str(actor.public_id), actor=actor, at=at)
    return feed


def revoke(*, actor: User, at: datetime) -> None:
    """No address any more. Doing so again changes nothing."""
    with transaction.atomic():
        if CalendarFeed.objects.filter(user=actor, revoked_at=None).update(revoked_at=at):
            audit.record("revoke_calendar", "calendar", str(actor.public_id), actor=actor, at=at)


def address_of(feed: CalendarFeed) -> str:
    """As a calendar wants it: with the portal's own name."""
    return f"{settings.PORTAL_URL.rstrip('/')}{reverse('calendar_feed', args=[feed.token])}"
