"""Codes sent to phones, and the tries that count against a limit: in PostgreSQL, so that no cache locks anybody out."""

import uuid

from django.db import models
from django.db.models import F, Q

from governance.encryption import EncryptedTextField

MAX_TRIES = 5


class SignInCode(models.Model):
    """A code sent to one number. Only its hash is kept, and it proves one thing once. Retention: the term “code”.

    Change it only through `governance.domain.sign_in`.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone_encrypted = EncryptedTextField(editable=False)
    code_hash = models.CharField(max_length=64, editable=False)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=MAX_TRIES), name="code_tried_five_times_at_most"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="code_expires_after_it_was_sent"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(used_at__lt=F("expires_at")), name="code_used_while_valid"
            ),
        ]

    def __str__(self):
        return str(self.public_id)

    @property
    def phone(self) -> str:
        """The number in E.164, in the clear."""
        return str(self.phone_encrypted)


class SignInAttempt(models.Model):
    """One try that counts against a limit: of an account, a number or an address, known here only by a keyed hash.

    Retention: the term “try”.
    """

    kind = models.CharField(max_length=20)
    key_hash = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["key_hash", "kind", "-at"], name="attempts_of_a_key")]

    def __str__(self):
        return f"{self.kind} {self.at:%H:%M:%S}"
