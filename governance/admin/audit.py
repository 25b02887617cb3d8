"""The audit trail, to be read: what was done by whom and when. What it said stays with the thing's own history."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import display
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from governance.admin.base import RegisterAdmin
from governance.admin.history import actors, in_short
from governance.admin.site import console, registers
from governance.models import AuditEntry
from governance.models.scope import Scope

# What the trail's words mean; what a register of the console calls its rows is known without. Upper storeys add theirs.
VERBS: dict[str, str | Promise] = {
    "add": pgettext_lazy("deed", "added"),
    "change": pgettext_lazy("deed", "changed"),
    "end": pgettext_lazy("deed", "ended"),
    "grant": pgettext_lazy("deed", "given"),
    "revoke": pgettext_lazy("deed", "taken back"),
    "open": pgettext_lazy("deed", "opened"),
    "import": pgettext_lazy("deed", "imported"),
    "phoned": pgettext_lazy("deed", "told by phone"),
    "reveal_phone": pgettext_lazy("deed", "number shown"),
    "note_consent": pgettext_lazy("deed", "consent noted"),
    "ask_erasure": pgettext_lazy("deed", "account closed"),
    "erase": pgettext_lazy("deed", "all erased"),
    "erase_in_part": pgettext_lazy("deed", "erased but for what must be kept"),
    "ask_on_paper": pgettext_lazy("deed", "account closed at a written request"),
    "open_identity": pgettext_lazy("deed", "locked name opened"),
    "withdraw_consent": pgettext_lazy("deed", "consent taken back"),
}
# By noun, the references of what a street's officers don't see, as a column of text. Upper storeys add theirs.
KEPT_BACK: dict[str, Callable[[], QuerySet[Any, Any]]] = {}
NOUNS: dict[str, str | Promise] = {"role": _("role held"), "account": _("account")}


def noun_said(noun: str) -> str:
    """“estate” in the reader's language; a word that nobody has explained stays as it is."""
    if noun in NOUNS:
        return capfirst(str(NOUNS[noun]))
    named = {model._meta.model_name: model._meta.verbose_name for model in console._registry}
    return capfirst(str(named.get(noun.replace(" ", ""), noun)))


@registers(AuditEntry)
class AuditEntryAdmin(RegisterAdmin):
    group = "records"
    may_add = False
    may_change = False
    list_display = ("at", "who", "deed", "thing", "object_ref")
    list_filter = ("at",)
    search_fields = ("verb", "noun", "object_ref")
    ordering = ("-id",)
    fields = ("at", "who", "deed", "thing", "object_ref", "chain", "sequence", "hash")

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        # A chain is a subdistrict's; the system's chain is read by administrators.
        if scope.is_administrator:
            return rows
        kept_back = Q()
        for noun, refs in KEPT_BACK.items():
            kept_back |= Q(noun=noun, object_ref__in=refs())
        return rows.filter(~kept_back, chain__in=scope.subdistricts)

    def prepare(self, rows: list[Any], request: HttpRequest) -> None:
        names = actors({row.actor_ref for row in rows}, only_staff=True)
        for row in rows:
            row.called = names[row.actor_ref]

    def label_of(self, row: Any) -> str:
        return f"{noun_said(row.noun)} {row.object_ref}"

    @display(description=_("Who"))
    def who(self, row: Any) -> SafeString:
        return row.called if hasattr(row, "called") else actors({row.actor_ref}, only_staff=True)[row.actor_ref]

    @display(description=_("What has happened"), ordering="verb")
    def deed(self, row: AuditEntry) -> str:
        return str(VERBS[row.verb]) if row.verb in VERBS else in_short(row, self.who(row))

    @display(description=_("Entry"), ordering="noun")
    def thing(self, row: AuditEntry) -> str:
        return noun_said(row.noun)
