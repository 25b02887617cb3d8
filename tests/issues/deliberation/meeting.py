"""A meeting of 春和苑 for the tests: a hall, a draft with a point to talk over, and what it becomes."""

from datetime import datetime, timedelta
from uuid import uuid4

from governance.models import (
    Body,
    MemberKind,
    Membership,
    PartyMember,
    Post,
    PostKind,
    Standing,
    User,
    Venue,
    VenueKind,
)
from issues.deliberation.domain import agenda, attending, inviting, meetings, minuting
from issues.deliberation.domain.meetings import MeetingPlan
from issues.deliberation.models import (
    AgendaItem,
    Consensus,
    DecidingBody,
    ForWhom,
    LineKind,
    Mechanism,
    Meeting,
    Outcome,
    Part,
    Topic,
    TopicOrigin,
    TopicState,
)
from tests.cast import NOW, Cast
from tests.net import SINCE

# Monday after next, ten days after `NOW`: any kind of meeting but an assembly may be called for it.
STARTS = (NOW + timedelta(days=10)).replace(hour=19, minute=0, second=0)
ENDS = STARTS + timedelta(hours=2)
IN_THE_ROOM = STARTS + timedelta(minutes=5)
AFTERWARDS = ENDS + timedelta(hours=12)
MUCH_LATER = ENDS + timedelta(days=9)


def a_hall(cast: Cast, **given) -> Venue:
    fields = {
        "community": cast.community, "kind": VenueKind.HALL, "name": "党群服务站议事厅", "where": "学校路 18 号一层",
        "area_m2": "40.00", "capacity": 20,
    }  # fmt: skip
    fields |= given
    found = Venue.objects.filter(community=fields["community"], name=fields["name"])
    return found.first() or Venue.objects.create(**fields)


def enter_members(cast: Cast, body: str, people: list[User | str], *, owners: int = 0) -> None:
    """On the register of the body: whoever has an account, and by name whoever has none. The first are `owners`."""
    for number, who in enumerate(people):
        user, name = (None, who) if isinstance(who, str) else (who, who.full_name)
        if body == DecidingBody.BRANCH:
            member = PartyMember.objects.create(
                number=f"m{number}", full_name=name, kind=MemberKind.RESIDENT, community=cast.community, user=user
            )
            Membership.objects.create(member=member, branch=cast.branch, standing=Standing.FULL, since=SINCE)
            continue
        of_residents = body == DecidingBody.REPRESENTATIVES
        Post.objects.create(
            body=cast.residents_committee if of_residents else a_committee(cast, body),
            kind=PostKind.REPRESENTATIVE if of_residents else PostKind.MEMBER,
            title="居民代表" if of_residents else "委员", full_name=name, user=user,
            is_owner=number < owners, since=SINCE,
        )  # fmt: skip


def a_committee(cast: Cast, kind: str) -> Body:
    """春和苑's, of the owners or for managing it: the two kinds of body are called as in the register of bodies."""
    fields = {"kind": kind, "subdistrict": cast.subdistrict, "estate": cast.estate}
    names = {"name": f"春和苑小区{kind}", "short_name": "春和苑委员会"}
    return Body.objects.filter(**fields).first() or Body.objects.create(**fields, **names)


def plan(cast: Cast, **given) -> MeetingPlan:
    given = {"kind": "discussion"} | given
    fields = {
        "place": cast.estate, "mechanism": Mechanism.objects.get(code=given.pop("kind")), "title": "学校路停车怎么办",
        "words": "请各方当面谈。", "starts_at": STARTS, "ends_at": ENDS, "venue": a_hall(cast),
    }  # fmt: skip
    return MeetingPlan(**fields | given)


def a_draft(cast: Cast, *, actor: User | None = None, at: datetime = NOW, **given) -> Meeting:
    """With one point on its agenda."""
    actor = actor or cast.wu
    meeting = meetings.draft(plan(cast, **given), actor=actor, at=at)
    agenda.add_item(meeting, title="路口违停", minutes=40, actor=actor, at=at)
    return meeting


def a_called(
    cast: Cast, *, people: list[User | str] | None = None, part: Part = Part.RESIDENT, at: datetime = NOW, **given
) -> Meeting:
    meeting = a_draft(cast, at=at, **given)
    actor = given.get("actor") or cast.wu
    people = people if people is not None else [cast.li]
    if meeting.mechanism.body:
        enter_members(cast, meeting.mechanism.body, people)
        inviting.ask_members(meeting, actor=actor, at=at)
    else:
        for person in people:
            inviting.ask(meeting, [person], part=part, actor=actor, at=at)
    return meetings.call(meeting, actor=actor, at=at)


def a_held(cast: Cast, **given) -> Meeting:
    """Li came by the code, the manager of the company by hand, and somebody without an account."""
    meeting = a_called(cast, people=[cast.li, cast.zheng], **given)
    attending.check_in(meeting, code=attending.door_code(meeting), actor=cast.li, at=STARTS)
    attending.check_in_by_hand(meeting, cast.zheng, actor=cast.wu, at=STARTS)
    attending.walk_in(meeting, name="老吴", building=cast.building, actor=cast.wu, at=STARTS)
    return meetings.hold(meeting, actor=cast.wu, at=IN_THE_ROOM)


def item_of(meeting: Meeting) -> AgendaItem:
    return meeting.items.get(position=1)


def says(meeting: Meeting, number: int, words: str, *, actor: User, kind: LineKind = LineKind.STATEMENT, **given):
    speaker = meeting.attendances.get(number=number)
    given = {"for_whom": ForWhom.SELF} | given
    return minuting.write_line(
        item_of(meeting), speaker=speaker, kind=kind, words=words, actor=actor, at=IN_THE_ROOM, **given
    )


def a_drawn_up(cast: Cast, **given) -> Meeting:
    """Each has said something; what came of it is written; the draft is the community's."""
    meeting = a_held(cast, **given)
    says(meeting, 1, "放学时车停满路口。", actor=cast.wu)
    says(
        meeting,
        2,
        "公司出钱装护栏。",
        actor=cast.wu,
        kind=LineKind.COMMITMENT,
        for_whom=ForWhom.BODY,
        body=cast.hengxin,
    )
    says(meeting, 3, "护栏会挡住轮椅。", actor=cast.wu, kind=LineKind.DISSENT)
    minuting.write_outcome(
        item_of(meeting), consensus=Consensus.MOSTLY, outcome=Outcome.COMMITMENTS, words="先装护栏，一个月后再看。",
        version=1, actor=cast.wu, at=IN_THE_ROOM,
    )  # fmt: skip
    minuting.draw_up(meeting, actor=cast.wu, at=ENDS)
    meeting.refresh_from_db()
    return meeting


def a_checked(cast: Cast, **given) -> Meeting:
    """Checked by the branch's secretary: residents read it, and those who were there may ask for changes."""
    meeting = a_drawn_up(cast, **given)
    minuting.check_minutes(meeting, actor=cast.chen, at=AFTERWARDS)
    meeting.refresh_from_db()
    return meeting


def a_minuted(cast: Cast, **given) -> Meeting:
    meeting = a_checked(cast, **given)
    minuting.finish(meeting, actor=cast.wu, at=MUCH_LATER)
    meeting.refresh_from_db()
    return meeting


def a_topic(cast: Cast, *, title: str) -> Topic:
    """Taken up by the community's branch."""
    return Topic.objects.create(
        sending=uuid4(), subdistrict=cast.subdistrict, community=cast.community, estate=cast.estate,
        origin=TopicOrigin.OFFICE, title=title, words="请各方当面谈。", raised_by=cast.tian, raised_at=NOW,
        vet_due_at=NOW + timedelta(days=5), state=TopicState.ACCEPTED, is_public=True,
    )  # fmt: skip
