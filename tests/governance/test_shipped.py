"""What ships: categories that people find, calendars, and the holidays that were known."""

import pytest
from django.apps import apps

from governance import shipped as tables
from governance.icons import PICTURES
from governance.models import CalendarDay, CalendarYear, Category, WorkingCalendar
from governance.models.working_time import DayKind

# fmt: off
CODES = {
    "leak", "wall_crack", "heating", "sewer", "lift", "lift_trapped", "gas", "electricity", "plumbing", "parking",
    "ebike", "rubbish", "noise", "fumes", "pets", "trees", "dispute", "unauthorised", "security", "fees", "deeds",
    "old_people", "lost", "facilities", "complaint", "complaint_community",
    "complaint_street", "other",
}
# fmt: on


def test_every_category_of_the_plan_ships(shipped):
    assert set(Category.objects.values_list("code", flat=True)) == CODES


@pytest.mark.parametrize("row", tables.CATEGORIES, ids=lambda row: row.code)
def test_a_category_has_name_hint_and_picture_in_three_languages(row):
    words = (row.name_zh, row.name_en, row.name_ko, row.hint_zh, row.hint_en, row.hint_ko)
    assert all(words)
    assert row.code in PICTURES


@pytest.mark.parametrize("row", tables.CATEGORIES, ids=lambda row: row.code)
def test_a_category_is_found_by_words_in_chinese_english_and_korean(row):
    def has_letter_between(first: str, last: str) -> bool:
        return any(first <= letter <= last for letter in row.search_words)

    assert has_letter_between("一", "鿿")
    assert has_letter_between("a", "z")
    assert has_letter_between("가", "힣")
    words = row.search_words.split()
    assert len(words) == len(set(words)), "a word stands there twice"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("热水不热", "plumbing"),
        ("没电", "electricity"),
        ("快递丢了", "lost"),
        ("楼上滴水", "leak"),
        ("半夜太吵", "noise"),
    ],
)
def test_what_neighbours_look_for_is_among_the_words(said, code):
    found = [row.code for row in tables.CATEGORIES if said in row.search_words.split()]
    assert found == [code]


def test_only_a_stuck_lift_and_gas_are_emergencies_and_only_quarrels_and_complaints_hide_the_petitioner():
    assert {row.code for row in tables.CATEGORIES if row.is_emergency} == {"lift_trapped", "gas"}
    assert {row.code for row in tables.CATEGORIES if row.hides_petitioner} == {
        "dispute", "complaint", "complaint_community", "complaint_street",
    }  # fmt: skip


def test_the_tiles_fill_whole_rows_of_three_and_stand_before_the_rest():
    tiles = [row.is_tile for row in tables.CATEGORIES]
    assert sum(tiles) % 3 == 0
    assert tiles == sorted(tiles, reverse=True)


def test_shipping_again_changes_nothing_that_the_office_has_changed(shipped):
    Category.objects.filter(code="leak").update(name_zh="漏水", position=1)
    WorkingCalendar.objects.current("office").windows.filter(opens_at="13:30").delete()
    CalendarDay.objects.filter(day="2026-10-10").delete()
    before = Category.objects.count()
    ship_again()
    assert Category.objects.get(code="leak").name_zh == "漏水"
    assert Category.objects.count() == before
    assert WorkingCalendar.objects.current("office").windows.count() == 1
    assert not CalendarDay.objects.filter(day="2026-10-10").exists()


def test_a_category_that_is_missing_is_added_again(shipped):
    apps.get_model("issues", "CategoryHandling").objects.filter(category__code="pets").delete()
    Category.objects.filter(code="pets").delete()
    ship_again()
    assert Category.objects.get(code="pets").name_zh == "宠物"


def ship_again() -> None:
    tables.ensure(apps.get_model, at=tables.SHIPPED_AT)


def test_two_years_of_holidays_ship_with_their_source(shipped):
    assert list(CalendarYear.objects.values_list("year", flat=True)) == list(tables.YEARS)
    may = CalendarDay.objects.filter(day__range=("2026-05-01", "2026-05-09")).values_list("day__day", "kind")
    holidays = [(day, DayKind.HOLIDAY) for day in range(1, 6)]
    assert list(may) == [*holidays, (9, DayKind.WORKDAY)]
    assert all(source.startswith("chinesecalendar ") for source in CalendarDay.objects.values_list("source", flat=True))
