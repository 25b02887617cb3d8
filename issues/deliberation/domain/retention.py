"""The terms of deliberation. What was decided, and said in public, has none: it is the record."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain.keeping import Term, register_term, say
from governance.models.erasures import GONE
from issues.deliberation.models import Arrival, Attendance

WALK_INS = Term(
    "walk_in",
    _("The name of whoever came to a meeting without an account"),
    _("after the meeting"),
    years=1,
    stays=_("That somebody came stays in the minutes."),
)
# Within which a decision of the owners can be challenged. `own_data` carries it out.
CHALLENGES = Term(
    "vote",
    _("Of whoever has closed the account and was on the roll of a binding vote: name and number, locked"),
    _("after the result is final, or the vote withdrawn"),
    years=1,
)


def register() -> None:
    register_term(WALK_INS, _let_names_go)
    say(CHALLENGES)


def old_names(at: datetime) -> QuerySet[Attendance]:
    return Attendance.objects.filter(how=Arrival.WALK_IN, came_at__lt=WALK_INS.before(at)).exclude(name=GONE)


def _let_names_go(at: datetime, limit: int) -> int:
    """That somebody came stays, as the minutes say it."""
    some = list(old_names(at).order_by("pk").values_list("pk", flat=True)[:limit])
    return Attendance.objects.filter(pk__in=some).update(name=GONE) if some else 0
