"""Taking over an office's export: what each untidiness comes to, and that nothing is added twice or lost."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from governance.models import AuditEntry, Notice
from residents.domain import importing, office_exports
from residents.domain.importing import Brought, import_petitions
from residents.domain.office_exports import open_export
from residents.models import (
    ImportedPetition,
    NameVisibility,
    Petition,
    PetitionImport,
    PetitionStage,
    PetitionUpdate,
)
from tests.cast import NOW, SHANGHAI
from tests.exports import FILED, HEADINGS, REPLIED, bring, bring_file, row
from tests.governance.imports.workbooks import saved, xlsx

pytestmark = pytest.mark.django_db


def counts(outcome):
    return outcome.imported, outcome.unchanged, outcome.rejected


def local(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


def cell(*parts):
    """A date cell: spreadsheets know no zones."""
    return local(*parts).replace(tzinfo=None)


# --- what becomes of a row ---


def test_an_answered_row_is_closed_at_its_reply_and_belongs_to_nobody(cast):
    assert counts(bring(cast, row())) == (1, 0, 0)

    petition = Petition.objects.get()
    assert (petition.subject, petition.words) == ("小区物业管理有问题", "楼道漏水。")
    assert petition.filed_at == local(2019, 4, 25, 9, 32, 9)
    assert (petition.state, petition.finished_at) == (PetitionStage.CLOSED, local(2019, 5, 10, 14, 56, 53))
    assert (petition.petitioner, petition.estate, petition.community, petition.category) == (None, None, None, None)
    assert petition.name_visibility == NameVisibility.NOBODY
    update = petition.updates.get()
    assert (update.kind, update.words, update.at) == ("reply", "已修好。", petition.finished_at)


def test_an_unanswered_row_waits_and_is_not_taken_in(cast):
    bring(cast, row(reply=None, replied=None))

    petition = Petition.objects.get()
    assert petition.state == PetitionStage.FILED
    assert list(Petition.objects.awaiting_a_place()) == [petition]
    assert not Petition.objects.awaiting_intake().exists()


@pytest.mark.parametrize("author", ["匿名", "A1", "市民同志"])
def test_what_is_no_id_is_left_in_the_words(cast, author):
    bring(cast, row(author=author, words=f"{author}反映漏水。"))
    assert Petition.objects.get().words == f"{author}反映漏水。"


def test_nobody_is_told_and_who_wrote_it_is_stored_nowhere(cast):
    bring(cast, row(words="我是A00045581。", reply="网友“A00045581”：您好！"))

    assert PetitionUpdate.objects.get().words == "网友“***”：您好！"
    assert not Notice.objects.exists()
    with connection.cursor() as cursor:
        for table in ("petition", "importedpetition", "petitionimport", "petitionupdate"):
            cursor.execute(f"SELECT count(*) FROM residents_{table} AS t WHERE t::text LIKE '%A00045581%'")
            assert cursor.fetchone() == (0,)


def test_words_are_kept_whole_however_long(cast):
    words = "漏" * 20_000
    bring(cast, row(words=words, reply=words))

    assert Petition.objects.get().words == words
    assert PetitionUpdate.objects.get().words == words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\n\t\t\t\t\t\n\t\t\t\t\t2019年4月以来\n\n\n\n出现乱象\t\n", "2019年4月以来\n\n出现乱象"),
        ("漏水_x000D_\n电梯", "漏水\n电梯"),
        ("漏_x0000_水", "漏水"),
        ("漏水\u202e电梯", "漏水电梯"),
        (12345, "12345"),
    ],
)
def test_tabs_blank_lines_and_nul_are_tidied(cast, typed, kept):
    bring(cast, row(words=typed))
    assert Petition.objects.get().words == kept


@pytest.mark.parametrize(
    ("typed", "filed_at"),
    [
        ("2019/4/25 9:32:09", local(2019, 4, 25, 9, 32, 9)),
        ("2019-04-08 08:37:20", local(2019, 4, 8, 8, 37, 20)),
        ("2018/4/24", local(2018, 4, 24)),
        ("2018年4月24日 9:05", local(2018, 4, 24, 9, 5)),
        ("\t2019.4.25 09:32:09.0 ", local(2019, 4, 25, 9, 32, 9)),
        ("2019-04-08T08:37:20", local(2019, 4, 8, 8, 37, 20)),
        (cell(2019, 4, 25, 9, 32, 9), local(2019, 4, 25, 9, 32, 9)),
        (date(2018, 4, 24), local(2018, 4, 24)),
    ],
)
def test_dates_are_read_in_every_way_offices_write_them(cast, typed, filed_at):
    bring(cast, row(filed=typed))
    assert Petition.objects.get().filed_at == filed_at


def test_a_reply_of_the_same_day_without_an_hour_came_at_the_end_of_it(cast):
    bring(cast, row(filed="2018/4/24 9:00:00", replied="2018/4/24"))
    assert Petition.objects.get().finished_at == local(2018, 4, 24, 23, 59, 59)


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"number": None}, "留言编号", "It has no number."),
        ({"number": "9" * 41}, "留言编号", "The number is longer than 40 characters."),
        ({"subject": None, "words": " \n\t"}, "留言详情", "Neither a subject nor any words."),
        ({"filed": None}, "留言时间", "It doesn't say when it was filed."),
        ({"filed": "昨天"}, "留言时间", "This is no date: write it like 2019/4/25 9:32:09."),
        ({"filed": "2019/2/30 9:00:00"}, "留言时间", "No calendar and no clock knows this."),
        ({"filed": "2019/2/3 25:00:00"}, "留言时间", "No calendar and no clock knows this."),
        ({"filed": "0000/1/1"}, "留言时间", "No calendar and no clock knows this."),
        ({"filed": 43580.5}, "留言时间", "This is no date: write it like 2019/4/25 9:32:09."),
        ({"filed": "2030/1/1"}, "留言时间", "It lies in the future."),
        ({"filed": "1900/1/1"}, "留言时间", "It lies before 1990."),
        ({"replied": "2019/4/25 9:32:08"}, "答复时间", "It was answered before it was filed."),
        ({"replied": None}, "答复时间", "There is a reply, but it doesn't say when it was given."),
        ({"reply": None}, "答复意见", "It says when it was answered, but not what."),
        ({"words": "=1+1"}, "留言详情", "It is a formula: write its result instead."),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_in(cast, changed, column, reason):
    from django.utils import translation

    with translation.override("en"):
        outcome = bring(cast, row(**changed), row(number="2550"))

    assert counts(outcome) == (1, 0, 1)
    [error] = outcome.errors
    assert (error.row, error.column, error.reason) == (2, column, reason)
    assert len(error.value) <= 30
    assert ImportedPetition.objects.get().number == "2550"


# --- the same again ---


def test_twice_adds_nothing_even_with_dates_written_otherwise(cast):
    bring(cast, row(), row(number=2550, reply=None, replied=None))
    again = bring(
        cast,
        row(filed="2019-04-25 09:32:09", replied=cell(2019, 5, 10, 14, 56, 53)),
        row(number="2550", reply=None, replied=None),
    )

    assert counts(again) == (0, 2, 0)
    assert Petition.objects.count() == 2
    assert PetitionUpdate.objects.count() == 1


def test_a_row_that_is_in_the_file_twice_goes_in_once(cast):
    assert counts(bring(cast, row(), row())) == (1, 1, 0)


@pytest.mark.parametrize(
    "changed", [{"words": "别的事。"}, {"subject": "别的"}, {"author": "B1"}, {"filed": "2019/4/26 9:32:09"}]
)
def test_a_number_with_other_content_is_another_petition_and_listed(cast, changed):
    bring(cast, row())
    outcome = bring(cast, row(**changed))

    assert counts(outcome) == (1, 0, 0)
    assert [(one.row, one.number) for one in outcome.changed] == [(2, "2549")]
    assert Petition.objects.count() == 2


def test_numbers_count_within_a_source(cast):
    bring(cast, row(), source="问政")
    outcome = bring(cast, row(), source="12345")
    assert (counts(outcome), outcome.changed) == ((1, 0, 0), [])


def test_a_reply_that_comes_later_is_added_and_closes_what_waited(cast):
    bring(cast, row(reply=None, replied=None))
    outcome = bring(cast, row())

    petition = Petition.objects.get()
    assert (outcome.rows, counts(outcome), outcome.replies_added) == (1, (1, 0, 0), 1)
    assert [one.number for one in outcome.changed] == ["2549"]
    assert (petition.state, petition.finished_at) == (PetitionStage.CLOSED, local(2019, 5, 10, 14, 56, 53))
    assert petition.updates.get().words == "已修好。"
    assert counts(bring(cast, row())) == (0, 1, 0)


def test_another_reply_is_refused_and_the_first_stays(cast):
    bring(cast, row())
    outcome = bring(cast, row(reply="其实没修好。"))

    assert counts(outcome) == (0, 0, 1)
    assert PetitionUpdate.objects.get().words == "已修好。"


def test_an_older_export_without_the_reply_takes_nothing_back(cast):
    bring(cast, row())
    assert counts(bring(cast, row(reply=None, replied=None))) == (0, 1, 0)


def test_a_reply_further_down_the_same_file_counts_alike_dry_and_wet(cast):
    rows = (
        row(reply=None, replied=None),
        row(),
        row(),
        row(reply="别的答复。"),
        row(words="别的事。"),
        row(number=None),
    )
    dry = bring(cast, *rows, dry_run=True)
    assert not Petition.objects.exists()
    assert not PetitionImport.objects.exists()
    wet = bring(cast, *rows)

    assert dry == wet
    assert (wet.rows, counts(wet), wet.replies_added) == (6, (3, 1, 2), 1)
    assert Petition.objects.filter(state=PetitionStage.CLOSED).count() == 2


@pytest.mark.parametrize("size", [1, 2, 500])
def test_what_the_batches_hold_changes_no_count(cast, monkeypatch, size):
    monkeypatch.setattr(importing, "BATCH", size)
    rows = (
        row(reply=None, replied=None),
        row(),
        row(),
        row(reply="别的答复。"),
        row(words="别的事。"),
        row(number=None),
    )
    dry, wet = bring(cast, *rows, dry_run=True), bring(cast, *rows)
    assert dry == wet
    assert (wet.rows, counts(wet), wet.replies_added) == (6, (3, 1, 2), 1)


def test_the_database_itself_keeps_a_petition_from_being_there_twice(cast):
    bring(cast, row())
    there = ImportedPetition.objects.get()
    bring(cast, row(number="2550"))
    other = ImportedPetition.objects.get(number="2550")
    with pytest.raises(IntegrityError, match="petition_imported_once"), transaction.atomic():
        ImportedPetition.objects.filter(pk=other.pk).update(number=there.number)


@pytest.mark.parametrize("missing", ["petitioner", "estate", "category", "community"])
def test_only_an_import_may_lack_its_place_and_its_person(cast, missing):
    from tests.cast import file

    petition = file(cast.li, cast.building)
    with pytest.raises(IntegrityError), transaction.atomic():
        Petition.objects.filter(pk=petition.pk).update(**{missing: None})


# --- a run ---


def test_a_killed_run_is_finished_by_the_next(cast, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    rows = [row(number=str(number)) for number in range(5)]

    class Killed(Exception):
        pass

    def die(done):
        if done > 3:
            raise Killed

    brought = Brought(open_export(xlsx([HEADINGS, *rows])), cast.subdistrict, "", "export.xlsx", "0" * 64)
    with pytest.raises(Killed):
        import_petitions(brought, actor="import_petitions", at=NOW, progress=die)
    assert Petition.objects.count() == 4
    assert (PetitionImport.objects.get().imported, PetitionImport.objects.get().finished_at) == (4, None)

    assert counts(bring(cast, *rows)) == (1, 4, 0)
    assert Petition.objects.count() == 5


def test_each_run_leaves_one_entry_in_the_trail(cast):
    bring(cast, row(), row(number=None))

    run = PetitionImport.objects.get()
    assert (run.rows, run.imported, run.rejected, run.finished_at) == (2, 1, 1, NOW)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.noun, entry.object_ref, entry.actor_ref) == (
        "import", "petition import", str(run.public_id), "import_petitions",
    )  # fmt: skip
    assert entry.payload.facts["file_sha256"] == "0" * 64
    assert entry.payload.facts["imported"] == 1


def test_a_receipt_number_that_is_taken_is_exchanged_for_another(cast, monkeypatch):
    numbers = iter(["SQ-2222-2222", "SQ-2222-2222", "SQ-2222-2222", "SQ-3333-3333"])
    monkeypatch.setattr(importing, "new_receipt_no", lambda: next(numbers))

    assert counts(bring(cast, row(), row(number="2550"))) == (2, 0, 0)
    assert Petition.objects.count() == 2


def test_a_thousand_rows_ask_hardly_more_than_a_hundred(cast):
    few, many = (
        [row(number=str(number)) for number in range(start, start + n)] for start, n in ((0, 100), (1000, 500))
    )
    with CaptureQueriesContext(
        connection,
    ) as asked_few:
        bring(cast, *few)
    with CaptureQueriesContext(connection) as asked_many:
        bring(cast, *many)
    assert len(asked_many) == len(asked_few)


# --- the file as a whole ---


def refused(file, **how):
    from governance.imports.files import FileRefused

    with pytest.raises(FileRefused) as refusal:
        open_export(file, **how)
    return str(refusal.value)


def test_columns_are_found_by_name_in_any_order_below_a_title(cast):
    rows = [
        ("网上留言导出",),
        (),
        ("序号", " 答复意见", "留言详情", "留言主题", "留言编号", "留言时间", "答复时间"),
        (1, "已修好。", "楼道漏水。", "物业", "2549", FILED, REPLIED),
    ]
    export = open_export(xlsx(rows))
    assert export.unknown == ("序号",)
    assert counts(bring_file(cast, xlsx(rows))) == (1, 0, 0)


def test_other_columns_are_refused_with_those_that_are_missing():
    said = refused(xlsx([("一级分类", "二级分类", "三级分类"), ("城乡建设", "安全生产", "事故处理")]))
    assert "留言编号" in said
    assert "一级分类" in said


def test_two_columns_of_one_meaning_are_refused():
    assert "答复" in refused(xlsx([(*HEADINGS, "回复内容"), row()]))


def test_of_two_filled_sheets_one_has_to_be_named(cast):
    book = openpyxl.Workbook()
    book.active.append(HEADINGS)
    book.active.append(row())
    book.create_sheet("说明").append(["这是说明"])
    book.create_sheet("空")

    assert "--sheet" in refused(saved(book))
    assert "说明" in refused(saved(book), sheet="没有")
    assert open_export(saved(book), sheet=book.active.title).places


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(office_exports, "LIMITS", office_exports.LIMITS.__class__(10**6, 10**6, 2))
    assert "3" in refused(xlsx([HEADINGS, row(), row()]))


# --- the command ---


def run_command(tmp_path: Path, capsys, file, *more, subdistrict="安和街道"):
    path = tmp_path / "export.xlsx"
    path.write_bytes(file.getvalue())
    status = 0
    try:
        call_command("import_petitions", str(path), "--subdistrict", subdistrict, "--json", *more)
    except CommandError as error:
        status = error.returncode
    said = capsys.readouterr().out
    return status, json.loads(said) if said else None


def test_the_command_says_what_became_of_each_row(cast, tmp_path, capsys):
    status, said = run_command(tmp_path, capsys, xlsx([HEADINGS, row(), row(number=None)]))

    assert status == 1
    assert {name: said[name] for name in ("rows", "imported", "unchanged", "rejected")} == {
        "rows": 2, "imported": 1, "unchanged": 0, "rejected": 1,
    }  # fmt: skip
    assert said["errors"][0]["row"] == 3
    assert run_command(tmp_path, capsys, xlsx([HEADINGS, row()]))[0] == 0


@pytest.mark.parametrize("place", ["安和街道", "云溪区/安和街道", "pk"])
def test_the_street_is_named_or_numbered(cast, tmp_path, capsys, place):
    place = str(cast.subdistrict.pk) if place == "pk" else place
    assert run_command(tmp_path, capsys, xlsx([HEADINGS, row()]), subdistrict=place)[0] == 0


@pytest.mark.parametrize("place", ["没有街道", "", "999999999", "9" * 30])
def test_an_unknown_street_is_refused_as_a_whole(cast, tmp_path, capsys, place):
    assert run_command(tmp_path, capsys, xlsx([HEADINGS, row()]), subdistrict=place) == (2, None)


def test_what_is_no_workbook_is_refused_as_a_whole(cast, tmp_path, capsys):
    import io

    assert run_command(tmp_path, capsys, io.BytesIO(b"not a workbook")) == (2, None)
    with pytest.raises(CommandError) as missing:
        call_command("import_petitions", str(tmp_path / "none.xlsx"), "--subdistrict", "安和街道")
    assert missing.value.returncode == 2


# --- how long people waited ---


def times(cast, *more):
    return json.loads(call_command_said("response_times", "--subdistrict", "安和街道", "--json", *more))


def call_command_said(*args):
    import io

    said = io.StringIO()
    call_command(*args, stdout=said)
    return said.getvalue()


def test_response_times_count_plain_time_with_both_ends(cast):
    filed = cell(2019, 4, 1, 9, 0)
    for number, days in enumerate((1, 15, 16)):
        replied = filed + timedelta(days=days)
        bring(cast, row(number=str(number), filed=filed, replied=replied))
    bring(cast, row(number="none", reply=None, replied=None))

    assert times(cast, "--within", "15d", "--within", "24h") == {
        "answered": 3, "within": {"15d": 2, "24h": 1}, "median_days": 15.0,
    }  # fmt: skip


def test_with_nothing_answered_there_is_no_median(cast):
    assert times(cast, "--within", "15d") == {"answered": 0, "within": {"15d": 0}, "median_days": None}
    assert "—" in call_command_said("response_times", "--subdistrict", "安和街道")


def test_of_a_residents_petition_the_first_word_on_the_matter_counts(cast):
    from residents.domain import standing
    from tests.cast import file

    petition = file(cast.li, cast.building)
    standing.tell(petition, "dispatched", at=NOW + timedelta(hours=1), body="恒信物业")
    assert times(cast)["answered"] == 0
    standing.tell(petition, "note", at=NOW + timedelta(days=2), words="明天来。")
    standing.tell(petition, "finished", at=NOW + timedelta(days=4), words="修好了。")

    assert times(cast) == {"answered": 1, "within": {}, "median_days": 2.0}
    assert times(cast, "--channel", "import")["answered"] == 0


@pytest.mark.parametrize("said", ["15", "d", "0d", "-1d", "1w", "1e5d", "１d"])
def test_a_span_is_days_or_hours(cast, said):
    with pytest.raises(CommandError, match="span"):
        call_command("response_times", "--subdistrict", "安和街道", f"--within={said}")


# --- the real file ---

FOLDER = os.environ.get("REAL_PETITIONS_DIR", "")


@pytest.mark.skipif(not FOLDER, reason="REAL_PETITIONS_DIR is not set: the real petitions aren't ours to ship")
def test_the_real_file_comes_to_the_figures_worked_out_apart(cast):
    def said(*more):
        path = str(Path(FOLDER) / "petitions_with_replies.xlsx")
        return json.loads(call_command_said("import_petitions", path, "--subdistrict", "安和街道", "--json", *more))

    assert not Petition.objects.exists()
    dry, wet, again = said("--dry-run"), said(), said()

    assert dry == wet
    assert {name: wet[name] for name in ("rows", "imported", "unchanged", "rejected")} == {
        "rows": 1408, "imported": 1408, "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    assert (again["imported"], again["unchanged"]) == (0, 1408)
    assert times(cast, "--channel", "import", "--within", "15d", "--within", "60d") == {
        "answered": 1408, "within": {"15d": 854, "60d": 1324}, "median_days": 11.77,
    }  # fmt: skip
    assert not PetitionUpdate.objects.filter(words__regex=r"网友.{0,4}[AU]U?0\d{5,}").exists()
    assert not Petition.objects.filter(filed_at__lt=datetime(2011, 1, 1, tzinfo=UTC)).exists()
