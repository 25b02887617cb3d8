"""Checks on site: what holds is written down, what doesn't is handled again, each epoch once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import Body, Category, Notice, Role, RoleAssignment
from issues.domain import findings, handling, intake, triage, verification
from issues.domain.findings import Finding
from issues.models import Issue, IssuePhoto, SlaClock, Verification, WorkOrder
from residents.domain import petitions
from residents.models import Petition
from tests.cast import LONG_AGO, NOW, Cast, file, take_in
from tests.photos import jpeg

pytestmark = pytest.mark.django_db


def at(minutes: float):
    return NOW + timedelta(minutes=minutes)


def finish(order: WorkOrder, who, minutes: float) -> None:
    handling.accept(order, actor=who, at=at(minutes - 2))
    handling.finish(order, actor=who, at=at(minutes), words="修好了。")


@pytest.fixture
def petition(cast: Cast):
    """Li's leak, reported as put right."""
    petition = file(cast.li, cast.building, category="leak", words="屋顶漏水。")
    finish(take_in(petition), cast.zhou, 20)
    petition.refresh_from_db()
    return petition


@pytest.fixture
def issue(petition) -> Issue:
    return Issue.objects.get()


def rate(cast: Cast, petition, minutes: float, *, solved: bool) -> None:
    petitions.evaluate(
        petition,
        was_contacted=True,
        is_solved=solved,
        satisfaction=4 if solved else 2,
        words="",
        actor=petition.petitioner,
        at=at(minutes),
    )


def last_update(petition):
    return petition.updates.order_by("-id").values_list("kind", "actor_role", "actor_surname", "words").first()


def test_the_resident_reads_who_has_looked(cast: Cast, issue, petition):
    check = verification.verify(issue, actor=cast.yu, at=at(60), words="下雨后看过，干的。")
    assert (check.epoch, check.holds, check.is_on_site) == (1, True, False)
    assert last_update(petition) == ("verified", "grid_worker", "于", "下雨后看过，干的。")
    petition.refresh_from_db()
    issue.refresh_from_db()
    assert (petition.state, issue.state) == ("finished", "finished")


@pytest.mark.parametrize(
    ("who", "role"), [("zhao", "grid_leader"), ("bai", "building_steward"), ("wu", "community_staff")]
)
def test_whoever_looks_appears_in_their_own_role(cast: Cast, issue, petition, who, role):
    verification.verify(issue, actor=getattr(cast, who), at=at(60))
    assert last_update(petition)[1] == role


def test_only_the_code_of_the_matters_own_building_proves_the_visit(cast: Cast, issue):
    assert verification.verify(issue, actor=cast.yu, at=at(60), qr_token=cast.building.qr_token.lower()).is_on_site


def test_the_code_of_another_building_proves_nothing(cast: Cast, issue):
    check = verification.verify(issue, actor=cast.yu, at=at(60), qr_token=cast.other_building.qr_token)
    assert not check.is_on_site


@pytest.mark.parametrize("who", ["li", "zhou", "strange_walker", "strange_worker", "gao", "tian", "luo"])
@pytest.mark.parametrize("holds", [True, False])
def test_nobody_else_looks(cast: Cast, issue, who, holds):
    verb = verification.verify if holds else verification.not_fixed
    with pytest.raises((NotInCharge, verification.OwnWork)):
        verb(issue, actor=getattr(cast, who), at=at(60), words="看过。")
    assert not Verification.objects.exists()


def test_nobody_looks_at_their_own_work(cast: Cast, issue):
    RoleAssignment.objects.create(
        user=cast.zhou, role=Role.BUILDING_STEWARD, building=cast.building, valid_from=LONG_AGO
    )
    with pytest.raises(verification.OwnWork):
        verification.verify(issue, actor=cast.zhou, at=at(60))


def test_what_was_put_right_where_it_was_found_is_looked_at_by_somebody_else(cast: Cast):
    category = Category.objects.get(code="rubbish")
    found = Finding(uuid4(), category, cast.building, "纸箱堵住了门。")
    issue = findings.report(found, actor=cast.yu, at=NOW, put_right="搬走了。")
    with pytest.raises(verification.OwnWork):
        verification.verify(issue, actor=cast.yu, at=at(60))
    assert verification.verify(issue, actor=cast.zhao, at=at(60)).holds


def test_what_is_not_put_right_is_handled_again(cast: Cast, issue, petition):
    check = verification.not_fixed(issue, actor=cast.yu, at=at(60), words="还在滴水。", photos=[jpeg()])
    petition.refresh_from_db()
    order = WorkOrder.objects.live().get(issue=issue)

    assert (check.epoch, check.holds) == (1, False)
    assert (issue.state, issue.epoch, issue.finished_at) == ("open", 2, None)
    assert (petition.state, petition.epoch, petition.finished_at, petition.arrived_at) == ("in_hand", 2, None, None)
    assert (order.body, order.state, petition.next_due_at) == (cast.hengxin, "dispatched", order.next_due_at)
    assert set(SlaClock.objects.running().values_list("epoch", "starts_at")) == {(2, at(60))}
    assert list(petition.updates.order_by("id").values_list("kind", "words"))[-2:] == [
        ("not_fixed", "还在滴水。"),
        ("dispatched", ""),
    ]
    assert IssuePhoto.objects.get().verification == check
    assert Notice.objects.filter(recipient=cast.li, message_key="petition_not_fixed", channel="sms").count() == 1


@pytest.mark.parametrize("by", ["resident", "walker"])
def test_what_a_department_has_not_put_right_goes_back_to_it(cast: Cast, by):
    order = take_in(file(cast.li, cast.building, category="other", words="车停在消防通道上。"))
    sent = triage.dispatch_to(order.issue, cast.department, actor=cast.wu, at=at(1))
    finish(sent, cast.luo, 20)
    if by == "resident":
        rate(cast, Petition.objects.get(), 60, solved=False)
    else:
        verification.not_fixed(Issue.objects.get(), actor=cast.yu, at=at(60), words="车还停着。")
    again = WorkOrder.objects.live().select_related("body").get()
    assert (again.body, again.why_here, again.issue.epoch) == (cast.department, "by_hand", 2)


def test_what_a_body_had_that_stands_no_more_goes_to_whoever_answers_today(cast: Cast):
    order = take_in(file(cast.li, cast.building, category="other", words="车停在消防通道上。"))
    finish(triage.dispatch_to(order.issue, cast.department, actor=cast.wu, at=at(1)), cast.luo, 20)
    Body.objects.filter(pk=cast.department.pk).update(ended_on=NOW.date() - timedelta(days=1))
    rate(cast, Petition.objects.get(), 60, solved=False)
    assert WorkOrder.objects.live().get().body == cast.residents_committee


def test_it_can_be_finished_rated_and_looked_at_again(cast: Cast, issue, petition):
    verification.not_fixed(issue, actor=cast.yu, at=at(60), words="还在滴水。")
    finish(WorkOrder.objects.live().get(), cast.liu, 90)
    issue.refresh_from_db()
    verification.verify(issue, actor=cast.zhao, at=at(120))
    rate(cast, petition, 130, solved=True)
    issue.refresh_from_db()
    assert issue.state == "closed"
    assert list(issue.verifications.order_by("epoch").values_list("epoch", "holds")) == [(1, False), (2, True)]


def test_not_put_right_needs_words(cast: Cast, issue):
    with pytest.raises(FactMissing):
        verification.not_fixed(issue, actor=cast.yu, at=at(60), words="  ")


def test_each_epoch_is_looked_at_once(cast: Cast, issue):
    first = verification.verify(issue, actor=cast.yu, at=at(60))
    assert verification.verify(issue, actor=cast.yu, at=at(61)) == first
    for verb in (verification.verify, verification.not_fixed):
        with pytest.raises(verification.AlreadyChecked):
            verb(issue, actor=cast.zhao, at=at(62), words="看过。")
    assert Verification.objects.count() == 1


def test_opened_again_once_whoever_else_presses(cast: Cast, issue):
    verification.not_fixed(issue, actor=cast.yu, at=at(60), words="还在滴水。")
    verification.not_fixed(issue, actor=cast.yu, at=at(60.2), words="还在滴水。")
    with pytest.raises(verification.AlreadyChecked):
        verification.not_fixed(issue, actor=cast.bai, at=at(61), words="没修好。")
    issue.refresh_from_db()
    assert (issue.epoch, WorkOrder.objects.live().count()) == (2, 1)


def test_what_its_person_has_rated_stays_rated(cast: Cast, petition, issue):
    other = file(cast.wang, cast.building, category="leak", same_as=None, at=at(21))
    take_in(other)
    WorkOrder.objects.live().get(issue__links__petition=other)
    assert Issue.objects.count() == 2
    rate(cast, petition, 30, solved=True)
    with pytest.raises(StepNotAllowed):
        verification.not_fixed(issue, actor=cast.yu, at=at(60), words="还在滴水。")
    petition.refresh_from_db()
    assert petition.state == "closed"


def test_a_neighbour_who_has_not_rated_is_in_hand_again_and_the_one_who_has_is_not(cast: Cast):
    first = file(cast.li, cast.building, category="leak")
    order = take_in(first)
    second = file(cast.wang, cast.building, category="leak", same_as=first, at=at(1))
    intake.take_in(second.pk, at=at(1))
    finish(order, cast.zhou, 20)
    first.refresh_from_db()
    rate(cast, first, 30, solved=True)
    verification.not_fixed(order.issue, actor=cast.yu, at=at(60), words="还在滴水。")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("closed", "in_hand")


def test_an_open_matter_is_not_looked_at(cast: Cast):
    take_in(file(cast.li, cast.building, category="leak"))
    with pytest.raises(StepNotAllowed):
        verification.verify(Issue.objects.get(), actor=cast.yu, at=at(1))


def test_what_the_resident_confirmed_can_still_be_looked_at(cast: Cast, issue, petition):
    rate(cast, petition, 30, solved=True)
    assert verification.verify(issue, actor=cast.yu, at=at(60)).holds
    assert last_update(petition)[0] == "verified"
