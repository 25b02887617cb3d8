"""Meetings as residents see them: when and where, will you come, I am here, what came of it, what should change."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import attending, feeds, inviting, mandates, meetings, minuting
from issues.deliberation.domain.attending import NotAtTheDoor
from issues.deliberation.forms.meetings import ChangeForm, PhoneForm
from issues.deliberation.meeting_calendar import feed_of, invitation_of
from issues.deliberation.meeting_papers import minutes_pdf, notice_pdf
from issues.deliberation.minutes_page import difference, read
from issues.deliberation.models import CalendarFeed, Meeting, MeetingState, MinutesStage, SiteVisitPhoto
from issues.deliberation.views.files import CALENDAR, PDF, to_take_away
from residents.views.photos import serve_jpeg

A_PAGE = 20


@never_cache
@login_required
@require_safe
def meeting_list(request: PortalRequest) -> HttpResponse:
    """The meetings to which the person is asked, and those of the own estate; what is to come first."""
    rows = Meeting.objects.visible_to(request.user, request.user.scope(request.now)).coming_first(request.now)
    page = Paginator(rows.select_related("estate", "community", "mechanism", "venue"), A_PAGE).get_page(
        request.GET.get("page")
    )
    mine = request.user.calendar_feeds.filter(revoked_at=None).first()
    return render(request, "deliberation/meetings.html", {"page": page, "feed": mine and feeds.address_of(mine)})


@never_cache
@login_required
@require_safe
def meeting(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """One meeting: the notice before it, what came of it afterwards."""
    return _page(request, find_meeting(request, public_id))


@login_required
@takes_presses
def meeting_answer(request: PortalRequest, public_id: UUID) -> HttpResponse:
    found = find_meeting(request, public_id)
    comes = request.POST.get("comes") == "yes"
    inviting.answer(found, comes=comes, actor=request.user, at=request.now)
    messages.success(request, _("Noted: you come.") if comes else _("Noted: you don't come."))
    return redirect("meeting", found.public_id)


@login_required
@takes_presses
def meeting_proxy(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Let somebody stand in, found by the phone number; or, without a number, nobody any more."""
    found = find_meeting(request, public_id)
    if "nobody" in request.POST:
        inviting.send_proxy(found, to=None, actor=request.user, at=request.now)
        return redirect("meeting", found.public_id)
    # Asked first: whoever has nobody to send looks nobody up by their number.
    inviting.sendable(found, request.user)
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            to = mandates.holder_by_phone(form.cleaned_data["phone"], asked_by=request.user, at=request.now)
            inviting.send_proxy(found, to=to, actor=request.user, at=request.now)
            return redirect("meeting", found.public_id)
        except mandates.NobodyThere as refusal:
            form.add_error("phone", str(refusal.sentence))
    return _page(request, found, proxy=form, status=400)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_here(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Where the code at the door leads: press once, and one is here."""
    found = find_meeting(request, public_id)
    door = request.POST.get("door", "") if request.method == "POST" else request.GET.get("door", "")
    if request.method == "POST":
        attending.check_in(found, code=door, actor=request.user, at=request.now)
        messages.success(request, _("You are checked in."))
        return redirect("meeting", found.public_id)
    context = {
        "meeting": found,
        "door": door,
        "is_door": attending.is_door_code(found, door),
        "is_on": found.lets_in_at(request.now),
        "refusal": NotAtTheDoor.sentence,
    }
    return render(request, "deliberation/meeting_here.html", context)


@login_required
@takes_presses
def meeting_amend(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Ask for a change of the minutes."""
    found = find_meeting(request, public_id)
    form = ChangeForm(request.POST, meeting=found)
    if not form.is_valid():
        return _page(request, found, change=form, status=400)
    asked = minuting.ask_for_a_change(found, **form.cleaned_data, actor=request.user, at=request.now)
    messages.success(request, _("Noted as no. %(number)s. It is answered here.") % {"number": asked.number})
    return redirect("meeting", found.public_id)


@never_cache
@login_required
@require_safe
def meeting_minutes(request: PortalRequest, public_id: UUID, number: int) -> HttpResponse:
    """One published version of the minutes, and what differs from the one before it."""
    found = find_meeting(request, public_id)
    versions = {version.number: version for version in _readable(request, found)}
    version = versions.get(number)
    if version is None:
        raise Http404
    before = versions.get(number - 1)
    context = {
        "meeting": found,
        "minutes": read(version),
        "before": before,
        "difference": (changed := difference(before, version) if before else []),
        "differs": any(each.is_new is not None for each in changed),
        "holds_together": minuting.hold_together(found),
    }
    return render(request, "deliberation/meeting_minutes.html", context)


@never_cache
@login_required
@require_safe
def meeting_notice_paper(request: PortalRequest, public_id: UUID) -> HttpResponse:
    found = find_meeting(request, public_id)
    return to_take_away(notice_pdf(found), PDF, f"meeting-{found.public_id}.pdf")


@never_cache
@login_required
@require_safe
def meeting_minutes_paper(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The latest published minutes as a paper, with the sheet that those who were there sign."""
    found = find_meeting(request, public_id)
    version = _readable(request, found)[-1:]
    if not version:
        raise Http404
    return to_take_away(minutes_pdf(read(version[0])), PDF, f"minutes-{found.public_id}.pdf")


@never_cache
@login_required
@require_safe
def meeting_invitation(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """For the person's calendar."""
    found = find_meeting(request, public_id)
    return to_take_away(invitation_of(found), CALENDAR, f"meeting-{found.public_id}.ics")


@login_required
@takes_presses
def calendar_make(request: PortalRequest) -> HttpResponse:
    """Make an address for one's calendar, in place of the one before."""
    feeds.make(actor=request.user, at=request.now)
    return redirect("meetings")


@login_required
@takes_presses
def calendar_revoke(request: PortalRequest) -> HttpResponse:
    feeds.revoke(actor=request.user, at=request.now)
    return redirect("meetings")


@never_cache
@require_safe
def calendar_feed(request: PortalRequest, token: UUID) -> HttpResponse:
    """Read by a calendar, which can't sign in: whoever knows the address reads it, until it is revoked."""
    rows = CalendarFeed.objects.filter(revoked_at=None, user__is_active=True).select_related("user")
    feed = get_object_or_404(rows, token=token)
    return HttpResponse(feed_of(feed.user, request.now), content_type=CALENDAR)


@require_safe
@login_required
def visit_photo(request: PortalRequest, public_id: UUID) -> FileResponse:
    """A photo of what was seen on site: released, or for those who run the meeting."""
    scope = request.user.scope(request.now)
    released = Q(visit__is_public=True, visit__meeting__in=Meeting.objects.visible_to(request.user, scope))
    theirs = Q(visit__meeting__in=Meeting.objects.organised_by(scope))
    return serve_jpeg(get_object_or_404(SiteVisitPhoto.objects.filter(released | theirs), public_id=public_id))


def find_meeting(request: PortalRequest, public_id: UUID) -> Meeting:
    rows = Meeting.objects.visible_to(request.user, request.user.scope(request.now))
    related = ("estate", "community", "mechanism", "venue")
    return get_object_or_404(rows.select_related(*related), public_id=public_id)


def _readable(request: PortalRequest, found: Meeting) -> list[Any]:
    """The versions that the person reads: those published; for those who run the meeting drafts, too."""
    scope = request.user.scope(request.now)
    versions = found.minutes_versions.select_related("meeting").order_by("number")
    if not scope.organises_meetings or not Meeting.objects.organised_by(scope).filter(pk=found.pk).exists():
        versions = versions.exclude(stage=MinutesStage.DRAFT)
    return list(versions)


def _page(
    request: PortalRequest,
    found: Meeting,
    *,
    proxy: PhoneForm | None = None,
    change: ChangeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The meeting's page, with what was sent and has to be mended."""
    invitation = found.invitations.filter(user=request.user).select_related("proxy").first()
    versions = minuting.public_versions(found)
    was_there = found.attendances.filter(user=request.user).exists()
    is_ahead = found.state == MeetingState.CALLED and found.starts_at and request.now < found.starts_at
    context = {
        "meeting": found,
        "items": found.items.order_by("position"),
        "invitation": invitation,
        "may_answer": is_ahead and (invitation or found.mechanism.is_open),
        "may_send": bool(is_ahead and invitation and invitation.has_vote and found.mechanism.proxies_allowed),
        "proxy": proxy or PhoneForm(),
        "presence": meetings.presence(found),
        "was_there": was_there,
        "visits": found.visits.filter(is_public=True).prefetch_related("photos").order_by("visited_at", "pk"),
        "minutes": read(versions[-1]) if versions else None,
        "versions": versions,
        "changes": found.amendments.select_related("item").order_by("number"),
        "may_ask_for_a_change": was_there and minuting.takes_changes_at(found, request.now),
        "takes_changes": minuting.takes_changes_at(found, request.now),
        "change_form": change or ChangeForm(meeting=found, auto_id="change_%s"),
        "form_errors": status != HTTPStatus.OK,
        "wrong": proxy or change,
    }
    return render(request, "deliberation/meeting.html", context, status=status)
