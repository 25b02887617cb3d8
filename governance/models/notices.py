"""The outbox: a notice is a row written with the event, delivered afterwards, and never lost in silence."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.erasures import for_nobody_erased


class Channel(models.TextChoices):
    IN_APP = "in_app", _("inbox")
    SMS = "sms", _("text message")
    VOICE = "voice", _("phone call")
    EMAIL = "email", _("e-mail")


class Urgency(models.TextChoices):
    """How a notice must arrive. `ring` is for a phone in somebody's pocket."""

    RING = "ring", _("a phone must ring")
    PROMPT = "prompt", _("soon")
    ORDINARY = "ordinary", _("ordinary")


class NoticeState(models.TextChoices):
    PENDING = "pending", _("waiting")
    SENT = "sent", _("sent, not confirmed")
    DELIVERED = "delivered", _("delivered")
    NOT_REACHED = "not_reached", _("not reached")
    PHONED = "phoned", _("told by phone")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def inbox_of(self, user) -> "NoticeQuerySet":
        return self.filter(recipient=user, channel=Channel.IN_APP).order_by("-created_at", "-id")

    def unread_for(self, user) -> "NoticeQuerySet":
        return self.filter(recipient=user, channel=Channel.IN_APP, read_at=None)

    def due(self, at) -> "NoticeQuerySet":
        """Notices to be sent, or sent again: waiting, or sent without a receipt, or leased to a sender that died."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lte=at),
            state__in=(NoticeState.PENDING, NoticeState.SENT),
            next_attempt_at__lte=at,
        )

    def not_reached(self) -> "NoticeQuerySet":
        return self.filter(state=NoticeState.NOT_REACHED).order_by("created_at", "id")

    def visible_to(self, user, at) -> "NoticeQuerySet":
        """The notices whose failure is `user`'s to make good: those of the community or street in their charge."""
        scope = user.scope(at)
        if scope.is_administrator:
            return self
        return self.filter(Q(subdistrict_id__in=scope.subdistricts) | Q(community_id__in=scope.communities))


class Notice(models.Model):
    """One message to one person by one channel, put into the recipient's language at delivery.

    Retention: the term “message”.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, null=True, blank=True, db_index=False)
    community = models.ForeignKey("governance.Community", models.PROTECT, null=True, blank=True, db_index=False)
    recipient = models.ForeignKey("governance.User", models.PROTECT, related_name="notices", db_index=False)
    channel = models.CharField(max_length=10, choices=Channel)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ORDINARY)
    message_key = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    link = models.CharField(max_length=200, blank=True, help_text="A path in the portal")
    dedupe_key = models.CharField(max_length=160)
    state = models.CharField(max_length=12, choices=NoticeState, default=NoticeState.PENDING)
    created_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=NoticeState.DELIVERED) | Q(delivered_at__isnull=False),
                name="delivered_at_an_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state=NoticeState.PHONED) | Q(settled_by__isnull=False), name="phoned_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(delivered_at=None) | Q(delivered_at__gte=F("created_at")), name="delivered_after_created"
            ),
            # By its beginning, too: all that one event has posted.
            models.UniqueConstraint(
                fields=["dedupe_key"], opclasses=["varchar_pattern_ops"], name="notice_is_posted_once"
            ),
            models.UniqueConstraint(
                fields=["provider_ref"], condition=~Q(provider_ref=""), name="provider_ref_names_one_notice"
            ),
        ]
        indexes = [
            models.Index(fields=["created_at"], name="notices_by_age"),
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=("pending", "sent")),
                name="notices_due",
            ),
            models.Index(fields=["recipient", "-created_at"], name="notices_inbox"),
            # Counted on every page.
            models.Index(fields=["recipient"], condition=Q(channel="in_app", read_at=None), name="notices_unread"),
            models.Index(
                fields=["subdistrict", "created_at"], condition=Q(state="not_reached"), name="notices_not_reached"
            ),
        ]
        # Whoever posts to many isn't stopped by the one who has left.
        triggers = [for_nobody_erased("recipient", otherwise="SKIP")]

    def __str__(self):
        return f"{self.message_key} → {self.recipient_id} ({self.channel})"
