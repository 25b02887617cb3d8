

import django.db.models.deletion
import issues.deliberation.models.rule_sets
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('deliberation', '0002_ship_rule_sets'),
        ('governance', '0020_count_homes'),
        ('residents', '0016_ratings_held_to_their_street'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sending', models.UUIDField(editable=False, help_text='Of the form: sent twice it is one topic', unique=True)),
                ('stairwell', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='stairwell')),
                ('origin', models.CharField(choices=[('petitions', 'from petitions'), ('finding', 'from what was found on site'), ('resident', 'from a resident'), ('owners', 'from owners who gather support for it'), ('office', 'from the community')], max_length=10, verbose_name='where it comes from')),
                ('title', models.CharField(max_length=60, verbose_name='topic')),
                ('words', models.TextField(max_length=1000, verbose_name='what it is about')),
                ('costs', models.CharField(blank=True, max_length=200, verbose_name='what it would cost whom')),
                ('raised_at', models.DateTimeField(verbose_name='brought up')),
                ('vet_due_at', models.DateTimeField(verbose_name='to be looked at by')),
                ('told_late_at', models.DateTimeField(blank=True, help_text='When the level above was told', null=True)),
                ('state', models.CharField(choices=[('raised', 'waiting to be looked at'), ('accepted', 'being deliberated'), ('declined', 'not taken up'), ('referred', 'passed on'), ('merged', 'joined with another'), ('closed', 'closed')], default='raised', max_length=10, verbose_name='state')),
                ('is_public', models.BooleanField(default=False)),
                ('demanded_at', models.DateTimeField(blank=True, null=True, verbose_name='demanded by the owners')),
                ('demand_due_at', models.DateTimeField(blank=True, null=True, verbose_name="the owners' assembly is due by")),
                ('told_overdue_at', models.DateTimeField(blank=True, help_text='When the street was told of no assembly', null=True)),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
            },
        ),
        migrations.CreateModel(
            name='TopicConcern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
        ),
        migrations.CreateModel(
            name='TopicJudgement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField()),
                ('is_solved', models.BooleanField()),
                ('judged_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='TopicPetition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('linked_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TopicSupport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField()),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Vetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(choices=[('topic', 'the topic'), ('process', 'the way it is decided'), ('outcome', 'what came of it')], max_length=8, verbose_name='gate')),
                ('verb', models.CharField(max_length=20, verbose_name='what was decided')),
                ('reason', models.CharField(choices=[('common', 'It concerns many people here.'), ('safety', "It is about people's safety."), ('repeated', "It was reported again and again, and repairs didn't help."), ('demanded', 'Enough owners demand it.'), ('private', 'It concerns only the two sides; mediation helps there.'), ('in_hand', 'It is being handled already.'), ('decided', 'It was decided not long ago.'), ('unlawful', "What it asks for isn't lawful."), ('unclear', "It isn't clear what is asked for."), ('elsewhere', 'It is for another authority to decide.'), ('to_repair', 'It can be repaired at once, without talking.'), ('same', 'It is the same matter.'), ('two_matters', 'They are two matters.'), ('in_order', 'It is in order.'), ('not_in_order', 'Something has to be mended.'), ('kept', 'What was promised was done.'), ('not_possible', "It can't be done."), ('not_wanted', 'It was voted down, or nobody wants it any more.')], max_length=12, verbose_name='reason')),
                ('words', models.TextField(max_length=600, verbose_name='in words')),
                ('by_role', models.CharField(help_text='The role in which it was done: as the public reads it', max_length=24)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'vetting',
                'verbose_name_plural': 'vettings',
                'ordering': ['at', 'pk'],
            },
        ),
        ),
        Together(
        pgtrigger.migrations.RemoveTrigger(
            model_name='motion',
            name='unchanged_since_its_notice',
        ),
        migrations.AddField(
            model_name='ruleset',
            name='demand_by_area',
            field=models.BooleanField(default=True, verbose_name='that share is of the area, too'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='demand_days',
            field=models.PositiveSmallIntegerField(default=30, help_text='Within so many days it has to begin', verbose_name='days until that assembly'),
        ),
        migrations.AddField(
            model_name='ruleset',
            name='demand_share',
            field=issues.deliberation.models.rule_sets.ShareField(default='1/5', max_length=5, verbose_name='share of the owners who can demand an assembly'),
        ),
        migrations.AddConstraint(
            model_name='ruleset',
            constraint=models.CheckConstraint(condition=models.Q(('demand_days__gt', 0), ('demand_share__regex', '^[1-9]\\d?/[1-9]\\d?$')), name='demand_share_is_a_share'),
        ),
        migrations.AddField(
            model_name='topic',
            name='building',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.building', verbose_name='building'),
        ),
        migrations.AddField(
            model_name='topic',
            name='community',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.community', verbose_name='community'),
        ),
        migrations.AddField(
            model_name='topic',
            name='demanded_under',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='deliberation.ruleset'),
        ),
        migrations.AddField(
            model_name='topic',
            name='estate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='governance.estate', verbose_name='estate'),
        ),
        migrations.AddField(
            model_name='topic',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='deliberation.topic'),
        ),
        migrations.AddField(
            model_name='topic',
            name='raised_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='topic',
            name='split_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='split_off', to='deliberation.topic'),
        ),
        migrations.AddField(
            model_name='topic',
            name='subdistrict',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict'),
        ),
        migrations.AddField(
            model_name='motion',
            name='topic',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='motions', to='deliberation.topic', verbose_name='topic'),
        ),
        migrations.AddField(
            model_name='topicconcern',
            name='body',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body'),
        ),
        migrations.AddField(
            model_name='topicconcern',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='concern_rows', to='deliberation.topic'),
        ),
        migrations.AddField(
            model_name='topicjudgement',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='topicjudgement',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='judgements', to='deliberation.topic'),
        ),
        migrations.AddField(
            model_name='topicpetition',
            name='linked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='topicpetition',
            name='petition',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='residents.petition'),
        ),
        migrations.AddField(
            model_name='topicpetition',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='petition_rows', to='deliberation.topic'),
        ),
        migrations.AddField(
            model_name='topicsupport',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='topicsupport',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supports', to='deliberation.topic'),
        ),
        migrations.AddField(
            model_name='topicsupport',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.unit'),
        ),
        migrations.AddField(
            model_name='vetting',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='vetting',
            name='topic',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vettings', to='deliberation.topic'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(condition=models.Q(('state', 'raised'), ('told_late_at', None)), fields=['vet_due_at'], name='topics_to_vet'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(condition=models.Q(('demand_due_at__isnull', False), ('state', 'accepted'), ('told_overdue_at', None)), fields=['demand_due_at'], name='topics_demanded'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['community', '-raised_at'], name='topics_of_a_community'),
        ),
        migrations.AddIndex(
            model_name='topic',
            index=models.Index(fields=['estate', '-raised_at'], name='topics_of_an_estate'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('title__gt', ''), ('words__gt', '')), name='topic_says_something'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('building', None), ('estate__isnull', False), _connector='OR'), models.Q(('stairwell', None), ('building__isnull', False), _connector='OR')), name='place_of_a_topic_from_large_to_small'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('merged_into__isnull', False), ('state', 'merged')), models.Q(models.Q(('state', 'merged'), _negated=True), ('merged_into__isnull', True)), _connector='OR'), name='merged_topic_names_the_other'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='topic_not_merged_into_itself'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('demand_due_at', None), ('demanded_at', None), ('demanded_under', None)), models.Q(('demand_due_at__gt', models.F('demanded_at')), ('demanded_at__isnull', False), ('demanded_under__isnull', False), ('estate__isnull', False), ('state__in', ('accepted', 'closed'))), _connector='OR'), name='demanded_topic_goes_to_the_assembly'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', False), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_at', None)), _connector='OR'), name='closed_topic_says_when'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('accepted', 'closed')), _negated=True), ('is_public', True), _connector='OR'), name='deliberated_in_public'),
        ),
        migrations.AddConstraint(
            model_name='topic',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', 'owners'), _negated=True), models.Q(('estate__isnull', False), ('is_public', True)), _connector='OR'), name='support_is_asked_in_public'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='state_by_the_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{accepted:closed,accepted:merged,declined:accepted,raised:accepted,raised:declined,raised:merged,raised:referred,referred:accepted}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='a3621baf6587caac18ea7c54720c79b39d1f3526', operation='UPDATE', pgid='pgtrigger_state_by_the_table_9a415', table='deliberation_topic', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_raised', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."subdistrict_id" IS DISTINCT FROM (NEW."subdistrict_id") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."estate_id" IS DISTINCT FROM (NEW."estate_id") OR OLD."building_id" IS DISTINCT FROM (NEW."building_id") OR OLD."stairwell" IS DISTINCT FROM (NEW."stairwell") OR OLD."origin" IS DISTINCT FROM (NEW."origin") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."costs" IS DISTINCT FROM (NEW."costs") OR OLD."raised_by_id" IS DISTINCT FROM (NEW."raised_by_id") OR OLD."raised_at" IS DISTINCT FROM (NEW."raised_at") OR OLD."split_from_id" IS DISTINCT FROM (NEW."split_from_id") OR OLD."sending" IS DISTINCT FROM (NEW."sending"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='5527210f2d683c64c46da195f3c1874850bcb087', operation='UPDATE', pgid='pgtrigger_as_it_was_raised_b740a', table='deliberation_topic', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topic',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='e929cd1ef24b7e40d9796aa74c883e96025bc2cb', operation='DELETE', pgid='pgtrigger_never_deleted_54943', table='deliberation_topic', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='topicconcern',
            constraint=models.UniqueConstraint(fields=('topic', 'body'), name='topic_concerns_a_body_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicconcern',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4e9852a3f2647c3437bc481ec74a3da8290ef7b1', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changed_22e36', table='deliberation_topicconcern', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='topicjudgement',
            constraint=models.UniqueConstraint(fields=('topic', 'by'), name='topic_judged_once_by_a_person'),
        ),
        migrations.AddConstraint(
            model_name='topicjudgement',
            constraint=models.CheckConstraint(condition=models.Q(('stars__gte', 1), ('stars__lte', 5)), name='judged_from_one_to_five'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicjudgement',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6d07eefe1683a15458773e52fe8e23bd2287740e', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changed_7fdd0', table='deliberation_topicjudgement', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='topicpetition',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['petition'], name='topics_of_a_petition'),
        ),
        migrations.AddConstraint(
            model_name='topicpetition',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('topic', 'petition'), name='petition_in_a_topic_once'),
        ),
        migrations.AddConstraint(
            model_name='topicpetition',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('linked_at')), _connector='OR'), name='topic_link_ends_after_it_begins'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicpetition',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_linked', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."petition_id" IS DISTINCT FROM (NEW."petition_id") OR OLD."linked_at" IS DISTINCT FROM (NEW."linked_at") OR OLD."linked_by_id" IS DISTINCT FROM (NEW."linked_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='2d9bf57499c1c9a4480e2166e4a91b3c476cadbd', operation='UPDATE', pgid='pgtrigger_as_it_was_linked_6d0db', table='deliberation_topicpetition', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicpetition',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='61748f6df5147318f3f9b2c7b8a062d3cf4c87d3', operation='DELETE', pgid='pgtrigger_never_deleted_2d647', table='deliberation_topicpetition', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='topicsupport',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_at', None)), fields=('topic', 'unit'), name='unit_supports_a_topic_once'),
        ),
        migrations.AddConstraint(
            model_name='topicsupport',
            constraint=models.CheckConstraint(condition=models.Q(('taken_back_at', None), ('taken_back_at__gte', models.F('given_at')), _connector='OR'), name='support_taken_back_after_it_was_given'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicsupport',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_given', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."given_at" IS DISTINCT FROM (NEW."given_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='1a161d49fc37f3237359e67f6f6c9a41b2ff149d', operation='UPDATE', pgid='pgtrigger_as_it_was_given_c62b6', table='deliberation_topicsupport', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='topicsupport',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4d4bd00b5ddbcbcdbb47ac86074d78a774ff8910', operation='DELETE', pgid='pgtrigger_never_deleted_6c4ab', table='deliberation_topicsupport', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='vetting',
            constraint=models.CheckConstraint(condition=models.Q(('words__gt', '')), name='vetting_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='vetting',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='658676e62dbc59b59417e35e0997b99d78afbfe7', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changed_ac69c', table='deliberation_vetting', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='motion',
            trigger=pgtrigger.compiler.Trigger(name='unchanged_since_its_notice', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND (OLD."estate_id" IS DISTINCT FROM (NEW."estate_id") OR OLD."building_id" IS DISTINCT FROM (NEW."building_id") OR OLD."stairwell" IS DISTINCT FROM (NEW."stairwell") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."rule_set_id" IS DISTINCT FROM (NEW."rule_set_id") OR OLD."matter" IS DISTINCT FROM (NEW."matter") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."opens_at" IS DISTINCT FROM (NEW."opens_at") OR OLD."closes_at" IS DISTINCT FROM (NEW."closes_at")))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='6260dfcd0fc491c1ad22793ca998b460b75e8b38', operation='UPDATE', pgid='pgtrigger_unchanged_since_its_notice_f9147', table='deliberation_motion', when='BEFORE')),
        ),
        ),
    ]
