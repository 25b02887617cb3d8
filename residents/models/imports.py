"""Petitions that an office brings along from before, and the runs that brought them."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PetitionImport(models.Model):
    """One run of `manage.py import_petitions`. Counts grow with each batch; a run that was killed has no end."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, related_name="+", verbose_name=_("subdistrict")
    )
    source = models.CharField(_("source"), max_length=60, help_text="Whose export it is")
    file_name = models.CharField(_("file"), max_length=120)
    file_sha256 = models.CharField(max_length=64)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    imported = models.PositiveIntegerField(_("imported"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    replies_added = models.PositiveIntegerField(_("replies added"), default=0)

    class Meta:
        verbose_name = _("import of petitions")
        verbose_name_plural = _("imports of petitions")
        constraints = [
            models.CheckConstraint(
                condition=Q(rows=F("imported") + F("unchanged") + F("rejected")), name="rows_of_an_import_add_up"
            ),
        ]
        indexes = [models.Index(fields=["subdistrict", "-started_at"], name="petition_imports_of_a_street")]

    def __str__(self):
        return self.file_name


class ImportedPetition(models.Model):
    """Where an imported petition comes from: source, number and content say whether a row is there already.

    Who wrote it is part of the content and nowhere else: `content_hash` is keyed, so nobody can be counted by it.
    """

    petition = models.OneToOneField("residents.Petition", models.PROTECT, related_name="imported")
    brought_by = models.ForeignKey(PetitionImport, models.PROTECT, related_name="petitions")
    subdistrict = models.ForeignKey("governance.Subdistrict", models.PROTECT, related_name="+")
    source = models.CharField(_("source"), max_length=60)
    number = models.CharField(_("number"), max_length=40, help_text="As the office that it comes from counts")
    content_hash = models.CharField(max_length=64)
    reply_hash = models.CharField(max_length=64, blank=True, help_text="Empty as long as there is no reply")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subdistrict", "source", "number", "content_hash"], name="petition_imported_once"
            ),
        ]

    def __str__(self):
        return f"{self.source} {self.number}"
