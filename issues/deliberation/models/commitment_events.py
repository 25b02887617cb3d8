"""What happens to a commitment: another day, “not done”, and each step."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from issues.deliberation.models.commitments import Commitment


class CommitmentMove(models.Model):
    """Somebody asks for another due date, in public words; the supervisor agrees or not. One at a time."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="moves")
    from_due_at = models.DateTimeField()
    to_due_at = models.DateTimeField()
    reason = models.CharField(_("why"), max_length=300)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    decided_as = models.CharField(max_length=24, blank=True)
    is_agreed = models.BooleanField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reason__gt=""), name="move_says_why"),
            models.CheckConstraint(
                condition=Q(to_due_at__gt=F("asked_at")) & ~Q(to_due_at=F("from_due_at")), name="moved_to_another_day"
            ),
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(decided_at=None), name="one_move_asked_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, decided_as="", is_agreed=None, answer="")
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, decided_as__gt="", is_agreed__isnull=False)
                    & ~Q(decided_by=F("asked_by"))
                ),
                name="move_decided_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=~Q(is_agreed=True) | Q(decided_at__lt=F("from_due_at")), name="moved_before_it_passed"
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_asked",
                fields=["commitment", "from_due_at", "to_due_at", "reason", "asked_at", "asked_by"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.to_due_at}"


class CommitmentDoubt(models.Model):
    """“没办到”: one of the people concerned says, in words, that what was accepted as done isn't. Counted in public."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="doubts")
    of_acceptance = models.DateTimeField(help_text="Which acceptance it is about")
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    words = models.TextField(max_length=500)
    said_at = models.DateTimeField()
    answer = models.TextField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["said_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(words__gt=""), name="doubt_says_what"),
            models.UniqueConstraint(fields=["commitment", "of_acceptance", "by"], name="doubted_once_by_a_person"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | (Q(answer__gt="", answered_at__isnull=False, answered_by__isnull=False) & ~Q(answered_by=F("by"))),
                name="doubt_answered_by_somebody_else",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_said", fields=["commitment", "of_acceptance", "by", "words", "said_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.said_at}"


class CommitmentStep(models.Model):
    """What was done about a commitment, by whom in which role, and why: one row a step, in public without the name."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="steps")
    verb = models.CharField(max_length=20)
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    at = models.DateTimeField()
    actor = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    actor_as = models.CharField(max_length=24, blank=True)
    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="+", help_text="Responsible then")
    due_at = models.DateTimeField(help_text="Promised then")
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["commitment", "at"], name="steps_of_a_commitment")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.verb}"
