"""The portal's figures in Prometheus' text format: what `issues.vitals` finds, and how requests fare.

Plain prometheus-client (docs/decisions/0010). Labels are route names, methods and status codes: never a path, a person
or a number of anything.
"""

import os
import time
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client import exposition as text_format
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.requests import method_of, route_of
from issues.vitals import Vitals, Waiting

CONTENT_TYPE = text_format.CONTENT_TYPE_PLAIN_0_0_4
IN_THIS_PROCESS = CollectorRegistry()
ANSWERED = Counter("youying_requests", "Requests answered.", ["route", "method", "status"], registry=IN_THIS_PROCESS)
TOOK = Histogram(
    "youying_request_seconds",
    "How long an answer took.",
    ["route"],
    registry=IN_THIS_PROCESS,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)


class Measure:
    """Counts and times every request that reaches a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        route = route_of(request)
        TOOK.labels(route).observe(time.perf_counter() - began)
        ANSWERED.labels(route, method_of(request), str(response.status_code)).inc()
        return response


def exposition(vitals: Vitals | None) -> bytes:
    """The whole text. `vitals`: None where the database didn't answer."""
    registry = CollectorRegistry()
    registry.register(_OfThePortal(vitals))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # under gunicorn: the sum over its workers
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_AsCounted())
    return text_format.generate_latest(registry)


class _AsCounted(Collector):
    def collect(self) -> Iterator[Metric]:
        return iter(IN_THIS_PROCESS.collect())


class _OfThePortal(Collector):
    def __init__(self, vitals: Vitals | None):
        self.vitals = vitals

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("youying_database_up", "Whether the database answered.", int(self.vitals is not None))
        if self.vitals is not None:
            yield from _families(self.vitals)


def _families(found: Vitals) -> Iterator[Metric]:
    if sweep := found.sweep:
        yield _gauge("sweep_age_seconds", "Since the last sweep that came to its end.", sweep.age.total_seconds())
        yield _gauge("sweep_seconds", "How long that sweep took.", sweep.took.total_seconds())
        yield _gauge("sweep_failures", "What went wrong in that sweep.", sweep.failures)
        yield _gauge("sweep_halted", "Whether it refused to escalate an absurd share.", int(sweep.is_halted))
    if found.latest_rung_late is not None:
        yield _gauge("rung_late_seconds", "How late the latest rung fired.", found.latest_rung_late.total_seconds())
    yield from _waiting("notices_unsent", "Messages that wait to be sent", found.unsent_notices)
    yield _gauge("notices_not_reached", "Messages that reached nobody, to be phoned.", found.not_reached)
    yield from _waiting("petitions_awaiting_intake", "Petitions filed and not taken in", found.petitions)
    yield from _waiting("orders_unaccepted", "Orders that nobody has accepted", found.orders)


def _waiting(name: str, what: str, found: Waiting) -> Iterator[Metric]:
    yield _gauge(name, f"{what}.", found.count)
    oldest = found.oldest.total_seconds() if found.oldest else 0.0
    yield _gauge(f"{name}_oldest_seconds", f"{what}: the age of the oldest; 0 if there are none.", oldest)


def _gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"youying_{name}", what, value)
