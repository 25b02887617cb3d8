"""What one transaction has written to a chain is linked into it all at once: a sweep writes thousands."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0024_found_by_age'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='auditentry',
            name='link_into_chain',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditentry',
            trigger=pgtrigger.compiler.Trigger(name='link_into_chain', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE previous RECORD; entry RECORD; number BIGINT; hash_before TEXT; ids BIGINT[]; numbers BIGINT[]; hashes_before TEXT[]; hashes TEXT[];', func="\n    IF EXISTS (SELECT FROM governance_auditentry WHERE id = NEW.id AND sequence IS NOT NULL) THEN\n        RETURN NULL;\n    END IF;\n    PERFORM pg_advisory_xact_lock(7241, NEW.chain);\n    SELECT sequence, hash INTO previous FROM governance_auditentry\n        WHERE chain = NEW.chain AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1;\n    number := COALESCE(previous.sequence, 0);\n    hash_before := COALESCE(previous.hash, '');\n    FOR entry IN\n        SELECT * FROM governance_auditentry WHERE chain = NEW.chain AND sequence IS NULL AND id >= NEW.id ORDER BY id\n    LOOP\n        number := number + 1;\n        ids := ids || entry.id;\n        numbers := numbers || number;\n        hashes_before := hashes_before || hash_before;\n        hash_before := encode(sha256(convert_to(concat_ws('|',\n            hash_before, entry.chain, number, (extract(epoch FROM entry.at) * 1000000)::bigint, entry.verb, entry.noun,\n            entry.object_ref, entry.actor_ref, entry.commitment), 'UTF8')), 'hex');\n        hashes := hashes || hash_before;\n    END LOOP;\n    UPDATE governance_auditentry SET sequence = linked.number, previous_hash = linked.before, hash = linked.hash\n        FROM unnest(ids, numbers, hashes_before, hashes) AS linked (id, number, before, hash)\n        WHERE governance_auditentry.id = linked.id;\n    RETURN NULL;\n", hash='95341a05a035a3f9417070f85e88d5d21a037ce5', operation='INSERT', pgid='pgtrigger_link_into_chain_deb81', table='governance_auditentry', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
    ]
