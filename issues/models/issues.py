"""What is wrong in the world, the petitions that speak of it, and the history of its steps."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from issues import workflow
from residents.models.petitions import PlaceOfMatter


class Severity(models.TextChoices):
    ORDINARY = "ordinary", _("ordinary")
    MAJOR = "major", _("major")
    COMPLEX = "complex", _("complex")
    EMERGENCY = "emergency", _("emergency")


class IssueState(models.TextChoices):
    OPEN = workflow.OPEN, _("open")
    FINISHED = workflow.FINISHED, _("finished")
    CLOSED = workflow.CLOSED, _("closed")
    WITHDRAWN = workflow.WITHDRAWN, _("withdrawn")


class IssueQuerySet(models.QuerySet["Issue"]):
    def open(self) -> "IssueQuerySet":
        return self.filter(state=IssueState.OPEN)


class Issue(PlaceOfMatter):
    """A problem in the world that someone must put right. Change its state only through `issues.domain.handling`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+")
    estate = models.ForeignKey("governance.Estate", models.PROTECT, related_name="issues")
    category = models.ForeignKey("governance.Category", models.PROTECT, related_name="+")
    severity = models.CharField(max_length=10, choices=Severity)
    state = models.CharField(max_length=10, choices=IssueState, default=IssueState.OPEN)
    epoch = models.PositiveSmallIntegerField(default=1)
    hides_petitioner = models.BooleanField(default=False)
    filed_at = models.DateTimeField(help_text="When the first of its petitions was filed: clocks count from here")
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("finished", "closed")) | Q(finished_at__isnull=False),
                name="issue_finished_at_an_instant",
            ),
            models.CheckConstraint(condition=Q(opened_at__gte=F("filed_at")), name="issue_opened_after_filing"),
        ]
        triggers = [pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.ISSUE.transitions())]

    def __str__(self):
        return f"{self.category} {self.public_id}"

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)


class IssuePetition(models.Model):
    """A petition speaks of an issue, of one at a time: who linked them and when, and who undid it."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="links")
    petition = models.ForeignKey("residents.Petition", models.PROTECT, related_name="links")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["petition"], condition=Q(undone_at=None), name="petition_linked_to_one_issue"
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | Q(undone_at__gte=F("linked_at")), name="link_undone_after_linked"
            ),
        ]

    def __str__(self):
        return f"{self.petition_id} → {self.issue_id}"


class IssueStep(models.Model):
    """The history: one step of an issue or of one of its orders, by whom, when, from which state to which."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="steps")
    work_order = models.ForeignKey("issues.WorkOrder", models.PROTECT, null=True, blank=True, related_name="steps")
    verb = models.CharField(max_length=30)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    program = models.CharField(max_length=30, blank=True)
    words = models.TextField(blank=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(actor__isnull=False, program="") | Q(actor=None, program__gt=""), name="step_by_somebody"
            )
        ]
        indexes = [
            models.Index(fields=["issue", "-at"], name="steps_of_an_issue"),
            models.Index(fields=["work_order", "-at", "-id"], name="steps_of_an_order"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.issue_id}: {self.verb}"
