import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0009_whose_members_meet")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name='mechanism',
            trigger=pgtrigger.compiler.Trigger(name='a_change_is_a_new_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."called_by" IS DISTINCT FROM (NEW."called_by") OR OLD."notice_days" IS DISTINCT FROM (NEW."notice_days") OR OLD."is_open" IS DISTINCT FROM (NEW."is_open") OR OLD."is_public" IS DISTINCT FROM (NEW."is_public") OR OLD."body" IS DISTINCT FROM (NEW."body") OR OLD."quorum_of" IS DISTINCT FROM (NEW."quorum_of") OR OLD."quorum" IS DISTINCT FROM (NEW."quorum") OR OLD."quorum_needs_more" IS DISTINCT FROM (NEW."quorum_needs_more") OR OLD."quorum_owners" IS DISTINCT FROM (NEW."quorum_owners") OR OLD."proxies_allowed" IS DISTINCT FROM (NEW."proxies_allowed") OR OLD."majority" IS DISTINCT FROM (NEW."majority") OR OLD."majority_of" IS DISTINCT FROM (NEW."majority_of") OR OLD."majority_needs_more" IS DISTINCT FROM (NEW."majority_needs_more") OR OLD."by_name" IS DISTINCT FROM (NEW."by_name") OR OLD."amendment_days" IS DISTINCT FROM (NEW."amendment_days") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."mark" IS DISTINCT FROM (NEW."mark"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cf656fbc3b9a91d228afb45d122fe5a944a5acf8', operation='UPDATE', pgid='pgtrigger_a_change_is_a_new_version_1625b', table='deliberation_mechanism', when='BEFORE')),
        ),
    ]
