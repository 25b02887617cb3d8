"""Bodies that answer for something, who sits on them, who manages which estate, and the terms of committees."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.models.erasures import GONE
from governance.models.registers import Ended, Versioned, ends_after_it_begins, no_two_at_once
from governance.models.scope import Scope


class BodyKind(models.TextChoices):
    PROPERTY_COMPANY = "property_company", _("property company")
    OWNERS_COMMITTEE = "owners_committee", _("owners' committee")
    MANAGEMENT_COMMITTEE = "management_committee", _("property management committee")
    RESIDENTS_COMMITTEE = "residents_committee", _("residents' committee")
    STREET_OFFICE = "street_office", _("street office")
    DISTRICT_OFFICE = "district_office", _("district office")
    DEPARTMENT = "department", _("department")
    STATIONED_UNIT = "stationed_unit", _("stationed unit")


# The committees that speak for the owners of one estate: 业委会, 物管会.
OF_AN_ESTATE = (BodyKind.OWNERS_COMMITTEE, BodyKind.MANAGEMENT_COMMITTEE)


class Body(Versioned, Ended):
    """A body that can hold an order. A residents' committee stands for its community, a street office for its area.

    All but the office of a district belong to a street. That one stands above its streets, for complaints about them.
    """

    kind = models.CharField(_("kind"), max_length=24, choices=BodyKind)
    name = models.CharField(_("name"), max_length=80)
    short_name = models.CharField(_("short name"), max_length=20, help_text=_("What residents see"))
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("The duty desk's public number"))
    promise = models.CharField(
        _("promise"), max_length=120, blank=True, help_text=_("The service promise the body has made in public")
    )
    subdistrict = models.ForeignKey(
        "governance.Subdistrict",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name=_("subdistrict"),
    )
    district = models.ForeignKey(
        "governance.District",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name=_("district"),
        help_text=_("Of a district's office alone: the district whose streets it stands above"),
    )
    community = models.ForeignKey(
        "governance.Community",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name=_("community"),
    )
    estate = models.ForeignKey(
        "governance.Estate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bodies",
        verbose_name=_("estate"),
        help_text=_("Of a committee: the estate whose owners it speaks for"),
    )

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            models.UniqueConstraint(fields=["subdistrict", "name"], name="body_named_once"),
            models.UniqueConstraint(
                fields=["community"],
                condition=Q(kind=BodyKind.RESIDENTS_COMMITTEE),
                name="one_residents_committee_a_community",
            ),
            models.UniqueConstraint(
                fields=["subdistrict"], condition=Q(kind=BodyKind.STREET_OFFICE), name="one_street_office_a_subdistrict"
            ),
            models.UniqueConstraint(
                fields=["district"],
                name="one_office_a_district",
                violation_error_message=_("This district has an office already."),
            ),
            models.CheckConstraint(
                condition=Q(kind="district_office", district__isnull=False, subdistrict=None, community=None)
                | (~Q(kind="district_office") & Q(district=None, subdistrict__isnull=False)),
                name="body_of_a_street_or_a_district",
                violation_error_message=_("A district's office belongs to its district, any other body to a street."),
            ),
            models.UniqueConstraint(
                fields=["estate"],
                condition=Q(kind__in=("owners_committee", "management_committee"), ended_on=None),
                name="one_committee_an_estate",
                violation_error_message=_("This estate has a committee already. End that one first."),
            ),
            models.CheckConstraint(
                condition=~Q(kind=BodyKind.RESIDENTS_COMMITTEE) | Q(community__isnull=False),
                name="residents_committee_has_its_community",
                violation_error_message=_("A residents' committee needs its community."),
            ),
            models.CheckConstraint(
                condition=Q(estate=None) | Q(kind__in=("owners_committee", "management_committee")),
                name="only_committees_speak_for_an_estate",
                violation_error_message=_("Only an owners' or a property management committee belongs to one estate."),
            ),
        ]

    def __str__(self):
        return self.short_name or self.name

    @classmethod
    def of_scope(cls, scope: Scope) -> "models.QuerySet[Body]":
        """Those that whoever has the scope works for: by a role at the body itself, or in the office of an area."""
        return cls.objects.filter(
            Q(pk__in=scope.bodies)
            | Q(kind=BodyKind.RESIDENTS_COMMITTEE, community__in=scope.communities)
            | Q(kind=BodyKind.STREET_OFFICE, subdistrict__in=scope.subdistricts)
            | Q(kind=BodyKind.DISTRICT_OFFICE, district__in=scope.districts)
        )


class CommitteeTerm(Versioned):
    """届: one term of a committee, the owners' or a party organisation's, from its first to its last day."""

    body = models.ForeignKey(
        Body, models.PROTECT, null=True, blank=True, related_name="terms", verbose_name=_("committee")
    )
    branch = models.ForeignKey(
        "governance.PartyBranch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="terms",
        verbose_name=_("party organisation"),
    )
    number = models.PositiveSmallIntegerField(_("term number"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    class Meta:
        verbose_name = _("committee term")
        verbose_name_plural = _("committee terms")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False, branch=None) | Q(body=None, branch__isnull=False),
                name="term_of_one_committee",
                violation_error_message=_("A term belongs to one committee: of owners, or of the party."),
            ),
            ends_after_it_begins("term_ends_after_it_begins", since="starts_on", until="ends_on"),
            models.UniqueConstraint(
                fields=["body", "branch", "number"], nulls_distinct=False, name="term_numbered_once"
            ),
            no_two_at_once(
                "body_id",
                name="one_term_of_a_body_at_a_time",
                since="starts_on",
                until="ends_on",
                condition=Q(body__isnull=False),
                message=_("This committee has another term in these days."),
            ),
            no_two_at_once(
                "branch_id",
                name="one_term_of_a_branch_at_a_time",
                since="starts_on",
                until="ends_on",
                condition=Q(branch__isnull=False),
                message=_("This committee has another term in these days."),
            ),
        ]

    def __str__(self):
        return f"{self.body or self.branch} {self.number}"


class PostKind(models.TextChoices):
    MEMBER = "member", pgettext_lazy("post", "member of the committee")
    REPRESENTATIVE = "representative", _("residents' representative")


class Post(Versioned, Ended):
    """职务: who sits on a committee, or speaks for the residents of a community, from the first to the last day.

    Not everybody who does has an account here. Retention: the term “post”, of the name.
    """

    body = models.ForeignKey(
        Body, models.PROTECT, related_name="posts", verbose_name=_("committee"),
        help_text=_("Of a residents' representative: the residents' committee of the community"),
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=16, choices=PostKind, default=PostKind.MEMBER)
    title = models.CharField(
        pgettext_lazy("of a person", "post"), max_length=20, help_text=_("For example: chair, member")
    )
    full_name = models.CharField(_("full name"), max_length=60)
    is_owner = models.BooleanField(_("is an owner of the estate"), default=False)
    user = models.ForeignKey(
        "governance.User", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("account")
    )
    since = models.DateField(_("first day"))

    class Meta:
        verbose_name = pgettext_lazy("of a person", "post")
        verbose_name_plural = pgettext_lazy("of people", "posts")
        constraints = [
            models.CheckConstraint(condition=Q(title__gt="", full_name__gt=""), name="post_says_who_and_what"),
            ends_after_it_begins("post_ends_after_it_begins", since="since", until="ended_on"),
            no_two_at_once(
                "body_id",
                "user_id",
                name="one_post_of_a_person_at_a_body",
                since="since",
                until="ended_on",
                condition=Q(user__isnull=False),
                message=_("This person sits there in these days already."),
            ),
        ]
        indexes = [
            # Whose name's time may be over: read in this order by each sweep that has anything to do.
            models.Index(
                fields=["ended_on"], condition=Q(ended_on__isnull=False) & ~Q(full_name=GONE), name="posts_to_forget"
            )
        ]

    def __str__(self):
        return f"{self.body} {self.title}"


class ManagementKind(models.TextChoices):
    CONTRACT = "contract", _("company under contract")
    OWNERS = "owners", _("the owners themselves")
    INTERIM = "interim", _("interim manager")


class ManagementQuerySet(models.QuerySet["Management"]):
    def in_force(self, day) -> "ManagementQuerySet":
        """Managements in force on the local date `day`; both ends are counted."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)


class Management(Versioned):
    """Who manages an estate, from the first to the last day (both included). At most one at a time."""

    estate = models.ForeignKey(
        "governance.Estate", models.PROTECT, related_name="managements", verbose_name=_("estate")
    )
    body = models.ForeignKey(
        Body, models.PROTECT, db_index=False, related_name="managements", verbose_name=_("managed by")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ManagementKind)
    valid_from = models.DateField(_("first day"))
    valid_until = models.DateField(_("last day"), null=True, blank=True)

    objects = ManagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("management of an estate")
        verbose_name_plural = _("managements of estates")
        # In the order of the live orders, which each sweep compares with it.
        indexes = [models.Index(fields=["body", "estate"], name="managements_of_a_body")]
        constraints = [
            no_two_at_once(
                "estate_id",
                name="one_management_at_a_time",
                since="valid_from",
                until="valid_until",
                message=_("Somebody else manages this estate in these days. End that one first."),
            ),
            ends_after_it_begins("management_ends_after_it_begins", since="valid_from", until="valid_until"),
            models.CheckConstraint(
                condition=~Q(kind=ManagementKind.INTERIM) | Q(valid_until__isnull=False),
                name="interim_manager_has_an_end",
                violation_error_message=_("An interim manager needs a last day."),
            ),
        ]

    def __str__(self):
        return f"{self.estate}: {self.body}"
