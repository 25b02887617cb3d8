"""The registers of party organisations: the tree, joint branches, joinings and terms. Members: `members.py`.

Rows are written through `governance.domain.party`.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from governance.admin.base import version_seen
from governance.admin.filters import Standing as StillStanding
from governance.admin.filters import yes_or_no
from governance.admin.forms import ConfirmForm, NamesSearch, RegisterForm
from governance.admin.imports import ImportExportAdmin
from governance.admin.site import registers
from governance.domain import party, party_tree
from governance.domain.moment import local_day
from governance.domain.phones import mobile_number
from governance.domain.refusals import Refusal
from governance.domain.registers import SENTENCES
from governance.models import (
    OF_AN_ESTATE,
    BodyKind,
    BranchKind,
    CommitteeTerm,
    Joins,
    JointUnit,
    Membership,
    PartyBranch,
    Role,
    RoleAssignment,
    Standing,
    User,
)
from governance.models.party import FEWEST_FULL_MEMBERS_OF_A_BRANCH
from governance.models.scope import Scope
from governance.templatetags.words import own_words
from governance.work_list import WaitingRows, work_item

ATTACHED_IN = ("subdistrict", "community__subdistrict", "estate__community__subdistrict", "body__subdistrict")
ATTACHED_TO = ("district", "subdistrict", "community", "estate", "body")
# The names from the topmost line down to the organisation: in this order the list reads as the tree.
_LINE = """ARRAY(
    WITH RECURSIVE up(id, parent_id, name, height) AS (
        SELECT b.id, b.parent_id, b.name, 0 FROM governance_partybranch b WHERE b.id = governance_partybranch.id
        UNION ALL
        SELECT b.id, b.parent_id, b.name, up.height + 1 FROM governance_partybranch b JOIN up ON b.id = up.parent_id
    ) SELECT name FROM up ORDER BY height DESC)"""
# Deeper than this a row is set in no further.
DEEPEST = 6


def in_streets(prefix: str = "") -> tuple[str, ...]:
    """From a row to the street of the organisation that it names under `prefix`."""
    return tuple(f"{prefix}{path}" for path in ATTACHED_IN)


class NetAdmin(ImportExportAdmin):
    """A register of the net: what is entered, changed and ended goes through `governance.domain.party`."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        if change:
            party.change(obj, version=version_seen(request), **deed(request))
        else:
            party.enter(obj, **deed(request))

    def end_row(self, request: HttpRequest, row: Any, *, on: date, version: int) -> None:
        party.end(row, on=on, version=version, **deed(request))

    def deed_page(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        form_of: Callable[[Any], forms.Form],
        do: Callable[[Any, dict[str, Any]], str],
    ) -> HttpResponse:
        """A page of its own for a verb: asks what it needs, does it, and says what was done. Refusals in the form."""
        row = self._row(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        form = form_of(row)
        if request.method == "POST" and form.is_valid():
            try:
                messages.success(request, do(row, form.cleaned_data))
                return HttpResponseRedirect(self._address("change", row))
            except Refusal as refused:
                form.add_error(None, str(refused))
        return self._page(request, "admin/party/deed.html", row, {"form": form, "title": title})

    def deed_url(self, verb: str, view: Callable[..., HttpResponse]) -> URLPattern:
        name = f"{self.opts.app_label}_{self.opts.model_name}_{verb}"
        return path(f"<path:object_id>/{verb}/", self.admin_site.admin_view(view), name=name)

    def deeds(self, request: HttpRequest, row: Any) -> Iterable[tuple[str, str | Promise]]:
        """The verbs that have a page of their own for this row, each with the words on its button."""
        return ()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        row = context.get("original")
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if row is not None and self.has_change_permission(request, row):
            context["deeds"] = [
                {"url": reverse(f"{name}_{verb}", args=[row.pk]), "words": words}
                for verb, words in self.deeds(request, row)
            ]
        return super().render_change_form(request, context, *args, **kwargs)

    change_form_template = "admin/party/change_form.html"


def deed(request: HttpRequest) -> dict[str, Any]:
    return {"actor": request.user, "at": now_of(request)}


def now_of(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined]


def today_of(request: HttpRequest) -> date:
    return local_day(now_of(request))


def in_force(day: date) -> Q:
    return Q(since__lte=day) & (Q(ended_on=None) | Q(ended_on__gte=day))


# --- organisations ---


def too_few_members(branches: QuerySet[PartyBranch], at: datetime) -> QuerySet[PartyBranch]:
    """Standing branches with fewer than three full members, those of their party groups included."""
    own = Q(branch=OuterRef("pk")) | Q(branch__parent=OuterRef("pk"), branch__kind=BranchKind.GROUP)
    full = Membership.objects.filter(own, in_force(local_day(at)), standing=Standing.FULL)
    counted = full.order_by().annotate(all=Func(F("pk"), function="count")).values("all")
    kinds = (BranchKind.BRANCH, BranchKind.JOINT_BRANCH)
    few = branches.filter(kind__in=kinds, ended_on=None).annotate(full=Coalesce(Subquery(counted), 0))
    return few.filter(full__lt=FEWEST_FULL_MEMBERS_OF_A_BRANCH)


class SecretaryForm(ConfirmForm):
    """Who becomes secretary: somebody at work in the street, or whoever signs in with a number."""

    phone = forms.CharField(
        label=gettext_lazy("Or the phone number the person signs in with"), required=False, max_length=40
    )

    def __init__(self, *args: Any, people: QuerySet[User], label_of: Callable[[Any], str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        user = forms.ModelChoiceField(
            people, label=gettext_lazy("Person"), required=False, widget=NamesSearch(_ROLES_USER, label_of)
        )
        user.widget.choices = user.choices
        self.fields = {"version": self.fields["version"], "user": user, "phone": self.fields["phone"]}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        chosen, typed = cleaned.get("user"), cleaned.get("phone", "")
        if bool(chosen) == bool(typed):
            self.add_error("user", _("Choose the person or write the number."))
        elif typed:
            cleaned["user"] = by_number(self, "phone", typed)
        return cleaned


def by_number(form: forms.BaseForm, field: str, typed: str) -> User | None:
    """Only the whole number finds its person: there is no list of all who sign in."""
    number = mobile_number(typed)
    person = User.objects.with_phone(number).filter(is_active=True).first() if number else None
    if number is None:
        form.add_error(field, _("This is not a mobile number. Write 11 digits, like 13812345678."))
    elif person is None:
        form.add_error(
            field, _("Nobody signs in with this number yet. Ask the person to sign in once, then come back.")
        )
    return person


_ROLES_USER = RoleAssignment._meta.get_field("user")


class BranchForm(RegisterForm):
    """Says in our words what the tree itself would say in its own."""

    def clean_parent(self) -> PartyBranch | None:
        above = self.cleaned_data.get("parent")
        if above and self.instance.pk and above.ancestors(include_self=True).filter(pk=self.instance.pk).exists():
            raise forms.ValidationError(str(SENTENCES["branch_above_itself"]))
        return above


@registers(PartyBranch)
class PartyBranchAdmin(NetAdmin):
    """In the order of the tree, each set in below its line."""

    group = "bodies"
    subdistrict_paths = ATTACHED_IN
    form = BranchForm
    list_display = ("in_its_line", "kind", "attached_to", "secretary", "to_look_at", "ended_on")
    list_select_related = ("parent", "district", "subdistrict", "community", "estate", "body")
    list_filter = (
        yes_or_no(gettext_lazy("Three full members"), "three", lacking=too_few_members),
        "kind",
        "community",
        StillStanding,
    )
    search_fields = ("name", "body__name", "estate__name")
    autocomplete_fields = ("parent", "community", "estate", "body")
    fields = ("kind", "name", "parent", *ATTACHED_TO, "to_look_at")
    readonly_fields = ("to_look_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        line = RawSQL(_LINE, ())  # noqa: S611 - a constant of ours, with nothing put into it
        return super().get_queryset(request).annotate(line=line)

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("line")]

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(ended_on=None) if field == "parent" else rows

    def prepare(self, rows: list[Any], request: HttpRequest) -> None:
        said = party_tree.warnings_of(rows, today_of(request))
        held = RoleAssignment.objects.in_force(now_of(request)).filter(
            role=Role.BRANCH_SECRETARY, party_branch__in=[row.pk for row in rows]
        )
        secretaries = {each.party_branch_id: each.user for each in held.select_related("user")}
        for row in rows:
            row.said, row.held_by = said.get(row.pk, []), secretaries.get(row.pk)

    @display(description=PartyBranch._meta.verbose_name, ordering="line")
    def in_its_line(self, row: Any) -> SafeString:
        depth = min(len(row.line) - 1, DEEPEST)
        return format_html('<span class="in-line in-line-{}">{}</span>', depth, own_words(row.name))

    @display(description=gettext_lazy("Belongs to"))
    def attached_to(self, row: PartyBranch) -> str:
        return next((str(place) for name in ATTACHED_TO if (place := getattr(row, name))), "")

    @display(description=gettext_lazy("Secretary"))
    def secretary(self, row: Any) -> str:
        return row.held_by.full_name if row.held_by else ""

    @display(description=gettext_lazy("To look at"))
    def to_look_at(self, row: Any) -> str:
        if row.pk is None:
            return ""
        return _("; ").join(row.said)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            self.prepare([row], request)
        return row

    def get_urls(self) -> list[URLPattern]:
        return [self.deed_url("secretary", self.secretary_view), *super().get_urls()]

    def deeds(self, request: HttpRequest, row: Any) -> Iterable[tuple[str, str | Promise]]:
        return [("secretary", gettext_lazy("Appoint a secretary"))] if row.ended_on is None else []

    def secretary_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The one before stops being it at the same instant."""
        people = self.admin_site.rows_of(User, request)

        def form_of(row: PartyBranch) -> forms.Form:
            asked = {"initial": {"version": row.version}, "people": people, "label_of": self.admin_site.label_of}
            return SecretaryForm(request.POST or None, **asked)

        def do(row: PartyBranch, facts: dict[str, Any]) -> str:
            party.appoint_secretary(row, facts["user"], **deed(request))
            return _("%(person)s is secretary of “%(branch)s” now.") % {"person": facts["user"], "branch": row}

        return self.deed_page(request, object_id, title=_("Appoint a secretary"), form_of=form_of, do=do)


@registers(JointUnit)
class JointUnitAdmin(NetAdmin):
    group = "bodies"
    subdistrict_paths = (*in_streets("branch__"), "body__subdistrict")
    list_display = ("branch", "body", "since", "ended_on")
    list_select_related = ("branch", "body")
    list_filter = ("branch", StillStanding)
    search_fields = ("branch__name", "body__name", "body__short_name")
    autocomplete_fields = ("branch", "body")
    ordering = ("branch__name", "body__name")
    fields = ("branch", "body", "since")

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        standing = rows.filter(ended_on=None)
        return standing.filter(kind=BranchKind.JOINT_BRANCH) if field == "branch" else standing


@registers(Joins)
class JoinsAdmin(NetAdmin):
    group = "bodies"
    subdistrict_paths = (*in_streets("branch__"), *in_streets("committee__"))
    list_display = ("branch", "committee", "since", "ended_on")
    list_select_related = ("branch", "committee")
    list_filter = ("committee", StillStanding)
    search_fields = ("branch__name", "committee__name")
    autocomplete_fields = ("branch", "committee")
    ordering = ("committee__name", "branch__name")
    fields = ("branch", "committee", "since")

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        standing = rows.filter(ended_on=None)
        return standing.filter(kind__in=party.JOINED) if field == "committee" else standing


def running_out(terms: QuerySet[CommitteeTerm], at: datetime) -> QuerySet[CommitteeTerm]:
    """Terms that run and end within sixty days."""
    day = local_day(at)
    return terms.filter(starts_on__lte=day, ends_on__range=(day, day + party_tree.ENDS_SOON))


@registers(CommitteeTerm)
class CommitteeTermAdmin(NetAdmin):
    group = "bodies"
    subdistrict_paths = ("body__subdistrict", *in_streets("branch__"))
    list_display = ("committee", "number", "starts_on", "ends_on")
    list_select_related = ("body", "branch")
    list_filter = (yes_or_no(gettext_lazy("Goes on beyond 60 days"), "lasts", lacking=running_out),)
    search_fields = ("body__name", "branch__name")
    autocomplete_fields = ("body", "branch")
    ordering = ("-ends_on", "pk")
    fields = ("body", "branch", "number", "starts_on", "ends_on")

    @display(description=gettext_lazy("Committee"))
    def committee(self, row: CommitteeTerm) -> str:
        return str(row.body or row.branch)

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        standing = rows.filter(ended_on=None)
        kinds = (*OF_AN_ESTATE, BodyKind.RESIDENTS_COMMITTEE)
        return standing.filter(kind__in=kinds) if field == "body" else standing


# --- what waits ---


def mine_of(rows: QuerySet[Any], scope: Scope, *paths: str) -> QuerySet[Any]:
    if scope.is_administrator:
        return rows
    mine = Q()
    for lookup in paths:
        mine |= Q(**{f"{lookup}__in": scope.subdistricts})
    return rows.filter(mine)


def list_url(register: str, question: str) -> str:
    return reverse(f"admin:governance_{register}_changelist") + question


@work_item
def branches_with_too_few_members(scope: Scope, now: datetime) -> WaitingRows:
    branches = mine_of(PartyBranch.objects.order_by("name"), scope, *ATTACHED_IN)
    return WaitingRows(
        too_few_members(branches, now),
        lambda count: ngettext(
            "%(count)s party branch has fewer than three full members",
            "%(count)s party branches have fewer than three full members",
            count,
        ),
        list_url("partybranch", "?three=no"),
        name="name",
    )


@work_item
def terms_running_out(scope: Scope, now: datetime) -> WaitingRows:
    terms = mine_of(CommitteeTerm.objects.all(), scope, *CommitteeTermAdmin.subdistrict_paths)
    return WaitingRows(
        running_out(terms, now).order_by("ends_on"),
        lambda count: ngettext(
            "%(count)s committee's term ends within 60 days", "%(count)s committees' terms end within 60 days", count
        ),
        list_url("committeeterm", "?lasts=no"),
        "soon",
        name=Coalesce("body__name", "branch__name"),
    )
