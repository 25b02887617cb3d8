"""Homes: claimed, verified by the community's staff, ended; the role of a resident comes and goes with them."""

from datetime import timedelta

import pytest

from governance.domain import roles
from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import AuditEntry, Notice, Role, RoleAssignment, Unit
from residents.domain import occupancy as domain
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.cast import NOW

LATER = NOW + timedelta(days=30)


@pytest.fixture
def claimed(cast):
    """Wang's claim, which is being checked."""
    return Occupancy.objects.get(user=cast.wang)


def is_resident(user, estate, at=NOW):
    return RoleAssignment.objects.in_force(at).filter(user=user, role=Role.RESIDENT, estate=estate).exists()


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
    domain.verify(claimed, actor=cast.wu, at=NOW)
    assert (claimed.state, claimed.decided_by, claimed.decided_at) == (OccupancyState.VERIFIED, cast.wu, NOW)
    assert is_resident(cast.wang, cast.estate)
    assert verbs() == ["verify"]
    assert Notice.objects.get(recipient=cast.wang).message_key == "home_verified"


def test_declining_gives_no_role(cast, claimed):
    domain.decline(claimed, actor=cast.wu, at=NOW)
    assert claimed.state == OccupancyState.DECLINED
    assert not is_resident(cast.wang, cast.estate)
    assert Notice.objects.get(recipient=cast.wang).message_key == "home_declined"


@pytest.mark.parametrize("who", ["wang", "li", "zhou", "zheng", "chen", "zhao", "sun", "strange_worker", "stranger"])
@pytest.mark.parametrize("verb", [domain.verify, domain.decline])
def test_only_the_communitys_staff_decide(cast, claimed, who, verb):
    with pytest.raises(NotInCharge):
        verb(claimed, actor=getattr(cast, who), at=NOW)
    claimed.refresh_from_db()
    assert claimed.state == OccupancyState.CLAIMED
    assert (verbs(), Notice.objects.count()) == ([], 0)


def test_nobody_decides_about_the_own_home(cast):
    own = domain.claim(cast.wu, cast.unit, OccupancyRelation.OWNER, at=NOW)
    with pytest.raises(NotInCharge):
        domain.verify(own, actor=cast.wu, at=NOW)


def test_an_ended_role_decides_nothing_any_more(cast, claimed):
    roles.revoke(RoleAssignment.objects.get(user=cast.wu), actor="test", at=NOW)
    with pytest.raises(NotInCharge):
        domain.verify(claimed, actor=cast.wu, at=NOW)


@pytest.mark.parametrize("verb", [domain.verify, domain.decline])
def test_what_is_decided_is_not_decided_again(cast, claimed, verb):
    domain.verify(claimed, actor=cast.wu, at=NOW)
    with pytest.raises(StepNotAllowed):
        verb(claimed, actor=cast.wu, at=LATER)
    claimed.refresh_from_db()
    assert claimed.decided_at == NOW


@pytest.mark.parametrize("who", ["wang", "wu"])
def test_ending_takes_the_role_back(cast, claimed, who):
    domain.verify(claimed, actor=cast.wu, at=NOW)
    domain.end(claimed, actor=getattr(cast, who), at=LATER)
    assert (claimed.state, claimed.ended_at) == (OccupancyState.ENDED, LATER)
    assert not is_resident(cast.wang, cast.estate, LATER)
    assert is_resident(cast.wang, cast.estate, LATER - timedelta(seconds=1))


def test_the_role_stays_while_another_home_in_the_estate_does(cast, claimed):
    domain.verify(claimed, actor=cast.wu, at=NOW)
    second = domain.claim(cast.wang, cast.unit, OccupancyRelation.OWNER, at=NOW)
    domain.verify(second, actor=cast.wu, at=NOW)
    domain.end(claimed, actor=cast.wang, at=LATER)
    assert is_resident(cast.wang, cast.estate, LATER)
    domain.end(second, actor=cast.wang, at=LATER)
    assert not is_resident(cast.wang, cast.estate, LATER)


def test_a_home_elsewhere_does_not_keep_the_role(cast, claimed):
    domain.verify(claimed, actor=cast.wu, at=NOW)
    elsewhere = Unit.objects.get(building=cast.self_managed_building)
    domain.verify(domain.claim(cast.wang, elsewhere, OccupancyRelation.OWNER, at=NOW), actor=cast.wu, at=NOW)
    domain.end(claimed, actor=cast.wang, at=LATER)
    assert not is_resident(cast.wang, cast.estate, LATER)
    assert is_resident(cast.wang, cast.self_managed, LATER)


def test_strangers_and_the_company_end_nobodys_home(cast, claimed):
    for who in (cast.li, cast.zheng, cast.strange_worker):
        with pytest.raises(NotInCharge):
            domain.end(claimed, actor=who, at=NOW)


def test_what_has_ended_is_not_ended_again_and_may_be_claimed_anew(cast, claimed):
    domain.end(claimed, actor=cast.wang, at=NOW)
    with pytest.raises(StepNotAllowed):
        domain.end(claimed, actor=cast.wang, at=LATER)
    assert domain.claim(cast.wang, claimed.unit, OccupancyRelation.OWNER, at=LATER).state == OccupancyState.CLAIMED
