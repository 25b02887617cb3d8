"""The terms of what was talked over on the spot, and of the sweep's own diary."""

from datetime import datetime

import pgtrigger
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain.keeping import Term, register_term
from governance.models.erasures import GONE
from issues.models import IssueState, Mediation, SweepRun

TALKS = Term(
    "talk",
    _("Quarrels talked over: who was there and what was agreed"),
    _("after the talk, if the matter isn't in hand any more"),
    years=3,
    stays=_("That there was a talk, when, and whether it came to something, stays."),
)
SWEEPS = Term("sweep", _("When the portal looked for what is due: no names"), _("after it looked"), days=14)


def register() -> None:
    register_term(TALKS, _let_talks_go)
    register_term(SWEEPS, _let_sweeps_go)


def old_talks(at: datetime) -> QuerySet[Mediation]:
    old = Mediation.objects.filter(mediated_at__lt=TALKS.before(at), forgotten_at=None)
    return old.exclude(issue__state=IssueState.OPEN).order_by("mediated_at")


def old_sweeps(at: datetime) -> QuerySet[SweepRun]:
    return SweepRun.objects.filter(started_at__lt=SWEEPS.before(at)).order_by("started_at")


def _let_talks_go(at: datetime, limit: int) -> int:
    """That there was a talk, when, and whether it was agreed, stays."""
    with transaction.atomic():
        rows = old_talks(at).select_for_update(skip_locked=True, of=("self",))
        some = list(rows.values_list("pk", flat=True)[:limit])
        with pgtrigger.ignore("issues.Mediation:append_only"):
            Mediation.objects.filter(pk__in=some).update(parties=GONE, agreement=GONE, forgotten_at=at)
    return len(some)


def _let_sweeps_go(at: datetime, limit: int) -> int:
    some = list(old_sweeps(at).values_list("pk", flat=True)[:limit])
    return SweepRun.objects.filter(pk__in=some).delete()[0] if some else 0
