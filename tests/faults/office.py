"""Matters to be fought over: filed one by one through the front door, or copied in bulk."""

import uuid
from copy import copy
from datetime import timedelta
from typing import Any

from django.db import models

from governance.models import User
from issues.domain import handling
from issues.models import IssuePetition, SlaClock, WorkOrder
from residents import signals
from residents.domain import petitions
from residents.domain.receipts import new_receipt_no
from residents.models import Petition
from tests.cast import NOW, draft, take_in


def fresh(row: Any) -> Any:
    """The row as the database has it now."""
    return type(row).objects.get(pk=row.pk)


def filed(user: User, building, **fields) -> Petition:
    """A petition that nobody has taken in: the office hasn't heard of it."""
    heard = signals.petition_filed.receivers
    signals.petition_filed.receivers = []
    signals.petition_filed.sender_receivers_cache.clear()
    try:
        return petitions.file_petition(draft(user, building, **fields), actor=user, at=fields.get("at", NOW))
    finally:
        signals.petition_filed.receivers = heard
        signals.petition_filed.sender_receivers_cache.clear()


def accepted(cast, *, at) -> WorkOrder:
    """Li's matter, filed and accepted by Zhou at `at`."""
    order = take_in(filed(cast.li, cast.building, at=at))
    return handling.accept(order, actor=cast.zhou, at=at)


def copies(order: WorkOrder, number: int, *, apart: timedelta = timedelta(0)) -> list[WorkOrder]:
    """The order's matter and `number` - 1 more just like it, each `apart` later than the one before; their orders."""
    issue = order.issue
    link = IssuePetition.objects.get(issue=issue)
    clocks = list(issue.clocks.all())
    orders = [order]
    for turn in range(1, number):
        later = turn * apart
        petition = _copy(link.petition, later, receipt_no=new_receipt_no(), draft_token=uuid.uuid4())
        other = _copy(issue, later, public_id=uuid.uuid4())
        _copy(link, later, issue=other, petition=petition)
        orders.append(_copy(order, later, issue=other, public_id=uuid.uuid4()))
        SlaClock.objects.bulk_create([_moved(clock, later, issue=other) for clock in clocks])
    return orders


def _copy(row: models.Model, later: timedelta, **changes: Any) -> Any:
    other = _moved(row, later, **changes)
    other.save(force_insert=True)
    return other


def _moved(row: models.Model, later: timedelta, **changes: Any) -> Any:
    other = copy(row)
    other._state = copy(row._state)
    other._state.fields_cache = {}
    other.pk, other._state.adding = None, True
    for field in row._meta.fields:
        value = getattr(row, field.attname)
        if isinstance(field, models.DateTimeField) and value is not None:
            setattr(other, field.attname, value + later)
    for name, value in changes.items():
        setattr(other, name, value)
    return other
