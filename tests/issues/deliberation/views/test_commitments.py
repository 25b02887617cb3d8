"""The pages of commitments: at the desk, of the body that carries them out, and “not done” for residents."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.template.loader import render_to_string
from django.test import Client

from governance.models import Category
from issues.deliberation.commitments import commitments_of
from issues.deliberation.domain import carrying_out, supervising
from issues.deliberation.domain.committing import Part
from issues.deliberation.models import Commitment, CommitmentState, Topic
from tests.cast import NOW, Cast, client_of
from tests.issues.deliberation.promises import make_topic, order_of, promise
from tests.photos import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list[datetime]:
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


@pytest.fixture
def topic(cast: Cast) -> Topic:
    return make_topic(cast)


@pytest.fixture
def commitment(cast: Cast, topic: Topic) -> Commitment:
    return promise(
        cast, topic, parts=[Part(cast.building), Part(cast.other_building)], decided_yuan=Decimal("12600.00"),
        payer="恒信物业",
    )  # fmt: skip


def test_the_public_partial_says_who_promised_what_by_when(cast, topic, commitment):
    carrying_out.report_part(commitment.parts.first(), photos=[jpeg()], actor=cast.zhou, at=NOW)
    page = render_to_string("deliberation/_commitments.html", {"lines": commitments_of(topic, NOW), "now": NOW})
    for said in ("恒信物业", "项目经理", "在校门两侧装好护栏", "12,600.00", "1/1", "0/1"):
        assert said in page


def test_many_commitments_take_as_many_queries_as_one(cast, topic, django_assert_max_num_queries):
    promise(cast, topic, parts=[Part(cast.building)])
    with django_assert_max_num_queries(12) as of_one:
        commitments_of(topic, NOW)
    for _each in range(6):
        promise(cast, topic, parts=[Part(cast.building)], helpers=[cast.department])
    with django_assert_max_num_queries(len(of_one)):
        assert len(commitments_of(topic, NOW)) == 7


def test_the_secretary_sees_the_list_and_one_of_it(cast, commitment):
    client = client_of(cast.chen)
    assert "在校门两侧装好护栏" in client.get("/desk/commitments/").content.decode()
    page = client.get(f"/desk/commitments/{commitment.public_id}/").content.decode()
    assert "恒信物业" in page


def test_the_body_sees_its_page(cast, commitment):
    page = client_of(cast.zhou).get(f"/commitments/{commitment.public_id}/").content.decode()
    assert "在校门两侧装好护栏" in page
    order = client_of(cast.zhou).get(f"/queue/{order_of(commitment).public_id}/").content.decode()
    assert f"/commitments/{commitment.public_id}/" in order


def test_a_commitment_is_written_down_at_the_desk(cast, topic):
    client = client_of(cast.wu)
    address = f"/desk/topics/{topic.public_id}/commitments/new/"
    assert client.get(address).status_code == 200
    sent = {
        "token": str(uuid4()), "body": cast.hengxin.pk, "post": "项目经理", "what": "装风扇",
        "category": Category.objects.get(code="lift").pk, "working_days": "１０",
        "parts": "3栋 1单元电梯\n3栋 2单元电梯\n5栋",
        "helpers": [cast.department.pk], "needs_photo": "on", "decided_yuan": "8800.50", "payer": "恒信物业",
    }  # fmt: skip
    answer = client.post(address, sent)
    commitment = Commitment.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/desk/commitments/{commitment.public_id}/")
    assert (commitment.working_days, commitment.decided_yuan, commitment.parts.count()) == (10, Decimal("8800.50"), 3)


def test_the_secretary_accepts_on_the_page(cast, topic):
    commitment = promise(cast, topic)
    carrying_out.report_done(commitment, words="装好了。", photos=[jpeg()], actor=cast.zhou, at=NOW)
    client = client_of(cast.chen)
    assert client.post(f"/desk/commitments/{commitment.public_id}/accept/", {"words": ""}).status_code == 400
    answer = client.post(f"/desk/commitments/{commitment.public_id}/accept/", {"words": "看过了。"})
    assert answer.status_code == 302
    commitment.refresh_from_db()
    assert (commitment.state, commitment.judged_by) == (CommitmentState.KEPT, cast.chen)
    page = client_of(cast.li).get(f"/commitments/{commitment.public_id}/not-done/").content.decode()
    assert "陈书记" in page


def test_everybody_sees_the_photos_that_the_supervisor_chooses_and_no_others(cast, topic):
    commitment = promise(cast, topic)
    carrying_out.report_done(commitment, words="装好了。", photos=[jpeg(), jpeg()], actor=cast.zhou, at=NOW)
    shown, kept_back = (photo.public_id for photo in commitment.photos.all())
    address, anybody = f"/desk/commitments/{commitment.public_id}/show_photos/", Client()

    def seen() -> list[int]:
        return [anybody.get(f"/commitments/photos/{photo}/").status_code for photo in (shown, kept_back)]

    assert seen() == [404, 404]
    assert client_of(cast.zhou).post(address, {"photos": [shown]}).status_code == 404
    assert client_of(cast.wu).post(address, {"photos": [shown]}).status_code == 403
    assert client_of(cast.chen).post(address, {"photos": [shown]}).status_code == 302
    assert seen() == [200, 404]
    page = anybody.get(f"/topics/{topic.public_id}/").content.decode()
    assert (str(shown) in page, str(kept_back) in page) == (True, False)
    assert client_of(cast.chen).post(address, {}).status_code == 302
    assert seen() == [404, 404]
    assert client_of(cast.chen).post(address, {"photos": [uuid4()]}).status_code == 400


def test_a_resident_says_not_done(cast, topic):
    commitment = promise(cast, topic)
    carrying_out.report_done(commitment, words="装好了。", photos=[jpeg()], actor=cast.zhou, at=NOW)
    supervising.accept(commitment, words="看过了。", actor=cast.chen, at=NOW)
    address = f"/commitments/{commitment.public_id}/not-done/"
    assert client_of(cast.li).post(address, {"words": "北侧没装。"}).status_code == 302
    assert commitment.doubts.get().words == "北侧没装。"


def test_the_supervisor_gives_it_to_another_body(cast, topic):
    commitment = promise(cast, topic)
    sent = {"to": cast.department.pk, "post": "民警", "words": "派出所：我们来办。"}
    address = f"/desk/commitments/{commitment.public_id}/hand_over/"
    assert client_of(cast.wu).post(address, sent).status_code == 403
    assert client_of(cast.chen).post(address, sent).status_code == 302
    commitment.refresh_from_db()
    assert commitment.body == cast.department


@pytest.mark.parametrize("address", ["/desk/commitments/", "/desk/commitments/?show=soon"])
def test_the_list_asks_as_much_for_thirty_as_for_one(cast, topic, address, django_assert_max_num_queries):
    promise(cast, topic, parts=[Part(cast.building)], working_days=1)
    client = client_of(cast.chen)
    client.get(address)
    with django_assert_max_num_queries(60) as of_one:
        client.get(address)
    for _each in range(29):
        promise(cast, topic, parts=[Part(cast.building)], working_days=1)
    with django_assert_max_num_queries(len(of_one)):
        assert client.get(address).content.decode().count("在校门两侧装好护栏") == 30


def test_the_list_is_chosen_by_light_and_by_body(cast, topic, moment):
    promise(cast, topic, what="快到期的", working_days=2)
    late = promise(cast, topic, what="已逾期的", working_days=1, body=cast.department, post="民警")
    promise(cast, topic, what="还早的", working_days=30)
    moment[0] = late.due_at + (moment[0] - NOW) + timedelta(minutes=1)
    client = client_of(cast.chen)

    def listed(query: str) -> list[str]:
        page = client.get(f"/desk/commitments/{query}").content.decode()
        return sorted((what for what in ("快到期的", "已逾期的", "还早的") if what in page), key=page.index)

    assert listed("") == ["已逾期的", "快到期的", "还早的"]
    assert listed("?show=late") == ["已逾期的"]
    assert listed("?show=soon") == ["快到期的"]
    assert listed(f"?body={cast.department.name}") == ["已逾期的"]
    assert listed("?show=over") == []
