"""Party organisations: one tree, what joins it from the side, who belongs to it and who has checked in with it.

Who belongs to the party is sensitive (RULES.md §3): read by those who keep the register, shown to residents only where
the person agreed, and never a reason for anything in handling.
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from tree_queries.models import TreeNode

from governance.models.registers import Ended, Versioned, ends_after_it_begins, no_two_at_once

MOST_UNITS_OF_A_JOINT_BRANCH = 5
FEWEST_FULL_MEMBERS_OF_A_BRANCH = 3


class BranchKind(models.TextChoices):
    COMMITTEE = "committee", _("party committee")
    INDUSTRY_COMMITTEE = "industry_committee", _("industry committee")
    GENERAL_BRANCH = "general_branch", _("general branch")
    BRANCH = "branch", _("party branch")
    JOINT_BRANCH = "joint_branch", _("joint branch")
    GROUP = "group", _("party group")


# Who may stand above whom: a line goes to the same level or to one above.
LEVEL = {
    BranchKind.COMMITTEE: 0,
    BranchKind.INDUSTRY_COMMITTEE: 0,
    BranchKind.GENERAL_BRANCH: 1,
    BranchKind.BRANCH: 2,
    BranchKind.JOINT_BRANCH: 2,
    BranchKind.GROUP: 3,
}

ATTACHED_TO = ("district", "subdistrict", "community", "estate", "body")


def _attached_once() -> Q:
    """One clause per place or body: it is named and no other is."""
    allowed = Q()
    for key in ATTACHED_TO:
        allowed |= Q(**{f"{other}__isnull": other != key for other in ATTACHED_TO})
    return allowed


# Under the lock two moves at once can't close a circle that neither of them sees.
REFUSE_A_CIRCLE = """
    PERFORM pg_advisory_xact_lock(7242, 0);
    IF EXISTS (
        WITH RECURSIVE above(id, parent_id) AS (
            SELECT id, parent_id FROM governance_partybranch WHERE id = NEW.parent_id
            UNION
            SELECT b.id, b.parent_id FROM governance_partybranch b JOIN above ON b.id = above.parent_id
        )
        SELECT 1 FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'branch_above_itself' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

REFUSE_A_SIXTH_UNIT = f"""
    PERFORM 1 FROM governance_partybranch WHERE id = NEW.branch_id FOR UPDATE;
    IF (SELECT count(*) FROM governance_jointunit
        WHERE branch_id = NEW.branch_id AND ended_on IS NULL AND id <> NEW.id) >= {MOST_UNITS_OF_A_JOINT_BRANCH} THEN
        RAISE EXCEPTION 'joint_branch_of_five_units' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""  # noqa: S608 - a constant of ours


class PartyBranch(Versioned, TreeNode):
    """A party organisation. Its secretary is a `RoleAssignment`; the line above it is `parent`."""

    kind = models.CharField(_("kind"), max_length=20, choices=BranchKind)
    name = models.CharField(_("name"), max_length=80)
    district = models.ForeignKey(
        "governance.District", models.PROTECT, null=True, blank=True, verbose_name=_("district")
    )
    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, null=True, blank=True, verbose_name=_("subdistrict")
    )
    community = models.ForeignKey(
        "governance.Community", models.PROTECT, null=True, blank=True, verbose_name=_("community")
    )
    estate = models.ForeignKey("governance.Estate", models.PROTECT, null=True, blank=True, verbose_name=_("estate"))
    body = models.ForeignKey(
        "governance.Body", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("body")
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("line above")
    )
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    # `TreeNode` brings the manager, without types: this says what it manages.
    objects: ClassVar[models.Manager["PartyBranch"]]
    _default_manager: ClassVar[models.Manager["PartyBranch"]]

    class Meta:
        verbose_name = _("party organisation")
        verbose_name_plural = _("party organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"],
                nulls_distinct=False,
                name="branch_named_once",
                violation_error_message=_("There is an organisation of this name under the same line already."),
            ),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="branch_not_its_own_parent"),
            models.CheckConstraint(
                condition=_attached_once(),
                name="branch_attached_to_one_place_or_body",
                violation_error_message=_("Name the one place or body that it belongs to."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="never_above_itself",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("parent_id"),
                condition=pgtrigger.Q(new__parent__isnull=False),
                func=REFUSE_A_CIRCLE,
            )
        ]

    def __str__(self):
        return self.name


class JointUnit(Versioned):
    """A body with too few full members shares a joint branch: one at a time, and at most five bodies share one."""

    branch = models.ForeignKey(PartyBranch, models.PROTECT, related_name="joint_units", verbose_name=_("joint branch"))
    body = models.ForeignKey("governance.Body", models.PROTECT, related_name="joint_units", verbose_name=_("body"))
    since = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("unit of a joint branch")
        verbose_name_plural = _("units of joint branches")
        constraints = [
            ends_after_it_begins("joint_unit_ends_after_it_begins", since="since", until="ended_on"),
            no_two_at_once(
                "body_id",
                name="one_joint_branch_at_a_time",
                since="since",
                until="ended_on",
                message=_("This body shares another joint branch in these days."),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="five_at_most",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__ended_on__isnull=True),
                func=REFUSE_A_SIXTH_UNIT,
            )
        ]

    def __str__(self):
        return f"{self.body} → {self.branch}"


class Joins(Versioned):
    """加入: beside its own line, a company's branch joins the committee of the community it works in, for a time."""

    branch = models.ForeignKey(PartyBranch, models.PROTECT, related_name="joins", verbose_name=_("party organisation"))
    committee = models.ForeignKey(
        PartyBranch, models.PROTECT, related_name="joined_by", verbose_name=_("joins the committee")
    )
    since = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("joining")
        verbose_name_plural = _("joinings")
        constraints = [
            models.CheckConstraint(
                condition=~Q(branch=F("committee")),
                name="nobody_joins_itself",
                violation_error_message=_("An organisation can't join itself."),
            ),
            ends_after_it_begins("joining_ends_after_it_begins", since="since", until="ended_on"),
            no_two_at_once(
                "branch_id",
                "committee_id",
                name="joined_once_at_a_time",
                since="since",
                until="ended_on",
                message=_("It has joined this committee in these days already."),
            ),
        ]

    def __str__(self):
        return f"{self.branch} → {self.committee}"


class MemberKind(models.TextChoices):
    RESIDENT = "resident", _("lives here")
    IN_SERVICE = "in_service", _("in service elsewhere")
    FLOATING = "floating", _("floating")
    RETIRED = "retired", _("retired")


class PartyMember(Versioned, Ended):
    """A member on the office's register, with who keeps contact. Retention: the party's own rules."""

    number = models.CharField(_("register number"), max_length=30)
    full_name = models.CharField(_("full name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=MemberKind)
    community = models.ForeignKey(
        "governance.Community", models.PROTECT, related_name="party_members", verbose_name=_("community")
    )
    body = models.ForeignKey(
        "governance.Body",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="party_members",
        verbose_name=_("works for"),
    )
    user = models.OneToOneField(
        "governance.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="party_member",
        verbose_name=_("account"),
    )
    contact = models.ForeignKey(
        "governance.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who keeps contact"),
    )

    class Meta:
        verbose_name = _("party member")
        verbose_name_plural = _("party members")
        constraints = [models.UniqueConstraint(fields=["community", "number"], name="member_numbered_once")]

    def __str__(self):
        return self.full_name


class Standing(models.TextChoices):
    FULL = "full", _("full member")
    PROBATIONARY = "probationary", _("probationary member")


class Membership(Versioned):
    """A member belongs to one organisation at a time, in full or on probation, from the first to the last day."""

    member = models.ForeignKey(PartyMember, models.PROTECT, related_name="memberships", verbose_name=_("party member"))
    branch = models.ForeignKey(
        PartyBranch, models.PROTECT, related_name="memberships", verbose_name=_("party organisation")
    )
    standing = models.CharField(pgettext_lazy("of a party member", "standing"), max_length=12, choices=Standing)
    since = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            ends_after_it_begins("membership_ends_after_it_begins", since="since", until="ended_on"),
            no_two_at_once(
                "member_id",
                name="one_membership_at_a_time",
                since="since",
                until="ended_on",
                message=_("This member belongs to another organisation in these days. End that membership first."),
            ),
        ]

    def __str__(self):
        return f"{self.member} · {self.branch}"


class DualRegistration(Versioned):
    """双报到: an organisation, or an in-service member, has checked in with a community. Roles are given out of it."""

    member = models.ForeignKey(
        PartyMember,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("party member"),
    )
    body = models.ForeignKey(
        "governance.Body",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("unit"),
    )
    community = models.ForeignKey(
        "governance.Community", models.PROTECT, related_name="registrations", verbose_name=_("checked in with")
    )
    offers = models.CharField(_("offers to do"), max_length=120, blank=True)
    since = models.DateField(_("first day"))
    ended_on = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        verbose_name = _("dual registration")
        verbose_name_plural = _("dual registrations")
        constraints = [
            models.CheckConstraint(
                condition=Q(member__isnull=False, body=None) | Q(member=None, body__isnull=False),
                name="registration_of_a_member_or_a_unit",
                violation_error_message=_("Name either the member or the unit."),
            ),
            ends_after_it_begins("registration_ends_after_it_begins", since="since", until="ended_on"),
            models.UniqueConstraint(
                fields=["member", "body", "community"],
                condition=Q(ended_on=None),
                nulls_distinct=False,
                name="registered_once",
                violation_error_message=_("Has checked in with this community already."),
            ),
        ]

    def __str__(self):
        return f"{self.member or self.body} → {self.community}"
