"""Supervision orders: asked for in time, answered by the body, judged by the office above, told to those concerned."""

from datetime import date, datetime, timedelta

import pytest

from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditPayload, Management, Notice
from issues.domain import handling, ladder, people, supervision
from issues.domain.supervision import Account
from issues.models import IssueStep, SupervisionOrder
from issues.workflow import SUPERVISION
from residents.models import PetitionUpdate
from tests.cast import NOW, SHANGHAI, Cast, file, take_in

pytestmark = pytest.mark.django_db

ASKED = NOW + timedelta(hours=1)
LATER = NOW + timedelta(hours=2)
ACCOUNT = Account("备件缺货，没有及时告知。", "已从同行调货，今晚更换。", date(2026, 5, 16))


@pytest.fixture
def petition(cast: Cast):
    return file(cast.li, cast.building)


@pytest.fixture
def asked(cast: Cast, petition) -> SupervisionOrder:
    """Of Hengxin, for Li's lamp: half an hour past its time."""
    take_in(petition)
    ladder.fire_due(ASKED, bell="loop")
    return SupervisionOrder.objects.get()


@pytest.fixture
def of_the_community(cast: Cast, asked) -> SupervisionOrder:
    """The same, but the community's own to answer."""
    SupervisionOrder.objects.filter(pk=asked.pk).update(body=cast.residents_committee)
    asked.refresh_from_db()
    return asked


def told(key: str) -> set[str]:
    return set(Notice.objects.filter(message_key=key, channel="in_app").values_list("recipient__username", flat=True))


def verbs() -> list[str]:
    rows = IssueStep.objects.filter(verb__startswith="supervision_").order_by("id")
    return list(rows.values_list("verb", flat=True))


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        (datetime(2026, 5, 14, 10, tzinfo=SHANGHAI), datetime(2026, 5, 15, 18, tzinfo=SHANGHAI)),
        (datetime(2026, 5, 15, 23, tzinfo=SHANGHAI), datetime(2026, 5, 18, 18, tzinfo=SHANGHAI)),
        (datetime(2026, 5, 8, 10, tzinfo=SHANGHAI), datetime(2026, 5, 9, 18, tzinfo=SHANGHAI)),  # 调休
        (datetime(2026, 9, 30, 10, tzinfo=SHANGHAI), datetime(2026, 10, 8, 18, tzinfo=SHANGHAI)),
    ],
)
def test_an_account_is_due_at_the_close_of_the_next_working_day(cast, opened, due):
    assert supervision.answer_due_at(opened) == due


def test_what_the_ladder_opens_is_due_and_asked_of_the_manager(cast, asked):
    assert asked.answer_due_at == datetime(2026, 5, 18, 18, tzinfo=SHANGHAI)
    assert people.answerers(asked, ASKED) == [cast.zheng]


def test_one_matter_alone_is_asked_for_with_a_link_to_its_own_page(cast, petition):
    """The rung of half an hour by itself: the warning and the breach were told before."""
    take_in(petition)
    for minutes in range(1, 35):
        ladder.fire_due(NOW + timedelta(minutes=minutes), bell="loop")
    ladder.fire_due(NOW + timedelta(minutes=35), bell="loop")
    asked = SupervisionOrder.objects.get()
    notice = Notice.objects.get(recipient=cast.zheng, channel="in_app", message_key="supervision_issued")
    assert notice.link == f"/supervisions/{asked.public_id}/"
    assert told("supervision_issued") == {"zheng"}


def test_whoever_answers_says_what_was_done_and_those_who_judge_are_told(cast, asked):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    assert (asked.state, asked.answered_by, asked.answered_at) == ("answered", cast.zheng, LATER)
    assert Account.read(asked.answer_words) == ACCOUNT
    assert told("supervision_answered") == {"wu"}
    assert verbs() == ["supervision_answer"]
    facts = AuditPayload.objects.get(entry__verb="answer").facts
    assert facts == {"before": "issued", "after": "answered", "by_when": "2026-05-16"}


@pytest.mark.parametrize("who", ["zhou", "he", "wu", "sun", "li", "chen", "administrator", "strange_manager"])
def test_only_the_bodys_manager_answers(cast, asked, who):
    with pytest.raises(NotInCharge):
        supervision.answer(asked, ACCOUNT, actor=getattr(cast, who), at=LATER)
    asked.refresh_from_db()
    assert asked.state == "issued"


def test_a_company_answers_only_while_it_manages_the_estate(cast, asked):
    Management.objects.filter(body=cast.hengxin).update(valid_until=date(2026, 5, 14))
    with pytest.raises(NotInCharge):
        supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    assert people.answerers(asked, LATER) == []
    assert not SupervisionOrder.objects.visible_to(cast.zheng, LATER).exists()


@pytest.mark.parametrize("missing", ["what_went_wrong", "what_was_done"])
def test_an_account_without_words_is_none(cast, asked, missing):
    with pytest.raises(FactMissing):
        supervision.answer(asked, ACCOUNT._replace(**{missing: " \n"}), actor=cast.zheng, at=LATER)


def test_paragraphs_in_an_account_do_not_run_into_each_other():
    account = Account("一。\n\n\n二。", "三。\n\n四。", date(2026, 5, 16))
    assert Account.read(account.written()) == Account("一。\n二。", "三。\n四。", date(2026, 5, 16))
    assert Account.read("随便写的一句话") is None


def test_the_community_accepts_and_the_resident_learns_that_there_is_an_account(cast, petition, asked):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    supervision.accept_answer(asked, actor=cast.wu, at=LATER, answer_seen_at=LATER)
    assert (asked.state, asked.judged_by) == ("accepted", cast.wu)
    assert told("supervision_accepted") == {"zheng"}
    update = PetitionUpdate.objects.get(petition=petition, kind="account_accepted")
    assert (update.words, update.params) == ("", {"body": "恒信物业"})


def test_sent_back_it_is_due_anew_and_answered_again(cast, asked):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    monday = datetime(2026, 5, 18, 9, tzinfo=SHANGHAI)
    supervision.send_back(asked, words="没有说为什么没人到场。", actor=cast.wu, at=monday)
    assert (asked.state, asked.answer_due_at) == ("issued", datetime(2026, 5, 19, 18, tzinfo=SHANGHAI))
    assert told("supervision_sent_back") == {"zheng"}
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=monday)
    supervision.accept_answer(asked, actor=cast.wu, at=monday)
    assert verbs() == [
        "supervision_answer",
        "supervision_send_back",
        "supervision_answer",
        "supervision_accept_answer",
    ]


def test_sending_back_needs_words(cast, asked):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    with pytest.raises(FactMissing):
        supervision.send_back(asked, words="", actor=cast.wu, at=LATER)


@pytest.mark.parametrize("who", ["zheng", "zhou", "chen", "administrator", "strange_worker", "strange_officer", "li"])
def test_a_companys_account_is_judged_by_the_offices_above_it_and_nobody_else(cast, asked, who):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    with pytest.raises(NotInCharge):
        supervision.accept_answer(asked, actor=getattr(cast, who), at=LATER)


def test_the_communitys_own_account_is_judged_by_the_street_never_by_itself(cast, of_the_community):
    supervision.answer(of_the_community, ACCOUNT, actor=cast.wu, at=LATER)
    assert told("supervision_answered") == {"sun"}
    for judge in (supervision.accept_answer, supervision.send_back):
        words = {"words": "不够"} if judge is supervision.send_back else {}
        with pytest.raises(NotInCharge):
            judge(of_the_community, actor=cast.wu, at=LATER, **words)
    supervision.accept_answer(of_the_community, actor=cast.sun, at=LATER)
    assert told("supervision_accepted") == {"wu"}


def test_an_answer_that_nobody_has_read_is_not_judged(cast, asked):
    """Sent back by one and answered anew, while another still has the first answer on the page."""
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    supervision.send_back(asked, words="不够", actor=cast.sun, at=LATER)
    anew = LATER + timedelta(hours=1)
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=anew)
    with pytest.raises(supervision.AnsweredAnew):
        supervision.accept_answer(asked, actor=cast.wu, at=anew, answer_seen_at=LATER)
    asked.refresh_from_db()
    assert asked.state == "answered"


def test_what_is_judged_is_not_judged_again(cast, asked):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    supervision.accept_answer(asked, actor=cast.wu, at=LATER)
    for judge, words in ((supervision.accept_answer, {}), (supervision.send_back, {"words": "不够"})):
        with pytest.raises(StepNotAllowed):
            judge(asked, actor=cast.sun, at=LATER, **words)


def finish(cast, asked) -> None:
    order = people.present_order(asked.issue)
    handling.accept(order, actor=cast.zhou, at=LATER)
    handling.finish(order, actor=cast.zhou, at=LATER, words="换了灯管。")
    asked.refresh_from_db()


def test_an_answer_waits_for_its_judgement_even_when_the_matter_is_finished(cast, asked):
    supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
    finish(cast, asked)
    assert asked.state == "answered"
    with pytest.raises(StepNotAllowed):
        SUPERVISION.take_step(asked, "settle", actor="test", at=LATER, fields={"settled_at": LATER})
    supervision.accept_answer(asked, actor=cast.wu, at=LATER)


def test_the_finish_settles_what_is_unanswered(cast, asked):
    finish(cast, asked)
    assert (asked.state, asked.settled_at) == ("settled", LATER)
    with pytest.raises(StepNotAllowed):
        supervision.answer(asked, ACCOUNT, actor=cast.zheng, at=LATER)
