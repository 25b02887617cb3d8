"""What is brought up to be talked over: from whom it comes, who looked at it and why, who backs it, how it ended."""

import uuid
from datetime import datetime

import pgtrigger
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models import Body, BodyKind, Community, Estate
from governance.models.erasures import for_nobody_erased
from governance.models.scope import Scope
from issues.deliberation import workflow


class TopicState(models.TextChoices):
    RAISED = workflow.RAISED, pgettext_lazy("topic", "waiting to be looked at")
    ACCEPTED = workflow.ACCEPTED, pgettext_lazy("topic", "being deliberated")
    DECLINED = workflow.DECLINED, pgettext_lazy("topic", "not taken up")
    REFERRED = workflow.REFERRED, pgettext_lazy("topic", "passed on")
    MERGED = workflow.MERGED, pgettext_lazy("topic", "joined with another")
    CLOSED = workflow.CLOSED, pgettext_lazy("topic", "closed")


class TopicOrigin(models.TextChoices):
    PETITIONS = "petitions", _("from petitions")
    FINDING = "finding", _("from what was found on site")
    RESIDENT = "resident", _("from a resident")
    OWNERS = "owners", _("from owners who gather support for it")
    OFFICE = "office", _("from the community")
    SURVEY = "survey", _("from a survey")


class Gate(models.TextChoices):
    """把关: the three points at which the party organisation looks, each with a name, a reason and a date in public."""

    TOPIC = "topic", pgettext_lazy("gate", "the topic")
    PROCESS = "process", pgettext_lazy("gate", "the way it is decided")
    OUTCOME = "outcome", pgettext_lazy("gate", "what came of it")


class VettingReason(models.TextChoices):
    """Why, in a word. Those of a topic first; which of them go with which decision is in `domain.vetting`."""

    COMMON = "common", _("It concerns many people here.")
    SAFETY = "safety", _("It is about people's safety.")
    REPEATED = "repeated", _("It was reported again and again, and repairs didn't help.")
    DEMANDED = "demanded", _("Enough owners demand it.")
    PRIVATE = "private", _("It concerns only the two sides; mediation helps there.")
    IN_HAND = "in_hand", _("It is being handled already.")
    DECIDED = "decided", _("It was decided not long ago.")
    UNLAWFUL = "unlawful", _("What it asks for isn't lawful.")
    UNCLEAR = "unclear", _("It isn't clear what is asked for.")
    ELSEWHERE = "elsewhere", _("It is for another authority to decide.")
    TO_REPAIR = "to_repair", _("It can be repaired at once, without talking.")
    SAME = "same", _("It is the same matter.")
    TWO_MATTERS = "two_matters", _("They are two matters.")
    IN_ORDER = "in_order", _("It is in order.")
    NOT_IN_ORDER = "not_in_order", _("Something has to be mended.")
    KEPT = "kept", _("What was promised was done.")
    NOT_POSSIBLE = "not_possible", _("It can't be done.")
    NOT_WANTED = "not_wanted", _("It was voted down, or nobody wants it any more.")


def bodies_close_to(scope: Scope) -> models.QuerySet[Body]:
    """Those for which the person works, those beside the own branches, and for both the street office above them."""
    branches = scope.party_branches
    places = Q(partybranch__in=branches) | Q(estates__partybranch__in=branches) | Q(pk__in=scope.communities)
    communities = Community.objects.filter(places)
    beside = Q(kind=BodyKind.RESIDENTS_COMMITTEE, community__in=communities)
    above = Q(kind=BodyKind.STREET_OFFICE, subdistrict__communities__in=communities)
    own = Q(pk__in=Body.of_scope(scope).values("pk")) | Q(branches__in=branches)
    return Body.objects.filter(own | beside | above)


class TopicQuerySet(models.QuerySet["Topic"]):
    def public(self) -> "TopicQuerySet":
        """What everybody may read."""
        return self.filter(is_public=True)

    def vetted_by(self, scope: Scope) -> "TopicQuerySet":
        """Those whom it falls to the person to look at: of the own branch's place, or of the street above it.

        Nothing that concerns a body the person works for, whatever comes of it: that goes one level up.
        """
        branches = Q(estate__partybranch__in=scope.party_branches) | Q(community__partybranch__in=scope.party_branches)
        theirs = branches | Q(subdistrict__in=scope.subdistricts)
        above = Q(concern_rows__body__kind=BodyKind.STREET_OFFICE, subdistrict__in=scope.overseen)
        return self.filter(pk__in=self.filter(theirs | above).values("pk")).without_those_about(scope)

    def organised_by(self, scope: Scope) -> "TopicQuerySet":
        """As `vetted_by`, and those of the community whose staff the person is."""
        own = self.filter(community__in=scope.communities).without_those_about(scope)
        return self.filter(Q(pk__in=self.vetted_by(scope).values("pk")) | Q(pk__in=own.values("pk")))

    def without_those_about(self, scope: Scope) -> "TopicQuerySet":
        about = TopicConcern.objects.filter(body__in=bodies_close_to(scope).values("pk"))
        return self.exclude(pk__in=about.values("topic"))

    def late_at(self, now: datetime) -> "TopicQuerySet":
        """Not yet looked at by the day that was promised."""
        return self.filter(state=TopicState.RAISED, vet_due_at__lte=now)

    def in_hand_first(self) -> "TopicQuerySet":
        """What waits to be looked at, then what is deliberated, then the rest; within these the latest first."""
        rank = Case(
            When(state=TopicState.RAISED, then=0),
            When(state=TopicState.ACCEPTED, then=1),
            default=2,
        )
        return self.order_by(rank, "-raised_at", "-pk")


def deliberated_at(estate: Estate) -> TopicQuerySet:
    """What everybody may read of the estate's topics, and of those of its whole community; the latest first."""
    here = Q(estate=estate) | Q(estate=None, community=estate.community_id)
    return Topic.objects.public().filter(here).exclude(state=TopicState.MERGED).order_by("-raised_at", "-pk")


class Topic(models.Model):
    """议题: something that a repair doesn't settle. Its doors are `proposing`, `vetting`, `demanding` and `closing`.

    `estate` is empty where a matter is wider than one estate. Before somebody has looked at it (`is_public`) only
    those who brought it up and those who vet it read it; a topic for which owners gather support is public at once.
    Retention: as long as what was decided on it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sending = models.UUIDField(unique=True, editable=False, help_text="Of the form: sent twice it is one topic")
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    community = models.ForeignKey("governance.Community", models.PROTECT, related_name="+", verbose_name=_("community"))
    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, null=True, blank=True, related_name="topics", verbose_name=_("estate")
    )
    building = models.ForeignKey(
        "governance.Building", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("building")
    )
    stairwell = models.PositiveSmallIntegerField(_("stairwell"), null=True, blank=True)
    origin = models.CharField(_("where it comes from"), max_length=10, choices=TopicOrigin)
    title = models.CharField(_("topic"), max_length=60)
    words = models.TextField(_("what it is about"), max_length=1000)
    costs = models.CharField(_("what it would cost whom"), max_length=200, blank=True)
    raised_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    raised_at = models.DateTimeField(_("brought up"))
    vet_due_at = models.DateTimeField(_("to be looked at by"))
    told_late_at = models.DateTimeField(null=True, blank=True, help_text="When the level above was told")
    state = models.CharField(_("state"), max_length=10, choices=TopicState, default=TopicState.RAISED)
    is_public = models.BooleanField(default=False)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="split_off")
    demanded_at = models.DateTimeField(_("demanded by the owners"), null=True, blank=True)
    demanded_under = models.ForeignKey("deliberation.RuleSet", models.PROTECT, null=True, blank=True, related_name="+")
    demand_due_at = models.DateTimeField(_("the owners' assembly is due by"), null=True, blank=True)
    told_overdue_at = models.DateTimeField(null=True, blank=True, help_text="When the street was told of no assembly")
    closed_at = models.DateTimeField(pgettext_lazy("date", "closed"), null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(condition=Q(title__gt="", words__gt=""), name="topic_says_something"),
            models.CheckConstraint(
                condition=(Q(building=None) | Q(estate__isnull=False))
                & (Q(stairwell=None) | Q(building__isnull=False)),
                name="place_of_a_topic_from_large_to_small",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="merged_topic_names_the_other",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="topic_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=Q(demanded_at=None, demanded_under=None, demand_due_at=None)
                | Q(
                    demanded_at__isnull=False,
                    demanded_under__isnull=False,
                    demand_due_at__gt=F("demanded_at"),
                    state__in=("accepted", "closed"),
                    estate__isnull=False,
                ),
                name="demanded_topic_goes_to_the_assembly",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at=None)),
                name="closed_topic_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("accepted", "closed")) | Q(is_public=True), name="deliberated_in_public"
            ),
            models.CheckConstraint(
                condition=~Q(origin="owners") | Q(is_public=True, estate__isnull=False),
                name="support_is_asked_in_public",
            ),
        ]
        indexes = [
            models.Index(fields=["vet_due_at"], condition=Q(state="raised", told_late_at=None), name="topics_to_vet"),
            models.Index(
                fields=["demand_due_at"],
                condition=Q(state="accepted", demand_due_at__isnull=False, told_overdue_at=None),
                name="topics_demanded",
            ),
            models.Index(fields=["community", "-raised_at"], name="topics_of_a_community"),
            models.Index(fields=["estate", "-raised_at"], name="topics_of_an_estate"),
        ]
        triggers = [
            for_nobody_erased("raised_by"),
            pgtrigger.FSM(name="state_by_the_table", field="state", transitions=workflow.TOPIC.transitions()),
            pgtrigger.ReadOnly(
                name="as_it_was_raised",
                fields=["subdistrict", "community", "estate", "building", "stairwell", "origin", "title", "words",
                        "costs", "raised_by", "raised_at", "split_from", "sending"],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> str:
        return str(self.public_id)


class TopicConcern(models.Model):
    """A body that a topic complains about: nobody of it vets the topic."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="concern_rows")
    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "body"], name="topic_concerns_a_body_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.topic}: {self.body}"


class TopicPetition(models.Model):
    """A petition from which a topic comes: its person is told what becomes of the topic. Ended where that moved on."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="petition_rows")
    petition = models.ForeignKey("residents.Petition", models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "petition"], condition=Q(ended_at=None), name="petition_in_a_topic_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("linked_at")), name="topic_link_ends_after_it_begins"
            ),
        ]
        indexes = [
            models.Index(fields=["petition"], condition=Q(ended_at=None), name="topics_of_a_petition"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_linked", fields=["topic", "petition", "linked_at", "linked_by"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.petition}"


class Vetting(models.Model):
    """What somebody found at one of the three gates. Written once; a later look is a row of its own."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="vettings")
    gate = models.CharField(_("gate"), max_length=8, choices=Gate)
    verb = models.CharField(_("what was decided"), max_length=20)
    reason = models.CharField(_("reason"), max_length=12, choices=VettingReason)
    words = models.TextField(_("in words"), max_length=600)
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    by_role = models.CharField(max_length=24, help_text="The role in which it was done: as the public reads it")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("vetting")
        verbose_name_plural = _("vettings")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=Q(words__gt=""), name="vetting_says_why")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.topic}: {self.get_gate_display()}"


class TopicSupport(models.Model):
    """附议: an owner demands, for one unit, that the owners' assembly decide. Taken back it no longer counts."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="supports")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="+")
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "unit"], condition=Q(taken_back_at=None), name="unit_supports_a_topic_once"
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None) | Q(taken_back_at__gte=F("given_at")),
                name="support_taken_back_after_it_was_given",
            ),
        ]
        triggers = [
            for_nobody_erased("by"),
            pgtrigger.ReadOnly(name="as_it_was_given", fields=["topic", "unit", "by", "given_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.topic}: {self.unit}"


class TopicJudgement(models.Model):
    """评价: how one resident judges what came of a topic. Once; whoever wants to say more says it in a petition."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="judgements")
    by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    stars = models.PositiveSmallIntegerField()
    is_solved = models.BooleanField()
    judged_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["topic", "by"], name="topic_judged_once_by_a_person"),
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="judged_from_one_to_five"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.topic}: {self.stars}"
