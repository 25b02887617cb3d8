"""`python -m config.bench.inside PART …`: what is done with the portal's own code, in the database that is measured.

A process of its own for each part, so that one connection and one set of settings belong to one database. Each part
prints one JSON object on its last line.
"""

import json
import logging
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import django

from config.bench.aims import percentile
from config.bench.pace import Pace

DUE = 5_000
DUE_SWEEPS = 5
# Turns, and how many of them in each.
EMPTY_SWEEPS = (20, 10)
SEARCHES = (10, 5)


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.WARNING)
    part, *arguments = sys.argv[1:]
    sys.stdout.write(json.dumps(PARTS[part](*map(int, arguments))) + "\n")
    return 0


# --- who asks for what ---


def rows() -> dict[str, Any]:
    """How many rows each of the large tables has."""
    from governance.models import Building, Community, Estate, Unit
    from issues.models import Escalation, Issue, IssueStep, SlaClock, WorkOrder
    from residents.models import Occupancy, Petition, PetitionUpdate

    models = (Community, Estate, Building, Unit, Occupancy, Issue, Petition, PetitionUpdate, WorkOrder, SlaClock)
    counted = {str(model.__name__): model.objects.count() for model in (*models, Escalation, IssueStep)}
    return counted | {"SlaClock running": SlaClock.objects.running().count()}


def pages(seed: int, petitions: int, with_lists: int) -> dict[str, Any]:
    """The pages that are measured, each with its person's cookies and how many queries it takes."""
    from django.test.utils import setup_test_environment

    from config.bench.asking import WORDS, Asked, every_list, named
    from residents.models import Petition

    # So that an answer tells what it was rendered from: which filters a list has, and how many pages.
    setup_test_environment(debug=False)
    officer, manager = (named(name) for name in ("officer1", "manager1"))
    chosen = random.Random(seed).sample(  # noqa: S311 - which ones is no secret
        list(Petition.objects.filter(petitioner__isnull=False).values_list("pk", flat=True)), petitions
    )
    of_residents = Petition.objects.filter(pk__in=chosen).select_related("petitioner")
    asked = [Asked("petition", petition.petitioner, f"/petitions/{petition.receipt_no}/") for petition in of_residents]
    asked += [
        Asked("queue (street officer)", officer, "/queue/"),
        Asked("queue (the officer's area)", officer, "/queue/?whose=area"),
        Asked("queue (manager)", manager, "/queue/"),
        Asked("dashboard", officer, "/dashboard/"),
        Asked("search page", officer, f"/search/?q={WORDS}"),
    ]
    return {"pages": [each.seen() for each in asked], "lists": list(every_list()) if with_lists else []}


def drafts(seed: int, number: int) -> dict[str, Any]:
    """Signed-in residents, each with a draft that only has to be filed: its address and the person's cookies."""
    from django.test import Client

    from config.bench.asking import WORDS
    from governance.domain.moment import database_now
    from governance.models import Category
    from residents.models import NameVisibility, Occupancy, PetitionDraft

    rng, now = random.Random(seed), database_now()  # noqa: S311 - a made-up street, not a secret
    homes = list(Occupancy.objects.filter(user__username__startswith="resident").values_list("pk", flat=True))
    categories = list(Category.objects.filter(is_archived=False, handling__handler="manager"))
    ready = []
    homes_of = Occupancy.objects.select_related("user", "unit__building__estate")
    for home in homes_of.filter(pk__in=rng.sample(homes, min(number, len(homes)))):
        building = home.unit.building
        draft = PetitionDraft.objects.create(
            user=home.user,
            category=rng.choice(categories),
            estate=building.estate,
            building=building,
            stairwell=home.unit.stairwell,
            words=f"三楼楼道{WORDS}，地上一片水。",
            name_visibility=NameVisibility.HANDLERS,
            created_at=now,
            updated_at=now,
        )
        client = Client(HTTP_HOST="127.0.0.1")
        client.force_login(home.user, backend="governance.sign_in.PasswordBackend")
        path = f"/petitions/new/{draft.token}/check/"
        client.cookies["csrftoken"] = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=32))
        ready.append({"path": path, "cookies": {name: each.value for name, each in client.cookies.items()}})
    queries = _queries_of_filing(ready.pop()) if ready else 0
    return {"drafts": ready, "queries": queries}


def _queries_of_filing(ready: dict[str, Any]) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    for name, value in ready["cookies"].items():
        client.cookies[name] = value
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(ready["path"], {"csrfmiddlewaretoken": ready["cookies"]["csrftoken"]})
    if answer.status_code != 302:
        raise RuntimeError(f"a draft that is ready can't be filed: {answer.status_code}")
    return len(captured)


# --- what is measured without a web server ---


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _timed(pace: Pace, turns: tuple[int, int], work: Callable[[], object]) -> dict[str, Any]:
    """Milliseconds of each piece of work. The first two, on a new connection, aren't counted."""
    number, in_each = turns
    for _warm_up in range(2):
        work()
    taken = pace.turns(lambda: [_took(work) for _each in range(in_each)], number)
    return {"milliseconds": [each for turn in taken.results for each in turn], "slow": taken.slow}


def search(*pace: int) -> dict[str, Any]:
    """The search itself, as the street officer asks for it: all its queries, without the page around them."""
    from config.bench.asking import WORDS, named
    from governance.domain.moment import database_now
    from issues.search import search as searched
    from residents.domain.searching import asked_for

    officer, now, asked = named("officer1"), database_now(), asked_for(WORDS)
    return _timed(Pace.heard(*pace), SEARCHES, lambda: searched(officer, asked, now))


def sweep_empty(*pace: int) -> dict[str, Any]:
    """Sweeps that find nothing to do. Before the first of them whatever is due anyway is done."""
    from issues.domain.sweep import sweep

    for _turn in range(200):
        run = sweep(bell="command", even_so=True)
        if not _did(run):
            break

    def nothing() -> None:
        if _did(run := sweep(bell="command")):
            raise RuntimeError(f"a sweep in which nothing was to do has done something: {vars(run)}")

    return _timed(Pace.heard(*pace), EMPTY_SWEEPS, nothing) | {"queries": _queries_of(nothing)}


def _did(run: Any) -> int:
    return sum((run.taken_in, run.rungs_fired, run.orders_rung, run.notices_tried, run.failures))


def _queries_of(work: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def sweep_due(*pace: int) -> dict[str, Any]:
    """Sweeps in each of which 5,000 running clocks have just broken their promise, as often as there are so many.

    So many at once look like a wrong clock or holiday table, and halt the ladder. What goes on then is what the office
    does: somebody looks, and runs `manage.py sweep --even-so`.
    """
    broken = _Broken()
    enough, slow = broken.promises(), False
    sweeps = [broken.sweep()]  # of a larger street not counted: the first on a new connection
    if enough:
        taken = Pace.heard(*pace).turns(broken.sweep, DUE_SWEEPS, broken.promises)
        sweeps, slow = taken.results or sweeps, taken.slow
    return min(sweeps, key=lambda each: each["fired"]) | {
        "seconds": percentile([each["seconds"] for each in sweeps], 0.5),
        "sweeps": len(sweeps),
        "slow": slow,
    }


class _Broken:
    """Promises that have just been broken, and a sweep of them. Their clocks have fired nothing before."""

    def promises(self) -> bool:
        """Break them. Whether there are as many as there have to be."""
        from governance.domain.moment import database_now
        from issues.domain.ladder import refuse_absurd_share
        from issues.models import SlaClock

        self.now = now = database_now()
        moment = timedelta(seconds=1)
        ids = list(SlaClock.objects.running().filter(due_at__gt=now).order_by("pk").values_list("pk", flat=True)[:DUE])
        if len(ids) < DUE:
            # A small street hasn't so many open promises: what was kept is promised anew.
            open_again = SlaClock.objects.filter(
                voided_at=None, stopped_at__isnull=False, escalations=None, issue__merged_into=None
            )
            ids += list(open_again.order_by("-pk").values_list("pk", flat=True)[: DUE - len(ids)])
        due = SlaClock.objects.filter(pk__in=ids)
        due.filter(starts_at__gte=now - moment).update(starts_at=now - 2 * moment, own_starts_at=now - 2 * moment)
        due.update(stopped_at=None, due_at=now - moment, next_rung_at=now - moment)
        _warned_of(due, now - moment)
        self.ids = ids
        self.is_halted = _refuses(lambda: refuse_absurd_share(now))
        return len(ids) == DUE

    def sweep(self) -> dict[str, Any]:
        from django.db.models import F

        from issues.domain.ladder import fire_due
        from issues.models import Escalation, SlaClock

        before = Escalation.objects.count()
        began, cpu = time.perf_counter(), time.process_time()
        fired = fire_due(self.now, bell="command")
        seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
        left = SlaClock.objects.with_rung_due(F("due_at")).filter(pk__in=self.ids).count()
        return {
            "seconds": seconds,
            "cpu_seconds": cpu,
            "due": len(self.ids),
            "fired": fired,
            "written": Escalation.objects.count() - before,
            "left": left,
            "halted": self.is_halted,
        }


def _warned_of(clocks: Any, at: Any) -> None:
    """Whoever is late now was warned before: one rung is due for each clock, the breach itself."""
    from issues.models import Escalation, EscalationRung

    warnings: dict[int, list[Any]] = {}
    for rung in EscalationRung.objects.filter(at_percent__isnull=False):
        warnings.setdefault(rung.policy_id, []).append(rung)
    fired = set(Escalation.objects.filter(clock__in=clocks).values_list("clock_id", "epoch", "rung_id"))
    Escalation.objects.bulk_create(
        Escalation(clock=clock, epoch=clock.epoch, rung=rung, due_at=at, acted_at=at, bell="command")
        for clock in clocks
        for rung in warnings.get(clock.policy_id, ())
        if (clock.pk, clock.epoch, rung.pk) not in fired
    )


def _refuses(work: Callable[[], Any]) -> bool:
    from issues.domain.ladder import AbsurdShare

    try:
        work()
    except AbsurdShare:
        return True
    return False


def intake() -> dict[str, Any]:
    """Taking in what the residents have just filed, one by one, as the worker does."""
    from governance.domain.moment import database_now
    from issues.domain.intake import take_in
    from residents.models import Petition

    milliseconds = []
    waiting = list(Petition.objects.awaiting_intake().values_list("pk", flat=True)[:200])
    for petition in waiting[:-1]:
        began = time.perf_counter()
        take_in(petition, at=database_now())
        milliseconds.append((time.perf_counter() - began) * 1000)
    return {"milliseconds": milliseconds, "queries": _queries_of(lambda: take_in(waiting[-1], at=database_now()))}


# --- plans ---


def plans() -> dict[str, Any]:
    """The slowest query of each main page, and what the sweep asks first, each with its plan."""
    from config.bench.asking import WORDS, Asked, named
    from governance.domain.moment import database_now
    from issues.models import SlaClock

    officer = named("officer1")
    asked = {
        "queue (street officer)": "/queue/",
        "dashboard": "/dashboard/",
        "search": f"/search/?q={WORDS}",
    }
    found = {name: Asked(name, officer, path).seen()["slowest"] for name, path in asked.items()}
    due = SlaClock.objects.with_rung_due(database_now())[:200]
    planned = {name: _explained(sql) for name, sql in found.items() if sql}
    return {"plans": planned | {"sweep: what is due": due.explain(analyze=True, costs=False, timing=False)}}


def _explained(sql: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def machine() -> dict[str, Any]:
    """The versions that were measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    return {"postgresql": version, "django": django.get_version()}


PARTS: dict[str, Callable[..., dict[str, Any]]] = {
    "rows": rows,
    "pages": pages,
    "drafts": drafts,
    "intake": intake,
    "search": search,
    "sweep-empty": sweep_empty,
    "sweep-due": sweep_due,
    "plans": plans,
    "machine": machine,
}

if __name__ == "__main__":
    sys.exit(main())
