"""How often something may be tried. Counted in PostgreSQL, by account, number or address: never by address alone.

A whole estate sits behind one address, so the limits by address are wide and only stop machines.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext

from governance import wording
from governance.domain.refusals import Refusal
from governance.encryption import lookup_hash
from governance.models import SignInAttempt


@dataclass(frozen=True)
class Limit:
    """At most `times` tries of one key within `within`: a day or less, as long as tries are kept."""

    kind: str
    times: int
    within: timedelta


class TooManyTries(Refusal):
    """The limit is reached; `again_at` is when the next try is allowed."""

    code = "too_many_tries"
    status = 429

    def __init__(self, again_at: datetime, at: datetime):
        self.again_at = again_at
        # Rounded up: who is told 14:05:12 must succeed at 14:05:12.
        second = (again_at + timedelta(microseconds=999_999)).replace(microsecond=0)
        super().__init__(
            gettext("Too many tries. Please try again at %(moment)s.")
            % {"moment": wording.moment(second, at, seconds=True)}
        )


def take_try(key: str, *limits: Limit, at: datetime) -> list[SignInAttempt]:
    """Count one try of `key` against each of `limits`, before it is known how it ends.

    Returns what `forgive` takes back. Raises `TooManyTries`, and then counts nothing. Parallel tries of one key wait
    for each other.
    """
    key_hash = lookup_hash(key)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key_hash])
        for limit in limits:
            _refuse_beyond(limit, key_hash, at)
        kinds = dict.fromkeys(limit.kind for limit in limits)
        return [SignInAttempt.objects.create(kind=kind, key_hash=key_hash, at=at) for kind in kinds]


def _refuse_beyond(limit: Limit, key_hash: str, at: datetime) -> None:
    tries = SignInAttempt.objects.filter(key_hash=key_hash, kind=limit.kind, at__gt=at - limit.within)
    nth_last = tries.order_by("-at").values_list("at", flat=True)[limit.times - 1 : limit.times].first()
    if nth_last:
        raise TooManyTries(nth_last + limit.within, at)


def forgive(tries: list[SignInAttempt]) -> None:
    """Take tries back that turned out well, or that failed through no fault of the person."""
    SignInAttempt.objects.filter(pk__in=[each.pk for each in tries]).delete()


def forget(key: str, kind: str) -> None:
    """Forget all tries of a key: it has proven itself."""
    SignInAttempt.objects.filter(key_hash=lookup_hash(key), kind=kind).delete()
