"""What a vote chooses from, where it isn't a plain yes or no: offers of companies, places, designs."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q

from issues.deliberation.counting.file import MOST_OPTIONS
from issues.deliberation.models.ballots import Choice
from issues.deliberation.models.motions import Motion


class MotionOption(models.Model):
    """One of two to nine options of a motion, in the order of the ballot. From the notice on nobody changes it.

    `body` is the company that offers, if it stands in the register: its people have no part in this vote.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="options")
    number = models.PositiveSmallIntegerField(help_text="From 1, without gaps: what a ballot says")
    title = models.CharField(max_length=60)
    price = models.CharField(max_length=80, blank=True)
    words = models.TextField(max_length=600, blank=True)
    body = models.ForeignKey("governance.Body", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["motion", "number"], name="options_are_numbered"),
            models.UniqueConstraint(fields=["motion", "title"], name="options_differ"),
            models.UniqueConstraint(fields=["motion", "body"], name="company_offers_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_OPTIONS), name="options_are_one_to_nine"
            ),
            models.CheckConstraint(condition=Q(title__gt=""), name="option_is_named"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="unchanged_since_its_notice",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("of_motion", "BIGINT")],
                func="""
                    IF TG_OP = 'DELETE' THEN of_motion := OLD.motion_id; ELSE of_motion := NEW.motion_id; END IF;
                    IF TG_OP = 'UPDATE' AND OLD.motion_id <> NEW.motion_id OR EXISTS (
                        SELECT FROM deliberation_motion WHERE id = of_motion AND published_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'the vote is announced' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"


def choices_of(motion: Motion) -> tuple[str, ...]:
    """What a ballot can say: yes, or the number of an option; and always none of it (against), or neither."""
    options = tuple(str(number) for number in motion.options.values_list("number", flat=True))
    return (*(options or (Choice.FOR.value,)), Choice.AGAINST.value, Choice.ABSTAIN.value)
