"""Complaints about the street office's own people: one level up, at the district, and nowhere below."""

from datetime import timedelta

import pytest
from django.urls import reverse

from governance.domain import roles
from governance.domain.refusals import NotInCharge
from governance.models import Body, Category, Notice, NoticeState, Role, RoleAssignment, User
from governance.work_list import waiting
from issues.domain import dispatching, handling, intake, people, supervision, triage
from issues.domain.sweep import sweep
from issues.models import CategoryHandling, Issue, SupervisionOrder, WorkOrder
from residents.domain import names, petitions
from residents.models import Petition
from tests.cast import NOW, PEOPLE, Cast, client_of, file, take_in
from tests.scenarios.test_hidden_matters import everything_seen_by

pytestmark = pytest.mark.django_db

WORDS = "办事窗口的人骂人，还说爱办不办。"
# All who work below the district, and the whole of the other street.
BELOW = tuple(name for name in PEOPLE if name not in ("shen", "administrator", "li"))
CONSOLE = ("issue", "workorder", "slaclock", "escalation", "supervisionorder")
FAR = NOW + timedelta(days=40)


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture
def petition(cast: Cast) -> Petition:
    return file(cast.li, cast.building, category="complaint_street", words=WORDS)


@pytest.fixture
def order(petition: Petition) -> WorkOrder:
    return take_in(petition)


def test_the_district_gets_it_and_its_phone_rings(cast: Cast, order: WorkOrder):
    assert (order.body, order.why_here) == (cast.district_office, "category")
    rung = Notice.objects.filter(message_key="order_rings", channel="voice")
    assert list(rung.values_list("recipient__username", flat=True)) == ["shen"]


def test_whatever_the_register_says_it_isnt_the_streets(cast: Cast, petition: Petition):
    CategoryHandling.objects.filter(category__code="complaint_street").update(handler="street")
    assert take_in(petition).body == cast.district_office


def test_the_district_answers_it_from_its_queue_to_the_end(cast: Cast, order: WorkOrder, petition: Petition):
    browser = client_of(cast.shen)
    assert WORDS in browser.get(f"/queue/{order.public_id}/").content.decode()
    assert f"/queue/{order.public_id}/" in browser.get("/queue/").content.decode()
    handling.accept(order, actor=cast.shen, at=NOW)
    handling.finish(order, actor=cast.shen, at=NOW, words="已批评教育并当面道歉。")
    petition.refresh_from_db()
    known = (petition.state, petition.holder_role, petition.holder_body)
    assert known == ("finished", "district_officer", "区委社工部")


def test_an_order_handed_back_stays_with_the_district(cast: Cast, order: WorkOrder):
    handling.return_order(order, actor=cast.shen, at=NOW, reason="unclear")
    assert WorkOrder.objects.live().get().body == cast.district_office


def test_nobody_below_sees_anything_of_it_until_its_end(cast: Cast, order: WorkOrder, petition: Petition, monkeypatch):
    """Left alone until a supervision order, nudged, added to, accepted, accounted for, finished, opened again."""
    sweep(bell="test", now=FAR, even_so=True)
    asked = SupervisionOrder.objects.get(issue=order.issue)
    petitions.nudge(petition, actor=cast.li, at=FAR)
    petitions.supplement(petition, "今天又骂人。", actor=cast.li, at=FAR)
    handling.accept(order, actor=cast.shen, at=FAR)
    handling.finish(order, actor=cast.shen, at=FAR, words="骂人的已调离窗口。")
    petitions.evaluate(
        petition, is_solved=False, satisfaction=1, was_contacted=True, words="还在骂", actor=cast.li, at=FAR
    )
    monkeypatch.setattr("governance.middleware.database_now", lambda: FAR)
    refs = (petition.receipt_no, str(asked.public_id), str(order.issue.public_id))
    secrets = ("骂", "complaint_street", "投诉街道", *refs)
    for name in BELOW:
        seen = everything_seen_by(getattr(cast, name), order, petition)
        assert [secret for secret in secrets if secret in seen] == [], name
    told = Notice.objects.exclude(recipient__in=(cast.shen, cast.li)).values_list("recipient__username", "message_key")
    assert list(told) == []
    assert (people.answerers(asked, FAR), people.judges(asked, FAR)) == ([cast.shen], [cast.shen])


def test_the_console_of_the_street_holds_nothing_of_it(cast: Cast, order: WorkOrder, petition: Petition):
    sweep(bell="test", now=FAR, even_so=True)
    officers, whole = client_of(cast.sun), client_of(cast.administrator)
    registers = [f"admin:issues_{name}" for name in CONSOLE] + ["admin:residents_petition"]
    for register in registers:
        address = reverse(f"{register}_changelist")
        rows = [browser.get(address).context["cl"].queryset.count() for browser in (officers, whole)]
        assert (rows[0], rows[1] > 0) == (0, True), register
        assert officers.get(address, {"q": "投诉街道"}).context["cl"].queryset.count() == 0
    trail = reverse("admin:governance_auditentry_changelist")
    for ref in (petition.receipt_no, order.issue.audit_ref, order.audit_ref):
        found = [browser.get(trail, {"q": ref}).context["cl"].queryset.count() for browser in (officers, whole)]
        assert (found[0], found[1] > 0) == (0, True)
    page = reverse("admin:residents_petition_change", args=[petition.pk])
    assert (officers.get(page).status_code, whole.get(page).status_code) == (404, 200)
    with pytest.raises(NotInCharge):
        names.open_name(petition, actor=cast.sun, at=NOW, reason="想知道是谁")


def test_what_the_desk_sorts_so_goes_past_the_street_with_all_that_was_said(cast: Cast):
    petition = file(cast.li, cast.building, category="other", words=WORDS)
    issue = intake.take_in(petition.pk, at=NOW)
    assert issue is not None
    order = triage.sort(issue, category=Category.objects.get(code="complaint_street"), actor=cast.wu, at=NOW)
    assert order.body == cast.district_office
    for person in (cast.sun, cast.wu):
        assert not Issue.objects.visible_to(person, NOW).filter(pk=issue.pk).exists()
        assert not WorkOrder.objects.visible_to(person, NOW).filter(issue=issue).exists()
    listed = client_of(cast.sun).get(reverse("admin:residents_petition_changelist")).content.decode()
    assert petition.receipt_no not in listed


def test_a_message_about_it_that_reaches_nobody_is_phoned_by_the_administrators(cast: Cast, order: WorkOrder):
    handling.finish(handling.accept(order, actor=cast.shen, at=NOW), actor=cast.shen, at=NOW, words="已答复。")
    lost = Notice.objects.filter(recipient__in=(cast.li, cast.shen), channel="sms")
    assert lost.update(state=NoticeState.NOT_REACHED) > 0
    seen = {name: client_of(getattr(cast, name)).get("/not-reached/") for name in ("sun", "wu", "administrator")}
    counts = {name: len(Notice.objects.not_reached().visible_to(getattr(cast, name), NOW)) for name in ("sun", "wu")}
    assert counts == {"sun": 0, "wu": 0}
    assert seen["administrator"].status_code == 200
    assert Notice.objects.not_reached().visible_to(cast.administrator, NOW).exists()


def test_the_district_sees_nothing_else_of_its_streets(cast: Cast, order: WorkOrder):
    others = [take_in(file(cast.li, cast.building, category=code)) for code in ("electricity", "deeds", "complaint")]
    assert list(WorkOrder.objects.visible_to(cast.shen, NOW)) == [order]
    assert list(Issue.objects.visible_to(cast.shen, NOW)) == [order.issue]
    browser = client_of(cast.shen)
    assert [browser.get(f"/queue/{each.public_id}/").status_code for each in others] == [404] * 3
    closed = ("/console/", "/desk/", "/coverage/", "/not-reached/")
    assert [browser.get(page).status_code for page in closed] == [404] * len(closed)


# --- nobody above ---


def waits(person: User, at=NOW + timedelta(minutes=5)) -> int:
    items = waiting(person.scope(at), at)
    return next((item.count for item in items if "residents/petition" in item.url), 0)


def nobody_at_the_district(cast: Cast) -> None:
    RoleAssignment.objects.filter(user=cast.shen).update(valid_until=NOW - timedelta(days=1))


@pytest.mark.parametrize("lacks", ["officer", "office"])
def test_where_nobody_is_above_it_stays_filed_and_the_administrator_is_told(cast: Cast, petition: Petition, lacks):
    nobody_at_the_district(cast)
    if lacks == "office":
        cast.district_office.delete()
    run = sweep(bell="test", now=NOW + timedelta(minutes=1))
    petition.refresh_from_db()
    assert (petition.state, run.failures, WorkOrder.objects.count()) == ("filed", 0, 0)
    assert (waits(cast.administrator), waits(cast.sun)) == (1, 0)
    if lacks == "officer":
        roles.grant(cast.gao, Role.DISTRICT_OFFICER, cast.subdistrict.district, actor="test", at=NOW)
        sweep(bell="test", now=NOW + timedelta(minutes=2))
        assert WorkOrder.objects.get().body == cast.district_office
        assert waits(cast.administrator) == 0


def test_an_order_left_behind_by_the_last_officer_waits_with_the_administrator(cast: Cast, order: WorkOrder):
    assert waits(cast.administrator) == 0
    nobody_at_the_district(cast)
    assert (waits(cast.administrator), waits(cast.sun)) == (1, 0)


@pytest.mark.parametrize(("has_district", "body"), [(True, "区委社工部"), (False, None)])
def test_a_complaint_about_the_community_never_falls_to_the_community(cast: Cast, has_district, body):
    cast.street_office.delete()
    if not has_district:
        nobody_at_the_district(cast)
        cast.district_office.delete()
    petition = file(cast.li, cast.building, category="complaint_community", words="社区的人骂人。")
    sweep(bell="test", now=NOW + timedelta(minutes=1))
    given = WorkOrder.objects.filter(issue__links__petition=petition).first()
    assert (given.body.short_name if given else None) == body
    assert Body.objects.filter(pk=cast.residents_committee.pk).exists()
    assert waits(cast.administrator) == (0 if has_district else 1)


def test_only_the_district_may_be_chosen_by_hand(cast: Cast, order: WorkOrder):
    assert list(dispatching.bodies_to_hand_to(order.issue, NOW)) == [cast.district_office]


def test_an_account_of_the_districts_is_judged_by_a_colleague_there(cast: Cast, order: WorkOrder):
    sweep(bell="test", now=FAR, even_so=True)
    asked = SupervisionOrder.objects.get(issue=order.issue)
    colleague = User.objects.create_user("colleague", full_name="闻一帆", phone="+8613900000000")
    roles.grant(colleague, Role.DISTRICT_OFFICER, cast.subdistrict.district, actor="test", at=NOW)
    account = supervision.Account("人手不够。", "已约谈。", FAR.date())
    supervision.answer(asked, account, actor=cast.shen, at=FAR)
    for person in (cast.shen, cast.sun, cast.wu):
        with pytest.raises(NotInCharge):
            supervision.accept_answer(asked, actor=person, at=FAR)
    supervision.accept_answer(asked, actor=colleague, at=FAR)
    assert asked.state == "accepted"
