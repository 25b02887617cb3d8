"""Minutes: what was said; the versions, each sealed with the one before it; the changes that people ask for."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from issues.deliberation.models.attendance import Attendance
from issues.deliberation.models.meetings import AgendaItem, Meeting


class ForWhom(models.TextChoices):
    SELF = "self", pgettext_lazy("speaks for", "themselves")
    BODY = "body", pgettext_lazy("speaks for", "a body")
    NEIGHBOURS = "neighbours", pgettext_lazy("speaks for", "the neighbours of a building")


class LineKind(models.TextChoices):
    STATEMENT = "statement", pgettext_lazy("minutes", "says")
    COMMITMENT = "commitment", pgettext_lazy("minutes", "promises")
    DISSENT = "dissent", pgettext_lazy("minutes", "disagrees")


class MinuteLine(models.Model):
    """What one person said to one point of the agenda, and for whom. Written live; the minutes take it over."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="lines")
    speaker = models.ForeignKey(Attendance, models.PROTECT, related_name="lines", verbose_name=_("who"))
    kind = models.CharField(pgettext_lazy("minutes", "what it is"), max_length=10, choices=LineKind)
    for_whom = models.CharField(_("speaks for"), max_length=10, choices=ForWhom)
    body = models.ForeignKey("governance.Body", models.PROTECT, null=True, blank=True, related_name="+")
    building = models.ForeignKey("governance.Building", models.PROTECT, null=True, blank=True, related_name="+")
    words = models.TextField(_("in words"), max_length=600)
    version = models.PositiveIntegerField(default=1, help_text="Tells the second of two who write at it")
    noted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(words__gt=""), name="minute_line_says_something"),
            models.CheckConstraint(
                condition=Q(for_whom="self", body=None, building=None)
                | Q(for_whom="body", body__isnull=False, building=None)
                | Q(for_whom="neighbours", body=None, building__isnull=False),
                name="spoken_for_one_party",
            ),
        ]

    def __str__(self) -> str:
        return self.words[:40]


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
