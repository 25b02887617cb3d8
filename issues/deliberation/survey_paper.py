"""A survey on paper, in Chinese: the questions as on the phone, to be filled in at the door and typed at the desk."""

from typing import Any

from django.utils import translation

from issues.deliberation.domain.attending import LANGUAGE
from issues.deliberation.models import QuestionKind, Survey, SurveyQuestion
from issues.deliberation.models.surveys import HIGHEST, LOWEST
from issues.deliberation.typesetting import long_moment, typeset

# Options that are so short stand three in a line, or two; the steps of a scale all five.
SHORT, MIDDLING = 9, 15


def sheet_pdf(survey: Survey) -> bytes:
    """需求调查表, to be copied. Raises `ValueError` for a draft: nothing is asked yet."""
    if survey.published_at is None or survey.ends_at is None:
        raise ValueError("A draft has no sheet.")
    with translation.override(LANGUAGE):
        return typeset("survey.typ", _sheet(survey, long_moment(survey.ends_at)))


def _sheet(survey: Survey, until: str) -> dict[str, Any]:
    return {
        "place": str(survey.estate or survey.community),
        "title": survey.title,
        "lines": survey.words.splitlines(),
        "until": until,
        "how": "一户一份。" if survey.is_for_homes else "一人一份，已在手机上答过的不再填。",
        "questions": [_asked(question) for question in survey.questions.prefetch_related("options")],
        "readers": _readers(survey),
        "prefix": f"{survey.public_id.hex[:4].upper()}-",
    }


def _asked(question: SurveyQuestion) -> dict[str, Any]:
    options = [option.words for option in question.options.all()]
    if question.kind == QuestionKind.SCALE:
        options = [str(step) for step in range(LOWEST, HIGHEST + 1)]
    return {
        "number": question.position,
        "kind": question.kind,
        "words": question.words,
        "hint": f"（{'，'.join(_hints(question))}）",
        "options": options,
        "columns": _columns(options),
    }


def _hints(question: SurveyQuestion) -> list[str]:
    hints = ["必填" if question.is_required else "选填"]
    match question.kind:
        case QuestionKind.ONE:
            hints.append("选一项")
        case QuestionKind.SEVERAL:
            hints.append(f"最多选 {question.at_most} 项" if question.at_most else "可选多项")
        case QuestionKind.SCALE:
            hints.append(f"{LOWEST} 最低，{HIGHEST} 最高")
        case QuestionKind.NUMBER:
            hints.append("写整数")
        case QuestionKind.WORDS:
            hints.append("请不要写姓名、门牌")
    return hints


def _columns(options: list[str]) -> int:
    longest = max(map(len, options), default=0)
    return 5 if longest == 1 else 3 if longest <= SHORT else 2 if longest <= MIDDLING else 1


def _readers(survey: Survey) -> list[str]:
    """As the page says it, and that whoever collects and types the paper has read it."""
    return [
        "收表、录入的社区工作人员。",
        "录入以后，谁也看不到哪一户怎么答的，工作人员也不例外；截止后只公布合计，满五份才公布。",
        "自由填写的话由社区先看，认不出是谁说的才公开。",
        "同一户又在手机上作答的，以手机上的为准。" if survey.is_for_homes else "",
    ]
