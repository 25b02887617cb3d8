"""An imported petition that is given a place: a matter like any other, of which nothing was promised to anybody."""

from datetime import timedelta

import pytest

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Category, Notice
from issues.domain import declining, handling, linking, sweep, triage, verification
from issues.domain.intake import place_imported
from issues.models import Escalation, Issue, IssueState, SlaClock, WorkOrder
from residents.domain import importing
from residents.domain import petitions as filing
from residents.domain.importing import WrongPlace
from residents.models import Petition, PetitionStage
from tests.cast import NOW, Cast, draft, file, take_in
from tests.exports import bring, row

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def imported(cast) -> Petition:
    """Filed in 2019 and never answered."""
    bring(cast, row(reply=None, replied=None))
    return Petition.objects.get()


def place(cast: Cast, petition: Petition, *, actor=None, at=NOW, category="electricity", **where) -> Issue:
    facts = {"estate": cast.estate, "building": cast.building, "category": Category.objects.get(code=category)} | where
    issue = place_imported(petition, **facts, actor=actor or cast.sun, at=at)
    assert issue is not None
    return issue


def running(issue: Issue) -> set[str]:
    return set(SlaClock.objects.running().filter(issue=issue).values_list("kind", flat=True))


def test_with_a_place_it_becomes_a_matter_with_an_order_and_without_clocks(cast, imported):
    issue = place(cast, imported)

    imported.refresh_from_db()
    assert (imported.state, imported.community, imported.estate) == (PetitionStage.IN_HAND, cast.community, cast.estate)
    order = WorkOrder.objects.live().get(issue=issue)
    assert (order.body, order.next_due_at) == (cast.hengxin, None)
    assert not SlaClock.objects.exists()
    assert imported.next_due_at is None
    assert not Notice.objects.filter(message_key__startswith="petition_").exists()


def test_without_a_place_no_sweep_takes_it_in(cast, imported):
    run = sweep.sweep(bell="loop", now=NOW)
    assert (run.taken_in, run.failures) == (0, 0)
    assert not Issue.objects.exists()


def test_years_later_nothing_of_it_is_late(cast, imported):
    place(cast, imported)
    run = sweep.sweep(bell="loop", now=NOW + timedelta(days=900), even_so=True)
    assert run.failures == 0
    assert not Escalation.objects.exists()


def test_sorting_it_as_something_else_starts_no_clock(cast, imported):
    issue = place(cast, imported, category="other")
    triage.sort(issue, category=Category.objects.get(code="lift"), actor=cast.wu, at=LATER)
    assert not SlaClock.objects.exists()


def test_the_work_is_done_checked_and_closed_with_nobody_to_rate_it(cast, imported):
    issue = place(cast, imported)
    order = WorkOrder.objects.live().get(issue=issue)
    handling.accept(order, actor=cast.zhou, at=LATER)
    handling.arrive(order, actor=cast.zhou, at=LATER)
    handling.finish(order, actor=cast.zhou, at=LATER, words="修好了。")
    imported.refresh_from_db()
    assert imported.state == PetitionStage.FINISHED
    issue.refresh_from_db()
    verification.verify(issue, actor=cast.yu, at=LATER)

    imported.refresh_from_db()
    issue.refresh_from_db()
    assert (imported.state, issue.state) == (PetitionStage.CLOSED, IssueState.CLOSED)
    assert not Notice.objects.filter(message_key__startswith="petition_").exists()


def test_declining_it_tells_nobody(cast, imported):
    issue = place(cast, imported)
    declining.decline(issue, reason="private", words="请双方协商。", actor=cast.sun, at=LATER)
    imported.refresh_from_db()
    assert imported.state == PetitionStage.DECLINED
    assert not Notice.objects.filter(message_key__startswith="petition_").exists()


# --- a resident's petition beside it ---


@pytest.fixture
def neighbour(cast):
    return file(cast.li, cast.building, at=LATER)


def test_a_residents_promise_counts_from_their_own_filing(cast, imported, neighbour):
    own = take_in(neighbour).issue
    promised = {clock.kind: (clock.starts_at, clock.due_at) for clock in SlaClock.objects.filter(issue=own)}
    issue = place(cast, imported)
    linking.link(neighbour, issue, actor=cast.sun, at=LATER + timedelta(minutes=1))

    clocks = {
        clock.kind: (clock.starts_at, clock.due_at) for clock in SlaClock.objects.filter(issue=issue, voided_at=None)
    }
    assert clocks == promised
    neighbour.refresh_from_db()
    assert neighbour.next_due_at == min(due for _start, due in promised.values())
    issue.refresh_from_db()
    assert issue.is_promised


def test_what_was_imported_and_joins_a_residents_matter_moves_no_clock(cast, imported, neighbour):
    into = take_in(neighbour).issue
    before = list(SlaClock.objects.filter(issue=into).order_by("pk").values_list("kind", "starts_at", "due_at"))
    linking.merge(place(cast, imported), into, actor=cast.wu, at=LATER)

    assert list(SlaClock.objects.order_by("pk").values_list("kind", "starts_at", "due_at")) == before
    into.refresh_from_db()
    assert into.filed_at == neighbour.filed_at


def test_a_finding_that_is_merged_into_it_brings_its_promise_along(cast, imported):
    from uuid import uuid4

    from issues.domain.findings import Finding, report

    issue = place(cast, imported)
    found = report(
        Finding(
            token=uuid4(), building=cast.building, category=Category.objects.get(code="electricity"), words="灯不亮。"
        ),
        actor=cast.yu,
        at=LATER,
    )
    promised = set(SlaClock.objects.filter(issue=found).values_list("kind", "due_at"))
    assert promised
    linking.merge(found, issue, actor=cast.wu, at=LATER)

    assert set(SlaClock.objects.running().filter(issue=issue).values_list("kind", "due_at")) == promised


@pytest.mark.parametrize("leaves", ["withdraw", "unlink"])
def test_when_the_resident_leaves_nothing_is_promised_any_more(cast, imported, neighbour, leaves):
    take_in(neighbour)
    issue = place(cast, imported)
    linking.link(neighbour, issue, actor=cast.sun, at=LATER)
    assert running(issue)

    neighbour.refresh_from_db()
    if leaves == "withdraw":
        filing.withdraw(neighbour, actor=cast.li, at=LATER)
    else:
        own = linking.unlink(neighbour, actor=cast.sun, at=LATER)
        assert running(own)

    issue.refresh_from_db()
    assert (issue.state, issue.is_promised, running(issue)) == (IssueState.OPEN, False, set())


def test_a_resident_who_files_is_never_offered_an_imported_one_as_the_same(cast, imported):
    place(cast, imported)
    said = draft(cast.li, cast.building)
    look_alikes = Petition.objects.look_alikes(said.category, said.building, NOW - timedelta(days=9999))
    assert not look_alikes.exists()


# --- whose it is to say ---


def test_the_street_gives_it_to_a_community_which_says_where_it_is(cast, imported):
    with pytest.raises(NotInCharge):
        place(cast, imported, actor=cast.wu)
    importing.give_to(imported, cast.community, actor=cast.sun, at=NOW)
    place(cast, imported, actor=cast.wu)

    verbs = list(
        AuditEntry.objects.filter(object_ref=imported.receipt_no).order_by("pk").values_list("verb", flat=True)
    )
    assert verbs[:2] == ["give", "place"]


def test_a_community_gives_back_and_gives_to_nobody_else(cast, imported):
    importing.give_to(imported, cast.community, actor=cast.sun, at=NOW)
    with pytest.raises(NotInCharge):
        importing.give_to(imported, cast.community, actor=cast.wu, at=NOW)
    importing.give_to(imported, None, actor=cast.wu, at=NOW)
    assert not Petition.objects.at_the_desk_of(cast.wu, NOW).exists()


@pytest.mark.parametrize("who", ["wu", "strange_officer", "strange_worker", "zhou", "yu", "li", "chen"])
def test_nobody_else_says_where_it_is(cast, imported, who):
    with pytest.raises(NotInCharge):
        place(cast, imported, actor=getattr(cast, who))
    with pytest.raises(NotInCharge):
        importing.give_to(imported, cast.community, actor=getattr(cast, who), at=NOW)


def test_a_place_of_another_street_or_estate_is_refused(cast, imported):
    with pytest.raises(WrongPlace):
        place(cast, imported, estate=cast.strange_estate, building=None)
    with pytest.raises(WrongPlace):
        place(cast, imported, building=cast.self_managed_building)
    with pytest.raises(WrongPlace):
        importing.give_to(imported, cast.strange_community, actor=cast.sun, at=NOW)
    imported.refresh_from_db()
    assert imported.estate is None


def test_pressed_twice_it_is_one_matter(cast, imported):
    place(cast, imported)
    with pytest.raises(StepNotAllowed):
        place(cast, imported)
    assert Issue.objects.count() == 1


def test_a_reply_that_comes_once_it_is_in_hand_here_is_told_and_stops_nothing(cast, imported):
    issue = place(cast, imported)
    bring(cast, row())

    imported.refresh_from_db()
    issue.refresh_from_db()
    assert (imported.state, issue.state) == (PetitionStage.IN_HAND, IssueState.OPEN)
    assert imported.updates.filter(kind="reply").count() == 1
