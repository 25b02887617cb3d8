"""The audit trail: one hash chain per subdistrict and one for the system. Written only by `governance.domain.audit`."""

import pgtrigger
from django.db import models
from django.db.models import Q

# Entries are linked when their transaction commits, not when they are written: the chain's lock is thereby the last
# lock a transaction takes, and two transactions that touch the same rows in another order can't wait for each other.
# The first of them links all that the transaction has written to its chain: a sweep writes thousands.
LINK_INTO_CHAIN = """
    IF NEW.id <= NULLIF(current_setting('audit.linked_' || NEW.chain, true), '')::bigint THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(7241, NEW.chain);
    SELECT sequence, hash INTO previous FROM governance_auditentry
        WHERE chain = NEW.chain AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1;
    number := COALESCE(previous.sequence, 0);
    hash_before := COALESCE(previous.hash, '');
    FOR entry IN
        SELECT id, ctid AS place FROM governance_auditentry
        WHERE chain = NEW.chain AND sequence IS NULL AND id >= NEW.id ORDER BY id
    LOOP
        number := number + 1;
        UPDATE governance_auditentry SET sequence = number, previous_hash = hash_before,
            hash = encode(sha256(convert_to(concat_ws('|', hash_before, chain, number,
                (extract(epoch FROM at) * 1000000)::bigint, verb, noun, object_ref, actor_ref, commitment), 'UTF8')),
                'hex')
            WHERE ctid = entry.place RETURNING hash INTO hash_before;
    END LOOP;
    PERFORM set_config('audit.linked_' || NEW.chain, entry.id::text, true);
    RETURN NULL;
"""


class AuditEntry(models.Model):
    """Somebody did something to something. Holds a commitment to the payload: erasing that leaves the chain whole."""

    chain = models.IntegerField(help_text="A subdistrict's id; 0 is the system's chain")
    sequence = models.BigIntegerField(null=True, editable=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=40)
    noun = models.CharField(max_length=40)
    object_ref = models.CharField(max_length=60)
    actor_ref = models.CharField(max_length=60, help_text="The actor's public id, or the name of the program")
    commitment = models.CharField(max_length=64)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_sequence_once")]
        indexes = [models.Index(fields=["noun", "object_ref"], name="audit_by_object")]
        triggers = [
            pgtrigger.Trigger(
                name="link_into_chain",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[
                    ("previous", "RECORD"),
                    ("entry", "RECORD"),
                    ("number", "BIGINT"),
                    ("hash_before", "TEXT"),
                ],
                func=LINK_INTO_CHAIN,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="never_changed", operation=pgtrigger.Update, condition=pgtrigger.Q(old__sequence__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.chain}/{self.sequence} {self.verb} {self.noun} {self.object_ref}"


class AuditPayload(models.Model):
    """What an entry was about, with the salt of its commitment. May be erased: the entry stays."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=32)
    facts = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(salt=""), name="audit_payload_is_salted")]

    def __str__(self):
        return str(self.entry)
