"""Meetings: what is on the agenda, and what was seen on site."""

import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import User
from governance.models.scope import Scope
from issues.deliberation import workflow
from issues.deliberation.models.attendance import Attendance, Invitation
from issues.deliberation.models.motions import kept_since
from issues.deliberation.models.topics import Topic, TopicConcern, bodies_close_to
from residents.models import Occupancy

# Who comes early or late is still at the meeting.
DOORS_OPEN = timedelta(minutes=60)
DOORS_CLOSE = timedelta(minutes=30)


class MeetingState(models.TextChoices):
    DRAFT = workflow.DRAFT, pgettext_lazy("meeting", "being prepared")
    CALLED = workflow.CALLED, pgettext_lazy("meeting", "called")
    HELD = workflow.HELD, pgettext_lazy("meeting", "held, minutes to come")
    MINUTED = workflow.MINUTED, pgettext_lazy("meeting", "minutes are final")
    CANCELLED = workflow.CANCELLED, pgettext_lazy("meeting", "cancelled")


class Consensus(models.TextChoices):
    AGREED = "agreed", pgettext_lazy("consensus", "agreed")
    MOSTLY = "mostly", pgettext_lazy("consensus", "mostly agreed")
    DIVIDED = "divided", pgettext_lazy("consensus", "divided")
    NONE = "none", pgettext_lazy("consensus", "no agreement")


class Outcome(models.TextChoices):
    DECIDED = "decided", pgettext_lazy("outcome", "decided by show of hands")
    FIXED = "fixed", pgettext_lazy("outcome", "settled on the spot")
    RECOMMENDED = "recommended", pgettext_lazy("outcome", "a recommendation")
    COMMITMENTS = "commitments", pgettext_lazy("outcome", "promises were made")
    VOTE = "vote", pgettext_lazy("outcome", "to the owners' vote")
    DEPARTMENT = "department", pgettext_lazy("outcome", "to a department")
    PUT_OFF = "put_off", pgettext_lazy("outcome", "put off")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def public(self) -> "MeetingQuerySet":
        """All that was ever called; what was cancelled after that stays."""
        return self.filter(called_at__isnull=False)

    def visible_to(self, user: User, scope: Scope) -> "MeetingQuerySet":
        """Called meetings to which the person is asked, at places where they have a home, or which they organise."""
        homes = Occupancy.objects.standing().filter(user=user)
        estates = homes.values("unit__building__estate")
        communities = homes.values("unit__building__estate__community")
        near = Q(estate__in=estates) | Q(estate=None, community__in=communities)
        asked = Q(pk__in=Invitation.objects.filter(Q(user=user) | Q(proxy=user)).values("meeting"))
        came = Q(pk__in=Attendance.objects.filter(user=user).values("meeting"))
        theirs = Q(pk__in=self.organised_by(scope).values("pk"))
        return self.public().filter(Q(near, mechanism__is_public=True) | asked | came | theirs)

    def organised_by(self, scope: Scope) -> "MeetingQuerySet":
        """Those of the communities, branches and streets in the person's charge: who calls and runs them.

        None that talks over a complaint about a body the person works for.
        """
        branches = Q(estate__partybranch__in=scope.party_branches) | Q(community__partybranch__in=scope.party_branches)
        theirs = branches | Q(community__in=scope.communities) | Q(subdistrict__in=scope.subdistricts)
        about_them = TopicConcern.objects.filter(body__in=bodies_close_to(scope).values("pk")).values("topic")
        barred = AgendaItem.objects.filter(topic__in=about_them).values("meeting")
        return self.filter(pk__in=self.filter(theirs).values("pk")).exclude(pk__in=barred)

    def in_hand_first(self) -> "MeetingQuerySet":
        """Drafts, then what is called or has minutes to come, then what is over; within these the latest first."""
        rank = Case(
            When(state=MeetingState.DRAFT, then=0),
            When(state__in=(MeetingState.CALLED, MeetingState.HELD), then=1),
            default=2,
        )
        return self.order_by(rank, F("starts_at").desc(nulls_first=True), "-pk")

    def coming_first(self, now: datetime) -> "MeetingQuerySet":
        """What is still to come, the next one first; then the rest, the latest first."""
        is_over = Q(ends_at__lt=now) | Q(state__in=(MeetingState.MINUTED, MeetingState.CANCELLED))
        ahead = Case(When(is_over, then=None), default=F("starts_at"))
        return self.order_by(ahead.asc(nulls_last=True), "-starts_at", "-pk")


class Meeting(models.Model):
    """会议: people talk something over, at one time and place. Change its state only through `meeting_setup` and
    `meeting_minutes`.

    `estate` is empty for a meeting of a whole community. `sequence` counts what was announced of it: each change that
    people are told of raises it. Retention: as long as what came out of it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("estate")
    )
    mechanism = models.ForeignKey("deliberation.Mechanism", models.PROTECT, related_name="meetings")
    title = models.CharField(_("what it is about"), max_length=60)
    words = models.TextField(_("in words"), max_length=1000, blank=True)
    starts_at = models.DateTimeField(pgettext_lazy("meeting", "begins"), null=True, blank=True)
    ends_at = models.DateTimeField(pgettext_lazy("meeting", "ends"), null=True, blank=True)
    venue = models.ForeignKey(
        "governance.Venue", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("room")
    )
    booking = models.OneToOneField(
        "governance.VenueBooking", models.PROTECT, null=True, blank=True, related_name="meeting"
    )
    version = models.PositiveIntegerField(default=1, help_text="Tells the second of two who write at it")
    sequence = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=MeetingState, default=MeetingState.DRAFT)
    drafted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    called_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    called_at = models.DateTimeField(pgettext_lazy("meeting", "called"), null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="When what people were told last changed")
    opened_at = models.DateTimeField(pgettext_lazy("meeting", "opened"), null=True, blank=True)
    amend_until = models.DateTimeField(_("changes of the minutes may be asked for until"), null=True, blank=True)
    minuted_at = models.DateTimeField(pgettext_lazy("minutes", "final"), null=True, blank=True)
    cancelled_at = models.DateTimeField(pgettext_lazy("date", "cancelled"), null=True, blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "meeting")
        verbose_name_plural = pgettext_lazy("noun", "meetings")
        constraints = [
            models.CheckConstraint(condition=Q(title__gt=""), name="meeting_is_about_something"),
            models.CheckConstraint(
                condition=Q(starts_at=None, ends_at=None)
                | Q(starts_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(called_at=None, called_by=None, booking=None, sequence=0, opened_at=None)
                | Q(
                    called_at__isnull=False,
                    called_by__isnull=False,
                    starts_at__isnull=False,
                    booking__isnull=False,
                    venue__isnull=False,
                ),
                name="called_meeting_says_when_and_where",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("called", "held", "minuted")) | Q(called_at__isnull=False),
                name="held_meeting_was_called",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("held", "minuted"), opened_at__isnull=False)
                | (~Q(state__in=("held", "minuted")) & Q(opened_at=None)),
                name="held_meeting_says_since_when",
            ),
            models.CheckConstraint(
                condition=Q(state="cancelled", cancelled_at__isnull=False, cancelled_because__gt="")
                | (~Q(state="cancelled") & Q(cancelled_at=None, cancelled_because="")),
                name="cancelled_meeting_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state="minuted", minuted_at__isnull=False, amend_until__isnull=False)
                & Q(minuted_at__gte=F("amend_until"))
                | (~Q(state="minuted") & Q(minuted_at=None)),
                name="minutes_final_after_the_days_for_changes",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-starts_at"], name="meetings_of_a_community"),
            models.Index(fields=["estate", "-starts_at"], name="meetings_of_an_estate"),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.MEETING.transitions()),
            pgtrigger.ReadOnly(name="as_it_was_drafted", fields=["drafted_by", "drafted_at"]),
            kept_since(
                "opened_at", "held_when_and_where_it_was",
                "starts_at", "ends_at", "estate", "mechanism", "title", "venue", "booking", "opened_at",
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)

    @property
    def is_called(self) -> bool:
        return self.state == MeetingState.CALLED

    @property
    def is_draft(self) -> bool:
        return self.state == MeetingState.DRAFT

    def lets_in_at(self, at: datetime) -> bool:
        """Whether somebody who is at the door at `at` comes to this meeting: a while before it until a while after."""
        return bool(
            self.state in (MeetingState.CALLED, MeetingState.HELD)
            and self.starts_at
            and self.ends_at
            and self.starts_at - DOORS_OPEN <= at < self.ends_at + DOORS_CLOSE
        )


class AgendaItem(models.Model):
    """议程: one point, with the time it may take, the topic it talks over, and what came out of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("what is talked over"), max_length=80)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="agenda_items", verbose_name=_("topic")
    )
    raised_in_the_room = models.BooleanField(default=False, help_text="It wasn't in the notice")
    version = models.PositiveIntegerField(default=1, help_text="Tells the second of two who write at it")
    consensus = models.CharField(_("how far people agree"), max_length=10, choices=Consensus, blank=True)
    outcome = models.CharField(_("what comes of it"), max_length=12, choices=Outcome, blank=True)
    outcome_words = models.TextField(_("in words"), max_length=600, blank=True)
    put_off_to = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="put_off_here")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "position"], name="agenda_in_order", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["meeting", "topic"], condition=Q(topic__isnull=False), name="topic_once_on_an_agenda"
            ),
            models.CheckConstraint(
                condition=Q(title__gt="", minutes__gt=0, minutes__lte=480), name="agenda_item_takes_its_time"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(consensus__gt="", outcome_words__gt=""), name="outcome_in_words"
            ),
            models.CheckConstraint(
                condition=Q(put_off_to=None) | (Q(outcome="put_off") & ~Q(put_off_to=F("meeting"))),
                name="put_off_to_another_meeting",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SiteVisit(models.Model):
    """实地察看: where people looked, before or in the meeting, and what they saw. Public only once released."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="visits")
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="visits")
    visited_at = models.DateTimeField(_("when"))
    where = models.CharField(_("where"), max_length=100)
    seen = models.TextField(_("what was seen"), max_length=600)
    is_public = models.BooleanField(_("residents may see it"), default=False)
    noted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["visited_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(where__gt="", seen__gt=""), name="visit_says_where_and_what"),
            models.CheckConstraint(condition=Q(visited_at__lte=F("noted_at")), name="visit_noted_afterwards"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.where


def visit_photo_path(photo: "SiteVisitPhoto", _filename: str) -> str:
    return f"visits/{photo.public_id.hex[:2]}/{photo.public_id.hex}.jpg"


class SiteVisitPhoto(models.Model):
    """A photo of what was seen on site; seen by whoever sees the visit."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    visit = models.ForeignKey(SiteVisit, models.PROTECT, related_name="photos")
    file = models.ImageField(upload_to=visit_photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    taken_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.public_id)


class CalendarFeed(models.Model):
    """日历订阅: an address, known to one person, from which a calendar reads their meetings. Revoked, it is gone."""

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("governance.User", models.PROTECT, related_name="calendar_feeds")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="one_calendar_feed_a_person"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_made", fields=["user", "made_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
