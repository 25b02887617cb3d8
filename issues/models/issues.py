"""What is wrong in the world, the history of its steps, and what was seen and agreed on site."""

import uuid
from functools import reduce
from operator import or_

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.encryption import EncryptedTextField
from governance.models import User
from governance.models.categories import Category
from governance.models.scope import Scope
from issues import workflow
from residents.models import Occupancy
from residents.models.petitions import PlaceOfMatter
from residents.models.word_pairs import WordPairsField


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
    DECLINED = workflow.DECLINED, _("not taken up")
    MERGED = workflow.MERGED, _("merged into another")


class DeclineReason(models.TextChoices):
    """Why the office doesn't take a matter up (不予受理). Each is answered with where to go instead."""

    NOT_OURS = "not_ours", _("Belongs to another authority")
    IN_COURT = "in_court", _("Before a court or an arbitrator")
    PETITION_OFFICE = "xinfang", _("For the petition office (信访)")
    PRIVATE = "private", _("A private matter between people")
    UNCLEAR = "unclear", _("Can't be understood, and nobody can be asked")
    NOTHING_THERE = "nothing_there", _("Looked: there is nothing to put right")


class IssueQuerySet(models.QuerySet["Issue"]):
    def open(self) -> "IssueQuerySet":
        return self.filter(state=IssueState.OPEN)

    def of_people(self) -> "IssueQuerySet":
        """What somebody has petitioned for or found; not what a body has committed itself to."""
        return self.filter(is_commitment=False)

    def awaiting_triage(self) -> "IssueQuerySet":
        """Open matters that a person has to look at: no rule said enough, or they came back."""
        return self.open().filter(triaged_at=None)

    def visible_to(self, user, at) -> "IssueQuerySet":
        """Matters of the communities and streets in the person's charge, and of the buildings the person walks.

        Whoever is complained about doesn't see it: complaints about community staff go past the community, those
        about the street's own people past the street, to its district; and no complaint about staff, nor a quarrel
        that may be their own, reaches those who walk the grid.
        """
        scope = user.scope(at)
        if scope.is_administrator:
            return self
        in_charge_of = []
        if scope.communities:
            in_charge_of.append(Q(community__in=scope.communities) & ~goes_past_the_community())
        if scope.subdistricts:
            in_charge_of.append(Q(subdistrict__in=scope.subdistricts) & ~goes_past_the_street())
        if scope.overseen:
            in_charge_of.append(Q(subdistrict__in=scope.overseen) & goes_past_the_street())
        if scope.grid_units or scope.buildings:
            in_charge_of.append(_walked(user, scope))
        return self.filter(reduce(or_, in_charge_of)) if in_charge_of else self.none()

    def walked_by(self, user, at) -> "IssueQuerySet":
        """Matters at the buildings that the person walks, whatever else is in their charge."""
        return self.filter(_walked(user, user.scope(at)))


def goes_past_the_community(of_issue: str = "") -> Q:
    """Complaints about the community's own people, or about the street's, as `Issue.goes_past_the_community`;
    `of_issue`: “issue__”."""
    about_staff = Q(**{f"{of_issue}category__is_about_staff": True})
    return goes_past_the_street(of_issue) | (about_staff & Q(**{f"{of_issue}category__handling__handler": "street"}))


def goes_past_the_street(of_issue: str = "") -> Q:
    """Complaints about the street office's own people, as `Issue.goes_past_the_street`."""
    return Q(**{f"{of_issue}category__is_about_street": True})


def _walked(user: User, scope: Scope) -> Q:
    """At the buildings that are walked, but nothing about people in charge, and no quarrel among the own neighbours.

    A building's steward lives there: its quarrels are for the grid workers and the community. So are, for a grid
    worker, those of a building where they have a home themselves.
    """
    homes = Occupancy.objects.standing().filter(user=user).values("unit__building")
    of_the_grid = Q(building__grid_unit__in=scope.grid_units) & ~Q(hides_petitioner=True, building__in=homes)
    of_a_steward = Q(building__in=scope.buildings, hides_petitioner=False)
    return (of_the_grid | of_a_steward) & Q(category__is_about_staff=False)


class Issue(PlaceOfMatter):
    """A problem in the world that someone must put right.

    Its state changes by the steps of `issues.workflow.ISSUE` only, which the files of `issues.domain` take: the desk's
    in `triage`, `linking` and `declining`, those that follow from an order in `effects`, from a petition in
    `issues.receivers`, from a round on foot in `findings`, `verification` and `mediation`; of what a body has
    committed itself to, in `committed`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+", db_index=False)
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, related_name="issues", verbose_name=_("estate"), db_index=False
    )
    category = models.ForeignKey("governance.Category", models.PROTECT, related_name="+", verbose_name=_("category"))
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    state = models.CharField(_("state"), max_length=10, choices=IssueState, default=IssueState.OPEN)
    epoch = models.PositiveSmallIntegerField(_("round"), default=1)
    hides_petitioner = models.BooleanField(default=False)
    filed_at = models.DateTimeField(
        _("filed"), help_text="When the first of its petitions was filed: clocks count from here"
    )
    opened_at = models.DateTimeField(pgettext_lazy("date", "taken in"))
    finished_at = models.DateTimeField(pgettext_lazy("date", "finished"), null=True, blank=True)
    triaged_at = models.DateTimeField(
        _("sorted"),
        null=True,
        blank=True,
        help_text="Since when nobody has to sort it; empty: it is in the community's inbox",
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    merged_at = models.DateTimeField(
        null=True, blank=True, help_text="What it promised then binds the matter that it was merged into"
    )
    decline_reason = models.CharField(
        _("reason for not taking it up"), max_length=16, choices=DeclineReason, blank=True
    )
    found_by = models.ForeignKey(
        "governance.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Of a patrol finding: who found it. It needs no petition; one that says the same may join it",
    )
    finding_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    words = models.TextField(blank=True, help_text="Of a patrol finding: what was found")
    pairs = WordPairsField("words")
    is_promised = models.BooleanField(
        default=True, db_default=True, help_text="Not of what was only imported: nobody was promised anything"
    )
    is_commitment = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="What a body has committed itself to: its order is one, but nobody has petitioned for it",
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=("finished", "closed")) | Q(finished_at__isnull=False),
                name="issue_finished_at_an_instant",
            ),
            models.CheckConstraint(condition=Q(opened_at__gte=F("filed_at")), name="issue_opened_after_filing"),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False, merged_at__isnull=False)
                | ~Q(state="merged") & Q(merged_into=None, merged_at=None),
                name="merged_into_something_at_an_instant",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="not_merged_into_itself"),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(decline_reason__gt=""), name="declined_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(found_by=None) | Q(finding_token__isnull=False, words__gt=""),
                name="finding_says_what_was_found",
            ),
            # What its links know of it is held to it by a foreign key on this.
            models.UniqueConstraint(fields=["id", "subdistrict", "category"], name="matter_as_its_links_know_it"),
        ]
        indexes = [
            models.Index(
                fields=["community", "filed_at"],
                condition=Q(state="open", triaged_at=None),
                name="issues_awaiting_triage",
            ),
            models.Index(fields=["estate", "-filed_at"], name="issues_of_an_estate"),
            GinIndex(fields=["pairs"], condition=Q(words__gt=""), name="findings_by_pairs"),
            # For the figures, which read nothing but these.
            models.Index(
                fields=["subdistrict", "filed_at"],
                include=["category", "state"],
                condition=Q(is_commitment=False),
                name="matters_by_filing",
            ),
            models.Index(
                fields=["subdistrict", "finished_at"],
                include=["filed_at", "category"],
                condition=Q(
                    finished_at__isnull=False,
                    state__in=("finished", "closed"),
                    is_promised=True,
                    is_commitment=False,
                ),
                name="matters_by_finish",
            ),
            models.Index(fields=["subdistrict", "id"], condition=Q(is_commitment=True), name="commitments_of_a_street"),
            models.Index(fields=["subdistrict", "filed_at"], condition=Q(state="open"), name="open_matters"),
            models.Index(fields=["subdistrict", "id"], condition=Q(epoch__gt=1), name="matters_opened_again"),
            models.Index(fields=["subdistrict", "category", "id"], name="matters_of_a_category"),
        ]
        triggers = [
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.ISSUE.transitions()),
            # Its orders keep a copy of it.
            pgtrigger.ReadOnly(name="stays_at_its_estate", fields=["estate"]),
            pgtrigger.ReadOnly(name="stays_a_commitment", fields=["is_commitment"]),
        ]

    def __str__(self):
        return f"{self.category} {self.public_id}"

    @property
    def goes_past_the_community(self) -> bool:
        """Whether it complains about the community's own people (the street's alone), or about the street's."""
        of_the_street = self.category.is_about_staff and self.category.handling.handler == "street"
        return self.goes_past_the_street or of_the_street

    @property
    def goes_past_the_street(self) -> bool:
        """Whether it complains about the street office's own people: it is the district's, and nobody's below."""
        return self.category.is_about_street

    @property
    def is_a_quarrel(self) -> bool:
        """Whether neighbours are at odds: the name is kept back, and it isn't a complaint about people in charge."""
        return self.hides_petitioner and not self.category.is_about_staff

    @property
    def phoning_community_id(self) -> int | None:
        """Whose staff phone those whom a message about it didn't reach; the street's alone where it goes past them."""
        return None if self.goes_past_the_community else self.community_id

    @property
    def phoning_subdistrict_id(self) -> int | None:
        """As `phoning_community_id`, of the street; the administrators alone where it goes past the street, too."""
        return None if self.goes_past_the_street else self.subdistrict_id

    def is_seen_by_those_of(self, category: Category, *, hides_petitioner: bool) -> bool:
        """Whether what is of `category` may join it: the same people see both.

        A complaint about staff joins complaints of its own kind only, a quarrel among neighbours never. Nothing joins
        what a body has committed itself to: that is judged by its supervisor.
        """
        if self.is_commitment:
            return False
        is_about_staff = self.category.is_about_staff or category.is_about_staff
        is_alike = self.category_id == category.pk or not is_about_staff
        return self.hides_petitioner == hides_petitioner and is_alike

    @cached_property
    def audit_ref(self) -> str:
        return str(self.public_id)


class IssueStep(models.Model):
    """The history: one step of an issue or of one of its orders, by whom, when, from which state to which."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="steps", db_index=False)
    work_order = models.ForeignKey(
        "issues.WorkOrder", models.PROTECT, null=True, blank=True, related_name="steps", db_index=False
    )
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


def issue_photo_path(photo: "IssuePhoto", _filename: str) -> str:
    return f"issues/{photo.public_id.hex[:2]}/{photo.public_id.hex}.jpg"


class IssuePhoto(models.Model):
    """A photo of what a patrol found, or of what a check on site saw (`verification`). No resident is shown it.

    Seen by whoever may see the matter or an order of it: the office, those who walk there, the body that handles it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="photos")
    verification = models.ForeignKey(
        "issues.Verification", models.PROTECT, null=True, blank=True, related_name="photos"
    )
    file = models.ImageField(upload_to=issue_photo_path, width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    taken_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    def __str__(self):
        return str(self.public_id)


class Verification(models.Model):
    """核实: somebody who walks the grid has looked whether a finished matter is really put right. Once an epoch."""

    issue = models.ForeignKey(Issue, models.PROTECT, related_name="verifications")
    epoch = models.PositiveSmallIntegerField()
    holds = models.BooleanField(help_text="It is put right")
    words = models.TextField(blank=True)
    verified_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    verified_at = models.DateTimeField()
    is_on_site = models.BooleanField(default=False, help_text="Shown by the building's QR code")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issue", "epoch"], name="verified_once_an_epoch"),
            models.CheckConstraint(condition=Q(holds=True) | Q(words__gt=""), name="not_fixed_says_what_is_wrong"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.issue_id}/{self.epoch}: {self.holds}"


class Mediation(models.Model):
    """调解: a quarrel talked over on the spot, and what was agreed. Read by the community only.

    Retention: the term “talk”.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="mediations")
    parties = EncryptedTextField(help_text="Who was there, in their own words")
    agreement = EncryptedTextField(help_text="What was agreed; or why nothing was")
    is_agreed = models.BooleanField()
    follow_up_on = models.DateField(null=True, blank=True)
    mediated_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    mediated_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When what was said was let go of: its time was over"
    )

    class Meta:
        indexes = [
            models.Index(fields=["mediated_at"], condition=Q(forgotten_at=None), name="talks_to_forget"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.issue_id}: {self.is_agreed}"
