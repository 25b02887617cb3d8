"""What all registers share: a version for two people at one record, an end in place of deletion, and their imports."""

import uuid
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _


class Versioned(models.Model):
    """A row that people edit: `version` tells the second of two that somebody was there before.

    Saved only through `governance.domain.registers`, which compares it and adds one.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class RegisterQuerySet(models.QuerySet):
    def standing_on(self, day):
        """What has not ended by the local date `day`; the last day still counts."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day))


class Ended(models.Model):
    """A row that is ended, never deleted: `ended_on` is its last day."""

    ended_on = models.DateField(_("last day"), null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        abstract = True


def same_id(field: str) -> tuple[Func, str]:
    # A range of one id makes exclusion by id possible without the btree_gist extension.
    return Func(F(field), F(field), Value("[]"), function="int8range"), RangeOperators.OVERLAPS


def no_two_at_once(
    *same: str, name: str, since: str, until: str, message: Any, condition: Q | None = None
) -> ExclusionConstraint:
    """Of rows alike in `same` (columns of ids), no two share a day from `since` to `until`, both included."""
    days = Func(
        F(since),
        F(until),
        RangeBoundary(inclusive_lower=True, inclusive_upper=True),
        function="daterange",
        output_field=DateRangeField(),
    )
    return ExclusionConstraint(
        name=name,
        expressions=[*(same_id(field) for field in same), (days, RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=message,
    )


def ends_after_it_begins(name: str, *, since: str, until: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{until: None}) | Q(**{f"{until}__gte": F(since)}),
        name=name,
        violation_error_message=_("The last day is before the first."),
    )


def register_file_path(register_import: "RegisterImport", _filename: str) -> str:
    return f"imports/{register_import.public_id.hex[:2]}/{register_import.public_id.hex}.xlsx"


class ImportState(models.TextChoices):
    CHECKED = "checked", _("checked, not yet taken in")
    APPLIED = "applied", _("taken in")
    DISCARDED = "discarded", _("put aside")


class RegisterImport(models.Model):
    """A file that somebody brought for a register: checked first, row by row, then taken in.

    Retention: the term “import”.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.CharField(max_length=40, help_text="Which register: the model's name")
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    file = models.FileField(upload_to=register_file_path)
    file_name = models.CharField(max_length=120)
    file_sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey("governance.User", models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.CHECKED)
    new_rows = models.PositiveIntegerField(default=0)
    changed_rows = models.PositiveIntegerField(default=0)
    unchanged_rows = models.PositiveIntegerField(default=0)
    bad_rows = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list, blank=True, help_text="Of each bad row: its number, column and reason")
    changes = models.JSONField(default=list, blank=True, help_text="Of each changed row: what it held and would hold")
    outcome = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what the check found, row by row")
    settled_by = models.ForeignKey("governance.User", models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="checked", settled_at=None, settled_by=None)
                | ~Q(state="checked") & Q(settled_at__isnull=False, settled_by__isnull=False),
                name="import_settled_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["subdistrict", "-uploaded_at"], name="imports_of_a_subdistrict"),
            models.Index(fields=["uploaded_at"], name="imports_by_age"),
        ]

    def __str__(self):
        return self.file_name
