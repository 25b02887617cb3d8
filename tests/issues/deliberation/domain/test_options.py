"""The choice of a company: several offers on one ballot, from the draft to the count."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from governance.domain.plain_words import plain
from governance.models import Role, RoleAssignment, User
from issues.deliberation.counting.count import count
from issues.deliberation.counting.reading import read
from issues.deliberation.domain import casting, mandates, opening, papers, results, setting_up
from issues.deliberation.domain.casting import NoProxyHere, NoSuchChoice
from issues.deliberation.domain.papers import CollectedByTheCompany
from issues.deliberation.domain.setting_up import (
    NotLawful,
    Offer,
    TooManyOptions,
    TwiceTheSame,
    UnseenInName,
    WrittenMeanwhile,
)
from issues.deliberation.models import Ballot, Channel, Choice, Matter, MatterRule, Motion, MotionOption, RuleSet
from issues.deliberation.public_file import public_file
from issues.deliberation.verdict_page import verdict_of
from tests.cast import LONG_AGO, NOW
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import entry_of, vote

pytestmark = pytest.mark.django_db

OFFERS = (
    Offer("恒信物业", "每月每平方米1.60元", "保留现有人员。"),
    Offer("嘉园物业", "每月每平方米1.45元"),
    Offer("万和物业", "每月每平方米1.80元", "增加夜间巡逻。"),
)


def put_on(motion: Motion, cast, *offers: Offer) -> Motion:
    for offer in offers:
        motion.refresh_from_db()
        setting_up.add_option(motion, offer, version=motion.version, actor=cast.wu, at=NOW)
    motion.refresh_from_db()
    return motion


@pytest.fixture
def draft(make_motion, cast) -> Motion:
    return put_on(make_motion(matter=Matter.MANAGER, title="选聘物业服务企业"), cast, *OFFERS)


@pytest.fixture
def choice(draft, cast) -> Motion:
    return opening.bring_up_to_date(setting_up.publish(draft, actor=cast.wu, at=NOW), VOTING)


def codes(motion: Motion) -> list[str]:
    return [obstacle.code for obstacle in setting_up.rehearse(motion, NOW).obstacles]


def test_options_are_numbered_in_their_order_and_move_up_when_one_is_taken_off(draft, cast):
    setting_up.drop_option(draft.options.get(number=1), version=draft.version, actor=cast.wu, at=NOW)
    assert list(draft.options.values_list("number", "title")) == [(1, "嘉园物业"), (2, "万和物业")]


def test_the_same_option_twice_and_a_tenth_are_refused(draft, cast):
    for offer in (OFFERS[0], Offer("恒信（另一份）", body=cast.hengxin)):
        if offer.body:
            put_on(draft, cast, Offer("恒信", body=cast.hengxin))
        with pytest.raises(TwiceTheSame):
            setting_up.add_option(draft, offer, version=draft.version, actor=cast.wu, at=NOW)
    put_on(draft, cast, *(Offer(f"方案{number}") for number in range(5)))
    with pytest.raises(TooManyOptions):
        setting_up.add_option(draft, Offer("第十个"), version=draft.version, actor=cast.wu, at=NOW)


def test_names_that_look_alike_are_the_same(draft, cast):
    put_on(draft, cast, Offer("张伟"))
    for name in ("张 伟", "张伟\u200d", " 张\u3000伟"):
        with pytest.raises(TwiceTheSame):
            setting_up.add_option(draft, Offer(name), version=draft.version, actor=cast.wu, at=NOW)


@pytest.mark.parametrize("again", ["张 伟", "张\u3000伟", "张伟\u3000"])
def test_an_older_draft_with_two_names_that_look_alike_is_not_announced(draft, cast, again):
    put_on(draft, cast, Offer("张伟"))
    draft.options.create(number=5, title=again)
    (obstacle,) = setting_up.rehearse(draft, NOW).obstacles
    assert (obstacle.code, str(obstacle.sentence)) == (
        "look_alike", f"第 4 项“张伟”和第 5 项“{again}”在表决票上看起来一样，请去掉一个。",
    )  # fmt: skip
    with pytest.raises(NotLawful):
        setting_up.publish(draft, actor=cast.wu, at=NOW)
    with pytest.raises(DatabaseError, match="no choice"), transaction.atomic():
        Motion.objects.filter(pk=draft.pk).update(state="published", published_at=NOW)


@pytest.mark.parametrize("unseen", ["\u200d", "\u200c", "\n", "\u2028", "\u2029", "\U000e0067"])
def test_a_name_that_could_never_be_counted_is_refused_and_such_a_draft_is_not_announced(draft, cast, unseen):
    name = f"张{unseen}伟"
    assert plain(name) == name
    with pytest.raises(UnseenInName):
        setting_up.add_option(draft, Offer(name), version=draft.version, actor=cast.wu, at=NOW)
    draft.options.create(number=4, title=name)
    assert codes(draft) == ["not_countable"]
    with pytest.raises(NotLawful):
        setting_up.publish(draft, actor=cast.wu, at=NOW)


def test_the_second_of_two_who_change_the_ballot_is_told(draft, cast):
    with pytest.raises(WrittenMeanwhile):
        setting_up.add_option(draft, Offer("第四个"), version=draft.version - 1, actor=cast.wu, at=NOW)


def test_one_option_is_no_choice_and_a_rule_by_which_two_could_pass_is_none(make_motion, cast, rule_set):
    motion = put_on(make_motion(), cast, OFFERS[0])
    assert codes(motion) == ["one_option"]
    with pytest.raises(NotLawful):
        setting_up.publish(motion, actor=cast.wu, at=NOW)
    lax = RuleSet.objects.create(
        code="lax", version=1, name="半数即可", body=rule_set.body, source="test", valid_from=LONG_AGO.date(),
        notice_days=15, objection_days=7, signed_by="方律师", signed_on=NOW.date(),
    )  # fmt: skip
    MatterRule.objects.create(
        rule_set=lax, matter=Matter.FUND_USE, article="x", text="x", mark="C", quorum_area="1/2", quorum_heads="1/2",
        majority_area="1/2", majority_heads="1/2", majority_needs_more=False,
    )  # fmt: skip
    assert codes(put_on(make_motion(rule_set=lax), cast, *OFFERS)) == ["two_could_pass"]


def test_the_database_announces_no_single_option_and_changes_none_after_the_notice(make_motion, cast, choice):
    lone = put_on(make_motion(), cast, OFFERS[0])
    tries = (
        lambda: Motion.objects.filter(pk=lone.pk).update(state="published", published_at=NOW),
        lambda: choice.options.filter(number=1).update(price="1元"),
        lambda: choice.options.get(number=3).delete(),
        lambda: MotionOption.objects.create(motion=choice, number=4, title="后来的"),
        lambda: MotionOption.objects.create(motion=lone, number=2, title=""),
        lambda: lone.options.update(motion=choice),
    )
    for change in tries:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_options_are_part_of_the_frozen_text(choice, motion):
    assert opening.hash_of(opening.text_of(choice)) == choice.text_hash
    assert [option["title"] for option in opening.text_of(choice)["options"]] == [offer.title for offer in OFFERS]
    assert "options" not in opening.text_of(motion)


@pytest.mark.parametrize("said", ["for", "4", "0", "", "１"])
def test_what_does_not_stand_on_the_ballot_cannot_be_chosen(choice, house, cast, said):
    with pytest.raises(NoSuchChoice):
        vote(choice, house, "ann", "801", choice=said)
    with pytest.raises(NoSuchChoice):
        papers.record(
            entry_of(choice, "805"), said=said, serial="7", channel=Channel.PAPER, cast_at=VOTING, actor=cast.wu,
            at=VOTING,
        )  # fmt: skip


def test_every_choice_is_sealed_at_one_length(choice, house):
    vote(choice, house, "ann", "801", choice="2")
    vote(choice, house, "ben", "802", "803", choice=Choice.AGAINST)
    vote(choice, house, "cai", "804", choice=Choice.ABSTAIN)
    assert len({len(bytes(sealed)) for sealed in Ballot.objects.values_list("choice", flat=True)}) == 1


def test_one_option_is_chosen_and_the_recount_gives_the_same_bytes(choice, house, cast, capsys):
    vote(choice, house, "ann", "801", choice="2")
    vote(choice, house, "ben", "802", "803", choice="2")
    vote(choice, house, "ben", "804", choice="1")
    paper = papers.record(
        entry_of(choice, "806"), said="2", serial="A7", channel=Channel.PAPER, cast_at=VOTING, actor=cast.wu, at=VOTING
    )
    assert papers.check(paper, said="2", actor=cast.sun, at=VOTING + timedelta(hours=1))
    opening.bring_up_to_date(choice, CLOSES)
    told = json.loads(bytes(choice.result))
    assert (told["format"], told["verdict"], told["chosen"], choice.has_passed) == (
        "youying-count/2", "passed", "2", True,
    )  # fmt: skip
    page = verdict_of(choice)
    assert [option.is_chosen for option in page.options] == [False, True, False]
    assert [option.short_of == "" for option in page.options] == [False, True, False]
    assert [side.name for side in page.sides][:3] == ["恒信物业", "嘉园物业", "万和物业"]
    assert "嘉园物业,400.00,3,4" in public_file(choice).decode()
    call_command("recount", str(choice.public_id))
    assert capsys.readouterr().out.encode() == bytes(choice.result)


def test_where_no_option_has_the_majority_nothing_is_decided(choice, house):
    vote(choice, house, "ann", "801", choice="1")
    vote(choice, house, "ben", "802", "803", choice="2")
    vote(choice, house, "ben", "804", choice="3")
    opening.bring_up_to_date(choice, CLOSES)
    assert choice.has_passed is False
    assert count(read(results.tally_file(choice, CLOSES))).chosen is None


def test_nobody_of_a_company_that_offers_votes_for_others_or_types_ballots(make_motion, cast, house):
    """Not only where the manager's contract is decided: here it is the pump's, and Hengxin offers to repair it."""
    offers = (OFFERS[1], Offer("恒信物业", body=cast.hengxin))
    motion = setting_up.publish(put_on(make_motion(), cast, *offers), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    with pytest.raises(NoProxyHere):
        mandates.give(motion, house.unit("801"), to=cast.zheng, actor=house.owners["ann"], at=VOTING)
    mandates.give(motion, house.unit("801"), to=house.owners["outsider"], actor=house.owners["ann"], at=VOTING)
    for who in (house.owners["outsider"], cast.wu):
        RoleAssignment.objects.create(user=who, role=Role.PROPERTY_MANAGER, body=cast.hengxin, valid_from=LONG_AGO)
    hired, typist = (User.objects.get(pk=who.pk) for who in (house.owners["outsider"], cast.wu))
    with pytest.raises(NoProxyHere):
        casting.cast(motion, entries=[entry_of(motion, "801")], choice="2", sending=uuid4(), actor=hired, at=VOTING)
    entry = entry_of(motion, "805")
    with pytest.raises(CollectedByTheCompany):
        papers.record(entry, said="1", serial="9", channel=Channel.DOOR, cast_at=VOTING, actor=typist, at=VOTING)
