"""What the figures read: indexes that hold all they ask for."""

from django.conf import settings
from django.db import migrations, models

from governance.migrating import Together


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0017_held_at_a_district'),
        ('issues', '0009_imported_matters_and_pairs'),
        ('residents', '0011_words_are_found_by_two_characters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together(
            migrations.AddIndex(
                model_name='issue',
                index=models.Index(fields=['subdistrict', 'filed_at'], include=('category', 'state'), name='matters_by_filing'),
            ),
            migrations.AddIndex(
                model_name='issue',
                index=models.Index(condition=models.Q(('finished_at__isnull', False), ('is_promised', True), ('state__in', ('finished', 'closed'))), fields=['subdistrict', 'finished_at'], include=('filed_at', 'category'), name='matters_by_finish'),
            ),
            migrations.AddIndex(
                model_name='issue',
                index=models.Index(condition=models.Q(('state', 'open')), fields=['subdistrict', 'filed_at'], name='open_matters'),
            ),
            migrations.AddIndex(
                model_name='issue',
                index=models.Index(condition=models.Q(('epoch__gt', 1)), fields=['subdistrict', 'id'], name='matters_opened_again'),
            ),
            migrations.AddIndex(
                model_name='issuepetition',
                index=models.Index(condition=models.Q(('undone_at', None)), fields=['issue'], include=('petition',), name='petitions_of_a_matter'),
            ),
            migrations.AddIndex(
                model_name='slaclock',
                index=models.Index(condition=models.Q(('voided_at', None)), fields=['subdistrict', 'due_at'], include=('stopped_at', 'issue'), name='clocks_by_due_time'),
            ),
            migrations.AddIndex(
                model_name='slaclock',
                index=models.Index(condition=models.Q(('stopped_at', None), ('voided_at', None)), fields=['subdistrict', 'due_at'], include=('issue',), name='running_clocks_by_due_time'),
            ),
            migrations.AddIndex(
                model_name='slaclock',
                index=models.Index(condition=models.Q(('kind__in', ('respond', 'arrive')), ('voided_at', None)), fields=['subdistrict', 'due_at'], include=('issue', 'epoch', 'kind', 'stopped_at'), name='first_contacts_by_due_time'),
            ),
            migrations.AddIndex(
                model_name='slaclock',
                index=models.Index(condition=models.Q(('kind', 'respond'), ('voided_at', None)), fields=['issue', 'epoch'], name='first_responses'),
            ),
            migrations.AddIndex(
                model_name='workorder',
                index=models.Index(condition=models.Q(('arrived_at__isnull', False)), fields=['subdistrict', 'arrived_at'], include=('issue', 'arrival_proof', 'finished_at'), name='orders_by_arrival'),
            ),
            migrations.AddIndex(
                model_name='workorder',
                index=models.Index(condition=models.Q(('state', 'done')), fields=['subdistrict', 'finished_at'], include=('issue', 'id'), name='orders_by_finish'),
            ),
        ),
    ]
