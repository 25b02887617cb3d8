"""The doorbell: tells a Celery worker that something may be due. Nothing depends on its being heard.

Rung by one background thread per process, so that a stopped or frozen Redis never keeps a request waiting; many rings
at once become one or two. What was not heard is found by the next sweep.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

SWEEP_TASK = "issues.tasks.ring_sweep"
# One sweep does all that is due: ringing on, while hundreds file at once, would only keep them from the processor.
QUIET_SECONDS = 0.2


class Doorbell:
    def __init__(self) -> None:
        self.unheard = 0
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring_on_commit(self) -> None:
        """Ring once the present transaction has committed."""
        transaction.on_commit(self.ring)

    def ring(self) -> None:
        """Ask for a sweep; returns at once, whatever the state of Redis."""
        self._wanted.set()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._ring_when_wanted, name="doorbell", daemon=True)
                self._thread.start()

    def _ring_when_wanted(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                app = import_string(settings.CELERY_APP)
                app.send_task(SWEEP_TASK, kwargs={"bell": "doorbell"}, expires=60, retry=False)
            except Exception as error:  # noqa: BLE001 - the one error we swallow: the sweep comes round by itself
                self.unheard += 1
                log.warning("the doorbell was not heard (%s so far): %s", self.unheard, error)
            time.sleep(QUIET_SECONDS)


doorbell = Doorbell()
