"""Drafts: kept answer by answer, filled by one hand at a time, forgotten after thirty days."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from governance.models import Category
from residents.domain import drafts
from residents.domain.finding import find_categories
from residents.domain.petitions import file_petition
from residents.models import NameVisibility, Petition, PetitionDraft
from tests.cast import NOW
from tests.cast import draft as ready_draft
from tests.cast import file as filed_by

pytestmark = pytest.mark.django_db


def jpeg(name: str = "IMG_01.jpg") -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")


def side_by_side(count: int, work) -> list:
    """Run `work(number)` in so many threads at once, each with a connection of its own."""
    start = Barrier(count)

    def one(number: int):
        start.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


# --- where it begins ---


def test_draft_begins_at_the_confirmed_home(cast):
    draft = drafts.start_draft(cast.li, at=NOW)
    assert (draft.estate, draft.building, draft.stairwell) == (cast.estate, cast.building, 2)


def test_draft_of_somebody_without_a_home_has_no_place_yet(cast):
    draft = drafts.start_draft(cast.zhou, at=NOW)
    assert (draft.estate, draft.building, draft.stairwell) == (None, None, None)


def test_scanned_card_presets_its_building_and_not_the_home(cast):
    draft = drafts.start_draft(cast.li, at=NOW, building=cast.other_building)
    assert (draft.estate, draft.building, draft.stairwell) == (cast.estate, cast.other_building, None)


def test_untouched_draft_is_taken_up_again(cast):
    first = drafts.start_draft(cast.li, at=NOW)
    assert drafts.start_draft(cast.li, at=NOW) == first
    drafts.write_down(first, words="灯不亮", name_visibility="", at=NOW)
    assert drafts.start_draft(cast.li, at=NOW) != first


def test_only_drafts_with_something_in_them_are_offered_to_go_on_with(cast):
    draft = drafts.start_draft(cast.li, at=NOW)
    ready_draft(cast.xu, cast.self_managed_building)
    assert drafts.draft_to_continue(cast.li) is None
    drafts.choose_category(draft, Category.objects.get(code="leak"), at=NOW)
    assert drafts.draft_to_continue(cast.li) == draft
    ready = ready_draft(cast.li, cast.building, at=NOW + timedelta(minutes=1))
    assert drafts.draft_to_continue(cast.li) == ready
    file_petition(ready, actor=cast.li, at=NOW)
    assert drafts.draft_to_continue(cast.li) == draft


# --- answers ---


def test_quarrels_fix_that_nobody_sees_the_name_and_leaving_them_asks_again(cast):
    draft = ready_draft(cast.li, cast.building)
    drafts.choose_category(draft, Category.objects.get(code="dispute"), at=NOW)
    drafts.write_down(draft, words="天天吵", name_visibility=NameVisibility.HANDLERS, at=NOW)
    draft.refresh_from_db()
    assert draft.name_visibility == NameVisibility.NOBODY
    drafts.choose_category(draft, Category.objects.get(code="leak"), at=NOW)
    draft.refresh_from_db()
    assert draft.name_visibility == ""


def test_building_of_another_estate_is_refused(cast):
    draft = drafts.start_draft(cast.li, at=NOW)
    with pytest.raises(ValueError, match="another estate"):
        drafts.choose_place(
            draft, estate=cast.estate, building=cast.self_managed_building, stairwell=None, spot="", at=NOW
        )
    with pytest.raises(ValueError, match="stairwell"):
        drafts.choose_place(draft, estate=cast.estate, building=cast.building, stairwell=9, spot="", at=NOW)


def test_filed_draft_can_not_be_written_to(cast):
    draft = ready_draft(cast.li, cast.building)
    petition = file_petition(draft, actor=cast.li, at=NOW)
    with pytest.raises(drafts.DraftFiled) as refusal:
        drafts.write_down(draft, words="改一改", name_visibility="", at=NOW)
    assert refusal.value.petition == petition
    with pytest.raises(drafts.DraftFiled):
        drafts.add_photos(draft, [jpeg()], at=NOW)
    assert petition.photos.count() == 0


# --- look-alikes ---


@pytest.mark.parametrize(
    ("minutes", "category", "is_alike"),
    [
        (10, "electricity", True),
        (24 * 60, "electricity", True),
        (24 * 60 + 1, "electricity", False),
        (10, "leak", False),
    ],
)
def test_look_alike_is_of_the_same_kind_at_the_same_building_within_a_day(cast, minutes, category, is_alike):
    alike = filed_by(cast.wang, cast.building, category=category, at=NOW - timedelta(minutes=minutes))
    filed_by(cast.wang, cast.other_building, at=NOW)
    draft = ready_draft(cast.li, cast.building)
    assert drafts.look_alike(draft, at=NOW) == (alike if is_alike else None)


def test_neighbours_quarrels_are_never_offered_as_look_alikes(cast):
    filed_by(cast.wang, cast.building, category="dispute")
    assert drafts.look_alike(ready_draft(cast.li, cast.building, category="dispute"), at=NOW) is None


# --- photos ---


def test_failing_photo_is_named_and_the_others_are_kept(cast):
    draft = drafts.start_draft(cast.li, at=NOW)
    svg = SimpleUploadedFile("地图.jpg", b"<svg/>")
    outcome = drafts.add_photos(draft, [jpeg(), svg, jpeg()], at=NOW)
    assert [(refused.ordinal, refused.name) for refused in outcome.refused] == [(2, "地图.jpg")]
    assert list(draft.photos.values_list("position", flat=True)) == [1, 2]


def test_seventh_photo_is_refused_and_six_are_kept(cast):
    draft = drafts.start_draft(cast.li, at=NOW)
    outcome = drafts.add_photos(draft, [jpeg(f"{number}.jpg") for number in range(1, 8)], at=NOW)
    assert [(refused.ordinal, refused.sentence) for refused in outcome.refused] == [(7, drafts.TooManyPhotos.sentence)]
    assert draft.photos.count() == 6


def test_removed_photo_frees_its_place_and_its_file(cast, django_capture_on_commit_callbacks):
    draft = drafts.start_draft(cast.li, at=NOW)
    first, _second = drafts.add_photos(draft, [jpeg(), jpeg()], at=NOW).added
    with django_capture_on_commit_callbacks(execute=True):
        drafts.remove_photo(draft, first.public_id, at=NOW)
        drafts.remove_photo(draft, first.public_id, at=NOW)
    assert not default_storage.exists(first.file.name)
    (third,) = drafts.add_photos(draft, [jpeg()], at=NOW).added
    assert third.position == 1


def test_photo_that_can_not_be_stored_does_not_stop_the_filing(cast, monkeypatch):
    def disk_full(*_args, **_options):
        raise OSError(28, "No space left on device")

    draft = drafts.start_draft(cast.li, at=NOW)
    monkeypatch.setattr(default_storage._wrapped.__class__, "_save", disk_full)
    outcome = drafts.add_photos(draft, [jpeg()], at=NOW)
    assert (len(outcome.added), len(outcome.refused), draft.photos.count()) == (0, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_keep_six_photos_and_refuse_the_rest(cast):
    draft = drafts.start_draft(cast.li, at=NOW)
    outcomes = side_by_side(4, lambda _number: drafts.add_photos(draft, [jpeg(), jpeg(), jpeg()], at=NOW))
    assert sum(len(outcome.added) for outcome in outcomes) == 6
    assert sum(len(outcome.refused) for outcome in outcomes) == 6
    assert sorted(draft.photos.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.django_db(transaction=True)
def test_twenty_filings_of_one_draft_at_once_make_one_petition(cast):
    draft = ready_draft(cast.li, cast.building)
    drafts.add_photos(draft, [jpeg(), jpeg()], at=NOW)
    petitions = side_by_side(20, lambda _number: file_petition(draft, actor=cast.li, at=NOW))
    assert {petition.receipt_no for petition in petitions} == {Petition.objects.get().receipt_no}
    assert Petition.objects.get().photos.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_taps_on_report_a_problem_make_one_draft(cast):
    begun = side_by_side(4, lambda _number: drafts.start_draft(cast.li, at=NOW).pk)
    assert set(begun) == {PetitionDraft.objects.get().pk}


# --- forgetting ---


def test_drafts_untouched_for_thirty_days_are_forgotten_with_their_photos(cast, django_capture_on_commit_callbacks):
    old = ready_draft(cast.li, cast.building, at=NOW - timedelta(days=31))
    drafts.add_photos(old, [jpeg()], at=NOW - timedelta(days=31))
    name = old.photos.get().file.name
    kept = ready_draft(cast.li, cast.building, at=NOW - timedelta(days=30))
    with django_capture_on_commit_callbacks(execute=True):
        assert drafts.forget_old_drafts(at=NOW) == 1
    assert set(PetitionDraft.objects.all()) == {kept}
    assert not default_storage.exists(name)


def test_a_filed_draft_is_forgotten_and_its_petition_keeps_the_photos(cast, django_capture_on_commit_callbacks):
    filed_at = NOW - timedelta(days=31)
    filed = ready_draft(cast.li, cast.building, at=filed_at)
    drafts.add_photos(filed, [jpeg()], at=filed_at)
    petition = file_petition(filed, actor=cast.li, at=filed_at)
    with django_capture_on_commit_callbacks(execute=True):
        assert drafts.forget_old_drafts(at=NOW) == 1
    assert not PetitionDraft.objects.exists()
    assert file_petition(filed, actor=cast.li, at=NOW) == petition
    assert default_storage.exists(petition.photos.get().file.name)


def test_a_sweep_forgets_no_more_drafts_than_it_is_told(cast):
    for days in (31, 32, 33):
        ready_draft(cast.li, cast.building, at=NOW - timedelta(days=days))
    assert drafts.forget_old_drafts(at=NOW, limit=2) == 2
    assert PetitionDraft.objects.get().updated_at == NOW - timedelta(days=31)


# --- finding what is wrong ---


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("楼上滴水", "leak"),
        ("半夜太吵", "noise"),
        ("电梯不动了", "lift"),
        ("没电", "electricity"),
        ("快递丢了", "lost"),
        ("热水不热", "heating"),
        ("water is dripping from the ceiling", "leak"),
        ("Elevator", "lift"),
        ("NOISE", "noise"),
        ("누수", "leak"),
    ],
)
def test_own_words_find_the_kind_of_problem(shipped, query, code):
    found = [category.code for category in find_categories(query, Category.objects.offered())]
    assert code in found[:3]


@pytest.mark.parametrize("query", ["", "   ", "。。。", "zzzz", "😀"])
def test_words_that_mean_nothing_find_nothing(shipped, query):
    assert find_categories(query, Category.objects.offered()) == []
