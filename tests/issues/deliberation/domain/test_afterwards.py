"""What comes beside a published vote: errata, and the result of the city's own system. Both take two people."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Notice
from issues.deliberation.domain import errata, objecting, official, opening, setting_up
from issues.deliberation.domain.errata import OneWaits
from issues.deliberation.domain.official import Figure, ImpossibleSums, Reported
from issues.deliberation.models import Erratum, Motion, MotionKind, OfficialResult
from issues.deliberation.official_page import deciding_verdict, official_page, waiting_result
from issues.deliberation.vote_papers import notice_pdf
from tests.cast import NOW, client_of
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import vote
from tests.issues.deliberation.domain.test_options import OFFERS, put_on
from tests.issues.deliberation.test_meeting_papers import text_of

pytestmark = pytest.mark.django_db

LATER = CLOSES + timedelta(days=1)


# --- errata ---


def test_an_erratum_takes_two_gets_a_number_and_leaves_the_text_as_it_was(motion, cast, house, monkeypatch):
    text, text_hash = motion.words, motion.text_hash
    errata.write(motion, words="费用应为12,060元。", actor=cast.wu, at=VOTING)
    with pytest.raises(OneWaits):
        errata.write(motion, words="另一处", actor=cast.sun, at=VOTING)
    with pytest.raises(NotInCharge):
        errata.publish(motion, actor=cast.wu, at=VOTING)
    assert "更正1" not in text_of(notice_pdf(motion))
    published = errata.publish(motion, actor=cast.sun, at=VOTING)
    motion.refresh_from_db()
    assert (published.number, motion.words, motion.text_hash) == (1, text, text_hash)
    assert Notice.objects.filter(message_key="vote_erratum", recipient=house.owners["ann"]).count() == 1
    monkeypatch.setattr("governance.middleware.database_now", lambda: VOTING)
    ballot = f"/votes/{motion.public_id}/ballots/{motion.roll.get(number='801').public_id}/"
    for page in (f"/votes/{motion.public_id}/", ballot):
        shown = client_of(house.owners["ann"]).get(page).content.decode()
        assert "费用应为12,060元。" in shown
        assert f"{published.writer}、{published.agreer}" in shown
    assert "费用应为12,060元。" in text_of(notice_pdf(motion))


def test_an_erratum_that_is_dropped_is_never_shown_and_numbers_have_no_gap(motion, cast):
    errata.write(motion, words="看错了", actor=cast.wu, at=VOTING)
    errata.drop(motion, actor=cast.wu, at=VOTING)
    with pytest.raises(StepNotAllowed):
        errata.publish(motion, actor=cast.sun, at=VOTING)
    for number in (1, 2):
        errata.write(motion, words=f"第{number}处", actor=cast.sun, at=VOTING)
        assert errata.publish(motion, actor=cast.wu, at=VOTING).number == number
    assert [each.words for each in motion.errata.agreed()] == ["第1处", "第2处"]


def test_nobody_writes_an_erratum_to_a_draft_or_for_another_community(make_motion, motion, cast):
    with pytest.raises(StepNotAllowed):
        errata.write(make_motion(), words="x", actor=cast.wu, at=NOW)
    with pytest.raises(NotInCharge):
        errata.write(motion, words="x", actor=cast.strange_worker, at=VOTING)


def test_the_database_keeps_an_erratum_as_it_was_published(motion, cast):
    errata.write(motion, words="x", actor=cast.wu, at=VOTING)
    for change in (
        {"agreed_by": cast.wu, "agreed_role": "community_staff", "agreed_at": VOTING, "number": 1},
        {"words": "y"},
        {"agreed_by": cast.sun, "agreed_at": VOTING},
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Erratum.objects.update(**change)
    errata.publish(motion, actor=cast.sun, at=VOTING)
    for change in ({"number": 7}, {"dropped_at": VOTING}, {"agreed_by": cast.zheng}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Erratum.objects.update(**change)


# --- the city's own result ---


@pytest.fixture
def mirror(make_motion, cast, house) -> Motion:
    """Counted: one of seven voted here, so that our own record has no quorum."""
    motion = setting_up.publish(make_motion(kind=MotionKind.MIRROR), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    vote(motion, house, "ann", "801")
    return opening.bring_up_to_date(motion, CLOSES)


def figure(area: str, heads: int) -> Figure:
    return Figure(Decimal(area), heads)


def reported(**changes) -> Reported:
    given = {
        "system": "市业主共同决定电子投票系统", "reference": "YZ-2026-0117", "reported_on": LATER.date(),
        "document_sha256": "a" * 64, "roll": figure("700.00", 5), "cast": figure("500.00", 4),
        "figures": {"for": figure("300.00", 3), "against": figure("100.00", 1), "abstain": figure("0", 0)},
    }  # fmt: skip
    return Reported(**(given | changes))


def test_the_citys_result_takes_two_and_is_said_to_be_counted_elsewhere(mirror, cast, house, monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: LATER)
    before = client_of(house.owners["ann"]).get(f"/votes/{mirror.public_id}/").content.decode()
    assert "市里系统的结果还没有录入" in before
    assert 'class="outcome' not in before  # our record decides nothing
    assert not objecting.may_object(house.owners["ann"], mirror, LATER)
    official.enter(mirror, reported(), actor=cast.wu, at=LATER)
    assert (official_page(mirror), deciding_verdict(mirror)) == (None, None)
    assert waiting_result(mirror).verdict.passed
    with pytest.raises(NotInCharge):
        official.confirm(mirror, actor=cast.wu, at=LATER)
    assert mirror.standing == "投票已截止"
    official.confirm(mirror, actor=cast.sun, at=LATER)
    assert Motion.objects.get().standing == Motion.objects.knowing_the_city().get().standing == "初步结果，公示中"
    page = official_page(mirror).verdict
    assert (page.passed, page.verdict) == (True, "通过")
    mirror.refresh_from_db()
    assert objecting.may_object(house.owners["ann"], mirror, LATER)
    assert mirror.has_passed is False  # our own record stays what it was
    shown = client_of(house.owners["ann"]).get(f"/votes/{mirror.public_id}/").content.decode()
    for words in (
        "录自市业主共同决定电子投票系统，不是这里计的票",
        "YZ-2026-0117",
        "a" * 64,
        "参与，文件里没有细分",
        "本平台的记录",
    ):
        assert words in shown, words
    assert Notice.objects.filter(message_key="vote_official", recipient=house.owners["ann"]).count() == 1


def test_it_says_what_was_missing_by_the_documents_sums(mirror, cast):
    sums = {"for": figure("250.00", 2), "against": figure("250.00", 2), "abstain": figure("0", 0)}
    official.enter(mirror, reported(figures=sums), actor=cast.wu, at=LATER)
    page = waiting_result(mirror).verdict
    assert (page.passed, [each.figure for each in page.missing]) == (False, ["0.01 ㎡", "1 人"])


def test_it_becomes_final_only_with_the_citys_result_and_after_new_days_for_objections(mirror, cast, house):
    long_after = mirror.objections_until + timedelta(days=90)
    assert opening.bring_up_to_date(mirror, long_after).state == "counted"
    official.enter(mirror, reported(), actor=cast.wu, at=long_after)
    official.confirm(mirror, actor=cast.sun, at=long_after)
    objecting.object_to(mirror, words="数字不对", actor=house.owners["ann"], at=long_after)
    mirror.refresh_from_db()
    until = mirror.objections_until
    assert until > long_after
    objecting.answer(mirror.objections.get(), words="已核对。", actor=cast.wu, at=long_after)
    assert opening.bring_up_to_date(Motion.objects.get(pk=mirror.pk), until).state == "final"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cast": figure("700.01", 4)}, "cast_area_m2"),
        ({"cast": figure("500.00", 6)}, "cast_heads"),
        ({"cast": figure("399.99", 4)}, "cast_area_m2"),
        ({"cast": figure("500.00", 3)}, "cast_heads"),
        ({"cast": figure("500.00", 0)}, "cast_heads"),
        ({"cast": figure("0", 4)}, "cast_area_m2"),
        ({"figures": {"for": figure("0", 3), "against": figure("1", 0), "abstain": figure("0", 0)}}, "for_area_m2"),
        ({"roll": figure("0", 5)}, "roll_area_m2"),
        ({"roll": figure("700.00", 0)}, "roll_heads"),
        ({"reported_on": VOTING.date()}, "reported_on"),
        ({"reported_on": (LATER + timedelta(days=1)).date()}, "reported_on"),
    ],
)
def test_sums_that_cannot_be_are_refused_by_their_field(mirror, cast, changes, field):
    with pytest.raises(ImpossibleSums) as refused:
        official.enter(mirror, reported(**changes), actor=cast.wu, at=LATER)
    assert field in dict(refused.value.faults)
    assert not OfficialResult.objects.exists()


def test_what_is_decided_here_takes_no_result_from_elsewhere(motion, mirror, cast):
    ours = opening.bring_up_to_date(motion, CLOSES)
    with pytest.raises(StepNotAllowed):
        official.enter(ours, reported(), actor=cast.wu, at=LATER)
    official.enter(mirror, reported(), actor=cast.wu, at=LATER)
    official.drop(mirror, actor=cast.sun, at=LATER)
    official.enter(mirror, reported(), actor=cast.wu, at=LATER)
    official.confirm(mirror, actor=cast.sun, at=LATER)
    with pytest.raises(StepNotAllowed):
        official.enter(mirror, reported(), actor=cast.wu, at=LATER)


def test_a_choice_of_companies_made_in_the_citys_system_names_the_one_that_was_chosen(make_motion, cast, house):
    motion = put_on(make_motion(kind=MotionKind.MIRROR), cast, *OFFERS)
    motion = opening.bring_up_to_date(setting_up.publish(motion, actor=cast.wu, at=NOW), CLOSES)
    nothing = figure("0", 0)
    figures = {"1": figure("100.00", 1), "2": figure("400.00", 3), "3": nothing, "against": nothing, "abstain": nothing}
    official.enter(motion, reported(figures=figures), actor=cast.wu, at=LATER)
    assert [option.is_chosen for option in waiting_result(motion).verdict.options] == [False, True, False]


def test_at_the_desk_the_figures_are_typed_with_the_document_and_nothing_typed_is_lost(mirror, cast, monkeypatch):
    monkeypatch.setattr("governance.middleware.database_now", lambda: LATER)
    address = f"/desk/votes/{mirror.public_id}/"
    sent = {
        "system": "市业主共同决定电子投票系统", "reference": "YZ-2026-0117", "reported_on": LATER.date().isoformat(),
        "sha256": "A" * 64, "roll_area_m2": "700.00", "roll_heads": "5", "cast_area_m2": "800.00", "cast_heads": "4",
        "for_area_m2": "300.00", "for_heads": "3", "against_area_m2": "100.00", "against_heads": "1",
        "abstain_area_m2": "0", "abstain_heads": "0",
    }  # fmt: skip
    wrong = client_of(cast.wu).post(f"{address}enter_result/", sent)
    assert wrong.status_code == 400
    page = wrong.content.decode()
    assert "参与数比名册总数还多" in page
    assert all(f'value="{value}"' in page for value in ("YZ-2026-0117", "800.00", "300.00"))
    empty = client_of(cast.wu).post(f"{address}enter_result/", sent | {"sha256": ""}).content.decode()
    assert "请选择文件，或填写它的校验码" in empty
    client_of(cast.wu).post(f"{address}enter_result/", sent | {"cast_area_m2": "500.00"})
    assert "confirm_result" not in client_of(cast.wu).get(address).content.decode()
    client_of(cast.sun).post(f"{address}confirm_result/")
    assert OfficialResult.objects.get().document_sha256 == "a" * 64
    assert "录自市业主共同决定电子投票系统" in client_of(cast.wu).get(address).content.decode()
