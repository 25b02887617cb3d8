"""Votes as those see them who organise them: drafts, what still stands in their way, the notice, a withdrawal."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import electing, objecting, setting_up
from issues.deliberation.domain.opening import bring_up_to_date
from issues.deliberation.domain.papers import StandsOnTheBallot
from issues.deliberation.domain.setting_up import (
    NotLawful,
    Plan,
    TooManyOptions,
    TwiceTheSame,
    UnseenInName,
    WrittenMeanwhile,
)
from issues.deliberation.forms.afterwards import EnterForm, ErratumForm, ResultForm
from issues.deliberation.forms.organising import AnswerForm, OptionForm, PlanForm, WhyForm
from issues.deliberation.models import Motion, MotionState, Topic, TopicState
from issues.deliberation.official_page import official_page, waiting_result
from issues.deliberation.rules import is_candidate
from issues.deliberation.turnout import turnout
from issues.deliberation.views import afterwards
from issues.deliberation.views.sent import version_of
from issues.deliberation.views.votes import published_errata
from issues.deliberation.workflow import MOTION
from issues.views.queue import desk_context

A_PAGE = 30


def require_organiser(request: PortalRequest) -> None:
    """These pages exist only for those who organise votes: of the community, and of the street."""
    if not request.user.scope(request.now).organises_votes:
        raise Http404


@never_cache
@login_required
@require_safe
def desk_votes(request: PortalRequest) -> HttpResponse:
    """Every vote of the area, drafts first, then what comes or runs, then what is over."""
    require_organiser(request)
    rows = Motion.objects.organised_by(request.user.scope(request.now)).select_related("estate", "building")
    page = Paginator(rows.knowing_the_city().in_hand_first(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/desk_votes.html", {**desk_context(request), "page": page})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_vote_new(request: PortalRequest) -> HttpResponse:
    require_organiser(request)
    form = _form(request, on=_topic(request))
    if form.is_bound and form.is_valid():
        motion = setting_up.draft(form.plan(), actor=request.user, at=request.now)
        return redirect("desk_vote", motion.public_id)
    return _written(request, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_vote_edit(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Rewrite a draft. Of two at once the second keeps the words and is told."""
    motion = find_organised(request, public_id)
    if motion.state != MotionState.DRAFT:
        return redirect("desk_vote", motion.public_id)
    form = _form(request, motion)
    if form.is_bound and form.is_valid() and _rewritten(request, form, motion):
        return redirect("desk_vote", motion.public_id)
    return _written(request, form, motion)


@never_cache
@login_required
@require_safe
def desk_vote(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A vote as a list of tasks: what is done, what stands in the way, what to think about."""
    return _page(request, find_organised(request, public_id))


@login_required
@takes_presses
def desk_vote_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    motion = find_organised(request, public_id)
    if verb in afterwards.STEPS:
        beside = afterwards.take(request, motion, verb)
        return _page(request, motion, beside=beside, status=400) if beside else redirect("desk_vote", motion.public_id)
    match verb:
        case "publish":
            return _publish(request, motion)
        case "add_option":
            return _add_option(request, motion)
        case "drop_option":
            return _drop_option(request, motion)
        case "ask_to_withdraw":
            return _ask_to_withdraw(request, motion)
        case "withdraw":
            setting_up.withdraw(motion, actor=request.user, at=request.now)
            messages.success(request, _("Withdrawn. The page stays, with the reason."))
            return redirect("desk_vote", motion.public_id)
    raise Http404


@login_required
@takes_presses
def desk_objection(request: PortalRequest, public_id: UUID, objection: UUID) -> HttpResponse:
    """Answer an objection."""
    motion = find_organised(request, public_id)
    raised = get_object_or_404(motion.objections.select_related("motion"), public_id=objection)
    form = AnswerForm(request.POST, prefix=str(raised.number))
    if not form.is_valid():
        return _page(request, motion, answering={raised.number: form}, status=400)
    objecting.answer(raised, words=form.cleaned_data["words"], actor=request.user, at=request.now)
    messages.success(request, _("Answered."))
    return redirect("desk_vote", motion.public_id)


def _publish(request: PortalRequest, motion: Motion) -> HttpResponse:
    try:
        setting_up.publish(motion, actor=request.user, at=request.now)
    except NotLawful as refusal:
        return _page(request, motion, status=refusal.status)
    messages.success(request, _("Announced. From now on nobody changes it."))
    return redirect("desk_vote", motion.public_id)


def _add_option(request: PortalRequest, motion: Motion) -> HttpResponse:
    form = OptionForm(request.POST, motion=motion, now=request.now)
    if form.is_valid():
        try:
            setting_up.add_option(motion, form.offer(), version=version_of(request), actor=request.user, at=request.now)
        except (TwiceTheSame, UnseenInName, TooManyOptions, WrittenMeanwhile) as refusal:
            form.add_error("title", str(refusal.sentence))
    if not form.is_valid():
        return _page(request, motion, option=form, status=400)
    messages.success(request, _("It stands on the ballot."))
    return redirect("desk_vote", motion.public_id)


def _drop_option(request: PortalRequest, motion: Motion) -> HttpResponse:
    number = request.POST.get("number", "")
    option = get_object_or_404(motion.options, number=number if number.isascii() and number.isdigit() else 0)
    setting_up.drop_option(option, version=version_of(request), actor=request.user, at=request.now)
    messages.success(request, _("Taken off the ballot."))
    return redirect("desk_vote", motion.public_id)


def _ask_to_withdraw(request: PortalRequest, motion: Motion) -> HttpResponse:
    form = WhyForm(request.POST)
    if not form.is_valid():
        return _page(request, motion, why=form, status=400)
    setting_up.ask_to_withdraw(motion, words=form.cleaned_data["words"], actor=request.user, at=request.now)
    messages.success(request, _("Noted. A second person of the office has to agree."))
    return redirect("desk_vote", motion.public_id)


def find_organised(request: PortalRequest, public_id: UUID) -> Motion:
    require_organiser(request)
    rows = Motion.objects.organised_by(request.user.scope(request.now))
    related = ("estate__community", "building", "rule_set", "withdrawn_by", "drafted_by", "topic")
    asked = rows.select_related(*related).prefetch_related("options")
    return bring_up_to_date(get_object_or_404(asked, public_id=public_id), request.now)


def _page(
    request: PortalRequest,
    motion: Motion,
    *,
    why: WhyForm | None = None,
    answering: dict[int, AnswerForm] | None = None,
    option: OptionForm | None = None,
    beside: Form | None = None,
    status: int = 200,
) -> HttpResponse:
    answering = answering or {}
    is_draft = motion.state == MotionState.DRAFT
    context = {
        **desk_context(request),
        "motion": motion,
        "options": motion.options.all(),
        "option_form": option or (OptionForm(motion=motion, now=request.now) if is_draft else None),
        "wrong": option or beside,
        "erratum_form": beside if isinstance(beside, ErratumForm) else ErratumForm(),
        "errata": published_errata(motion),
        "erratum_waits": motion.errata.waiting().select_related("written_by").first(),
        "official": official_page(motion),
        "result_waits": waiting_result(motion),
        "result_form": beside if isinstance(beside, ResultForm) else afterwards.result_form(motion),
        "rehearsal": setting_up.rehearse(motion, request.now) if is_draft else None,
        "turnout": turnout(motion) if motion.frozen_at else None,
        "elected": electing.to_enter(motion),
        "enter_form": beside if isinstance(beside, EnterForm) else afterwards.enter_form(request, motion),
        "seated": electing.seated(motion, request.now),
        "runs_console": request.user.scope(request.now).runs_console,
        "barred": StandsOnTheBallot if is_candidate(request.user.full_name, motion) else None,
        "verbs": {step.verb for step in MOTION.allowed(motion, request.user)},
        "why": why or WhyForm(),
        "objections": [
            (each, answering.get(each.number) or AnswerForm(prefix=str(each.number)))
            for each in motion.objections.order_by("number")
        ],
        "form_errors": status != HTTPStatus.OK,
        "work_page": "desk_votes",
    }
    return render(request, "deliberation/desk_vote.html", context, status=status)


def _topic(request: PortalRequest) -> Topic | None:
    """The topic that the page was opened from."""
    try:
        asked = UUID(request.GET.get("topic", ""))
    except ValueError:
        return None
    rows = Topic.objects.organised_by(request.user.scope(request.now)).select_related("building")
    return rows.filter(public_id=asked, state=TopicState.ACCEPTED).first()


def _form(request: PortalRequest, motion: Motion | None = None, on: Topic | None = None) -> PlanForm:
    return PlanForm(
        request.POST if request.method == "POST" else None,
        initial=PlanForm.as_written(motion) if motion else PlanForm.on_topic(on) if on else {},
        scope=request.user.scope(request.now),
        now=request.now,
    )


def _rewritten(request: PortalRequest, form: PlanForm, motion: Motion) -> bool:
    plan: Plan = form.plan()
    try:
        setting_up.rewrite(motion, plan, version=version_of(request), actor=request.user, at=request.now)
    except WrittenMeanwhile as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


def _written(request: PortalRequest, form: PlanForm, motion: Motion | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        **desk_context(request), "form": form, "motion": motion, "form_errors": form.errors, "work_page": "desk_votes",
    }  # fmt: skip
    return render(request, "deliberation/desk_vote_edit.html", context)
