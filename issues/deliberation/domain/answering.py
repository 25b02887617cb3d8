"""Answering a survey: by those who live there, or taken down for them by the office.

A sheet that is given again replaces the one before: the latest counts, and no more than that is kept of anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import FactMissing, NotInCharge, Refusal
from governance.models import Unit, User
from governance.models.places import UnitKind
from issues.deliberation.domain.survey_news import tell_the_home
from issues.deliberation.domain.surveying import lock, note
from issues.deliberation.models import (
    Survey,
    SurveyAnswer,
    SurveyChannel,
    SurveyOption,
    SurveySheet,
)
from issues.deliberation.rules import runs_survey
from residents.models import Occupancy, OccupancyState
from residents.models.occupancy import STANDING

# What a sheet says to a question, by the question's id: options, a number, or words; what isn't answered isn't there.
Said = list[SurveyOption] | int | str
Sheet = Mapping[int, Said]


class SurveyNotOpen(Refusal):
    code = "survey_not_open"
    sentence = _("This survey isn't open now.")


class NotAskedHere(Refusal):
    """Somebody answers a survey of a place where they have no home."""

    code = "not_asked_here"
    status = 403
    sentence = _("This survey is for those who live there.")


class HomeHasAnswered(Refusal):
    """Another person of the home was first."""

    code = "home_has_answered"
    sentence = _("Somebody of your home has answered already. Whoever answered can change it until the survey closes.")


class AnsweredThemselves(Refusal):
    """What a home says itself stands before what is taken down for it."""

    code = "answered_themselves"
    sentence = _("This home has answered in the portal itself: that stands. Nothing was changed.")


@dataclass(frozen=True)
class Standing:
    """How a person stands to a survey, for one home of theirs: the sheet that counts, and whether they may give one."""

    home: Occupancy
    sheet: SurveySheet | None
    is_own: bool

    @property
    def may_answer(self) -> bool:
        """What somebody of the home says gives way to whoever is better known to live there."""
        if self.is_own or self.sheet is None or self.sheet.channel != SurveyChannel.PORTAL:
            return True
        return _known(self.home.state) > _giver_is_known(self.sheet)


def standings(survey: Survey, user: User) -> list[Standing]:
    """For each home of the person that is asked; where persons are asked, for the first of them alone. Two queries."""
    homes = Occupancy.objects.standing().filter(
        user=user, unit__kind=UnitKind.DWELLING, unit__building__in=survey.building_rows.values("building")
    )
    rows = list(homes.select_related("unit__building__estate").order_by("unit__building", "unit", "pk"))
    if not survey.is_for_homes:
        sheet = survey.sheets.filter(by=user).first()
        return [Standing(home, sheet, sheet is not None) for home in rows[:1]]
    sheets = {sheet.unit_id: sheet for sheet in survey.sheets.filter(unit__in=[home.unit_id for home in rows])}
    return [Standing(home, sheets.get(home.unit_id), _is_of(sheets.get(home.unit_id), user)) for home in rows]


def answer(survey: Survey, home: Occupancy, sheet: Sheet, *, actor: User, at: datetime) -> SurveySheet:
    """Give the home's, or the person's, sheet; given again it replaces the one before, and one taken down for them.

    Raises `SurveyNotOpen`, `NotAskedHere`, `HomeHasAnswered`, `FactMissing` for a required question.
    """
    with transaction.atomic():
        locked = _lock_open(survey, sheet, at)
        standing = next((each for each in standings(locked, actor) if each.home == home), None)
        if standing is None:
            raise NotAskedHere
        if not standing.may_answer:
            raise HomeHasAnswered
        row = standing.sheet or _new(locked, home.unit)
        row.by, row.channel, row.taken_down_by = actor, SurveyChannel.PORTAL, None
        _write(row, sheet, at)
        note("answer_a_survey", locked, actor, at)
    return row


def take_down(
    survey: Survey, unit: Unit, sheet: Sheet, *, channel: SurveyChannel, sending: UUID, actor: User, at: datetime
) -> SurveySheet:
    """Write down what a home, or somebody in it, said on paper, at a visit or by phone; who lives there is told.

    A form that is sent twice is one sheet; of a home, the latest that was taken down counts. What somebody said who, as
    it has turned out, has no home there is replaced.
    Raises `NotInCharge`, `SurveyNotOpen`, `NotAskedHere`, `AnsweredThemselves`, `FactMissing`.
    """
    actor.scope(at)
    if not runs_survey(actor, survey):
        raise NotInCharge
    with transaction.atomic():
        locked = _lock_open(survey, sheet, at)
        if known := locked.sheets.filter(sending=sending).first():
            return known
        if unit.kind != UnitKind.DWELLING or not locked.building_rows.filter(building=unit.building_id).exists():
            raise NotAskedHere(_("This home isn't asked in this survey."))
        row = locked.sheets.filter(unit=unit).first() if locked.is_for_homes else None
        if row and row.channel == SurveyChannel.PORTAL and _giver_is_known(row):
            raise AnsweredThemselves
        row = row or _new(locked, unit)
        row.by, row.channel, row.taken_down_by, row.sending = None, channel, actor, sending
        _write(row, sheet, at)
        note("take_down_a_sheet", locked, actor, at, sheet=str(row.public_id), channel=channel.value)
        tell_the_home(locked, unit, row, at)
    return row


def said_on(sheet: SurveySheet) -> dict[int, Said]:
    """What the sheet says, by question. One query."""
    said: dict[int, Said] = {}
    for row in sheet.answers.select_related("option").order_by("pk"):
        if row.option:
            options = said.setdefault(row.question_id, [])
            if isinstance(options, list):
                options.append(row.option)
        else:
            said[row.question_id] = row.words if row.number is None else row.number
    return said


def _known(state: str) -> int:
    """How well somebody is known to live in a home: 2 confirmed, 1 claimed, 0 not, or no more."""
    return 2 if state == OccupancyState.VERIFIED else int(state in STANDING)


def _giver_is_known(sheet: SurveySheet) -> int:
    states = Occupancy.objects.filter(user=sheet.by_id, unit=sheet.unit_id).values_list("state", flat=True)
    return max(map(_known, states), default=0)


def _is_of(sheet: SurveySheet | None, user: User) -> bool:
    return sheet is not None and sheet.by_id == user.pk


def _lock_open(survey: Survey, sheet: Sheet, at: datetime) -> Survey:
    locked = lock(survey)
    if not locked.is_open_at(at):
        raise SurveyNotOpen
    for question in locked.questions.filter(is_required=True):
        if question.pk not in sheet:
            raise FactMissing(str(question.public_id))
    return locked


def _new(survey: Survey, unit: Unit) -> SurveySheet:
    return SurveySheet(
        survey=survey, is_for_home=survey.is_for_homes, unit=unit, building_id=unit.building_id, sending=uuid4()
    )


def _write(row: SurveySheet, sheet: Sheet, at: datetime) -> None:
    row.given_at = at
    row.save()
    row.answers.all().delete()
    SurveyAnswer.objects.bulk_create(each for question, said in sheet.items() for each in _answers(row, question, said))


def _answers(row: SurveySheet, question: int, said: Said) -> list[SurveyAnswer]:
    if isinstance(said, list):
        return [SurveyAnswer(sheet=row, question_id=question, option=option) for option in said]
    if isinstance(said, int):
        return [SurveyAnswer(sheet=row, question_id=question, number=said)]
    return [SurveyAnswer(sheet=row, question_id=question, words=said)]
