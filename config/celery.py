"""The Celery application. A doorbell only: what must happen is a row in PostgreSQL (docs/decisions/)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("youying")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {"ring-the-sweep": {"task": "issues.tasks.ring_sweep", "schedule": 10.0}}
