"""Surveys as those see them who run them: the draft, what came on paper, what came out, and what is made of it."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.refusals import Refusal
from governance.models import Building
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import answering, listing, surveying
from issues.deliberation.domain.setting_up import NotLawful, WrittenMeanwhile
from issues.deliberation.forms.surveys import (
    DeskSheetForm,
    ItemForm,
    QuestionForm,
    SettleForm,
    SurveyForm,
    TakeOverForm,
    WithdrawForm,
)
from issues.deliberation.models import AsksFor, Survey, SurveyAnswer, SurveyChannel, SurveyQuestion, SurveyState
from issues.deliberation.survey_paper import sheet_pdf
from issues.deliberation.survey_result import Result, reach_of, result_of
from issues.deliberation.views.files import PDF, to_take_away
from issues.deliberation.views.sent import sending_of, uuid_sent, version_of
from issues.views.queue import desk_context

A_PAGE = 30
# Said beside the field that it is about; any other refusal is a page of its own.
AT_FIELDS: dict[type[Refusal], str] = {answering.AnsweredThemselves: "number", answering.NotAskedHere: "number"}
Press = Callable[[PortalRequest, Survey], HttpResponse]


def find_organised(request: PortalRequest, public_id: UUID) -> Survey:
    require_organiser(request)
    rows = Survey.objects.organised_by(request.user.scope(request.now)).select_related("estate", "community")
    return surveying.bring_up_to_date(get_object_or_404(rows, public_id=public_id), request.now)


def require_organiser(request: PortalRequest) -> None:
    """These pages exist only for those who draw surveys up: of the community, of its branches, of the street."""
    if not request.user.scope(request.now).organises_meetings:
        raise Http404


@never_cache
@login_required
@require_safe
def desk_surveys(request: PortalRequest) -> HttpResponse:
    """Every survey of the area, drafts first, then what is published, then what is over."""
    require_organiser(request)
    rows = Survey.objects.organised_by(request.user.scope(request.now)).select_related("estate", "community")
    page = Paginator(rows.in_hand_first(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/desk_surveys.html", _context(request, page=page))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_new(request: PortalRequest) -> HttpResponse:
    require_organiser(request)
    form = _plan_form(request)
    if form.is_bound and form.is_valid():
        return back_to(surveying.draft(form.plan(), actor=request.user, at=request.now))
    return _written(request, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_edit(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Rewrite a draft. Of two at once the second keeps the words and is told."""
    survey = find_organised(request, public_id)
    if not survey.is_draft:
        return back_to(survey)
    form = _plan_form(request, survey)
    if form.is_bound and form.is_valid():
        try:
            surveying.rewrite(survey, form.plan(), version=version_of(request), actor=request.user, at=request.now)
            return back_to(survey)
        except WrittenMeanwhile as refusal:
            form.add_error(None, str(refusal.sentence))
    return _written(request, form, survey)


@never_cache
@login_required
@require_safe
def desk_survey(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A survey from its draft to what is made of its result."""
    return _page(request, find_organised(request, public_id))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_survey_sheet(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Type sheets one after the other, as they came on paper, at visits and by phone."""
    survey = find_organised(request, public_id)
    if not survey.is_open_at(request.now):
        return back_to(survey)
    posted = request.POST if request.method == "POST" else None
    buildings = Building.objects.filter(pk__in=survey.building_rows.values("building")).order_by("estate", "pk")
    form = DeskSheetForm(posted, questions=survey.questions.prefetch_related("options"), buildings=buildings)
    if form.is_bound and form.is_valid() and _taken_down(request, survey, form):
        messages.success(request, _("Taken down. Whoever lives there is told. Type the next one."))
        return redirect("desk_survey_sheet", survey.public_id)
    sending = sending_of(request) if form.is_bound else uuid4()
    context = _context(request, survey=survey, form=form, sending=sending, form_errors=form.errors)
    return render(request, "deliberation/desk_survey_sheet.html", context)


@never_cache
@login_required
@require_safe
def desk_survey_paper(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The sheet to print, as long as what comes back on it can be typed."""
    survey = find_organised(request, public_id)
    if survey.state != SurveyState.PUBLISHED:
        raise Http404
    return to_take_away(sheet_pdf(survey), PDF, f"survey-{survey.public_id}.pdf")


@login_required
@takes_presses
def desk_survey_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    survey = find_organised(request, public_id)
    press = PRESSES.get(verb)
    if press is None:
        raise Http404
    return press(request, survey)


# --- the draft ---


def _ask(request: PortalRequest, survey: Survey) -> HttpResponse:
    """A new question; with `question` that one is asked otherwise."""
    asked = request.POST.get("question")
    row = _question(request, survey) if asked else None
    form = QuestionForm(request.POST, auto_id=_ids(row))
    if not form.is_valid():
        return _page(request, survey, {_name(row): form}, status=400)
    if row:
        surveying.ask_otherwise(row, form.question(), actor=request.user, at=request.now)
    else:
        surveying.ask(survey, form.question(), actor=request.user, at=request.now)
    return back_to(survey, "questions")


def _up(request: PortalRequest, survey: Survey) -> HttpResponse:
    surveying.move_question(_question(request, survey), up=True, actor=request.user, at=request.now)
    return back_to(survey, "questions")


def _down(request: PortalRequest, survey: Survey) -> HttpResponse:
    surveying.move_question(_question(request, survey), up=False, actor=request.user, at=request.now)
    return back_to(survey, "questions")


def _drop(request: PortalRequest, survey: Survey) -> HttpResponse:
    surveying.drop_question(_question(request, survey), actor=request.user, at=request.now)
    return back_to(survey, "questions")


def _publish(request: PortalRequest, survey: Survey) -> HttpResponse:
    try:
        surveying.publish(survey, actor=request.user, at=request.now)
    except NotLawful as refusal:
        return _page(request, survey, status=refusal.status)
    messages.success(request, _("Published. All who live there are told; from now on nobody changes it."))
    return back_to(survey)


def _withdraw(request: PortalRequest, survey: Survey) -> HttpResponse:
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    if not form.is_valid():
        return _page(request, survey, {"withdraw": form}, status=400)
    surveying.withdraw(survey, words=form.cleaned_data["words"], actor=request.user, at=request.now)
    messages.success(request, _("Withdrawn, with the reason."))
    return back_to(survey)


# --- what came out ---


def _release(request: PortalRequest, survey: Survey) -> HttpResponse:
    said = SurveyAnswer.objects.words_of(survey).filter(public_id=uuid_sent(request, "answer")).first()
    if said is None:
        raise Http404
    listing.release(said, actor=request.user, at=request.now)
    messages.success(request, _("Released: everybody may read it now."))
    return redirect(f"{reverse('desk_survey', args=[survey.public_id])}?page={request.POST.get('page', '')}#words")


def _take_over(request: PortalRequest, survey: Survey) -> HttpResponse:
    form = _take_over_form(survey, result_of(survey), request)
    if not form.is_valid():
        return _page(request, survey, {"take_over": form}, status=400)
    new = listing.take_over(survey, form.cleaned_data["options"], actor=request.user, at=request.now)
    said = ngettext("%(number)s line more on the lists.", "%(number)s lines more on the lists.", len(new))
    messages.success(request, said % {"number": len(new)})
    return back_to(survey, "lists")


def _add_item(request: PortalRequest, survey: Survey) -> HttpResponse:
    form = ItemForm(request.POST, auto_id="item_%s")
    if form.is_valid():
        given = form.cleaned_data | {"kind": AsksFor(form.cleaned_data["kind"])}
        try:
            listing.add(survey, **given, actor=request.user, at=request.now)
            return back_to(survey, "lists")
        except listing.ListedAlready as refusal:
            form.add_error("words", str(refusal.sentence))
        except listing.MoreThanAnswered as refusal:
            form.add_error("named_by", str(refusal.sentence))
    return _page(request, survey, {"item": form}, status=400)


def _settle(request: PortalRequest, survey: Survey) -> HttpResponse:
    item = get_object_or_404(survey.items.select_related("survey"), public_id=uuid_sent(request, "item"))
    form = SettleForm(request.POST, auto_id=f"settle{item.pk}_%s")
    if not form.is_valid():
        return _page(request, survey, {f"settle {item.pk}": form}, status=400)
    listing.settle(item, words=form.cleaned_data["words"], actor=request.user, at=request.now)
    return back_to(survey, "lists")


MOVES = (
    ("up", pgettext_lazy("question", "Up")),
    ("down", pgettext_lazy("question", "Down")),
    ("drop", pgettext_lazy("question", "Take it out")),
)
PRESSES: dict[str, Press] = {
    "ask": _ask,
    "up": _up,
    "down": _down,
    "drop": _drop,
    "publish": _publish,
    "withdraw": _withdraw,
    "release": _release,
    "take_over": _take_over,
    "add_item": _add_item,
    "settle": _settle,
}


# --- shown ---


def _page(
    request: PortalRequest, survey: Survey, wrong: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    """The survey's page at the desk, with what was sent and has to be mended."""
    wrong = wrong or {}
    is_closed = survey.state == SurveyState.CLOSED
    result = result_of(survey) if is_closed else None
    questions = survey.questions.prefetch_related("options")
    context = _context(
        request,
        survey=survey,
        is_open=survey.is_open_at(request.now),
        obstacles=surveying.obstacles(survey, request.now) if survey.is_draft else [],
        questions=[(row, wrong.get(_name(row)) or _question_form(row)) for row in questions]
        if survey.is_draft
        else [(row, None) for row in questions],
        moves=MOVES,
        new_question=wrong.get(_name(None)) or QuestionForm(auto_id=_ids(None)),
        reach=[] if survey.is_draft or result else reach_of(survey),
        result=result,
        items=[
            (item, wrong.get(f"settle {item.pk}") or SettleForm(auto_id=f"settle{item.pk}_%s"))
            for item in survey.items.in_lists()
        ],
        take_over=wrong.get("take_over") or (_take_over_form(survey, result) if result else None),
        item_form=wrong.get("item") or ItemForm(auto_id="item_%s"),
        withdraw=wrong.get("withdraw") or WithdrawForm(auto_id="withdraw_%s"),
        page=_words(request, survey) if is_closed else None,
        wrong=next(iter(wrong.values()), None),
        form_errors=status != HTTPStatus.OK,
    )
    return render(request, "deliberation/desk_survey.html", context, status=status)


def _words(request: PortalRequest, survey: Survey) -> Any:
    """All that was said in words, released or not: without name, door or building."""
    return Paginator(SurveyAnswer.objects.words_of(survey), A_PAGE).get_page(request.GET.get("page"))


def _take_over_form(survey: Survey, result: Result, request: PortalRequest | None = None) -> TakeOverForm:
    listed = set(survey.items.values_list("option", flat=True))
    numbers = {option: number for option, (_kind, number) in result.listable().items() if option not in listed}
    return TakeOverForm(request.POST if request else None, numbers=numbers, auto_id="take_%s")


def _question(request: PortalRequest, survey: Survey) -> SurveyQuestion:
    return get_object_or_404(survey.questions.select_related("survey"), public_id=uuid_sent(request, "question"))


def _question_form(row: SurveyQuestion) -> QuestionForm:
    return QuestionForm(initial=QuestionForm.as_written(row), auto_id=_ids(row))


def _name(row: SurveyQuestion | None) -> str:
    return f"question {row.pk}" if row else "question"


def _ids(row: SurveyQuestion | None) -> str:
    return f"q{row.position}_%s" if row else "new_%s"


def _plan_form(request: PortalRequest, survey: Survey | None = None) -> SurveyForm:
    return SurveyForm(
        request.POST if request.method == "POST" else None,
        initial=SurveyForm.as_written(survey) if survey else {},
        scope=request.user.scope(request.now),
    )


def _written(request: PortalRequest, form: SurveyForm, survey: Survey | None = None) -> HttpResponse:
    context = _context(request, form=form, survey=survey, form_errors=form.errors)
    return render(request, "deliberation/desk_survey_edit.html", context)


def _taken_down(request: PortalRequest, survey: Survey, form: DeskSheetForm) -> bool:
    given = form.cleaned_data
    try:
        answering.take_down(
            survey, given["unit"], form.sheet(), channel=SurveyChannel(given["channel"]), sending=sending_of(request),
            actor=request.user, at=request.now,
        )  # fmt: skip
    except tuple(AT_FIELDS) as refusal:
        form.add_error(AT_FIELDS[type(refusal)], str(refusal.sentence))
        return False
    return True


def back_to(survey: Survey, part: str = "") -> HttpResponse:
    return redirect(reverse("desk_survey", args=[survey.public_id]) + (f"#{part}" if part else ""))


def _context(request: PortalRequest, **given: Any) -> dict[str, Any]:
    return {**desk_context(request), "work_page": "desk_surveys", **given}
