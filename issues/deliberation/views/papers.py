"""Ballots on paper at the desk: typed by one person, typed again by another."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.refusals import Refusal
from governance.requests import PortalRequest
from issues.deliberation.domain import papers
from issues.deliberation.domain.casting import VoteNotOpen
from issues.deliberation.domain.papers import PrintedForAnother, SerialUsed
from issues.deliberation.forms.papers import PaperForm, SaysForm
from issues.deliberation.models import Ballot, Channel, Motion, MotionState, PaperScan
from issues.deliberation.views.files import PDF, to_take_away
from issues.deliberation.views.organising import find_organised
from issues.deliberation.vote_papers import ballots_pdf
from issues.views.queue import desk_context

A_PAGE = 30
# Said beside the field that it is about; any other refusal is a page of its own.
AT_FIELDS: dict[type[Refusal], str] = {
    SerialUsed: "serial",
    PrintedForAnother: "serial",
    VoteNotOpen: "cast_at",
}


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_papers(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Type papers one after the other; below, those that wait for a second person."""
    motion = find_organised(request, public_id)
    posted = request.POST if request.method == "POST" else None
    form = PaperForm(posted, request.FILES if posted else None, motion=motion, now=request.now)
    if form.is_bound and form.is_valid() and _typed(request, form):
        messages.success(request, _("Typed. It counts once a colleague has typed the same."))
        return redirect("desk_papers", motion.public_id)
    rows = Ballot.objects.filter(entry__motion=motion).select_related("entry", "recorded_by")
    # After the count: what an objection is answered by.
    rows = rows.filter(scan__isnull=False) if motion.counted_at else rows.to_check()
    context = {
        **_context(request, motion),
        "barred": papers.why_not(motion, request.user, request.now),
        "form": form,
        "form_errors": form.errors,
        "buildings": _buildings(motion) if motion.state == MotionState.OPENED else [],
        "page": Paginator(rows.order_by("recorded_at", "pk"), A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "deliberation/desk_papers.html", context)


@never_cache
@login_required
@require_safe
def desk_ballots(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The ballots of one building (the first, if none is asked for) to print: what stands on the frozen roll there."""
    motion = find_organised(request, public_id)
    buildings = _buildings(motion)
    building = request.GET.get("building") or next(iter(buildings), "")
    if motion.state != MotionState.OPENED or building not in buildings:
        raise Http404
    papers.check_charge(motion, request.user, request.now)
    rows = motion.roll.filter(building=building).order_by("pk")
    return to_take_away(ballots_pdf(motion, rows), PDF, f"vote-{motion.public_id}-ballots.pdf")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_paper_check(request: PortalRequest, public_id: UUID, ballot: UUID) -> HttpResponse:
    """The same paper by another hand, who isn't shown what the first one typed."""
    motion = find_organised(request, public_id)
    waiting = Ballot.objects.to_check().filter(entry__motion=motion).select_related("entry__motion", "recorded_by")
    paper = get_object_or_404(waiting, public_id=ballot)
    form = SaysForm(request.POST if request.method == "POST" else None, motion=motion)
    if form.is_bound and form.is_valid():
        if papers.check(paper, said=form.what(), actor=request.user, at=request.now):
            messages.success(request, _("Both say the same: the ballot counts."))
        else:
            messages.warning(request, _("That is not what your colleague typed. Type the paper anew, together."))
        return redirect("desk_papers", motion.public_id)
    papers.check_charge(motion, request.user, request.now)
    context = {**_context(request, motion), "form": form, "form_errors": form.errors, "paper": paper}
    context["has_picture"] = PaperScan.objects.filter(ballot=paper).exists()
    return render(request, "deliberation/desk_paper_check.html", context)


@never_cache
@login_required
@require_safe
def desk_paper_scan(request: PortalRequest, public_id: UUID, ballot: UUID) -> HttpResponse:
    """The picture of a paper. Each look is on record."""
    motion = find_organised(request, public_id)
    scans = PaperScan.objects.filter(ballot__entry__motion=motion).select_related("ballot__entry__motion")
    scan = get_object_or_404(scans, ballot__public_id=ballot)
    if not papers.may_look_at(scan.ballot, request.user, request.now):
        raise Http404
    content = papers.look_at(scan, actor=request.user, at=request.now)
    return HttpResponse(content, content_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


def _buildings(motion: Motion) -> list[str]:
    """Those on the roll, in its order."""
    return list(dict.fromkeys(motion.roll.order_by("pk").values_list("building", flat=True)))


def _typed(request: PortalRequest, form: PaperForm) -> bool:
    given = form.cleaned_data
    try:
        papers.record(
            given["entry"], said=form.what(), serial=given["serial"].strip(), channel=Channel(given["channel"]),
            cast_at=given["cast_at"], actor=request.user, at=request.now, scan=given["scan"],
        )  # fmt: skip
    except tuple(AT_FIELDS) as refusal:
        form.add_error(AT_FIELDS[type(refusal)], str(refusal.sentence))
        return False
    return True


def _context(request: PortalRequest, motion: Motion) -> dict[str, object]:
    is_open = motion.is_open_at(request.now)
    return {**desk_context(request), "motion": motion, "is_open": is_open, "work_page": "desk_votes"}
