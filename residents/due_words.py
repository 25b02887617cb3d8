"""What is due next on a petition, or was, in words: for the timeline, the due line and the answer to a nudge."""

from datetime import datetime

from django.utils.translation import gettext, gettext_lazy

from governance import wording

NEXT_STEPS = {
    "respond": gettext_lazy("Next: somebody contacts you"),
    "accept": gettext_lazy("Next: somebody accepts it"),
    "arrive": gettext_lazy("Next: somebody comes to the place"),
    "resolve": gettext_lazy("Next: it is put right"),
    "plan": gettext_lazy("Next: you get a plan"),
    "answer": gettext_lazy("Next: you get an answer"),
}
WAS_DUE = {
    "respond": gettext_lazy("You were to be contacted %(by)s"),
    "accept": gettext_lazy("It was to be accepted %(by)s"),
    "arrive": gettext_lazy("Somebody was to be there %(by)s"),
    "resolve": gettext_lazy("It was to be put right %(by)s"),
    "plan": gettext_lazy("You were to get a plan %(by)s"),
    "answer": gettext_lazy("You were to get an answer %(by)s"),
}
IS_DUE = {
    "respond": gettext_lazy("You will be contacted %(by)s."),
    "accept": gettext_lazy("Somebody has to accept it %(by)s. If nobody does, the manager is told."),
    "arrive": gettext_lazy("Somebody has to be at the place %(by)s."),
    "resolve": gettext_lazy("It has to be put right %(by)s. Then you say whether it is."),
    "plan": gettext_lazy("You get a plan with a date %(by)s."),
    "answer": gettext_lazy("You get an answer on how it will be solved %(by)s."),
}
MISSED = {
    "respond": gettext_lazy("You were not contacted in time"),
    "accept": gettext_lazy("Nobody accepted it in time"),
    "arrive": gettext_lazy("Nobody came in time"),
    "resolve": gettext_lazy("It was not put right in time"),
    "plan": gettext_lazy("You did not get a plan in time"),
    "answer": gettext_lazy("You did not get an answer in time"),
}


def next_step(kind: str) -> str:
    """下一步：到场. The words of the due line."""
    return str(NEXT_STEPS[kind])


def was_due(kind: str, due: datetime, now: datetime) -> str:
    """应在 今天 14:35 前 办好."""
    return str(WAS_DUE[kind]) % {"by": wording.by_moment(due, now)}


def due_sentence(kind: str, due: datetime, now: datetime) -> str:
    """What is still to come by `due`, or what was due and is late."""
    if due >= now:
        return str(IS_DUE[kind]) % {"by": wording.by_moment(due, now)}
    return gettext("%(was_due)s; it is late.") % {"was_due": was_due(kind, due, now)}
