"""The registers of promises: policies with their ladders, which of them applies where, and what handles a category."""

from typing import Any

from django.contrib.admin import display
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.forms import ChoiceField, ModelForm
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from governance.admin.base import RegisterAdmin, version_seen
from governance.admin.forms import NamesSelect
from governance.admin.site import registers
from governance.models.scope import Scope
from issues import policy_words
from issues.admin.versions import InForce, VersionedAdmin
from issues.domain import policies
from issues.domain.policies import NewVersion, Written
from issues.domain.promising import problems_of_coming_late, problems_of_targets, refuse_unsound
from issues.forms.policies import WholePolicyForm
from issues.models import CategoryHandling, ClockKind, PolicyAssignment, SlaPolicy


@registers(SlaPolicy)
class SlaPolicyAdmin(VersionedAdmin):
    noun = policies.POLICY
    edit_template = "issues/console/policy_edit.html"
    change_form_template = "issues/console/policy.html"
    list_display = ("policy_name", "promises", "calendar", "version", "valid_from", "superseded_at")
    list_select_related = ("calendar", "made_by")
    list_filter = (InForce, "calendar")
    search_fields = ("code", "name_zh", "name_en", "name_ko", "source")
    ordering = ("code", "-version")
    fields = ("source", "valid_from", "superseded_at", "made_by", "why")
    readonly_fields = ("why",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("targets")

    @display(description=gettext_lazy("Policy"), ordering="code")
    def policy_name(self, row: SlaPolicy) -> str:
        return row.name

    @display(description=gettext_lazy("Promises"))
    def promises(self, row: SlaPolicy) -> str:
        return policy_words.in_short(row.targets.all())

    @display(description=gettext_lazy("Reason"))
    def why(self, row: SlaPolicy) -> str:
        return row.change_reason

    def in_words(self, row: SlaPolicy) -> dict[str, Any]:
        return {"words": policy_words.in_words(row)}

    # --- the edit ---

    def form_of(self, data: Any, row: SlaPolicy) -> WholePolicyForm:
        return WholePolicyForm(data, written=Written.of(row), version=row.version)

    def preview(self, request: HttpRequest, in_force: SlaPolicy, form: WholePolicyForm) -> dict[str, Any]:
        written = form.written
        refuse_unsound(problems_of_targets(written.targets))
        refuse_unsound(problems_of_coming_late(written.targets, written.calendar))
        looked_back = policies.preview(
            in_force.code,
            calendar=written.calendar,
            targets=written.targets,
            at=request.now,  # type: ignore[attr-defined]
        )
        compared = [(ClockKind(one.kind).label, one.before, one.after) for one in looked_back.compared]
        return {"preview": looked_back, "compared": compared}

    def make_version(self, request: HttpRequest, in_force: SlaPolicy, form: WholePolicyForm) -> NewVersion:
        said = form.policy.cleaned_data
        return policies.new_version(
            in_force.code,
            **vars(form.written),
            reason=said["reason"],
            apply_to_open=said["apply_to_open"],
            actor=request.user,  # type: ignore[arg-type]
            at=request.now,  # type: ignore[attr-defined]
            expects_version=said["version"],
        )

    def said_of(self, made: NewVersion) -> str:
        in_force = _("Version %(version)s of “%(name)s” is in force.") % {
            "version": made.policy.version,
            "name": made.policy.name,
        }
        if not made.counted_anew:
            return in_force
        counted = ngettext(
            "%(count)s open clock was counted anew.", "%(count)s open clocks were counted anew.", made.counted_anew
        )
        return f"{in_force} {counted % {'count': made.counted_anew}}"

    def going_on(self, data: Any, in_force: SlaPolicy, form: WholePolicyForm) -> WholePolicyForm:
        """What this officer has left as it was takes over what the other wrote."""
        seen = SlaPolicy.objects.filter(code=in_force.code, version=form.policy.cleaned_data["version"]).first()
        mine, theirs = vars(form.written), vars(Written.of(in_force))
        before = vars(Written.of(seen)) if seen else theirs
        merged = {name: theirs[name] if mine[name] == before[name] else mine[name] for name in mine}
        going_on = WholePolicyForm(written=Written(**merged), version=in_force.version)
        kept = form.policy.cleaned_data
        going_on.policy.initial.update(reason=kept["reason"], apply_to_open=kept["apply_to_open"])
        return going_on

    def differences(self, in_force: SlaPolicy, form: WholePolicyForm) -> list[tuple[str, str, str]]:
        theirs, mine = _said(Written.of(in_force)), _said(form.written)
        return [(str(name), theirs[name], mine[name]) for name in theirs if theirs[name] != mine[name]]


def _said(written: Written) -> dict[Any, str]:
    """A version in words, by what each is called."""
    ladder = policy_words.ladder(written.rungs)
    return {
        gettext_lazy("Name"): " · ".join(written.names),
        pgettext_lazy("calendar", "Hours"): written.calendar.name,
        gettext_lazy("Source"): written.source,
        gettext_lazy("Promises"): policy_words.in_short(written.targets),
        gettext_lazy("Ladder"): " ".join(f"{line.label}: {line.words}" for line in ladder),
    }


@registers(PolicyAssignment)
class PolicyAssignmentAdmin(RegisterAdmin):
    """Which policy applies. What holds for one estate is its street's; what holds everywhere is read by all."""

    group = "clocks"
    subdistrict_paths = ("estate__community__subdistrict",)
    list_display = ("policy_name", "estate", "category", "severity", "handler")
    list_select_related = ("estate__community", "category")
    list_filter = ("severity", "handler", "category")
    search_fields = ("policy_code", "estate__name", "category__name_zh", "category__name_en", "category__name_ko")
    autocomplete_fields = ("estate", "category")
    ordering = ("estate__name", "category__position", "handler", "severity", "pk")
    fields = ("policy_code", "estate", "category", "severity", "handler")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        in_force = SlaPolicy.objects.filter(code=OuterRef("policy_code"), superseded_at=None)
        name = f"name_{(get_language() or 'zh-hans')[:2]}"
        return super().get_queryset(request).annotate(called=Subquery(in_force.values(name)))

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        if scope.is_administrator:
            return rows
        return rows.filter(Q(estate__community__subdistrict__in=scope.subdistricts) | Q(estate=None))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What holds for every estate is all streets': administrators write it."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or obj.estate_id is not None or self._administers(request))

    def _administers(self, request: HttpRequest) -> bool:
        return request.user.scope(request.now).is_administrator  # type: ignore[union-attr,attr-defined]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "estate" in form.base_fields and not self._administers(request):
            form.base_fields["estate"].required = True
        return form

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name != "policy_code":
            return super().formfield_for_dbfield(db_field, request, **kwargs)
        in_force = [(row.code, row.name) for row in SlaPolicy.objects.filter(superseded_at=None).order_by("code")]
        choices = [("", _("Please choose")), *in_force]
        return ChoiceField(label=gettext_lazy("Policy"), choices=choices, widget=NamesSelect)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        seen = version_seen(request) if change else None
        policies.assign(obj, version=seen, actor=request.user, at=request.now)  # type: ignore[arg-type,attr-defined]

    @display(description=gettext_lazy("Policy"), ordering="policy_code")
    def policy_name(self, row: Any) -> str:
        return self.label_of(row)

    def label_of(self, row: Any) -> str:
        return getattr(row, "called", None) or row.policy_code


@registers(CategoryHandling)
class CategoryHandlingAdmin(RegisterAdmin):
    group = "clocks"
    shared = True
    list_display = ("category", "handler", "severity", "by_hand", "verify_on_site")
    list_select_related = ("category",)
    list_filter = ("handler", "severity", "by_hand", "verify_on_site")
    search_fields = ("category__name_zh", "category__name_en", "category__name_ko", "category__search_words")
    autocomplete_fields = ("category",)
    ordering = ("category__position", "pk")
    fields = ("category", "handler", "severity", "by_hand", "verify_on_site")

    def label_of(self, row: Any) -> str:
        return str(row.category)
