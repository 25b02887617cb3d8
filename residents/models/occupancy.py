"""Who lives where. A claim until somebody in charge has verified it."""

import uuid

from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.erasures import for_nobody_erased


class Resident(models.Model):
    """What the portal remembers of a person as a resident: the building that pages and filing begin with."""

    user = models.OneToOneField("governance.User", models.PROTECT, related_name="resident")
    building = models.ForeignKey("governance.Building", models.PROTECT, null=True, blank=True)
    stairwell = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stairwell=None) | Q(building__isnull=False), name="stairwell_of_a_building"
            )
        ]

    def __str__(self):
        return str(self.user)


class OccupancyRelation(models.TextChoices):
    OWNER = "owner", _("owner")
    TENANT = "tenant", _("tenant")
    FAMILY = "family", _("family member")


class OccupancyState(models.TextChoices):
    CLAIMED = "claimed", _("being checked")
    VERIFIED = "verified", _("confirmed")
    DISPUTED = "disputed", _("disputed")
    DECLINED = "declined", _("not confirmed")
    ENDED = "ended", _("ended")


STANDING = (OccupancyState.CLAIMED, OccupancyState.VERIFIED, OccupancyState.DISPUTED)
OVER = ("declined", "ended")


class DeclineReason(models.TextChoices):
    NO_EVIDENCE = "no_evidence", _("No paper shows it")
    WRONG_UNIT = "wrong_unit", _("The door is another one")
    MOVED_OUT = "moved_out", _("Has moved out")
    NOT_KNOWN = "not_known", _("Nobody there knows the person")

    @property
    def told(self) -> str | Promise:
        """What the person reads. What neighbours said, and who, stays at the desk."""
        return _TOLD[self]


_TOLD: dict[DeclineReason, str | Promise] = {
    DeclineReason.NO_EVIDENCE: _("We have not seen a paper yet that shows it."),
    DeclineReason.WRONG_UNIT: _("By what we know, your door is another one."),
    DeclineReason.MOVED_OUT: _("By what we know, you don't live there any more."),
    DeclineReason.NOT_KNOWN: _("On the spot it could not be confirmed."),
}


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def standing(self) -> "OccupancyQuerySet":
        """Claims and confirmed homes that have not ended."""
        return self.filter(state__in=STANDING)

    def over_before(self, instant) -> "OccupancyQuerySet":
        """Ended, or declined, before `instant`, the longest ago first."""
        over = self.alias(over_at=Coalesce("ended_at", "decided_at")).filter(state__in=OVER, over_at__lt=instant)
        return over.order_by("over_at")

    def visible_to(self, user) -> "OccupancyQuerySet":
        return self.filter(user=user)

    def visible_to_desk(self, user, at) -> "OccupancyQuerySet":
        """Those of the communities whose desk is the person's work."""
        return self.filter(unit__building__estate__community__in=user.scope(at).communities)

    def of_unit(self, occupancy: "Occupancy") -> "OccupancyQuerySet":
        """All other ties to the same unit, whosever they are."""
        return self.filter(unit=occupancy.unit_id).exclude(pk=occupancy.pk)

    def waiting_first(self) -> "OccupancyQuerySet":
        """Claims, the longest waiting first; then what is disputed; then the rest, the latest decision first."""
        rank = Case(
            When(state=OccupancyState.CLAIMED, then=0),
            When(state=OccupancyState.DISPUTED, then=1),
            When(state=OccupancyState.VERIFIED, then=2),
            When(state=OccupancyState.DECLINED, then=3),
            default=4,
        )
        waiting_since = Case(When(state=OccupancyState.CLAIMED, then=F("claimed_at")))
        return self.order_by(
            rank, waiting_since.asc(nulls_last=True), F("decided_at").desc(nulls_last=True), "claimed_at", "pk"
        )


class Occupancy(models.Model):
    """A person's tie to a unit: claimed, then verified by a named person, at last ended. Retention: the term “home”."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey("governance.User", models.PROTECT, related_name="occupancies")
    unit = models.ForeignKey("governance.Unit", models.PROTECT, related_name="occupancies", verbose_name=_("home"))
    relation = models.CharField(_("relation"), max_length=10, choices=OccupancyRelation)
    state = models.CharField(_("state"), max_length=10, choices=OccupancyState, default=OccupancyState.CLAIMED)
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    claimed_at = models.DateTimeField(_("claimed"))
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decline_reason = models.CharField(_("reason"), max_length=12, choices=DeclineReason, blank=True)
    decision_words = models.CharField(max_length=300, blank=True, help_text="What was seen, or who says otherwise")
    ended_at = models.DateTimeField(pgettext_lazy("date", "ended"), null=True, blank=True)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("home")
        verbose_name_plural = _("homes")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"],
                condition=Q(state__in=("claimed", "verified", "disputed")),
                name="home_claimed_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("verified", "declined", "disputed"))
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="claim_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="declined") | Q(decline_reason__gt=""), name="declined_claim_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(ended_at__isnull=False), name="occupancy_ended_at_an_instant"
            ),
        ]
        indexes = [
            # Whose time may be over: read in this order by each sweep that has anything to do.
            models.Index(Coalesce("ended_at", "decided_at"), condition=Q(state__in=OVER), name="homes_to_forget"),
        ]
        triggers = [for_nobody_erased("user")]

    def __str__(self):
        return f"{self.user}: {self.unit}"

    @property
    def declined_because(self) -> str | Promise:
        """The reason in words for the person; empty where there is none."""
        return DeclineReason(self.decline_reason).told if self.decline_reason else ""

    @property
    def stands(self) -> bool:
        """Whether the person says to live there, or is known to: neither declined nor ended."""
        return self.state in STANDING
