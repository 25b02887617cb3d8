"""Search for staff: who finds what, that it finds what a plain look through the texts finds, and its bad input."""

import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.domain.plain_words import plain
from governance.models import Category
from issues.domain import triage
from issues.domain.findings import Finding, report
from issues.domain.intake import place_imported
from issues.search import A_PAGE, search
from residents.domain import importing
from residents.domain.searching import asked_for
from residents.models import Petition
from tests.cast import NOW, Cast, client_of, file, take_in
from tests.exports import bring, bring_file, row

pytestmark = pytest.mark.django_db

FOLDER = os.environ.get("REAL_PETITIONS_DIR", "")
EVERYBODY = ("li", "zhou", "zheng", "yu", "zhao", "bai", "tian", "chen", "wu", "luo", "sun", "administrator")
SEARCHERS = {"yu", "zhao", "bai", "wu", "sun", "administrator", "strange_worker", "strange_officer", "strange_walker"}


def who_finds(cast: Cast, typed: str) -> set[str]:
    """Whoever gets a hit, of all who may search. Everybody's hits are the same one."""
    finders = set()
    for name in sorted(SEARCHERS):
        page = client_of(getattr(cast, name)).get("/search/", {"q": typed})
        assert page.status_code == 200
        if page.context["found"].hits:
            finders.add(name)
            assert page.context["found"].total == 1
    return finders


def all_hits(cast: Cast, typed: str) -> int:
    """How many hits the pages of the street's officer hold together."""
    hits, number, has_next = 0, 1, True
    while has_next:
        found = search(cast.sun, asked_for(typed), NOW, page=str(number))
        hits, number, has_next = hits + len(found.hits), number + 1, found.has_next
    return hits


def test_what_isnt_in_sight_costs_a_question_and_hides_nothing(cast, monkeypatch):
    """The newest that hold the words are past the community: what lies behind them is found all the same."""
    monkeypatch.setattr("issues.search.SPARE", 0)
    monkeypatch.setattr("issues.search.A_PAGE", 2)
    for number in range(3):
        at = NOW - timedelta(days=number)
        take_in(file(cast.li, cast.building, words=f"漏水{number}", at=at - timedelta(days=9)))
        take_in(file(cast.li, cast.building, words=f"漏水，骂人{number}", category="complaint_community", at=at))
    assert len(search(cast.wu, asked_for("漏水"), NOW).hits) == 2
    assert len(search(cast.wu, asked_for("漏水"), NOW, page="2").hits) == 1
    assert len(search(cast.sun, asked_for("漏水"), NOW, page="3").hits) == 2


def test_only_staff_with_a_desk_a_street_or_a_round_have_it(cast):
    status = {name: client_of(getattr(cast, name)).get("/search/").status_code for name in EVERYBODY}
    assert {name for name, code in status.items() if code == 200} == SEARCHERS & set(EVERYBODY)
    assert set(status.values()) == {200, 404}


def test_a_petition_is_found_by_those_who_see_its_matter(cast):
    take_in(file(cast.li, cast.building, words="楼道水管漏水。"))
    assert who_finds(cast, "漏水") == {"yu", "zhao", "bai", "wu", "sun", "administrator"}


def test_a_complaint_about_the_company_is_for_the_desks_alone(cast):
    take_in(file(cast.li, cast.building, words="管家骂人。", category="complaint"))
    assert who_finds(cast, "骂人") == {"wu", "sun", "administrator"}


def test_a_complaint_about_the_community_goes_past_it(cast):
    take_in(file(cast.li, cast.building, words="社区的人骂人。", category="complaint_community"))
    assert who_finds(cast, "骂人") == {"sun", "administrator"}


def test_what_the_desk_finds_out_to_be_a_complaint_is_past_those_it_is_about(cast):
    """As the matter was sorted, not as the petition was filed."""
    issue = take_in(file(cast.li, cast.building, words="社区的人骂人。", category="other")).issue
    triage.sort(issue, category=Category.objects.get(code="complaint_community"), actor=cast.sun, at=NOW)
    assert who_finds(cast, "骂人") == {"sun", "administrator"}


def test_a_quarrel_is_not_for_the_steward_who_lives_there(cast):
    take_in(file(cast.li, cast.building, words="半夜吵闹。", category="dispute"))
    assert who_finds(cast, "吵闹") == {"yu", "zhao", "wu", "sun", "administrator"}


def test_what_a_patrol_found_is_found(cast):
    electricity = Category.objects.get(code="electricity")
    report(Finding(uuid4(), electricity, cast.building, "井盖松动。"), actor=cast.yu, at=NOW)
    assert who_finds(cast, "井盖") == {"yu", "zhao", "bai", "wu", "sun", "administrator"}


def test_what_waits_for_a_place_is_the_streets_until_it_is_given(cast):
    bring(cast, row(words="门口积水。", reply=None, replied=None))
    assert who_finds(cast, "积水") == {"sun", "administrator"}
    importing.give_to(Petition.objects.get(), cast.community, actor=cast.sun, at=NOW)
    assert who_finds(cast, "积水") == {"wu", "sun", "administrator"}


def test_an_imported_complaint_that_became_a_matter_goes_the_matters_way(cast):
    bring(cast, row(words="社区的人骂人。", reply=None, replied=None))
    petition = Petition.objects.get()
    importing.give_to(petition, cast.community, actor=cast.sun, at=NOW)
    category = Category.objects.get(code="complaint_community")
    place_imported(petition, estate=cast.estate, category=category, actor=cast.sun, at=NOW)
    assert who_finds(cast, "骂人") == {"sun", "administrator"}


def test_nobody_can_be_searched_for_and_nobody_is_named(cast):
    take_in(file(cast.li, cast.building, words="楼道水管漏水。"))
    for typed in (cast.li.full_name, cast.li.phone[3:]):
        assert not search(cast.sun, asked_for(typed), NOW).hits
    page = client_of(cast.sun).get("/search/", {"q": "漏水"}).content.decode()
    assert cast.li.full_name not in page


def test_hits_are_marked_and_what_people_wrote_stays_text(cast):
    take_in(file(cast.li, cast.building, words="<b>楼道</b>漏水。"))
    page = client_of(cast.sun).get("/search/", {"q": "漏水"}).content.decode()
    assert "<mark>漏水</mark>" in page
    assert "&lt;b&gt;楼道&lt;/b&gt;" in page


@pytest.mark.parametrize("typed", ["漏", "%", "_", "\\", "，。！", "漏" * 500, "\u202e"])
def test_what_cant_be_looked_for_is_answered_with_a_sentence(cast, typed):
    page = client_of(cast.sun).get("/search/", {"q": typed})
    assert page.status_code == 400
    assert page.context["sentence"] in page.content.decode()


@pytest.mark.parametrize("name", ["q", "page"])
def test_a_nul_is_refused(cast, name):
    assert client_of(cast.sun).get("/search/", {"q": "漏水", name: "\x00"}).status_code == 400


@pytest.mark.parametrize("page", ["9" * 40, "-1", "0", "x", "第二页", "2"])
def test_a_page_that_isnt_there_is_the_nearest_that_is(cast, page):
    bring(cast, *(row(number=str(number), words=f"{number} 漏水") for number in range(A_PAGE + 1)))
    found = client_of(cast.sun).get("/search/", {"q": "漏水", "page": page}).context["found"]
    assert (found.number, len(found.hits)) in ((1, A_PAGE), (2, 1))


def test_the_newest_come_first_and_every_hit_is_on_one_page(cast):
    bring(cast, *(row(number=str(n), words=f"第{n}次漏水", filed=f"2019/4/{n % 28 + 1}") for n in range(70)))
    electricity = Category.objects.get(code="electricity")
    report(Finding(uuid4(), electricity, cast.building, "管道漏水。"), actor=cast.yu, at=NOW)

    pages = [search(cast.sun, asked_for("漏水"), NOW, page=str(number)) for number in (1, 2, 3)]
    times = [hit.at for found in pages for hit in found.hits]
    assert times == sorted(times, reverse=True)
    assert [len(found.hits) for found in pages] == [30, 30, 11]
    assert [found.total for found in pages] == [None, None, 71]
    assert len({"".join(piece.text for piece in hit.words) for found in pages for hit in found.hits}) == 71


def test_more_than_a_thousand_hits_are_said_to_be_more(cast, monkeypatch):
    monkeypatch.setattr("issues.search.AT_MOST", 40)
    bring(cast, *(row(number=str(number), words=f"{number} 漏水") for number in range(50)))
    found = search(cast.sun, asked_for("漏水"), NOW, page="9")
    assert (found.total, found.is_cut, found.has_next, found.number, len(found.hits)) == (None, True, False, 2, 10)


def test_thirty_hits_ask_no_more_than_one(cast):
    browsers = {who: client_of(getattr(cast, who)) for who in ("sun", "wu", "yu", "administrator")}

    def asked(hits: int) -> dict[str, int]:
        """How many queries each of them costs, who all find so many."""
        counted = {}
        for who, browser in browsers.items():
            with CaptureQueriesContext(connection) as queries:
                assert len(browser.get("/search/", {"q": "漏水"}).context["found"].hits) == hits
            counted[who] = len(queries)
        return counted

    take_in(file(cast.li, cast.building, words="漏水零"))
    for_one = asked(1)
    for number in range(29):
        take_in(file(cast.li, cast.building, words=f"漏水{number}", category="lift"))
    assert asked(30) == for_one
    assert max(for_one.values()) <= 12


@pytest.mark.skipif(not FOLDER, reason="REAL_PETITIONS_DIR is not set: the real petitions aren't ours to ship")
def test_in_the_real_file_it_finds_what_a_plain_scan_finds(cast):
    path = Path(FOLDER) / "petitions_with_replies.xlsx"
    rows = list(openpyxl.load_workbook(path, read_only=True).active.iter_rows(min_row=2, values_only=True))
    with path.open("rb") as opened:
        bring_file(cast, opened)

    for typed in ("漏水", "物业", "电梯", "小区物业", "业委会", "A市", "物业 小区"):
        scanned = {
            str(number)
            for number, _author, subject, _filed, words, *_answer in rows
            if all(any(term in plain(text) for text in (subject, words)) for term in typed.split())
        }
        found = Petition.objects.filter(asked_for(typed).found_in("subject", "words"))
        assert set(found.values_list("imported__number", flat=True)) == scanned, typed
        assert len(scanned) > 10, typed
        assert all_hits(cast, typed) == len(scanned), typed
