"""A survey's sheet to print: every question as on the phone, and who reads what is written on it."""

from io import BytesIO

import pypdf
import pytest

from issues.deliberation.domain.surveying import Question
from issues.deliberation.models import QuestionKind
from issues.deliberation.survey_paper import sheet_pdf
from tests.issues.deliberation.survey import a_draft, a_published, for_persons

pytestmark = pytest.mark.django_db


def pages_of(paper: bytes) -> list[str]:
    """Without spaces and line ends: those are the paper's."""
    return ["".join((page.extract_text() or "").split()) for page in pypdf.PdfReader(BytesIO(paper)).pages]


def test_five_questions_fit_on_one_page_with_boxes_hints_and_who_reads_it(cast):
    survey = a_published(cast)
    [said] = pages_of(sheet_pdf(survey))
    for words in (
        "春和苑小区居民需求调查", "楼栋单元房号", "接管前的需求调查", "公司要换了，先问问大家。",
        "请在2026年5月30日周六14:17之前交回。一户一份",
        "1.哪些问题最急？（必填，最多选2项）", "□路灯□停车□漏水",
        "2.最想添什么？（选填，选一项）",
        "□食堂□车棚", "（选填，1最低，5最高）", "□1□2□3□4□5", "答：", "（选填，写整数）",
        "（选填，请不要写姓名、门牌）",
        "谁会看到这张表：收表、录入的社区工作人员。", "工作人员也不例外", f"编号{survey.public_id.hex[:4].upper()}-",
        "第1页，共1页",
    ):  # fmt: skip
        assert words in said, words


def test_where_persons_answer_the_sheet_says_so(cast):
    [said] = pages_of(sheet_pdf(for_persons(cast)))
    assert "一人一份" in said
    assert "同一户" not in said


def test_what_somebody_typed_is_never_markup_and_twenty_long_answers_go_on(cast):
    marks = '#panic("x") *粗* $x$ <b>漏</b> @ref #{1+1}'
    options = tuple(f"{number:02}{'长' * 50}" for number in range(20))
    long = (Question(QuestionKind.WORDS, marks), Question(QuestionKind.ONE, "选一个", options))
    said = "".join(pages_of(sheet_pdf(a_published(cast, questions=long))))
    for words in (marks, *options):
        assert "".join(words.split()) in said, words


def test_a_draft_has_no_sheet(cast):
    with pytest.raises(ValueError, match="draft"):
        sheet_pdf(a_draft(cast))
