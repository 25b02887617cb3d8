"""The people of an order as colleagues call them: 周管家, by role and surname."""

from datetime import datetime

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from governance.models import Role, RoleAssignment
from governance.models.roles import role_and_surname, surname_for_reader
from issues.models import WorkOrder
from issues.models.orders import WorkOrderQuerySet


def role_at(person: str, now: datetime) -> Subquery:
    """The role in which the person in the field `person` works at `now`: nobody is shown as a resident here."""
    held = RoleAssignment.objects.in_force(now).filter(user=OuterRef(person)).exclude(role=Role.RESIDENT)
    return Subquery(held.order_by("valid_from").values("role")[:1])


def with_holder_role(orders: WorkOrderQuerySet, now: datetime) -> WorkOrderQuerySet:
    return orders.annotate(holder_role=role_at("holder", now))


def holder_name(order: WorkOrder) -> str:
    """周管家: the holder by role and surname. Needs `with_holder_role`."""
    if order.holder is None:
        return ""
    return role_and_surname(getattr(order, "holder_role", None) or "", order.holder.surname_for_reader())


def spoken_by(order: WorkOrder) -> str:
    """Who said the last word: 居民, or 周管家, out of `last_words_by` (“role:surname:latin form”)."""
    role, _first, rest = order.last_words_by.partition(":")
    surname, _second, latin = rest.partition(":")
    if not surname:
        return gettext("Resident")
    return role_and_surname(role, surname_for_reader(surname, latin))
