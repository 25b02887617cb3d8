"""What every register in the console has in common: whose rows, how they are saved, what is said of their past.

A register declares its group, the path from its rows to their subdistrict, and its columns, as those of
`governance.admin.places` do.
"""

from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import unquote
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import DatabaseError, models
from django.db.models import Q, QuerySet
from django.forms import Media, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from governance.admin import history
from governance.admin.changelist import LastPage, RegisterList, ScopedFilter
from governance.admin.comparing import both_versions, untouched_taken_over
from governance.admin.forms import PLAIN_FIELDS, ConfirmForm, EndForm, NamesSearch, NamesSelect, RegisterForm
from governance.admin.spoken import field_name
from governance.admin.wording import HELP, REGISTER_NAMES
from governance.domain import registers
from governance.domain.moment import local_day
from governance.models import Subdistrict
from governance.models.registers import Versioned
from governance.models.scope import Scope

# By model: which of its rows a street's officers don't see, beside what `category_path` says. Upper storeys add theirs.
KEPT_BACK: dict[str, list[Q]] = {}
# What the list filters of Django put behind a field's name.
_LOOKUPS = ("", "__exact", "__id__exact", "__pk__exact", "__isnull", "__gte", "__lt", "__isempty")


class RegisterAdmin(ModelAdmin):
    """A register. Rows are added, changed and ended, never deleted; each officer sees those of the own street.

    `group`: where the side bar shows it, one of `governance.admin.site.GROUPS`.
    `subdistrict_paths`: lookups from a row to the subdistrict it belongs to; a row is in scope by any of them.
    `category_path`: lookup from a row of what residents say to its category. Complaints about the street's own people
    are kept from its officers.
    `shared`: rows belong to all streets; officers read them, administrators change them.
    `administrators_only`: to officers the register doesn't exist; references to its rows are scoped all the same.
    `may_add`, `may_change`: whether the console's form writes rows at all; without, the register is for reading.
    `private_fields`: names, phones, people's words: that they changed goes on record, never what they say.
    `end_field`: the field that holds the last day; found by itself where it is called ended_on or valid_until.
    """

    group: ClassVar[str]
    subdistrict_paths: ClassVar[tuple[str, ...]] = ()
    category_path = ""
    shared = False
    administrators_only = False
    may_add = True
    may_change = True
    private_fields: ClassVar[frozenset[str]] = frozenset()
    end_field: ClassVar[str | None] = None
    list_select_related: ClassVar[tuple[str, ...]] = ()
    # Where ending takes no day but happens at once: `ConfirmForm`.
    end_form: ClassVar[type[ConfirmForm]] = EndForm
    # Questions in a list's address beside the filters': for filters that read parameters of their own.
    also_asked: ClassVar[tuple[str, ...]] = ()

    form = RegisterForm
    formfield_overrides = PLAIN_FIELDS
    paginator = LastPage
    list_per_page = 30
    list_max_show_all = 30
    show_full_result_count = False
    show_facets = ModelAdmin.show_facets.NEVER
    actions = None
    empty_value_display = "—"
    change_list_template = "admin/change_list.html"
    change_form_template = "admin/change_form.html"
    object_history_template = "admin/object_history.html"

    def __init__(self, model: type[models.Model], admin_site: Any):
        super().__init__(model, admin_site)
        if not (self.subdistrict_paths or self.shared or type(self).in_scope is not RegisterAdmin.in_scope):
            raise ImproperlyConfigured(
                f"{type(self).__name__} must say whose its rows are: subdistrict_paths or shared."
            )
        if self.may_change and not issubclass(model, Versioned):
            raise ImproperlyConfigured(f"{model.__name__} is edited by several people and needs a version.")
        if self.end_field is None and self.may_change:
            names = {field.name for field in model._meta.concrete_fields}
            self.end_field = next((name for name in ("ended_on", "valid_until") if name in names), None)  # type: ignore[misc]

    @property
    def media(self) -> Media:
        """None of Django's scripts: our fields need none of them, and inlines bring their own."""
        return Media()

    # --- whose rows ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows in the person's charge, with what their names and columns refer to."""
        rows = self.in_scope(super().get_queryset(request), _scope(request))
        return rows.select_related(*self.list_select_related) if self.list_select_related else rows

    def in_scope(self, rows: QuerySet[Any], scope: Scope) -> QuerySet[Any]:
        """Those of `rows` that are in the person's charge: the one place that decides it for this register."""
        if scope.is_administrator or self.shared:
            return rows
        mine = Q()
        for subdistrict in self.subdistrict_paths:
            mine |= Q(**{f"{subdistrict}__in": scope.subdistricts})
        if self.category_path:
            mine &= ~Q(**{f"{self.category_path}__is_about_street": True})
        for kept_back in KEPT_BACK.get(self.opts.label_lower, ()):
            mine &= ~kept_back
        return rows.filter(mine)

    def subdistrict_of(self, row: models.Model) -> int | None:
        """The subdistrict whose audit chain tells of the row; None for what all share."""
        for lookup in self.subdistrict_paths:
            place: Any = row
            for name in lookup.split("__"):
                place = getattr(place, name, None)
            if place is not None:
                return place.pk if isinstance(place, models.Model) else place
        return None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _scope(request).is_administrator or not self.administrators_only

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_add and self._may_write(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may_change and self._may_write(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def may_end(self, request: HttpRequest, row: Any) -> bool:
        """Whether the row can be ended here: it has a last day, and none is written yet."""
        return bool(self.end_field) and getattr(row, self.end_field or "") is None and self._may_write(request)

    def _may_write(self, request: HttpRequest) -> bool:
        is_administrator = _scope(request).is_administrator
        return is_administrator or not (self.shared or self.administrators_only)

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        return row

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By its key. An address may say by which field, but not by none."""
        return super().get_object(request, object_id, from_field or None)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        raise Http404

    # --- how rows are called ---

    def register_name(self) -> str:
        """The register's name in the side bar and above its list."""
        name = REGISTER_NAMES.get(self.opts.model_name or "", self.opts.verbose_name_plural)
        return capfirst(str(name))

    def label_of(self, row: models.Model) -> str:
        """How a row is called where it is chosen among others."""
        return str(row)

    # --- references ---

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        """Which of the `rows` in the person's charge the reference `field` may name. Override to offer fewer."""
        return rows

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = self.admin_site.rows_of(db_field.remote_field.model, request)
        kwargs["queryset"] = self.choices_for(db_field.name, rows, request)
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = NamesSearch(db_field, self.admin_site.label_of)
        else:
            kwargs["widget"] = NamesSelect
            kwargs["empty_label"] = _("Please choose")
        if db_field.remote_field.model is Subdistrict:
            # An officer of one street need not say which.
            mine = _scope(request).subdistricts
            kwargs["initial"] = next(iter(mine)) if len(mine) == 1 else None
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.label_from_instance = self.admin_site.label_of
        return field

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", NamesSelect())
        is_asked = db_field.blank or not db_field.has_default()
        nothing = [("", _("Please choose"))]
        kwargs.setdefault("choices", db_field.get_choices(include_blank=is_asked, blank_choice=nothing))
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        rows = self.admin_site.rows_of(db_field.remote_field.model, request)
        kwargs["queryset"] = self.choices_for(db_field.name, rows, request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("label", field_name(self.model, db_field.name))
        if not isinstance(db_field.help_text, Promise):
            # A note for programmers: people get the words that were written for them, or none.
            kwargs.setdefault("help_text", HELP.get((self.opts.model_name or "", db_field.name), ""))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Without the pencil and the cross beside a reference: each register has its own page.
        if field is not None and hasattr(field.widget, "can_add_related"):
            field.widget = field.widget.widget
        return field

    # --- the list ---

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RegisterList]:
        return RegisterList

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [self._scoped(item) for item in super().get_list_filter(request)]

    def _scoped(self, list_filter: Any) -> Any:
        if isinstance(list_filter, str) and self._field_at(list_filter).remote_field:
            return list_filter, ScopedFilter
        return list_filter

    def _field_at(self, lookup: str) -> Any:
        model, field = self.model, None
        for name in lookup.split("__"):
            field = model._meta.get_field(name)
            model = field.remote_field.model if field.remote_field else model
        return field

    def prepare(self, rows: list[Any], request: HttpRequest) -> None:
        """Read for all rows of a page at once what their columns need beside. Override to set it on the rows."""

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Only what the filters ask: any other question about a column could be used to guess what it holds."""
        allowed = set(self.also_asked)
        for list_filter in self.get_list_filter(request):
            name = list_filter[0] if isinstance(list_filter, tuple) else list_filter
            if isinstance(name, str):
                allowed |= {f"{name}{suffix}" for suffix in _LOOKUPS}
            else:
                allowed.add(name.parameter_name)
        return lookup in allowed

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return to_field == self.opts.pk.name

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        named = {"title": self.register_name(), "register": self}
        return super().changelist_view(request, named | (extra_context or {}))

    # --- saving ---

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[ModelForm]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused_for = getattr(request, "refused_for", "")
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; once more, with what was typed, where the row can't be saved as it is."""
        context = {"register": self, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except registers.StaleVersion as stale:
            context |= self._second_of_two(request, stale)
            answer, request.refused_for = 409, str(stale)  # type: ignore[attr-defined]
        except registers.NotAccepted as refused:
            answer, request.refused_for = 200, str(refused)  # type: ignore[attr-defined]
        except DatabaseError as error:
            # What is only checked when the transaction commits is refused outside of the domain function.
            sentence = registers.sentence_for(error, self.model)
            if sentence is None:
                raise
            answer, request.refused_for = 200, str(sentence)  # type: ignore[attr-defined]
        response = super().changeform_view(request, object_id, form_url, context)
        response.status_code = answer
        return response

    def _second_of_two(self, request: HttpRequest, stale: registers.StaleVersion) -> dict[str, Any]:
        """Who was faster and what both wrote. What this person didn't touch takes the other's value over."""
        typed = self._bound_form(request, stale.row)
        request.POST = untouched_taken_over(typed, stale)  # type: ignore[assignment]
        return {
            "faster": history.sentences(stale.since, self.model, request),
            "both": both_versions(self._bound_form(request, stale.row), stale.row, _now(request)),
            "version": stale.row.version,
        }

    def _bound_form(self, request: HttpRequest, row: Any) -> ModelForm:
        form_class = self.get_form(request, row, change=True)
        fresh = self.get_object(request, str(row.pk))
        return form_class(request.POST, request.FILES, instance=fresh)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        facts = self._facts(request, obj)
        if change:
            registers.change(obj, version=version_seen(request), private=self.private_fields, **facts)
        else:
            registers.add(obj, private=self.private_fields, **facts)

    def _facts(self, request: HttpRequest, row: models.Model) -> dict[str, Any]:
        return {"actor": request.user, "at": _now(request), "subdistrict_id": self.subdistrict_of(row)}

    def log_addition(self, *args: Any) -> None:
        """Django's own log stays empty: the audit trail, written by the domain, is the only history."""

    def log_change(self, *args: Any) -> None:
        """As `log_addition`."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        messages.success(request, _("“%(name)s” has been added.") % {"name": self.label_of(obj)})
        return self._after_saving(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        messages.success(request, _("“%(name)s” has been saved.") % {"name": self.label_of(obj)})
        return self._after_saving(request, obj)

    def _after_saving(self, request: HttpRequest, row: Any) -> HttpResponse:
        if "_continue" in request.POST:
            address = self._address("change", row)
        elif "_addanother" in request.POST and self.has_add_permission(request):
            address = self._address("add")
        else:
            address = self._address("changelist")
        kept = {"preserved_filters": self.get_preserved_filters(request), "opts": self.opts}
        return HttpResponseRedirect(add_preserved_filters(kept, address))

    def _address(self, page: str, row: Any = None) -> str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(name, args=[row.pk] if row is not None else [])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context.get("original")
        if row is not None and request.method == "POST":
            # What was typed is in the form; the row is still called as it was.
            row = self.get_object(request, str(row.pk))
        context.setdefault("version", getattr(row, "version", None))
        context["may_end"] = row is not None and self.may_end(request, row)
        context["title"] = self.label_of(row) if row else _("Add: %(register)s") % {"register": self.opts.verbose_name}
        context["subtitle"] = None
        return super().render_change_form(request, context, *args, **kwargs)

    # --- ending ---

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_end"
        view = self.admin_site.admin_view(self.end_view)
        return [path("<path:object_id>/end/", view, name=name), *super().get_urls()]

    def end_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks for the last day, and writes it. The row stays in the register."""
        row = self._row(request, object_id)
        if not self.may_end(request, row):
            raise PermissionDenied
        today = local_day(_now(request))
        form = self.end_form(request.POST or None, initial={"on": today, "version": getattr(row, "version", 0)})
        if request.method == "POST" and form.is_valid():
            try:
                self.end_row(request, row, on=form.cleaned_data.get("on", today), version=form.cleaned_data["version"])
            except (registers.StaleVersion, registers.NotAccepted) as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("“%(name)s” has been ended.") % {"name": self.label_of(row)})
                return HttpResponseRedirect(self._address("changelist"))
        return self._page(request, "admin/end.html", row, {"form": form, "title": _("End this")})

    def end_row(self, request: HttpRequest, row: Any, *, on: date, version: int) -> None:
        """Write the last day. Override where ending is another verb of the domain."""
        registers.end(row, field=self.end_field or "", on=on, version=version, **self._facts(request, row))

    # --- history ---

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What was done to the row, the newest first, in sentences."""
        row = self._row(request, object_id)
        page = LastPage(self.entries_of(row), self.list_per_page).get_page(request.GET.get("page"))
        lines = history.sentences(list(page), self.model, request, unnamed=self.unnamed_in(row))
        return self._page(
            request, self.object_history_template, row, {"page": page, "lines": lines, "title": _("History")}
        )

    def entries_of(self, row: models.Model) -> QuerySet[Any]:
        """The entries of the audit trail that tell of the row. Override where the trail calls it by another noun."""
        return registers.entries_of(row)

    def unnamed_in(self, row: models.Model) -> dict[str, Any]:
        """Who must not be named in the history of the row, by the reference of the trail, and what is said instead."""
        return {}

    def _page(self, request: HttpRequest, template: str, row: Any, context: dict[str, Any]) -> TemplateResponse:
        common = {**self.admin_site.each_context(request), "opts": self.opts, "register": self, "original": row}
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, template, common | {"row_name": self.label_of(row)} | context)


def _scope(request: HttpRequest) -> Scope:
    return request.user.scope(_now(request))  # type: ignore[union-attr]


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined]


def version_seen(request: HttpRequest) -> int:
    """The version the form was opened with; 0, which no row has, where the form doesn't say."""
    said = request.POST.get("version", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0
