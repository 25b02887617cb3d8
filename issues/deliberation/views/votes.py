"""Votes as owners see them: what is put to them, their ballots, and what came out."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.requests import PortalRequest
from issues.deliberation.domain import casting
from issues.deliberation.domain.casting import Paper, Receipt
from issues.deliberation.domain.opening import bring_up_to_date
from issues.deliberation.domain.results import rule_of
from issues.deliberation.models import Choice, Motion, RollEntry
from issues.deliberation.turnout import turnout
from issues.deliberation.verdict_page import verdict_of
from residents.models import Occupancy

A_PAGE = 20
# What each choice means where the law counts it: people ask.
CHOICES = {
    Choice.FOR: pgettext_lazy("ballot", "I agree"),
    Choice.AGAINST: pgettext_lazy("ballot", "I don't agree"),
    Choice.ABSTAIN: pgettext_lazy("ballot", "I abstain"),
}


@never_cache
@login_required
@require_safe
def votes(request: PortalRequest) -> HttpResponse:
    """The votes of the person's estates, what is open first."""
    page = Paginator(_of_concern(request).order_by("-closes_at", "-pk"), A_PAGE).get_page(request.GET.get("page"))
    for motion in page:
        bring_up_to_date(motion, request.now)
    return render(request, "deliberation/votes.html", {"page": page})


@never_cache
@login_required
@require_safe
def vote(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """One vote: the question, the rules, my ballots; how many took part; at last the result."""
    motion = _motion(request, public_id)
    context = {
        "motion": motion,
        "rule": rule_of(motion),
        "is_open": motion.is_open_at(request.now),
        "papers": casting.papers_of(request.user, motion),
        "turnout": turnout(motion) if motion.frozen_at else None,
        "verdict": verdict_of(motion),
    }
    return render(request, "deliberation/vote.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: PortalRequest, public_id: UUID, unit: UUID) -> HttpResponse:
    """Fill in a ballot, look at it again, hand it in. The receipt is shown once it is taken."""
    motion = _motion(request, public_id)
    entry = get_object_or_404(RollEntry, motion=motion, public_id=unit)
    paper = _paper(request, entry)
    if request.method != "POST":
        return _form(request, motion, paper, sending=uuid4())
    sending = _sending(request)
    choice = request.POST.get("choice", "")
    if choice not in Choice.values:
        return _form(request, motion, paper, sending=sending, is_missing=True)
    if "sure" not in request.POST:
        return _form(
            request, motion, paper, sending=sending, choice=Choice(choice), is_check="back" not in request.POST
        )
    receipts = casting.cast(
        motion, entries=list(paper.entries), choice=Choice(choice), sending=sending, actor=request.user, at=request.now
    )
    return _handed_in(request, motion, receipts)


def _motion(request: PortalRequest, public_id: UUID) -> Motion:
    related = ("estate__community", "building", "rule_set")
    motion = get_object_or_404(Motion.objects.public().select_related(*related), public_id=public_id)
    return bring_up_to_date(motion, request.now)


def _of_concern(request: PortalRequest) -> Any:
    """Votes at estates where the person has a home or a mandate, or which the person organises."""
    homes = Occupancy.objects.standing().filter(user=request.user).values("unit__building__estate")
    mandates = Q(mandates__held_by=request.user, mandates__revoked_at=None)
    organised = Motion.objects.organised_by(request.user.scope(request.now)).values("pk")
    theirs = Motion.objects.filter(Q(estate__in=homes) | mandates | Q(pk__in=organised)).values("pk")
    return Motion.objects.public().filter(pk__in=theirs).select_related("estate", "building", "rule_set")


def _paper(request: PortalRequest, entry: RollEntry) -> Paper:
    """A unit that isn't theirs to vote for looks like one that isn't there."""
    try:
        return casting.paper_with(request.user, entry)
    except casting.NotOnTheRoll as error:
        raise Http404 from error


def _sending(request: PortalRequest) -> UUID:
    try:
        return UUID(request.POST.get("sending", ""))
    except ValueError as error:
        raise BadRequest("No such page.") from error


def _form(
    request: PortalRequest,
    motion: Motion,
    paper: Paper,
    *,
    sending: UUID,
    choice: Choice | None = None,
    is_check: bool = False,
    is_missing: bool = False,
) -> HttpResponse:
    context = {
        "motion": motion,
        "paper": paper,
        "sending": sending,
        "choices": [(value.value, words) for value, words in CHOICES.items()],
        "choice": choice,
        "chosen_words": CHOICES.get(choice) if choice else "",
        "is_open": motion.is_open_at(request.now),
        "form_errors": is_missing,
        "errors": [("choice-for", _("Please choose one of the three."))] if is_missing else [],
    }
    return render(
        request, "deliberation/ballot_check.html" if is_check and choice else "deliberation/ballot.html", context
    )


def _handed_in(request: PortalRequest, motion: Motion, receipts: list[Receipt]) -> HttpResponse:
    return render(request, "deliberation/ballot_taken.html", {"motion": motion, "receipts": receipts})
