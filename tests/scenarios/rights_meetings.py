"""Meetings in the world of the rights tests: at each place one in every state, and what is sent with their presses."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Model

from governance.models import Body, BodyKind, Building, Post, PostKind, Role, User, Venue, VenueKind
from issues.deliberation.domain import agenda, attending, deciding, feeds, inviting, meetings, minuting, visiting
from issues.deliberation.domain.deciding import Raised
from issues.deliberation.domain.meetings import MeetingPlan
from issues.deliberation.models import (
    AgendaItem,
    Amendment,
    CalendarFeed,
    Consensus,
    ForWhom,
    LineKind,
    Mechanism,
    Meeting,
    MinuteLine,
    Outcome,
    Part,
    SiteVisitPhoto,
)
from tests.cast import NOW
from tests.photos import jpeg

# Whose members meet where hands go up.
BODY = "representatives"
CALLED = (
    "meeting_called", "meeting_now", "meeting_held", "meeting_drawn_up", "meeting_checked", "meeting_over",
    "meeting_cancelled", "assembly",
)  # fmt: skip
THINGS: dict[str, tuple[str, ...]] = {
    "called meeting": CALLED,
    "meeting before its notice": ("meeting_draft",),
    "meeting that comes": ("meeting_called",),
    "meeting that goes on": ("meeting_now",),
    "meeting that was opened": ("meeting_held",),
    "meeting whose minutes the community drew up": ("meeting_drawn_up",),
    "meeting whose days for changes are over": ("meeting_over",),
    "published minutes": ("meeting_checked",),
    "assembly": ("assembly",),
    "point of a meeting before its notice": ("point_draft",),
    "point of a meeting that was opened": ("point_held",),
    "line of minutes": ("minute_line",),
    "change that a resident asked for": ("amendment",),
    "photo of a visit": ("visit_photo",),
    "photo of a visit that nobody released": ("hidden_visit_photo",),
    "calendar": ("calendar_feed",),
}
ABOVE: dict[str, Any] = {
    **dict.fromkeys(("desk_point", "desk_point_step"), lambda item: item.meeting.public_id),
    "desk_line": lambda line: line.item.meeting.public_id,
    "desk_amendment": lambda amendment: amendment.meeting.public_id,
}


def meetings_at(resident: User, building: Building) -> dict[str, Model]:
    """A meeting of the estate in each state, run by the community's worker. `resident` was asked, and came."""
    community = building.estate.community
    worker = User.objects.get(assignments__role=Role.COMMUNITY_STAFF, assignments__community=community)
    officer = User.objects.get(assignments__role=Role.STREET_OFFICER, assignments__subdistrict=community.subdistrict)
    made = _Made(resident, building, worker, officer)
    held = made.held("垃圾房搬到哪里", NOW - timedelta(hours=1), BODY)
    made.decide(held, NOW)
    line = minuting.write_line(
        held.items.get(), speaker=held.attendances.get(user=resident), kind=LineKind.STATEMENT,
        for_whom=ForWhom.SELF, words="车位不够。", actor=worker, at=NOW,
    )  # fmt: skip
    checked = made.checked("学校路停车怎么办", NOW - timedelta(hours=3), NOW, BODY)
    over = NOW - timedelta(days=20)
    draft = made.draft("单元门禁怎么修", NOW + timedelta(days=10))
    inviting.ask(draft, [resident], part=Part.RESIDENT, actor=worker, at=NOW)
    cancelled = made.called("中秋邻里活动", NOW + timedelta(days=10))
    other = made.called("电动车充电棚", NOW - timedelta(hours=2))
    made.bring(other, NOW - timedelta(hours=2))
    made.conclude(other, NOW - timedelta(hours=1))
    minuting.check_minutes(other, actor=officer, at=NOW)
    return {
        "meeting_draft": draft,
        "point_draft": draft.items.get(),
        "meeting_called": made.called("地下车库漏水怎么办", NOW + timedelta(days=10)),
        "meeting_now": made.called("楼道堆物清理", NOW + timedelta(minutes=10)),
        "meeting_held": held,
        "point_held": held.items.get(),
        "minute_line": line,
        "visit_photo": a_visit(held, worker, is_public=True),
        "hidden_visit_photo": a_visit(held, worker, is_public=False),
        "meeting_drawn_up": made.drawn_up("楼顶晾晒", NOW - timedelta(hours=4)),
        "meeting_checked": checked,
        "meeting_asked_to_change": other,
        "amendment": minuting.ask_for_a_change(other, words="是两米高", actor=resident, at=NOW),
        "meeting_over": made.checked("绿化修剪", over, over + timedelta(hours=3)),
        "meeting_cancelled": meetings.cancel(cancelled, words="停电", actor=worker, at=NOW),
        "assembly": made.called("更换物业的准备", NOW + timedelta(days=40), kind="owners-assembly"),
        "calendar_feed": feeds.make(actor=resident, at=NOW),
    }


class _Made:
    """Meetings at one place, each in a room of its own."""

    def __init__(self, resident: User, building: Building, worker: User, officer: User):
        self.resident, self.building, self.worker, self.officer = resident, building, worker, officer

    def draft(self, title: str, starts_at: datetime, kind: str = "discussion") -> Meeting:
        """Drafted a month before it begins, or now."""
        estate = self.building.estate
        venue = Venue.objects.create(
            community=estate.community, kind=VenueKind.HALL, name=f"{estate.name} {self.building.name} {title}",
            where="一层", capacity=20,
        )  # fmt: skip
        plan = MeetingPlan(
            estate, Mechanism.objects.get(code=kind), title, "", starts_at, starts_at + timedelta(hours=1), venue
        )
        at = self.at(starts_at)
        meeting = meetings.draft(plan, actor=self.worker, at=at)
        agenda.add_item(meeting, title="停车", minutes=30, actor=self.worker, at=at)
        return meeting

    def called(self, title: str, starts_at: datetime, kind: str = "discussion") -> Meeting:
        """Of a body, the resident is its only member until it is called."""
        meeting, at = self.draft(title, starts_at, kind), self.at(starts_at)
        if not meeting.mechanism.body:
            inviting.ask(meeting, [self.resident], part=Part.RESIDENT, actor=self.worker, at=at)
            return meetings.call(meeting, actor=self.worker, at=at)
        seat = Post.objects.create(
            body=Body.objects.get(kind=BodyKind.RESIDENTS_COMMITTEE, community=meeting.community), title="居民代表",
            kind=PostKind.REPRESENTATIVE, full_name="某某", user=self.resident, since=date(2020, 1, 1),
        )  # fmt: skip
        inviting.ask_members(meeting, actor=self.worker, at=at)
        called = meetings.call(meeting, actor=self.worker, at=at)
        seat.delete()
        return called

    def held(self, title: str, starts_at: datetime, kind: str = "discussion") -> Meeting:
        meeting = self.called(title, starts_at, kind)
        self.bring(meeting, starts_at)
        return meeting

    def decide(self, meeting: Meeting, at: datetime) -> None:
        deciding.decide(meeting.items.get(), question="每天几点清运", raised=Raised(1, 0, 0), actor=self.worker, at=at)

    def drawn_up(self, title: str, starts_at: datetime, kind: str = "discussion") -> Meeting:
        meeting = self.held(title, starts_at, kind)
        if meeting.mechanism.body:
            self.decide(meeting, starts_at)
        self.conclude(meeting, starts_at + timedelta(hours=1))
        return meeting

    def checked(self, title: str, starts_at: datetime, at: datetime, kind: str = "discussion") -> Meeting:
        meeting = self.drawn_up(title, starts_at, kind)
        minuting.check_minutes(meeting, actor=self.officer, at=at)
        return meeting

    def bring(self, meeting: Meeting, at: datetime) -> None:
        attending.check_in_by_hand(meeting, self.resident, actor=self.worker, at=at)
        meetings.hold(meeting, actor=self.worker, at=at)

    def conclude(self, meeting: Meeting, at: datetime) -> None:
        minuting.write_outcome(
            meeting.items.get(), consensus=Consensus.AGREED, outcome=Outcome.FIXED, words="当场划线。", version=1,
            actor=self.worker, at=at,
        )  # fmt: skip
        minuting.draw_up(meeting, actor=self.worker, at=at)

    @staticmethod
    def at(starts_at: datetime) -> datetime:
        return min(NOW, starts_at - timedelta(days=30)) if starts_at < NOW + timedelta(days=1) else NOW


def a_visit(meeting: Meeting, worker: User, *, is_public: bool) -> SiteVisitPhoto:
    visit = visiting.note_visit(
        meeting, visited_at=NOW, where="学校路口", seen="车停到了路口。", photos=[jpeg()],
        is_public=is_public, actor=worker, at=NOW,
    )  # fmt: skip
    return visit.photos.get()


def place_of(thing: Model) -> tuple[str, Model | None] | None:
    """Whose a thing of a meeting is, and the estate that it is about; None for a thing of another kind."""
    match thing:
        case Meeting():
            asked = thing.invitations.order_by("pk").first()
            return (asked.user.username if asked else "", thing.estate)
        case AgendaItem():
            return ("", thing.meeting.estate)
        case MinuteLine():
            return ("", thing.item.meeting.estate)
        case Amendment():
            return (thing.by.username, thing.meeting.estate)
        case SiteVisitPhoto():
            return ("", thing.visit.meeting.estate)
        case CalendarFeed():
            return (thing.user.username, None)
    return None


# --- what is sent ---


def _rewritten(world: Any, site: str) -> dict[str, Any]:
    """For a draft, and for a meeting that was called: it reads of this what may change."""
    meeting = world.sites[site]["meeting_draft"]
    return {
        "title": "改过的题目", "words": "带上图纸。", "place": f"estate-{meeting.estate_id}", "version": "1",
        "mechanism": meeting.mechanism_id, "starts_at": "2026-06-25T19:00", "ends_at": "2026-06-25T20:00",
        "venue": meeting.venue.public_id,
    }  # fmt: skip


def _said(world: Any, site: str) -> dict[str, Any]:
    speaker = world.sites[site]["meeting_held"].attendances.get()
    return {"speaker": speaker.public_id, "kind": "statement", "for_whom": "self", "words": "再等等。"}


def _decided(world: Any, site: str) -> dict[str, Any]:
    return {"decision": world.sites[site]["point_held"].decisions.get().public_id}


def _asked_at(kind: str) -> Any:
    return lambda world, site: {"invitation": world.sites[site][kind].invitations.get().public_id}


def _body(world: Any, site: str) -> dict[str, Any]:
    community = world.sites[site]["building"].estate.community
    return {"body": Body.objects.get(kind=BodyKind.RESIDENTS_COMMITTEE, community=community).pk}


POSTED: dict[str, Any] = {
    "desk_meeting_edit": _rewritten,
    "desk_meeting_step/add_item": {"title": "绿化", "minutes": "10"},
    "desk_meeting_step/ask_building": lambda world, site: {"building": world.sites[site]["building"].name},
    "desk_meeting_step/ask_body": _body,
    "desk_meeting_step/ask_phone": lambda world, _site: {"phone": world.people["tian"].phone, "part": "guest"},
    "desk_meeting_step/ask_no_more": _asked_at("meeting_draft"),
    "desk_meeting_step/cancel": {"words": "停电"},
    "desk_meeting_step/check_in": _asked_at("meeting_now"),
    "desk_meeting_step/walk_in": {"name": "老吴"},
    "desk_meeting_step/visit": {"where": "路口", "seen": "车停满了。"},
    "desk_point_step/say": _said,
    "desk_point_step/decide": {"question": "几点熄灯", "votes_for": "1", "votes_against": "0", "abstained": "0"},
    "desk_point_step/strike_decision": _decided,
    "desk_point_step/conclude": {"consensus": "agreed", "outcome": "fixed", "words": "划好了", "version": "1"},
    "desk_line": {"words": "车位真不够。", "version": "1"},
    "desk_amendment": {"1-is_taken_in": "yes", "1-words": "属实"},
    "meeting_answer": {"comes": "yes"},
    "meeting_here": lambda world, site: {"door": attending.door_code(world.sites[site]["meeting_now"])},
    "meeting_proxy": lambda world, _site: {"phone": world.people["zhao"].phone},
    "meeting_amend": {"words": "是两米高"},
}
