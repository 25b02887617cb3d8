"""What an office brings along from before: petitions that may lack place and person, and the runs that brought them."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('residents', '0007_names_of_fields'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportedPetition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=60, verbose_name='source')),
                ('number', models.CharField(help_text='As the office that it comes from counts', max_length=40, verbose_name='number')),
                ('content_hash', models.CharField(max_length=64)),
                ('reply_hash', models.CharField(blank=True, help_text='Empty as long as there is no reply', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='PetitionImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('source', models.CharField(help_text='Whose export it is', max_length=60, verbose_name='source')),
                ('file_name', models.CharField(max_length=120, verbose_name='file')),
                ('file_sha256', models.CharField(max_length=64)),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('imported', models.PositiveIntegerField(default=0, verbose_name='imported')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                ('rejected', models.PositiveIntegerField(default=0, verbose_name='rejected')),
                ('replies_added', models.PositiveIntegerField(default=0, verbose_name='replies added')),
            ],
            options={
                'verbose_name': 'import of petitions',
                'verbose_name_plural': 'imports of petitions',
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='petition',
            name='stage_by_the_table',
        ),
        migrations.RemoveIndex(
            model_name='petition',
            name='petitions_awaiting_intake',
        ),
        Together(
            migrations.AddField(
                model_name='petition',
                name='subject',
                field=models.TextField(blank=True, help_text='Of an imported petition: its heading', verbose_name='subject'),
            ),
            migrations.AlterField(
                model_name='petition',
                name='category',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.category', verbose_name='category'),
            ),
            migrations.AlterField(
                model_name='petition',
                name='channel',
                field=models.CharField(choices=[('portal', 'portal'), ('phone', 'phone'), ('counter', 'counter'), ('wechat', 'WeChat'), ('patrol', 'patrol'), ('import', 'import')], default='portal', max_length=10, verbose_name='channel'),
            ),
            migrations.AlterField(
                model_name='petition',
                name='community',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.community', verbose_name='community'),
            ),
            migrations.AlterField(
                model_name='petition',
                name='estate',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to='governance.estate', verbose_name='estate'),
            ),
            migrations.AlterField(
                model_name='petition',
                name='petitioner',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to=settings.AUTH_USER_MODEL),
            ),
            migrations.AlterField(
                model_name='petition',
                name='words',
                field=models.TextField(blank=True, verbose_name='words'),
            ),
            migrations.AlterField(
                model_name='petitionupdate',
                name='words',
                field=models.TextField(blank=True),
            ),
            migrations.AddIndex(
                model_name='petition',
                index=models.Index(condition=models.Q(('category__isnull', False), ('estate__isnull', False), ('state', 'filed')), fields=['filed_at'], name='petitions_awaiting_intake'),
            ),
            migrations.AddIndex(
                model_name='petition',
                index=models.Index(fields=['subdistrict', '-filed_at', '-id'], name='petitions_of_a_street'),
            ),
            migrations.AddIndex(
                model_name='petition',
                index=models.Index(condition=models.Q(('channel', 'import')), fields=['subdistrict', 'state', '-filed_at'], name='petitions_imported'),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='petition',
            trigger=pgtrigger.compiler.Trigger(name='stage_by_the_table', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{filed:closed,filed:declined,filed:in_hand,filed:withdrawn,finished:closed,finished:in_hand,in_hand:declined,in_hand:finished,in_hand:withdrawn}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='81f2ba3a5342f04c7d2364c15b8275c5a0f37572', operation='UPDATE', pgid='pgtrigger_stage_by_the_table_b1b96', table='residents_petition', when='BEFORE')),
        ),
        Together(
            migrations.AddField(
                model_name='importedpetition',
                name='petition',
                field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='imported', to='residents.petition'),
            ),
            migrations.AddField(
                model_name='importedpetition',
                name='subdistrict',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict'),
            ),
            migrations.AddField(
                model_name='petitionimport',
                name='subdistrict',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.subdistrict', verbose_name='subdistrict'),
            ),
            migrations.AddField(
                model_name='importedpetition',
                name='brought_by',
                field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='petitions', to='residents.petitionimport'),
            ),
            migrations.AddIndex(
                model_name='petitionimport',
                index=models.Index(fields=['subdistrict', '-started_at'], name='petition_imports_of_a_street'),
            ),
            migrations.AddConstraint(
                model_name='petitionimport',
                constraint=models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('imported'), '+', models.F('unchanged')), '+', models.F('rejected')))), name='rows_of_an_import_add_up'),
            ),
            migrations.AddConstraint(
                model_name='importedpetition',
                constraint=models.UniqueConstraint(fields=('subdistrict', 'source', 'number', 'content_hash'), name='petition_imported_once'),
            ),
        ),
    ]
