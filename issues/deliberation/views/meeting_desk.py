"""Meetings as those see them who call and run them: the list, a meeting as a list of tasks, the room."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.refusals import Refusal
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import agenda, attending, final_check, inviting, mandates, meetings, minuting, visiting
from issues.deliberation.domain.setting_up import NotLawful
from issues.deliberation.forms.meetings import (
    AnswerChangeForm,
    AskBodyForm,
    AskBuildingForm,
    AskByPhoneForm,
    CancelForm,
    ItemForm,
    MeetingForm,
    VisitForm,
    WalkInForm,
)
from issues.deliberation.minutes_page import versions_of
from issues.deliberation.models import Meeting, MeetingState, Part
from issues.deliberation.models.meetings import DOORS_OPEN
from issues.deliberation.views.sent import uuid_sent, version_of
from issues.deliberation.workflow import MEETING
from issues.views.queue import desk_context

A_PAGE = 30
PEOPLE_A_PAGE = 50
RELATED = ("estate", "community", "mechanism", "venue", "booking", "drafted_by", "called_by")
Press = Callable[[PortalRequest, Meeting], HttpResponse]


def require_organiser(request: PortalRequest) -> None:
    """These pages exist only for those who call meetings: of the community, the branch and the street."""
    if not request.user.scope(request.now).organises_meetings:
        raise Http404


def find_organised(request: PortalRequest, public_id: UUID) -> Meeting:
    require_organiser(request)
    rows = Meeting.objects.organised_by(request.user.scope(request.now))
    return get_object_or_404(rows.select_related(*RELATED), public_id=public_id)


@never_cache
@login_required
@require_safe
def desk_meetings(request: PortalRequest) -> HttpResponse:
    """Every meeting of the area, drafts first, then what comes, then what is over."""
    require_organiser(request)
    rows = Meeting.objects.organised_by(request.user.scope(request.now))
    rows = rows.select_related("estate", "community", "mechanism", "venue").in_hand_first()
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/desk_meetings.html", {**desk_context(request), "page": page})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_meeting_new(request: PortalRequest) -> HttpResponse:
    require_organiser(request)
    form = _plan_form(request)
    if form.is_bound and form.is_valid():
        meeting = meetings.draft(form.plan(), actor=request.user, at=request.now)
        return redirect("desk_meeting", meeting.public_id)
    return _written(request, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_meeting_edit(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Rewrite a draft, or change when and where a meeting is that was called. Of two at once the second is told."""
    meeting = find_organised(request, public_id)
    if meeting.state not in (MeetingState.DRAFT, MeetingState.CALLED):
        return redirect("desk_meeting", meeting.public_id)
    form = _plan_form(request, meeting)
    if form.is_bound and form.is_valid() and _rewritten(request, form, meeting):
        if meeting.called_at:
            messages.success(request, _("Changed. Everybody who was asked is told."))
        return redirect("desk_meeting", meeting.public_id)
    return _written(request, form, meeting)


@never_cache
@login_required
@require_safe
def desk_meeting(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A meeting as a list of tasks: what is done, what stands in the way, what to think about."""
    return meeting_page(request, find_organised(request, public_id))


@never_cache
@login_required
@require_safe
def desk_meeting_room(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The room: the code for the door, who is here, whether they are enough."""
    return _room(request, find_organised(request, public_id))


@login_required
@takes_presses
def desk_meeting_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    meeting = find_organised(request, public_id)
    press = PRESSES.get(verb)
    if press is None:
        raise Http404
    return press(request, meeting)


# --- its tasks ---


def _call(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    try:
        meetings.call(meeting, actor=request.user, at=request.now)
    except NotLawful as refusal:
        return meeting_page(request, meeting, status=refusal.status)
    messages.success(request, _("Called. Everybody who was asked is told."))
    return back_to(meeting)


def _cancel(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = CancelForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, meeting, {"cancel": form}, status=400)
    meetings.cancel(meeting, words=form.cleaned_data["words"], actor=request.user, at=request.now)
    messages.success(request, _("Cancelled."))
    return back_to(meeting)


def _hold(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    meetings.hold(meeting, actor=request.user, at=request.now)
    messages.success(request, _("The meeting is open. Write down now what is said, point by point."))
    return back_to(meeting)


def _add_item(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = ItemForm(request.POST, topics=agenda.topics_for(meeting, request.user, request.now))
    if not form.is_valid():
        return meeting_page(request, meeting, {"item": form}, status=400)
    agenda.add_item(meeting, **form.cleaned_data, actor=request.user, at=request.now)
    return back_to(meeting, "agenda")


def _ask_building(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = AskBuildingForm(request.POST, meeting=meeting)
    if not form.is_valid():
        return meeting_page(request, meeting, {"building": form}, status=400)
    people = inviting.people_of_building(form.cleaned_data["building"])
    return _asked(request, meeting, people, Part.RESIDENT)


def _ask_body(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = AskBodyForm(request.POST, bodies=inviting.bodies_for(meeting))
    if not form.is_valid():
        return meeting_page(request, meeting, {"body": form}, status=400)
    body = form.cleaned_data["body"]
    return _asked(request, meeting, inviting.people_of_body(body, request.now), Part.BODY, body=body)


def _ask_phone(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = AskByPhoneForm(request.POST)
    if form.is_valid():
        try:
            person = mandates.holder_by_phone(form.cleaned_data["phone"], asked_by=request.user, at=request.now)
            return _asked(request, meeting, [person], Part(form.cleaned_data["part"]))
        except mandates.NobodyThere as refusal:
            form.add_error("phone", str(refusal.sentence))
    return meeting_page(request, meeting, {"phone": form}, status=400)


def _ask_members(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    return _said_how_many(request, meeting, inviting.ask_members(meeting, actor=request.user, at=request.now))


def _ask_petitioners(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    return _asked(request, meeting, inviting.petitioners_of(meeting), Part.RESIDENT)


def _asked(request: PortalRequest, meeting: Meeting, people: Any, part: Part, **given: Any) -> HttpResponse:
    number = inviting.ask(meeting, people, part=part, actor=request.user, at=request.now, **given)
    return _said_how_many(request, meeting, number)


def _said_how_many(request: PortalRequest, meeting: Meeting, number: int) -> HttpResponse:
    sentence = ngettext("%(number)s person more is asked.", "%(number)s people more are asked.", number)
    messages.success(request, sentence % {"number": number})
    return back_to(meeting, "people")


def _ask_no_more(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    invitation = get_object_or_404(meeting.invitations, public_id=uuid_sent(request, "invitation"))
    inviting.withdraw(invitation, actor=request.user, at=request.now)
    return back_to(meeting, "people")


def _visit(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = VisitForm(request.POST, request.FILES, now=request.now)
    if not form.is_valid():
        return meeting_page(request, meeting, {"visit": form}, status=400)
    visiting.note_visit(meeting, **form.cleaned_data, actor=request.user, at=request.now)
    return back_to(meeting, "visits")


def _draw_up(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    minuting.draw_up(meeting, actor=request.user, at=request.now)
    messages.success(request, _("Drawn up. Somebody else has to check the minutes now."))
    return back_to(meeting)


def _check_minutes(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    minuting.check_minutes(meeting, actor=request.user, at=request.now)
    messages.success(request, _("Published. Those who were there can ask for changes."))
    return back_to(meeting)


def _finish(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    minuting.finish(meeting, actor=request.user, at=request.now)
    messages.success(request, _("The minutes are final."))
    return back_to(meeting)


# --- the room ---


def _check_in(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    invitation = get_object_or_404(
        meeting.invitations.select_related("user", "proxy"), public_id=uuid_sent(request, "invitation")
    )
    person = invitation.proxy or invitation.user
    if person:
        attending.check_in_by_hand(meeting, person, actor=request.user, at=request.now)
    else:
        attending.check_in_by_name(invitation, actor=request.user, at=request.now)
    return redirect("desk_meeting_room", meeting.public_id)


def _check_in_myself(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    attending.check_in_by_hand(meeting, request.user, actor=request.user, at=request.now)
    return redirect("desk_meeting_room", meeting.public_id)


def _walk_in(request: PortalRequest, meeting: Meeting) -> HttpResponse:
    form = WalkInForm(request.POST, meeting=meeting)
    if not form.is_valid():
        return _room(request, meeting, form, status=400)
    attending.walk_in(meeting, **form.cleaned_data, actor=request.user, at=request.now)
    return redirect("desk_meeting_room", meeting.public_id)


PRESSES: dict[str, Press] = {
    "call": _call,
    "cancel": _cancel,
    "hold": _hold,
    "draft_minutes": _draw_up,
    "check_minutes": _check_minutes,
    "finish_minutes": _finish,
    "add_item": _add_item,
    "ask_building": _ask_building,
    "ask_body": _ask_body,
    "ask_phone": _ask_phone,
    "ask_members": _ask_members,
    "ask_petitioners": _ask_petitioners,
    "ask_no_more": _ask_no_more,
    "visit": _visit,
    "check_in": _check_in,
    "check_in_myself": _check_in_myself,
    "walk_in": _walk_in,
}


# --- shown ---


def meeting_page(
    request: PortalRequest, meeting: Meeting, wrong: dict[str, forms.Form] | None = None, *, status: int = 200
) -> HttpResponse:
    """The meeting's page at the desk, with what was sent and has to be mended."""
    wrong = wrong or {}
    now = request.now
    can_ask = meeting.state in (MeetingState.DRAFT, MeetingState.CALLED)
    can_add = meeting.is_draft or minuting.is_writable(meeting)
    topics = agenda.topics_for(meeting, request.user, now)
    context = {
        **desk_context(request),
        "meeting": meeting,
        "check": final_check.check(meeting, request.user, now) if meeting.is_draft else None,
        "items": meeting.items.select_related("topic", "put_off_to").order_by("position"),
        "presence": meetings.presence(meeting),
        "people": _people(request, meeting),
        "visits": meeting.visits.prefetch_related("photos").order_by("visited_at", "pk"),
        "verbs": {step.verb for step in MEETING.allowed(meeting, request.user)},
        "versions": versions_of(meeting),
        "holds_together": minuting.hold_together(meeting),
        "is_writable": minuting.is_writable(meeting),
        "may_open": meeting.starts_at is not None and now >= meeting.starts_at - DOORS_OPEN,
        "may_finish": minuting.may_be_finished_at(meeting, now),
        "changes": [
            (each, wrong.get(f"change {each.number}") or AnswerChangeForm(prefix=str(each.number)))
            for each in meeting.amendments.select_related("item").order_by("number")
        ],
        "item_form": (wrong.get("item") or ItemForm(topics=topics, auto_id="item_%s")) if can_add else None,
        "phone_form": (wrong.get("phone") or AskByPhoneForm(auto_id="phone_%s")) if can_ask else None,
        "building_form": (wrong.get("building") or AskBuildingForm(meeting=meeting, auto_id="building_%s"))
        if can_ask
        else None,
        "body_form": (wrong.get("body") or AskBodyForm(bodies=inviting.bodies_for(meeting), auto_id="body_%s"))
        if can_ask
        else None,
        "has_topics": meeting.items.filter(topic__isnull=False).exists(),
        "visit_form": wrong.get("visit") or VisitForm(now=now, auto_id="visit_%s"),
        "cancel_form": wrong.get("cancel") or CancelForm(auto_id="cancel_%s"),
        "wrong": next(iter(wrong.values()), None),
        "wrong_name": next(iter(wrong), ""),
        "form_errors": status != 200,
        "work_page": "desk_meetings",
    }
    return render(request, "deliberation/desk_meeting.html", context, status=status)


def _people(request: PortalRequest, meeting: Meeting) -> Any:
    rows = meeting.invitations.select_related("user", "body").order_by("part", "pk")
    return Paginator(rows, PEOPLE_A_PAGE).get_page(request.GET.get("page"))


def _room(
    request: PortalRequest, meeting: Meeting, walk_in: WalkInForm | None = None, *, status: int = 200
) -> HttpResponse:
    if meeting.called_at is None or meeting.state == MeetingState.CANCELLED:
        return redirect("desk_meeting", meeting.public_id)
    page = _people(request, meeting)
    here = {each.pk for each in meetings.here_of(meeting, page)}
    context = {
        **desk_context(request),
        "meeting": meeting,
        "presence": meetings.presence(meeting),
        "arrived": meeting.attendances.order_by("number"),
        "page": page,
        "people": [(each, each.pk in here) for each in page],
        "is_here": meeting.attendances.filter(user=request.user).exists(),
        "is_on": meeting.lets_in_at(request.now),
        "qr": _code(meeting) if meeting.lets_in_at(request.now) else "",
        "walk_in": walk_in or WalkInForm(meeting=meeting),
        "form_errors": status != 200,
        "work_page": "desk_meetings",
    }
    return render(request, "deliberation/desk_meeting_room.html", context, status=status)


def _code(meeting: Meeting) -> SafeString:
    """The code for the door, as SVG: the address that checks in, with what only this meeting's door says."""
    address = f"{settings.PORTAL_URL.rstrip('/')}{reverse('meeting_here', args=[meeting.public_id])}"
    drawn = segno.make_qr(f"{address}?door={attending.door_code(meeting)}", error="m")
    return mark_safe(drawn.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))


def _plan_form(request: PortalRequest, meeting: Meeting | None = None) -> MeetingForm:
    return MeetingForm(
        request.POST if request.method == "POST" else None,
        initial=MeetingForm.as_written(meeting) if meeting else {},
        scope=request.user.scope(request.now),
        now=request.now,
        meeting=meeting,
    )


def _rewritten(request: PortalRequest, form: MeetingForm, meeting: Meeting) -> bool:
    try:
        meetings.rewrite(meeting, form.plan(), version=version_of(request), actor=request.user, at=request.now)
    except NotLawful as refusal:
        for obstacle in refusal.obstacles:
            form.add_error(None, str(obstacle.sentence))
        return False
    except Refusal as refusal:
        form.add_error(None, str(refusal.sentence))
        return False
    return True


def _written(request: PortalRequest, form: MeetingForm, meeting: Meeting | None = None) -> HttpResponse:
    context = {
        **desk_context(request), "form": form, "meeting": meeting, "form_errors": form.errors,
        "work_page": "desk_meetings",
    }  # fmt: skip
    return render(request, "deliberation/desk_meeting_edit.html", context)


def back_to(meeting: Meeting, part: str = "") -> HttpResponse:
    return redirect(reverse("desk_meeting", args=[meeting.public_id]) + (f"#{part}" if part else ""))
