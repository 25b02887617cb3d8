"""Filing a petition in five steps: each a page that works without script, each answer kept at once."""

import json
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.core import signing
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.images import MAX_PHOTO_BYTES
from governance.domain.plain_words import plain
from governance.models import Building, Category, Estate
from governance.models.roles import role_and_surname, surname_for_reader
from governance.templatetags.words import own_words
from residents.domain import drafts
from residents.domain.finding import find_categories
from residents.domain.petitions import NotReady, ask_who_has_it, file_own, file_petition, what_is_missing
from residents.due_words import next_step
from residents.forms.filing import EstateForm, PlaceForm, WordsForm, described
from residents.models import NameVisibility, Petition, PetitionDraft, PetitionPhoto
from residents.models.petitions import MAX_PHOTOS
from residents.promise import promise_for

STEPS: dict[str, str | Promise] = {
    "photo": pgettext_lazy("filing step", "photos"),
    "category": pgettext_lazy("filing step", "what it is"),
    "place": pgettext_lazy("filing step", "where"),
    "words": pgettext_lazy("filing step", "in your words"),
    "check": pgettext_lazy("filing step", "check"),
}
# Six photos and the words around them.
MAX_BODY_BYTES = MAX_PHOTOS * MAX_PHOTO_BYTES + 4 * 1024 * 1024
# A browser shows our page only after it has sent all it has; so much of a body that is refused is read and dropped.
DRAINED_BYTES = 4 * MAX_BODY_BYTES
ESTATES_SHOWN = 30
OTHER = "other"


class Unreadable(NamedTuple):
    """Why the body of a request can't be read, in a sentence."""

    sentence: str


# --- beginning ---


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def petition_new(request) -> HttpResponse:
    """Begin, or offer to go on with what was begun before. POST begins anew."""
    begun = drafts.draft_to_continue(request.user)
    if request.method != "POST" and begun:
        return render(request, "residents/filing/new.html", {"draft": begun, "step": _first_open_step(begun)})
    draft = drafts.start_draft(request.user, at=request.now)
    return redirect("petition_step", draft.token, "photo")


@login_required
@require_safe
def building_card(request, qr_token: str) -> HttpResponse:
    """The QR on a building's card: begin a petition about this building."""
    building = get_object_or_404(Building.objects.select_related("estate"), qr_token=qr_token.upper())
    draft = drafts.start_draft(request.user, at=request.now, building=building)
    return redirect("petition_step", draft.token, "photo")


def _first_open_step(draft: PetitionDraft) -> str:
    """The first step that still misses something; the check if none does."""
    problems = what_is_missing(draft)
    return next((step for step, field in _STEP_OF_PROBLEM if field in problems), "check")


_STEP_OF_PROBLEM = (
    ("category", "category"),
    ("place", "place"),
    ("words", "words"),
    ("words", "name_visibility"),
)


# --- the steps ---


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def petition_step(request, token: UUID, step: str) -> HttpResponse:
    """One step of one draft. Exempt from the CSRF check only until the body is known to be readable.

    The check reads the body, and a body that is too large would be refused there, with no word of ours.
    """
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if step not in STEPS:
        raise Http404
    unreadable = _refuse_body(request)
    if unreadable:
        _own_draft(request, token)
        messages.warning(request, unreadable.sentence)
        return redirect("petition_step", token, step)
    response = csrf_protect(_petition_step)(request, token, step)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _petition_step(request, token: UUID, step: str) -> HttpResponse:
    try:
        if step == "check" and request.method == "POST":
            return _submit(request, token)
        draft = _own_draft(request, token)
        if draft.filed_as:
            return redirect("petition_filed", draft.filed_as)
        return _VIEWS[step](request, draft)
    except drafts.DraftFiled as filed:
        return redirect("petition_filed", filed.petition.receipt_no)


def _own_draft(request, token):
    """The person's draft, with the number under which it was filed, if it was, and its photos' ids: one query."""
    filed = Petition.objects.filter(draft_token=OuterRef("token")).values("receipt_no")
    photos = PetitionPhoto.objects.filter(draft=OuterRef("pk")).order_by("position").values("public_id")
    own = PetitionDraft.objects.filter(user=request.user).select_related("category", "estate__community", "building")
    return get_object_or_404(own.annotate(filed_as=Subquery(filed), photo_ids=ArraySubquery(photos)), token=token)


def _refuse_body(request) -> Unreadable | None:
    """Read the form, or say why it can't be read."""
    if request.method != "POST":
        return None
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY_BYTES:
        _drain(request)
        return Unreadable(gettext("Together that is more than 60 MB. Please add fewer photos at once."))
    try:
        _form = request.POST
    except TooManyFilesSent:
        return Unreadable(gettext("Those are too many files. A petition takes six photos; please choose fewer."))
    except (TooManyFieldsSent, RequestDataTooBig):
        return Unreadable(gettext("That was more text than a petition can take. Please shorten it."))
    except (MultiPartParserError, UnreadablePostError):
        return Unreadable(gettext("The connection broke while sending. Please send it again."))
    return None


def _drain(request) -> None:
    left = DRAINED_BYTES
    while left > 0 and (chunk := request.read(64 * 1024)):
        left -= len(chunk)


def _photo(request, draft) -> HttpResponse:
    if request.method == "POST":
        return _change_photos(request, draft)
    return _show(request, draft, "photo", places_left=MAX_PHOTOS - len(draft.photo_ids))


def _change_photos(request, draft: PetitionDraft) -> HttpResponse:
    """Add what was chosen, or take one out. A file that can't be taken is named, and the way goes on."""
    if "remove" in request.POST:
        drafts.remove_photo(draft, _uuid_or_404(request.POST["remove"]), at=request.now)
        return redirect(_here(request, draft, "photo"))
    outcome = drafts.add_photos(draft, request.FILES.getlist("photos"), at=request.now)
    for refused in outcome.refused:
        messages.warning(request, _said_of_refused(refused))
    if request.POST.get("go") == "add":
        return redirect(_here(request, draft, "photo"))
    return redirect(_onward(request, draft, "photo"))


def _said_of_refused(refused: drafts.RefusedPhoto) -> str:
    """第 2 张 IMG_01.png：…"""
    name = plain(refused.name)
    name = name if len(name) <= 40 else f"{name[:28]}…{name[-11:]}"
    return gettext("Photo %(number)s, %(name)s: %(sentence)s") % {
        "number": refused.ordinal,
        "name": name,
        "sentence": refused.sentence,
    }


def _uuid_or_404(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def _category(request, draft: PetitionDraft) -> HttpResponse:
    offered = {category.code: category for category in Category.objects.offered()}
    problem = ""
    if request.method == "POST":
        chosen = offered.get(request.POST.get("category", ""))
        if chosen:
            drafts.choose_category(draft, chosen, at=request.now)
        if chosen or (_is_going_back(request) and "category" not in request.POST):
            return redirect(_onward(request, draft, "category"))
        problem = (
            gettext("We don't know this kind of problem. Please choose one of these.")
            if request.POST.get("category")
            else gettext("Choose a picture. If none fits, press “None of these”.")
        )
    query = plain(request.GET.get("q", ""))[:60]
    found = find_categories(query, offered.values()) if query else []
    return _show(
        request,
        draft,
        "category",
        query=query,
        tiles=_tiles(draft, found or offered.values(), is_search=bool(found)),
        is_found=bool(found),
        other=offered.get(OTHER),
        tries=(gettext("hot water stays cold"), gettext("no power"), gettext("parcel lost")),
        errors=[(_anchor_of_tiles(found or list(offered.values())), problem)] if problem else [],
    )


def _tiles(draft: PetitionDraft, categories, *, is_search: bool) -> list[Category]:
    """What is drawn: all that was found; else the tiles, and the one that was chosen before."""
    return [
        category
        for category in categories
        if category.code != OTHER and (is_search or category.is_tile or category == draft.category)
    ]


def _anchor_of_tiles(categories: list[Category]) -> str:
    return f"category-{categories[0].code}" if categories else "main"


def _place(request, draft: PetitionDraft) -> HttpResponse:
    if draft.estate is None or "other" in request.GET or "estate" in request.POST:
        return _choose_estate(request, draft)
    start = {"building": draft.building_id, "stairwell": draft.stairwell, "spot": draft.spot}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=start, estate=draft.estate)
    if form.is_bound and form.is_valid():
        drafts.choose_place(draft, estate=draft.estate, at=request.now, **form.cleaned_data)
        return redirect(_onward(request, draft, "place"))
    stairwells = {str(building.pk): building.stairwells for building in form.buildings}
    form.fields["building"].widget.attrs["data-stairwells"] = json.dumps(stairwells)
    return _show(request, draft, "place", form=form)


def _choose_estate(request, draft: PetitionDraft) -> HttpResponse:
    """Which estate: asked where the portal doesn't know, or when it is about another one."""
    form = EstateForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        if _is_going_back(request):
            return redirect(_onward(request, draft, "place"))
        if form.is_valid():
            chosen = form.cleaned_data["estate"]
            if chosen != draft.estate:
                drafts.choose_place(draft, estate=chosen, building=None, stairwell=None, spot="", at=request.now)
            return redirect(_here(request, draft, "place"))
    query = plain(request.GET.get("q", ""))[:60]
    found = list(_estates_near(draft, query)[: ESTATES_SHOWN + 1])
    return _show(
        request,
        draft,
        "place",
        template="estate",
        form=form,
        query=query,
        estates=found[:ESTATES_SHOWN],
        has_more=len(found) > ESTATES_SHOWN,
        errors=[(f"estate-{found[0].pk}" if found else "q", sentence) for sentence in form.errors.get("estate", [])],
    )


def _estates_near(draft: PetitionDraft, query: str) -> QuerySet[Estate]:
    """The estate at hand first, then its neighbours in the community, then all others by name."""
    estates = Estate.objects.select_related("community")
    if query:
        estates = estates.filter(name__icontains=query)
    if draft.estate:
        near = Case(
            When(pk=draft.estate_id, then=Value(0)), When(community=draft.estate.community_id, then=Value(1)), default=2
        )
        return estates.order_by(near, "name", "pk")
    return estates.order_by("name", "pk")


def _words(request, draft: PetitionDraft) -> HttpResponse:
    start = {"words": draft.words, "name_visibility": draft.name_visibility}
    is_going_back = _is_going_back(request)
    form = WordsForm(
        request.POST if request.method == "POST" else None, initial=start, draft=draft, is_going_back=is_going_back
    )
    if form.is_bound and form.is_valid():
        drafts.write_down(draft, at=request.now, **form.cleaned_data)
        return redirect(_onward(request, draft, "words"))
    return _show(request, draft, "words", form=form, visibilities=_visibilities(form))


def _visibilities(form: WordsForm) -> list[dict[str, object]]:
    chosen = form["name_visibility"].value()
    hints = {
        NameVisibility.HANDLERS: gettext("Neighbours never see it. Public records name the building, not you."),
        NameVisibility.NOBODY: gettext("Whoever handles it sees the matter, but not who reported it."),
    }
    return [
        {"value": value, "label": label, "hint": hints[NameVisibility(value)], "checked": value == chosen}
        for value, label in NameVisibility.choices
    ]


def _check(request, draft: PetitionDraft) -> HttpResponse:
    return _show_check(request, draft, {})


def _submit(request, token: UUID) -> HttpResponse:
    """File it, alone or as the same matter as a neighbour's. Pressed twice, it is the same petition."""
    try:
        if "follow" in request.POST:
            return _file_as_the_same(request, token)
        petition = file_own(token, actor=request.user, at=request.now)
    except PetitionDraft.DoesNotExist:
        raise Http404 from None
    except NotReady as refusal:
        return _show_check(request, _own_draft(request, token), dict(refusal.problems))
    return redirect("petition_filed", petition.receipt_no)


def _file_as_the_same(request, token: UUID) -> HttpResponse:
    draft = get_object_or_404(PetitionDraft, user=request.user, token=token)
    problems = what_is_missing(draft)
    if problems:
        raise NotReady(problems)
    followed = _followed(request, draft)
    if followed is None:
        messages.warning(request, gettext("That matter is no longer open. You can still submit yours."))
        return redirect("petition_step", draft.token, "check")
    drafts.follow(draft, followed, at=request.now)
    petition = file_petition(draft, actor=request.user, at=request.now)
    return redirect("petition_filed", petition.receipt_no)


def _sealed(draft: PetitionDraft, petition: Petition) -> str:
    """A neighbour's petition named to the browser without its number: signed, and good for this draft alone."""
    return signing.dumps(petition.pk, salt=f"look-alike:{draft.token}")


def _followed(request, draft: PetitionDraft) -> Petition | None:
    try:
        pk = signing.loads(request.POST["follow"], salt=f"look-alike:{draft.token}")
    except signing.BadSignature:
        return None
    return Petition.objects.under_way().filter(pk=pk).first()


def _show_check(request, draft: PetitionDraft, problems: dict[str, str | Promise]) -> HttpResponse:
    alike = drafts.look_alike(draft, at=request.now)
    promised = promise_for(draft.category, draft.estate, request.now) if draft.category and draft.estate else []
    return _show(
        request,
        draft,
        "check",
        problems=problems,
        errors=[(f"a-{field}", sentence) for field, sentence in problems.items()],
        alike=alike,
        alike_is_own=bool(alike and alike.petitioner_id == request.user.pk),
        alike_since=request.now - alike.filed_at if alike else None,
        alike_sealed=_sealed(draft, alike) if alike else "",
        promised=promised,
    )


_VIEWS = {"photo": _photo, "category": _category, "place": _place, "words": _words, "check": _check}


# --- moving between steps ---


def _is_going_back(request) -> bool:
    return request.POST.get("go") == "back"


def _returns_to_check(request) -> bool:
    return "check" in (request.GET.get("return"), request.POST.get("return"))


def _address(draft: PetitionDraft, step: str, *, returns: bool = False) -> str:
    return reverse("petition_step", args=[draft.token, step]) + ("?return=check" if returns else "")


def _here(request, draft: PetitionDraft, step: str) -> str:
    return _address(draft, step, returns=_returns_to_check(request))


def _onward(request, draft: PetitionDraft, step: str) -> str:
    """The next step, or the one before; back to the check if the person came from there to change something."""
    if _returns_to_check(request):
        return _address(draft, "check")
    order = list(STEPS)
    return _address(draft, order[order.index(step) + (-1 if _is_going_back(request) else 1)])


def _show(request, draft: PetitionDraft, step: str, *, template: str = "", **context) -> HttpResponse:
    form = context.get("form")
    if form is not None and form.errors:
        described(form)
    number = list(STEPS).index(step) + 1
    context |= {
        "draft": draft,
        "step": step,
        "step_number": number,
        "step_name": STEPS[step],
        "returns": _returns_to_check(request),
        "step_urls": {name: _address(draft, name) for name in STEPS},
        "is_emergency": bool(draft.category and draft.category.is_emergency),
        "form_errors": bool(context.get("errors") or (form is not None and form.errors)),
    }
    return render(request, f"residents/filing/{template or step}.html", context)


# --- filed ---


@login_required
@require_safe
def petition_filed(request, receipt_no: str) -> HttpResponse:
    """The receipt: its number, who has it, what comes next. Reloading it files nothing."""
    visible = Petition.objects.visible_to(request.user).for_page()
    petition = get_object_or_404(visible, receipt_no=receipt_no)
    if ask_who_has_it(petition, at=request.now):
        petition = visible.get(pk=petition.pk)
    surname = surname_for_reader(petition.holder_surname, petition.holder_surname_latin)
    count = petition.photos.count()
    return render(
        request,
        "residents/filing/filed.html",
        {
            "petition": petition,
            "holder_name": role_and_surname(petition.holder_role, surname) if petition.holder_surname else "",
            "holder_body": own_words(petition.holder_body),
            "next_step": next_step(petition.next_kind) if petition.next_kind else "",
            "photo_count": ngettext("%(count)s photo", "%(count)s photos", count) % {"count": count} if count else "",
        },
    )
