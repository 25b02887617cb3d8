"""Those who have asked that what is held about them be erased, and what must be kept of them until a day."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.encryption import EncryptedTextField

# What stands in place of words that had to say something.
GONE = "—"


def for_nobody_erased(field: str, *, only: str = "TRUE", otherwise: str = "RAISE") -> pgtrigger.Trigger:
    """No new row names somebody erased. Whoever writes one at the same instant waits for the erasure, and is refused.

    `only`: SQL of the rows that it is asked of. `otherwise` “SKIP”: such a row is left out, and nobody is refused.
    """
    refused = "RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'"
    return pgtrigger.Trigger(
        name=f"{field}_is_not_erased",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("gone", "TIMESTAMPTZ")],
        # Locked before it is looked at: an erasure that has begun is waited for.
        func=f"""
            IF {only} THEN
                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.{field}_id FOR KEY SHARE;
                IF gone IS NOT NULL THEN {refused if otherwise == "RAISE" else "RETURN NULL"}; END IF;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - words of our models alone
    )


class ErasureQuerySet(models.QuerySet["Erasure"]):
    def due(self, at) -> "ErasureQuerySet":
        """Of which something may be erased now, or it isn't known yet whether."""
        return self.filter(done_at=None, look_again_at__lte=at)


class Erasure(models.Model):
    """注销: somebody has asked that what is held about them be erased. Its door is `governance.domain.erasing`.

    From `asked_at` on the account is nobody's. `identity`, encrypted, is who it was: no page shows it, and it is there
    only as long as one of the `holds` needs it. Retention: for good, without a name.
    """

    public_id = models.UUIDField(_("reference"), default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField("governance.User", models.PROTECT, related_name="erasure")
    subdistrict = models.ForeignKey(
        "governance.Subdistrict", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    asked_at = models.DateTimeField(pgettext_lazy("erasure", "asked for"))
    identity = EncryptedTextField(null=True, editable=False)
    erased_at = models.DateTimeField(
        _("erased what could be"), null=True, blank=True, help_text="When all that may go at once was gone"
    )
    look_again_at = models.DateTimeField(null=True, blank=True, help_text="When the next of what is kept may go")
    done_at = models.DateTimeField(_("nothing is left"), null=True, blank=True)
    carried_out_by = models.CharField(max_length=20, blank=True, help_text="The program that did the latest of it")

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None, look_again_at__isnull=False)
                | Q(done_at__isnull=False, erased_at__isnull=False, look_again_at=None, identity=None),
                name="erasure_is_done_or_looked_at_again",
            ),
            models.CheckConstraint(
                condition=Q(erased_at=None, carried_out_by="") | Q(erased_at__gte=F("asked_at"), carried_out_by__gt=""),
                name="erased_by_something_after_it_was_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["look_again_at"], condition=Q(done_at=None), name="erasures_due"),
            models.Index(fields=["subdistrict", "-asked_at"], name="erasures_of_a_street"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="as_it_was_asked", fields=["user", "asked_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # What was let go of doesn't come back, nor what was done.
            pgtrigger.Protect(
                name="forgotten_for_good",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False, new__done_at__df=pgtrigger.F("old__done_at"))
                | pgtrigger.Q(old__erased_at__isnull=False, old__identity__isnull=True, new__identity__isnull=False),
            ),
        ]

    def __str__(self):
        return str(self.public_id)


class Hold(models.Model):
    """留存: so many things of one kind that must be kept of somebody erased, the last of them until `until`.

    Nobody knows yet until when where that is empty: a vote isn't over, say. Written anew with each look.
    """

    erasure = models.ForeignKey(Erasure, models.CASCADE, related_name="holds")
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["erasure", "kind"], name="one_hold_a_kind"),
            models.CheckConstraint(condition=Q(number__gte=1), name="hold_of_something"),
        ]

    def __str__(self):
        return f"{self.erasure}: {self.kind}"
