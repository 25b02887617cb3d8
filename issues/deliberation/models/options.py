"""What a vote chooses from, where it isn't a plain yes or no: offers of companies, places, designs, candidates."""

import uuid
from collections.abc import Callable, Collection

import pgtrigger
from django.db import models
from django.db.models import Q

from issues.deliberation.counting.file import MOST_CANDIDATES, are_names
from issues.deliberation.models.ballots import Choice
from issues.deliberation.models.motions import Motion


class MotionOption(models.Model):
    """One of two to nine options of a motion, in the order of the ballot; of an election, one of up to twenty
    candidates. From the notice on nobody changes it.

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
                condition=Q(number__gte=1, number__lte=MOST_CANDIDATES), name="options_are_one_to_twenty"
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
    """The lines of a ballot: yes, or the number of an option; and always none of it (against), or neither."""
    options = tuple(str(number) for number in motion.options.values_list("number", flat=True))
    return (*(options or (Choice.FOR.value,)), Choice.AGAINST.value, Choice.ABSTAIN.value)


def sayable(motion: Motion) -> Callable[[str], bool]:
    """Whether a ballot of the motion can say it: one of its lines; of an election up to `seats` numbers, as “1,4,7”."""
    lines, seats = choices_of(motion), motion.seats
    others = (Choice.AGAINST.value, Choice.ABSTAIN.value)
    candidates = len(lines) - len(others)

    def says(said: str) -> bool:
        if seats is None:
            return said in lines
        return said in others or are_names(said, candidates=candidates, seats=seats)

    return says


def as_said(motion: Motion, ticked: Collection[str]) -> str:
    """What a ballot says on which these lines are ticked: a line, or numbers of candidates in their order.

    Empty where they can't stand together, or are more than seats: such a ballot says nothing that counts.
    """
    names = sorted((line for line in ticked if line.isascii() and line.isdigit()), key=int)
    said = ",".join(names) if len(names) == len(ticked) else "".join(ticked) if len(ticked) == 1 else ""
    return said if sayable(motion)(said) else ""
