"""The minutes as they are written: one point of the agenda at a time, its lines, and the changes asked for later."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import agenda, deciding, meetings, minuting
from issues.deliberation.domain.owners_matters import OwnersDecide, matter_of
from issues.deliberation.domain.setting_up import WrittenMeanwhile, sounds_like
from issues.deliberation.forms.meetings import AnswerChangeForm, DecisionForm, LineForm, OutcomeForm, RewriteForm
from issues.deliberation.hands_page import said
from issues.deliberation.models import AgendaItem, Consensus, LineKind, Meeting, MeetingState, MinuteLine, Outcome
from issues.deliberation.views.meeting_desk import back_to, find_organised, meeting_page
from issues.deliberation.views.sent import uuid_sent, version_of
from issues.views.queue import desk_context


@never_cache
@login_required
@require_safe
def desk_point(request: PortalRequest, public_id: UUID, item: UUID) -> HttpResponse:
    """Live minutes of one point: who said what for whom, and what came of it."""
    return _point(request, *_find_item(request, public_id, item))


@login_required
@takes_presses
def desk_point_step(request: PortalRequest, public_id: UUID, item: UUID, verb: str) -> HttpResponse:
    meeting, point = _find_item(request, public_id, item)
    match verb:
        case "up" | "down":
            agenda.move_item(point, up=verb == "up", actor=request.user, at=request.now)
        case "remove":
            agenda.remove_item(point, actor=request.user, at=request.now)
        case "say":
            return _say(request, meeting, point)
        case "conclude":
            return _conclude(request, meeting, point)
        case "decide":
            return _decide(request, meeting, point)
        case "strike_decision":
            struck = get_object_or_404(point.decisions, public_id=uuid_sent(request, "decision"))
            deciding.strike(struck, actor=request.user, at=request.now)
            return redirect("desk_point", meeting.public_id, point.public_id)
        case _:
            raise Http404
    return back_to(meeting, "agenda")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_line(request: PortalRequest, public_id: UUID, line: UUID) -> HttpResponse:
    """Put a line of the minutes in other words, or take it out, before they are checked."""
    meeting = find_organised(request, public_id)
    lines = MinuteLine.objects.filter(item__meeting=meeting)
    written = get_object_or_404(lines.select_related("item__meeting", "speaker"), public_id=line)
    form = RewriteForm(request.POST if request.method == "POST" else None, initial={"words": written.words})
    if request.method == "POST" and ("strike" in request.POST or form.is_valid()):
        try:
            _rewrite_or_strike(request, written, form)
            return redirect("desk_point", meeting.public_id, written.item.public_id)
        except WrittenMeanwhile as refusal:
            form.is_valid()
            form.add_error(None, str(refusal.sentence))
    context = {
        **desk_context(request), "meeting": meeting, "line": written, "form": form, "form_errors": form.errors,
        "work_page": "desk_meetings", "is_writable": minuting.is_writable(meeting),
    }  # fmt: skip
    return render(request, "deliberation/desk_line.html", context)


@login_required
@takes_presses
def desk_amendment(request: PortalRequest, public_id: UUID, amendment: UUID) -> HttpResponse:
    """Take a change in that somebody asked for, or say why not."""
    meeting = find_organised(request, public_id)
    asked = get_object_or_404(meeting.amendments.select_related("meeting", "item"), public_id=amendment)
    form = AnswerChangeForm(request.POST, prefix=str(asked.number))
    if not form.is_valid():
        return meeting_page(request, meeting, {f"change {asked.number}": form}, status=400)
    given = form.cleaned_data
    minuting.answer_change(
        asked, take_in=given["is_taken_in"] == "yes", words=given["words"], actor=request.user, at=request.now
    )
    return back_to(meeting, "changes")


def _find_item(request: PortalRequest, public_id: UUID, item: UUID) -> tuple[Meeting, AgendaItem]:
    meeting = find_organised(request, public_id)
    related = ("meeting__mechanism", "topic", "put_off_to")
    return meeting, get_object_or_404(meeting.items.select_related(*related), public_id=item)


def _say(request: PortalRequest, meeting: Meeting, point: AgendaItem) -> HttpResponse:
    form = LineForm(request.POST, meeting=meeting)
    if not form.is_valid():
        return _point(request, meeting, point, line=form, status=400)
    given = {name: form.cleaned_data[name] for name in ("speaker", "kind", "for_whom", "words", "body", "building")}
    minuting.write_line(point, **given | {"kind": LineKind(given["kind"])}, actor=request.user, at=request.now)
    return redirect("desk_point", meeting.public_id, point.public_id)


def _conclude(request: PortalRequest, meeting: Meeting, point: AgendaItem) -> HttpResponse:
    form = OutcomeForm(request.POST, others=_others(request, meeting))
    if form.is_valid():
        given = form.cleaned_data
        try:
            minuting.write_outcome(
                point, consensus=Consensus(given["consensus"]), outcome=Outcome(given["outcome"]),
                words=given["words"], put_off_to=given["put_off_to"], version=version_of(request), actor=request.user,
                at=request.now,
            )  # fmt: skip
            return back_to(meeting, "agenda")
        except WrittenMeanwhile as refusal:
            form.add_error(None, str(refusal.sentence))
    return _point(request, meeting, point, outcome=form, status=400)


def _decide(request: PortalRequest, meeting: Meeting, point: AgendaItem) -> HttpResponse:
    form = _decision_form(request, point)
    if form is None:
        raise deciding.NoShowOfHands
    if not form.is_valid():
        return _point(request, meeting, point, decision=form, status=400)
    asked = {"question": form.cleaned_data["question"], "matter": form.cleaned_data.get("matter", "")}
    try:
        if form.by_name:
            deciding.decide_by_name(point, **asked, hands=form.said, actor=request.user, at=request.now)
        else:
            deciding.decide(point, **asked, raised=form.raised, actor=request.user, at=request.now)
    except (deciding.TooManyHands, deciding.DecidedAlready, meetings.NoQuorum, OwnersDecide) as refusal:
        form.add_error(None, str(refusal))
        return _point(request, meeting, point, decision=form, status=400)
    return redirect("desk_point", meeting.public_id, point.public_id)


def _decision_form(request: PortalRequest, point: AgendaItem) -> DecisionForm | None:
    """The form for a show of hands; None where the meeting has none."""
    by = point.meeting.mechanism
    if not by.majority:
        return None
    room = deciding.room_at(point, request.now)
    return DecisionForm(
        request.POST if request.method == "POST" and "question" in request.POST else None,
        room=room,
        names=minuting.names_of(point.meeting, room.may_vote + room.aside),
        by_name=by.by_name,
        matter=matter_of(point.topic),
        auto_id="decision_%s",
    )


def _rewrite_or_strike(request: PortalRequest, line: Any, form: RewriteForm) -> None:
    version = version_of(request)
    if "strike" in request.POST:
        minuting.strike_line(line, version=version, actor=request.user, at=request.now)
    else:
        words = form.cleaned_data["words"]
        minuting.rewrite_line(line, words=words, version=version, actor=request.user, at=request.now)


def _others(request: PortalRequest, meeting: Meeting) -> Any:
    """The meetings to which something may be put off: of the same place, still to come."""
    rows = Meeting.objects.organised_by(request.user.scope(request.now)).exclude(pk=meeting.pk)
    ahead = rows.filter(community=meeting.community_id, state__in=(MeetingState.DRAFT, MeetingState.CALLED))
    return ahead.order_by("starts_at", "pk")


def _names_aside(form: DecisionForm | None, point: AgendaItem) -> list[str]:
    if form is None:
        return []
    return list(minuting.names_of(point.meeting, form.room.aside).values())


def _point(
    request: PortalRequest,
    meeting: Meeting,
    point: AgendaItem,
    *,
    line: LineForm | None = None,
    outcome: OutcomeForm | None = None,
    decision: DecisionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    others = _others(request, meeting)
    is_writable = minuting.is_writable(meeting)
    decision_form = decision or (_decision_form(request, point) if is_writable else None)
    context = {
        **desk_context(request),
        "meeting": meeting,
        "item": point,
        "lines": point.lines.select_related("speaker", "body", "building").order_by("pk"),
        "line_form": line or LineForm(meeting=meeting, auto_id="line_%s"),
        "outcome_form": outcome or OutcomeForm(others=others, initial=OutcomeForm.as_written(point)),
        "decisions": [
            (row, said(told), [] if row.matter else sounds_like(row.question))
            for row, told in minuting.decisions_of(point)
        ],
        "decision_form": decision_form,
        "aside": _names_aside(decision_form, point),
        "is_writable": is_writable,
        "wrong": line or outcome or decision,
        "form_errors": status != 200,
        "work_page": "desk_meetings",
    }
    return render(request, "deliberation/desk_point.html", context, status=status)
