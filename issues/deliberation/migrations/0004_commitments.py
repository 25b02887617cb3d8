"""What bodies promise when a topic was talked over."""

import django.db.models.deletion
import issues.deliberation.models.commitments
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('deliberation', '0003_topics'),
        ('governance', '0020_count_homes'),
        ('issues', '0020_ship_the_ladder_of_commitments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
        migrations.CreateModel(
            name='Commitment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('sending', models.UUIDField(editable=False, help_text='Of the form: sent twice it is one commitment', unique=True)),
                ('post', models.CharField(max_length=40, verbose_name='responsible post')),
                ('what', models.CharField(max_length=200, verbose_name='what is promised')),
                ('promised_at', models.DateTimeField(verbose_name='promised')),
                ('working_days', models.PositiveSmallIntegerField(blank=True, help_text='Promised so, else as a date', null=True)),
                ('promised_due_at', models.DateTimeField(verbose_name='promised by, at first')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('needs_photo', models.BooleanField(default=True, verbose_name='a photo is needed')),
                ('decided_yuan', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='cost decided (yuan)')),
                ('payer', models.CharField(blank=True, max_length=60, verbose_name='who pays')),
                ('paid_yuan', models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name='cost paid (yuan)')),
                ('paid_by', models.CharField(blank=True, max_length=60, verbose_name='who paid')),
                ('doubt_days', models.PositiveSmallIntegerField(default=7, help_text='So long the people concerned may say “not done”')),
                ('state', models.CharField(choices=[('promised', 'promised'), ('under_way', 'under way'), ('reported', 'reported done'), ('kept', 'accepted as done'), ('given_up', 'given up')], default='promised', max_length=10, verbose_name='state')),
                ('reported_at', models.DateTimeField(blank=True, null=True, verbose_name='reported done')),
                ('judged_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                ('judged_as', models.CharField(blank=True, help_text='The role in which: as the public reads it', max_length=24)),
                ('judged_words', models.TextField(blank=True, max_length=600)),
                ('doubts_until', models.DateTimeField(blank=True, null=True)),
                ('quit_asked_at', models.DateTimeField(blank=True, null=True)),
                ('quit_because', models.TextField(blank=True, max_length=600)),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='given up')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='governance.body', verbose_name='who')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.category', verbose_name='category')),
                ('community', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.community')),
                ('ended_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('estate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.estate', verbose_name='estate')),
                ('issue', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='issues.issue')),
                ('judged_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('motion', models.ForeignKey(blank=True, help_text="The owners' vote that it carries out", null=True, on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='deliberation.motion')),
                ('promised_by', models.ForeignKey(help_text='Who wrote it down', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('quit_asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('reported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('subdistrict', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict')),
                ('topic', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='commitments', to='deliberation.topic', verbose_name='topic')),
            ],
            options={
                'verbose_name': 'commitment',
                'verbose_name_plural': 'commitments',
            },
        ),
        migrations.CreateModel(
            name='CommitmentBlocker',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('what', models.CharField(max_length=200, verbose_name='what stands in the way')),
                ('due_at', models.DateTimeField(verbose_name='to be cleared by')),
                ('raised_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(blank=True, null=True, verbose_name='cleared')),
                ('lifted_words', models.CharField(blank=True, max_length=200)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='blockers', to='deliberation.commitment')),
                ('lifted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body', verbose_name='who clears it')),
                ('raised_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['raised_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CommitmentDoubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('of_acceptance', models.DateTimeField(help_text='Which acceptance it is about')),
                ('words', models.TextField(max_length=500)),
                ('said_at', models.DateTimeField()),
                ('answer', models.TextField(blank=True, max_length=500)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='doubts', to='deliberation.commitment')),
            ],
            options={
                'ordering': ['said_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CommitmentHelper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body')),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='helper_rows', to='deliberation.commitment')),
            ],
        ),
        migrations.CreateModel(
            name='CommitmentMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('from_due_at', models.DateTimeField()),
                ('to_due_at', models.DateTimeField()),
                ('reason', models.CharField(max_length=300, verbose_name='why')),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('decided_as', models.CharField(blank=True, max_length=24)),
                ('is_agreed', models.BooleanField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='deliberation.commitment')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['asked_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CommitmentPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('position', models.PositiveSmallIntegerField()),
                ('name', models.CharField(blank=True, help_text='Which of several there: the lift of entrance 2, say', max_length=40)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('words', models.CharField(blank=True, max_length=200)),
                ('building', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.building')),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='deliberation.commitment')),
                ('done_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='CommitmentPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('file', models.ImageField(height_field='height', upload_to=issues.deliberation.models.commitments.commitment_photo_path, width_field='width')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('added_at', models.DateTimeField()),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='deliberation.commitment')),
                ('part', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='deliberation.commitmentpart')),
                ('taken_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CommitmentStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(max_length=20)),
                ('from_state', models.CharField(blank=True, max_length=10)),
                ('to_state', models.CharField(max_length=10)),
                ('at', models.DateTimeField()),
                ('actor_as', models.CharField(blank=True, max_length=24)),
                ('due_at', models.DateTimeField(help_text='Promised then')),
                ('words', models.TextField(blank=True)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('body', models.ForeignKey(help_text='Responsible then', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.body')),
                ('commitment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='deliberation.commitment')),
            ],
            options={
                'ordering': ['at', 'pk'],
            },
        ),
        ),
        Together(
        migrations.AddIndex(
            model_name='commitment',
            index=models.Index(condition=models.Q(('state__in', ('promised', 'under_way', 'reported'))), fields=['subdistrict', 'due_at'], name='open_commitments'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('post__gt', ''), ('what__gt', '')), name='commitment_says_who_does_what'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('promised_at')), ('promised_due_at__gt', models.F('promised_at'))), name='commitment_due_after_the_promise'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_yuan', None), ('payer', '')), models.Q(('decided_yuan__gte', 0), ('payer__gt', '')), _connector='OR'), name='decided_cost_says_who_pays'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('paid_by', ''), ('paid_yuan', None)), models.Q(('paid_by__gt', ''), ('paid_yuan__gte', 0)), _connector='OR'), name='paid_cost_says_who_paid'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(('doubt_days__range', (1, 60))), name='some_days_for_doubts'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reported_at__isnull', False), ('reported_by__isnull', False), ('state__in', ('reported', 'kept'))), models.Q(models.Q(('state__in', ('reported', 'kept')), _negated=True), ('reported_at', None), ('reported_by', None)), _connector='OR'), name='reported_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('judged_as__gt', ''), ('judged_at__isnull', False), ('judged_by__isnull', False), ('state', 'kept'), ('doubts_until__gt', models.F('judged_at')), ('judged_words__gt', ''), models.Q(('judged_by', models.F('reported_by')), _negated=True)), models.Q(models.Q(('state', 'kept'), _negated=True), ('judged_as', ''), ('judged_at', None), ('judged_by', None), ('judged_words', '')), _connector='OR'), name='accepted_by_somebody_else_in_words'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('quit_asked_at', None), ('quit_asked_by', None), ('quit_because', '')), models.Q(('quit_asked_at__isnull', False), ('quit_asked_by__isnull', False), ('quit_because__gt', '')), _connector='OR'), name='asked_to_give_up_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='commitment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('ended_by__isnull', False), ('quit_asked_by__isnull', False), ('state', 'given_up'), models.Q(('ended_by', models.F('quit_asked_by')), _negated=True)), models.Q(models.Q(('state', 'given_up'), _negated=True), ('ended_at', None), ('ended_by', None)), _connector='OR'), name='given_up_by_two_with_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='state_by_the_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{kept:under_way,promised:given_up,promised:under_way,reported:kept,reported:under_way,under_way:given_up,under_way:promised,under_way:reported}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='b4cc9c213d81bf8b06bc020f9b83e684cb115a10', operation='UPDATE', pgid='pgtrigger_state_by_the_table_8ae9d', table='deliberation_commitment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_promised', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."sending" IS DISTINCT FROM (NEW."sending") OR OLD."subdistrict_id" IS DISTINCT FROM (NEW."subdistrict_id") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."topic_id" IS DISTINCT FROM (NEW."topic_id") OR OLD."estate_id" IS DISTINCT FROM (NEW."estate_id") OR OLD."category_id" IS DISTINCT FROM (NEW."category_id") OR OLD."issue_id" IS DISTINCT FROM (NEW."issue_id") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."promised_by_id" IS DISTINCT FROM (NEW."promised_by_id") OR OLD."promised_at" IS DISTINCT FROM (NEW."promised_at") OR OLD."working_days" IS DISTINCT FROM (NEW."working_days") OR OLD."promised_due_at" IS DISTINCT FROM (NEW."promised_due_at") OR OLD."needs_photo" IS DISTINCT FROM (NEW."needs_photo") OR OLD."decided_yuan" IS DISTINCT FROM (NEW."decided_yuan") OR OLD."payer" IS DISTINCT FROM (NEW."payer") OR OLD."doubt_days" IS DISTINCT FROM (NEW."doubt_days"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='d40e696a9a82407e87748366e17b65e4eb2ec9b6', operation='UPDATE', pgid='pgtrigger_as_it_was_promised_46631', table='deliberation_commitment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='done_when_every_part_is', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (OLD.state <> NEW.state AND NEW.state IN ('reported', 'kept'))", func="\n                    IF EXISTS (SELECT 1 FROM deliberation_commitmentpart\n                               WHERE commitment_id = NEW.id AND done_at IS NULL) THEN\n                        RAISE EXCEPTION 'a part is still open' USING ERRCODE = 'check_violation',\n                            CONSTRAINT = 'done_when_every_part_is';\n                    END IF;\n                    RETURN NEW;\n                ", hash='531f49569c39d788f30949c099c541cc877c7ac7', operation='UPDATE', pgid='pgtrigger_done_when_every_part_is_8e089', table='deliberation_commitment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitment',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='8a17bebba7583e305540eca21b2f5dae18df2961', operation='DELETE', pgid='pgtrigger_never_deleted_79e59', table='deliberation_commitment', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='commitmentblocker',
            index=models.Index(condition=models.Q(('lifted_at', None)), fields=['commitment', 'due_at'], name='blockers_in_the_way'),
        ),
        migrations.AddConstraint(
            model_name='commitmentblocker',
            constraint=models.CheckConstraint(condition=models.Q(('what__gt', '')), name='blocker_says_something'),
        ),
        migrations.AddConstraint(
            model_name='commitmentblocker',
            constraint=models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('raised_at'))), name='blocker_due_after_it_was_raised'),
        ),
        migrations.AddConstraint(
            model_name='commitmentblocker',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('lifted_at', None), ('lifted_by', None), ('lifted_words', '')), models.Q(('lifted_at__gte', models.F('raised_at')), ('lifted_by__isnull', False), ('lifted_words__gt', '')), _connector='OR'), name='blocker_lifted_by_somebody_in_words'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentblocker',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_raised', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."commitment_id" IS DISTINCT FROM (NEW."commitment_id") OR OLD."what" IS DISTINCT FROM (NEW."what") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."due_at" IS DISTINCT FROM (NEW."due_at") OR OLD."raised_at" IS DISTINCT FROM (NEW."raised_at") OR OLD."raised_by_id" IS DISTINCT FROM (NEW."raised_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c03aa07d698a0eb3010f71e6099bd98da04fb36f', operation='UPDATE', pgid='pgtrigger_as_it_was_raised_351f5', table='deliberation_commitmentblocker', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentblocker',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='037c1ffd5f82a79b63627f445438dea641fa85e0', operation='DELETE', pgid='pgtrigger_never_deleted_f9165', table='deliberation_commitmentblocker', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='commitmentdoubt',
            constraint=models.CheckConstraint(condition=models.Q(('words__gt', '')), name='doubt_says_what'),
        ),
        migrations.AddConstraint(
            model_name='commitmentdoubt',
            constraint=models.UniqueConstraint(fields=('commitment', 'of_acceptance', 'by'), name='doubted_once_by_a_person'),
        ),
        migrations.AddConstraint(
            model_name='commitmentdoubt',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at', None), ('answered_by', None)), models.Q(('answer__gt', ''), ('answered_at__isnull', False), ('answered_by__isnull', False), models.Q(('answered_by', models.F('by')), _negated=True)), _connector='OR'), name='doubt_answered_by_somebody_else'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentdoubt',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_said', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."commitment_id" IS DISTINCT FROM (NEW."commitment_id") OR OLD."of_acceptance" IS DISTINCT FROM (NEW."of_acceptance") OR OLD."by_id" IS DISTINCT FROM (NEW."by_id") OR OLD."words" IS DISTINCT FROM (NEW."words") OR OLD."said_at" IS DISTINCT FROM (NEW."said_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0cc9a887035a9244781b3c13a30ec651a78e6b12', operation='UPDATE', pgid='pgtrigger_as_it_was_said_30da7', table='deliberation_commitmentdoubt', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentdoubt',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='5bb26694ca91ded1ad524687dfefb175d9bfc8a9', operation='DELETE', pgid='pgtrigger_never_deleted_3b79d', table='deliberation_commitmentdoubt', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='commitmenthelper',
            constraint=models.UniqueConstraint(fields=('commitment', 'body'), name='helps_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmenthelper',
            trigger=pgtrigger.compiler.Trigger(name='never_changed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5a249248d89db951fb219f8e4b6f22d491cea580', operation='UPDATE OR DELETE', pgid='pgtrigger_never_changed_889a4', table='deliberation_commitmenthelper', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='commitmentmove',
            constraint=models.CheckConstraint(condition=models.Q(('reason__gt', '')), name='move_says_why'),
        ),
        migrations.AddConstraint(
            model_name='commitmentmove',
            constraint=models.CheckConstraint(condition=models.Q(('to_due_at__gt', models.F('asked_at')), models.Q(('to_due_at', models.F('from_due_at')), _negated=True)), name='moved_to_another_day'),
        ),
        migrations.AddConstraint(
            model_name='commitmentmove',
            constraint=models.UniqueConstraint(condition=models.Q(('decided_at', None)), fields=('commitment',), name='one_move_asked_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='commitmentmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('decided_as', ''), ('decided_at', None), ('decided_by', None), ('is_agreed', None)), models.Q(('decided_as__gt', ''), ('decided_at__isnull', False), ('decided_by__isnull', False), ('is_agreed__isnull', False), models.Q(('decided_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='move_decided_by_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='commitmentmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_agreed', True), _negated=True), ('decided_at__lt', models.F('from_due_at')), _connector='OR'), name='moved_before_it_passed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentmove',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_asked', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."commitment_id" IS DISTINCT FROM (NEW."commitment_id") OR OLD."from_due_at" IS DISTINCT FROM (NEW."from_due_at") OR OLD."to_due_at" IS DISTINCT FROM (NEW."to_due_at") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='acec9bccbef5ca7bf2a0b99a9799785e6da49e60', operation='UPDATE', pgid='pgtrigger_as_it_was_asked_2195e', table='deliberation_commitmentmove', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentmove',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='404b6a16813ba9d7f09d014eadeb4c173afd37a0', operation='DELETE', pgid='pgtrigger_never_deleted_b26ed', table='deliberation_commitmentmove', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='commitmentpart',
            constraint=models.CheckConstraint(condition=models.Q(('building__isnull', False), ('name__gt', ''), _connector='OR'), name='part_is_named'),
        ),
        migrations.AddConstraint(
            model_name='commitmentpart',
            constraint=models.UniqueConstraint(fields=('commitment', 'building', 'name'), name='part_named_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='commitmentpart',
            constraint=models.UniqueConstraint(fields=('commitment', 'position'), name='parts_in_a_row'),
        ),
        migrations.AddConstraint(
            model_name='commitmentpart',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('done_by', None), ('words', '')), models.Q(('done_at__isnull', False), ('done_by__isnull', False)), _connector='OR'), name='part_done_by_somebody'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentpart',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_promised', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."commitment_id" IS DISTINCT FROM (NEW."commitment_id") OR OLD."position" IS DISTINCT FROM (NEW."position") OR OLD."building_id" IS DISTINCT FROM (NEW."building_id") OR OLD."name" IS DISTINCT FROM (NEW."name"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c530c53af5330c6df0f7cebc744317fb70e087c7', operation='UPDATE', pgid='pgtrigger_as_it_was_promised_aa828', table='deliberation_commitmentpart', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentpart',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='2dcbcf3532359b406e97602c7ab44bb6ff9628fb', operation='DELETE', pgid='pgtrigger_never_deleted_10b79', table='deliberation_commitmentpart', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='commitmentstep',
            index=models.Index(fields=['commitment', 'at'], name='steps_of_a_commitment'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='commitmentstep',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ab7c82a3a0227e4d6487a427a1de0d52e2a919d1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bee89', table='deliberation_commitmentstep', when='BEFORE')),
        ),
        ),
    ]
