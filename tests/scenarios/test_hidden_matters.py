"""What the company must not know: complaints about it, quarrels among neighbours, and who brought them forward."""

from datetime import timedelta

import pytest

from governance.domain.refusals import StepNotAllowed
from governance.models import Notice, User
from issues.domain import handling, linking
from issues.domain.sweep import sweep
from issues.models import SupervisionOrder, WorkOrder
from residents.domain import petitions
from residents.models import Petition
from tests.cast import NOW, PEOPLE, Cast, client_of, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture
def complaint(cast: Cast) -> WorkOrder:
    return take_in(file(cast.li, cast.building, category="complaint", words="管家态度恶劣，骂人。"))


THOSE_COMPLAINED_ABOUT = ("zhou", "liu", "ma", "zheng", "chen", "yu", "zhao", "bai", "tian", "luo")
OF_THE_COMMUNITY = ("wu", "chen", "yu", "zhao", "bai", "tian")


def everything_seen_by(user: User, order: WorkOrder, petition: Petition) -> str:
    """All pages and notices that could tell `user` of the order."""
    browser = client_of(user)
    addresses = ["/queue/", "/queue/rows/", "/queue/rows/?whose=area", "/queue/rows/?whose=unaccepted", "/inbox/", "/"]
    addresses += ["/not-reached/", f"/queue/{order.public_id}/", f"/petitions/{petition.receipt_no}/"]
    addresses += [
        "/desk/",
        "/desk/rows/",
        "/outdoors/",
        "/outdoors/?show=open",
        "/outdoors/?show=found",
        "/supervisions/",
    ]
    addresses += ["/supervisions/?show=late", "/supervisions/?show=closed"]
    addresses += [f"/{room}/{order.issue.public_id}/" for room in ("desk", "outdoors")]
    answers = [browser.get(address) for address in addresses]
    # A page that isn't there repeats its own address, and nothing else.
    pages = [answer.content.decode() for answer in answers if answer.status_code == 200]
    notices = Notice.objects.filter(recipient=user).values_list("message_key", "params", "link")
    return "\n".join([*pages, *map(str, notices)])


def test_a_complaint_is_hidden_from_the_company_and_the_secretary_until_its_end(cast, complaint, monkeypatch):
    """Left alone until a supervision order, nudged, added to, handed back, accepted, finished, opened again."""
    petition = Petition.objects.get(links__issue=complaint.issue)
    far = NOW + timedelta(days=40)
    sweep(bell="test", now=far, even_so=True)
    assert SupervisionOrder.objects.filter(issue=complaint.issue).exists()
    petitions.nudge(petition, actor=cast.li, at=far)
    petitions.supplement(petition, "他今天又骂人了。", actor=cast.li, at=far)
    handling.return_order(complaint, actor=cast.wu, at=far, reason="not_ours", words="骂人的事请街道处理")
    street = WorkOrder.objects.live().get(issue=complaint.issue)
    handling.accept(street, actor=cast.sun, at=far)
    handling.finish(street, actor=cast.sun, at=far, words="已约谈骂人者")
    petitions.evaluate(
        petition, was_contacted=True, is_solved=False, satisfaction=1, words="还在骂人", actor=cast.li, at=far
    )
    sweep(bell="test", now=far + timedelta(days=40), even_so=True)
    monkeypatch.setattr("governance.middleware.database_now", lambda: far + timedelta(days=40))
    for who in THOSE_COMPLAINED_ABOUT:
        seen = everything_seen_by(getattr(cast, who), complaint, petition)
        assert [word for word in ("骂人", "投诉", "complaint", petition.receipt_no, "李") if word in seen] == [], who
    assert Notice.objects.filter(recipient=cast.wu, params__category_zh=complaint.issue.category.name_zh).exists()


def test_a_complaint_about_the_community_goes_past_everybody_of_it(cast, monkeypatch):
    """Filed, left alone until a supervision order, accepted and finished by the street office."""
    petition = file(cast.li, cast.building, category="complaint_community", words="网格员骂人。")
    order = take_in(petition)
    far = NOW + timedelta(days=40)
    sweep(bell="test", now=far, even_so=True)
    handling.accept(order, actor=cast.sun, at=far)
    handling.finish(order, actor=cast.sun, at=far, words="已约谈骂人者")
    monkeypatch.setattr("governance.middleware.database_now", lambda: far)
    for who in OF_THE_COMMUNITY:
        seen = everything_seen_by(getattr(cast, who), order, petition)
        # The inbox itself says that such complaints go past it: look for this one.
        telling = ("骂人", "complaint", petition.receipt_no, str(order.public_id), str(order.issue.public_id))
        assert [word for word in telling if word in seen] == [], who
    assert str(order.public_id) in everything_seen_by(cast.sun, order, petition)


@pytest.mark.parametrize("category", ["complaint", "dispute"])
def test_no_page_of_the_staff_names_whoever_complained_or_quarrels(cast, category):
    """Also where somebody has tampered with the form and asked for the name to be shown."""
    petition = file(cast.li, cast.building, category=category, name_visibility="handlers")
    order = take_in(petition)
    handling.accept(order, actor=cast.wu, at=NOW)
    for who in PEOPLE.keys() - {"li"}:
        pages = everything_seen_by(getattr(cast, who), order, petition)
        assert [name for name in ("李秀英", "李女士", "138****0003", "13800130003") if name in pages] == [], who


def test_a_complaint_sent_as_the_same_as_a_neighbours_matter_does_not_join_the_companys_order(cast):
    """The box “follow it” was offered for another category, and pressed from a tab that was left open."""
    lamp = file(cast.wang, cast.building)
    order = take_in(lamp)
    petition = file(cast.li, cast.building, category="complaint", words="管家骂人。", same_as=lamp)
    own = take_in(petition)
    assert own.body == cast.residents_committee
    assert own.issue != order.issue
    seen = everything_seen_by(cast.zhou, order, petition)
    assert "骂人" not in seen
    assert str(order.public_id) in seen


def test_a_hidden_petition_is_not_linked_to_an_open_one_nor_the_other_way_round(cast):
    lamp, complaint = file(cast.wang, cast.building), file(cast.li, cast.building, category="complaint")
    lamp_issue, complaint_issue = take_in(lamp).issue, take_in(complaint).issue
    for petition, issue in ((complaint, lamp_issue), (lamp, complaint_issue)):
        with pytest.raises(StepNotAllowed):
            linking.link(petition, issue, actor=cast.wu, at=NOW)
    assert complaint.links.get(undone_at=None).issue == complaint_issue
    assert lamp.links.get(undone_at=None).issue == lamp_issue


def test_messages_about_a_complaint_about_the_community_are_phoned_by_the_street_alone(cast):
    """Those that reached nobody stand on a list with name and number: the community may be who is complained about."""
    petition = file(cast.li, cast.building, category="complaint_community", words="网格员骂人。")
    order = take_in(petition)
    sweep(bell="test", now=NOW + timedelta(days=40), even_so=True)
    handling.accept(order, actor=cast.sun, at=NOW + timedelta(days=40))
    about = Notice.objects.filter(recipient__in=(cast.li, cast.sun))
    assert about.count() > 2
    assert set(about.values_list("community_id", "subdistrict_id")) == {(None, cast.subdistrict.pk)}
