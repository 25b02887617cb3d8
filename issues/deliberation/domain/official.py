"""Taking in what the city's own system has counted, for a vote that is decided there: recorded here, not counted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.domain.moment import local_day
from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation.counting import count as counting
from issues.deliberation.counting.count import Count, Part
from issues.deliberation.counting.file import choice_of
from issues.deliberation.domain import results
from issues.deliberation.domain.errata import OneWaits, lock
from issues.deliberation.domain.notice_periods import ends_after_days
from issues.deliberation.domain.roles_in import organiser_role
from issues.deliberation.domain.telling import tell_all
from issues.deliberation.models import Motion, MotionKind, OfficialFigure, OfficialResult, choices_of
from issues.deliberation.workflow import MOTION

WITHOUT_THE_OTHER = _("Without anybody there is no area, and without area nobody.")


class Figure(NamedTuple):
    """By area in m², and by heads."""

    area_m2: Decimal
    heads: int


@dataclass(frozen=True)
class Reported:
    """What the city's document says: the whole roll, who took part, and who chose what."""

    system: str
    reference: str
    reported_on: date
    document_sha256: str
    roll: Figure
    cast: Figure
    figures: Mapping[str, Figure]


class ImpossibleSums(Refusal):
    """The figures can't all be right. `faults` name each field with what is wrong."""

    code = "impossible_sums"
    status = 400
    sentence = _("These figures can't all be right. Compare them with the document.")

    def __init__(self, faults: list[tuple[str, str | Promise]]):
        self.faults = faults
        super().__init__()


def faults_of(motion: Motion, given: Reported, at: datetime) -> Iterator[tuple[str, str | Promise]]:
    """What is impossible, field by field."""
    if given.reported_on > local_day(at):
        yield "reported_on", _("That day is still to come.")
    if motion.closes_at and given.reported_on < local_day(motion.closes_at):
        yield "reported_on", _("On that day people were still voting.")
    for measure in ("area_m2", "heads"):
        roll, cast = getattr(given.roll, measure), getattr(given.cast, measure)
        if not roll:
            yield f"roll_{measure}", _("A roll of nothing decides nothing.")
        if cast > roll:
            yield f"cast_{measure}", _("More took part than stand on the roll.")
        if _least_cast(motion, {choice: getattr(figure, measure) for choice, figure in given.figures.items()}) > cast:
            yield f"cast_{measure}", _("The choices add up to more than took part.")
    if given.cast.area_m2 and not given.cast.heads:
        yield "cast_heads", WITHOUT_THE_OTHER
    # Not the other way round: the area of somebody who voted several homes differently stands where no head does.
    for name, figure in (("cast", given.cast), *given.figures.items()):
        if figure.heads and not figure.area_m2:
            yield f"{name}_area_m2", WITHOUT_THE_OTHER


def _least_cast(motion: Motion, amounts: Mapping[str, Decimal]) -> Decimal:
    """How much must have taken part for these amounts. In an election those of candidates overlap: each ballot stands
    in no more of them than there are seats; a head of several units may stand in fewer than its ballots name."""
    if not motion.seats:
        return sum(amounts.values(), Decimal(0))
    named = [Decimal(amount) for choice, amount in amounts.items() if choice.isdigit()]
    others = sum((Decimal(amount) for choice, amount in amounts.items() if not choice.isdigit()), Decimal(0))
    return others + max([*named, sum(named, Decimal(0)) / motion.seats])


def enter(motion: Motion, given: Reported, *, actor: User, at: datetime) -> OfficialResult:
    """Write down what the document says. It is public once a second person has compared it.

    Raises `StepNotAllowed` for a vote that is decided here, or not counted yet, or that has its result; `NotInCharge`,
    `OneWaits`, `ImpossibleSums`.
    """
    with transaction.atomic():
        motion = lock(motion)
        MOTION.take_step(motion, "enter_result", actor=actor, at=at, is_locked=True, reference=given.reference)
        if motion.kind != MotionKind.MIRROR or motion.official_results.agreed().exists():
            raise StepNotAllowed
        if motion.official_results.waiting().exists():
            raise OneWaits
        faults = list(faults_of(motion, given, at))
        if faults or set(given.figures) != set(choices_of(motion)):
            raise ImpossibleSums(faults)
        result = motion.official_results.create(
            system=given.system, reference=given.reference, reported_on=given.reported_on,
            document_sha256=given.document_sha256, roll_area_m2=given.roll.area_m2, roll_heads=given.roll.heads,
            cast_area_m2=given.cast.area_m2, cast_heads=given.cast.heads, written_by=actor,
            written_role=organiser_role(actor, motion), written_at=at,
        )  # fmt: skip
        OfficialFigure.objects.bulk_create(
            OfficialFigure(result=result, choice=choice, area_m2=figure.area_m2, heads=figure.heads)
            for choice, figure in given.figures.items()
        )
    return result


def confirm(motion: Motion, *, actor: User, at: datetime) -> OfficialResult:
    """A second person has compared it with the document. From now on owners may object, as to any result.

    Raises `NotInCharge` for whoever entered it, `StepNotAllowed` where none waits.
    """
    with transaction.atomic():
        motion = lock(motion)
        result = motion.official_results.waiting().first()
        if result is None:
            raise StepNotAllowed
        until = ends_after_days(at, motion.rule_set.objection_days)
        MOTION.take_step(
            motion, "confirm_result", actor=actor, at=at, is_locked=True, fields={"objections_until": until},
            reference=result.reference,
        )  # fmt: skip
        result.agreed_by, result.agreed_role, result.agreed_at = actor, organiser_role(actor, motion), at
        result.elected = elected_by(result)
        result.save(update_fields=["agreed_by", "agreed_role", "agreed_at", "elected"])
        tell_all(motion, "vote_official", {"title": motion.title}, dedupe=f"official:{result.public_id}", at=at)
    return result


def elected_by(result: OfficialResult) -> list[int]:
    """The numbers of the candidates whom the document's sums have elected, in their order; of other votes none."""
    return [int(option.number) for option in count_of(result).elected] if result.motion.seats else []


def drop(motion: Motion, *, actor: User, at: datetime) -> None:
    """What was entered is wrong: it is dropped, and may be entered anew. Raises `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        motion = lock(motion)
        MOTION.take_step(motion, "drop_result", actor=actor, at=at, is_locked=True)
        if not motion.official_results.waiting().update(dropped_at=at):
            raise StepNotAllowed


def count_of(result: OfficialResult) -> Count:
    """What follows from the document's sums under the motion's rules: the sums are theirs, the comparison is ours."""
    voted = {choice_of(each.choice): Part(each.area_m2, each.heads) for each in result.figures.all()}
    return counting.count_of_sums(
        results.told(result.motion),
        results.rules_of(result.motion),
        roll=Part(result.roll_area_m2, result.roll_heads),
        cast=Part(result.cast_area_m2, result.cast_heads),
        voted=voted,
    )
