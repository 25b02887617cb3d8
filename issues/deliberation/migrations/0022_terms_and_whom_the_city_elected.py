"""How long a term is at most; nobody is seated but by what has elected them, and with the term that began."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('deliberation', '0021_names_on_a_ballot_differ'),
        ('governance', '0022_posts'),
    ]

    operations = [
        Together(
        pgtrigger.migrations.RemoveTrigger(
            model_name='officialresult',
            name='unchanged_since_it_was_agreed',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='seat',
            name='of_a_final_election',
        ),
        migrations.AddField(
            model_name='electionrule',
            name='term_years',
            field=models.PositiveSmallIntegerField(default=5, verbose_name='years of a term at most'),
        ),
        migrations.AddField(
            model_name='officialresult',
            name='elected',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, help_text='Of an election: whom these sums have elected', size=None),
        ),
        ),
        Together(
        pgtrigger.migrations.AddTrigger(
            model_name='officialresult',
            trigger=pgtrigger.compiler.Trigger(name='unchanged_since_it_was_agreed', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agreed_at" IS NOT NULL AND (OLD."agreed_by_id" IS DISTINCT FROM (NEW."agreed_by_id") OR OLD."agreed_at" IS DISTINCT FROM (NEW."agreed_at") OR OLD."dropped_at" IS DISTINCT FROM (NEW."dropped_at") OR OLD."elected" IS DISTINCT FROM (NEW."elected")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='87593c199a7865446019e7945df8d809edadf9d1', operation='UPDATE', pgid='pgtrigger_unchanged_since_it_was_agreed_cdebd', table='deliberation_officialresult', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='seat',
            trigger=pgtrigger.compiler.Trigger(name='of_a_final_election', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF NOT EXISTS (\n                        SELECT FROM deliberation_motionoption o JOIN deliberation_motion m ON m.id = o.motion_id\n                        JOIN governance_body b ON b.estate_id = m.estate_id AND b.kind = 'owners_committee'\n                        JOIN governance_post p ON p.id = NEW.post_id AND p.body_id = b.id\n                        JOIN governance_committeeterm t ON t.body_id = b.id AND t.starts_on = p.since\n                        WHERE o.id = NEW.candidate_id AND m.seats IS NOT NULL AND m.state = 'final' AND (\n                            m.kind = 'legal' AND m.has_passed\n                                AND convert_from(m.result, 'UTF8')::jsonb -> 'elected' ? o.number::text\n                            OR m.kind = 'mirror' AND EXISTS (\n                                SELECT FROM deliberation_officialresult r\n                                WHERE r.motion_id = m.id AND r.agreed_at IS NOT NULL AND o.number = ANY(r.elected)\n                            )\n                        )\n                    ) THEN\n                        RAISE EXCEPTION 'nobody is elected yet' USING ERRCODE = 'check_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='1585853bbeaf88c10656883fd17a1bc75d4aa95a', operation='INSERT', pgid='pgtrigger_of_a_final_election_7dd59', table='deliberation_seat', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='electionrule',
            constraint=models.CheckConstraint(condition=models.Q(('term_years__gte', 1), ('term_years__lte', 10)), name='term_of_some_years', violation_error_message='A term has one to ten years.'),
        ),
        migrations.AddConstraint(
            model_name='officialresult',
            constraint=models.CheckConstraint(condition=models.Q(('elected', []), ('agreed_at__isnull', False), _connector='OR'), name='elected_once_the_result_is_agreed'),
        ),
        ),
    ]
