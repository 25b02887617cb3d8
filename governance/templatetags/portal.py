"""What templates may say and draw: instants and spans in words, icons, the due line. docs/components.md lists them."""

import json
from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from governance import wording
from governance.icons import ICONS, PICTURES, SEAL

register = template.Library()

register.filter("moment", wording.moment)
register.filter("by_moment", wording.by_moment)
register.filter("span", wording.span)
register.filter("remaining", wording.remaining)
register.filter("countdown", wording.countdown)
register.filter("clock_time", wording.clock_time)
register.filter("due_state", wording.due_state)
register.filter("remaining_working_days", wording.remaining_working_days)


@register.filter
def day(at, now):
    """5月25日 周一, of an instant or a date. `now` decides whether the year is said."""
    on = wording.local(at).date() if hasattr(at, "hour") else at
    return wording.day(on, wording.local(now).date())


@register.filter
def iso(at):
    """An instant as `<time datetime>` wants it, on the local clock."""
    return wording.local(at).isoformat(timespec="seconds")


@register.filter
def initial(name):
    """The letter on a holder's face: 周 of 周管家, and the surname's letter of “Steward Zhou”."""
    words = str(name).split()
    return words[-1][:1] if words else ""


@register.simple_tag
def icon(name, extra=""):
    """A 24 px icon. Always beside a word, hence hidden from screen readers. Unknown names are a programmer's error."""
    return _drawing("ic", "0 0 24 24", ICONS[name], extra)


@register.simple_tag
def picture(name, extra=""):
    """The 48 px picture of a category. A category added in the console has none yet and gets the picture of “other”."""
    return _drawing("pic", "0 0 48 48", PICTURES.get(name, PICTURES["other"]), extra)


@register.simple_tag
def seal():
    return _drawing("seal", "0 0 32 32", SEAL, "")


@cache
def _drawing(kind, box, paths, extra):
    classes = f"{kind} {extra}".strip()
    return format_html(
        '<svg class="{}" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>', classes, box, mark_safe(paths)
    )


@register.simple_tag
def ticking_words():
    """The words clock.js ticks with, as JSON for a data attribute."""
    return json.dumps(wording.ticking_words(), ensure_ascii=False)


@register.inclusion_tag("components/_due.html", takes_context=True)
def due_line(context, step, due, *, note="", working_days=None, met=False):
    """The due line: what is next (`step`), by when (`due`), how far off. Needs `now` in the context."""
    now = context["now"]
    state = "met" if met else wording.due_state(due, now)
    relative = "" if met else wording.remaining(due, now, working_days=working_days)
    return {"step": step, "due": due, "now": now, "note": note, "state": state, "relative": relative}


@register.inclusion_tag("components/_queue_clock.html", takes_context=True)
def queue_clock(context, due, step):
    """The leading figure of a queue row: countdown within the hour and when overdue, else time or day."""
    now = context["now"]
    return {"due": due, "clock": wording.queue_clock(due, now, step), "overdue_words": wording.step_overdue(step)}


@register.simple_tag
def fills_steps(current, total):
    """The states of a progress bar's segments, e.g. done, now, todo."""
    return ["done" if n < current else "now" if n == current else "todo" for n in range(1, int(total) + 1)]


@register.simple_tag(takes_context=True)
def is_current(context, url_name, *args):
    """`aria-current="page"` when the request is for that page, else nothing."""
    request = context.get("request")
    if request is None or request.path != reverse(url_name, args=args):
        return ""
    return mark_safe('aria-current="page"')
