"""Whoever is erased gets no new row: whoever writes one at the same instant is refused."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0016_ratings_held_to_their_street'),
        ('governance', '0023_erasures'),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='occupancy',
            trigger=pgtrigger.compiler.Trigger(name='user_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.user_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='9c3efcad4f721f28d1048a7d9d58421d689a5c58', operation='INSERT', pgid='pgtrigger_user_is_not_erased_dce85', table='residents_occupancy', when='BEFORE')),
        ),
    ]
