"""Drawing up a survey, publishing it, withdrawing it, and its close, which comes by itself."""

import dataclasses
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rules
from django.db import transaction
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext_lazy as _

from governance.domain import audit
from governance.domain.moment import local_day
from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Building, Community, Estate, User
from governance.models.places import UnitKind
from issues.deliberation.domain.setting_up import NotLawful, Obstacle, WrittenMeanwhile
from issues.deliberation.models import (
    AsksFor,
    CountedBy,
    QuestionKind,
    Survey,
    SurveyBuilding,
    SurveyOption,
    SurveyQuestion,
    SurveyState,
)
from issues.deliberation.models.surveys import SurveyQuerySet
from issues.deliberation.workflow import SURVEY

PROGRAM = "surveys"
# Whoever asks more on one page gets no answers.
MOST_QUESTIONS = 30
MOST_OPTIONS = 20
FEWEST_OPTIONS = 2
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SurveyPlan:
    """A survey as somebody writes it down. `place` is an estate or a community; without `buildings` all of it."""

    place: Estate | Community
    title: str
    words: str
    counted_by: CountedBy = CountedBy.HOME
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    buildings: tuple[Building, ...] = ()

    def fields(self) -> dict[str, Any]:
        """With the area that the place lies in."""
        own = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        place, buildings = own.pop("place"), own.pop("buildings")
        estate = place if isinstance(place, Estate) else None
        community = place.community if isinstance(place, Estate) else place
        area = {"estate": estate, "community": community, "subdistrict_id": community.subdistrict_id}
        return {**own, **area, "is_whole": not buildings}


@dataclass(frozen=True)
class Question:
    """A question as somebody writes it down. `options` are its answers to choose, in their order."""

    kind: QuestionKind
    words: str
    options: tuple[str, ...] = ()
    asks_for: AsksFor | str = ""
    is_required: bool = False
    at_most: int | None = None

    def fields(self) -> dict[str, Any]:
        own = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        del own["options"]
        return own


def draft(plan: SurveyPlan, *, actor: User, at: datetime) -> Survey:
    """Write a survey down. Nobody is told yet. Raises `NotInCharge`."""
    with transaction.atomic():
        survey = Survey.objects.create(**plan.fields(), drafted_by=actor, drafted_at=at)
        _check_charge(survey, actor, at)
        _name_buildings(survey, plan.buildings)
        note("draft_survey", survey, actor, at)
    return survey


def rewrite(survey: Survey, plan: SurveyPlan, *, version: int, actor: User, at: datetime) -> Survey:
    """Change a draft that nobody else has changed since `version`.

    Raises `WrittenMeanwhile`, `NotInCharge`, and `StepNotAllowed` once it is published.
    """
    with transaction.atomic():
        locked = lock_draft(survey, actor, at)
        if locked.version != version:
            raise WrittenMeanwhile
        # Before the place: no building of another one ever stands in it.
        locked.building_rows.all().delete()
        Survey.objects.filter(pk=locked.pk).update(**plan.fields(), version=version + 1)
        locked.refresh_from_db()
        _check_charge(locked, actor, at)
        _name_buildings(locked, plan.buildings)
        note("rewrite_survey", locked, actor, at)
    return locked


def ask(survey: Survey, question: Question, *, actor: User, at: datetime) -> SurveyQuestion:
    """Put a question at the end of a draft. Raises `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        locked = lock_draft(survey, actor, at)
        last = locked.questions.aggregate(last=Max("position"))["last"] or 0
        if last >= MOST_QUESTIONS:
            raise StepNotAllowed(_("A survey has thirty questions at most."))
        row = SurveyQuestion.objects.create(survey=locked, position=last + 1, **question.fields())
        _offer(row, question.options)
        note("ask_in_a_survey", locked, actor, at, question=str(row.public_id))
    return row


def ask_otherwise(row: SurveyQuestion, question: Question, *, actor: User, at: datetime) -> None:
    """Put another question in its place. Raises as `ask`."""
    with transaction.atomic():
        locked = lock_draft(row.survey, actor, at)
        SurveyOption.objects.filter(question=row).delete()
        if not locked.questions.filter(pk=row.pk).update(**question.fields()):
            raise StepNotAllowed
        _offer(row, question.options)
        note("ask_in_a_survey", locked, actor, at, question=str(row.public_id))


def move_question(row: SurveyQuestion, *, up: bool, actor: User, at: datetime) -> None:
    """One place up or down. At either end it stays."""
    with transaction.atomic():
        locked = lock_draft(row.survey, actor, at)
        here = locked.questions.filter(pk=row.pk).first()
        if here is None:
            raise StepNotAllowed
        beside = locked.questions.filter(position=here.position + (-1 if up else 1)).first()
        if beside is None:
            return
        locked.questions.filter(pk=here.pk).update(position=beside.position)
        locked.questions.filter(pk=beside.pk).update(position=here.position)
        note("reorder_a_survey", locked, actor, at)


def drop_question(row: SurveyQuestion, *, actor: User, at: datetime) -> None:
    """Take it out of a draft. Taken out already, nothing happens."""
    with transaction.atomic():
        locked = lock_draft(row.survey, actor, at)
        here = locked.questions.filter(pk=row.pk).first()
        if here is None:
            return
        here.options.all().delete()
        here.delete()
        locked.questions.filter(position__gt=here.position).update(position=F("position") - 1)
        note("drop_from_a_survey", locked, actor, at, question=str(row.public_id))


def obstacles(survey: Survey, now: datetime) -> list[Obstacle]:
    """What still stands in the way of its publication."""
    return list(_obstacles(survey, now))


def publish(survey: Survey, *, actor: User, at: datetime) -> Survey:
    """From here on nobody changes it, and all who live there are told. Raises `NotLawful`, `NotInCharge`."""
    with transaction.atomic():
        locked = lock_draft(survey, actor, at)
        if found := obstacles(locked, at):
            raise NotLawful(found)
        if locked.is_whole:
            _name_buildings(locked, buildings_of(locked, at))
        for row in locked.building_rows.annotate(standing=Count("building__units", filter=_homes(at))):
            SurveyBuilding.objects.filter(pk=row.pk).update(homes=row.standing)
        return SURVEY.take_step(locked, "publish", actor=actor, at=at, is_locked=True, fields={"published_at": at})


def withdraw(survey: Survey, *, words: str, actor: User, at: datetime) -> Survey:
    """Give it up, with the reason; of one that was published the page stays. What was answered is nobody's any more."""
    with transaction.atomic():
        locked = lock(survey)
        if locked.published_at:
            _forget_whose(locked)
        fields = {"withdrawn_at": at, "withdrawn_because": words}
        return SURVEY.take_step(locked, "withdraw", actor=actor, at=at, is_locked=True, words=words, fields=fields)


# --- the close ---


def bring_up_to_date(survey: Survey, now: datetime) -> Survey:
    """Close it if its end has come. Whoever comes first does it: the sweep, or the page that is asked for."""
    if _is_over(survey, now):
        with transaction.atomic():
            locked = lock(survey)
            if _is_over(locked, now):
                _count_homes(locked)
                _forget_whose(locked)
                SURVEY.take_step(locked, "close", actor=PROGRAM, at=now, is_locked=True, fields={"closed_at": now})
        survey.refresh_from_db()
    return survey


def waiting(now: datetime) -> tuple[SurveyQuerySet, ...]:
    """The surveys whose end has come by `now`."""
    return (Survey.objects.to_close(now),)


def bring_all_up_to_date(now: datetime) -> int:
    """As `bring_up_to_date`, for all. One that can't be closed is logged, and keeps no other waiting."""
    done = 0
    for survey in Survey.objects.to_close(now):
        try:
            bring_up_to_date(survey, now)
            done += 1
        except Exception:
            log.exception("survey %s is behind its end; the next sweep tries it again", survey.public_id)
    return done


# --- shared ---


def lock(survey: Survey) -> Survey:
    """The survey as it is now, held until the transaction ends: answers and its close wait for each other."""
    rows = Survey.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("community", "estate").get(pk=survey.pk)


def lock_draft(survey: Survey, actor: User, at: datetime) -> Survey:
    """As `lock`. Raises `NotInCharge`, and `StepNotAllowed` for one that isn't a draft any more."""
    locked = lock(survey)
    _check_charge(locked, actor, at)
    if not locked.is_draft:
        raise StepNotAllowed
    return locked


def buildings_of(survey: Survey, at: datetime) -> Sequence[Building]:
    """Those of its place that stand on the day of `at`."""
    area = Q(estate=survey.estate_id) if survey.estate_id else Q(estate__community=survey.community_id)
    return Building.objects.standing_on(local_day(at)).filter(area).order_by("pk")


def note(verb: str, survey: Survey, actor: User, at: datetime, **facts: object) -> None:
    audit.record(verb, "survey", survey.audit_ref, actor=actor, at=at, subdistrict_id=survey.subdistrict_id, **facts)


def _check_charge(survey: Survey, actor: User, at: datetime) -> None:
    actor.scope(at)
    if not rules.test_rule("deliberation.may_run_survey", actor, survey):
        raise NotInCharge


def _name_buildings(survey: Survey, buildings: Sequence[Building]) -> None:
    SurveyBuilding.objects.bulk_create(SurveyBuilding(survey=survey, building=each) for each in buildings)


def _offer(row: SurveyQuestion, options: Sequence[str]) -> None:
    SurveyOption.objects.bulk_create(
        SurveyOption(question=row, position=number, words=words) for number, words in enumerate(options, start=1)
    )


def _homes(at: datetime) -> Q:
    ended = Q(building__units__ended_on=None) | Q(building__units__ended_on__gte=local_day(at))
    return Q(building__units__kind=UnitKind.DWELLING) & ended


def _obstacles(survey: Survey, now: datetime) -> Iterator[Obstacle]:
    if survey.ends_at is None:
        yield Obstacle("times", _("Say from when until when it is open."))
    elif survey.ends_at <= now:
        yield Obstacle("past", _("Its end is over already."))
    questions = survey.questions.annotate(offered=Count("options"))
    if not questions:
        yield Obstacle("no_question", _("It has no question yet."))
    for row in questions:
        if row.has_options and row.offered < FEWEST_OPTIONS:
            yield Obstacle(
                "no_options", _("Question %(number)s needs at least two answers to choose.") % {"number": row.position}
            )
    if not (buildings_of(survey, now) if survey.is_whole else survey.building_rows.all()):
        yield Obstacle("nobody", _("There is no building in this place: nobody could answer."))


def _is_over(survey: Survey, now: datetime) -> bool:
    return survey.state == SurveyState.PUBLISHED and survey.ends_at is not None and survey.ends_at <= now


def _count_homes(survey: Survey) -> None:
    """How many homes of each building answered: afterwards nobody knows which."""
    survey.building_rows.update(homes_answered=0)
    homes = survey.sheets.values("building").annotate(number=Count("unit", distinct=True)).order_by("building")
    for row in homes:
        survey.building_rows.filter(building=row["building"]).update(homes_answered=row["number"])


def _forget_whose(survey: Survey) -> None:
    """Nor when it was given, which the audit trail knows of each person."""
    survey.sheets.update(by=None, unit=None, given_at=survey.starts_at)
