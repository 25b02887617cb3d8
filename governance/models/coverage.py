"""How far the net of branches and grids reaches: what was meant to be reached, and what was reached day by day.

The figures of today are worked out from the registers by `governance.domain.coverage`; only days gone by are kept here.
"""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.registers import Versioned


class CoverageRule(models.TextChoices):
    """What is counted. Each rule's numerator, denominator and gaps: `governance.domain.coverage`."""

    COMPANIES = "companies", _("Companies with a party organisation")
    COMMITTEES = "committees", _("Estates with an owners' or property management committee")
    COMMITTEE_BRANCHES = "committee_branches", _("Committees with a party organisation")
    MANAGED = "managed", _("Estates that somebody manages")
    GRID_BUILDINGS = "grid_buildings", _("Buildings in a grid unit")
    GRID_LEADERS = "grid_leaders", _("Grid units with a leader")
    GRID_GROUPS = "grid_groups", _("Grid units with a party group")
    STEWARDS = "stewards", _("Buildings with a building steward")


class CoverageTarget(Versioned):
    """What is to be reached by a day, against what was there before. Source: the office's own plan."""

    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, related_name="coverage_targets", verbose_name=_("subdistrict")
    )
    rule = models.CharField(_("what is counted"), max_length=20, choices=CoverageRule)
    baseline_on = models.DateField(_("baseline day"))
    baseline_percent = models.DecimalField(_("baseline (%)"), max_digits=5, decimal_places=2)
    due_on = models.DateField(_("to be reached by"))
    target_percent = models.DecimalField(_("target (%)"), max_digits=5, decimal_places=2)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("coverage target")
        verbose_name_plural = _("coverage targets")
        ordering = ["rule", "due_on"]
        constraints = [
            models.UniqueConstraint(fields=["subdistrict", "rule", "due_on"], name="one_target_a_rule_and_day"),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("baseline_on")),
                name="target_due_after_its_baseline",
                violation_error_message=_("The target's day must come after the baseline's."),
            ),
            models.CheckConstraint(
                condition=Q(baseline_percent__range=(0, 100), target_percent__range=(0, 100)),
                name="coverage_percent_up_to_100",
                violation_error_message=_("A percentage lies between 0 and 100."),
            ),
        ]

    def __str__(self):
        return f"{self.get_rule_display()} {self.due_on} {self.target_percent} %"


class CoverageSnapshot(models.Model):
    """What a rule came to at the end of a day. Written once by the sweep after midnight, never changed."""

    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="coverage_snapshots")
    day = models.DateField(_("day"))
    rule = models.CharField(_("what is counted"), max_length=20, choices=CoverageRule)
    numerator = models.PositiveIntegerField()
    denominator = models.PositiveIntegerField()
    gaps = models.JSONField(default=list, blank=True, help_text="Names of what was missing")
    taken_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["subdistrict", "day", "rule"], name="one_snapshot_a_rule_and_day"),
            models.CheckConstraint(condition=Q(numerator__lte=F("denominator")), name="no_more_than_all_covered"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self):
        return f"{self.day} {self.rule}: {self.numerator}/{self.denominator}"
