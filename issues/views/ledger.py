"""The public ledger of an estate, and the list in which everybody finds theirs. Nobody has to sign in."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from governance import wording
from governance.domain.moment import local_day
from governance.domain.plain_words import plain
from governance.models import Estate
from governance.requests import PortalRequest
from issues.deliberation.models.topics import deliberated_at
from issues.ledger import DONE_STATES, Entry, Promise, buildings_told, entries, estates_told, listed, summary
from issues.models import ClockKind, IssueState

A_PAGE = 20
TOPICS_SHOWN = 5
SHOWN: dict[str, tuple[str | Lazy, Q]] = {
    "": (pgettext_lazy("ledger", "All"), Q()),
    "open": (pgettext_lazy("ledger", "Under way"), Q(state=IssueState.OPEN)),
    "done": (pgettext_lazy("ledger", "Finished"), Q(state__in=DONE_STATES)),
}
PROMISED: dict[str, str | Lazy] = {
    ClockKind.ARRIVE: pgettext_lazy("ledger: promised", "Somebody on site within %(target)s"),
    ClockKind.RESOLVE: pgettext_lazy("ledger: promised", "Put right within %(target)s"),
    ClockKind.PLAN: pgettext_lazy("ledger: promised", "A plan within %(target)s"),
    ClockKind.ANSWER: pgettext_lazy("ledger: promised", "An answer within %(target)s"),
}


class Told(NamedTuple):
    """A promise as it stands in a row: what was promised, what became of it, and how that looks."""

    promised: str
    became: str
    look: str


class Line(NamedTuple):
    entry: Entry
    promises: list[Told]


@require_safe
def estates(request: PortalRequest) -> HttpResponse:
    """Every estate with its ledger; the words looked for are in the name, the address or the community."""
    words = plain(request.GET.get("q", ""))[:60].strip()
    page = Paginator(estates_told(words), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "issues/estates.html", {"page": page, "words": words})


@require_safe
def ledger(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """What was reported in one estate, the newest first. A building in which too few live can't be asked for."""
    estate = get_object_or_404(Estate.objects.select_related("community"), public_id=public_id)
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else ""
    told = buildings_told(estate)
    building = next((each for each in told if each.name == request.GET.get("building")), None)
    rows = listed(estate).filter(SHOWN[shown][1])
    if building:
        rows = rows.filter(building=building)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "estate": estate,
        "summary": summary(estate, request.now),
        "page": page,
        "lines": [
            Line(each, [_told(promise, local_day(request.now)) for promise in each.promises])
            for each in entries(page.object_list, told, request.now)  # type: ignore[arg-type]
        ],
        "tabs": [(key, label) for key, (label, _rows) in SHOWN.items()],
        "shown": shown,
        "buildings": told,
        "building": building,
        "topics": deliberated_at(estate)[:TOPICS_SHOWN],
    }
    return render(request, "issues/ledger.html", context)


def _told(promise: Promise, today: date) -> Told:
    if promise.by:
        promised = pgettext("ledger: promised", "Put right by %(day)s") % {"day": wording.day(promise.by, today)}
    else:
        promised = str(PROMISED[promise.kind]) % {"target": promise.target}
    if promise.took is None:
        late = promise.late_by
        became = _overdue(late) if late else _("the time is still running")
        return Told(promised, became, "overdue" if late else "")
    took = pgettext("ledger", "took %(span)s") % {"span": wording.span(promise.took)}
    return Told(promised, took, "done" if promise.is_kept else "overdue")


def _overdue(late: timedelta) -> str:
    return pgettext("clock", "Overdue by %(span)s") % {"span": wording.span(late)}
