"""Who is asked to a meeting, and who came."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


class Part(models.TextChoices):
    """As whom somebody is asked to come."""

    RESIDENT = "resident", pgettext_lazy("part", "resident")
    MEMBER = "member", pgettext_lazy("part", "member")
    BODY = "body", pgettext_lazy("part", "for a body")
    GUEST = "guest", pgettext_lazy("part", "guest")


class Answer(models.TextChoices):
    YES = "yes", pgettext_lazy("invitation", "comes")
    NO = "no", pgettext_lazy("invitation", "doesn't come")
    NONE = "", pgettext_lazy("invitation", "no answer yet")


class Invitation(models.Model):
    """邀请: somebody is asked to come, or said by themselves that they will. The quorum counts those with a vote.

    A member of the body that meets is asked from the register, by `post`; without an account by hand, and `name` says
    whom. Which petition made the office ask somebody is nowhere kept: a neighbour at the meeting is a neighbour.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey("deliberation.Meeting", models.PROTECT, related_name="invitations")
    user = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=60, blank=True)
    post = models.CharField(max_length=20, blank=True)
    is_owner = models.BooleanField(default=False, help_text="Of a body whose owner members are counted apart")
    part = models.CharField(max_length=10, choices=Part)
    body = models.ForeignKey("governance.Body", models.PROTECT, null=True, blank=True, related_name="+")
    has_vote = models.BooleanField(default=False)
    invited_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    answer = models.CharField(max_length=4, choices=Answer, default=Answer.NONE, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    proxy = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="asked_once_to_a_meeting"),
            models.UniqueConstraint(
                fields=["meeting", "proxy"], condition=Q(proxy__isnull=False), name="proxy_of_one_at_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(proxy=None) | (~Q(proxy=F("user")) & Q(has_vote=True)), name="proxy_of_somebody_else"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None) | Q(answer__gt="", answered_at__isnull=False),
                name="answered_at_an_instant",
            ),
            models.CheckConstraint(
                condition=Q(part="body", body__isnull=False) | (~Q(part="body") & Q(body=None)),
                name="part_for_a_body_names_it",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, name="") | Q(user=None, name__gt="", part="member"),
                name="asked_by_account_or_by_name",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.user_id or self.post}"


class Arrival(models.TextChoices):
    QR = "qr", pgettext_lazy("check-in", "by the code at the door")
    HAND = "hand", pgettext_lazy("check-in", "by hand")
    WALK_IN = "walk_in", pgettext_lazy("check-in", "without an account")


class Attendance(models.Model):
    """签到: somebody came. `known_as` is how the minutes name them: staff by post and surname, residents by building.

    `invitation` is that of a member who was asked by name, having no account here. A walk-in's own name is kept for the
    signature sheet alone. Retention: as the minutes; of the name the term “walk_in”.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey("deliberation.Meeting", models.PROTECT, related_name="attendances")
    number = models.PositiveSmallIntegerField()
    user = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    invitation = models.OneToOneField(
        Invitation, models.PROTECT, null=True, blank=True, related_name="came", help_text="Of a member by name"
    )
    name = models.CharField(max_length=60, blank=True)
    known_as = models.CharField(max_length=60)
    how = models.CharField(max_length=8, choices=Arrival)
    came_at = models.DateTimeField()
    noted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="those_who_came_are_numbered"),
            models.UniqueConstraint(
                fields=["meeting", "user"], condition=Q(user__isnull=False), name="comes_once_to_a_meeting"
            ),
            models.CheckConstraint(
                condition=Q(how="walk_in", user=None, name__gt="")
                | (~Q(how="walk_in") & Q(user__isnull=False, name="")),
                name="walk_in_has_a_name_and_no_account",
            ),
            models.CheckConstraint(condition=Q(invitation=None) | Q(user=None), name="came_by_account_or_by_name"),
            models.CheckConstraint(condition=Q(known_as__gt=""), name="attendance_is_known_as_somebody"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_noted",
                fields=["meeting", "number", "user", "invitation", "known_as", "how", "came_at"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.known_as}"
