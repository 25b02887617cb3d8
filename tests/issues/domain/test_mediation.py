"""A quarrel talked over on the spot: what is kept, what ends, and what residents hear of it."""

from datetime import date, timedelta

import pytest
from django.db import connection

from governance.domain.refusals import FactMissing, NotInCharge
from governance.models import AuditEntry, Notice, Unit
from issues.domain import handling, ladder, mediation, triage
from issues.domain.mediation import Talk
from issues.models import Issue, IssueStep, Mediation, SlaClock, WorkOrder
from issues.outdoors import mediations_of
from issues.queue.rows import next_action
from residents.models import Occupancy, PetitionUpdate
from tests.cast import LONG_AGO, NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db

PARTIES = "三楼老李和四楼小王"
AGREEMENT = "十点以后不拖椅子，白天装修提前说一声"


def at(minutes: float):
    return NOW + timedelta(minutes=minutes)


def talk(**facts) -> Talk:
    return Talk(**{"parties": PARTIES, "agreement": AGREEMENT, "is_agreed": True} | facts)


@pytest.fixture
def petition(cast: Cast):
    petition = file(cast.li, cast.building, category="dispute", words="楼上半夜拖椅子。")
    take_in(petition)
    petition.refresh_from_db()
    return petition


@pytest.fixture
def issue(petition) -> Issue:
    return Issue.objects.get()


def test_an_agreement_that_settles_it_finishes_the_matter(cast: Cast, issue, petition):
    handling.accept(WorkOrder.objects.get(), actor=cast.wu, at=at(5))
    mediation.mediate(issue, talk(settles=True), actor=cast.yu, at=at(30))
    petition.refresh_from_db()
    assert (issue.state, issue.finished_at) == ("finished", at(30))
    assert (petition.state, petition.finished_at) == ("finished", at(30))
    assert WorkOrder.objects.get().state == "cancelled"
    assert not SlaClock.objects.running().exists()
    assert petition.updates.order_by("-id").values_list("kind", "actor_role", "words").first() == (
        "settled", "grid_worker", "",
    )  # fmt: skip
    assert Notice.objects.filter(recipient=cast.li, message_key="petition_settled", channel="sms").count() == 1
    assert Notice.objects.filter(recipient=cast.wu, message_key="order_settled").count() == 1


def test_settling_it_settles_the_supervision_order_too(cast: Cast, issue):
    for clock in SlaClock.objects.all():
        ladder.fire_due(clock.due_at + timedelta(days=20), bell="loop")
    supervision = issue.supervisions.get()
    mediation.mediate(issue, talk(settles=True), actor=cast.yu, at=at(60 * 24 * 60))
    supervision.refresh_from_db()
    assert supervision.state == "settled"


@pytest.mark.parametrize("is_agreed", [True, False])
def test_what_settles_nothing_stays_open_and_is_told_in_one_line(cast: Cast, issue, petition, is_agreed):
    mediation.mediate(issue, talk(is_agreed=is_agreed), actor=cast.yu, at=at(30))
    petition.refresh_from_db()
    assert (issue.state, petition.state, WorkOrder.objects.get().state) == ("open", "in_hand", "dispatched")
    assert petition.updates.order_by("-id").values_list("kind", "params").first() == (
        "talked_over", {"is_agreed": is_agreed},
    )  # fmt: skip


def test_what_was_said_stays_in_the_mediation(cast: Cast, issue):
    """Neither on the resident's timeline nor in the history, the notices or the audit trail; ciphertext on disk."""
    mediation.mediate(issue, talk(settles=True), actor=cast.yu, at=at(30))
    told = [
        *PetitionUpdate.objects.values_list("words", "params"),
        *IssueStep.objects.values_list("words", "reason"),
        *Notice.objects.values_list("params", "link"),
        *AuditEntry.objects.values_list("verb", "object_ref"),
    ]
    assert PARTIES not in repr(told)
    assert AGREEMENT not in repr(told)
    with connection.cursor() as cursor:
        cursor.execute("SELECT parties, agreement FROM issues_mediation")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert PARTIES.encode() not in stored
    assert AGREEMENT.encode() not in stored
    kept = Mediation.objects.get()
    assert (kept.parties, kept.agreement) == (PARTIES, AGREEMENT)


@pytest.mark.parametrize("who", ["li", "zhou", "zheng", "strange_walker", "strange_worker", "tian"])
def test_nobody_else_mediates(cast: Cast, issue, who):
    with pytest.raises(NotInCharge):
        mediation.mediate(issue, talk(), actor=getattr(cast, who), at=at(30))


def test_a_complaint_about_staff_is_not_talked_over_by_those_who_walk_the_grid(cast: Cast):
    take_in(file(cast.li, cast.building, category="complaint"))
    with pytest.raises(NotInCharge):
        mediation.mediate(Issue.objects.get(), talk(), actor=cast.yu, at=at(30))


@pytest.mark.parametrize(
    "facts",
    [
        {"parties": " "},
        {"agreement": ""},
        {"is_agreed": False, "settles": True},
        {"follow_up_on": date(2026, 5, 14)},
    ],
)
def test_what_is_missing_or_contradicts_itself_is_refused(cast: Cast, issue, facts):
    with pytest.raises(FactMissing):
        mediation.mediate(issue, talk(**facts), actor=cast.yu, at=at(30))
    assert not Mediation.objects.exists()


def test_pressed_twice_it_is_written_once(cast: Cast, issue):
    first = mediation.mediate(issue, talk(settles=True), actor=cast.yu, at=at(30))
    assert mediation.mediate(issue, talk(settles=True), actor=cast.yu, at=at(30.1)) == first
    assert Mediation.objects.count() == 1


def test_looking_in_again_on_a_settled_quarrel_is_written_down_and_changes_nothing(cast: Cast, issue):
    mediation.mediate(issue, talk(settles=True, follow_up_on=date(2026, 5, 22)), actor=cast.yu, at=at(30))
    mediation.mediate(issue, talk(agreement="没再吵"), actor=cast.yu, at=at(60 * 24 * 7))
    issue.refresh_from_db()
    assert (issue.state, Mediation.objects.count()) == ("finished", 2)


# --- whose own it may be ---


def home(cast: Cast, user, unit=None, state="verified"):
    Occupancy.objects.create(
        user=user,
        unit=unit or cast.unit,
        relation="tenant",
        state=state,
        claimed_at=LONG_AGO,
        decided_at=None if state == "claimed" else NOW,
        decided_by=None if state == "claimed" else cast.sun,
        ended_at=NOW if state == "ended" else None,
    )


def is_walked(issue: Issue, user) -> bool:
    return Issue.objects.walked_by(user, NOW).filter(pk=issue.pk).exists()


def test_the_buildings_steward_neither_sees_nor_mediates_the_quarrels_of_the_building(cast: Cast, issue):
    assert not is_walked(issue, cast.bai)
    assert not Issue.objects.visible_to(cast.bai, NOW).filter(pk=issue.pk).exists()
    with pytest.raises(NotInCharge):
        mediation.mediate(issue, talk(), actor=cast.bai, at=NOW)
    assert not Mediation.objects.exists()


def test_nor_does_the_steward_see_their_own_quarrel(cast: Cast):
    take_in(file(cast.bai, cast.building, category="dispute", words="楼上半夜拖椅子。"))
    assert not is_walked(Issue.objects.get(), cast.bai)


def test_what_is_no_quarrel_the_steward_still_looks_after(cast: Cast):
    noise = take_in(file(cast.li, cast.building, category="noise")).issue
    assert is_walked(noise, cast.bai)
    mediation.mediate(noise, talk(), actor=cast.bai, at=NOW)


@pytest.mark.parametrize(
    ("who", "state", "may"),
    [("yu", "verified", False), ("yu", "claimed", False), ("yu", "ended", True), ("wu", "verified", False)],
)
def test_nobody_mediates_a_quarrel_where_they_have_a_home(cast: Cast, issue, who, state, may):
    person = getattr(cast, who)
    home(cast, person, state=state)
    if who == "yu":
        assert is_walked(issue, person) is may
    if may:
        mediation.mediate(issue, talk(), actor=person, at=NOW)
        return
    with pytest.raises(NotInCharge):
        mediation.mediate(issue, talk(), actor=person, at=NOW)


def test_a_home_in_another_building_stands_in_nobodys_way(cast: Cast, issue):
    other = Unit.objects.create(building=cast.other_building, stairwell=1, number="903")
    home(cast, cast.yu, other)
    mediation.mediate(issue, talk(), actor=cast.yu, at=NOW)


@pytest.mark.parametrize("who", ["yu", "wu"])
def test_nobody_mediates_or_sorts_what_they_filed_for_themselves(cast: Cast, who):
    person = getattr(cast, who)
    own = take_in(file(person, cast.building, category="dispute", words="楼上半夜拖椅子。")).issue
    with pytest.raises(NotInCharge):
        mediation.mediate(own, talk(), actor=person, at=NOW)
    with pytest.raises(NotInCharge):
        triage.triage(own, category=own.category, actor=person, at=NOW)
    mediation.mediate(own, talk(), actor=cast.zhao, at=NOW)


def test_what_was_said_in_the_talk_isnt_read_by_whoever_filed_it(cast: Cast):
    own = take_in(file(cast.yu, cast.building, category="dispute", words="楼上半夜拖椅子。")).issue
    mediation.mediate(own, talk(), actor=cast.zhao, at=NOW)
    assert [len(mediations_of(own, who, NOW)) for who in (cast.zhao, cast.wu, cast.yu, cast.bai)] == [1, 1, 0, 0]


def test_a_steward_of_the_company_doesnt_accept_or_finish_their_own_order(cast: Cast):
    order = take_in(file(cast.zhou, cast.building))
    with pytest.raises(NotInCharge):
        handling.accept(order, actor=cast.zhou, at=NOW)
    handling.accept(order, actor=cast.liu, at=NOW)
    handling.reassign(order, actor=cast.zheng, at=NOW, holder=cast.zhou)
    with pytest.raises(NotInCharge):
        handling.finish(order, actor=cast.zhou, at=NOW, words="修好了")
    row = WorkOrder.objects.for_queue().get()
    assert [next_action(row, who).verb for who in (cast.zhou, cast.liu)] == ["", ""]


def test_the_queue_offers_an_order_to_all_but_whoever_asked_for_it(cast: Cast):
    take_in(file(cast.zhou, cast.building))
    row = WorkOrder.objects.for_queue().get()
    assert [next_action(row, who).verb for who in (cast.zhou, cast.liu)] == ["", "accept"]
