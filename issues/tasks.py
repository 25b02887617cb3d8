"""Celery's side of the doorbell."""

from celery import shared_task

from issues.domain.sweep import sweep


@shared_task(name="issues.tasks.ring_sweep", expires=60)
def ring_sweep(bell: str = "beat") -> None:
    sweep(bell=bell)
