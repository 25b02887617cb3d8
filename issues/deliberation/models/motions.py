"""What is put to a vote: its text, who may vote on it, by which rules, from when to when, and what came out."""

import uuid
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from governance.models.scope import Scope
from issues.deliberation import workflow
from issues.deliberation.counting.file import MOST_CANDIDATES, MOST_OPTIONS
from issues.deliberation.models.rule_sets import Matter, RuleSet

if TYPE_CHECKING:
    from issues.deliberation.models.elections import ElectionRule


class MotionState(models.TextChoices):
    DRAFT = workflow.DRAFT, pgettext_lazy("motion", "being prepared")
    PUBLISHED = workflow.PUBLISHED, pgettext_lazy("motion", "announced")
    OPENED = workflow.OPENED, pgettext_lazy("motion", "being voted on")
    COUNTED = workflow.COUNTED, pgettext_lazy("motion", "preliminary result")
    FINAL = workflow.FINAL, pgettext_lazy("motion", "final result")
    WITHDRAWN = workflow.WITHDRAWN, pgettext_lazy("motion", "withdrawn")


class MotionKind(models.TextChoices):
    """What the vote is worth. Said on every page that shows it."""

    LEGAL = "legal", _("legally binding")
    MIRROR = "mirror", _("recorded here, decided in the city's system or on paper")
    CONSULTATIVE = "consultative", _("only asks for opinions")


def kept_since(moment: str, name: str, *fields: str) -> pgtrigger.Protect:
    """What nobody changes once `moment` is set."""
    was_set = pgtrigger.Q(**{f"old__{moment}__isnull": False})
    changes = reduce(or_, (pgtrigger.Q(**{f"old__{field}__df": pgtrigger.F(f"new__{field}")}) for field in fields))
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update, condition=was_set & changes)


class MotionQuerySet(models.QuerySet["Motion"]):
    def public(self) -> "MotionQuerySet":
        """All that was announced; what was withdrawn after that stays."""
        return self.exclude(state=MotionState.DRAFT)

    def to_open(self, at: datetime) -> "MotionQuerySet":
        return self.filter(state=MotionState.PUBLISHED, opens_at__lte=at)

    def to_count(self, at: datetime) -> "MotionQuerySet":
        return self.filter(state=MotionState.OPENED, closes_at__lte=at)

    def with_result(self) -> "MotionQuerySet":
        """Those whose preliminary result is there: of what the city decides, only what has the city's."""
        is_decided = ~Q(kind=MotionKind.MIRROR) | Q(official_results__agreed_at__isnull=False)
        return self.filter(is_decided, state=MotionState.COUNTED)

    def knowing_the_city(self) -> "MotionQuerySet":
        """With `has_citys_result`, for lists that say how each vote stands."""
        decided = Motion.objects.filter(pk=OuterRef("pk"), official_results__agreed_at__isnull=False)
        return self.annotate(has_citys_result=Exists(decided))

    def to_confirm(self, at: datetime) -> "MotionQuerySet":
        """Those whose days for objections are over, with no objection that isn't answered."""
        unanswered = Objection.objects.filter(motion=OuterRef("pk"), answered_at=None)
        return self.with_result().filter(~Exists(unanswered), objections_until__lte=at)

    def taking_electronic_ballots(self) -> "MotionQuerySet":
        return self.exclude(kind=MotionKind.LEGAL, rule_set__electronic=False)

    def in_hand_first(self) -> "MotionQuerySet":
        """Drafts, then what is announced or runs, then what is over; within these the latest first."""
        rank = Case(
            When(state=MotionState.DRAFT, then=0),
            When(state__in=(MotionState.PUBLISHED, MotionState.OPENED), then=1),
            When(state=MotionState.COUNTED, then=2),
            default=3,
        )
        return self.order_by(rank, "-drafted_at", "-pk")

    def organised_by(self, scope: Scope) -> "MotionQuerySet":
        """Those of the communities and streets in the person's charge: who sets votes up and oversees them."""
        return self.filter(Q(community__in=scope.communities) | Q(subdistrict__in=scope.subdistricts))


class Motion(models.Model):
    """表决事项: one question, put to those on the roll. Change its state only through `issues.deliberation.domain`.

    A ballot says yes or no; where the motion has `options`, it chooses one of them, or none. With `seats` the options
    are candidates, and a ballot names up to so many.

    The scope is the estate, a building of it, or one stairwell. `opens_at` counts, `closes_at` doesn't any more.
    From its announcement nobody changes text, rules, scope or times.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    estate = models.ForeignKey("governance.Estate", models.PROTECT, related_name="motions", verbose_name=_("estate"))
    building = models.ForeignKey(
        "governance.Building", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("building")
    )
    stairwell = models.PositiveSmallIntegerField(_("stairwell"), null=True, blank=True)
    topic = models.ForeignKey(
        "deliberation.Topic", models.PROTECT, null=True, blank=True, related_name="motions", verbose_name=_("topic")
    )
    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="motions", verbose_name=_("rule set"))
    matter = models.CharField(_("matter"), max_length=8, choices=Matter)
    kind = models.CharField(_("worth"), max_length=12, choices=MotionKind)
    version = models.PositiveIntegerField(default=1, help_text="Of the draft: tells the second of two who write at it")
    title = models.CharField(_("question"), max_length=80)
    words = models.TextField(_("text"), max_length=4000)
    seats = models.PositiveSmallIntegerField(_("seats"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=MotionState, default=MotionState.DRAFT)
    drafted_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("drafted"))
    published_at = models.DateTimeField(pgettext_lazy("date", "announced"), null=True, blank=True)
    opens_at = models.DateTimeField(_("voting begins"), null=True, blank=True)
    closes_at = models.DateTimeField(_("voting ends"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("roll frozen"), null=True, blank=True)
    roll_hash = models.CharField(max_length=64, blank=True)
    text_hash = models.CharField(max_length=64, blank=True)
    rules_hash = models.CharField(max_length=64, blank=True)
    counted_at = models.DateTimeField(_("counted"), null=True, blank=True)
    tally_file = models.BinaryField(null=True, blank=True, help_text="What was counted, byte for byte")
    result = models.BinaryField(null=True, blank=True, help_text="What came out, byte for byte")
    result_hash = models.CharField(max_length=64, blank=True)
    has_passed = models.BooleanField(null=True, blank=True)
    objections_until = models.DateTimeField(_("objections until"), null=True, blank=True)
    final_at = models.DateTimeField(_("final"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(pgettext_lazy("date", "withdrawn"), null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)
    withdrawn_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_with = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = MotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("motion")
        verbose_name_plural = _("motions")
        constraints = [
            models.CheckConstraint(
                condition=Q(stairwell=None) | Q(building__isnull=False), name="motion_of_a_stairwell_names_its_building"
            ),
            models.CheckConstraint(
                condition=Q(seats=None)
                | Q(seats__gte=1, seats__lte=MOST_CANDIDATES, matter=Matter.COMMITTEE.value, building=None),
                name="only_an_estates_committee_is_elected",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None, closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="voting_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at=None)
                | Q(published_at__isnull=False, opens_at__isnull=False, opens_at__gt=F("published_at")),
                name="announced_motion_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("opened", "counted", "final"))
                | (Q(frozen_at__gte=F("opens_at")) & Q(roll_hash__gt="", text_hash__gt="", rules_hash__gt="")),
                name="open_vote_is_frozen",
            ),
            models.CheckConstraint(
                condition=Q(tally_file=None, result=None, result_hash="", counted_at=None, has_passed=None)
                | Q(
                    tally_file__isnull=False,
                    result__isnull=False,
                    result_hash__gt="",
                    counted_at__gte=F("closes_at"),
                    has_passed__isnull=False,
                    objections_until__gt=F("counted_at"),
                ),
                name="counted_after_the_close",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("counted", "final")) | Q(counted_at__isnull=False), name="result_was_counted"
            ),
            models.CheckConstraint(
                condition=~Q(state="final") | Q(final_at__gte=F("objections_until")), name="final_after_the_objections"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn")
                | (
                    Q(withdrawn_at__isnull=False, withdrawn_because__gt="")
                    & Q(withdrawn_by__isnull=False, withdrawn_with__isnull=False)
                    & ~Q(withdrawn_by=F("withdrawn_with"))
                ),
                name="withdrawn_by_two_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["opens_at"], condition=Q(state="published"), name="motions_to_open"),
            models.Index(fields=["closes_at"], condition=Q(state="opened"), name="motions_to_count"),
            models.Index(fields=["objections_until"], condition=Q(state="counted"), name="motions_to_confirm"),
            models.Index(fields=["estate", "state"], name="motions_of_an_estate"),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.MOTION.transitions()),
            kept_since(
                "published_at", "unchanged_since_its_notice",
                "estate", "building", "stairwell", "topic", "rule_set", "matter", "kind", "title", "words",
                "seats", "published_at", "opens_at", "closes_at",
            ),
            kept_since(
                "frozen_at", "unchanged_since_its_freezing", "frozen_at", "roll_hash", "text_hash", "rules_hash"
            ),
            kept_since(
                "counted_at", "result_as_it_was_counted",
                "counted_at", "tally_file", "result", "result_hash", "has_passed",
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # None, or several: one option is no choice, and of a gap nobody would know what stood there. Of candidates
            # there may be one, if no more is to be elected. No two that differ by spaces or width alone.
            pgtrigger.Trigger(
                name="announced_with_all_its_options",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__published_at__isnull=True, new__published_at__isnull=False),
                declare=[("options", "INT"), ("latest", "INT"), ("names", "INT")],
                func="""
                    SELECT count(*), coalesce(max(number), 0),
                        count(DISTINCT regexp_replace(normalize(title, NFKC), '[[:space:]]', '', 'g'))
                        INTO options, latest, names
                    FROM deliberation_motionoption WHERE motion_id = NEW.id;
                    IF options <> latest OR options <> names OR options < NEW.seats
                        OR NEW.seats IS NULL AND (options = 1 OR options > 9)
                    THEN
                        RAISE EXCEPTION 'one option is no choice' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)

    @property
    def most_options(self) -> int:
        """How many lines fit on the ballot, beside none of them and neither."""
        return MOST_CANDIDATES if self.seats else MOST_OPTIONS

    @property
    def election_rule(self) -> "ElectionRule | None":
        """How those on its ballot are elected, by its rule set; None where nobody is elected."""
        return self.rule_set.election_rule if self.seats else None

    def takes_mandates_at(self, at: datetime) -> bool:
        """From the notice until the close."""
        announced = self.state in (MotionState.PUBLISHED, MotionState.OPENED)
        return bool(announced and self.closes_at and at < self.closes_at)

    @cached_property
    def has_citys_result(self) -> bool:
        """Whether two have agreed that it is what the city's document says. In lists: `knowing_the_city`."""
        return self.official_results.agreed().exists()

    @property
    def standing(self) -> str:
        """Its state in words. Where the city decides, the count here is no result, only the end of the voting."""
        if self.kind == MotionKind.MIRROR and self.state == MotionState.COUNTED and not self.has_citys_result:
            return pgettext("motion", "voting is over")
        return self.get_state_display()

    @property
    def takes_electronic_ballots(self) -> bool:
        """Whether a ballot from the portal counts: a legal vote goes by its rule set (some cities: paper alone)."""
        return self.kind != MotionKind.LEGAL or self.rule_set.electronic

    def is_open_at(self, at: datetime) -> bool:
        """Whether a ballot handed in at `at` is in time. The closing second itself is late."""
        return bool(
            self.state in (MotionState.PUBLISHED, MotionState.OPENED)
            and self.opens_at
            and self.closes_at
            and self.opens_at <= at < self.closes_at
        )


class Objection(models.Model):
    """异议: somebody says that a preliminary result is wrong. Numbered, and answered by a person before it is final."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    motion = models.ForeignKey(Motion, models.PROTECT, related_name="objections")
    number = models.PositiveSmallIntegerField()
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    words = models.TextField(max_length=1000)
    raised_at = models.DateTimeField()
    answer = models.TextField(max_length=1000, blank=True)
    answered_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["motion", "number"], name="objections_are_numbered"),
            models.CheckConstraint(condition=Q(words__gt=""), name="objection_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (Q(answer__gt="", answered_by__isnull=False, answered_at__isnull=False) & ~Q(answered_by=F("by"))),
                name="objection_answered_by_somebody_else",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_raised", fields=["motion", "number", "by", "words", "raised_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.motion}: {self.number}"
