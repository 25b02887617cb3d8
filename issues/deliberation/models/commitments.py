"""What bodies promise when something was talked over: who does what by when, what shows it, what stands in the way."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When, Window
from django.db.models.functions import Coalesce, RowNumber
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from governance.models import Body, BodyKind
from governance.models.scope import Scope
from issues.deliberation import workflow
from issues.deliberation.models.topics import Topic, bodies_close_to


class CommitmentState(models.TextChoices):
    PROMISED = workflow.PROMISED, pgettext_lazy("commitment", "promised")
    UNDER_WAY = workflow.UNDER_WAY, pgettext_lazy("commitment", "under way")
    REPORTED = workflow.REPORTED, pgettext_lazy("commitment", "reported done")
    KEPT = workflow.KEPT, pgettext_lazy("commitment", "accepted as done")
    GIVEN_UP = workflow.GIVEN_UP, pgettext_lazy("commitment", "given up")


class Light(StrEnum):
    """红黄绿灯: what the supervisor looks at first. Worked out from instants, never stored."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    OUT = "out"


# Between the promise and the supervisor's word.
IN_HAND = (workflow.PROMISED, workflow.UNDER_WAY)
OPEN = (*IN_HAND, workflow.REPORTED)
LIGHTS_IN_TURN = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2, Light.OUT: 3}


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def supervised_by(self, scope: Scope) -> "CommitmentQuerySet":
        """Those whose keeping it falls to the person to judge: the branch's secretary, or the street above.

        Never somebody of the body that promised, nor of one beside it: that goes one level up, what the street office
        has promised to its district.
        """
        theirs = Q(topic__in=Topic.objects.vetted_by(scope).values("pk"))
        above = Q(body__kind=BodyKind.STREET_OFFICE, subdistrict__in=scope.overseen)
        return self.filter(theirs | above).exclude(body__in=bodies_close_to(scope).values("pk"))

    def followed_by(self, scope: Scope) -> "CommitmentQuerySet":
        """As `supervised_by`, and those that came out of topics which the person organises."""
        own = Q(topic__in=Topic.objects.organised_by(scope).values("pk"))
        return self.filter(own | Q(pk__in=self.supervised_by(scope).values("pk")))

    def carried_out_by(self, scope: Scope) -> "CommitmentQuerySet":
        """Those of the bodies for which the person works; of those that help, too."""
        own = Body.of_scope(scope).values("pk")
        helped = CommitmentHelper.objects.filter(body__in=own).values("commitment")
        return self.filter(Q(body__in=own) | Q(pk__in=helped))

    def with_light(self, now: datetime, soon: datetime) -> "CommitmentQuerySet":
        """Each with its `light` at `now`; `soon` is the instant until which a due date is near."""
        late_blocker = CommitmentBlocker.objects.filter(commitment=OuterRef("pk"), lifted_at=None, due_at__lt=now)
        measured = Coalesce("reported_at", Value(now, output_field=models.DateTimeField()))
        light = Case(
            When(~Q(state__in=OPEN), then=Value(Light.OUT.value)),
            When(due_at__lt=measured, then=Value(Light.RED.value)),
            When(Q(state__in=IN_HAND) & (Q(due_at__lte=soon) | Exists(late_blocker)), then=Value(Light.YELLOW.value)),
            default=Value(Light.GREEN.value),
            output_field=models.CharField(),
        )
        return self.annotate(light=light)

    def pressing_first(self) -> "CommitmentQuerySet":
        """Red, yellow, green, then what is over; within these what is due first. After `with_light`."""
        turns = [When(light=light.value, then=Value(turn)) for light, turn in LIGHTS_IN_TURN.items()]
        return self.order_by(Case(*turns), "due_at", "pk")


class Commitment(models.Model):
    """承诺事项: one body promises to do something by a day. Its doors are `committing`, `carrying_out`, `supervising`
    and `doubting`.

    It is carried out by an order of that body: `issue` is the matter of this order, and has the same public id. The
    body that promised stays responsible until another takes it over, whatever becomes of its contract. `due_at` is
    what is promised now; `promised_due_at` what was promised at first. Retention: as long as its topic.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sending = models.UUIDField(unique=True, editable=False, help_text="Of the form: sent twice it is one commitment")
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+")
    topic = models.ForeignKey("deliberation.Topic", models.PROTECT, related_name="commitments", verbose_name=_("topic"))
    motion = models.ForeignKey(
        "deliberation.Motion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        help_text="The owners' vote that it carries out",
    )
    estate = models.ForeignKey("governance.Estate", models.PROTECT, related_name="+", verbose_name=_("estate"))
    category = models.ForeignKey("governance.Category", models.PROTECT, related_name="+", verbose_name=_("category"))
    issue = models.OneToOneField("issues.Issue", models.PROTECT, related_name="+")
    body = models.ForeignKey(
        "governance.Body", models.PROTECT, related_name="commitments", verbose_name=pgettext_lazy("commitment", "who")
    )
    post = models.CharField(_("responsible post"), max_length=40)
    what = models.CharField(_("what is promised"), max_length=200)
    promised_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+", help_text="Who wrote it down")
    promised_at = models.DateTimeField(pgettext_lazy("date", "promised"))
    working_days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Promised so, else as a date")
    promised_due_at = models.DateTimeField(_("promised by, at first"))
    due_at = models.DateTimeField(_("due"))
    needs_photo = models.BooleanField(_("a photo is needed"), default=True)
    decided_yuan = models.DecimalField(_("cost decided (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True)
    payer = models.CharField(_("who pays"), max_length=60, blank=True)
    paid_yuan = models.DecimalField(_("cost paid (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True)
    paid_by = models.CharField(_("who paid"), max_length=60, blank=True)
    doubt_days = models.PositiveSmallIntegerField(
        default=7, help_text="So long the people concerned may say “not done”"
    )
    state = models.CharField(_("state"), max_length=10, choices=CommitmentState, default=CommitmentState.PROMISED)
    reported_at = models.DateTimeField(_("reported done"), null=True, blank=True)
    reported_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(pgettext_lazy("date", "accepted"), null=True, blank=True)
    judged_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    judged_as = models.CharField(max_length=24, blank=True, help_text="The role in which: as the public reads it")
    judged_words = models.TextField(max_length=600, blank=True)
    doubts_until = models.DateTimeField(null=True, blank=True)
    quit_asked_at = models.DateTimeField(null=True, blank=True)
    quit_asked_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    quit_because = models.TextField(max_length=600, blank=True)
    ended_at = models.DateTimeField(pgettext_lazy("date", "given up"), null=True, blank=True)
    ended_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.CheckConstraint(condition=Q(what__gt="", post__gt=""), name="commitment_says_who_does_what"),
            models.CheckConstraint(
                condition=Q(promised_due_at__gt=F("promised_at"), due_at__gt=F("promised_at")),
                name="commitment_due_after_the_promise",
            ),
            models.CheckConstraint(
                condition=Q(decided_yuan=None, payer="") | Q(decided_yuan__gte=0, payer__gt=""),
                name="decided_cost_says_who_pays",
            ),
            models.CheckConstraint(
                condition=Q(paid_yuan=None, paid_by="") | Q(paid_yuan__gte=0, paid_by__gt=""),
                name="paid_cost_says_who_paid",
            ),
            models.CheckConstraint(condition=Q(doubt_days__range=(1, 60)), name="some_days_for_doubts"),
            models.CheckConstraint(
                condition=Q(state__in=("reported", "kept"), reported_at__isnull=False, reported_by__isnull=False)
                | (~Q(state__in=("reported", "kept")) & Q(reported_at=None, reported_by=None)),
                name="reported_by_somebody",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="kept", judged_at__isnull=False, judged_by__isnull=False, judged_as__gt="")
                    & Q(judged_words__gt="", doubts_until__gt=F("judged_at"))
                    & ~Q(judged_by=F("reported_by"))
                )
                | (~Q(state="kept") & Q(judged_at=None, judged_by=None, judged_as="", judged_words="")),
                name="accepted_by_somebody_else_in_words",
            ),
            models.CheckConstraint(
                condition=Q(quit_asked_at=None, quit_asked_by=None, quit_because="")
                | Q(quit_asked_at__isnull=False, quit_asked_by__isnull=False, quit_because__gt=""),
                name="asked_to_give_up_with_a_reason",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="given_up", ended_at__isnull=False, ended_by__isnull=False, quit_asked_by__isnull=False)
                    & ~Q(ended_by=F("quit_asked_by"))
                )
                | (~Q(state="given_up") & Q(ended_at=None, ended_by=None)),
                name="given_up_by_two_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["subdistrict", "due_at"],
                condition=Q(state__in=("promised", "under_way", "reported")),
                name="open_commitments",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.COMMITMENT.transitions()),
            pgtrigger.ReadOnly(
                name="as_it_was_promised",
                fields=["sending", "subdistrict", "community", "topic", "estate", "category", "issue",
                        "what", "promised_by", "promised_at", "working_days", "promised_due_at", "needs_photo",
                        "decided_yuan", "payer", "doubt_days"],
            ),
            pgtrigger.Trigger(
                name="done_when_every_part_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state <> NEW.state AND NEW.state IN ('reported', 'kept')"),
                func="""
                    IF EXISTS (SELECT 1 FROM deliberation_commitmentpart
                               WHERE commitment_id = NEW.id AND done_at IS NULL) THEN
                        RAISE EXCEPTION 'a part is still open' USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'done_when_every_part_is';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.what

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_in_hand(self) -> bool:
        return self.state in IN_HAND

    def was_late(self, now: datetime) -> bool:
        """Whether it was, or is by `now`, reported done later than promised. At the very instant is in time."""
        return self.state != workflow.GIVEN_UP and (self.reported_at or now) > self.due_at


class CommitmentHelper(models.Model):
    """Another body that helps, and may read how far it is."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="helper_rows")
    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "body"], name="helps_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.body}"


class CommitmentPart(models.Model):
    """One building or facility of many at which the same is done, a lift say, each reported by itself."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="parts")
    position = models.PositiveSmallIntegerField()
    building = models.ForeignKey("governance.Building", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=40, blank=True, help_text="Which of several there: the lift of entrance 2, say")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.CheckConstraint(condition=Q(building__isnull=False) | Q(name__gt=""), name="part_is_named"),
            models.UniqueConstraint(
                fields=["commitment", "building", "name"], nulls_distinct=False, name="part_named_once"
            ),
            models.UniqueConstraint(fields=["commitment", "position"], name="parts_in_a_row"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, words="") | Q(done_at__isnull=False, done_by__isnull=False),
                name="part_done_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_promised", fields=["commitment", "position", "building", "name"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return " ".join(str(each) for each in (self.building.name if self.building else "", self.name) if each)


def commitment_photo_path(photo: "CommitmentPhoto", _filename: str) -> str:
    return f"commitments/{photo.public_id.hex[:2]}/{photo.public_id.hex}.jpg"


class CommitmentPhotoQuerySet(models.QuerySet["CommitmentPhoto"]):
    def released(self) -> Self:
        """What everybody sees: what is promised in deliberating is public."""
        return self.filter(released_at__isnull=False)

    def numbered(self) -> Self:
        """With the number by which people speak of it, within its commitment, and its part."""
        order = Window(RowNumber(), partition_by=F("commitment"), order_by=("added_at", "pk"))
        return self.select_related("part__building").annotate(n=order)


class CommitmentPhoto(models.Model):
    """What shows that it was done, of a part or of the whole.

    Seen by those who carry it out and who follow it; by everybody once whoever supervises it has released it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="photos")
    part = models.ForeignKey(CommitmentPart, models.PROTECT, null=True, blank=True, related_name="photos")
    file = models.ImageField(upload_to=commitment_photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    taken_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    objects = CommitmentPhotoQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None)
                | Q(released_at__gte=F("added_at"), released_by__isnull=False),
                name="photo_released_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def caption(self) -> str:
        """What stands under it: of which part it is, or its number (as `numbered` gives it)."""
        return str(self.part) if self.part else gettext("Photo %(n)s") % {"n": getattr(self, "n", "")}


class CommitmentBlocker(models.Model):
    """卡点: what stands in the way, a permit say; which body clears it, and by when. No blocker moves a due date."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="blockers")
    what = models.CharField(_("what stands in the way"), max_length=200)
    owner = models.ForeignKey("governance.Body", models.PROTECT, related_name="+", verbose_name=_("who clears it"))
    due_at = models.DateTimeField(_("to be cleared by"))
    raised_at = models.DateTimeField()
    raised_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(pgettext_lazy("date", "cleared"), null=True, blank=True)
    lifted_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    lifted_words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["raised_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(what__gt=""), name="blocker_says_something"),
            models.CheckConstraint(condition=Q(due_at__gt=F("raised_at")), name="blocker_due_after_it_was_raised"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lifted_words="")
                | Q(lifted_at__gte=F("raised_at"), lifted_by__isnull=False, lifted_words__gt=""),
                name="blocker_lifted_by_somebody_in_words",
            ),
        ]
        indexes = [
            models.Index(fields=["commitment", "due_at"], condition=Q(lifted_at=None), name="blockers_in_the_way"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="as_it_was_raised", fields=["commitment", "what", "owner", "due_at", "raised_at", "raised_by"]
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.what
