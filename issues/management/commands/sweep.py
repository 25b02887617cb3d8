import logging
import signal
import threading

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections

from issues.domain.sweep import sweep
from issues.models.sweeps import Bell

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Do everything that is due. With --loop, every few seconds until told to stop: needs no Redis and no Celery."

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="go on until SIGTERM or Ctrl-C")
        parser.add_argument("--every", type=float, default=10.0, help="seconds between two sweeps of the loop")
        parser.add_argument("--even-so", action="store_true", help="escalate although it is an absurd share at once")

    def handle(self, *args, loop: bool, every: float, even_so: bool, **options):
        if not loop:
            run = sweep(bell=Bell.COMMAND, even_so=even_so)
            self.stdout.write(
                f"taken in {run.taken_in}, rung {run.orders_rung}, escalated {run.rungs_fired}, "
                f"notices {run.notices_tried}, failures {run.failures}{f', HALTED: {run.halted}' if run.halted else ''}"
            )
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_received: stop.set())
        while not stop.is_set():
            try:
                sweep(bell=Bell.LOOP)
            except Error:
                log.exception("the sweep found no database; it tries again")
            close_old_connections()
            stop.wait(every)
