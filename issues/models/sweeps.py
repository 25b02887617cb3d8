"""A record of every sweep: which bell rang it, and what it found."""

from django.db import models


class Bell(models.TextChoices):
    BEAT = "beat", "Celery beat"
    LOOP = "loop", "manage.py sweep --loop"
    DOORBELL = "doorbell", "an event"
    COMMAND = "command", "manage.py sweep"


class SweepRun(models.Model):
    """One sweep. Retention: 14 days."""

    bell = models.CharField(max_length=10, choices=Bell)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    taken_in = models.PositiveIntegerField(default=0)
    rungs_fired = models.PositiveIntegerField(default=0)
    orders_rung = models.PositiveIntegerField(default=0)
    notices_tried = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    halted = models.CharField(max_length=200, blank=True, help_text="Why it refused to escalate, if it did")

    class Meta:
        indexes = [models.Index(fields=["-started_at"], name="sweeps_by_time")]

    def __str__(self):
        return f"{self.bell} {self.started_at:%F %T}"
