"""Notices and minutes on paper: every word is in the PDF, none of it is markup, and a missing font is an error."""

import json
from io import BytesIO

import pypdf
import pytest

from issues.deliberation.domain import meetings, minuting
from issues.deliberation.meeting_papers import minutes_pdf, notice_pdf
from issues.deliberation.minutes_page import read
from issues.deliberation.typesetting import NotPrintable
from tests.cast import NOW
from tests.issues.deliberation.meeting import AFTERWARDS, a_called, a_checked, a_minuted, item_of

pytestmark = pytest.mark.django_db


def text_of(paper: bytes) -> str:
    """Without spaces and line ends: those are the paper's."""
    pages = pypdf.PdfReader(BytesIO(paper)).pages
    return "".join("".join((page.extract_text() or "").split()) for page in pages)


def test_the_notice_says_what_when_where_and_the_agenda(cast):
    said = text_of(notice_pdf(a_called(cast)))
    for words in (
        "春和苑小区", "会议通知", "说事议事会", "学校路停车怎么办", "2026年5月25日", "19:00–21:00", "党群服务站议事厅",
        "学校路18号一层", "路口违停", "40分钟", "请各方当面谈。", "凡本小区居民均可到会", "春和社区", "第1页，共1页",
    ):  # fmt: skip
        assert words in said, words


def test_a_cancelled_notice_says_why(cast):
    cancelled = meetings.cancel(a_called(cast), words="停电了", actor=cast.wu, at=NOW)
    assert "本次会议取消。停电了" in text_of(notice_pdf(cancelled))


def test_the_minutes_say_all_that_was_said_and_end_with_a_sheet_to_sign(cast):
    meeting = a_minuted(cast)
    version = minuting.latest_of(meeting)
    said = text_of(minutes_pdf(read(version)))
    told = json.loads(version.content)
    assert told["present"] == ["3栋一位业主", "恒信物业 郑经理", "3栋一位居民"]
    lines = [line["words"] for item in told["items"] for line in item["lines"]]
    for words in (*lines, *told["present"], "先装护栏，一个月后再看。", "到会人员签名", version.hash, "定稿"):
        assert "".join(words.split()) in said, words
    for name in ("李秀英", "老吴", "郑海波"):
        assert name not in said


def test_what_somebody_typed_is_never_markup(cast):
    """typst's own marks, and HTML's, stand on the paper as they were typed."""
    marks = '#panic("x") *粗* $x$ <b>漏</b> @ref \\ "引号" #{1+1}'
    said = text_of(notice_pdf(a_called(cast, words=marks)))
    assert "".join(marks.split()) in said


def test_a_change_that_was_taken_in_is_printed(cast):
    meeting = a_checked(cast)
    of_item = {"item": item_of(meeting), "actor": cast.li, "at": AFTERWARDS}
    asked = minuting.ask_for_a_change(meeting, words="护栏是两米高。", **of_item)
    minuting.answer_change(asked, take_in=True, words="属实", actor=cast.wu, at=AFTERWARDS)
    assert "护栏是两米高。" in text_of(minutes_pdf(read(minuting.latest_of(meeting))))


def test_without_its_font_no_paper_is_made(cast, settings):
    settings.PAPER_FONT = "No Such Font"
    with pytest.raises(NotPrintable):
        notice_pdf(a_called(cast))
