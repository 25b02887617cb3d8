"""Homes: claimed, verified by the community's staff, ended; the role of a resident comes and goes with them."""

from datetime import timedelta

import pytest

from governance.domain import roles
from governance.domain.refusals import FactMissing, NotInCharge, StepNotAllowed
from governance.models import AuditEntry, AuditPayload, Notice, Role, RoleAssignment, Unit
from residents.domain import occupancy as domain
from residents.models import DeclineReason, Occupancy, OccupancyRelation, OccupancyState
from tests.cast import NOW

LATER = NOW + timedelta(days=30)


@pytest.fixture
def claimed(cast):
    """Wang's claim, which is being checked."""
    return Occupancy.objects.get(user=cast.wang)


def is_resident(user, estate, at=NOW):
    return RoleAssignment.objects.in_force(at).filter(user=user, role=Role.RESIDENT, estate=estate).exists()


def verify(home, *, actor, at=NOW, **more):
    domain.verify(home, words="房产证", actor=actor, at=at, **more)


def decline(home, *, actor, at=NOW, **more):
    domain.decline(home, reason=DeclineReason.NO_EVIDENCE, words="两次电话，没有拿来材料", actor=actor, at=at, **more)


def dispute(home, *, actor, at=NOW, **more):
    domain.dispute(home, words="两人都说是业主", actor=actor, at=at, **more)


def verbs():
    return list(AuditEntry.objects.filter(noun="occupancy").values_list("verb", flat=True))


def test_a_claim_waits_and_presets_the_building(cast):
    home = domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, evidence="房产证", at=NOW)
    assert (home.state, home.evidence, home.decided_by) == (OccupancyState.CLAIMED, "房产证", None)
    assert (cast.zhao.resident.building, cast.zhao.resident.stairwell) == (cast.building, 2)
    assert not is_resident(cast.zhao, cast.estate)
    assert verbs() == ["claim"]


def test_two_people_may_claim_the_same_unit(cast):
    domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW)
    domain.claim(cast.chen, cast.unit, OccupancyRelation.TENANT, at=NOW)
    assert Occupancy.objects.standing().filter(unit=cast.unit).count() == 3


def test_the_same_claim_twice_is_refused_with_a_sentence_and_writes_nothing(cast, claimed):
    with pytest.raises(domain.AlreadyClaimed, match=str(domain.AlreadyClaimed.sentence)):
        domain.claim(cast.wang, claimed.unit, OccupancyRelation.OWNER, at=NOW)
    assert Occupancy.objects.filter(user=cast.wang).count() == 1
    assert verbs() == []


def test_verifying_gives_the_role_tells_the_person_and_is_on_record(cast, claimed):
    verify(claimed, actor=cast.wu)
    assert claimed.decision_words == "房产证"
    assert (claimed.state, claimed.decided_by, claimed.decided_at) == (OccupancyState.VERIFIED, cast.wu, NOW)
    assert is_resident(cast.wang, cast.estate)
    assert verbs() == ["verify"]
    assert Notice.objects.get(recipient=cast.wang).message_key == "home_verified"


def test_declining_gives_no_role(cast, claimed):
    decline(claimed, actor=cast.wu)
    assert (claimed.state, claimed.decline_reason) == (OccupancyState.DECLINED, DeclineReason.NO_EVIDENCE)
    assert not is_resident(cast.wang, cast.estate)
    notice = Notice.objects.get(recipient=cast.wang)
    assert (notice.message_key, notice.params["reason"]) == ("home_declined", "no_evidence")


@pytest.mark.parametrize("who", ["wang", "li", "zhou", "zheng", "chen", "zhao", "sun", "strange_worker", "stranger"])
@pytest.mark.parametrize("verb", [verify, decline, dispute])
def test_only_the_communitys_staff_decide(cast, claimed, who, verb):
    with pytest.raises(NotInCharge):
        verb(claimed, actor=getattr(cast, who), at=NOW)
    claimed.refresh_from_db()
    assert claimed.state == OccupancyState.CLAIMED
    assert (verbs(), Notice.objects.count()) == ([], 0)


def test_nobody_decides_about_the_own_home(cast):
    own = domain.claim(cast.wu, cast.unit, OccupancyRelation.OWNER, at=NOW)
    with pytest.raises(NotInCharge):
        verify(own, actor=cast.wu)


def test_an_ended_role_decides_nothing_any_more(cast, claimed):
    roles.revoke(RoleAssignment.objects.get(user=cast.wu), actor="test", at=NOW)
    with pytest.raises(NotInCharge):
        verify(claimed, actor=cast.wu)


@pytest.mark.parametrize("verb", [verify, decline])
def test_what_is_decided_is_not_decided_again(cast, claimed, verb):
    verify(claimed, actor=cast.wu)
    with pytest.raises(StepNotAllowed):
        verb(claimed, actor=cast.wu, at=LATER)
    claimed.refresh_from_db()
    assert claimed.decided_at == NOW


@pytest.mark.parametrize("who", ["wang", "wu"])
def test_ending_takes_the_role_back(cast, claimed, who):
    verify(claimed, actor=cast.wu)
    domain.end(claimed, words="已搬走", actor=getattr(cast, who), at=LATER)
    assert (claimed.state, claimed.ended_at) == (OccupancyState.ENDED, LATER)
    assert not is_resident(cast.wang, cast.estate, LATER)
    assert is_resident(cast.wang, cast.estate, LATER - timedelta(seconds=1))


def test_the_role_stays_while_another_home_in_the_estate_does(cast, claimed):
    verify(claimed, actor=cast.wu)
    second = domain.claim(cast.wang, cast.unit, OccupancyRelation.OWNER, at=NOW)
    verify(second, actor=cast.wu)
    domain.end(claimed, actor=cast.wang, at=LATER)
    assert is_resident(cast.wang, cast.estate, LATER)
    domain.end(second, actor=cast.wang, at=LATER)
    assert not is_resident(cast.wang, cast.estate, LATER)


def test_a_home_elsewhere_does_not_keep_the_role(cast, claimed):
    verify(claimed, actor=cast.wu)
    elsewhere = Unit.objects.get(building=cast.self_managed_building)
    verify(domain.claim(cast.wang, elsewhere, OccupancyRelation.OWNER, at=NOW), actor=cast.wu)
    domain.end(claimed, actor=cast.wang, at=LATER)
    assert not is_resident(cast.wang, cast.estate, LATER)
    assert is_resident(cast.wang, cast.self_managed, LATER)


def test_strangers_and_the_company_end_nobodys_home(cast, claimed):
    for who in (cast.li, cast.zheng, cast.strange_worker):
        with pytest.raises(NotInCharge):
            domain.end(claimed, words="搬走了", actor=who, at=NOW)


def test_what_has_ended_is_not_ended_again_and_may_be_claimed_anew(cast, claimed):
    domain.end(claimed, actor=cast.wang, at=NOW)
    with pytest.raises(StepNotAllowed):
        domain.end(claimed, actor=cast.wang, at=LATER)
    assert domain.claim(cast.wang, claimed.unit, OccupancyRelation.OWNER, at=LATER).state == OccupancyState.CLAIMED


@pytest.mark.parametrize("verb", [domain.verify, domain.dispute, domain.end])
def test_a_decision_says_what_was_seen(cast, claimed, verb):
    with pytest.raises(FactMissing):
        verb(claimed, words="", actor=cast.wu, at=NOW)
    assert verbs() == []


@pytest.mark.parametrize(("reason", "words"), [("", "没有材料"), (DeclineReason.MOVED_OUT, "")])
def test_a_claim_is_declined_for_a_reason_and_in_words(cast, claimed, reason, words):
    with pytest.raises(FactMissing):
        domain.decline(claimed, reason=reason, words=words, actor=cast.wu, at=NOW)
    claimed.refresh_from_db()
    assert claimed.state == OccupancyState.CLAIMED


# --- two say otherwise ---


@pytest.fixture
def rivals(cast):
    """Li, the confirmed owner of 301, and Zhao, who claims it, too."""
    zhaos = domain.claim(cast.zhao, cast.unit, OccupancyRelation.OWNER, at=NOW)
    roles.grant(cast.li, Role.RESIDENT, cast.estate, actor="test", at=NOW - timedelta(days=1))
    return Occupancy.objects.get(user=cast.li), zhaos


def test_while_a_home_is_disputed_neither_counts_and_both_are_told_the_same(cast, rivals):
    lis, zhaos = rivals
    dispute(zhaos, actor=cast.wu, at=LATER, against=[lis])
    lis.refresh_from_db()
    assert (lis.state, zhaos.state) == (OccupancyState.DISPUTED, OccupancyState.DISPUTED)
    assert not is_resident(cast.li, cast.estate, LATER)
    told = Notice.objects.filter(message_key="home_disputed", channel="in_app").order_by("recipient")
    assert {notice.recipient for notice in told} == {cast.li, cast.zhao}
    first, second = (notice.params for notice in told)
    assert first == second == {"estate": "春和苑小区", "building": "3栋", "number": "301"}


def test_nobody_else_at_the_door_is_frozen(cast, rivals):
    lis, zhaos = rivals
    tenant = domain.claim(cast.chen, cast.unit, OccupancyRelation.TENANT, at=NOW)
    verify(tenant, actor=cast.wu)
    dispute(zhaos, actor=cast.wu, at=LATER, against=[lis])
    tenant.refresh_from_db()
    assert tenant.state == OccupancyState.VERIFIED
    assert is_resident(cast.chen, cast.estate, LATER)


def test_a_tie_to_another_door_is_never_frozen_with_it(cast, rivals, claimed):
    dispute(rivals[1], actor=cast.wu, at=LATER, against=[claimed])
    claimed.refresh_from_db()
    assert claimed.state == OccupancyState.CLAIMED


@pytest.mark.parametrize(
    ("outcome", "reason", "key", "counts"),
    [
        (OccupancyState.VERIFIED, "", "home_verified", True),
        (OccupancyState.DECLINED, DeclineReason.WRONG_UNIT, "home_declined", False),
        (OccupancyState.ENDED, "", "home_ended", False),
    ],
)
def test_a_dispute_is_settled_one_by_one(cast, rivals, outcome, reason, key, counts):
    lis, zhaos = rivals
    dispute(zhaos, actor=cast.wu, against=[lis])
    domain.settle(zhaos, outcome, reason=reason, words="法院判决", actor=cast.wu, at=LATER)
    lis.refresh_from_db()
    assert (zhaos.state, lis.state) == (outcome, OccupancyState.DISPUTED)
    assert is_resident(cast.zhao, cast.estate, LATER) == counts
    assert Notice.objects.filter(recipient=cast.zhao, message_key=key).exists()
    facts = AuditPayload.objects.get(entry__verb="settle").facts
    assert facts == {"outcome": str(outcome)} | ({"reason": str(reason)} if reason else {})


def test_settling_against_somebody_needs_a_reason_and_a_known_outcome(cast, rivals):
    dispute(rivals[1], actor=cast.wu, against=[rivals[0]])
    for outcome in (OccupancyState.DECLINED, OccupancyState.CLAIMED, "whatever"):
        with pytest.raises(FactMissing):
            domain.settle(rivals[1], outcome, words="法院判决", actor=cast.wu, at=LATER)
    rivals[1].refresh_from_db()
    assert rivals[1].state == OccupancyState.DISPUTED


def test_a_disputed_home_may_be_disputed_and_told_again_after_it_was_settled(cast, rivals):
    zhaos = rivals[1]
    for day in range(2):
        dispute(zhaos, actor=cast.wu, at=NOW + timedelta(days=day))
        domain.settle(
            zhaos, OccupancyState.VERIFIED, words="房产证", actor=cast.wu, at=NOW + timedelta(days=day, hours=1)
        )
    told = Notice.objects.filter(recipient=cast.zhao, channel="in_app").order_by("created_at")
    assert [notice.message_key for notice in told] == ["home_disputed", "home_verified"] * 2


def test_whoever_has_to_do_with_the_door_decides_about_nobody_there(cast, rivals):
    domain.claim(cast.wu, cast.unit, OccupancyRelation.OWNER, at=NOW)
    for verb in (verify, decline, dispute):
        with pytest.raises(NotInCharge):
            verb(rivals[1], actor=cast.wu)


def test_who_was_faster_shows_even_if_the_step_would_still_be_possible(cast, claimed):
    """Decided from a page that showed a claim, while it has been confirmed."""
    verify(claimed, actor=cast.wu)
    with pytest.raises(domain.AlreadyDecided) as refused:
        dispute(claimed, actor=cast.wu, at=LATER, seen_as=OccupancyState.CLAIMED)
    assert (refused.value.occupancy.decided_by, refused.value.occupancy.state) == (cast.wu, OccupancyState.VERIFIED)


def test_the_trail_keeps_codes_and_nobodys_words(cast, rivals, claimed):
    decline(claimed, actor=cast.wu)
    dispute(rivals[1], actor=cast.wu, against=[rivals[0]])
    kept = list(AuditPayload.objects.filter(entry__noun="occupancy").values_list("entry__verb", "facts"))
    assert sorted(kept, key=str) == [
        ("claim", {"relation": "owner"}),
        ("decline", {"reason": "no_evidence"}),
        ("dispute", {"before": "claimed"}),
        ("dispute", {"before": "verified"}),
    ]
