"""A record of every sweep: which bell rang it, and what it found."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Bell(models.TextChoices):
    BEAT = "beat", pgettext_lazy("bell", "the task queue's clock")
    LOOP = "loop", pgettext_lazy("bell", "the plain loop")
    DOORBELL = "doorbell", pgettext_lazy("bell", "an event")
    COMMAND = "command", pgettext_lazy("bell", "somebody, by hand")


class SweepRun(models.Model):
    """One sweep. Retention: the term “sweep”."""

    bell = models.CharField(_("rung by"), max_length=10, choices=Bell)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(pgettext_lazy("date", "finished"), null=True, blank=True)
    taken_in = models.PositiveIntegerField(pgettext_lazy("sweep", "taken in"), default=0)
    rungs_fired = models.PositiveIntegerField(_("rungs fired"), default=0)
    orders_rung = models.PositiveIntegerField(_("phones rung"), default=0)
    notices_tried = models.PositiveIntegerField(_("messages tried"), default=0)
    failures = models.PositiveIntegerField(_("failures"), default=0)
    halted = models.CharField(
        _("stopped because"), max_length=200, blank=True, help_text="Why it refused to escalate, if it did"
    )

    class Meta:
        verbose_name = _("sweep")
        verbose_name_plural = _("sweeps")
        indexes = [models.Index(fields=["-started_at"], name="sweeps_by_time")]

    def __str__(self):
        return f"{self.bell} {self.started_at:%F %T}"
