"""The one bridge from what was talked over to the handling of orders: a commitment becomes a matter with an order.

Going over: `deliberation.domain` asks for it through the functions here. Coming back: whoever registers with `on` hears
of what the body's people do with the order in their queue, inside their step's transaction, and may refuse it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from governance.domain.refusals import NotInCharge, StepNotAllowed
from governance.models import Body, User
from issues.deliberation.models import Commitment
from issues.domain import committed, handling
from issues.domain.committed import Task, has_staff
from issues.domain.telling import link_to, lock_matter
from issues.models import ClockKind, Issue, WorkOrder, WorkOrderState
from issues.workflow import WORK_ORDER

__all__ = ["Task", "has_staff"]

# What is heard of an order: `begun` when somebody has accepted it, `finished` when it is reported done.
Hearer = Callable[..., None]
_hearers: dict[str, list[Hearer]] = {"begun": [], "finished": []}


def on(news: str) -> Callable[[Hearer], Hearer]:
    """Register whoever hears the news: called as `hearer(issue_id, actor=…, at=…, …)`."""

    def register(hearer: Hearer) -> Hearer:
        _hearers[news].append(hearer)
        return hearer

    return register


@contextmanager
def alone_with(commitment: Commitment) -> Iterator[None]:
    """One transaction in which nobody else touches the commitment or its order: the matter is locked before both."""
    with transaction.atomic():
        lock_matter(commitment.issue_id)
        commitment.refresh_from_db()
        yield


# --- going over ---


def usual_working_days() -> int:
    """How many working days the office gives a commitment for which nothing else was agreed."""
    days = committed.policy().targets.filter(kind=ClockKind.RESOLVE).values_list("working_days", flat=True).first()
    return days or 1


def open_task(task: Task, *, actor: User, at: datetime) -> int:
    """Give the body its order; returns the id of the matter. Runs inside the caller's transaction, as all below."""
    return committed.open_task(task, actor=actor, at=at).pk


def move(commitment: Commitment, due_at: datetime) -> None:
    committed.move(_issue(commitment), due_at)


def open_again(commitment: Commitment, due_at: datetime, *, words: str, at: datetime) -> None:
    committed.open_again(_issue(commitment), commitment.body, due_at, words=words, at=at)


def close(commitment: Commitment, *, at: datetime) -> None:
    committed.close(_issue(commitment), at=at)


def drop(commitment: Commitment, *, words: str, at: datetime) -> None:
    committed.drop(_issue(commitment), words=words, at=at)


def hand_over(commitment: Commitment, body: Body, *, at: datetime) -> None:
    committed.hand_over(_issue(commitment), body, at=at)


def claim(commitment: Commitment, *, actor: User, at: datetime) -> None:
    """Accept the order if nobody has: whoever begins the work has it."""
    order = committed.live_order(commitment.issue_id)
    if order and order.state == WorkOrderState.DISPATCHED:
        handling.accept(order, actor=actor, at=at)


def finish(
    commitment: Commitment, *, words: str, photos: Iterable[ContentFile], actor: User, at: datetime
) -> WorkOrder:
    """Report the order done, as in the queue. Raises `NotInCharge` for whoever doesn't hold it, `FactMissing`."""
    claim(commitment, actor=actor, at=at)
    order = committed.live_order(commitment.issue_id)
    if order is None:
        raise StepNotAllowed
    if order.holder_id != actor.pk:
        raise NotInCharge
    return handling.finish(order, actor=actor, at=at, words=words, photos=photos)


def address_of_order(commitment: Commitment) -> str:
    """Its page in the queue; none while no order is open."""
    order = committed.live_order(commitment.issue_id)
    return link_to(order) if order else ""


def _issue(commitment: Commitment) -> Issue:
    return Issue.objects.select_related("category", "building", "estate").get(pk=commitment.issue_id)


# --- coming back ---


@WORK_ORDER.on("accept", "reassign")
def _begun(order: WorkOrder, *, actor: User, at: datetime, **_facts: Any) -> None:
    if order.issue.is_commitment:
        for hearer in _hearers["begun"]:
            hearer(order.issue_id, actor=actor, at=at)


@WORK_ORDER.on("finish")
def _finished(order: WorkOrder, *, actor: User, at: datetime, words: str, **_facts: Any) -> None:
    if order.issue.is_commitment:
        photos = [photo.file.name for photo in order.photos.order_by("id")]
        for hearer in _hearers["finished"]:
            hearer(order.issue_id, actor=actor, at=at, words=words, photos=photos, since=order.dispatched_at)
