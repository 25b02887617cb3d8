"""Addresses of meetings: at the desk, for residents, and for calendars."""

from django.urls import URLPattern, path

from issues.deliberation.views.meeting_desk import (
    desk_meeting,
    desk_meeting_edit,
    desk_meeting_new,
    desk_meeting_room,
    desk_meeting_step,
    desk_meetings,
)
from issues.deliberation.views.meetings import (
    calendar_feed,
    calendar_make,
    calendar_revoke,
    meeting,
    meeting_amend,
    meeting_answer,
    meeting_here,
    meeting_invitation,
    meeting_list,
    meeting_minutes,
    meeting_minutes_paper,
    meeting_notice_paper,
    meeting_proxy,
    visit_photo,
)
from issues.deliberation.views.minutes_desk import desk_amendment, desk_line, desk_point, desk_point_step

ONE = "meetings/<uuid:public_id>"
AT_DESK = "desk/meetings/<uuid:public_id>"

urlpatterns: list[URLPattern] = [
    path("desk/meetings/", desk_meetings, name="desk_meetings"),
    path("desk/meetings/new/", desk_meeting_new, name="desk_meeting_new"),
    path(f"{AT_DESK}/", desk_meeting, name="desk_meeting"),
    path(f"{AT_DESK}/edit/", desk_meeting_edit, name="desk_meeting_edit"),
    path(f"{AT_DESK}/room/", desk_meeting_room, name="desk_meeting_room"),
    path(f"{AT_DESK}/points/<uuid:item>/", desk_point, name="desk_point"),
    path(f"{AT_DESK}/points/<uuid:item>/<slug:verb>/", desk_point_step, name="desk_point_step"),
    path(f"{AT_DESK}/lines/<uuid:line>/", desk_line, name="desk_line"),
    path(f"{AT_DESK}/changes/<uuid:amendment>/", desk_amendment, name="desk_amendment"),
    path(f"{AT_DESK}/<slug:verb>/", desk_meeting_step, name="desk_meeting_step"),
    path("meetings/", meeting_list, name="meetings"),
    path("meetings/calendar/make/", calendar_make, name="calendar_make"),
    path("meetings/calendar/revoke/", calendar_revoke, name="calendar_revoke"),
    path("meetings/photos/<uuid:public_id>/", visit_photo, name="visit_photo"),
    path(f"{ONE}/", meeting, name="meeting"),
    path(f"{ONE}/answer/", meeting_answer, name="meeting_answer"),
    path(f"{ONE}/proxy/", meeting_proxy, name="meeting_proxy"),
    path(f"{ONE}/here/", meeting_here, name="meeting_here"),
    path(f"{ONE}/changes/", meeting_amend, name="meeting_amend"),
    path(f"{ONE}/minutes/<int:number>/", meeting_minutes, name="meeting_minutes"),
    path(f"{ONE}/notice.pdf", meeting_notice_paper, name="meeting_notice_paper"),
    path(f"{ONE}/minutes.pdf", meeting_minutes_paper, name="meeting_minutes_paper"),
    path(f"{ONE}/invitation.ics", meeting_invitation, name="meeting_invitation"),
    path("calendar/<uuid:token>/meetings.ics", calendar_feed, name="calendar_feed"),
]
