"""Saving a row: two people at one record, what the database refuses, what goes on record, and how a row ends."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from governance.domain import audit, registers
from governance.models import AuditEntry, Building, Community, Estate, GridUnit, Management, PartyBranch
from governance.models.registers import Versioned
from tests.cast import NOW, client_of
from tests.governance.admin.registry import REGISTERS, admin_of, page


def form_of(estate: Estate, **changed: object) -> dict[str, object]:
    as_opened = {"community": estate.community_id, "name": estate.name, "address": estate.address}
    return as_opened | {"version": estate.version} | changed


def save(user, estate: Estate, **changed: object):
    return client_of(user).post(page("Estate", "change", estate.pk), form_of(estate, **changed))


# --- two people at one record ---


def test_the_second_of_two_is_told_who_changed_what_and_shown_both(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    assert save(cast.administrator, opened, name="春和苑东区").status_code == 302
    answer = save(cast.sun, opened, name="春和苑一期")
    text = answer.content.decode()
    assert answer.status_code == 409
    assert Estate.objects.get(pk=opened.pk).name == "春和苑东区"
    assert "春和苑东区" in text
    assert "春和苑一期" in text
    assert re.search(r"<h1>\s*春和苑东区\s*</h1>", text)
    assert "林" in text  # the administrator's surname
    assert 'name="version" value="2"' in text


def test_saving_once_more_replaces_what_the_other_wrote(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    save(cast.administrator, opened, name="春和苑东区")
    save(cast.sun, opened, name="春和苑一期")
    opened.version = 2
    assert save(cast.sun, opened, name="春和苑一期").status_code == 302
    assert Estate.objects.get(pk=opened.pk).name == "春和苑一期"


def test_what_the_second_did_not_touch_keeps_the_others_value(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    save(cast.administrator, opened, address="学校路 20 号")
    text = save(cast.sun, opened, name="春和苑一期").content.decode()
    assert 'value="学校路 20 号"' in text
    assert 'value="春和苑一期"' in text
    assert "学校路 18 号" in text  # in the history's sentence only
    assert 'value="学校路 18 号"' not in text


def test_a_form_that_does_not_say_its_version_is_a_stale_one(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    for version in ("", "0", "-1", "x", "9" * 50, "²"):
        assert save(cast.sun, opened, name="春和苑一期", version=version).status_code == 409
    assert Estate.objects.get(pk=opened.pk).name == "春和苑小区"


def test_a_stale_version_writes_nothing_at_all(cast):
    estate = Estate.objects.get(pk=cast.estate.pk)
    estate.name = "春和苑一期"
    with pytest.raises(registers.StaleVersion):
        registers.change(estate, version=7, actor=cast.sun, at=NOW)
    assert not AuditEntry.objects.filter(noun="estate").exists()


def test_saving_what_is_there_already_writes_nothing(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    assert save(cast.sun, opened).status_code == 302
    assert Estate.objects.get(pk=opened.pk).version == opened.version
    assert not AuditEntry.objects.filter(noun="estate").exists()


# --- what the database refuses ---


def refused(user, address: str, data: dict[str, object]) -> str:
    answer = client_of(user).post(address, data)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_name_given_twice_is_said_in_a_sentence(cast):
    text = refused(cast.sun, page("Estate", "add"), {"community": cast.community.pk, "name": "星湖家园"})
    assert str(registers.SENTENCES["estate_named_once"]) in text
    assert 'value="星湖家园"' in text


def test_two_managements_in_the_same_days_are_refused(cast):
    data = {
        "estate": cast.estate.pk, "body": cast.committee.pk, "kind": "owners", "valid_from": "2026-05-01",
        "valid_until": "",
    }  # fmt: skip
    text = refused(cast.sun, page("Management", "add"), data)
    sentence = registers.sentence_of_constraint("one_management_at_a_time", Management)
    assert str(sentence) in text
    assert Management.objects.filter(estate=cast.estate).count() == 1


def test_a_circle_in_the_tree_is_refused(cast):
    above = cast.branch.parent
    data = {
        "kind": above.kind, "name": above.name, "community": above.community_id, "parent": cast.branch.pk,
        "version": above.version,
    }  # fmt: skip
    text = refused(cast.sun, page("PartyBranch", "change", above.pk), data)
    assert 'id="problems"' in text
    assert PartyBranch.objects.get(pk=above.pk).parent is None


def test_what_a_trigger_refuses_is_said_in_a_sentence(cast):
    other = Community.objects.create(subdistrict=cast.subdistrict, name="夏园社区")
    elsewhere = GridUnit.objects.create(community=other, name="第一网格")
    building = Building.objects.get(pk=cast.building.pk)
    data = {
        "estate": building.estate_id, "name": building.name, "stairwells": 3, "grid_unit": elsewhere.pk,
        "version": building.version,
    }  # fmt: skip
    text = refused(cast.sun, page("Building", "change", building.pk), data)
    assert str(registers.SENTENCES["building_grid_unit_of_its_community"]) in text


@pytest.mark.parametrize("name", sorted(name for name in REGISTERS if admin_of(name).may_change))
def test_each_promise_of_an_edited_register_has_its_sentence(name):
    """No constraint of a register that people edit ends in the general sentence: they would not know what to mend."""
    model = REGISTERS[name]
    unsaid = [
        constraint.name
        for constraint in model._meta.constraints
        if registers.sentence_of_constraint(constraint.name, model) == registers.NotAccepted.sentence
    ]
    assert unsaid == []


# --- what goes on record ---


def test_a_change_is_on_record_with_what_stood_there_before(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    save(cast.sun, opened, name="春和苑一期")
    entry = AuditEntry.objects.get(noun="estate", object_ref=str(opened.pk))
    assert (entry.verb, entry.chain, entry.actor_ref) == ("change", cast.subdistrict.pk, str(cast.sun.public_id))
    assert entry.payload.facts == {"changes": {"name": ["春和苑小区", "春和苑一期"]}, "version": 2}


def test_of_private_fields_only_that_they_changed_goes_on_record(cast):
    estate = Estate.objects.get(pk=cast.estate.pk)
    estate.name = "春和苑一期"
    registers.change(estate, version=1, actor=cast.sun, at=NOW, private=frozenset({"name"}))
    assert AuditEntry.objects.get(noun="estate").payload.facts["changes"] == {"name": None}


def test_a_new_row_is_on_record(cast):
    client_of(cast.sun).post(page("Estate", "add"), {"community": cast.community.pk, "name": "夏园小区", "address": ""})
    estate = Estate.objects.get(name="夏园小区")
    entry = AuditEntry.objects.get(noun="estate", object_ref=str(estate.pk))
    assert entry.verb == "add"
    assert entry.payload.facts["changes"] == {"community": [None, "春和社区"], "name": [None, "夏园小区"]}


def test_the_history_says_it_in_sentences_and_djangos_own_log_stays_empty(cast):
    from django.contrib.admin.models import LogEntry

    opened = Estate.objects.get(pk=cast.estate.pk)
    save(cast.sun, opened, name="春和苑一期")
    type(cast.sun).objects.filter(pk=cast.sun.pk).update(language="en")
    text = client_of(cast.sun).get(page("Estate", "history", opened.pk)).content.decode()
    said = text.replace('<span lang="zh-Hans">', "").replace("</span>", "")
    assert "Officer Sun changed “Name” from “春和苑小区” to “春和苑一期”" in said
    assert LogEntry.objects.count() == 0


def test_a_long_history_is_paged_and_knows_no_page_beyond_its_last(cast):
    for number in range(35):
        estate = Estate.objects.get(pk=cast.estate.pk)
        estate.address = f"学校路 {number} 号"
        registers.change(estate, version=estate.version, actor=cast.sun, at=NOW, subdistrict_id=cast.subdistrict.pk)
    browser = client_of(cast.sun)
    address = page("Estate", "history", cast.estate.pk)
    last = browser.get(address, {"page": "2"}).content.decode()
    assert last.count("<time") == 5
    for nonsense in ("999999999999", "x", "-3", "9" * 5000):
        assert browser.get(address, {"page": nonsense}).status_code == 200


# --- ending ---


def test_a_row_is_ended_and_stays(cast):
    estate = Estate.objects.get(pk=cast.self_managed.pk)
    address = page("Estate", "end", estate.pk)
    browser = client_of(cast.sun)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"on": "2026-05-31", "version": estate.version}).status_code == 302
    estate.refresh_from_db()
    assert estate.ended_on == date(2026, 5, 31)
    assert AuditEntry.objects.get(noun="estate", object_ref=str(estate.pk)).verb == "end"
    assert browser.get(address).status_code == 404


def test_a_row_that_somebody_changed_meanwhile_is_not_ended(cast):
    opened = Estate.objects.get(pk=cast.estate.pk)
    save(cast.administrator, opened, name="春和苑东区")
    answer = client_of(cast.sun).post(page("Estate", "end", opened.pk), {"on": "2026-05-31", "version": 1})
    assert answer.status_code == 200
    assert Estate.objects.get(pk=opened.pk).ended_on is None


@pytest.mark.parametrize("on", ["", "2026-02-30", "x", "31.5.2026", "99999-01-01"])
def test_a_last_day_that_is_none_is_refused(cast, on):
    answer = client_of(cast.sun).post(page("Estate", "end", cast.estate.pk), {"on": on, "version": 1})
    assert answer.status_code == 200
    assert Estate.objects.get(pk=cast.estate.pk).ended_on is None


@pytest.mark.parametrize("name", sorted(name for name in REGISTERS if admin_of(name).may_change))
def test_every_register_that_is_edited_has_a_version(name):
    assert issubclass(REGISTERS[name], Versioned)


# --- at the same instant ---


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_instant_one_is_told(cast):
    def rename(name: str) -> str:
        try:
            estate = Estate.objects.get(pk=cast.estate.pk)
            estate.name = name
            registers.change(estate, version=1, actor=cast.sun, at=NOW, subdistrict_id=cast.subdistrict.pk)
        except registers.StaleVersion as stale:
            return f"told of {len(stale.since)}"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as both:
        answers = sorted(both.map(rename, ["春和苑东区", "春和苑一期"]))
    assert answers == ["saved", "told of 1"]
    assert Estate.objects.get(pk=cast.estate.pk).version == 2
    assert audit.verify_chain(cast.subdistrict.pk) == (1, None)
