"""Votes as owners see them: what is put to them, their ballots, and what came out."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.plain_words import plain
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import casting, disclosing, electing, objecting
from issues.deliberation.domain.casting import Paper, Receipt
from issues.deliberation.domain.objecting import may_object
from issues.deliberation.domain.opening import bring_up_to_date
from issues.deliberation.domain.results import rule_of
from issues.deliberation.forms.papers import NONE_OF_THESE
from issues.deliberation.forms.voting import MandateForm, ObjectForm
from issues.deliberation.models import (
    Ballot,
    Choice,
    Erratum,
    Motion,
    MotionKind,
    MotionOption,
    RollEntry,
    as_said,
)
from issues.deliberation.official_page import deciding_verdict, official_page
from issues.deliberation.public_file import public_file, standing_of
from issues.deliberation.rules import may_read_tally
from issues.deliberation.turnout import turnout
from issues.deliberation.verdict_page import verdict_of
from issues.deliberation.views.files import CSV, PDF, to_take_away
from issues.deliberation.views.sent import sending_of
from issues.deliberation.vote_papers import notice_pdf
from residents.models import Occupancy

A_PAGE = 20
CHOOSE = gettext_lazy("Please choose one of the three.")
CHOOSE_AN_OPTION = gettext_lazy("Please choose one option, none of these, or to abstain.")
NAME_CANDIDATES = gettext_lazy("Please name up to %(seats)s candidates, or choose none of these, or abstain: not both.")
# What each choice means where the law counts it: people ask.
CHOICES = {
    Choice.FOR: pgettext_lazy("ballot", "I agree"),
    Choice.AGAINST: pgettext_lazy("ballot", "I don't agree"),
    Choice.ABSTAIN: pgettext_lazy("ballot", "I abstain"),
}


class Line(NamedTuple):
    """One line of a ballot: what is sent, what it says, and of an option what it is."""

    value: str
    words: str | Promise
    option: MotionOption | None = None


def lines_of(motion: Motion) -> list[Line]:
    """The lines of the motion's ballot. None of the options, and abstaining, are always among them."""
    options = [Line(str(option.number), option.title, option) for option in motion.options.all()]
    if not options:
        return [Line(choice.value, words) for choice, words in CHOICES.items()]
    none_of_these = Line(Choice.AGAINST.value, NONE_OF_THESE)
    return [*options, none_of_these, Line(Choice.ABSTAIN.value, CHOICES[Choice.ABSTAIN])]


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
    return vote_page(request, find_motion(request, public_id))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ballot(request: PortalRequest, public_id: UUID, unit: UUID) -> HttpResponse:
    """Fill in a ballot, look at it again, hand it in. From then on the page shows the receipt, and Back leads there."""
    motion = find_motion(request, public_id)
    paper = paper_or_404(request, motion, unit)
    receipts = casting.receipts_of(paper, request.user)
    if request.method != "POST":
        return _handed_in(request, motion, receipts) if receipts else _form(request, motion, paper, sending=uuid4())
    sending = sending_of(request)
    if receipts and "sure" not in request.POST:
        return redirect("ballot", motion.public_id, unit)
    chosen = [line for line in lines_of(motion) if line.value in request.POST.getlist("choice")]
    said = as_said(motion, [line.value for line in chosen])
    if not said:
        return _form(request, motion, paper, sending=sending, chosen=chosen, is_missing=True)
    if "sure" not in request.POST:
        return _form(request, motion, paper, sending=sending, chosen=chosen, is_check="back" not in request.POST)
    casting.cast(motion, entries=list(paper.entries), choice=said, sending=sending, actor=request.user, at=request.now)
    return redirect("ballot", motion.public_id, unit)


@never_cache
@login_required
@require_safe
def vote_file(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The public file of a counted vote."""
    motion = find_motion(request, public_id)
    if motion.tally_file is None:
        raise Http404
    return to_take_away(public_file(motion), CSV, f"vote-{motion.public_id}.csv")


@login_required
@takes_presses
def vote_tally(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The file that was counted, for those who oversee the vote or object to it."""
    motion = find_motion(request, public_id)
    content = disclosing.full_file(motion, actor=request.user, at=request.now)
    return to_take_away(content, "application/json", f"vote-{motion.public_id}-tally.json")


@never_cache
@login_required
@require_safe
def vote_notice(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The notice as a paper for the entrances."""
    motion = find_motion(request, public_id)
    return to_take_away(notice_pdf(motion), PDF, f"vote-{motion.public_id}-notice.pdf")


@never_cache
@login_required
@require_safe
def my_receipt(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Find a ballot by the number on its receipt: whether it was counted, not what it says."""
    motion = find_motion(request, public_id)
    if motion.tally_file is None:
        raise Http404
    number = plain(request.GET.get("number", ""))[:40].strip()
    found = None
    if number:
        found = (
            Ballot.objects.filter(entry__motion=motion, receipt_hash=casting.hash_of_receipt(number))
            .select_related("entry")
            .first()
        )
    standing = standing_of(found, motion) if found else ""
    context = {"motion": motion, "number": number, "found": found, "standing": standing}
    return render(request, "deliberation/my_receipt.html", context)


@login_required
@takes_presses
def vote_object(request: PortalRequest, public_id: UUID) -> HttpResponse:
    motion = find_motion(request, public_id)
    form = ObjectForm(request.POST)
    if not form.is_valid():
        return vote_page(request, motion, objecting=form, status=400)
    objection = objecting.object_to(motion, words=form.cleaned_data["words"], actor=request.user, at=request.now)
    messages.success(request, _("Noted as objection %(number)s. It is answered here.") % {"number": objection.number})
    return redirect("vote", motion.public_id)


def find_motion(request: PortalRequest, public_id: UUID) -> Motion:
    related = ("estate__community", "building", "rule_set", "topic")
    motion = get_object_or_404(Motion.objects.public().select_related(*related), public_id=public_id)
    return bring_up_to_date(motion, request.now)


def vote_page(
    request: PortalRequest,
    motion: Motion,
    *,
    objecting: ObjectForm | None = None,
    mandating: tuple[RollEntry, MandateForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    """The vote's page, with what was sent and has to be mended."""
    asked_at, asked = mandating or (None, None)
    official = official_page(motion)
    is_open, papers = motion.is_open_at(request.now), casting.papers_of(request.user, motion)
    context = {
        "motion": motion,
        "rule": rule_of(motion),
        "election": motion.election_rule,
        "options": motion.options.all(),
        "is_open": is_open,
        "has_ballot_to_fill_in": is_open
        and motion.takes_electronic_ballots
        and any(not paper.cast and not paper.is_disputed for paper in papers),
        "papers": [
            (paper, asked if asked and paper.first == asked_at else MandateForm(auto_id=f"m{number}_%s"))
            for number, paper in enumerate(papers)
        ],
        "turnout": turnout(motion) if motion.frozen_at else None,
        "verdict": deciding_verdict(motion),
        "seated": electing.seated(motion, request.now),
        "official": official,
        "ours": verdict_of(motion) if motion.kind == MotionKind.MIRROR else None,
        "errata": published_errata(motion),
        "objections": motion.objections.order_by("number"),
        "may_object": may_object(request.user, motion, request.now),
        "may_read_tally": motion.tally_file is not None and may_read_tally(request.user, motion),
        "objecting": objecting or ObjectForm(),
        "form_errors": status != HTTPStatus.OK,
        "wrong": objecting or asked,
    }
    return render(request, "deliberation/vote.html", context, status=status)


def published_errata(motion: Motion) -> QuerySet[Erratum]:
    return motion.errata.agreed().select_related("written_by", "agreed_by")


def _of_concern(request: PortalRequest) -> Any:
    """Votes at estates where the person has a home or a mandate, or which the person organises."""
    homes = Occupancy.objects.standing().filter(user=request.user).values("unit__building__estate")
    mandates = Q(mandates__held_by=request.user, mandates__revoked_at=None)
    organised = Motion.objects.organised_by(request.user.scope(request.now)).values("pk")
    theirs = Motion.objects.filter(Q(estate__in=homes) | mandates | Q(pk__in=organised)).values("pk")
    votes = Motion.objects.public().knowing_the_city().filter(pk__in=theirs)
    return votes.select_related("estate", "building", "rule_set")


def paper_or_404(request: PortalRequest, motion: Motion, unit: UUID) -> Paper:
    """The person's ballot for the unit. One that isn't theirs to vote for looks like one that isn't there."""
    entry = get_object_or_404(RollEntry, motion=motion, public_id=unit)
    try:
        return casting.paper_with(request.user, entry)
    except casting.NotOnTheRoll as error:
        raise Http404 from error


def _form(
    request: PortalRequest,
    motion: Motion,
    paper: Paper,
    *,
    sending: UUID,
    chosen: Sequence[Line] = (),
    is_check: bool = False,
    is_missing: bool = False,
) -> HttpResponse:
    lines = lines_of(motion)
    choose = str(CHOOSE_AN_OPTION if lines[0].option else CHOOSE)
    if motion.seats:
        choose = str(NAME_CANDIDATES) % {"seats": motion.seats}
    context = {
        "motion": motion,
        "errata": published_errata(motion),
        "paper": paper,
        "sending": sending,
        "lines": lines,
        "chosen": chosen,
        "is_open": motion.is_open_at(request.now) and motion.takes_electronic_ballots,
        "form_errors": is_missing,
        "errors": [(f"choice-{lines[0].value}", choose)] if is_missing else [],
        "choice_errors": [choose] if is_missing else [],
    }
    return render(request, "deliberation/ballot_check.html" if is_check else "deliberation/ballot.html", context)


def _handed_in(request: PortalRequest, motion: Motion, receipts: list[Receipt]) -> HttpResponse:
    return render(request, "deliberation/ballot_taken.html", {"motion": motion, "receipts": receipts})
