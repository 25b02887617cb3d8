"""Many hands at one meeting: a room is nobody's twice, of two who write one is told, whoever comes is counted once."""

from functools import partial

import pytest

from governance.domain.venues import RoomTaken, book
from issues.deliberation.domain import attending, feeds, meetings, minuting
from issues.deliberation.domain.setting_up import NotLawful, WrittenMeanwhile
from issues.deliberation.models import Consensus, Outcome
from tests.cast import NOW, Cast
from tests.faults.office import fresh
from tests.faults.outside import Outside
from tests.faults.together import errors, together
from tests.issues.deliberation.meeting import ENDS, IN_THE_ROOM, STARTS, a_called, a_draft, a_hall, a_held, item_of

pytestmark = pytest.mark.django_db(transaction=True)
HANDS = 12


def test_a_room_booked_by_many_at_once_is_one_persons(cast: Cast, outside: Outside):
    hall = a_hall(cast)
    outcomes = together(*(partial(book, hall, STARTS, ENDS, actor=cast.wu, at=NOW) for _hand in range(HANDS)))
    assert errors(outcomes, RoomTaken) == []
    assert sum(isinstance(outcome, RoomTaken) for outcome in outcomes) == HANDS - 1
    assert outside.value("SELECT count(*) FROM governance_venuebooking") == 1


def test_of_two_meetings_called_at_once_for_one_room_one_is_called(cast: Cast, outside: Outside):
    drafts = [a_draft(cast), a_draft(cast)]
    outcomes = together(*(partial(meetings.call, draft, actor=cast.wu, at=NOW) for draft in drafts))
    assert errors(outcomes, RoomTaken, NotLawful) == []
    assert outside.value("SELECT count(*) FROM deliberation_meeting WHERE state = 'called'") == 1
    assert outside.value("SELECT count(*) FROM governance_venuebooking WHERE released_at IS NULL") == 1


def test_called_by_many_at_once_it_is_called_once(cast: Cast, outside: Outside):
    draft = a_draft(cast)
    together(*(partial(meetings.call, fresh(draft), actor=cast.wu, at=NOW) for _hand in range(HANDS)))
    assert outside.value("SELECT count(*) FROM governance_venuebooking") == 1
    assert outside.value("SELECT count(*) FROM governance_notice WHERE message_key = 'meeting_called'") == 1


def test_of_many_who_write_what_came_of_a_point_one_does_and_the_others_are_told(cast: Cast, outside: Outside):
    item = item_of(a_held(cast))
    said = {"consensus": Consensus.AGREED, "outcome": Outcome.FIXED, "version": 1, "at": IN_THE_ROOM}
    outcomes = together(
        *(
            partial(minuting.write_outcome, fresh(item), words=f"第{hand}人写的", actor=cast.wu, **said)
            for hand in range(HANDS)
        )
    )
    assert errors(outcomes, WrittenMeanwhile) == []
    assert sum(isinstance(outcome, WrittenMeanwhile) for outcome in outcomes) == HANDS - 1
    item.refresh_from_db()
    assert item.version == 2


def test_whoever_scans_twice_at_once_came_once_and_all_have_numbers_of_their_own(cast: Cast, outside: Outside):
    meeting = a_called(cast, people=[cast.li, cast.zheng, cast.chen])
    code = attending.door_code(meeting)
    people = (cast.li, cast.zheng, cast.chen)
    outcomes = together(
        *(
            partial(attending.check_in, fresh(meeting), code=code, actor=person, at=STARTS)
            for person in people
            for _tap in range(4)
        )
    )
    assert errors(outcomes) == []
    assert sorted(meeting.attendances.values_list("number", flat=True)) == [1, 2, 3]


def test_minutes_drawn_up_by_two_at_once_have_numbers_without_a_gap(cast: Cast):
    meeting = a_held(cast)
    minuting.write_outcome(
        item_of(meeting), consensus=Consensus.AGREED, outcome=Outcome.FIXED, words="好", version=1, actor=cast.wu,
        at=IN_THE_ROOM,
    )  # fmt: skip
    outcomes = together(
        *(partial(minuting.draw_up, fresh(meeting), actor=who, at=ENDS) for who in (cast.wu, cast.chen, cast.sun))
    )
    assert errors(outcomes) == []
    assert list(meeting.minutes_versions.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert minuting.hold_together(meeting)


def test_an_address_made_by_many_at_once_is_one(cast: Cast, outside: Outside):
    outcomes = together(*(partial(feeds.make, actor=cast.li, at=NOW) for _hand in range(HANDS)))
    assert errors(outcomes) == []
    assert outside.value("SELECT count(*) FROM deliberation_calendarfeed WHERE revoked_at IS NULL") == 1
