"""What a transaction has written to a chain is linked row by row, each found where it lies: no plan can go wrong."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0025_linked_all_at_once'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='auditentry',
            name='link_into_chain',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='auditentry',
            trigger=pgtrigger.compiler.Trigger(name='link_into_chain', sql=pgtrigger.compiler.UpsertTriggerSql(constraint='CONSTRAINT', declare='DECLARE previous RECORD; entry RECORD; number BIGINT; hash_before TEXT;', func="\n    IF NEW.id <= NULLIF(current_setting('audit.linked_' || NEW.chain, true), '')::bigint THEN\n        RETURN NULL;\n    END IF;\n    PERFORM pg_advisory_xact_lock(7241, NEW.chain);\n    SELECT sequence, hash INTO previous FROM governance_auditentry\n        WHERE chain = NEW.chain AND sequence IS NOT NULL ORDER BY sequence DESC LIMIT 1;\n    number := COALESCE(previous.sequence, 0);\n    hash_before := COALESCE(previous.hash, '');\n    FOR entry IN\n        SELECT id, ctid AS place FROM governance_auditentry\n        WHERE chain = NEW.chain AND sequence IS NULL AND id >= NEW.id ORDER BY id\n    LOOP\n        number := number + 1;\n        UPDATE governance_auditentry SET sequence = number, previous_hash = hash_before,\n            hash = encode(sha256(convert_to(concat_ws('|', hash_before, chain, number,\n                (extract(epoch FROM at) * 1000000)::bigint, verb, noun, object_ref, actor_ref, commitment), 'UTF8')),\n                'hex')\n            WHERE ctid = entry.place RETURNING hash INTO hash_before;\n    END LOOP;\n    PERFORM set_config('audit.linked_' || NEW.chain, entry.id::text, true);\n    RETURN NULL;\n", hash='1aadb3fe3b105fb9730d62043bd4929cbcac00c6', operation='INSERT', pgid='pgtrigger_link_into_chain_deb81', table='governance_auditentry', timing='DEFERRABLE INITIALLY DEFERRED', when='AFTER')),
        ),
    ]
