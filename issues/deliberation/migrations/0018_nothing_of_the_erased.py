"""Whoever is erased gets no new row: whoever writes one at the same instant is refused."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('deliberation', '0017_homes_answered_says_it'),
        ('governance', '0023_erasures'),
    ]

    operations = [
        Together(
        pgtrigger.migrations.AddTrigger(
            model_name='ballot',
            trigger=pgtrigger.compiler.Trigger(name='cast_by_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF NEW.channel = 'electronic' THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.cast_by_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='d87acdbb5e751d767331026dc8cec4dec51d303f', operation='INSERT', pgid='pgtrigger_cast_by_is_not_erased_7f251', table='deliberation_ballot', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mandate',
            trigger=pgtrigger.compiler.Trigger(name='given_by_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.given_by_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='cc6103826dc4d445faeac7d264eaca93a35690e5', operation='INSERT', pgid='pgtrigger_given_by_is_not_erased_ea194', table='deliberation_mandate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mandate',
            trigger=pgtrigger.compiler.Trigger(name='held_by_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.held_by_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='a5e3125bf0764949f6a086a01e386e5c3895b8ac', operation='INSERT', pgid='pgtrigger_held_by_is_not_erased_6861e', table='deliberation_mandate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='surveysheet',
            trigger=pgtrigger.compiler.Trigger(name='by_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF NEW.by_id IS NOT NULL THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.by_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='183a94e95daa1853d51bbe4beb44dd66990e4364', operation='INSERT', pgid='pgtrigger_by_is_not_erased_c3cf5', table='deliberation_surveysheet', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='raised_by_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.raised_by_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='6312edc8ce0dfdfaf11504fed363ba7a9576973d', operation='INSERT', pgid='pgtrigger_raised_by_is_not_erased_5df05', table='deliberation_topic', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicsupport',
            trigger=pgtrigger.compiler.Trigger(name='by_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.by_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='4104f803565140a4655f79311d97f5a640e11439', operation='INSERT', pgid='pgtrigger_by_is_not_erased_b6f1b', table='deliberation_topicsupport', when='BEFORE')),
        ),
        ),
    ]
