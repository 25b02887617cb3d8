"""My petitions: the list, one petition's page, and what its person can do with it."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, DateTimeField, F, Q, When, Window
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from governance import wording
from governance.domain.refusals import StepNotAllowed
from governance.presses import takes_presses
from governance.requests import PortalRequest
from residents import due_words, explain, sentences, timeline
from residents.domain import petitions as domain
from residents.domain.retention import PETITIONS
from residents.forms.petitions import EvaluationForm, SupplementForm
from residents.models import Evaluation, Petition, PetitionStage
from residents.templatetags.petitions import holder_name

PAGE_SIZE = 20
UNDER_WAY = (PetitionStage.FILED, PetitionStage.IN_HAND)
# A rating takes the petition out of “finished” in words, not from under it: both are what a person calls finished.
OVER = (PetitionStage.FINISHED, PetitionStage.CLOSED, PetitionStage.WITHDRAWN, PetitionStage.DECLINED)
SHOWN = {"all": UNDER_WAY + OVER, "open": UNDER_WAY, "finished": OVER}
PROVEN = {"qr", "resident"}
TIMELINE_SIZE = 50
MOST_PAGES = 1000
# The updates after which it is somebody else's turn to answer.
WHOSE_TURN = ("rung", "accepted", "dispatched", "default_holder", "reassigned")


@login_required
@require_safe
def petition_list(request: PortalRequest) -> HttpResponse:
    """Open ones first, the one due next on top; then those that wait for a rating; then the rest, newest first."""
    shown = request.GET.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    mine = Petition.objects.visible_to(request.user)
    counts = mine.aggregate(**{name: Count("id", filter=Q(state__in=states)) for name, states in SHOWN.items()})
    paginator = Paginator(_in_order(mine.filter(state__in=SHOWN[shown])), PAGE_SIZE)
    paginator.count = counts[shown]
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    explain.count_working_days_left([petition for petition in page if petition.state in UNDER_WAY], request.now)
    return render(
        request, "residents/petition_list.html", {"page": page, "shown": shown, "tabs": _tabs(counts), "counts": counts}
    )


def _in_order(mine):
    rank = Case(When(state__in=UNDER_WAY, then=1), When(state=PetitionStage.FINISHED, then=2), default=3)
    due = Case(When(state__in=UNDER_WAY, then=F("next_due_at")), output_field=DateTimeField())
    return mine.for_page().order_by(rank, due.asc(nulls_last=True), "-filed_at", "-id")


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    words = {"all": gettext("All"), "open": gettext("Under way"), "finished": gettext("Finished")}
    return [(name, words[name], counts[name]) for name in SHOWN]


@login_required
@require_safe
def petition_detail(request: PortalRequest, receipt_no: str) -> HttpResponse:
    return _page(request, _mine(request, receipt_no))


def _mine(request: PortalRequest, receipt_no: str) -> Petition:
    return get_object_or_404(Petition.objects.visible_to(request.user).for_page(), receipt_no=receipt_no)


def _page(request: PortalRequest, petition: Petition, form: EvaluationForm | None = None) -> HttpResponse:
    now = request.now
    page = _part_of_timeline(petition, request.GET.get("page", ""))
    explanation = explain.explain(petition, now) if petition.next_due_at else None
    evaluation = _evaluation(petition)
    context = {
        "petition": petition,
        "page": page,
        # Of what is forgotten, nobody can say any more what happened.
        "entries": []
        if petition.forgotten_at
        else timeline.entries(petition, list(page), now, from_the_newest=page.number == 1),
        "kept_for": PETITIONS.length,
        "told": _told_since_it_rings(petition),
        "clock": _clock(petition, explanation, now),
        "explanation": explanation,
        "photos": list(petition.photos.order_by("-kind", "position")),  # before, then after
        "may_confirm_arrival": _may_confirm_arrival(petition),
        "evaluation": evaluation,
        "satisfaction": sentences.SATISFACTION[evaluation.satisfaction] if evaluation else "",
        "form": form or EvaluationForm(initial={"epoch": petition.epoch}),
        "form_errors": form.errors if form else None,
    }
    return render(request, "residents/petition_detail.html", context)


def _part_of_timeline(petition: Petition, wanted: str) -> Page:
    """The newest updates, or an earlier part of them, with their number in the same query."""
    updates = petition.updates.annotate(in_all=Window(Count("id"))).order_by("-at", "-id")
    number = min(max(int(wanted[:9]), 1), MOST_PAGES) if wanted.isdecimal() else 1
    shown = list(updates[(number - 1) * TIMELINE_SIZE : number * TIMELINE_SIZE])
    if not shown and number > 1:
        return _part_of_timeline(petition, "1")
    paginator = Paginator(shown, TIMELINE_SIZE)
    paginator.count = shown[0].in_all if shown else 0
    return Page(shown, number, paginator)


def _told_since_it_rings(petition: Petition) -> str:
    """Whose phone has rung last for an order that nobody has accepted: 没人接单，已报郑经理."""
    if petition.state != PetitionStage.IN_HAND:
        return ""
    last = petition.updates.filter(kind__in=WHOSE_TURN).order_by("-at", "-id").first()
    return sentences.actor(last) if last and last.kind == "rung" and last.actor_surname else ""


def _clock(petition: Petition, explanation: explain.Explanation | None, now: datetime) -> dict | None:
    """What the large figures say; nothing where no clock runs or ran."""
    if not petition.next_due_at or not petition.next_kind or petition.state == PetitionStage.WITHDRAWN:
        return None
    due = petition.next_due_at
    clock = {"due": due, "was_due": due_words.was_due(petition.next_kind, due, now)}
    if petition.finished_at:
        return clock | _used(petition, petition.finished_at, due, explanation)
    days = explanation.working_days_left if explanation else None
    return clock | {
        "step": due_words.next_step(petition.next_kind),
        "state": wording.due_state(due, now),
        "relative": wording.remaining(due, now, working_days=days),
    }


def _used(petition: Petition, finished_at: datetime, due: datetime, explanation: explain.Explanation | None) -> dict:
    """How long it took, and whether that was in time. After a reopening counted from there."""
    began = petition.filed_at
    if petition.epoch > 1 and explanation:
        began = max(began, explanation.why.starts_at)
    late_by = finished_at - due
    return {
        "used": wording.span(finished_at - began),
        "is_late": late_by.total_seconds() > 0,
        "late_by": wording.span(late_by),
    }


def _may_confirm_arrival(petition: Petition) -> bool:
    return petition.may_be_come_to and petition.arrival_proof not in PROVEN


def _evaluation(petition: Petition) -> Evaluation | None:
    """The rating of the epoch that is over. While it is handled again the timeline has the old one."""
    if petition.state != PetitionStage.CLOSED:
        return None
    return petition.evaluations.filter(epoch=petition.epoch).first()


# --- what the person does ---


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def petition_supplement(request: PortalRequest, receipt_no: str) -> HttpResponse:
    petition = _mine(request, receipt_no)
    form = SupplementForm(request.POST if request.method == "POST" else None)
    if petition.state not in UNDER_WAY:
        messages.info(request, gettext("This is not being handled any more, so nothing can be added."))
        return redirect("petition_detail", receipt_no)
    if request.method == "POST" and form.is_valid():
        domain.supplement(petition, form.cleaned_data["words"], actor=request.user, at=request.now)
        messages.success(request, gettext("Added. Whoever handles it can read it now."))
        return redirect("petition_detail", receipt_no)
    context = {"petition": petition, "form": form, "form_errors": form.errors if form.is_bound else None}
    return render(request, "residents/petition_supplement.html", context)


@login_required
@takes_presses
def petition_nudge(request: PortalRequest, receipt_no: str) -> HttpResponse:
    """Always answered at once: who has it, and by when. Again within a minute the answer is only repeated."""
    petition = _mine(request, receipt_no)
    domain.nudge(petition, actor=request.user, at=request.now)
    answer = sentences.who_and_when(
        holder_name(petition), petition.holder_body, petition.next_kind, petition.next_due_at, request.now
    )
    if petition.nudged_at == request.now:
        messages.success(request, sentences.say(gettext("Nudged. %(answer)s"), answer=answer))
    else:
        messages.info(request, sentences.say(gettext("You nudged less than a minute ago. %(answer)s"), answer=answer))
    return redirect("petition_detail", receipt_no)


@login_required
@takes_presses
def petition_arrival(request: PortalRequest, receipt_no: str) -> HttpResponse:
    petition = _mine(request, receipt_no)
    if petition.state == PetitionStage.IN_HAND and petition.arrival_proof in PROVEN:
        messages.info(request, gettext("The arrival is on record already. Thank you."))
        return redirect("petition_detail", receipt_no)
    domain.confirm_arrival(petition, actor=request.user, at=request.now)
    messages.success(request, gettext("Thank you. Your word is on record: someone is here."))
    return redirect("petition_detail", receipt_no)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def petition_withdraw(request: PortalRequest, receipt_no: str) -> HttpResponse:
    """Asked once more before it is done, on a page of its own: that works without script, too."""
    petition = _mine(request, receipt_no)
    if petition.state not in UNDER_WAY:
        return redirect("petition_detail", receipt_no)
    if request.method == "POST":
        domain.withdraw(petition, actor=request.user, at=request.now)
        messages.success(request, gettext("Withdrawn. You can file it again at any time."))
        return redirect("petition_detail", receipt_no)
    return render(request, "residents/petition_withdraw.html", {"petition": petition})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def petition_evaluate(request: PortalRequest, receipt_no: str) -> HttpResponse:
    """The rating. Sent twice, or from a page that has been overtaken, it changes nothing and says so."""
    petition = _mine(request, receipt_no)
    if request.method != "POST":
        return redirect("petition_detail", receipt_no)
    form = EvaluationForm(request.POST)
    if _is_rated_already(petition, form):
        messages.info(request, gettext("You have rated this already. Thank you."))
        return redirect("petition_detail", receipt_no)
    if petition.state != PetitionStage.FINISHED:
        raise StepNotAllowed
    if not form.is_valid():
        return _page(request, petition, form)
    facts = {name: form.cleaned_data[name] for name in ("was_contacted", "is_solved", "satisfaction", "words")}
    domain.evaluate(petition, actor=request.user, at=request.now, **facts)
    messages.success(request, _thanks(facts["is_solved"]))
    return redirect("petition_detail", receipt_no)


def _is_rated_already(petition: Petition, form: EvaluationForm) -> bool:
    form.full_clean()
    epoch = form.cleaned_data.get("epoch") or petition.epoch
    return petition.state == PetitionStage.CLOSED or petition.evaluations.filter(epoch=epoch).exists()


def _thanks(is_solved: bool) -> str:
    if is_solved:
        return gettext("Thank you for your rating. It is closed now.")
    return gettext("Thank you for saying so. It is being handled again, and the clock starts anew.")
