"""Pages as somebody asks for them, and how many queries each takes.

Among them the lists that a street's volume weighs on: the console's, and those of whatever was reported. Not those of
what is deliberated. It is all of the portal itself, so it isn't imported before Django is set up.
"""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.core.paginator import Page
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from config.bench.client import WrongAnswer
from governance.admin import console
from governance.models import Community, Estate, User
from issues.outdoors import SECTIONS

WORDS = "漏水"
WHO_LISTS = {"street officer": "officer1", "community staff": "community1", "grid worker": "grid1"}


class Asked:
    """One address asked for by one person."""

    def __init__(self, name: str, person: Any, path: str):
        self.name, self.path = name, path
        self.client = Client(HTTP_HOST="127.0.0.1", raise_request_exception=False)
        self.client.force_login(person, backend="governance.sign_in.PasswordBackend")
        self.answer: Any = None

    def seen(self) -> dict[str, Any]:
        """Ask once to warm up, then count the queries of the second time."""
        self.client.get(self.path)
        # In a transaction everything goes over this one connection, and is counted.
        with transaction.atomic(), CaptureQueriesContext(connection) as captured:
            self.answer = self.client.get(self.path)
        return {
            "name": self.name,
            "path": quote(self.path, safe="/?=&%-~:,+."),
            "cookies": {name: morsel.value for name, morsel in self.client.cookies.items()},
            "status": self.answer.status_code,
            "queries": len(captured),
            "rows": self._rows(),
            "slowest": max((query["sql"] for query in captured), key=_milliseconds, default=""),
        }

    def _rows(self) -> int:
        """How many orders a queue's page shows."""
        queue = (self.answer.context or {}).get("queue")
        return sum(len(group.rows) for group in queue.groups) if queue else 0


def _milliseconds(sql: str) -> float:
    """How long PostgreSQL takes for a statement that only reads; 0 for any other."""
    if not sql.startswith(("SELECT", "WITH")) or " FOR " in sql:
        return 0.0
    with connection.cursor() as cursor:
        began = time.perf_counter()
        cursor.execute(sql)
        cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def every_list() -> Iterator[dict[str, Any]]:
    """Each list, plain, searched, filtered and turned to its last page, as those see it for whom it is there.

    Raises `WrongAnswer` for one that is neither there nor missing nor somebody else's.
    """
    estate, community = Estate.objects.order_by("pk").first(), Community.objects.order_by("pk").first()
    assert estate  # noqa: S101 - load_street has made them
    assert community  # noqa: S101
    homes = f"estate={estate.name}"
    by_hand = {
        "desk": ("/desk/", ()),
        "imported": ("/desk/imported/", ("show=answered", "show=placed", f"community={community.pk}")),
        "homes": ("/desk/homes/", ("show=verified", homes, "number=1")),
        "supervision": ("/supervisions/", ("show=late", "show=closed")),
        "queue": ("/queue/", ("whose=area", "whose=unaccepted")),
        "dashboard": ("/dashboard/", ("weeks=52", f"community={community.pk}")),
        "due": ("/dashboard/due/", (f"community={community.pk}",)),
        "estates": ("/estates/", ("q=园",)),
        "ledger": (f"/estates/{estate.public_id}/ledger/", ("show=open", "show=done")),
        "search": (f"/search/?q={WORDS}", (f"q={WORDS}+电梯",)),
        "outdoors": ("/outdoors/", tuple(f"show={section}" for section in SECTIONS)),
        "deadlines": ("/deadlines/", ()),
    }
    for who, username in WHO_LISTS.items():
        person = named(username)
        for name, (path, variations) in by_hand.items():
            yield from _turned(f"{name}, {who}", person, path, variations)
        for model in console._registry:
            path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            yield from _turned(f"console {model._meta.model_name}, {who}", person, path, ("q=张",))


def _turned(name: str, person: Any, path: str, variations: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    plain = Asked(name, person, path)
    seen = plain.seen()
    if not _is_there(seen):
        return
    yield seen
    further = [*variations, *_a_filter(plain.answer), *_last_page(plain.answer)]
    for query in further:
        if query.startswith("q=") and not _is_searched(plain.answer):
            continue
        turned = Asked(f"{name}, {query}", person, f"{path}{'&' if '?' in path else '?'}{query}").seen()
        if _is_there(turned):
            yield turned


def _is_there(seen: dict[str, Any]) -> bool:
    if seen["status"] not in (200, 302, 403, 404):
        raise WrongAnswer(f"{seen['name']} answered {seen['status']}.")
    return bool(seen["status"] == 200)


def _is_searched(answer: Any) -> bool:
    return bool("cl" not in (answer.context or ()) or answer.context["cl"].search_fields)


def _a_filter(answer: Any) -> list[str]:
    """The first choice of the console's first filter that narrows the list."""
    if "cl" not in (answer.context or ()):
        return []
    changelist = answer.context["cl"]
    for spec in changelist.filter_specs:
        for choice in list(spec.choices(changelist))[1:]:
            query = str(choice.get("query_string", "")).lstrip("?")
            if query and not choice.get("selected"):
                return [query]
    return []


def _last_page(answer: Any) -> list[str]:
    if not answer.context:
        return []
    if "cl" in answer.context:
        number, name = answer.context["cl"].paginator.num_pages, "p"
    else:
        name, number = "page", 1
        for key in ("page", "inbox", "queue", "found"):
            thing = answer.context.get(key)
            thing = getattr(thing, "page", thing)
            number = max(number, thing.paginator.num_pages if isinstance(thing, Page) else 1)
            number = max(number, int(getattr(answer.context.get(key), "pages", 1) or 1))
    return [f"{name}={number}"] if number > 1 else []


def named(username: str) -> Any:
    return User.objects.get(username=username)
