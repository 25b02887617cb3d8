"""No vote is announced with two names on its ballot that differ by spaces or width alone."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('deliberation', '0020_ship_the_election_rule'),
    ]

    operations = [
        Together(
        pgtrigger.migrations.RemoveTrigger(
            model_name='motion',
            name='announced_with_all_its_options',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='motion',
            trigger=pgtrigger.compiler.Trigger(name='announced_with_all_its_options', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."published_at" IS NOT NULL AND OLD."published_at" IS NULL)', declare='DECLARE options INT; latest INT; names INT;', func="\n                    SELECT count(*), coalesce(max(number), 0),\n                        count(DISTINCT regexp_replace(normalize(title, NFKC), '[[:space:]]', '', 'g'))\n                        INTO options, latest, names\n                    FROM deliberation_motionoption WHERE motion_id = NEW.id;\n                    IF options <> latest OR options <> names OR options < NEW.seats\n                        OR NEW.seats IS NULL AND (options = 1 OR options > 9)\n                    THEN\n                        RAISE EXCEPTION 'one option is no choice' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='c5731072c3bce3f527009f684a452c0d085d440f', operation='UPDATE', pgid='pgtrigger_announced_with_all_its_options_463d8', table='deliberation_motion', when='BEFORE')),
        ),
        ),
    ]
