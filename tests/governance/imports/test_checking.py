"""A file is checked first, then taken in or put aside; once, whole, and only as it was shown."""

import pytest
from django.core.files.storage import default_storage

from governance.domain import registers
from governance.domain.audit import verify_chain
from governance.imports import checking
from governance.imports.catalogue import REGISTERS
from governance.imports.files import FileRefused
from governance.models import AuditEntry, Building, Estate, ImportState, RegisterImport
from tests.cast import NOW
from tests.faults.together import errors, together
from tests.governance.imports.workbooks import of, upload

ESTATES = REGISTERS["estate"]
COLUMNS = ("community", "name", "address")


def check(cast, file, register=ESTATES, **changed):
    facts = {"subdistrict": cast.subdistrict, "by": cast.sun, "at": NOW, "name": "小区.xlsx"} | changed
    return checking.check(register, upload(file), **facts)


def take_in(cast, brought, **changed):
    facts = {"seen": brought.outcome, "by": cast.sun, "at": NOW} | changed
    return checking.take_in(brought.pk, **facts)


def three_rows(cast):
    """One new, one changed, one as it is."""
    return of(
        "estate",
        COLUMNS,
        ["春和社区", "柳荫里小区", "柳荫路 1 号"],
        ["春和社区", "春和苑小区", "学校路 20 号"],
        ["春和社区", "星湖家园", "湖滨路 6 号"],
    )


def test_checking_writes_nothing_but_the_import_and_its_file(cast):
    before = set(Estate.objects.values_list("name", "address", "version"))
    brought = check(cast, three_rows(cast))
    assert (brought.new_rows, brought.changed_rows, brought.unchanged_rows, brought.bad_rows) == (1, 1, 1, 0)
    assert brought.changes == [
        {"row": 3, "called": "春和社区 · 春和苑小区", "fields": [["address", "学校路 18 号", "学校路 20 号"]]}
    ]
    assert set(Estate.objects.values_list("name", "address", "version")) == before
    assert default_storage.exists(brought.file.name)


def test_the_good_rows_are_taken_in_with_version_and_history(cast):
    assert take_in(cast, check(cast, three_rows(cast)))
    added = Estate.objects.get(name="柳荫里小区")
    changed = Estate.objects.get(name="春和苑小区")
    assert (added.community, added.address, added.version) == (cast.community, "柳荫路 1 号", 1)
    assert (changed.address, changed.version) == ("学校路 20 号", 2)
    entry = registers.entries_of(changed).get()
    assert (entry.verb, registers.facts_of(entry)["changes"]) == (
        "change",
        {"address": ["学校路 18 号", "学校路 20 号"]},
    )
    assert registers.entries_of(added).get().verb == "import"
    assert not registers.entries_of(cast.self_managed).exists()


@pytest.mark.django_db(transaction=True)
def test_the_audit_chain_holds_after_an_import(cast):
    take_in(cast, check(cast, three_rows(cast)))
    held, flaw = verify_chain(cast.subdistrict.pk)
    assert (held, flaw) == (4, None)  # checked, one added, one changed, taken in


def test_an_import_is_taken_in_once(cast):
    brought = check(cast, three_rows(cast))
    take_in(cast, brought)
    with pytest.raises(checking.AlreadySettled):
        take_in(cast, brought)
    assert Estate.objects.filter(name="柳荫里小区").count() == 1
    assert Estate.objects.get(name="春和苑小区").version == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_takes_the_rows_in(cast):
    brought = check(cast, three_rows(cast))
    outcomes = together(lambda: take_in(cast, brought), lambda: take_in(cast, brought))
    assert errors(outcomes, checking.AlreadySettled) == []
    assert outcomes.count(True) == 1
    assert (Estate.objects.filter(name="柳荫里小区").count(), Estate.objects.get(name="春和苑小区").version) == (1, 2)


@pytest.mark.django_db(transaction=True)
def test_a_form_saved_during_the_import_is_neither_lost_nor_overwritten(cast):
    """Whoever comes second is told: the import shows its rows again, the form is stale."""
    brought = check(cast, three_rows(cast))
    estate = Estate.objects.get(name="春和苑小区")
    estate.name = "春和苑东区"
    outcomes = together(
        lambda: take_in(cast, brought), lambda: registers.change(estate, version=1, actor=cast.sun, at=NOW)
    )
    assert errors(outcomes, registers.StaleVersion, checking.RowRefused) == []
    estate.refresh_from_db()
    assert (estate.name, estate.address) in {("春和苑东区", "学校路 18 号"), ("春和苑小区", "学校路 20 号")}
    assert estate.version == 2


@pytest.mark.parametrize("rows", [3, 300])
def test_checking_asks_as_often_for_many_rows_as_for_few(cast, rows, django_assert_num_queries):
    file = of(
        "unit", ("estate", "building", "number"), *(["春和苑小区", "3栋", f"{n}"] for n in range(1000, 1000 + rows))
    )
    with django_assert_num_queries(9):
        checking.look_at(REGISTERS["unit"], file, cast.subdistrict)


def test_what_somebody_changed_since_is_shown_again_and_not_written(cast):
    brought = check(cast, three_rows(cast))
    estate = Estate.objects.get(name="春和苑小区")
    estate.address = "学校路 19 号"
    registers.change(estate, version=1, actor=cast.sun, at=NOW)
    assert not take_in(cast, brought)
    brought.refresh_from_db()
    assert brought.state == ImportState.CHECKED
    assert brought.changes[0]["fields"] == [["address", "学校路 19 号", "学校路 20 号"]]
    assert not Estate.objects.filter(name="柳荫里小区").exists()
    assert take_in(cast, brought)


def test_the_same_counts_with_another_outcome_are_shown_again(cast):
    brought = check(cast, three_rows(cast))
    Estate.objects.create(community=cast.community, name="柳荫里小区", address="柳荫路 1 号")
    Estate.objects.filter(name="星湖家园").update(name="星湖花园")
    assert not take_in(cast, brought)
    brought.refresh_from_db()
    assert (brought.new_rows, brought.changed_rows, brought.unchanged_rows) == (1, 1, 1)


def test_an_import_put_aside_is_not_taken_in_any_more(cast):
    brought = check(cast, three_rows(cast))
    checking.put_aside(brought.pk, by=cast.sun, at=NOW)
    with pytest.raises(checking.AlreadySettled):
        take_in(cast, brought)
    brought.refresh_from_db()
    assert (brought.state, brought.settled_by) == (ImportState.DISCARDED, cast.sun)
    assert not Estate.objects.filter(name="柳荫里小区").exists()
    verbs = AuditEntry.objects.filter(noun="registerimport", object_ref=str(brought.pk)).values_list("verb", flat=True)
    assert list(verbs.order_by("id")) == ["check_file", "put_file_aside"]


def test_a_file_without_anything_new_can_not_be_taken_in(cast):
    brought = check(cast, of("estate", COLUMNS, ["春和社区", "星湖家园", "湖滨路 6 号"]))
    with pytest.raises(checking.NothingToTakeIn):
        take_in(cast, brought)


def test_a_refused_file_leaves_neither_row_nor_file(cast, media_root):
    with pytest.raises(FileRefused):
        check(cast, of("building", ("estate", "name"), ["春和苑小区", "9栋"]))  # brought to the estates
    assert not RegisterImport.objects.exists()
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_good_rows_go_in_without_the_bad_ones(cast):
    file = of("estate", COLUMNS, ["春和社区", "柳荫里小区", ""], ["桃园社区", "桃园外小区", ""], ["", "无名小区", ""])
    brought = check(cast, file)
    assert (brought.new_rows, brought.bad_rows) == (1, 2)
    assert [problem["row"] for problem in brought.problems] == [3, 4]
    assert take_in(cast, brought)
    assert set(Estate.objects.filter(community=cast.community).values_list("name", flat=True)) == {
        "春和苑小区",
        "星湖家园",
        "柳荫里小区",
    }


def test_buildings_go_into_their_estate_and_grid_unit(cast):
    file = of(
        "building",
        ("estate", "name", "stairwells", "grid_unit"),
        ["春和苑小区", "９栋", " ２ ", "第三网格"],
        ["春和苑小区", "3栋", 3, ""],
    )
    brought = check(cast, file, REGISTERS["building"])
    assert brought.problems == []
    take_in(cast, brought)
    new = Building.objects.get(name="9栋")
    assert (new.estate, new.stairwells, new.grid_unit) == (cast.estate, 2, cast.grid_unit)
    assert Building.objects.get(pk=cast.building.pk).grid_unit is None


def test_the_database_has_the_last_word_and_the_row_is_named(cast, monkeypatch):
    """Somebody adds the same estate between the second look and the writing."""
    brought = check(cast, three_rows(cast))
    look = checking.look_at

    def look_then_lose_the_race(*args):
        found = look(*args)
        Estate.objects.create(community=cast.community, name="柳荫里小区")
        return found

    monkeypatch.setattr(checking, "look_at", look_then_lose_the_race)
    with pytest.raises(checking.RowRefused) as refused:
        take_in(cast, brought)
    assert refused.value.row == 2
    assert Estate.objects.get(name="春和苑小区").version == 1
