"""Orders to put something right, and orders to answer for its not having been put right."""

import uuid

import pgtrigger
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.domain.moment import local_day
from governance.models import BodyKind, Management
from governance.models.many import QuicklyRead
from governance.models.scope import Scope
from issues import workflow
from issues.models.issues import goes_past_the_community, goes_past_the_street
from issues.models.links import IssuePetition


class WorkOrderState(models.TextChoices):
    DISPATCHED = workflow.DISPATCHED, _("waiting to be accepted")
    ACCEPTED = workflow.ACCEPTED, _("accepted")
    ARRIVED = workflow.ARRIVED, _("on site")
    DONE = workflow.DONE, _("finished")
    RETURNED = workflow.RETURNED, _("returned")
    CANCELLED = workflow.CANCELLED, _("cancelled")


class ArrivalProof(models.TextChoices):
    """How an arrival is shown. A bare tap is recorded as claimed only."""

    CLAIMED = "claimed", _("reported by the staff only")
    QR = "qr", _("shown by the building's QR code")
    RESIDENT = "resident", _("confirmed by the resident")
    WITH_FINISH = "with_finish", _("taken from the finish")


class ReturnReason(models.TextChoices):
    NOT_OURS = "not_ours", _("Not ours to handle")
    WRONG_PLACE = "wrong_place", _("The place is wrong")
    NEEDS_OTHERS = "needs_others", _("Others are needed")
    UNCLEAR = "unclear", _("Can't be understood")


# Why an order is with its body: that has promised it. No contract gives it, and none takes it away.
BY_COMMITMENT = "commitment"


def _past_the_community() -> Q:
    """What the street has itself; and complaints about the community's people, whoever has them."""
    offices = (BodyKind.STREET_OFFICE, BodyKind.DISTRICT_OFFICE)
    return Q(body__kind__in=offices) | goes_past_the_community("issue__")


def _in_charge_of(scope: Scope) -> Q:
    """What the office sees by area. Asks only for what the person is in charge of, and so joins no more than that."""
    seen = Q(pk__in=())
    if scope.communities:
        seen |= Q(community__in=scope.communities) & ~_past_the_community()
    if scope.subdistricts:
        seen |= _of_the_street(scope)
    if scope.districts:
        seen |= _of_the_district(scope)
    return seen


def _of_the_street(scope: Scope) -> Q:
    """All that is in the street, but what complains about its own people."""
    return Q(subdistrict__in=scope.subdistricts) & ~goes_past_the_street("issue__")


def _of_the_district(scope: Scope) -> Q:
    """What lies with the district's office: complaints about the people of its streets."""
    return Q(body__district__in=scope.districts) & goes_past_the_street("issue__")


class WorkOrderQuerySet(models.QuerySet["WorkOrder"]):
    def live(self) -> "WorkOrderQuerySet":
        return self.filter(state__in=workflow.LIVE)

    def visible_to(self, user, at) -> "WorkOrderQuerySet":
        """Orders of the bodies the person works for, as long as these manage the estate; and by area, for the office.

        An order about the staff of a body is never dispatched to that body, so it isn't seen there either.
        """
        scope = user.scope(at)
        if scope.is_administrator:
            return self
        seen = _in_charge_of(scope)
        if scope.bodies:
            manages_today = Management.objects.in_force(local_day(at)).filter(
                estate=OuterRef("estate"), body=OuterRef("body")
            )
            # A department answers for its field, not for an estate: no contract gives it access, its office does.
            needs_no_contract = Q(body__kind=BodyKind.DEPARTMENT) | Q(why_here=BY_COMMITMENT)
            seen |= Q(body__in=scope.bodies) & (Exists(manages_today) | needs_no_contract)
        return self.filter(seen)

    def unmanaged(self, at) -> "WorkOrderQuerySet":
        """Live orders of a body that doesn't manage the estate on the day of `at`: its contract has ended meanwhile.

        Not what it has promised: it stays responsible for that until somebody else takes it over in words.
        """
        manages_today = Management.objects.in_force(local_day(at)).filter(
            estate=OuterRef("estate"), body=OuterRef("body")
        )
        offices = (
            BodyKind.RESIDENTS_COMMITTEE, BodyKind.STREET_OFFICE, BodyKind.DISTRICT_OFFICE, BodyKind.DEPARTMENT,
        )  # fmt: skip
        theirs = self.live().exclude(body__kind__in=offices).exclude(why_here=BY_COMMITMENT)
        return theirs.filter(~Exists(manages_today))

    def to_ring(self, at) -> "WorkOrderQuerySet":
        """Orders that nobody has accepted, and whose next phone should have rung by `at`."""
        return self.filter(state=WorkOrderState.DISPATCHED, ring_next_at__lte=at)

    def due_next(self) -> "WorkOrderQuerySet":
        """What is due first stands first; what has no clock running, last."""
        return self.order_by(F("next_due_at").asc(nulls_last=True), "dispatched_at", "id")

    def for_queue(self) -> "WorkOrderQuerySet":
        """With all that a row shows, and who asked for it: nobody finishes what they asked for themselves."""
        asked_by = IssuePetition.objects.filter(issue=OuterRef("issue"), undone_at=None)
        return self.select_related("issue__category", "issue__building", "issue__estate", "body", "holder").annotate(
            petitioner_ids=ArraySubquery(asked_by.values("petition__petitioner"))
        )


AT_ITS_ISSUES_ESTATE = """
    SELECT estate_id INTO NEW.estate_id FROM issues_issue WHERE id = NEW.issue_id;
    RETURN NEW;
"""


class WorkOrder(QuicklyRead):
    """One body is told to put one issue right. Change it only through `issues.domain.handling`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    issue = models.ForeignKey("issues.Issue", models.PROTECT, related_name="orders", verbose_name=_("matter"))
    # No index of its own: an estate that has orders has issues.
    estate = models.ForeignKey(
        "governance.Estate",
        models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        help_text="The issue's, copied by the database: who manages it today is asked of all live orders at once",
    )
    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="orders", verbose_name=_("body"))
    why_here = models.CharField(
        max_length=20, help_text="A kind of management, default, category, commitment: see dispatching"
    )
    state = models.CharField(_("state"), max_length=12, choices=WorkOrderState, default=WorkOrderState.DISPATCHED)
    holder = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="held_orders")
    dispatched_at = models.DateTimeField(_("sent"))
    accepted_at = models.DateTimeField(pgettext_lazy("date", "accepted"), null=True, blank=True)
    arrived_at = models.DateTimeField(pgettext_lazy("date", "on site"), null=True, blank=True)
    arrival_proof = models.CharField(_("how it is known"), max_length=12, choices=ArrivalProof, blank=True)
    finished_at = models.DateTimeField(pgettext_lazy("date", "finished"), null=True, blank=True)
    return_reason = models.CharField(_("reason for returning"), max_length=20, choices=ReturnReason, blank=True)
    rings = models.PositiveSmallIntegerField(default=0, help_text="How many phones have been rung for it")
    ring_next_at = models.DateTimeField(null=True, blank=True, help_text="Unaccepted by then, the next phone rings")
    next_kind = models.CharField(
        _("due next"), max_length=10, blank=True, help_text="The clock that is due next: what sorts the queue"
    )
    next_due_at = models.DateTimeField(_("due"), null=True, blank=True)
    last_words = models.CharField(max_length=200, blank=True)
    last_words_by = models.CharField(
        max_length=60, blank=True, help_text="“resident”, or a role and surname as JSON-free text"
    )
    last_words_at = models.DateTimeField(null=True, blank=True)
    supporters = models.PositiveIntegerField(
        _("others who said the same"), default=0, help_text="Petitions beside the first"
    )
    changed_at = models.DateTimeField(help_text="Moves with every change a queue would show: what 304 answers go by")

    objects = WorkOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("work order")
        verbose_name_plural = _("work orders")
        constraints = [
            models.UniqueConstraint(
                fields=["issue"], condition=Q(state__in=workflow.LIVE), name="one_live_order_an_issue"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "arrived", "done"))
                | Q(holder__isnull=False, accepted_at__isnull=False),
                name="accepted_order_has_a_holder",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("arrived", "done")) | Q(arrived_at__isnull=False, arrival_proof__gt=""),
                name="arrival_says_how_it_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False), name="done_order_finished_at_an_instant"
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(return_reason__gt=""), name="returned_order_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["body", "next_due_at"], condition=Q(state__in=workflow.LIVE), name="queue_of_a_body"),
            models.Index(
                fields=["community", "next_due_at"], condition=Q(state__in=workflow.LIVE), name="queue_of_a_community"
            ),
            # With all that a whole street's queue is counted by.
            models.Index(
                fields=["subdistrict", "next_due_at"],
                include=["id", "body", "estate", "issue"],
                condition=Q(state__in=workflow.LIVE),
                name="queue_of_a_street",
            ),
            models.Index(fields=["ring_next_at"], condition=Q(state="dispatched"), name="orders_to_ring"),
            models.Index(
                fields=["body", "estate"],
                condition=Q(state__in=workflow.LIVE) & ~Q(why_here=BY_COMMITMENT),
                name="live_orders_by_manager",
            ),
            # For the figures.
            models.Index(
                fields=["subdistrict", "arrived_at"],
                include=["issue", "arrival_proof", "finished_at"],
                condition=Q(arrived_at__isnull=False),
                name="orders_by_arrival",
            ),
            models.Index(
                fields=["subdistrict", "finished_at"],
                include=["issue", "id"],
                condition=Q(state="done"),
                name="orders_by_finish",
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.WORK_ORDER.transitions()),
            pgtrigger.Trigger(
                name="at_its_issues_estate",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("issue_id", "estate_id"),
                func=AT_ITS_ISSUES_ESTATE,
            ),
        ]

    def __str__(self):
        return f"{self.issue_id} → {self.body}"

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)


def order_photo_path(photo: "OrderPhoto", _filename: str) -> str:
    return f"orders/{photo.public_id.hex[:2]}/{photo.public_id.hex}.jpg"


class OrderPhoto(models.Model):
    """A photo taken by the staff. The resident gets a `PetitionPhoto` of the same file."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work_order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="photos")
    file = models.ImageField(upload_to=order_photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    taken_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self):
        return str(self.public_id)


class SupervisionState(models.TextChoices):
    ISSUED = workflow.ISSUED, _("issued")
    ANSWERED = workflow.ANSWERED, _("answered")
    ACCEPTED = workflow.ACCEPTED_ANSWER, _("answer accepted")
    SETTLED = workflow.SETTLED, _("settled")


class SupervisionOrderQuerySet(models.QuerySet["SupervisionOrder"]):
    def unanswered(self) -> "SupervisionOrderQuerySet":
        return self.filter(state=SupervisionState.ISSUED)

    def visible_to(self, user, at) -> "SupervisionOrderQuerySet":
        """Those of the bodies the person leads, and of the communities and streets in the person's charge.

        A company's are its manager's as long as it manages the estate in question; those about what it has committed
        itself to, also afterwards.
        """
        scope = user.scope(at)
        if scope.is_administrator:
            return self
        manages_today = Management.objects.in_force(local_day(at)).filter(
            estate=OuterRef("issue__estate"), body=OuterRef("body")
        )
        departments = Q(body__in=scope.managed_bodies, body__kind=BodyKind.DEPARTMENT)
        companies = Q(body__in=scope.managed_bodies) & (Exists(manages_today) | Q(issue__is_commitment=True))
        return self.filter(companies | departments | _in_charge_of(scope))

    def late_at(self, at) -> "SupervisionOrderQuerySet":
        """Unanswered, and past the hour at which the account was due."""
        return self.unanswered().filter(answer_due_at__lt=at)

    def pressing_first(self, at, end_of_day) -> "SupervisionOrderQuerySet":
        """Late ones, then what is due by `end_of_day`, then what waits for a judgement, then the rest by its due time.

        `light` says which of these it is: 0, 1, 2 or 3; 4 for what is closed.
        """
        light = Case(
            When(state=SupervisionState.ANSWERED, then=Value(2)),
            When(state__in=(SupervisionState.ACCEPTED, SupervisionState.SETTLED), then=Value(4)),
            When(answer_due_at__lt=at, then=Value(0)),
            When(answer_due_at__lt=end_of_day, then=Value(1)),
            default=Value(3),
        )
        return self.annotate(light=light).order_by("light", F("answer_due_at").asc(nulls_last=True), "issued_at", "pk")


class SupervisionOrder(models.Model):
    """督办: the office demands an account of a matter that ran out of time. One for an issue and epoch."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    issue = models.ForeignKey("issues.Issue", models.PROTECT, related_name="supervisions", verbose_name=_("matter"))
    epoch = models.PositiveSmallIntegerField(_("round"))
    escalation = models.OneToOneField("issues.Escalation", models.PROTECT, related_name="supervision")
    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="supervisions", verbose_name=_("body"))
    state = models.CharField(_("state"), max_length=10, choices=SupervisionState, default=SupervisionState.ISSUED)
    issued_at = models.DateTimeField(pgettext_lazy("date", "issued"))
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    answer_words = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(pgettext_lazy("date", "answered"), null=True, blank=True)
    sent_back_words = models.TextField(_("sent back because"), blank=True)
    judged_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    judged_at = models.DateTimeField(_("judged"), null=True, blank=True)
    settled_at = models.DateTimeField(pgettext_lazy("date", "settled"), null=True, blank=True)

    objects = SupervisionOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("supervision order")
        verbose_name_plural = _("supervision orders")
        constraints = [
            models.UniqueConstraint(fields=["issue", "epoch"], name="one_supervision_an_epoch"),
            models.CheckConstraint(
                condition=~Q(state__in=("answered", "accepted"))
                | Q(answer_words__gt="", answered_by__isnull=False, answered_at__isnull=False),
                name="answer_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(judged_by__isnull=False, judged_at__isnull=False),
                name="answer_accepted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(judged_by=None) | ~Q(judged_by=F("answered_by")), name="nobody_judges_their_own_answer"
            ),
            models.CheckConstraint(
                condition=~Q(state="settled") | Q(settled_at__isnull=False), name="supervision_settled_at_an_instant"
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.SUPERVISION.transitions())
        ]

    def __str__(self):
        return str(self.public_id)

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)
