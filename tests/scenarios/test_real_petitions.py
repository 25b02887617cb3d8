"""What residents of Chinese cities really wrote to their leaders, put through the front door.

The petitions are not ours to ship: `REAL_PETITIONS_DIR` names a folder that holds `petitions_with_replies.xlsx`.
"""

import os
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from governance.domain.plain_words import plain
from governance.models import Category
from issues.models import SlaClock
from residents.domain.finding import find_categories
from residents.domain.petitions import NotReady, file_petition
from residents.models import Petition
from residents.models.petitions import MAX_WORDS
from tests.cast import NOW, Cast, client_of, draft, take_in

FOLDER = os.environ.get("REAL_PETITIONS_DIR", "")
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ABOUT_ESTATES = ("小区", "物业", "业委会", "业主")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FOLDER, reason="REAL_PETITIONS_DIR is not set: the real petitions aren't ours to ship"),
]


@pytest.fixture(scope="module")
def written() -> list[tuple[str, str]]:
    """(subject, words) of every petition in the sheet, as exported: tabs, blank lines and all."""
    with zipfile.ZipFile(Path(FOLDER) / "petitions_with_replies.xlsx") as book:
        rows = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml")).iter(f"{SHEET}row")
        table = [{_column(cell): _text(cell) for cell in row} for row in rows]
    heads = {text: column for column, text in table[0].items()}
    return [(row.get(heads["留言主题"], ""), row.get(heads["留言详情"], "")) for row in table[1:]]


def _column(cell: ElementTree.Element) -> str:
    return cell.attrib["r"].rstrip("0123456789")


def _text(cell: ElementTree.Element) -> str:
    """The cell's words, written in the cell itself as this office exports them."""
    return "".join(text.text or "" for text in cell.iter() if text.tag in (f"{SHEET}t", f"{SHEET}v"))


def test_every_real_petition_can_be_said_or_is_told_that_it_is_too_long(cast: Cast, written):
    assert len(written) == 1408
    for subject, words in written:
        said = draft(cast.li, cast.building, words=plain(f"{subject}\n{words}"))
        if len(said.words) > MAX_WORDS:
            with pytest.raises(NotReady) as refusal:
                file_petition(said, actor=cast.li, at=NOW)
            assert list(refusal.value.problems) == ["words"]
        else:
            petition = file_petition(said, actor=cast.li, at=NOW)
            assert 0 < len(petition.subject_words) <= 24

    too_long = sum(len(plain(f"{subject}\n{words}")) > MAX_WORDS for subject, words in written)
    assert Petition.objects.count() == len(written) - too_long
    assert too_long < len(written) / 20


def test_those_about_estates_find_a_category_a_clock_and_a_page(cast: Cast, written):
    about = [(subject, words) for subject, words in written if any(word in subject for word in ABOUT_ESTATES)]
    offered = list(Category.objects.offered())
    browser = client_of(cast.li)
    found = 0
    for subject, words in about:
        fitting = find_categories(plain(subject), offered)
        found += bool(fitting)
        said = draft(cast.li, cast.building, words=plain(words)[:MAX_WORDS], category=(fitting or offered)[0].code)
        petition = file_petition(said, actor=cast.li, at=NOW)
        take_in(petition)
        assert browser.get(f"/petitions/{petition.receipt_no}/").status_code == 200

    assert len(about) == 121
    assert SlaClock.objects.values("issue").distinct().count() == len(about)
    assert found >= len(about) / 2
