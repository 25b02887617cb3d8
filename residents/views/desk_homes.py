"""Claims of homes at the community desk: what waits, who claims, who else has to do with the door, and the decision.

Found by estate and door, never by a person's name. Numbers are masked until somebody asks for one, which is on record.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.desk_bar import who_works_here
from governance.domain.phones import readable
from governance.domain.plain_words import plain
from governance.domain.refusals import FactMissing
from governance.models import Estate, Role
from governance.presses import takes_presses
from governance.requests import PortalRequest
from residents import desk_history
from residents.domain import occupancy as domain
from residents.forms.desk_homes import FORMS, DecisionForm, name_of
from residents.models import Occupancy, OccupancyState
from residents.models.occupancy import STANDING, OccupancyQuerySet

A_PAGE = 20
# The tabs: what the address calls them, and which states are in them.
TABS = {
    "claimed": (pgettext_lazy("claims of homes", "Waiting"), (OccupancyState.CLAIMED,)),
    "disputed": (pgettext_lazy("claims of homes", "Disputed"), (OccupancyState.DISPUTED,)),
    "verified": (pgettext_lazy("claims of homes", "Confirmed"), (OccupancyState.VERIFIED,)),
    "closed": (
        pgettext_lazy("claims of homes", "Not confirmed, ended"),
        (OccupancyState.DECLINED, OccupancyState.ENDED),
    ),
}
# What may be done from which state, in the order of the page.
OFFERED = {
    OccupancyState.CLAIMED: ("verify", "decline", "dispute", "end"),
    OccupancyState.VERIFIED: ("dispute", "end"),
    OccupancyState.DISPUTED: ("settle",),
}
LABELS = {
    "verify": (gettext_lazy("Confirm this home"), gettext_lazy("Confirm it")),
    "decline": (gettext_lazy("Don't confirm it"), gettext_lazy("Don't confirm it")),
    "dispute": (gettext_lazy("Somebody says otherwise"), gettext_lazy("Mark as disputed")),
    "settle": (gettext_lazy("Settle the dispute"), gettext_lazy("Settle it this way")),
    "end": (gettext_lazy("Has moved out"), gettext_lazy("End this home")),
}
DONE_WORDS = {
    "verify": gettext_lazy("Confirmed. The person has been told."),
    "decline": gettext_lazy("Not confirmed. The person has been told, with the reason."),
    "dispute": gettext_lazy("Disputed until it is settled. Everybody concerned has been told."),
    "settle": gettext_lazy("Settled. The person has been told."),
    "end": gettext_lazy("Ended. The person has been told."),
}


class Asked(NamedTuple):
    """What the address of the list asks for. What it can't be read as, isn't asked for."""

    tab: str
    estate: str
    number: str

    @classmethod
    def read(cls, request: PortalRequest) -> "Asked":
        tab = request.GET.get("show", "")
        typed = unicodedata.normalize("NFKC", plain(request.GET.get("number", ""))[:20])
        number = re.sub(r"(室|号)$", "", "".join(typed.split()))
        return cls(tab if tab in TABS else "", plain(request.GET.get("estate", ""))[:60], number)

    def at_place(self, homes: OccupancyQuerySet) -> OccupancyQuerySet:
        if self.estate:
            homes = homes.filter(unit__building__estate__name=self.estate)
        return homes.filter(unit__number__istartswith=self.number) if self.number else homes

    @property
    def states(self) -> tuple[str, ...]:
        return TABS[self.tab][1] if self.tab else STANDING


# --- the list ---


@never_cache
@require_safe
@login_required
def desk_homes(request: PortalRequest) -> HttpResponse:
    """Claims first, the longest waiting on top; then what is disputed; then what is confirmed."""
    _only_at_the_desk(request)
    asked = Asked.read(request)
    here = asked.at_place(_homes(request))
    rows = here.filter(state__in=asked.states).waiting_first().annotate(others=_others_of_the_unit())
    page = Paginator(rows.select_related("user", "unit__building__estate"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "asked": asked,
        "tab": asked.tab,
        "tabs": _tabs(here),
        "estates": _estate_names(request),
        "page": page,
        "is_filtered": any(asked),
        **_who_works_here(request),
    }
    return render(request, "residents/desk_homes.html", context)


def _others_of_the_unit() -> Coalesce:
    """How many other people say to live there, or are known to."""
    same_unit = Occupancy.objects.standing().filter(unit=OuterRef("unit")).exclude(pk=OuterRef("pk")).order_by()
    counted = same_unit.values("unit").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _tabs(here: QuerySet[Occupancy]) -> list[dict[str, object]]:
    counted = here.aggregate(**{key: Count("pk", filter=Q(state__in=states)) for key, (_label, states) in TABS.items()})
    return [{"key": key, "label": label, "count": counted[key]} for key, (label, _states) in TABS.items()]


def _estate_names(request: PortalRequest) -> list[str]:
    estates = Estate.objects.filter(community__in=request.user.scope(request.now).communities)
    return list(estates.order_by("name").values_list("name", flat=True).distinct())


# --- one home ---


@never_cache
@require_safe
@login_required
def desk_home(request: PortalRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _home(request, public_id))


@login_required
@takes_presses
def desk_home_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Decide, or look at the number. An unknown verb is as missing as an unknown home."""
    home = _home(request, public_id)
    if verb == "number":
        domain.record_number_shown(home, actor=request.user, at=request.now)
        return _page(request, home, is_revealed=True)
    if verb not in FORMS:
        raise Http404
    form = FORMS[verb](request.POST, home=home, others=_others(home))
    if not form.is_valid():
        return _page(request, home, form, status=400)
    try:
        _take(verb, home, request, form.facts())
    except domain.AlreadyDecided:
        return _decided_meanwhile(request, public_id, form)
    except FactMissing as missing:
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _page(request, home, form, status=missing.status)
    messages.success(request, DONE_WORDS[verb])
    return redirect("desk_home", home.public_id)


def _take(verb: str, home: Occupancy, request: PortalRequest, facts: dict[str, Any]) -> None:
    verbs: dict[str, Callable[..., None]] = {
        "verify": domain.verify,
        "decline": domain.decline,
        "dispute": domain.dispute,
        "settle": domain.settle,
        "end": domain.end,
    }
    verbs[verb](home, actor=request.user, at=request.now, **facts)


def _decided_meanwhile(request: PortalRequest, public_id: UUID, form: DecisionForm) -> HttpResponse:
    """Somebody was faster: who and what, and the words that were typed for nothing. Pressed twice, it is ours."""
    fresh = _home(request, public_id)
    if fresh.decided_by == request.user and not fresh.ended_at:
        return redirect("desk_home", public_id)
    return _page(request, fresh, typed=form.cleaned_data["words"], is_late=True, status=409)


def _page(
    request: PortalRequest,
    home: Occupancy,
    bound: DecisionForm | None = None,
    *,
    is_revealed: bool = False,
    is_late: bool = False,
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    others = _others(home)
    is_own = request.user.pk in {home.user_id, *(other.user_id for other in others)}
    history = desk_history.lines(home)
    context = {
        "home": home,
        "name": name_of(home.user),
        "number": readable(home.user.phone) if is_revealed and home.user.phone else home.user.masked_phone,
        "is_revealed": is_revealed and bool(home.user.phone),
        "others": [{"tie": each, "name": name_of(each.user)} for each in others],
        "is_own": is_own,
        "steps": [] if is_own else _steps(home, others, bound),
        "bound": bound,
        "form_errors": bound is not None and bound.errors,
        "history": history,
        "meanwhile": history[0] if is_late and history else None,
        "typed_words": [typed] if typed else [],
        **_who_works_here(request),
    }
    return render(request, "residents/desk_home.html", context, status=status)


def _steps(home: Occupancy, others: list[Occupancy], bound: DecisionForm | None) -> list[dict[str, object]]:
    verbs = OFFERED.get(OccupancyState(home.state), ())
    if bound is not None and bound.verb not in verbs:
        # What was typed is shown again, even where somebody has decided meanwhile.
        verbs = (bound.verb, *verbs)
    opened = bound.verb if bound is not None else ""
    return [
        {
            "verb": verb,
            "label": LABELS[verb][0],
            "press": LABELS[verb][1],
            "form": bound if bound is not None and verb == opened else FORMS[verb](home=home, others=others),
            "is_main": verb in ("verify", "settle"),
            "is_open": verb == opened or (not opened and verb in ("verify", "settle")),
        }
        for verb in verbs
    ]


# --- whose desk it is ---


def _only_at_the_desk(request: PortalRequest) -> None:
    if not request.user.scope(request.now).works_at_desk:
        raise Http404


def _homes(request: PortalRequest) -> OccupancyQuerySet:
    return Occupancy.objects.visible_to_desk(request.user, request.now)


def _home(request: PortalRequest, public_id: UUID) -> Occupancy:
    _only_at_the_desk(request)
    rows = _homes(request).select_related("user", "decided_by", "unit__building__estate__community")
    return get_object_or_404(rows, public_id=public_id)


def _others(home: Occupancy) -> list[Occupancy]:
    """Who else has a standing tie to the unit, confirmed ones first."""
    rows = Occupancy.objects.of_unit(home).standing().select_related("user", "decided_by")
    return list(rows.order_by(F("state").desc(), "claimed_at", "pk"))


def _who_works_here(request: PortalRequest) -> dict[str, str]:
    return who_works_here(request.user, request.now, [Role.COMMUNITY_STAFF])
