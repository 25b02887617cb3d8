"""Loading the demo: all of it or nothing, once."""

import random
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from governance.models import Subdistrict, User
from issues.demo.meetings import meet
from issues.demo.net import weave
from issues.demo.office import dispute_a_home
from issues.demo.owners import settle_owners
from issues.demo.playing import play
from issues.demo.promises import make_promises
from issues.demo.shifts import DAYS_AHEAD, renew_shifts
from issues.demo.street import WORKERS, build_street
from issues.demo.surveys import ask_around
from issues.demo.topics import bring_up_topics
from issues.demo.votes import hold_votes

DEFAULT_SEED = 20260515
HISTORY = timedelta(days=31)
OWNED_SINCE = timedelta(days=400)
CONSOLE = "governance.adapters.console."


class NotHere(Exception):
    """The demo may not be loaded into this portal; the words say why."""


def is_loaded() -> bool:
    """Whether there is any street: real or made up, another isn't put beside it."""
    return Subdistrict.objects.exists()


def is_the_demos() -> bool:
    """Whether the street here is the demo's, with the people of its rota."""
    names = [worker.username for worker in WORKERS]
    return User.objects.filter(username__in=names).count() == len(names)


def refuse_where_it_would_harm() -> None:
    """Raise `NotHere` in production, and where the messages of the stories would reach real phones."""
    if settings.PORTAL_MODE == "production":
        raise NotHere("PORTAL_MODE=production: made-up people with a printed password don't belong here.")
    for name in ("SMS_ADAPTER", "VOICE_ADAPTER"):
        if not getattr(settings, name).startswith(CONSOLE):
            raise NotHere(f"{name} is a real carrier: the demo's messages would go to real telephones.")


@transaction.atomic
def load(*, now: datetime, seed: int = DEFAULT_SEED) -> None:
    """Build the street and play its stories up to `now`. The same seed at the same `now` gives the same neighbourhood.

    Receipt numbers and public ids differ each time: they are random on purpose. Raises `NotHere`.
    """
    refuse_where_it_would_harm()
    rng = random.Random(seed)  # noqa: S311 - a made-up street, not a secret
    street = build_street(rng, now)
    weave(street, rng, now)
    renew_shifts(first=now - HISTORY, until=now + timedelta(days=DAYS_AHEAD))
    dispute_a_home(street, now)
    play(street, now=now, rng=rng)
    settle_owners(street, rng, now - OWNED_SINCE)
    topics = bring_up_topics(street, now)
    make_promises(street, topics, rng, now)
    meet(street, rng, now, topics)
    hold_votes(street, rng, now, topics["lift"])
    ask_around(street, rng, now)
