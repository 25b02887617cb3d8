"""A choice of several options on the pages: put together at the desk, chosen, typed, explained."""

import pytest

from issues.deliberation.domain import opening, setting_up
from issues.deliberation.models import Ballot, Matter, Motion
from issues.deliberation.vote_papers import ballots_pdf, notice_pdf
from tests.cast import NOW, client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_options import OFFERS, put_on
from tests.issues.deliberation.test_meeting_papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def moment(monkeypatch) -> list:
    instants = [NOW]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    return instants


@pytest.fixture
def draft(make_motion) -> Motion:
    return make_motion(matter=Matter.MANAGER, title="选聘物业服务企业")


@pytest.fixture
def choice(draft, cast, moment) -> Motion:
    motion = setting_up.publish(put_on(draft, cast, *OFFERS), actor=cast.wu, at=NOW)
    moment[0] = VOTING
    return opening.bring_up_to_date(motion, VOTING)


def test_options_are_put_on_the_ballot_and_taken_off_at_the_desk(draft, cast):
    client, address = client_of(cast.wu), f"/desk/votes/{draft.public_id}/"
    offer = {"title": "恒信物业", "price": "每月每平方米1.60元", "words": "", "body": cast.hengxin.pk}
    client.post(f"{address}add_option/", offer | {"version": 1})
    twice = client.post(f"{address}add_option/", offer | {"version": 2})
    assert (twice.status_code, "这个选项已经在表决票上" in twice.content.decode()) == (400, True)
    empty = client.post(f"{address}add_option/", {"title": " ", "version": 2})
    assert (empty.status_code, "请写明选项" in empty.content.decode()) == (400, True)
    page = client.post(f"{address}publish/").content.decode()
    assert "只有一个选项，算不上选择" in page
    assert "恒信物业" in page
    client.post(f"{address}drop_option/", {"number": "1", "version": 2})
    assert not draft.options.exists()
    assert client.post(f"{address}drop_option/", {"number": "x", "version": 3}).status_code == 404


def test_an_owner_chooses_one_none_or_neither_and_sees_what_was_chosen_before_handing_it_in(choice, house):
    client = client_of(house.owners["ann"])
    address = f"/votes/{choice.public_id}/ballots/{choice.roll.get(number='801').public_id}/"
    page = client.get(address).content.decode()
    assert [page.count(f'id="choice-{value}"') for value in ("1", "2", "3", "against", "abstain", "for")] == [
        1, 1, 1, 1, 1, 0,
    ]  # fmt: skip
    assert "以上都不选" in page
    sending = {"sending": "00000000-0000-4000-8000-000000000001"}
    wrong = client.post(address, sending | {"choice": "for"}).content.decode()
    assert 'href="#choice-1"' in wrong
    checked = client.post(address, sending | {"choice": "2"}).content.decode()
    assert "嘉园物业" in checked
    assert "每月每平方米1.45元" in checked
    assert not Ballot.objects.exists()
    assert "已收下" in client.post(address, sending | {"choice": "2", "sure": "1"}, follow=True).content.decode()


def test_paper_ballots_list_the_options_with_none_of_these_and_are_typed_by_their_lines(choice, cast):
    said = text_of(ballots_pdf(choice, list(choice.roll.order_by("pk"))))
    assert said.count("□以上都不选") == said.count("□嘉园物业每月每平方米1.45元") == choice.roll.count() == 7
    assert "同意" not in said
    notice = text_of(notice_pdf(choice))
    for words in ("1.恒信物业", "增加夜间巡逻", "4.以上都不选", "都达不到，就没有作出决定"):
        assert words in notice
    typing = f"/desk/votes/{choice.public_id}/papers/"
    paper = {"serial": "X1", "building": "3栋", "stairwell": 1, "number": "805", "channel": "paper", "said": "3"}
    assert "万和物业" in client_of(cast.wu).get(typing).content.decode()
    assert client_of(cast.wu).post(typing, paper | {"said": "for"}).status_code == 200
    client_of(cast.wu).post(typing, paper)
    typed = Ballot.objects.get()
    client_of(cast.sun).post(f"{typing}{typed.public_id}/", {"said": "3"})
    assert Ballot.objects.effective().get() == typed


def test_the_page_says_what_each_option_lacked(choice, house, moment):
    for who, door, said in (("ann", "801", "1"), ("ben", "802", "2"), ("ben", "804", "3")):
        address = f"/votes/{choice.public_id}/ballots/{choice.roll.get(number=door).public_id}/"
        sent = {"choice": said, "sure": "1", "sending": f"00000000-0000-4000-8000-000000000{door}"}
        client_of(house.owners[who]).post(address, sent)
    moment[0] = CLOSES
    page = client_of(house.owners["ann"]).get(f"/votes/{choice.public_id}/").content.decode()
    each = page.split('id="v-each"')[1].split("</section>")[0]
    assert each.count("还差 1 人 / 100.01 ㎡") == 2  # of 400 m² and 3 heads: the first and the third
    assert "还差 1 人 / 0.01 ㎡" in each  # the second has two homes
    assert "以上都不选" in page
