"""The registers of matters and of what is done about them, all to be read: states change where the work is done.

Whoever sees a matter is decided by its QuerySet; here as at the desk, what goes past somebody isn't listed for them.
"""

from datetime import datetime
from typing import Any

from django.contrib.admin import SimpleListFilter, display
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance import wording
from governance.admin.base import RegisterAdmin
from governance.admin.filters import yes_or_no
from governance.admin.site import registers
from governance.domain import registers as registers_domain
from governance.models.scope import Scope
from governance.templatetags.words import named_at, own_words
from issues import policy_words
from issues.models import Escalation, Issue, SlaClock, SupervisionOrder, SweepRun, WorkOrder
from residents.admin.finding import rows_found

MATTER = ("category", "building", "estate")
PLACE_SEARCH = (
    "estate__name",
    "building__name",
    "category__name_zh",
    "category__name_en",
    "category__name_ko",
)


def of_issue(*names: str) -> tuple[str, ...]:
    """Lookups from what belongs to an issue."""
    return tuple(f"issue__{name}" for name in names)


class ToRead(RegisterAdmin):
    """A register whose rows are written by the domain alone."""

    group = "matters"
    may_add = False
    may_change = False

    def issue_of(self, row: Any) -> Issue:
        return row.issue

    @display(description=gettext_lazy("Matter"))
    def matter(self, row: Any) -> SafeString:
        issue = self.issue_of(row)
        return named_at(issue.category.name, issue)

    def label_of(self, row: Any) -> str:
        return str(self.matter(row))


@registers(Issue)
class IssueAdmin(ToRead):
    subdistrict_paths = ("subdistrict",)
    category_path = "category"
    list_display = ("matter", "estate", "severity", "state", "filed_at", "finished_at")
    list_select_related = (*MATTER, "community")
    list_filter = (
        "state",
        "severity",
        yes_or_no(
            gettext_lazy("Sorted"),
            "sorted",
            lacking=lambda rows, at: rows.filter(pk__in=Issue.objects.awaiting_triage().values("pk")),
        ),
        "community",
        "category",
        "filed_at",
    )
    # What is searched says `get_search_results`; without any field the list would have no search.
    search_fields = ("words",)
    ordering = ("-filed_at", "-pk")
    fields = (
        "matter", "estate", "severity", "state", "filed", "opened_at", "finished_at", "decline_reason", "petitions",
        "orders", "clocks",
    )  # fmt: skip

    def issue_of(self, row: Any) -> Issue:
        return row

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return rows_found(queryset, search_term, "words", by_receipt="links__petition__receipt_no"), False

    @display(description=gettext_lazy("Filed"))
    def filed(self, row: Issue) -> datetime:
        return row.filed_at

    @display(description=gettext_lazy("Petitions"))
    def petitions(self, row: Issue) -> str:
        links = row.links.filter(undone_at=None).order_by("petition__filed_at")
        return " ".join(links.values_list("petition__receipt_no", flat=True))

    @display(description=gettext_lazy("Work orders"))
    def orders(self, row: Issue) -> SafeString:
        orders = row.orders.select_related("body").order_by("pk")
        said = ((own_words(order.body.short_name), order.get_state_display()) for order in orders)
        return format_html_join(_(", "), "{} ({})", said)

    @display(description=gettext_lazy("Clocks"))
    def clocks(self, row: Issue) -> str:
        clocks = row.clocks.order_by("epoch", "due_at", "pk")
        return _(", ").join(f"{clock.get_kind_display()} {_result(clock)}" for clock in clocks)

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("issue", row.audit_ref)


@registers(WorkOrder)
class WorkOrderAdmin(ToRead):
    """Orders by the body that has them. Who of its people holds one is their manager's to see."""

    subdistrict_paths = ("subdistrict",)
    category_path = "issue__category"
    list_display = ("matter", "place", "body", "state", "dispatched_at", "due", "finished_at")
    list_select_related = (*of_issue(*MATTER), "body")
    list_filter = ("state", "body", "community", "arrival_proof", "dispatched_at")
    search_fields = (*of_issue(*PLACE_SEARCH), "body__name", "body__short_name", "issue__links__petition__receipt_no")
    ordering = ("-dispatched_at", "-pk")
    fields = (
        "matter", "place", "body", "state", "dispatched_at", "accepted_at", "arrived_at", "arrival_proof",
        "finished_at", "return_reason", "due",
    )  # fmt: skip

    @display(description=gettext_lazy("Estate"), ordering="issue__estate__name")
    def place(self, row: WorkOrder) -> str:
        return row.issue.estate.name

    @display(description=pgettext_lazy("petition", "Due"), ordering="next_due_at")
    def due(self, row: WorkOrder) -> Any:
        return row.next_due_at

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("work order", row.audit_ref)


def late_answers(rows: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Supervision orders whose account wasn't given by the time it was due."""
    unanswered = Q(state="issued", answer_due_at__lt=at)
    return rows.filter(unanswered | Q(answered_at__gt=F("answer_due_at")))


@registers(SupervisionOrder)
class SupervisionOrderAdmin(ToRead):
    subdistrict_paths = ("subdistrict",)
    category_path = "issue__category"
    list_display = ("matter", "place", "body", "state", "issued_at", "answer_due_at", "answered_at")
    list_select_related = (*of_issue(*MATTER), "body")
    list_filter = (
        "state",
        yes_or_no(gettext_lazy("Answered in time"), "answered", lacking=late_answers),
        "body",
        "community",
        "issued_at",
    )
    search_fields = (*of_issue(*PLACE_SEARCH), "body__name", "body__short_name")
    ordering = ("-issued_at", "-pk")
    fields = (
        "matter", "place", "body", "state", "issued_at", "answer_due_at", "answered_at", "answer", "sent_back_words",
        "judged_at", "settled_at",
    )  # fmt: skip

    @display(description=gettext_lazy("Estate"), ordering="issue__estate__name")
    def place(self, row: SupervisionOrder) -> str:
        return row.issue.estate.name

    @display(description=gettext_lazy("Answer"))
    def answer(self, row: SupervisionOrder) -> str:
        return row.answer_words

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("supervision order", row.audit_ref)


class Kept(SimpleListFilter):
    """Whether the promise was kept: computed from the instants, as everywhere."""

    title = gettext_lazy("Result")
    parameter_name = "kept"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("running", _("Still running")),
            ("late", _("Late and not done")),
            ("kept", _("Kept")),
            ("missed", _("Done late")),
            ("void", _("Void")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        running = Q(stopped_at=None, voided_at=None)
        late = Q(due_at__lt=request.now)  # type: ignore[attr-defined]
        by_answer = {
            "running": running & ~late,
            "late": running & late,
            "kept": Q(stopped_at__lte=F("due_at")),
            "missed": Q(stopped_at__gt=F("due_at")),
            "void": Q(voided_at__isnull=False),
        }
        asked = by_answer.get(self.value() or "")
        return queryset.filter(asked) if asked is not None else queryset


@registers(SlaClock)
class SlaClockAdmin(ToRead):
    subdistrict_paths = ("subdistrict",)
    category_path = "issue__category"
    list_display = ("matter", "kind", "promise", "due_at", "stopped_at", "result")
    list_select_related = (*of_issue(*MATTER), "policy", "calendar")
    list_filter = (Kept, "kind", "starts_at")
    search_fields = (*of_issue(*PLACE_SEARCH), "policy__code", "policy__name_zh", "issue__links__petition__receipt_no")
    ordering = ("-starts_at", "-pk")
    fields = ("matter", "kind", "promise", "hours", "starts_at", "due_at", "provisional", "stopped_at", "result")

    @display(description=gettext_lazy("Policy"))
    def promise(self, row: SlaClock) -> str:
        version = _("%(name)s, version %(version)s") % {"name": row.policy.name, "version": row.policy.version}
        return f"{version}: {_length(row)}" if row.target_minutes or row.target_working_days else version

    @display(description=pgettext_lazy("calendar", "Hours"))
    def hours(self, row: SlaClock) -> str:
        return policy_words.hours(row.calendar)

    @display(description=gettext_lazy("Provisional"))
    def provisional(self, row: SlaClock) -> bool:
        return row.is_provisional

    @display(description=gettext_lazy("Result"))
    def result(self, row: SlaClock) -> str:
        return _result(row)

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("issue", row.issue.audit_ref)


def _length(clock: SlaClock) -> str:
    return wording.target(clock.target_minutes, clock.target_working_days)


def _result(clock: SlaClock) -> str:
    """在时限内，晚了 2 小时 10 分，还在计时，作废."""
    if clock.voided_at:
        return _("void")
    if clock.stopped_at is None:
        return _("still running")
    if clock.stopped_at <= clock.due_at:
        return _("in time")
    return _("%(span)s late") % {"span": wording.span(clock.stopped_at - clock.due_at)}


@registers(Escalation)
class EscalationAdmin(ToRead):
    subdistrict_paths = ("clock__subdistrict",)
    category_path = "clock__issue__category"
    list_display = ("matter", "promise", "rung_in_words", "due_at", "acted_at", "lag")
    list_select_related = (*(f"clock__issue__{name}" for name in MATTER), "rung")
    list_filter = ("clock__kind", "due_at")
    search_fields = tuple(f"clock__issue__{name}" for name in PLACE_SEARCH)
    ordering = ("-acted_at", "-pk")
    fields = ("matter", "promise", "rung_in_words", "told", "due", "fired", "lag")

    def issue_of(self, row: Any) -> Issue:
        return row.clock.issue

    @display(description=gettext_lazy("Promise"))
    def promise(self, row: Escalation) -> str:
        return row.clock.get_kind_display()

    @display(description=gettext_lazy("Rung"))
    def rung_in_words(self, row: Escalation) -> str:
        return policy_words.when(row.rung)

    @display(description=gettext_lazy("Told"))
    def told(self, row: Escalation) -> str:
        return policy_words.what(row.rung)

    @display(description=gettext_lazy("Fell due"))
    def due(self, row: Escalation) -> datetime:
        return row.due_at

    @display(description=gettext_lazy("Fired"))
    def fired(self, row: Escalation) -> datetime:
        return row.acted_at

    @display(description=gettext_lazy("Our lag"))
    def lag(self, row: Escalation) -> str:
        return wording.span(row.acted_at - row.due_at)

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("issue", row.clock.issue.audit_ref).filter(verb="escalate")


def troubled(runs: QuerySet[Any], at: datetime) -> QuerySet[Any]:
    """Sweeps in which something failed, or that stopped and asked a person."""
    return runs.filter(Q(failures__gt=0) | ~Q(halted=""))


@registers(SweepRun)
class SweepRunAdmin(ToRead):
    """The portal's own work, for all streets alike."""

    group = "records"
    shared = True
    list_display = (
        "started_at", "bell", "finished_at", "taken_in", "rungs_fired", "orders_rung", "notices_tried", "failures",
        "stopped_because",
    )  # fmt: skip
    list_filter = (
        yes_or_no(gettext_lazy("Went well"), "well", lacking=troubled),
        "bell",
        "started_at",
    )
    search_fields = ("halted",)
    ordering = ("-started_at", "-pk")
    fields = (
        "started_at", "bell", "finished_at", "taken_in", "rungs_fired", "orders_rung", "notices_tried", "failures",
        "stopped_because",
    )  # fmt: skip

    @display(description=gettext_lazy("Stopped because"))
    def stopped_because(self, row: SweepRun) -> SafeString:
        return own_words(row.halted)

    def label_of(self, row: Any) -> str:
        return f"{row.started_at:%F %T}"

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        return rows
