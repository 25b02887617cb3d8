"""The list “not reached – phone them”: scoped, masked, on record, and one of two people is first."""

import pytest
from django.core import serializers

from governance.domain import outbox
from governance.models import AuditEntry, AuditPayload, Notice, NoticeState, Urgency
from tests.cast import NOW, client_of


def fail(user, place, number=1):
    """A text message that never arrived."""
    params = {"estate": "春和苑小区", "building": "3栋", "number": f"30{number}"}
    outbox.post(
        user,
        "home_verified",
        params,
        dedupe=f"home:{number}",
        at=NOW,
        urgency=Urgency.PROMPT,
        subdistrict_id=place.subdistrict_id,
        community_id=place.pk,
    )
    sms = Notice.objects.get(recipient=user, channel="sms", params=params)
    Notice.objects.filter(pk=sms.pk).update(state=NoticeState.NOT_REACHED)
    return sms


@pytest.fixture
def here(cast):
    return fail(cast.li, cast.community)


@pytest.fixture
def away(cast):
    return fail(cast.stranger, cast.strange_estate.community, 2)


def local(user):
    return user.phone.removeprefix("+86")


@pytest.mark.parametrize("who", ["wu", "sun", "administrator"])
def test_those_in_charge_see_the_person_with_a_masked_number(cast, here, who):
    page = client_of(getattr(cast, who)).get("/not-reached/").content.decode()
    assert cast.li.full_name in page
    assert cast.li.masked_phone in page
    assert local(cast.li) not in page


@pytest.mark.parametrize("who", ["strange_worker", "strange_officer"])
def test_others_communities_see_only_their_own(cast, here, away, who):
    page = client_of(getattr(cast, who)).get("/not-reached/").content.decode()
    assert cast.stranger.full_name in page
    assert cast.li.full_name not in page


@pytest.mark.parametrize("who", ["li", "zhou", "zheng", "chen", "zhao"])
def test_for_everybody_else_the_list_is_not_there(cast, here, who):
    client = client_of(getattr(cast, who))
    assert client.get("/not-reached/").status_code == 404
    for verb in ("number", "phoned"):
        assert client.post(f"/not-reached/{here.public_id}/{verb}/").status_code == 404
    here.refresh_from_db()
    assert here.state == NoticeState.NOT_REACHED


@pytest.mark.parametrize("verb", ["number", "phoned"])
def test_another_communitys_notice_looks_like_a_missing_one(cast, here, verb):
    client = client_of(cast.strange_worker)
    foreign = client.post(f"/not-reached/{here.public_id}/{verb}/")
    missing = client.post(f"/not-reached/00000000-0000-0000-0000-000000000000/{verb}/")
    assert foreign.status_code == missing.status_code == 404
    assert not AuditEntry.objects.filter(verb="reveal_phone").exists()


def test_showing_a_number_shows_that_one_and_goes_on_record(cast, here):
    second = fail(cast.wang, cast.community, 3)
    page = client_of(cast.wu).post(f"/not-reached/{here.public_id}/number/").content.decode()
    assert "138 0013 0003" in page
    assert f"tel:{cast.li.phone}" in page
    assert local(cast.wang) not in page
    entry = AuditEntry.objects.get(verb="reveal_phone")
    assert (entry.object_ref, entry.actor_ref) == (str(here.public_id), str(cast.wu.public_id))
    facts = AuditPayload.objects.get(entry=entry).facts
    assert facts == {"of": str(cast.li.public_id)}
    assert local(cast.li) not in serializers.serialize("json", AuditPayload.objects.all())
    assert second.state == "pending"


@pytest.mark.parametrize("verb", ["number", "phoned"])
def test_looking_and_settling_need_a_press(cast, here, verb):
    assert client_of(cast.wu).get(f"/not-reached/{here.public_id}/{verb}/").status_code == 405


def test_whoever_phoned_settles_it_and_the_second_is_told_by_whom(cast, here):
    first = client_of(cast.wu).post(f"/not-reached/{here.public_id}/phoned/", follow=True)
    second = client_of(cast.sun).post(f"/not-reached/{here.public_id}/phoned/", follow=True)
    here.refresh_from_db()
    assert (here.state, here.settled_by) == (NoticeState.PHONED, cast.wu)
    assert [message.level_tag for message in first.context["messages"]] == ["success"]
    told = [str(message) for message in second.context["messages"]]
    assert len(told) == 1
    assert cast.wu.full_name in told[0]
    assert AuditEntry.objects.filter(verb="phoned").count() == 1


def test_a_settled_number_is_shown_to_nobody_any_more(cast, here):
    client = client_of(cast.wu)
    client.post(f"/not-reached/{here.public_id}/phoned/")
    assert client.post(f"/not-reached/{here.public_id}/number/").status_code == 404


def test_thirty_people_cost_as_many_queries_as_one(cast, django_assert_max_num_queries):
    client = client_of(cast.wu)
    counts = []
    for numbers in (range(1, 2), range(2, 31)):
        for number in numbers:
            fail(cast.li, cast.community, number)
        with django_assert_max_num_queries(10) as seen:
            client.get("/not-reached/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
