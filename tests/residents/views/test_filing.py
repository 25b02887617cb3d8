"""Filing through the front door as a browser without script does it, with all that people send by mistake."""

import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from governance.domain.moment import database_now
from governance.models import Category, User
from residents import promise
from residents.domain import drafts
from residents.models import NameVisibility, Petition, PetitionDraft, PetitionPhoto
from residents.models.petitions import MAX_WORDS
from residents.views import filing
from tests.cast import NOW, client_of
from tests.cast import draft as ready_draft
from tests.cast import file as filed_by
from tests.governance.domain.test_images import photo_with_location, png_of
from tests.residents.domain.test_drafts import side_by_side

pytestmark = pytest.mark.django_db


@pytest.fixture
def li(cast) -> Client:
    return client_of(cast.li)


@pytest.fixture
def draft(cast) -> PetitionDraft:
    """Of the owner Li, at home, with nothing in it yet."""
    return drafts.start_draft(cast.li, at=NOW)


def address(draft: PetitionDraft, step: str) -> str:
    return reverse("petition_step", args=[draft.token, step])


def jpeg(name: str = "IMG_01.jpg", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    written = io.BytesIO()
    Image.new("RGB", size, "teal").save(written, "JPEG")
    return SimpleUploadedFile(name, written.getvalue(), "image/jpeg")


def text_of(response) -> str:
    """What a reader sees, without the markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# --- the way through ---


def test_whole_filing_without_script(cast):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.li)

    def send(page, data):
        """Post the page's form as a browser does: to the page's own address, with its token."""
        form = page.content.decode().split('id="step"')[-1]
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)[1]
        return browser.post(page.request["PATH_INFO"], {"csrfmiddlewaretoken": token, **data}, follow=True)

    page = browser.get(reverse("petition_new"), follow=True)
    page = send(page, {"photos": [jpeg(), jpeg()], "go": "on"})
    page = send(page, {"category": "leak", "go": "on"})
    page = send(page, {"building": cast.building.pk, "stairwell": "2", "spot": " 四楼 过道 ", "go": "on"})
    page = send(page, {"words": "天花板在滴水。", "name_visibility": "handlers", "go": "on"})
    assert "天花板在滴水。" in text_of(page)
    page = send(page, {"go": "on"})

    petition = Petition.objects.get()
    assert page.redirect_chain == [(reverse("petition_filed", args=[petition.receipt_no]), 302)]
    assert petition.receipt_no in text_of(page)
    assert (petition.petitioner, petition.category.code, petition.building, petition.stairwell, petition.spot) == (
        cast.li,
        "leak",
        cast.building,
        2,
        "四楼 过道",
    )
    assert petition.photos.count() == 2


def test_without_signing_in_one_is_asked_to_and_comes_back(cast, draft):
    for page in (reverse("petition_new"), address(draft, "words"), reverse("building_card", args=["ABCDEFGHJKMN"])):
        response = Client().get(page)
        assert parse_qs(urlsplit(response["Location"]).query)["next"] == [page]
    assert Client().post(address(draft, "words"), {"words": "x"}).status_code == 302


def test_scanned_card_presets_the_building(cast, li):
    page = li.get(reverse("building_card", args=[cast.other_building.qr_token.lower()]), follow=True)
    assert page.status_code == 200
    assert PetitionDraft.objects.get().building == cast.other_building
    assert li.get(reverse("building_card", args=["ABCDEFGHJKMN"])).status_code == 404


def test_what_was_begun_is_offered_again_and_something_else_can_be_begun(cast, li, draft):
    drafts.choose_category(draft, Category.objects.get(code="leak"), at=NOW)
    page = li.get(reverse("petition_new"))
    assert address(draft, "words") in page.content.decode()
    begun = li.post(reverse("petition_new"))
    assert str(draft.token) not in begun["Location"]
    assert PetitionDraft.objects.count() == 2


def test_going_back_keeps_what_was_written(li, draft):
    response = li.post(address(draft, "words"), {"words": "写到一半", "go": "back"})
    assert response["Location"] == address(draft, "place")
    draft.refresh_from_db()
    assert (draft.words, draft.name_visibility) == ("写到一半", "")
    assert "写到一半" in text_of(li.get(address(draft, "words")))


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("photo", {"go": "on"}),
        ("category", {"category": "leak", "go": "on"}),
        ("place", {"building": "", "go": "on"}),
        ("words", {"words": "漏水", "name_visibility": "nobody", "go": "on"}),
        ("words", {"words": "漏水", "go": "back"}),
    ],
)
def test_changing_an_answer_returns_to_the_check(li, draft, step, data):
    assert 'name="return" value="check"' in li.get(address(draft, step), {"return": "check"}).content.decode()
    assert li.post(address(draft, step), {**data, "return": "check"})["Location"] == address(draft, "check")


def test_filing_the_same_draft_again_leads_to_the_same_receipt(cast, li):
    draft = ready_draft(cast.li, cast.building)
    first = li.post(address(draft, "check"))
    again = li.post(address(draft, "check"))
    back = li.get(address(draft, "words"))
    late_change = li.post(address(draft, "words"), {"words": "另一件事", "name_visibility": "nobody"})
    receipt = reverse("petition_filed", args=[Petition.objects.get().receipt_no])
    assert [page["Location"] for page in (first, again, back, late_change)] == [receipt] * 4
    assert li.get(receipt).status_code == li.get(receipt).status_code == 200
    assert Petition.objects.get().words == draft.words


def test_filing_waits_for_nobody_and_the_receipt_says_who_has_it(cast, li):
    draft = ready_draft(cast.li, cast.building)
    receipt = li.post(address(draft, "check"))["Location"]
    assert Petition.objects.get().state == "filed"
    assert "恒信物业" in text_of(li.get(receipt))
    assert Petition.objects.get().state == "in_hand"


def test_the_receipt_is_there_whatever_becomes_of_the_intake(cast, li, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("the office is closed")

    monkeypatch.setattr("issues.domain.intake.take_in", broken)
    receipt = li.post(address(ready_draft(cast.li, cast.building), "check"))["Location"]
    page = li.get(receipt)
    assert page.status_code == 200
    assert Petition.objects.get().receipt_no in text_of(page)
    assert Petition.objects.get().state == "filed"


@pytest.mark.django_db(transaction=True)
def test_twenty_presses_of_submit_at_once_lead_to_one_receipt(cast):
    draft = ready_draft(cast.li, cast.building)
    browsers = [client_of(cast.li) for _number in range(20)]
    pages = side_by_side(20, lambda number: browsers[number].post(address(draft, "check"), {"go": "on"}))
    receipt = reverse("petition_filed", args=[Petition.objects.get().receipt_no])
    assert [(page.status_code, page["Location"]) for page in pages] == [(302, receipt)] * 20


def test_filing_pages_ask_at_most_ten_queries(cast, li, django_assert_max_num_queries):
    draft = ready_draft(cast.li, cast.building)
    filed_by(cast.wang, cast.building, at=database_now())
    drafts.add_photos(draft, [jpeg() for _number in range(6)], at=NOW)
    for step in filing.STEPS:
        with django_assert_max_num_queries(10):
            li.get(address(draft, step))
    with django_assert_max_num_queries(10):
        li.get(reverse("petition_new"))


# --- what is it ---


def test_search_in_own_words_finds_a_leak(li, draft):
    page = li.get(address(draft, "category"), {"q": "楼上滴水"})
    assert 'value="leak"' in page.content.decode()
    assert 'value="noise"' not in page.content.decode()


def test_search_that_finds_nothing_says_so_and_shows_all(li, draft):
    page = li.get(address(draft, "category"), {"q": "zzzz<script>"})
    assert 'value="leak"' in page.content.decode()
    assert "<script>zzzz" not in page.content.decode()
    assert "zzzz&lt;script&gt;" in page.content.decode()


@pytest.mark.parametrize("sent", [{}, {"category": ""}, {"category": "spaceship"}, {"category": "le\x00ak"}])
def test_unknown_category_or_none_is_said_in_a_sentence(li, draft, sent):
    page = li.post(address(draft, "category"), {**sent, "go": "on"})
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()
    draft.refresh_from_db()
    assert draft.category is None


def test_archived_category_can_not_be_chosen(li, draft):
    Category.objects.filter(code="leak").update(is_archived=True)
    assert "data-error-summary" in li.post(address(draft, "category"), {"category": "leak"}).content.decode()


def test_emergency_says_whom_to_call_first_and_goes_on(li, draft):
    assert 'class="sos"' not in li.get(address(draft, "place")).content.decode()
    page = li.post(address(draft, "category"), {"category": "gas", "go": "on"}, follow=True)
    assert page.request["PATH_INFO"] == address(draft, "place")
    assert page.content.index(b"tel:119") < page.content.index(b'id="id_building"')


# --- where ---


def test_names_of_buildings_are_marked_as_chinese_on_an_english_page(cast, li, draft):
    cast.li.language = "en"
    cast.li.save()
    page = li.get(address(draft, "place")).content.decode()
    assert re.search(r'<option[^>]* lang="zh-Hans"[^>]*>3栋</option>', page)


def test_no_place_is_said_in_a_sentence(cast):
    draft = drafts.start_draft(cast.zhou, at=NOW)
    browser = client_of(cast.zhou)
    page = browser.post(address(draft, "place"), {"go": "on"})
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()
    page = browser.post(address(draft, "place"), {"estate": cast.estate.pk, "go": "on"}, follow=True)
    assert 'id="id_building"' in page.content.decode()
    browser.post(address(draft, "place"), {"building": "", "spot": "池塘边", "go": "on"})
    draft.refresh_from_db()
    assert (draft.estate, draft.building, draft.stairwell, draft.spot) == (cast.estate, None, None, "池塘边")


@pytest.mark.parametrize("estate", ["", "0", "999999999999999999999", "x", "1; DROP TABLE", "\x00"])
def test_unknown_estate_is_said_in_a_sentence(li, draft, estate):
    page = li.post(address(draft, "place"), {"estate": estate, "go": "on"})
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()


@pytest.mark.parametrize(
    ("building", "stairwell"), [("strange", "1"), ("x", ""), ("\x00", ""), ("own", "7"), ("own", "-1")]
)
def test_place_that_does_not_exist_is_said_in_a_sentence(cast, li, draft, building, stairwell):
    number = {"strange": cast.strange_building.pk, "own": cast.building.pk}.get(building, building)
    page = li.post(address(draft, "place"), {"building": number, "stairwell": stairwell, "spot": "门口", "go": "on"})
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()
    assert "门口" in page.content.decode()


def test_entrance_beyond_the_building_is_said_in_a_sentence(cast, li, draft):
    page = li.post(address(draft, "place"), {"building": cast.other_building.pk, "stairwell": "3", "go": "on"})
    assert "data-error-summary" in page.content.decode()
    assert li.post(address(draft, "place"), {"building": cast.other_building.pk, "stairwell": "2"}).status_code == 302


def test_changing_the_estate_forgets_the_building(cast, li, draft):
    li.post(address(draft, "place"), {"estate": cast.self_managed.pk, "go": "on"})
    draft.refresh_from_db()
    assert (draft.estate, draft.building) == (cast.self_managed, None)


# --- words ---


def test_five_thousand_characters_are_refused_and_kept_on_the_page(li, draft):
    words = "灯" * 5000
    page = li.post(address(draft, "words"), {"words": words, "name_visibility": "handlers", "go": "on"})
    assert page.status_code == 200
    assert words in page.content.decode()
    assert "5000" in text_of(page)
    draft.refresh_from_db()
    assert draft.words == ""


@pytest.mark.parametrize(("count", "is_taken"), [(MAX_WORDS, True), (MAX_WORDS + 1, False)])
def test_two_thousand_characters_are_the_edge(li, draft, count, is_taken):
    page = li.post(address(draft, "words"), {"words": "😀" * count, "name_visibility": "handlers", "go": "on"})
    assert page.status_code == (302 if is_taken else 200)


def test_nul_is_refused_and_the_rest_kept_on_the_page(li, draft):
    page = li.post(address(draft, "words"), {"words": "灯\x00坏了", "name_visibility": "handlers", "go": "on"})
    assert page.status_code == 200
    assert "data-error-summary" in page.content.decode()
    assert "灯坏了" in page.content.decode()
    assert "\x00" not in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("灯坏了 👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "灯坏了 👨‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("\u202e坏了灯\u2066 abc\u200f", "坏了灯 abc"),
        ("一\u200b二\ufeff三\x07四\x1b[31m", "一二三四[31m"),
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("  　灯坏了　 ", "灯坏了"),
    ],
)
def test_words_are_kept_as_plain_text(li, draft, sent, kept):
    li.post(address(draft, "words"), {"words": sent, "name_visibility": "handlers", "go": "on"})
    draft.refresh_from_db()
    assert draft.words == kept


def test_markup_in_every_field_is_shown_as_text(cast, li, draft):
    evil = '"><img src=x onerror=alert(1)>'
    li.post(address(draft, "category"), {"category": "leak"})
    li.post(address(draft, "place"), {"building": cast.building.pk, "spot": evil})
    li.post(address(draft, "words"), {"words": evil, "name_visibility": "handlers"})
    for step in ("place", "words", "check"):
        page = li.get(address(draft, step)).content.decode()
        assert "<img src=x" not in page
        assert "&lt;img src=x" in page


def test_neither_words_nor_photo_is_said_in_a_sentence_and_a_photo_is_enough(li, draft):
    nothing = {"words": "  ", "name_visibility": "handlers", "go": "on"}
    assert "data-error-summary" in li.post(address(draft, "words"), nothing).content.decode()
    li.post(address(draft, "photo"), {"photos": [jpeg()]})
    assert li.post(address(draft, "words"), nothing).status_code == 302


@pytest.mark.parametrize("chosen", ["", "everybody"])
def test_who_may_see_the_name_must_be_chosen(li, draft, chosen):
    page = li.post(address(draft, "words"), {"words": "灯坏了", "name_visibility": chosen, "go": "on"})
    assert page.status_code == 200
    assert page.content.decode().count("data-error-summary") == 1
    assert "灯坏了" in page.content.decode()


def test_quarrels_offer_no_choice_of_who_sees_the_name(li, draft):
    li.post(address(draft, "category"), {"category": "dispute"})
    assert 'name="name_visibility"' not in li.get(address(draft, "words")).content.decode()
    li.post(address(draft, "words"), {"words": "楼上天天拖桌子", "name_visibility": "handlers"})
    draft.refresh_from_db()
    assert draft.name_visibility == NameVisibility.NOBODY


# --- photos ---


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_failing_photos_are_named_and_the_filing_goes_on(li, draft):
    sent = [
        jpeg("IMG_00.jpg"),
        SimpleUploadedFile("IMG_01.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/jpeg"),
        SimpleUploadedFile("IMG_02.png", png_of(13_000, 13_000), "image/png"),
        SimpleUploadedFile("IMG_03.jpg", b"\xff\xd8" + b"\0" * 11 * 1024 * 1024, "image/jpeg"),
        jpeg("IMG_04.jpg"),
    ]
    page = li.post(address(draft, "photo"), {"photos": sent, "go": "on"}, follow=True)
    assert page.request["PATH_INFO"] == address(draft, "category")
    said = text_of(page)
    assert [name for number in range(5) if (name := f"IMG_0{number}.") in said] == ["IMG_01.", "IMG_02.", "IMG_03."]
    assert draft.photos.count() == 2


def test_seventh_photo_is_named_and_six_are_kept(li, draft):
    page = li.post(address(draft, "photo"), {"photos": [jpeg(f"IMG_{n}.jpg") for n in range(1, 8)]}, follow=True)
    assert "IMG_7.jpg" in text_of(page)
    assert draft.photos.count() == 6
    assert 'type="file"' not in li.get(address(draft, "photo")).content.decode()


def test_markup_in_a_file_name_is_shown_as_text(li, draft):
    bad = SimpleUploadedFile("<b onclick=x>.jpg", b"no photo")
    page = li.post(address(draft, "photo"), {"photos": [bad]}, follow=True)
    assert "<b onclick" not in page.content.decode()
    assert "&lt;b onclick" in page.content.decode()


def test_photo_is_kept_without_its_location(li, draft):
    li.post(address(draft, "photo"), {"photos": [SimpleUploadedFile("IMG.jpg", photo_with_location())], "go": "add"})
    kept = Image.open(draft.photos.get().file)
    assert (dict(kept.getexif()), dict(kept.getexif().get_ifd(0x8825))) == ({}, {})


def test_photo_is_removed(li, draft):
    li.post(address(draft, "photo"), {"photos": [jpeg()], "go": "add"})
    li.post(address(draft, "photo"), {"remove": str(draft.photos.get().public_id)})
    assert draft.photos.count() == 0
    assert li.post(address(draft, "photo"), {"remove": "not-a-uuid"}).status_code == 404


def test_too_many_files_at_once_are_refused_in_a_sentence(li, draft):
    page = li.post(address(draft, "photo"), {"photos": [jpeg() for _n in range(20)]}, follow=True)
    assert page.redirect_chain == [(address(draft, "photo"), 302)]
    assert 'class="alert alert-warning"' in page.content.decode()
    assert draft.photos.count() == 0


def test_body_beyond_sixty_megabytes_is_refused_in_a_sentence(li, draft, monkeypatch):
    monkeypatch.setattr(filing, "MAX_BODY_BYTES", 1000)
    page = li.post(address(draft, "photo"), {"photos": [jpeg(size=(400, 300))]}, follow=True)
    assert page.redirect_chain == [(address(draft, "photo"), 302)]
    assert 'class="alert alert-warning"' in page.content.decode()
    assert draft.photos.count() == 0


def test_megabytes_of_words_are_refused_in_a_sentence(li, draft):
    page = li.post(address(draft, "words"), {"words": "x" * 2_000_000}, follow=True)
    assert 'class="alert alert-warning"' in page.content.decode()


def test_broken_body_is_refused_in_a_sentence(li, draft):
    sent = li.generic("POST", address(draft, "photo"), b"nonsense", "multipart/form-data")
    page = li.get(sent["Location"])
    assert 'class="alert alert-warning"' in page.content.decode()


def test_forged_form_is_refused(cast, draft):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.li)
    assert browser.post(address(draft, "words"), {"words": "灯坏了"}).status_code == 403
    draft.refresh_from_db()
    assert draft.words == ""


# --- check ---


def test_check_lists_what_is_missing_with_links(li, draft):
    page = li.post(address(draft, "check")).content.decode()
    for field in ("words", "category", "name_visibility"):
        assert f'href="#a-{field}"' in page
        assert f'id="a-{field}"' in page
    assert 'href="#a-place"' not in page
    assert not Petition.objects.exists()


def test_title_of_a_page_in_error_says_so(li, draft):
    title = re.search(r"<title>(.*?)</title>", li.post(address(draft, "check")).content.decode(), re.S)[1]
    assert title.startswith(("错误", "Error"))


def test_look_alike_is_offered_and_followed_only_on_purpose(cast, li):
    neighbours = filed_by(cast.wang, cast.building, at=database_now())
    draft = ready_draft(cast.li, cast.building)
    page = li.get(address(draft, "check")).content.decode()
    assert neighbours.receipt_no not in page
    sealed = re.search(r'name="follow" value="([^"]+)"', page)[1]
    li.post(address(draft, "check"), {"follow": sealed})
    assert Petition.objects.get(draft_token=draft.token).same_as == neighbours

    alone = ready_draft(cast.li, cast.building)
    li.post(address(alone, "check"), {"go": "on"})
    assert Petition.objects.get(draft_token=alone.token).same_as is None


def test_forged_look_alike_is_not_followed(cast, li):
    other = ready_draft(cast.li, cast.building)
    sealed_for_another = filing._sealed(other, filed_by(cast.wang, cast.building))
    draft = ready_draft(cast.li, cast.building)
    for forged in ("1", "", sealed_for_another):
        assert li.post(address(draft, "check"), {"follow": forged})["Location"] == address(draft, "check")
    assert not Petition.objects.filter(draft_token=draft.token).exists()


def test_a_promise_in_english_marks_the_name_of_the_body_as_chinese(cast):
    User.objects.filter(pk=cast.li.pk).update(language="en")
    page = client_of(cast.li).get(address(ready_draft(cast.li, cast.building), "check")).content.decode()
    promised = page.split('id="h-promise"')[1]
    assert 'whoever is on duty at <span lang="zh-Hans">恒信物业</span>.' in promised


def test_what_is_promised_is_shown_if_somebody_knows(cast, li, monkeypatch):
    draft = ready_draft(cast.li, cast.building)
    monkeypatch.setattr(promise, "_registered", [])
    assert "h-promise" not in li.get(address(draft, "check")).content.decode()
    promise.register_promise(lambda category, estate, at: [("5 分钟", f"{estate.name}有人到场")])
    assert "春和苑小区有人到场" in text_of(li.get(address(draft, "check")))


# --- whose ---


@pytest.mark.parametrize("step", list(filing.STEPS))
def test_somebody_elses_draft_looks_like_a_missing_one(cast, draft, step):
    stranger = client_of(cast.wang)
    missing = reverse("petition_step", args=["00000000-0000-4000-8000-000000000000", step])
    for send in (stranger.get, stranger.post):
        theirs, none = send(address(draft, step)), send(missing)
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert _without_address(theirs) == _without_address(none)


def test_somebody_elses_receipt_looks_like_a_missing_one(cast):
    petition = filed_by(cast.li, cast.building)
    browser = client_of(cast.wang)
    theirs = browser.get(reverse("petition_filed", args=[petition.receipt_no]))
    missing = browser.get(reverse("petition_filed", args=["SQ-2222-2222"]))
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert _without_address(theirs) == _without_address(missing)


def test_photo_is_served_to_its_person_as_a_private_jpeg(cast, li, draft):
    drafts.add_photos(draft, [jpeg()], at=NOW)
    page = li.get(reverse("photo", args=[draft.photos.get().public_id]))
    assert (page["Content-Type"], page["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert page["Cache-Control"].startswith("private")
    assert b"".join(page.streaming_content)[:2] == b"\xff\xd8"


def test_somebody_elses_photo_looks_like_a_missing_one(cast, draft):
    drafts.add_photos(draft, [jpeg()], at=NOW)
    photo = draft.photos.get()
    for person in (cast.wang, cast.zhou, cast.stranger):
        browser = client_of(person)
        theirs = browser.get(reverse("photo", args=[photo.public_id]))
        missing = browser.get(reverse("photo", args=["00000000-0000-4000-8000-000000000000"]))
        assert (theirs.status_code, missing.status_code) == (404, 404)
        assert _without_address(theirs) == _without_address(missing)


def test_photo_whose_file_is_gone_is_missing(cast, li, draft):
    drafts.add_photos(draft, [jpeg()], at=NOW)
    photo: PetitionPhoto = draft.photos.get()
    photo.file.storage.delete(photo.file.name)
    assert li.get(reverse("photo", args=[photo.public_id])).status_code == 404


def _without_address(response) -> str:
    """The body but for what every page carries of its own address, moment and form token."""
    body = response.content.decode().replace(response.request["PATH_INFO"], "")
    return re.sub(r'data-now="[^"]*"|value="\w{64}"', "", body)


# --- cards ---


def test_cards_are_for_staff_in_charge_of_the_building(cast):
    page = reverse("building_card_print", args=[cast.building.qr_token])
    allowed = [client_of(person).get(page).status_code for person in (cast.zhou, cast.zhao, cast.wu, cast.sun)]
    refused = [client_of(person).get(page).status_code for person in (cast.li, cast.gao, cast.strange_worker)]
    assert (allowed, refused) == ([200] * 4, [404] * 3)


def test_card_carries_the_address_of_its_building(cast, settings):
    settings.PORTAL_URL = "https://portal.example"
    page = client_of(cast.zhou).get(reverse("building_cards")).content.decode()
    assert f"https://portal.example/b/{cast.building.qr_token}/" in page
    assert cast.self_managed_building.qr_token not in page
    assert client_of(cast.li).get(reverse("building_cards")).status_code == 404
