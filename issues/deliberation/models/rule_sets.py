"""By which rules something is decided: data with a source and a validity, never constants in code."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from issues.deliberation.models.elections import ElectionRule

SHARE = r"^[1-9]\d?/[1-9]\d?$"
# Of the whole: more than that is not to be had.
WHOLE = r"^(\d+)/\1$"


class DecidingBody(models.TextChoices):
    """Who decides. Owners' matters are the assembly's alone: no committee decides them in the owners' place."""

    OWNERS = "owners", _("owners' assembly")
    INTERESTED = "interested", _("the owners concerned")
    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    MANAGEMENT_COMMITTEE = "management_committee", _("property management committee")
    REPRESENTATIVES = "representatives", _("residents' representatives")
    BRANCH = "branch", _("party branch meeting")


# Where owners decide by themselves, all or those concerned.
BY_OWNERS = (DecidingBody.OWNERS, DecidingBody.INTERESTED)


class Matter(models.TextChoices):
    """业主共同决定: what owners decide together, by the numbers of Civil Code 278; and one outside it (279)."""

    ASSEMBLY_RULES = "278-1", _("(1) rules of the owners' assembly")
    COVENANT = "278-2", _("(2) the management covenant")
    COMMITTEE = "278-3", _("(3) electing or replacing the owners' committee")
    MANAGER = "278-4", _("(4) hiring or dismissing whoever manages the estate")
    FUND_USE = "278-5", _("(5) using the repair fund")
    FUND_RAISE = "278-6", _("(6) raising the repair fund")
    REBUILD = "278-7", _("(7) altering or rebuilding buildings and what belongs to them")
    COMMON_PARTS = "278-8", _("(8) changing the use of common parts, or running a business on them")
    OTHER = "278-9", _("(9) another major matter of common ownership")
    BUSINESS = "279", _("turning a dwelling into business premises")


class CountedOf(models.TextChoices):
    """What a majority is a share of."""

    PARTICIPATING = "participating", _("those taking part")
    ENTITLED = "entitled", _("those entitled")


class Mark(models.TextChoices):
    """How sure a source is: read in the law's text, in a secondary text, or remembered."""

    READ = "A", pgettext_lazy("source", "read in the law's text")
    SECONDARY = "B", pgettext_lazy("source", "read in a secondary text")
    UNSURE = "C", pgettext_lazy("source", "not checked")


ILL = _("Write a share as a fraction up to 1, for example 2/3.")


def share(text: str) -> Fraction:
    """2/3 as a fraction. Raises `ValidationError` for anything but a share from just above 0 to 1."""
    if not re.match(SHARE, text) or Fraction(text) > 1:
        raise ValidationError(ILL)
    return Fraction(text)


class IsShare(Func):
    """In the database: whether it is a share from just above 0 to 1, or left empty."""

    output_field = models.BooleanField()
    template = (
        f"CASE WHEN %(expressions)s ~ '{SHARE}' "
        "THEN split_part(%(expressions)s, '/', 1)::int <= split_part(%(expressions)s, '/', 2)::int "
        "ELSE %(expressions)s = '' END"
    )


def are_shares(table: str, *fields: str, more: Iterable[tuple[str, str]] = ()) -> list[models.CheckConstraint]:
    """What the database promises of shares. Of `more`, pairs of a share and its flag, none is more than the whole."""
    within = [
        models.CheckConstraint(condition=IsShare(field), name=f"{table}_{field}_up_to_1", violation_error_message=ILL)
        for field in fields
    ]
    reachable = [
        models.CheckConstraint(
            condition=~Q(**{f"{field}__regex": WHOLE, flag: True}),
            name=f"{table}_{field}_can_be_reached",
            violation_error_message=_("Nobody reaches more than the whole: choose “at least”, or a smaller share."),
        )
        for field, flag in more
    ]
    return within + reachable


def no_two_versions_at_once(table: str) -> ExclusionConstraint:
    """Of one code, no two versions are in force on the same day."""
    code = Func(F("code"), function="hashtext")
    days = Func(
        F("valid_from"), F("valid_until"), RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="daterange", output_field=DateRangeField(),
    )  # fmt: skip
    return ExclusionConstraint(
        name=f"one_{table}_version_at_a_time",
        expressions=[
            (Func(code, code, Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
            (days, RangeOperators.OVERLAPS),
        ],
        violation_error_message=_("Another version is in force in these days."),
    )


class ShareField(models.CharField):
    """An exact share, kept as it is written in the law: 2/3."""

    default_validators = [share]  # type: ignore[list-item]  # what it returns is not asked

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **(kwargs | {"max_length": 5}))


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def in_force(self, day: Any) -> "RuleSetQuerySet":
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class RuleSet(models.Model):
    """One version of the rules of a body's votes. What changes is a new version: votes keep the one they began with.

    `proxy_cap` is how many mandates one person may hold in a vote; None: as many as are given. `silence_follows`
    needs proof, dwelling by dwelling, that the ballot was delivered. `signed_by` is the lawyer without whom no vote
    under it may call itself legal.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    name = models.CharField(_("name"), max_length=80)
    body = models.CharField(_("who decides"), max_length=24, choices=DecidingBody)
    source = models.CharField(_("source"), max_length=300)
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(
        _("days of notice"), help_text=_("Whole days between the day of the notice and the first day of voting")
    )
    objection_days = models.PositiveSmallIntegerField(
        _("days for objections"), help_text=_("How long a result stands as preliminary")
    )
    silence_follows = models.BooleanField(_("silence follows the majority"), default=False)
    parking_votes = models.BooleanField(_("registrable parking spaces vote"), default=True)
    electronic = models.BooleanField(_("electronic ballots count here"), default=True)
    names_choices = models.BooleanField(_("choices are named"), default=False)
    proxy_cap = models.PositiveSmallIntegerField(_("mandates a person may hold"), null=True, blank=True)
    demand_share = ShareField(_("share of the owners who can demand an assembly"), default="1/5")
    demand_by_area = models.BooleanField(_("that share is of the area, too"), default=True)
    demand_days = models.PositiveSmallIntegerField(
        _("days until that assembly"), default=30, help_text=_("Within so many days it has to begin")
    )
    signed_by = models.CharField(_("signed by the lawyer"), max_length=80, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule set")
        verbose_name_plural = _("rule sets")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="rule_set_version_once"),
            models.CheckConstraint(condition=Q(version__gt=0), name="rule_set_versions_begin_at_one"),
            models.CheckConstraint(condition=Q(source__gt=""), name="rule_set_has_a_source"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=models.F("valid_from")),
                name="rule_set_ends_after_it_begins",
            ),
            no_two_versions_at_once("rule_set"),
            models.CheckConstraint(
                condition=Q(signed_by="", signed_on=None) | Q(signed_by__gt="", signed_on__isnull=False),
                name="rule_set_signed_by_somebody_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(demand_share__regex=SHARE, demand_days__gt=0), name="demand_share_is_a_share"
            ),
            *are_shares("rule_set", "demand_share"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="a_change_is_a_new_version",
                fields=["code", "version", "name", "body", "source", "valid_from", "notice_days", "objection_days",
                        "silence_follows", "parking_votes", "electronic", "names_choices", "proxy_cap",
                        "demand_share", "demand_by_area", "demand_days"],
            ),
            pgtrigger.Protect(
                name="signed_once",
                operation=pgtrigger.UpdateOf("signed_by", "signed_on"),
                condition=pgtrigger.Q(old__signed_by__gt=""),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.version})"

    @property
    def election_rule(self) -> "ElectionRule | None":
        """How a committee is elected under it; None where it says nothing of that."""
        return getattr(self, "election", None)


SHARES = ("quorum_area", "quorum_heads", "majority_area", "majority_heads")


class MatterRule(models.Model):
    """What one kind of matter needs under a rule set: how many must take part, and how many of which must agree.

    A share of an area is left empty for bodies whose members count by heads alone. `needs_more` says that a majority is
    more than its share, else at least it; a quorum always includes its number.
    """

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="matters")
    matter = models.CharField(_("matter"), max_length=8, choices=Matter, blank=True)
    article = models.CharField(_("article"), max_length=120)
    text = models.TextField(_("what it says"), max_length=1000)
    mark = models.CharField(_("how sure"), max_length=1, choices=Mark)
    quorum_area = ShareField(_("quorum by area"), blank=True)
    quorum_heads = ShareField(_("quorum by heads"))
    majority_area = ShareField(_("majority by area"), blank=True)
    majority_heads = ShareField(_("majority by heads"))
    majority_of = models.CharField(_("counted of"), max_length=16, choices=CountedOf, default=CountedOf.PARTICIPATING)
    quorum_needs_more = models.BooleanField(_("the quorum is more than its share"), default=False)
    majority_needs_more = models.BooleanField(_("the majority is more than its share"))

    class Meta:
        verbose_name = _("rule of a matter")
        verbose_name_plural = _("rules of matters")
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "matter"], name="matter_ruled_once"),
            models.CheckConstraint(
                condition=Q(quorum_area="", majority_area="") | Q(quorum_area__gt="", majority_area__gt=""),
                name="by_area_in_both_or_in_neither",
            ),
            *are_shares(
                "matter",
                *SHARES,
                more=[(name, f"{name.split('_')[0]}_needs_more") for name in SHARES],
            ),
            models.CheckConstraint(condition=Q(article__gt="", text__gt=""), name="matter_rule_names_its_article"),
        ]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.get_matter_display() or self.article
