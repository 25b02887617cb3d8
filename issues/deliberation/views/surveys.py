"""Surveys as residents see them: what is asked, my answer, and what came out."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import answering, surveying
from issues.deliberation.domain.answering import NotAskedHere, Standing
from issues.deliberation.forms.surveys import SheetForm
from issues.deliberation.models import Survey, SurveyAnswer, SurveyQuestion, SurveyState
from issues.deliberation.survey_result import result_of

A_PAGE = 20
RELATED = ("estate", "community")


@never_cache
@login_required
@require_safe
def surveys(request: PortalRequest) -> HttpResponse:
    """The surveys of the buildings in which the person has a home, the latest first."""
    rows = Survey.objects.asked_of(request.user).select_related(*RELATED).order_by("-ends_at", "-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/surveys.html", {"page": page})


@never_cache
@require_safe
def survey(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """One survey: its questions while it is open; from its close on its result, for everybody."""
    return _page(request, find_survey(request, public_id))


@login_required
@takes_presses
def survey_answer(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Give a home's or a person's answer, or change it. What was sent with a mistake is shown again."""
    found = find_survey(request, public_id)
    here = _here(answering.standings(found, request.user), request.POST.get("home", ""))
    if here is None:
        raise NotAskedHere
    form = SheetForm(request.POST, questions=_questions(found))
    if not form.is_valid():
        return _page(request, found, form=form, status=400)
    answering.answer(found, here.home, form.sheet(), actor=request.user, at=request.now)
    messages.success(request, _("Thank you. Your answer counts; until the survey closes you can change it."))
    return redirect("survey", found.public_id)


def find_survey(request: PortalRequest, public_id: UUID) -> Survey:
    """A survey that is over; any other published one for those who are asked and those who run it. Else 404."""
    readable = Q(state=SurveyState.CLOSED)
    if request.user.is_authenticated:
        run = Survey.objects.organised_by(request.user.scope(request.now)).values("pk")
        readable |= Q(pk__in=Survey.objects.asked_of(request.user).values("pk")) | Q(pk__in=run)
    rows = Survey.objects.public().filter(readable).select_related(*RELATED)
    return surveying.bring_up_to_date(get_object_or_404(rows, public_id=public_id), request.now)


def _page(request: PortalRequest, found: Survey, *, form: SheetForm | None = None, status: int = 200) -> HttpResponse:
    is_open = found.is_open_at(request.now)
    mine = answering.standings(found, request.user) if is_open and request.user.is_authenticated else []
    here = _here(mine, request.POST.get("home") or request.GET.get("home", ""))
    if form is None and here and here.may_answer:
        said = answering.said_on(here.sheet) if here.sheet and here.is_own else None
        form = SheetForm(questions=_questions(found), said=said)
    is_closed = found.state == SurveyState.CLOSED
    context = {
        "survey": found,
        "is_open": is_open,
        "mine": mine,
        "here": here,
        "form": form,
        "questions": [] if form else _questions(found),
        "result": result_of(found) if is_closed else None,
        "items": found.items.in_lists(),
        "page": _words(request, found) if is_closed else None,
        "form_errors": status != HTTPStatus.OK,
    }
    return render(request, "deliberation/survey.html", context, status=status)


def _questions(found: Survey) -> QuerySet[SurveyQuestion]:
    return found.questions.prefetch_related("options")


def _words(request: PortalRequest, found: Survey) -> Page:
    """What somebody of the office has released."""
    rows = SurveyAnswer.objects.words_of(found).released()
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


def _here(mine: list[Standing], asked: str) -> Standing | None:
    """The home that is meant: the one that was asked for, else the first."""
    chosen = [each for each in mine if str(each.home.public_id) == asked]
    return next(iter(chosen or mine), None)
