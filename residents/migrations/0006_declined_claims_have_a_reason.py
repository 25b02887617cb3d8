"""From now on a declined claim says why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("residents", "0005_give_declined_claims_a_reason")]

    operations = [
        migrations.AddConstraint(
            model_name='occupancy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'declined'), _negated=True), ('decline_reason__gt', ''), _connector='OR'), name='declined_claim_has_a_reason'),
        ),
    ]
