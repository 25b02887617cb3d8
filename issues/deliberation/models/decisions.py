"""What a body's members decided by show of hands: how many were entitled and there, and how many hands went up."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from issues.deliberation.models.attendance import Invitation
from issues.deliberation.models.meetings import AgendaItem
from issues.deliberation.models.rule_sets import Matter


class HandSaid(models.TextChoices):
    """What a member did. Whoever is concerned stands aside (回避): there, counted among the members, without a hand."""

    FOR = "for", pgettext_lazy("vote", "For")
    AGAINST = "against", pgettext_lazy("vote", "Against")
    ABSTAINED = "abstain", pgettext_lazy("vote", "Abstained")
    ASIDE = "aside", pgettext_lazy("vote", "Stood aside")


class Decision(models.Model):
    """举手表决: a question put to the body's members at a point of the agenda. What it passes with, the meeting's
    mechanism says. Never changed; struck before the minutes are checked. Its door is `deciding`.

    `present` are those with a vote who were in the room then, those who stood `aside` included. `matter` says what the
    law leaves to the owners: of that, a body's yes is a proposal and no more (Civil Code 278).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="decisions")
    question = models.CharField(max_length=200)
    matter = models.CharField(max_length=8, choices=Matter, blank=True)
    entitled = models.PositiveSmallIntegerField()
    present = models.PositiveSmallIntegerField()
    owners = models.PositiveSmallIntegerField(default=0)
    owners_present = models.PositiveSmallIntegerField(default=0)
    aside = models.PositiveSmallIntegerField(default=0)
    votes_for = models.PositiveSmallIntegerField()
    votes_against = models.PositiveSmallIntegerField()
    abstained = models.PositiveSmallIntegerField()
    noted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(question__gt=""), name="decision_asks_something"),
            models.UniqueConstraint(fields=["item", "question"], name="question_decided_once_at_a_point"),
            models.CheckConstraint(
                condition=Q(
                    present__gt=0, present__lte=F("entitled"), owners__lte=F("entitled"),
                    owners_present__lte=F("owners"),
                ),
                name="no_more_there_than_entitled",
            ),
            models.CheckConstraint(
                condition=Q(present__gte=F("aside") + F("votes_for") + F("votes_against") + F("abstained")),
                name="no_more_hands_than_members_there",
            ),
        ]  # fmt: skip
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return self.question


class Hand(models.Model):
    """What one member did at a decision: of each where hands are noted by name, else only of those who stood aside."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="hands")
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="+")
    said = models.CharField(max_length=8, choices=HandSaid)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "invitation"], name="one_hand_a_member")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.decision}: {self.said}"
