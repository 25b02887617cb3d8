"""What watchers ask: does the process live, may requests be sent to it, how is the portal doing?

Answered before any other middleware: no session, no host name, no redirect, and a database that is away or frozen costs
two seconds, never a worker. The answers name no host, no error's words and nobody.
"""

import hmac
from collections.abc import Callable
from functools import cache
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread
from typing import Any, TypeVar

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config import metrics as exposed
from issues import vitals

Found = TypeVar("Found")

PATIENCE_SECONDS = 2.0
LOOPBACK = {"127.0.0.1", "::1"}
# As many as ask the database at once; while it is frozen, whoever comes later is answered at once.
_askers = BoundedSemaphore(4)


class Unanswered(Exception):
    """The database refused, or said nothing in time."""


@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """200: this process answers. Touches nothing; restart it where this fails."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(_request: HttpRequest) -> HttpResponse:
    """200: send requests here. 503: the database doesn't answer, or its schema is older than the code.

    Redis isn't asked: without it people file and sign in, and the loop escalates. A sweep that has been silent is
    said, and keeps nobody from the pages either.
    """
    needed = migrations_of_the_code()  # read from the disk once, so outside of the database's two seconds
    try:
        missing, sweep = ask_database(lambda: _look(needed))
    except Unanswered:
        return JsonResponse({"ready": False, "database": False}, status=503)
    said: dict[str, object] = {"ready": not missing, "database": True, "migrations_missing": missing}
    if not missing:
        said["sweep_age_seconds"] = sweep and round(sweep.age.total_seconds(), 1)
        said["sweep_silent"] = vitals.is_silent(sweep)
    return JsonResponse(said, status=503 if missing else 200)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures for Prometheus. Not there for whoever may not read them: `may_read_metrics`."""
    if not may_read_metrics(request):
        raise Http404
    try:
        found = ask_database(vitals.read_vitals)
    except Unanswered:
        found = None
    return HttpResponse(exposed.exposition(found), content_type=exposed.CONTENT_TYPE)


def may_read_metrics(request: HttpRequest) -> bool:
    """Whoever carries `METRICS_TOKEN`. Without one nobody, except on the demo's own machine.

    In production an address proves nothing: behind a proxy on this machine, everybody comes from here.
    """
    if settings.METRICS_TOKEN:
        carried = request.headers.get("Authorization", "")
        return hmac.compare_digest(carried.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return settings.DEMO and request.META.get("REMOTE_ADDR") in LOOPBACK and "X-Forwarded-For" not in request.headers


PROBES = {"/live": live, "/ready": ready, "/metrics": metrics}
# In the list of addresses, too, so that docs/rights.md and its tests know them.
urlpatterns = [path(address.lstrip("/"), view, name=address.lstrip("/")) for address, view in PROBES.items()]


class Probes:
    """Answers the probes; stands before every other middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        # To a stranger `/metrics` looks like any address that isn't there.
        if probe is None or (probe is metrics and not may_read_metrics(request)):
            return self.get_response(request)
        return probe(request)


@cache
def migrations_of_the_code() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def _look(needed: frozenset[tuple[str, str]]) -> tuple[int, vitals.Sweep | None]:
    missing = len(needed - MigrationRecorder(connection).applied_migrations().keys())
    return missing, None if missing else vitals.last_sweep()


def ask_database(question: Callable[[], Found]) -> Found:
    """Return what `question` finds, asked on a connection of its own. Raises `Unanswered`."""
    if not _askers.acquire(blocking=False):
        raise Unanswered
    answers: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_ask, args=(question, answers), name="probe", daemon=True).start()
    try:
        answer = answers.get(timeout=PATIENCE_SECONDS)
    except Empty:
        raise Unanswered from None
    if isinstance(answer, Exception):
        raise Unanswered from answer
    return answer


def _ask(question: Callable[[], object], answers: SimpleQueue[Any]) -> None:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {round(PATIENCE_SECONDS * 1000)}")
            answers.put(question())
    except Error as error:
        answers.put(error)
    finally:
        connection.close()
        _askers.release()
