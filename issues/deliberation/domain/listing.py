"""What comes of a survey that is over: words released, the list of problems and of needs, topics made of them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import NotInCharge, Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation.domain import proposing
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.surveying import note
from issues.deliberation.models import (
    AsksFor,
    ItemState,
    Survey,
    SurveyAnswer,
    SurveyItem,
    SurveyOption,
    SurveyState,
    Topic,
)
from issues.deliberation.rules import runs_survey
from issues.deliberation.survey_result import result_of


class ListedAlready(Refusal):
    code = "listed_already"
    sentence = _("This stands on the list already.")


class MoreThanAnswered(Refusal):
    """An item is said to be named by more than answered."""

    code = "more_than_answered"
    sentence = _("So many have not answered.")


def release(answer: SurveyAnswer, *, actor: User, at: datetime) -> None:
    """Let everybody read these words, without name or door. Released already, nothing happens."""
    survey = answer.question.survey
    with transaction.atomic():
        _check(survey, actor, at)
        rows = SurveyAnswer.objects.filter(pk=answer.pk, words__gt="", released_at=None)
        if rows.update(released_at=at, released_by=actor):
            note("release_words", survey, actor, at, answer=str(answer.public_id))


def take_over(survey: Survey, options: Iterable[SurveyOption], *, actor: User, at: datetime) -> list[SurveyItem]:
    """Put options on the list that their question asks for, with how many chose them. Listed already, they stay.

    Raises `StepNotAllowed` for one of too few answers, or of a question that asks for neither.
    """
    offered = result_of(survey).listable()
    with transaction.atomic():
        _check(survey, actor, at)
        listed = set(survey.items.values_list("option", flat=True))
        new = []
        for option in options:
            if option.pk not in offered:
                raise StepNotAllowed
            if option.pk not in listed:
                kind, number = offered[option.pk]
                new.append(_put(survey, actor, at, kind=kind, words=option.words, named_by=number, option=option))
    return new


def add(survey: Survey, *, kind: AsksFor, words: str, named_by: int, actor: User, at: datetime) -> SurveyItem:
    """Put something on a list that was said in words. Raises `ListedAlready`, `MoreThanAnswered`."""
    with transaction.atomic():
        _check(survey, actor, at)
        if named_by > survey.sheets.count():
            raise MoreThanAnswered
        return _put(survey, actor, at, kind=kind, words=words, named_by=named_by)


def settle(item: SurveyItem, *, words: str, actor: User, at: datetime) -> SurveyItem:
    """Say what became of it, where it needs no topic. Raises `StepNotAllowed` where something has."""
    with transaction.atomic():
        _check(item.survey, actor, at)
        _move(item, state=ItemState.SETTLED, settled_words=words)
        note("settle_item", item.survey, actor, at, item=str(item.public_id))
    return item


def make_topic(item: SurveyItem, proposal: Proposal, *, sending: UUID, actor: User, at: datetime) -> Topic:
    """Bring it up as a topic, which says from which survey it comes. Sent twice it is one topic.

    Raises as `proposing.propose`, and `StepNotAllowed` where something has become of the item, or for a topic
    of another community.
    """
    if known := Topic.objects.filter(sending=sending, raised_by=actor, survey_items=item).first():
        return known
    if proposal.community != item.survey.community:
        raise StepNotAllowed
    with transaction.atomic():
        _check(item.survey, actor, at)
        topic = proposing.propose(proposal, sending=sending, actor=actor, at=at)
        _move(item, state=ItemState.TOPIC, topic=topic)
        note("make_topic_of_item", item.survey, actor, at, item=str(item.public_id), topic=str(topic.public_id))
    return topic


def _check(survey: Survey, actor: User, at: datetime) -> None:
    actor.scope(at)
    if not runs_survey(actor, survey):
        raise NotInCharge
    if survey.state != SurveyState.CLOSED:
        raise StepNotAllowed


def _put(survey: Survey, actor: User, at: datetime, **line: Any) -> SurveyItem:
    try:
        with transaction.atomic():
            item = SurveyItem.objects.create(survey=survey, listed_by=actor, listed_at=at, **line)
    except IntegrityError as error:
        raise ListedAlready from error
    note("list_item", survey, actor, at, item=str(item.public_id), kind=item.kind)
    return item


def _move(item: SurveyItem, **fields: object) -> None:
    if not SurveyItem.objects.filter(pk=item.pk, state=ItemState.OPEN).update(**fields):
        raise StepNotAllowed
    item.refresh_from_db()
