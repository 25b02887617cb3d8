"""Party organisations: one tree, each attached to the area or body it belongs to."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from tree_queries.models import TreeNode


class BranchKind(models.TextChoices):
    COMMITTEE = "committee", _("party committee")
    GENERAL_BRANCH = "general_branch", _("general branch")
    BRANCH = "branch", _("party branch")
    JOINT_BRANCH = "joint_branch", _("joint branch")
    GROUP = "group", _("party group")


class PartyBranch(TreeNode):
    """A party organisation. Its secretary is a `RoleAssignment`; the line above it is `parent`."""

    kind = models.CharField(max_length=20, choices=BranchKind)
    name = models.CharField(max_length=80)
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, null=True, blank=True)
    community = models.ForeignKey("governance.Community", models.PROTECT, null=True, blank=True)
    estate = models.ForeignKey("governance.Estate", models.PROTECT, null=True, blank=True)
    body = models.ForeignKey("governance.Body", models.PROTECT, null=True, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    # `TreeNode` brings the manager, without types: this says what it manages.
    objects: ClassVar[models.Manager["PartyBranch"]]
    _default_manager: ClassVar[models.Manager["PartyBranch"]]

    class Meta:
        verbose_name_plural = "party branches"
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], nulls_distinct=False, name="branch_named_once"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="branch_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(subdistrict__isnull=False, community=None, estate=None, body=None)
                | Q(subdistrict=None, community__isnull=False, estate=None, body=None)
                | Q(subdistrict=None, community=None, estate__isnull=False, body=None)
                | Q(subdistrict=None, community=None, estate=None, body__isnull=False),
                name="branch_attached_to_one_place_or_body",
            ),
        ]

    def __str__(self):
        return self.name
