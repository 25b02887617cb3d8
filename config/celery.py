"""The Celery application. A doorbell only: what must happen is a row in PostgreSQL (docs/decisions/)."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("youying")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"ring-the-sweep": {"task": "issues.tasks.ring_sweep", "schedule": 10.0}}
# The request that rang it stands on the lines of the task, too.
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_as_the_others_do(**_news: object) -> None:
    """Django has set its logs up by now; that somebody listens here keeps Celery from doing it in its own way."""
