"""What a survey says: how many were asked and answered, and how many chose what.

Nothing is told of fewer than five answers, nor of a building in which fewer than five homes were asked: such buildings
are told together, with another one if need be, so that no difference gives away what is kept back.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count
from django.utils.translation import gettext as _

from governance.models import Building
from issues.deliberation.models import (
    AsksFor,
    QuestionKind,
    Survey,
    SurveyAnswer,
    SurveyBuilding,
    SurveyChannel,
    SurveyQuestion,
)
from issues.deliberation.models.surveys import HIGHEST, LOWEST

FEWEST = 5

# How often what was said: an option's id, or a number.
Tally = Counter[tuple[int | None, int | None]]


@dataclass(frozen=True)
class Reach:
    """Of some buildings: how many homes were asked, how many sheets came, from how many homes."""

    buildings: tuple[Building, ...]
    asked: int
    sheets: int
    homes: int | None


@dataclass(frozen=True)
class Chosen:
    """One answer, how many gave it, and how much of 100 that is of those who answered the question."""

    words: str
    number: int
    percent: int
    option: int | None = None


@dataclass(frozen=True)
class Part:
    """What some buildings said to a question."""

    buildings: tuple[Building, ...]
    answered: int
    chosen: list[Chosen]


@dataclass(frozen=True)
class Said:
    """What was said to one question; where too few answered, only how many."""

    question: SurveyQuestion
    answered: int
    chosen: list[Chosen] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    average: str = ""
    total: int | None = None
    middle: str = ""

    @property
    def is_told(self) -> bool:
        return self.answered >= FEWEST


@dataclass(frozen=True)
class Result:
    asked: int
    sheets: int
    homes: int | None
    reach: list[Reach]
    questions: list[Said]
    by_channel: list[tuple[str, int]]

    def listable(self) -> dict[int, tuple[AsksFor, int]]:
        """The options that may stand on a list, on which one, and how many chose them. None that nobody chose."""
        return {
            chosen.option: (AsksFor(said.question.asks_for), chosen.number)
            for said in self.questions
            if said.question.asks_for
            for chosen in said.chosen
            if chosen.option and chosen.number
        }


def reach_of(survey: Survey) -> list[Reach]:
    """Where how many took part, in as many queries for thirty buildings as for one."""
    return _reach_in(_buildings(survey), survey)


def result_of(survey: Survey) -> Result:
    """All of it, in as many queries for thirty questions as for one."""
    rows = _buildings(survey)
    reach, (given, answered) = _reach_in(rows, survey), _tallies(survey)
    homes = [each.homes for each in reach if each.homes is not None]
    channels = dict(survey.sheets.values_list("channel").annotate(number=Count("pk")).order_by("channel"))
    return Result(
        asked=_homes(rows),
        sheets=sum(each.sheets for each in reach),
        homes=sum(homes) if len(homes) == len(reach) else None,
        reach=reach,
        questions=[_said(question, rows, given, answered) for question in survey.questions.prefetch_related("options")],
        by_channel=[(str(channel.label), channels[channel]) for channel in SurveyChannel if channel in channels],
    )


def _reach_in(rows: list[SurveyBuilding], survey: Survey) -> list[Reach]:
    sheets = Counter(dict(survey.sheets.values_list("building").annotate(number=Count("pk")).order_by("building")))
    return [_reach(group, sheets) for group in _together(rows, lambda some: _homes(some) >= FEWEST)]


# Of each question and building: what was said how often, and how many sheets say anything.
Given = dict[tuple[int, int], Tally]
Answered = Counter[tuple[int, int]]


def _tallies(survey: Survey) -> tuple[Given, Answered]:
    said = SurveyAnswer.objects.filter(sheet__survey=survey)
    given: Given = {}
    counted = said.values_list("question", "sheet__building", "option", "number").annotate(times=Count("pk"))
    for question, building, option, number, times in counted.order_by("question", "sheet__building"):
        given.setdefault((question, building), Counter())[option, number] += times
    sheets = said.values_list("question", "sheet__building").annotate(sheets=Count("sheet", distinct=True))
    return given, Counter({(question, building): number for question, building, number in sheets.order_by("question")})


def _said(question: SurveyQuestion, rows: list[SurveyBuilding], given: Given, answered: Answered) -> Said:
    def answers(some: Iterable[SurveyBuilding]) -> int:
        return sum(answered[question.pk, row.building_id] for row in some)

    def tally(some: Iterable[SurveyBuilding]) -> Tally:
        return sum((given.get((question.pk, row.building_id), Counter()) for row in some), Counter())

    number = answers(rows)
    if number < FEWEST or question.kind == QuestionKind.WORDS:
        return Said(question, number)
    whole = tally(rows)
    if question.kind == QuestionKind.NUMBER:
        numbers = sorted(each for _option, each in whole.elements() if each is not None)
        return Said(question, number, total=sum(numbers), middle=f"{median(numbers):g}")
    groups = _together(rows, lambda some: min(_homes(some), answers(some)) >= FEWEST)
    parts = [
        Part(tuple(row.building for row in group), answers(group), _chosen(question, tally(group), answers(group)))
        for group in groups
        if len(groups) > 1
    ]
    return Said(question, number, _chosen(question, whole, number), parts, average=_average(question, whole))


def _chosen(question: SurveyQuestion, tally: Tally, answered: int) -> list[Chosen]:
    """Each answer in the order of the question."""
    if question.kind == QuestionKind.SCALE:
        steps = range(HIGHEST, LOWEST - 1, -1)
        return [
            Chosen(_("%(step)s of 5") % {"step": step}, tally[None, step], _percent(tally[None, step], answered))
            for step in steps
        ]
    return [
        Chosen(option.words, tally[option.pk, None], _percent(tally[option.pk, None], answered), option.pk)
        for option in question.options.all()
    ]


def _average(question: SurveyQuestion, tally: Tally) -> str:
    if question.kind != QuestionKind.SCALE:
        return ""
    steps = [step for _option, step in tally.elements() if step is not None]
    return f"{sum(steps) / len(steps):.1f}"


def _percent(number: int, answered: int) -> int:
    """Rounded; but all is said of all alone, and nothing of nobody alone."""
    if not answered or number in (0, answered):
        return 100 if number else 0
    return min(max((200 * number + answered) // (2 * answered), 1), 99)


def _buildings(survey: Survey) -> list[SurveyBuilding]:
    """As people count them, by length first: 10栋 comes after 9栋."""
    rows = survey.building_rows.select_related("building__estate")
    return sorted(rows, key=lambda row: (row.building.estate.name, len(row.building.name), row.building.name))


def _together(
    rows: list[SurveyBuilding], are_enough: Callable[[list[SurveyBuilding]], bool]
) -> list[list[SurveyBuilding]]:
    """Each building that is enough by itself; the others together, with more of those until they are enough."""
    alone = [row for row in rows if are_enough([row])]
    rest = [row for row in rows if row not in alone]
    while rest and alone and not are_enough(rest):
        rest.append(alone.pop())
    return [[row] for row in alone] + ([rest] if rest else [])


def _homes(some: Iterable[SurveyBuilding]) -> int:
    return sum(row.homes for row in some)


def _reach(group: list[SurveyBuilding], sheets: Counter[int]) -> Reach:
    known = [row.homes_answered for row in group if row.homes_answered is not None]
    return Reach(
        buildings=tuple(row.building for row in group),
        asked=_homes(group),
        sheets=sum(sheets[row.building_id] for row in group),
        homes=sum(known) if len(known) == len(group) else None,
    )
