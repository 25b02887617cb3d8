"""The grid worker's phone: today's list, one matter, what was found, filing for somebody; and photos of the patrol."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.refusals import FactMissing
from governance.models import Body, BodyKind, Building
from governance.presses import known_to_take_presses
from governance.requests import PortalRequest
from issues import outdoors
from issues.domain import findings, mediation, verification
from issues.domain.telling import walker
from issues.forms import outdoors as forms
from issues.models import Issue, IssuePhoto, IssueState, OrderPhoto, WorkOrder
from issues.views.queue import desk_context
from residents.domain import on_behalf
from residents.domain.petitions import ask_who_has_it
from residents.due_words import next_step
from residents.models import Petition, PetitionPhoto
from residents.views.photos import serve_jpeg

STEP_FORMS: dict[str, type[forms.OutdoorsForm]] = {
    "verify": forms.VerifyForm,
    "not_fixed": forms.NotFixedForm,
    "mediate": forms.TalkForm,
}
DONE_WORDS = {
    "verify": _("Written down: it is put right. The residents concerned can read it."),
    "not_fixed": _("Written down: it is handled again, with a new order."),
    "mediate": _("Your talk is on record."),
}
# Under this key the session keeps the number of the petition that was written down last: nothing else leads back to it.
WRITTEN_DOWN = "written_down"
NUMBER_LEFT_OUT = _(
    "It isn't certain that this number is theirs, so it was left out: no message goes there. Check it with them, and"
    " write the receipt number down for them."
)
QUARREL = "dispute"


def require_outdoors(request: PortalRequest) -> None:
    """These pages exist only for those who walk a grid unit or a building."""
    if not request.user.scope(request.now).works_outdoors:
        raise Http404


@require_safe
@login_required
def today(request: PortalRequest) -> HttpResponse:
    """The whole list in short; `?show=` one section of it, page by page."""
    require_outdoors(request)
    key = request.GET.get("show", "")
    if key in outdoors.SECTIONS:
        page = outdoors.section_of(key, request.GET.get("page", ""), request.user, request.now)
        section = outdoors.Section(key, list(page), page.paginator.count)
        context = {"page": page, "section": section, **desk_context(request)}
        return render(request, "issues/outdoors_section.html", context)
    context = {"today": outdoors.today_of(request.user, request.now), **desk_context(request)}
    return render(request, "issues/outdoors.html", context)


# --- one matter ---


@require_safe
@login_required
def matter(request: PortalRequest, public_id: UUID) -> HttpResponse:
    require_outdoors(request)
    return _page(request, _issue(request, public_id))


@known_to_take_presses
@login_required
def step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Look, or talk it over. An unknown verb is as missing as an unknown matter; following a link does nothing."""
    if verb not in STEP_FORMS:
        raise Http404
    require_outdoors(request)
    issue = _issue(request, public_id)
    if request.method != "POST":
        response = render(
            request, "issues/outdoors_post_only.html", {"issue": issue, **desk_context(request)}, status=405
        )
        response["Allow"] = "POST"
        return response
    form = _form(verb, request, issue, request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, issue, form, status=400)
    try:
        _take(verb, issue, request, form)
    except FactMissing as missing:
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _page(request, issue, form, status=missing.status)
    messages.success(request, DONE_WORDS[verb])
    return redirect("outdoors")


def _take(verb: str, issue: Issue, request: PortalRequest, form: forms.OutdoorsForm) -> None:
    if isinstance(form, forms.TalkForm):
        mediation.mediate(issue, form.talk(), actor=request.user, at=request.now)
        return
    look = verification.verify if verb == "verify" else verification.not_fixed
    look(issue, actor=request.user, at=request.now, **form.facts())


def _form(verb: str, request: PortalRequest, issue: Issue, *sent: Any) -> forms.OutdoorsForm:
    options: dict[str, Any] = {"now": request.now}
    if verb == "mediate":
        options["may_settle"] = issue.state == IssueState.OPEN
    else:
        options["initial"] = {"qr_token": request.GET.get("b", "")[:12]}
    return STEP_FORMS[verb](*sent, **options)


def _issue(request: PortalRequest, public_id: UUID) -> Issue:
    return get_object_or_404(outdoors.matters(request.user, request.now), public_id=public_id)


def _page(
    request: PortalRequest, issue: Issue, bound: forms.OutdoorsForm | None = None, status: int = 200
) -> HttpResponse:
    """The matter's page; with `bound`, the form that was sent, its errors on top and its input kept."""
    shown = outdoors.matter_of(issue, request.user, request.now)
    opened = bound.prefix_of_ids if bound else request.GET.get("do", "")
    offered = list(shown.offered)
    if bound and bound.prefix_of_ids not in offered:
        # What was typed is shown again, even where somebody has moved the matter on meanwhile.
        offered.append(bound.prefix_of_ids)
    steps = [
        {
            "verb": verb,
            "form": bound if bound and verb == bound.prefix_of_ids else _form(verb, request, issue),
            "is_open": verb == opened,
            "url": reverse("outdoors_step", args=[issue.public_id, verb]),
        }
        for verb in offered
    ]
    context = {
        "matter": shown,
        "issue": issue,
        "steps": steps,
        "bound": bound,
        "form_errors": bool(bound and bound.errors),
        **desk_context(request),
    }
    return render(request, "issues/outdoors_matter.html", context, status=status)


# --- what was found ---


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def find(request: PortalRequest) -> HttpResponse:
    """What a patrol found; with `?talk=1` a quarrel that was talked over on the spot, in one go."""
    require_outdoors(request)
    with_talk = "talk" in request.GET or "talk" in request.POST
    buildings = outdoors.buildings_walked(request.user, request.now)
    options: dict[str, Any] = {"now": request.now, "buildings": buildings}
    if request.method != "POST" or "suggest" in request.POST:
        initial = _typed(request) or _preset(request, buildings) | ({"category": QUARREL} if with_talk else {})
        form = forms.FindForm(initial=initial, **options)
        talk = forms.TalkForm(initial=_typed(request), now=request.now) if with_talk else None
        return _find_page(request, form, talk)
    form = forms.FindForm(request.POST, request.FILES, **options)
    talk = forms.TalkForm(request.POST, now=request.now) if with_talk else None
    if not form.is_valid() or not (talk is None or talk.is_valid()):
        return _find_page(request, form, talk, status=400)
    try:
        issue = findings.report(
            form.finding(),
            actor=request.user,
            at=request.now,
            photos=form.cleaned_data["photos"],
            put_right=form.done(),
            talk=talk.talk() if talk else None,
        )
    except FactMissing as missing:
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _find_page(request, form, talk, status=missing.status)
    if not outdoors.matters(request.user, request.now).filter(pk=issue.pk).exists():
        # A quarrel where the person lives: reported, and from now on others'.
        messages.success(request, gettext("Reported. The grid worker and the community look after it."))
        return redirect("outdoors")
    messages.success(request, _what_became_of(issue))
    return redirect("outdoors_matter", issue.public_id)


def _typed(request: PortalRequest) -> dict[str, Any]:
    """What was typed so far, where only the kind of matter is asked for: nothing is checked yet."""
    return {name: str(value).replace("\x00", "") for name, value in request.POST.items()}


def _what_became_of(issue: Issue) -> str:
    if issue.state == IssueState.OPEN:
        return gettext("Reported. Whoever is responsible is being called; it stands on your list.")
    return gettext("Written down, and closed: nothing more is to be done.")


def _preset(request: PortalRequest, buildings: list[Building]) -> dict[str, Any]:
    """The building whose code was scanned, or the only one there is."""
    scanned = request.GET.get("b", "").upper()
    here = next((row for row in buildings if row.qr_token == scanned), None)
    if here is None and len(buildings) == 1:
        here = buildings[0]
    return {"building": here} if here else {}


def _find_page(
    request: PortalRequest, form: forms.FindForm, talk: forms.TalkForm | None, *, status: int = 200
) -> HttpResponse:
    errors = [*form.sentences(), *(talk.sentences() if talk else [])]
    context = {"form": form, "talk": talk, "errors": errors, "form_errors": bool(errors)}
    return render(request, "issues/outdoors_find.html", context | _matter_context(request, form), status=status)


def _matter_context(request: PortalRequest, form: forms.MatterForm) -> dict[str, Any]:
    """What both pages that open a matter show: the kinds that the words may mean, and whom to phone instead."""
    if "suggest" in request.POST:
        form.suggest(request.POST.get("words", ""))
    streets = {row.estate.community.subdistrict_id for row in form.buildings}
    street = Body.objects.filter(kind=BodyKind.STREET_OFFICE, subdistrict__in=streets).order_by("id").first()
    return {"was_asked": "suggest" in request.POST, "street": street, **desk_context(request)}


# --- filing for somebody ---


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def file_for(request: PortalRequest) -> HttpResponse:
    """One page: whose, how told, what, where. `?done=1` shows the number to read out, of the last one only."""
    require_outdoors(request)
    if "done" in request.GET:
        return _written_down(request)
    buildings = outdoors.buildings_walked(request.user, request.now)
    if request.method != "POST" or "suggest" in request.POST:
        request.session.pop(WRITTEN_DOWN, None)
        initial = _typed(request) or _preset(request, buildings)
        return _file_page(request, forms.FileForForm(now=request.now, buildings=buildings, initial=initial))
    form = forms.FileForForm(request.POST, request.FILES, now=request.now, buildings=buildings)
    if not form.is_valid():
        return _file_page(request, form, status=400)
    told = form.told()
    place = Issue(building=told.building, community=told.building.estate.community)
    try:
        petition = on_behalf.file_for(
            told,
            actor=request.user,
            teller=walker(request.user, place),
            at=request.now,
            photos=form.cleaned_data["photos"],
        )
    except FactMissing as missing:
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _file_page(request, form, status=missing.status)
    if told.phone and not (petition.petitioner and petition.petitioner.phone_hash):
        messages.warning(request, NUMBER_LEFT_OUT)
    request.session[WRITTEN_DOWN] = petition.receipt_no
    return redirect(f"{reverse('outdoors_file')}?done=1")


def _file_page(request: PortalRequest, form: forms.FileForForm, *, status: int = 200) -> HttpResponse:
    errors = form.sentences()
    context = {"form": form, "errors": errors, "form_errors": bool(errors)}
    return render(request, "issues/outdoors_file.html", context | _matter_context(request, form), status=status)


def _written_down(request: PortalRequest) -> HttpResponse:
    """The receipt number, once. Whoever wrote it down has no other way back to it: it is the person's own."""
    mine = Petition.objects.filter(filed_by=request.user).for_page()
    petition = mine.filter(receipt_no=request.session.get(WRITTEN_DOWN, "")).first()
    if petition is None:
        return redirect("outdoors_file")
    if ask_who_has_it(petition, at=request.now):
        petition = mine.get(pk=petition.pk)
    context = {
        "petition": petition,
        "next_step": next_step(petition.next_kind) if petition.next_kind else "",
        "has_phone": bool(petition.petitioner and petition.petitioner.phone_hash),
        **desk_context(request),
    }
    return render(request, "issues/outdoors_filed.html", context)


# --- at the building ---


def at_building(request: PortalRequest, building: Building) -> HttpResponse:
    """What the code on a building leads to, for whoever walks it: what to check here, what is open, what to report."""
    context = {
        "building": building,
        "sections": outdoors.at_building(building, request.user, request.now),
        **desk_context(request),
    }
    return render(request, "issues/outdoors_building.html", context)


@require_safe
@login_required
def issue_photo(request: PortalRequest, public_id: UUID) -> FileResponse:
    """A photo of a matter in sight: what was found or checked, what the resident sent, what the staff show.

    Whoever has an order for it sees what the patrol took, too. Anything else is as missing as what never was.
    """
    in_sight = Issue.objects.visible_to(request.user, request.now)
    orders = WorkOrder.objects.visible_to(request.user, request.now)
    photo = (
        IssuePhoto.objects.filter(Q(issue__in=in_sight) | Q(issue__orders__in=orders), public_id=public_id).first()
        or OrderPhoto.objects.filter(public_id=public_id, work_order__issue__in=in_sight).first()
        or PetitionPhoto.objects.filter(
            Q(petition__links__undone_at=None, petition__links__issue__in=in_sight), public_id=public_id
        ).first()
    )
    if photo is None:
        raise Http404
    return serve_jpeg(photo)
