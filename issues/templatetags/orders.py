"""What the queue's rows say: the clock that leads them, who has it, who said the last word."""

from datetime import datetime
from typing import Any, cast

from django import template
from django.utils.translation import gettext, ngettext

from governance import wording
from issues import queue, workflow
from issues.models import ArrivalProof, WorkOrder
from issues.queue import Row

register = template.Library()


@register.filter
def clock_time_s(at: Any) -> str:
    """14:16:40: where a second decided."""
    return wording.clock_time(at, seconds=True)


@register.inclusion_tag("issues/_clock.html", takes_context=True)
def order_clock(context: dict[str, Any], row: Row) -> dict[str, Any]:
    """The leading figure of a row. In a refreshed fragment a running figure is left to the page's own script, so that
    the same rows are the same bytes."""
    due, now = row.order.next_due_at, context["now"]
    if due is None:
        return {"due": None}
    clock = wording.queue_clock(due, now, str(row.step))
    figure = wording.clock_time(due) if clock.ticks and context.get("is_fragment") else clock.figure
    return {"due": due, "clock": clock, "figure": figure}


@register.simple_tag
def in_whose_hands(row: Row, now: datetime) -> str:
    """“You accepted it at 14:09”, “Steward Zhou has it”, “Nobody yet, 2 phones rung”."""
    order = row.order
    if order.state == workflow.DISPATCHED:
        return _unaccepted(order)
    if not row.is_mine:
        return gettext("%(name)s has it") % {"name": queue.holder_name(order)}
    if order.state == workflow.ARRIVED and order.arrived_at:
        return _your_arrival(wording.short_moment(order.arrived_at, now), order.arrival_proof)
    # An order has no holder before that instant: the database holds the two together.
    accepted_at = cast(datetime, order.accepted_at)
    return gettext("You accepted it at %(time)s") % {"time": wording.short_moment(accepted_at, now)}


def _unaccepted(order: WorkOrder) -> str:
    if not order.rings:
        return gettext("Nobody has accepted yet")
    sentence = ngettext(
        "Nobody has accepted yet, %(n)s phone rung", "Nobody has accepted yet, %(n)s phones rung", order.rings
    )
    return sentence % {"n": order.rings}


def _your_arrival(arrived: str, proof: str) -> str:
    time = {"time": arrived}
    if proof == ArrivalProof.QR:
        return gettext("You arrived at %(time)s, shown by QR code") % time
    if proof == ArrivalProof.RESIDENT:
        return gettext("You arrived at %(time)s, confirmed by the resident") % time
    return gettext("You arrived at %(time)s") % time


@register.simple_tag
def holder(row: Row, now: datetime) -> dict[str, str]:
    """For the desk's two lines: the name, and below it since when or how far."""
    order = row.order
    if order.state == workflow.DISPATCHED:
        rung = ngettext("%(n)s phone rung", "%(n)s phones rung", order.rings) % {"n": order.rings}
        return {"name": gettext("Nobody yet"), "since": rung if order.rings else ""}
    since = ""
    if order.state == workflow.ARRIVED and order.arrived_at:
        since = gettext("there since %(time)s") % {"time": wording.short_moment(order.arrived_at, now)}
    elif order.accepted_at:
        since = gettext("accepted %(time)s") % {"time": wording.short_moment(order.accepted_at, now)}
    return {"name": gettext("You") if row.is_mine else queue.holder_name(order), "since": since}


@register.simple_tag
def speaker(row: Row) -> str:
    return queue.spoken_by(row.order)


@register.simple_tag
def filed_short(row: Row, now: Any) -> str:
    """11:37 today, else 昨天 17:40 or the day."""
    at = row.order.issue.filed_at
    if wording.local(at).date() == wording.local(now).date():
        return wording.clock_time(at)
    return wording.short_day(wording.local(at).date())


@register.simple_tag
def supporters(row: Row) -> str:
    """“+4 neighbours”: how many more have said the same. Empty for none."""
    number = row.order.supporters
    if not number:
        return ""
    return ngettext("%(n)s neighbour joined in", "%(n)s neighbours joined in", number) % {"n": number}


@register.simple_tag
def ahead_by(seconds: int) -> str:
    """“3 seconds before you”; under one second, “a moment before you”; a minute and more isn't worth saying."""
    if seconds >= 60:
        return ""
    if seconds < 1:
        return gettext("a moment before you")
    return ngettext("%(n)s second before you", "%(n)s seconds before you", seconds) % {"n": seconds}
