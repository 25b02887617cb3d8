"""Electing the owners' committee: candidates on one ballot, several names, the seats, and the register of posts."""

import json
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import rules
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.domain.registers import NotAccepted
from governance.domain.steps import SYSTEM
from governance.models import (
    Body,
    BodyKind,
    CommitteeTerm,
    Management,
    ManagementKind,
    Post,
    Role,
    RoleAssignment,
    User,
)
from issues.deliberation import shipped
from issues.deliberation.counting.count import Part, Standing
from issues.deliberation.domain import (
    casting,
    delivering,
    electing,
    errata,
    mandates,
    objecting,
    official,
    opening,
    papers,
    setting_up,
)
from issues.deliberation.domain.casting import NoProxyHere, NoSuchChoice
from issues.deliberation.domain.delivering import DeliveredByACandidate
from issues.deliberation.domain.electing import BeforeItWasFinal, BeginsTooLate, NoCommittee, TermTooLong
from issues.deliberation.domain.official import Figure, ImpossibleSums, Reported
from issues.deliberation.domain.papers import CollectedByTheCompany, StandsOnTheBallot
from issues.deliberation.domain.setting_up import Offer, TooManyOptions
from issues.deliberation.models import (
    Ballot,
    Channel,
    Choice,
    DeliveryWay,
    ElectionRule,
    InvalidReason,
    Matter,
    Motion,
    MotionKind,
    MotionOption,
    MotionState,
    OfficialFigure,
    OfficialResult,
    RuleSet,
    Seat,
)
from issues.deliberation.public_file import public_file, standing_of
from issues.deliberation.rules import may_read_tally
from issues.deliberation.verdict_page import verdict_of
from issues.deliberation.workflow import MOTION
from tests.cast import LONG_AGO, NOW
from tests.issues.deliberation.conftest import CLOSES, VOTING
from tests.issues.deliberation.domain.test_casting import entry_of, vote
from tests.issues.deliberation.domain.test_options import codes, put_on

pytestmark = pytest.mark.django_db

CANDIDATES = tuple(Offer(name, words=f"{name}的自我介绍") for name in ("安国平", "边小玲", "蔡明"))
LATER = CLOSES + timedelta(days=30)
UNTIL = LATER.date() + timedelta(days=3 * 365)


@pytest.fixture
def make_election(make_motion, cast, small_committees):
    def make(*candidates: Offer, seats: int = 2, **given) -> Motion:
        plan = {"matter": Matter.COMMITTEE, "title": "选举业主委员会", "rule_set": small_committees} | given
        return put_on(make_motion(seats=seats, **plan), cast, *candidates)

    return make


@pytest.fixture
def election(make_election, cast) -> Motion:
    """Three stand for two seats, and it is open."""
    return opening.bring_up_to_date(setting_up.publish(make_election(*CANDIDATES), actor=cast.wu, at=NOW), VOTING)


@pytest.fixture
def committee(cast) -> Body:
    return Body.objects.filter(kind=BodyKind.OWNERS_COMMITTEE, estate=cast.estate).first() or Body.objects.create(
        kind=BodyKind.OWNERS_COMMITTEE, name="春和苑业委会", short_name="业委会", estate=cast.estate,
        subdistrict_id=cast.community.subdistrict_id, community=cast.community,
    )  # fmt: skip


def elect(motion: Motion, house, *, until=CLOSES) -> Motion:
    """By five homes of seven the first two are elected; the third is named by one."""
    vote(motion, house, "ann", "801", choice="1,2")
    vote(motion, house, "ben", "802", "803", choice="1,2")
    vote(motion, house, "ben", "804", choice="2,3")
    paper = papers.record(
        entry_of(motion, "806"), said="1,2", serial="A7", channel=Channel.PAPER, cast_at=VOTING,
        actor=motion.drafted_by, at=VOTING,
    )  # fmt: skip
    papers.check(paper, said="1,2", actor=house.second, at=VOTING)
    return opening.bring_up_to_date(motion, until)


@pytest.fixture
def house(house, cast):
    house.second = cast.sun
    return house


@pytest.mark.parametrize(
    ("candidates", "given", "said"),
    [
        (CANDIDATES, {}, []),
        (CANDIDATES[:1], {"seats": 1}, []),
        (CANDIDATES[:1], {}, ["too_few_candidates"]),
        ((), {"seats": None}, []),
    ],
)
def test_there_are_at_least_as_many_candidates_as_seats(make_election, candidates, given, said):
    assert codes(make_election(*candidates, **given)) == said


def test_twenty_candidates_fit_on_a_ballot_and_nine_options_do(make_election, cast):
    full = make_election(*(Offer(f"候选人{number}") for number in range(20)))
    with pytest.raises(TooManyOptions):
        setting_up.add_option(full, Offer("又一位"), version=full.version, actor=cast.wu, at=NOW)
    Motion.objects.filter(pk=full.pk).update(seats=None)
    full.refresh_from_db()
    assert codes(full) == ["too_many_options"]
    with pytest.raises(DatabaseError), transaction.atomic():
        Motion.objects.filter(pk=full.pk).update(state="published", published_at=NOW)


def test_a_rule_set_that_says_nothing_of_elections_or_lets_silence_follow_holds_none(make_election, rule_set):
    bare = RuleSet.objects.create(
        code="bare", version=1, name="未规定选举", body=rule_set.body, source="test", valid_from=LONG_AGO.date(),
        notice_days=15, objection_days=7, silence_follows=True, signed_by="方律师", signed_on=NOW.date(),
    )  # fmt: skip
    for row in rule_set.matters.filter(matter=Matter.COMMITTEE):
        row.pk, row.rule_set, row._state.adding = None, bare, True
        row.save()
    assert codes(make_election(*CANDIDATES, rule_set=bare)) == ["no_election_rule", "silence_names_nobody"]


@pytest.mark.parametrize(
    ("seats", "is_whole"), [(1, False), (3, False), (5, True), (6, False), (11, True), (13, False)]
)
def test_as_many_are_elected_as_a_whole_committee_has(make_election, rule_set, seats, is_whole):
    motion = make_election(*(Offer(f"候选人{number}") for number in range(13)), seats=seats, rule_set=rule_set)
    assert codes(motion) == ([] if is_whole else ["no_whole_committee"])


def test_what_is_signed_without_a_rule_of_elections_stays_without(rule_set):
    from django.apps import apps

    rule_set.refresh_from_db()
    assert rule_set.election.mark == "C"
    before = ElectionRule.objects.count()
    shipped.ensure_elections(apps.get_model)
    assert ElectionRule.objects.count() == before


def test_the_database_elects_nobody_else_and_changes_no_seats_after_the_notice(make_motion, cast, election):
    other = make_motion()
    tries = (
        lambda: Motion.objects.filter(pk=other.pk).update(seats=3),
        lambda: Motion.objects.filter(pk=election.pk).update(seats=3),
        lambda: ElectionRule.objects.update(ranking="heads"),
        lambda: make_motion(matter=Matter.COMMITTEE, seats=2, building=cast.building),
        lambda: make_motion(matter=Matter.COMMITTEE, seats=21),
        lambda: MotionOption.objects.create(motion=other, number=21, title="太多"),
    )
    for change in tries:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.parametrize("said", ["1,2,3", "2,1", "4", "1,1", "for", "1,against", ""])
def test_too_many_names_and_what_does_not_stand_there_are_not_taken(election, house, cast, said):
    with pytest.raises(NoSuchChoice):
        vote(election, house, "ann", "801", choice=said)
    with pytest.raises(NoSuchChoice):
        papers.record(
            entry_of(election, "805"), said=said, serial="7", channel=Channel.PAPER, cast_at=VOTING, actor=cast.wu,
            at=VOTING,
        )  # fmt: skip


def test_too_many_names_on_paper_are_an_invalid_ballot_in_an_election_alone(election, motion, house, cast):
    def record(asked: Motion) -> Ballot:
        return papers.record(
            entry_of(asked, "805"), said=InvalidReason.TOO_MANY, serial="7", channel=Channel.PAPER, cast_at=VOTING,
            actor=cast.wu, at=VOTING,
        )  # fmt: skip

    assert papers.check(record(election), said=InvalidReason.TOO_MANY, actor=cast.sun, at=VOTING)
    elect(election, house)
    told = json.loads(bytes(election.result))
    assert told["components"]["invalid_by_reason"]["too_many"] == {"area": "100.00", "heads": 1, "units": 1}
    with pytest.raises(NoSuchChoice):
        record(motion)


def test_several_ticks_are_no_fault_of_a_paper_in_an_election(election, motion, house, cast):
    paper = papers.record(
        entry_of(election, "805"), said=InvalidReason.UNCLEAR, serial="7", channel=Channel.PAPER, cast_at=VOTING,
        actor=cast.wu, at=VOTING,
    )  # fmt: skip
    assert standing_of(paper, election) == "无效：选了候选人又勾“以上都不选”或“弃权”，或者看不清选了谁"
    assert standing_of(paper, motion) == "无效：多选，或看不清选了哪一项"
    papers.check(paper, said=InvalidReason.UNCLEAR, actor=cast.sun, at=VOTING)
    elect(election, house)
    parts = [row.part.name for row in verdict_of(election).rows]
    assert "填写不清，或者选了人又勾“以上都不选”或“弃权”" in parts


def test_one_name_or_twenty_are_sealed_at_one_length(election, house):
    vote(election, house, "ann", "801", choice="1")
    vote(election, house, "ben", "802", "803", choice="1,3")
    vote(election, house, "cai", "804", choice=Choice.ABSTAIN)
    assert len({len(bytes(sealed)) for sealed in Ballot.objects.values_list("choice", flat=True)}) == 1


def test_the_seats_are_part_of_the_frozen_text_and_the_rule_of_the_frozen_rules(election):
    assert opening.text_of(election)["seats"] == 2
    assert opening.hash_of(opening.text_of(election)) == election.text_hash


def test_two_are_elected_and_the_recount_gives_the_same_bytes(election, house, capsys):
    elect(election, house)
    told = json.loads(bytes(election.result))
    assert (told["format"], told["verdict"], told["elected"], told["run_off"]) == (
        "youying-count/3", "passed", ["2", "1"], [],
    )  # fmt: skip
    assert election.has_passed
    page = verdict_of(election)
    assert [option.is_chosen for option in page.options] == [True, True, False]
    assert page.summary == "当选 2 人（名额 2 个）：边小玲、安国平。"
    assert (page.bars, len(page.requirements)) == ((), 3)
    said = public_file(election).decode()
    assert "安国平,400.00,3,4" in said
    assert "边小玲,500.00,4,5" in said
    call_command("recount", str(election.public_id))
    assert capsys.readouterr().out.encode() == bytes(election.result)


def test_too_few_elected_are_no_committee(make_election, house, cast):
    motion = setting_up.publish(make_election(*CANDIDATES, seats=3), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    vote(motion, house, "ann", "801", choice="1")
    vote(motion, house, "ben", "802", "803", choice="1")
    vote(motion, house, "ben", "804", choice="2")
    opening.bring_up_to_date(motion, LATER)
    opening.bring_up_to_date(motion, LATER + timedelta(days=30))
    assert (motion.state, motion.has_passed, list(electing.to_enter(motion))) == (MotionState.FINAL, False, [])
    with pytest.raises(StepNotAllowed):
        electing.enter(motion, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER + timedelta(days=31))


def test_without_a_quorum_no_candidate_stands_there_as_having_made_it(election, house):
    vote(election, house, "ann", "801", choice="1")
    opening.bring_up_to_date(election, CLOSES)
    page = verdict_of(election)
    first = page.options[0]
    assert (first.short_of, first.is_chosen, first.said) == ("", False, "已达到参与者的多数，但参与的人数或面积不够。")
    assert 'class="said ok"' not in render_to_string(
        "deliberation/_verdict.html", {"verdict": page, "motion": election}
    )


def test_those_elected_become_members_with_one_press_once_it_is_final(election, house, committee, cast):
    elect(election, house)
    since = LATER.date()
    with pytest.raises(StepNotAllowed):
        electing.enter(election, since=since, until=UNTIL, actor=cast.wu, at=CLOSES)
    before = Post.objects.create(body=committee, title="主任", full_name="前任", is_owner=True, since=LONG_AGO.date())
    opening.bring_up_to_date(election, LATER)
    for actor, day, refusal in (
        (cast.zheng, since, NotInCharge),
        (cast.wu, CLOSES.date(), BeforeItWasFinal),
        (cast.wu, since - timedelta(days=1), BeforeItWasFinal),
    ):
        with pytest.raises(refusal):
            electing.enter(election, since=day, until=UNTIL, actor=actor, at=LATER)
    posts = electing.enter(election, since=since, until=UNTIL, actor=cast.wu, at=LATER)
    assert [(post.full_name, post.title, post.since, post.is_owner) for post in posts] == [
        ("边小玲", "委员", since, True),
        ("安国平", "委员", since, True),
    ]
    before.refresh_from_db()
    assert before.ended_on == since - timedelta(days=1)
    assert electing.to_enter(election) == []
    assert [seat.post for seat in electing.seated(election, LATER).seats] == posts
    with pytest.raises(StepNotAllowed):
        electing.enter(election, since=since, until=UNTIL, actor=cast.wu, at=LATER)
    assert Seat.objects.count() == 2


def test_without_a_committee_in_the_register_nobody_is_entered(election, house, cast, committee):
    elect(election, house)
    opening.bring_up_to_date(election, LATER)
    Body.objects.filter(pk=committee.pk).update(ended_on=LONG_AGO.date())
    with pytest.raises(NoCommittee):
        electing.enter(election, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER)
    assert not Seat.objects.exists()


@pytest.mark.parametrize(("began", "ends"), [(-400, -1), (-10, -1), (0, 0), (5, 5)])
def test_everybody_who_sat_there_leaves_whenever_they_began(election, house, cast, committee, began, ends):
    elect(election, house)
    opening.bring_up_to_date(election, LATER)
    first = LATER.date()
    Post.objects.filter(body=committee).delete()
    post = Post.objects.create(
        body=committee, title="主任", full_name="老陈", is_owner=True, since=first + timedelta(days=began)
    )
    electing.enter(election, since=first, until=UNTIL, actor=cast.wu, at=LATER)
    post.refresh_from_db()
    assert post.ended_on == first + timedelta(days=ends)
    assert Post.objects.filter(body=committee, ended_on=None).count() == 2


@pytest.fixture
def final(election, house) -> Motion:
    return opening.bring_up_to_date(elect(election, house), LATER)


def terms_of(committee: Body) -> list[tuple[int, date, date]]:
    return list(committee.terms.order_by("number").values_list("number", "starts_on", "ends_on"))


def test_with_those_elected_the_next_term_begins_and_the_one_that_ran_ends(final, committee, cast):
    first, before = LATER.date(), LATER.date() - timedelta(days=1)
    CommitteeTerm.objects.create(body=committee, number=1, starts_on=date(2019, 1, 1), ends_on=date(2023, 12, 31))
    CommitteeTerm.objects.create(body=committee, number=4, starts_on=date(2024, 1, 1), ends_on=date(2028, 12, 31))
    electing.enter(final, since=first, until=UNTIL, actor=cast.wu, at=LATER)
    assert terms_of(committee) == [
        (1, date(2019, 1, 1), date(2023, 12, 31)), (4, date(2024, 1, 1), before), (5, first, UNTIL),
    ]  # fmt: skip
    assert electing.seated(final, LATER).term == committee.terms.get(number=5)


def test_the_first_term_is_the_first_and_one_that_was_noted_before_keeps_its_number(final, committee, cast):
    noted = CommitteeTerm.objects.create(
        body=committee, number=3, starts_on=LATER.date(), ends_on=LATER.date() + timedelta(days=1)
    )
    with transaction.atomic():
        electing.enter(final, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER)
        assert terms_of(committee) == [(3, noted.starts_on, UNTIL)]
        transaction.set_rollback(True)
    noted.delete()
    electing.enter(final, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER)
    assert terms_of(committee) == [(1, LATER.date(), UNTIL)]


def test_a_term_that_the_register_has_for_later_days_stands_in_the_way_and_nothing_is_written(final, committee, cast):
    CommitteeTerm.objects.create(body=committee, number=3, starts_on=UNTIL, ends_on=UNTIL + timedelta(days=1))
    with pytest.raises(NotAccepted, match="已有一届"):
        electing.enter(final, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER)
    assert not Seat.objects.exists()
    assert not Post.objects.filter(since=LATER.date()).exists()


@pytest.mark.parametrize(
    ("since", "until", "refusal"),
    [
        (LATER.date(), LATER.date() - timedelta(days=1), TermTooLong),
        (LATER.date(), LATER.date(), None),
        (LATER.date(), date(LATER.year + 5, LATER.month, LATER.day) - timedelta(days=1), None),
        (LATER.date(), date(LATER.year + 5, LATER.month, LATER.day), TermTooLong),
        (LATER.date() + timedelta(days=366), UNTIL, None),
        (LATER.date() + timedelta(days=367), UNTIL, BeginsTooLate),
        (date.max, date.max, BeginsTooLate),
    ],
)
def test_a_term_is_no_longer_than_the_rule_set_says(final, committee, cast, since, until, refusal):
    def enter():
        return electing.enter(final, since=since, until=until, actor=cast.wu, at=LATER)

    if refusal:
        with pytest.raises(refusal):
            enter()
        assert not committee.terms.exists()
    else:
        enter()
        assert terms_of(committee) == [(1, since, until)]


@pytest.mark.parametrize(
    ("since", "years", "last"),
    [
        (date(2026, 6, 15), 5, date(2031, 6, 14)),
        (date(2026, 1, 1), 3, date(2028, 12, 31)),
        (date(2028, 2, 29), 5, date(2033, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 28)),
    ],
)
def test_a_term_of_years_ends_the_day_before_its_first_day_comes_round_again(since, years, last):
    assert ElectionRule(term_years=years).last_day(since) == last


def test_who_leaves_early_is_named_and_who_leaves_with_the_term_is_not(final, committee, cast):
    first, second = electing.enter(final, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER)
    Post.objects.filter(pk=first.pk).update(ended_on=UNTIL - timedelta(days=1))
    Post.objects.filter(pk=second.pk).update(ended_on=UNTIL)
    assert [seat.post for seat in electing.seated(final, LATER).gone] == [first]
    assert electing.seated(final, LATER + timedelta(days=3 * 365 + 1)).gone == ()


def test_a_term_that_the_street_has_put_right_is_shown_as_it_is_and_without_one_nothing_is(final, committee, cast):
    electing.enter(final, since=LATER.date(), until=UNTIL, actor=cast.wu, at=LATER)
    earlier = LATER.date() - timedelta(days=1)
    committee.terms.update(starts_on=earlier)
    assert electing.seated(final, LATER).term.starts_on == earlier
    committee.terms.update(starts_on=UNTIL)
    assert electing.seated(final, LATER) is None


def person_at(body: Body, who: User) -> User:
    """With a role there from now on, as whoever signs in next is read."""
    RoleAssignment.objects.create(user=who, role=Role.PROPERTY_STAFF, body=body, valid_from=LONG_AGO)
    return User.objects.get(pk=who.pk)


def test_the_company_that_manages_the_estate_has_no_part_in_electing_who_supervises_it(election, motion, house, cast):
    def give(asked: Motion, to: User):
        return mandates.give(asked, house.unit("801"), to=to, actor=house.owners["ann"], at=VOTING)

    with pytest.raises(NoProxyHere):
        give(election, cast.zheng)
    give(election, house.owners["outsider"])
    hired, typist = person_at(cast.hengxin, house.owners["outsider"]), person_at(cast.hengxin, cast.wu)
    with pytest.raises(NoProxyHere):
        casting.cast(election, entries=[entry_of(election, "801")], choice="1", sending=uuid4(), actor=hired, at=VOTING)
    typed = {"said": "1", "serial": "9", "channel": Channel.DOOR, "cast_at": VOTING, "actor": typist, "at": VOTING}
    with pytest.raises(CollectedByTheCompany):
        papers.record(entry_of(election, "805"), **typed)
    # In another matter of the same estate, and for a company that manages another one, nothing bars them.
    give(motion, cast.zheng)
    give(election, cast.strange_manager)
    papers.record(entry_of(motion, "805"), **typed | {"said": Choice.FOR})


def test_staff_of_owners_who_manage_themselves_hold_mandates_in_their_election(election, house, cast):
    Management.objects.filter(estate=cast.estate).update(body=cast.committee, kind=ManagementKind.OWNERS)
    assert mandates.give(election, house.unit("801"), to=cast.gao, actor=house.owners["ann"], at=VOTING)


def in_the_office(person: User, cast, *, full_name: str) -> User:
    """The same person at the community's desk, under this name."""
    role = {"role": Role.COMMUNITY_STAFF, "community": cast.community, "valid_from": LONG_AGO}
    RoleAssignment.objects.create(user=person, **role)
    User.objects.filter(pk=person.pk).update(full_name=full_name)
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize("step", [step for step in MOTION.steps if step.who != SYSTEM], ids=lambda step: step.verb)
def test_of_all_steps_a_candidate_takes_only_those_of_the_draft(step, make_election, make_motion, cast):
    """What a second person has to agree to waits for one, so that nothing but the name is in the way."""
    candidate, other = in_the_office(cast.luo, cast, full_name="安国平"), cast.sun
    election, other_vote = make_election(*CANDIDATES), make_motion()
    for each in (election, other_vote):
        figures = {"roll_area_m2": 700, "roll_heads": 7, "cast_area_m2": 0, "cast_heads": 0}
        noted = {"written_by": cast.wu, "written_role": Role.COMMUNITY_STAFF, "written_at": NOW}
        each.errata.create(words="更正", **noted)
        each.official_results.create(
            system="市系统", reference="1", reported_on=NOW.date(), document_sha256="0" * 64, **figures, **noted
        )
        each.withdrawn_by = cast.wu
    may = {person: rules.test_rule(step.who, person, election) for person in (candidate, other)}
    assert may == {candidate: step.verb in ("add_option", "drop_option"), other: True}
    # An option of a vote that elects nobody may be called what it likes.
    other_vote.options.create(number=1, title="安国平")
    assert rules.test_rule(step.who, candidate, other_vote)


def test_whose_name_stands_on_the_ballot_has_no_part_in_running_the_election(make_election, house, cast, committee):
    """From the notice to the register. Writing the draft is no part of it."""

    def refused(attempt) -> bool:
        with pytest.raises(NotInCharge):
            attempt()
        return True

    candidate = in_the_office(cast.luo, cast, full_name="安 国平")
    draft = make_election(*CANDIDATES)
    assert rules.test_rule("deliberation.may_organise", candidate, draft)
    assert refused(lambda: setting_up.publish(draft, actor=candidate, at=NOW))
    motion = opening.bring_up_to_date(setting_up.publish(draft, actor=cast.wu, at=NOW), VOTING)
    assert refused(lambda: errata.write(motion, words="时间写错了", actor=candidate, at=VOTING))
    assert refused(lambda: setting_up.ask_to_withdraw(motion, words="名单不对", actor=candidate, at=VOTING))
    motion = elect(motion, house)
    objection = objecting.object_to(motion, words="数得不对", actor=house.owners["ann"], at=CLOSES)
    with pytest.raises(StandsOnTheBallot):
        objecting.answer(objection, words="没有错", actor=candidate, at=CLOSES)
    objecting.answer(objection, words="已核对", actor=cast.wu, at=CLOSES)
    final = opening.bring_up_to_date(motion, LATER)
    entered = {"since": LATER.date(), "until": UNTIL, "at": LATER}
    assert refused(lambda: electing.enter(final, actor=candidate, **entered))
    assert len(electing.enter(final, actor=cast.wu, **entered)) == 2


def test_an_officer_who_stands_on_the_ballot_does_not_read_who_chose_what(election, motion, cast):
    cast.sun.scope(VOTING)
    assert may_read_tally(cast.sun, election)
    User.objects.filter(pk=cast.sun.pk).update(full_name="安国平")
    candidate = User.objects.get(pk=cast.sun.pk)
    candidate.scope(VOTING)
    assert [may_read_tally(candidate, each) for each in (election, motion)] == [False, True]


def test_a_candidate_takes_the_own_name_off_a_draft(make_election, cast):
    User.objects.filter(pk=cast.wu.pk).update(full_name="安国平")
    draft = make_election(*CANDIDATES)
    own = draft.options.get(title="安国平")
    setting_up.drop_option(own, version=draft.version, actor=User.objects.get(pk=cast.wu.pk), at=NOW)
    assert not draft.options.filter(title="安国平").exists()


def test_whose_name_stands_on_the_ballot_touches_no_paper_of_it(election, motion, house, cast):
    """By the name, however it is spaced: of who types, who checks, who looks at it, and who brought the notice."""
    User.objects.filter(pk=cast.wu.pk).update(full_name="安 国平")
    candidate = User.objects.get(pk=cast.wu.pk)
    given = {"said": "1", "serial": "9", "channel": Channel.PAPER, "cast_at": VOTING, "at": VOTING}
    with pytest.raises(StandsOnTheBallot):
        papers.record(entry_of(election, "805"), actor=candidate, **given)
    typed = papers.record(entry_of(election, "805"), actor=cast.sun, **given)
    with pytest.raises(StandsOnTheBallot):
        papers.check(typed, said="1", actor=candidate, at=VOTING)
    assert papers.may_look_at(typed, cast.sun, VOTING)
    assert not papers.may_look_at(typed, candidate, VOTING)
    delivery = {"way": DeliveryWay.HANDED, "on": VOTING.date(), "at": VOTING}
    with pytest.raises(StandsOnTheBallot):
        delivering.record(election, [house.unit("801")], by="网格员赵", actor=candidate, **delivery)
    with pytest.raises(DeliveredByACandidate):
        delivering.record(election, [house.unit("801")], by="边小 玲", actor=cast.sun, **delivery)
    papers.record(entry_of(motion, "805"), actor=candidate, **given | {"said": Choice.FOR})


def test_a_candidate_votes_and_holds_mandates_of_neighbours(election, house):
    User.objects.filter(pk=house.owners["ben"].pk).update(full_name="边小玲")
    mandates.give(election, house.unit("801"), to=house.owners["ben"], actor=house.owners["ann"], at=VOTING)
    candidate = User.objects.get(pk=house.owners["ben"].pk)
    for door in ("801", "804"):
        assert casting.cast(
            election, entries=[entry_of(election, door)], choice="2", sending=uuid4(), actor=candidate, at=VOTING
        )


def figure(area: str, heads: int) -> Figure:
    return Figure(Decimal(area), heads)


@pytest.fixture
def elsewhere(make_election, cast) -> Motion:
    """Three stand for two seats in the city's system, and nobody has voted here."""
    motion = setting_up.publish(make_election(*CANDIDATES, kind=MotionKind.MIRROR), actor=cast.wu, at=NOW)
    return opening.bring_up_to_date(motion, CLOSES)


def reported(**figures: Figure) -> Reported:
    nothing = figure("0", 0)
    return Reported(
        system="市业主共同决定电子投票系统", reference="YZ-2026-0118", reported_on=CLOSES.date(),
        document_sha256="a" * 64, roll=figure("700.00", 5), cast=figure("500.00", 4),
        figures={**dict.fromkeys(("1", "2", "3", "against", "abstain"), nothing), **figures},
    )  # fmt: skip


def test_whom_the_citys_system_has_elected_is_entered(elsewhere, committee, cast):
    said = {"1": figure("400.00", 3), "2": figure("300.00", 3), "against": figure("100.00", 1)}
    official.enter(elsewhere, reported(**said), actor=cast.wu, at=CLOSES)
    official.confirm(elsewhere, actor=cast.sun, at=CLOSES)
    elsewhere.refresh_from_db()
    counted = official.count_of(elsewhere.official_results.get())
    assert [option.title for option in counted.seating.elected] == ["安国平", "边小玲"]
    assert (counted.components[Standing.FOR], counted.participating) == (
        Part(Decimal("400.00"), 3), Part(Decimal("500.00"), 4),
    )  # fmt: skip
    opening.bring_up_to_date(elsewhere, LATER)
    posts = electing.enter(elsewhere, since=LATER.date(), until=UNTIL, actor=cast.sun, at=LATER)
    assert [post.full_name for post in posts] == ["安国平", "边小玲"]


def test_the_database_seats_nobody_whom_our_count_has_not_elected(final, committee, cast):
    """Nor to another committee, nor from a day on which no term begins."""
    first, other, day = electing.to_enter(final)[0], final.options.get(title="蔡明"), LATER.date()
    beside = cast.committee
    Body.objects.filter(pk=beside.pk).update(estate=cast.self_managed)
    for body in (committee, beside):
        CommitteeTerm.objects.create(body=body, number=1, starts_on=day, ends_on=UNTIL)

    def seat(candidate: MotionOption, body: Body, since: date) -> None:
        post = Post.objects.create(body=body, title="委员", full_name=candidate.title, is_owner=True, since=since)
        Seat.objects.create(candidate=candidate, post=post, entered_by=cast.wu, entered_at=LATER)

    for wrong in ((other, committee, day), (first, beside, day), (first, committee, day + timedelta(days=1))):
        with pytest.raises(DatabaseError, match="nobody is elected yet"), transaction.atomic():
            seat(*wrong)
    seat(first, committee, day)


def test_the_database_seats_by_the_citys_agreed_result_alone(elsewhere, committee, cast):
    CommitteeTerm.objects.create(body=committee, number=1, starts_on=LATER.date(), ends_on=UNTIL)
    post = Post.objects.create(body=committee, title="委员", full_name="安", is_owner=True, since=LATER.date())
    first, third = elsewhere.options.get(number=1), elsewhere.options.get(number=3)

    def seat(candidate: MotionOption) -> Seat:
        return Seat.objects.create(candidate=candidate, post=post, entered_by=cast.wu, entered_at=LATER)

    def is_refused(change) -> bool:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
        return True

    said = {"1": figure("400.00", 3), "2": figure("300.00", 3), "against": figure("100.00", 1)}
    official.enter(elsewhere, reported(**said), actor=cast.wu, at=CLOSES)
    assert is_refused(lambda: OfficialResult.objects.update(elected=[1]))
    official.confirm(elsewhere, actor=cast.sun, at=CLOSES)
    assert is_refused(lambda: seat(first))
    opening.bring_up_to_date(elsewhere, LATER)
    assert is_refused(lambda: seat(third))
    assert is_refused(lambda: OfficialResult.objects.update(elected=[3]))
    assert seat(first)


def test_what_the_city_has_decided_is_never_taken_from_our_own_count(elsewhere):
    opening.bring_up_to_date(elsewhere, CLOSES)
    elsewhere.state = MotionState.FINAL
    with pytest.raises(OfficialResult.DoesNotExist):
        electing.to_enter(elsewhere)


@pytest.mark.parametrize(
    "said",
    [
        {"1": figure("400.01", 3), "against": figure("100.00", 1)},
        {"1": figure("400.00", 4), "against": figure("100.00", 1)},
        # Each by itself would do; together they are more than two names on each ballot.
        {"1": figure("400.00", 3), "2": figure("400.00", 3), "3": figure("400.00", 3)},
        {"1": figure("300.00", 3), "2": figure("300.00", 3), "3": figure("300.00", 3)},
    ],
)
def test_more_names_than_the_ballots_had_room_for_are_refused(elsewhere, cast, said):
    with pytest.raises(ImpossibleSums) as refused:
        official.enter(elsewhere, reported(**said), actor=cast.wu, at=CLOSES)
    assert {field[:4] for field, _sentence in refused.value.faults} == {"cast"}


def test_the_database_takes_no_such_sums_either(elsewhere, cast):
    official.enter(elsewhere, reported(), actor=cast.wu, at=CLOSES)
    row = elsewhere.official_results.get()
    for number in ("4", "5", "6"):
        OfficialFigure.objects.create(result=row, choice=number, area_m2="400.00", heads=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        official.confirm(elsewhere, actor=cast.sun, at=CLOSES)


def test_an_opinion_poll_enters_nobody(make_election, house, cast):
    motion = setting_up.publish(make_election(*CANDIDATES, kind=MotionKind.CONSULTATIVE), actor=cast.wu, at=NOW)
    motion = opening.bring_up_to_date(motion, VOTING)
    elect(motion, house)
    opening.bring_up_to_date(motion, LATER)
    assert (motion.state, motion.has_passed, electing.to_enter(motion)) == (MotionState.FINAL, True, [])


def test_a_ballot_sealed_when_the_longest_choice_was_shorter_still_opens(election, house, monkeypatch):
    monkeypatch.setattr("issues.deliberation.domain.sealing.LONGEST", 7)
    casting.cast(
        election, entries=[entry_of(election, "801")], choice="1,2", sending=uuid4(), actor=house.owners["ann"],
        at=VOTING,
    )  # fmt: skip
    monkeypatch.undo()
    opening.bring_up_to_date(election, CLOSES)
    assert json.loads(bytes(election.result))["options"][0]["for"]["units"] == 1
