"""The list of what burns on the dashboard: each matter in words, with the one thing to do about it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from governance import wording
from governance.models import BodyKind
from governance.models.scope import Scope
from issues.figures import Burning
from issues.queue.rows import NEXT_STEPS
from issues.workflow import ACCEPTED, ARRIVED, DISPATCHED

WAITS_SINCE: dict[str, str | Promise] = {
    DISPATCHED: pgettext_lazy("order", "nobody has accepted it, sent %(moment)s"),
    ACCEPTED: pgettext_lazy("order", "accepted %(moment)s"),
    ARRIVED: pgettext_lazy("order", "on site since %(moment)s"),
    "": pgettext_lazy("order", "not given to anybody, here since %(moment)s"),
}


@dataclass(frozen=True)
class BurningRow:
    """A matter of the list with the one thing to do about it, if there is one for this person."""

    burning: Burning
    now: datetime
    scope: Scope

    @property
    def look(self) -> str:
        state = wording.due_state(self.burning.due_at, self.now)
        return "is-late" if state == "overdue" else "is-soon"

    @property
    def step(self) -> str | Promise:
        return NEXT_STEPS[self.burning.kind]

    @property
    def due(self) -> str:
        """12:07 today, 5月12日 10:00 on any other day."""
        return wording.short_moment(self.burning.due_at, self.now)

    @property
    def waits(self) -> str:
        burning = self.burning
        moment = wording.short_moment(burning.since, self.now) if burning.since else ""
        return str(WAITS_SINCE.get(burning.state, WAITS_SINCE[""])) % {"moment": moment}

    @property
    def rung(self) -> str:
        rings = self.burning.rings
        if self.burning.state != DISPATCHED or not rings:
            return ""
        return ngettext("%(count)s phone rung", "%(count)s phones rung", rings) % {"count": rings}

    @property
    def words(self) -> str:
        """The last word said; not of quarrels and complaints, which are read on their own page."""
        return "" if self.burning.hides_petitioner else self.burning.last_words

    @property
    def is_withheld(self) -> bool:
        """Whether something was said that isn't quoted in a list."""
        return bool(self.burning.last_words and not self.words)

    @property
    def is_in_charge(self) -> bool:
        """Whether the person may open the order: it lies in the own street or community, and not above it."""
        above = (BodyKind.STREET_OFFICE, BodyKind.DISTRICT_OFFICE)
        if self.burning.street_id in self.scope.subdistricts:
            return not self.burning.passes_street
        return self.burning.community_id in self.scope.communities and self.burning.body_kind not in above

    @cached_property
    def url(self) -> str:
        """The page of the order; for an administrator, who handles none, the matter in the console."""
        if self.is_in_charge and self.burning.order_id:
            return reverse("order_detail", args=[self.burning.order_id])
        if self.scope.is_administrator:
            return reverse("admin:issues_issue_change", args=[self.burning.issue_id])
        return ""

    @property
    def action(self) -> tuple[str, str, str]:
        """Its words, its address and its icon: the account asked for, the phone of who hasn't accepted, or a look."""
        if self.burning.supervision_id and (self.is_in_charge or self.scope.is_administrator):
            return (
                pgettext("action", "Account"),
                reverse("supervision_detail", args=[self.burning.supervision_id]),
                "flag",
            )
        if self.burning.phone and self.burning.state == DISPATCHED:
            return _("Phone them"), f"tel:{self.burning.phone}", "phone"
        return (_("Take a look"), self.url, "chevron-right") if self.url else ("", "", "")
