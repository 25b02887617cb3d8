"""Those who have asked to be erased, and what is kept of them until when; nothing new names them."""

import django.db.models.deletion
import governance.encryption
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models
from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('governance', '0022_posts'),
    ]

    operations = [
        Together(
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='reference')),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
                ('identity', governance.encryption.EncryptedTextField(null=True)),
                ('erased_at', models.DateTimeField(blank=True, help_text='When all that may go at once was gone', null=True, verbose_name='erased what could be')),
                ('look_again_at', models.DateTimeField(blank=True, help_text='When the next of what is kept may go', null=True)),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='nothing is left')),
                ('carried_out_by', models.CharField(blank=True, help_text='The program that did the latest of it', max_length=20)),
            ],
            options={
                'verbose_name': 'erasure',
                'verbose_name_plural': 'erasures',
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('number', models.PositiveIntegerField()),
                ('until', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        ),
        Together(
        migrations.AddField(
            model_name='user',
            name='erased_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notice',
            trigger=pgtrigger.compiler.Trigger(name='recipient_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func='\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.recipient_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RETURN NULL; END IF;\n            END IF;\n            RETURN NEW;\n        ', hash='c1366692c08639751caa9d7a61299e231468612e', operation='INSERT', pgid='pgtrigger_recipient_is_not_erased_65264', table='governance_notice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='user_is_not_erased', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE gone TIMESTAMPTZ;', func="\n            IF TRUE THEN\n                SELECT erased_at INTO gone FROM governance_user WHERE id = NEW.user_id FOR KEY SHARE;\n                IF gone IS NOT NULL THEN RAISE EXCEPTION 'erased_person' USING ERRCODE = 'check_violation'; END IF;\n            END IF;\n            RETURN NEW;\n        ", hash='59cfa17eee09bebec786790c226ab16427359dc5', operation='INSERT', pgid='pgtrigger_user_is_not_erased_99eb5', table='governance_roleassignment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='user',
            trigger=pgtrigger.compiler.Trigger(name='erased_for_good', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."erased_at" IS DISTINCT FROM (OLD."erased_at") AND OLD."erased_at" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ea877b0e3962e8a9dd5848da5da03760c645cb72', operation='UPDATE', pgid='pgtrigger_erased_for_good_0b124', table='governance_user', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('email', ''), ('full_name', ''), ('phone_hash', None), ('phone_verified_at', None), ('surname', ''), ('surname_latin', ''), ('is_active', False), ('is_staff', False), ('is_superuser', False), ('username__startswith', 'erased-')), _connector='OR'), name='erased_person_is_nobody'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='subdistrict',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='erasure', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='hold',
            name='erasure',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='governance.erasure'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(condition=models.Q(('done_at', None)), fields=['look_again_at'], name='erasures_due'),
        ),
        migrations.AddIndex(
            model_name='erasure',
            index=models.Index(fields=['subdistrict', '-asked_at'], name='erasures_of_a_street'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('look_again_at__isnull', False)), models.Q(('done_at__isnull', False), ('erased_at__isnull', False), ('identity', None), ('look_again_at', None)), _connector='OR'), name='erasure_is_done_or_looked_at_again'),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('carried_out_by', ''), ('erased_at', None)), models.Q(('carried_out_by__gt', ''), ('erased_at__gte', models.F('asked_at'))), _connector='OR'), name='erased_by_something_after_it_was_asked'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='erasure',
            trigger=pgtrigger.compiler.Trigger(name='as_it_was_asked', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."asked_at" IS DISTINCT FROM (NEW."asked_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0b4dad42860d7739bdfdeaea3dce5450a0146dbf', operation='UPDATE', pgid='pgtrigger_as_it_was_asked_1b39f', table='governance_erasure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='erasure',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='daec58e9864d58ea6082eb032456357e97a53336', operation='DELETE', pgid='pgtrigger_never_deleted_e6ac4', table='governance_erasure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='erasure',
            trigger=pgtrigger.compiler.Trigger(name='forgotten_for_good', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN ((NEW."done_at" IS DISTINCT FROM (OLD."done_at") AND OLD."done_at" IS NOT NULL) OR (NEW."identity" IS NOT NULL AND OLD."erased_at" IS NOT NULL AND OLD."identity" IS NULL))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='245199a581d0e4eacba927bd98259c24b0d33985', operation='UPDATE', pgid='pgtrigger_forgotten_for_good_c6049', table='governance_erasure', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.UniqueConstraint(fields=('erasure', 'kind'), name='one_hold_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='hold_of_something'),
        ),
        ),
    ]
