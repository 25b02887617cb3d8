"""What an office brought along from before: the list, one petition, and saying where it is and what.

For the street's officers and administrators all of their street's; for a community what was given to it.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.domain.moment import local_day
from governance.domain.refusals import FactMissing, NotInCharge, Refusal
from governance.models import Category, Community, Estate
from governance.navigation import keeps_imports
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.domain import intake
from issues.forms.imported import GiveForm, PlaceForm
from issues.models import IssuePetition
from issues.views.queue import desk_context
from residents.domain import importing
from residents.models import Petition, PetitionImport, PetitionStage, PetitionUpdate
from residents.models.petitions import PetitionQuerySet

A_PAGE = 30
WAITING, ANSWERED, PLACED = "waiting", "answered", "placed"
TABS = {
    WAITING: (gettext_lazy("Waiting for a place"), Q(state=PetitionStage.FILED, estate=None)),
    ANSWERED: (gettext_lazy("Answered"), Q(state=PetitionStage.CLOSED, estate=None)),
    PLACED: (gettext_lazy("Taken up here"), Q(estate__isnull=False)),
}
NOT_GIVEN = "none"


# --- the list ---


@never_cache
@require_safe
@login_required
def imported_list(request: PortalRequest) -> HttpResponse:
    here = _at_the_desk(request)
    tab = request.GET.get("show", "")
    tab = tab if tab in TABS else WAITING
    communities = _communities(request)
    asked = request.GET.get("community", "")
    chosen = _chosen(asked, communities)
    rows = here.filter(TABS[tab][1], chosen).order_by("-filed_at", "-pk")
    reply = PetitionUpdate.objects.filter(petition=OuterRef("pk"), kind="reply").order_by("at", "pk")
    rows = rows.select_related("imported", "community", "estate", "category").annotate(
        reply=Subquery(reply.values("words")[:1])
    )
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "tab": tab,
        "tabs": _tabs(here.filter(chosen)),
        "communities": communities,
        "community": asked if chosen else "",
        "is_filtered": bool(chosen),
        "is_the_streets": _is_the_streets(request),
        "last_run": _last_run(request) if _is_the_streets(request) else None,
        "work_page": "desk_imported",
        **desk_context(request),
    }
    return render(request, "issues/imported.html", context)


def _last_run(request: PortalRequest) -> PetitionImport | None:
    """The latest import for the person's street, ended or broken off."""
    scope = request.user.scope(request.now)
    runs = (
        PetitionImport.objects.all()
        if scope.is_administrator
        else PetitionImport.objects.filter(subdistrict__in=scope.subdistricts)
    )
    return runs.order_by("-started_at", "-pk").first()


def _tabs(here: PetitionQuerySet) -> list[dict[str, Any]]:
    counted = here.aggregate(**{key: Count("pk", filter=which) for key, (_label, which) in TABS.items()})
    return [{"key": key, "label": label, "count": counted[key]} for key, (label, _which) in TABS.items()]


def _chosen(asked: str, communities: list[Community]) -> Q:
    """Those of one community, or those that were given to none; a community that isn't offered chooses nothing."""
    if asked == NOT_GIVEN:
        return Q(community=None)
    known = {str(community.pk) for community in communities}
    return Q(community=int(asked)) if asked in known else Q()


# --- one of them ---


@never_cache
@require_safe
@login_required
def imported_petition(request: PortalRequest, receipt_no: str) -> HttpResponse:
    return _page(request, _petition(request, receipt_no))


@login_required
@takes_presses
def imported_step(request: PortalRequest, receipt_no: str, verb: str) -> HttpResponse:
    """Give it a place, give it to a community, or give it back to the street."""
    petition = _petition(request, receipt_no)
    if verb not in STEPS:
        raise Http404
    form = STEPS[verb][0](request, petition)
    if form is not None and not form.is_valid():
        return _page(request, petition, form, status=400)
    try:
        said = STEPS[verb][1](request, petition, form)
    except FactMissing as missing:
        if form is None:
            messages.warning(request, str(missing.sentence))
            return redirect("desk_imported")
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _page(request, petition, form, status=missing.status)
    except NotInCharge as refusal:
        messages.warning(request, str(refusal.sentence))
        return _page(request, petition, form, status=refusal.status)
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
        return redirect("desk_imported")
    messages.success(request, said)
    return redirect("desk_imported")


def _place(request: PortalRequest, petition: Petition, form: Any) -> str:
    intake.place_imported(petition, **form.place(), actor=request.user, at=request.now)
    return gettext("“%(subject)s” is a matter now, without deadlines.") % {"subject": petition.subject_words}


def _give(request: PortalRequest, petition: Petition, form: Any) -> str:
    community = form.chosen()
    importing.give_to(petition, community, actor=request.user, at=request.now)
    return gettext("“%(subject)s” lies at the desk of %(community)s now.") % {
        "subject": petition.subject_words,
        "community": community.name,
    }


def _give_back(request: PortalRequest, petition: Petition, _form: Any) -> str:
    importing.give_to(petition, None, actor=request.user, at=request.now)
    return gettext("“%(subject)s” lies at the street's desk again.") % {"subject": petition.subject_words}


def _place_form(request: PortalRequest, petition: Petition, *, is_bound: bool = True) -> PlaceForm:
    categories = list(Category.objects.offered())
    return PlaceForm(request.POST if is_bound else None, estates=_estates(request, petition), categories=categories)


def _give_form(request: PortalRequest, petition: Petition, *, is_bound: bool = True) -> GiveForm:
    communities = [each for each in _communities(request) if each.subdistrict_id == petition.subdistrict_id]
    return GiveForm(request.POST if is_bound else None, communities=communities)


STEPS: dict[str, tuple[Any, Any]] = {
    "place": (_place_form, _place),
    "give": (_give_form, _give),
    "give_back": (lambda request, petition: None, _give_back),
}


def _page(
    request: PortalRequest, petition: Petition, bound: PlaceForm | GiveForm | None = None, *, status: int = 200
) -> HttpResponse:
    waits, is_the_streets = petition.awaits_a_place, _is_the_streets(request)
    link = IssuePetition.objects.filter(petition=petition, undone_at=None).select_related("issue").first()
    scope = request.user.scope(request.now)
    context = {
        "petition": petition,
        "replies": petition.updates.filter(kind="reply").order_by("at", "pk"),
        "waits": waits,
        "matter": link.issue if link and link.issue.community_id in scope.communities else None,
        "is_the_streets": is_the_streets,
        "bound": bound,
        "form_errors": bound is not None and bool(bound.errors),
        "work_page": "desk_imported",
        **desk_context(request),
    }
    if waits:
        is_placing = isinstance(bound, PlaceForm)
        context["place_form"] = bound if is_placing else _place_form(request, petition, is_bound=False)
        is_giving = isinstance(bound, GiveForm)
        context["give_form"] = bound if is_giving else _give_form(request, petition, is_bound=False)
    return render(request, "issues/imported_petition.html", context, status=status)


# --- whose desk it is ---


def _at_the_desk(request: PortalRequest) -> PetitionQuerySet:
    if not keeps_imports(request.user.scope(request.now)):
        raise Http404
    return Petition.objects.at_the_desk_of(request.user, request.now)


def _petition(request: PortalRequest, receipt_no: str) -> Petition:
    rows = _at_the_desk(request).select_related("imported", "community", "estate", "building", "category")
    return get_object_or_404(rows, receipt_no=receipt_no.replace("\x00", ""))


def _is_the_streets(request: PortalRequest) -> bool:
    return request.user.scope(request.now).runs_console


def _communities(request: PortalRequest) -> list[Community]:
    scope = request.user.scope(request.now)
    rows = Community.objects.standing_on(local_day(request.now)).order_by("name")
    if not scope.is_administrator:
        rows = rows.filter(Q(subdistrict__in=scope.subdistricts) | Q(pk__in=scope.communities))
    return list(rows)


def _estates(request: PortalRequest, petition: Petition) -> list[Estate]:
    """Where the person may say it is: in their street, or in their communities."""
    scope = request.user.scope(request.now)
    rows = Estate.objects.filter(community__subdistrict=petition.subdistrict_id).select_related("community")
    if not (scope.is_administrator or petition.subdistrict_id in scope.subdistricts):
        rows = rows.filter(community__in=scope.communities)
    elif petition.community_id:
        # Those of the community it was given to come first.
        return sorted(rows.order_by("name"), key=lambda estate: estate.community_id != petition.community_id)
    return list(rows.order_by("name"))
