"""A commitment for those who carry it out: parts, blockers, cost, the report. And “not done”, for residents."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.desk_bar import who_works_here
from governance.domain.refusals import FactMissing
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation import bridge
from issues.deliberation.commitments import line_of, loaded
from issues.deliberation.domain import carrying_out, doubting
from issues.deliberation.forms.commitments import NotDoneForm, PartForm, StepForm, UnblockForm
from issues.deliberation.models import Commitment, CommitmentPhoto, CommitmentState
from issues.deliberation.models.commitments import CommitmentQuerySet
from issues.deliberation.rules import carries_out
from issues.deliberation.views.commitment_steps import OF_THE_BODY, Bound, find, offered, panels, take
from residents.views.photos import serve_jpeg


def _in_sight(request: PortalRequest) -> CommitmentQuerySet:
    return Commitment.objects.carried_out_by(request.user.scope(request.now))


@never_cache
@login_required
@require_safe
def commitment(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """What we promised: each part, what stands in the way, and the report that it is done."""
    return _page(request, public_id)


@login_required
@takes_presses
def commitment_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    found, _line = find(_in_sight(request), public_id, request.now)
    taken = take(request, found, verb, OF_THE_BODY, reverse("commitment", args=[public_id]))
    return _page(request, public_id, bound=taken) if isinstance(taken, Bound) else taken


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_part(request: PortalRequest, public_id: UUID, part: UUID) -> HttpResponse:
    """Report one building or facility done."""
    found, line = find(_in_sight(request), public_id, request.now)
    if not carries_out(request.user, found):
        raise Http404
    one = get_object_or_404(found.parts.select_related("building", "done_by"), public_id=part)
    one.commitment = found
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PartForm(*sent, commitment=found, now=request.now)
    if form.is_bound and form.is_valid():
        try:
            carrying_out.report_part(one, actor=request.user, at=request.now, **form.facts())
        except FactMissing as missing:
            form.refuse(missing.fact, str(missing.sentence))
        else:
            messages.success(request, _("Reported done."))
            return redirect("commitment", public_id)
    context = {
        "commitment": found, "line": line, "part": one, "form": form, "form_errors": form.errors, "work_page": "queue",
        **who_works_here(request.user, request.now),
    }  # fmt: skip
    return render(request, "deliberation/commitment_part.html", context, status=400 if form.errors else 200)


@login_required
@takes_presses
def commitment_unblock(request: PortalRequest, public_id: UUID, blocker: UUID) -> HttpResponse:
    found, _line = find(_in_sight(request), public_id, request.now)
    one = get_object_or_404(found.blockers.select_related("commitment__topic"), public_id=blocker)
    form = UnblockForm(request.POST, commitment=found, now=request.now, prefix=str(blocker))
    if not form.is_valid():
        return _page(request, public_id, clearing={blocker: form})
    carrying_out.unblock(one, actor=request.user, at=request.now, **form.facts())
    messages.success(request, _("Cleared."))
    return redirect("commitment", public_id)


@never_cache
@require_safe
def commitment_photo(request: PortalRequest, public_id: UUID) -> FileResponse:
    """A photo that shows that it is done: released, or for those who carry it out and who follow it."""
    in_sight = CommitmentPhoto.objects.released()
    if request.user.is_authenticated:
        scope = request.user.scope(request.now)
        for theirs in (Commitment.objects.carried_out_by(scope), Commitment.objects.followed_by(scope)):
            in_sight |= CommitmentPhoto.objects.filter(commitment__in=theirs.values("pk"))
    return serve_jpeg(get_object_or_404(in_sight, public_id=public_id))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def commitment_not_done(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """“Not done”: the people concerned say so after it was accepted as done, and read what became of it."""
    public = Commitment.objects.filter(topic__is_public=True)
    rows = loaded(public, request.now).select_related("topic", "body", "motion", "judged_by")
    found = get_object_or_404(rows, public_id=public_id)
    is_possible = doubting.may_doubt(request.user, found, request.now)
    form = NotDoneForm(request.POST if request.method == "POST" else None)
    if form.is_bound and (form.is_valid() or not is_possible):
        # Whoever can't say it now reads why, whatever was written.
        doubting.doubt(found, words=form.cleaned_data.get("words", ""), actor=request.user, at=request.now)
        messages.success(request, _("Said. The supervisor answers, and it is counted in public."))
        return redirect("commitment_not_done", public_id)
    context = {
        "commitment": found,
        "line": line_of(found, request.now),
        "mine": found.doubts.filter(by=request.user),
        "is_possible": is_possible,
        "form": form,
        "form_errors": form.errors,
    }
    return render(request, "deliberation/commitment_not_done.html", context, status=400 if form.errors else 200)


def _page(
    request: PortalRequest, public_id: UUID, *, bound: Bound | None = None, clearing: dict[UUID, StepForm] | None = None
) -> HttpResponse:
    found, line = find(_in_sight(request), public_id, request.now)
    clearing = clearing or {}
    is_ours = carries_out(request.user, found)
    facts: dict[str, Any] = {"commitment": found, "now": request.now}
    may_report = is_ours and found.state in (CommitmentState.PROMISED, CommitmentState.UNDER_WAY)
    verbs = offered(found, request.user, OF_THE_BODY, may_report=may_report and line.done == line.of) if is_ours else []
    has_errors = bool(bound or clearing)
    context = {
        "commitment": found,
        "line": line,
        "panels": panels(
            found, verbs, request.now, lambda verb: reverse("commitment_step", args=[public_id, verb]), bound
        ),
        "blockers": [
            (one, clearing.get(one.public_id) or UnblockForm(prefix=str(one.public_id), **facts))
            for one in line.blockers
        ],
        "may_clear": is_ours and found.is_in_hand,
        "unblock_page": "commitment_unblock",
        "parts": found.parts.all(),
        "reports_parts": may_report,
        "photos": found.photos.numbered(),
        "order_url": bridge.address_of_order(found) if is_ours else "",
        "bound": bound.form if bound else None,
        "form_errors": has_errors,
        "work_page": "queue",
        **who_works_here(request.user, request.now),
    }  # fmt: skip
    return render(request, "deliberation/commitment.html", context, status=400 if has_errors else 200)
