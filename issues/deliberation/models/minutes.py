"""Minutes: their versions, each sealed with the one before it, and the changes that those who were there ask for."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.deliberation.models.meetings import AgendaItem, Meeting


class MinutesStage(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("minutes", "draft")
    CHECKED = "checked", pgettext_lazy("minutes", "checked")
    AMENDED = "amended", pgettext_lazy("minutes", "amended")
    FINAL = "final", pgettext_lazy("minutes", "final")


class MinutesVersion(models.Model):
    """纪要: what the minutes said at one stage. Never changed; `hash` covers the content and the hash before it."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="minutes_versions")
    number = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=8, choices=MinutesStage)
    content = models.TextField(help_text="Canonical JSON: names as the public may read them")
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    made_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="minutes_versions_are_numbered"),
            models.UniqueConstraint(
                fields=["meeting", "stage"], condition=Q(stage__in=("checked", "final")), name="minutes_checked_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1, previous_hash="", stage="draft") | Q(number__gt=1, previous_hash__gt=""),
                name="minutes_follow_those_before",
            ),
            models.CheckConstraint(condition=Q(content__gt="", hash__gt=""), name="minutes_are_sealed"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.number}"


class Amendment(models.Model):
    """更正意见: somebody who was there asks for a change. It is taken in, in their words, or answered why not."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="amendments")
    number = models.PositiveSmallIntegerField()
    item = models.ForeignKey(AgendaItem, models.PROTECT, null=True, blank=True, related_name="amendments")
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    words = models.TextField(_("what should change"), max_length=600)
    asked_at = models.DateTimeField()
    is_taken_in = models.BooleanField(null=True, blank=True)
    answer = models.TextField(max_length=600, blank=True)
    answered_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="amendments_are_numbered"),
            models.CheckConstraint(condition=Q(words__gt=""), name="amendment_says_something"),
            models.CheckConstraint(
                condition=Q(is_taken_in=None, answer="", answered_by=None, answered_at=None)
                | Q(is_taken_in__isnull=False, answer__gt="", answered_by__isnull=False, answered_at__isnull=False),
                name="amendment_is_answered",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_asked", fields=["meeting", "number", "item", "by", "words", "asked_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.number}"
