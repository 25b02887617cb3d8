"""Registers brought in and given out as XLSX: the buttons over a list, an import's page, the register of imports."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from governance.admin import history
from governance.admin.base import RegisterAdmin
from governance.admin.changelist import LastPage
from governance.admin.forms import NamesSelect
from governance.admin.site import registers, scope_of
from governance.admin.spoken import spoken
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal
from governance.imports import checking, sheets
from governance.imports.catalogue import REGISTERS
from governance.imports.files import MOST_ROWS, FileRefused
from governance.imports.planning import in_words
from governance.imports.register import Register
from governance.models import ImportState, RegisterImport, Subdistrict
from governance.models.scope import Scope
from governance.work_list import WaitingRows, work_item

ROWS_ON_A_PAGE = 30
EARLIER_SHOWN = 5

history.DEEDS |= {
    "check_file": pgettext_lazy("history", "%(who)s brought this file"),
    "apply_file": pgettext_lazy("history", "%(who)s took its rows in"),
    "put_file_aside": pgettext_lazy("history", "%(who)s put it aside"),
}


class TooManyRows(Refusal):
    """An export that could not be brought back in one piece."""

    code = "too_many_rows"
    status = 400

    def __init__(self) -> None:
        super().__init__(
            _("More than %(most)s entries are too many for one file. Narrow the list with a filter or a search.")
            % {"most": MOST_ROWS}
        )


class BringForm(forms.Form):
    """A file for a register; and the subdistrict, where the person keeps several."""

    file = forms.FileField(
        label=gettext_lazy("XLSX file"),
        widget=forms.ClearableFileInput(attrs={"accept": f".xlsx,{sheets.XLSX}"}),
        allow_empty_file=True,
        max_length=255,
    )

    def __init__(self, *args: Any, subdistricts: "QuerySet[Subdistrict]", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.only = subdistricts[0] if len(subdistricts) == 1 else None
        if self.only is None:
            self.fields["subdistrict"] = forms.ModelChoiceField(
                subdistricts,
                label=gettext_lazy("Subdistrict"),
                widget=NamesSelect,
                empty_label=gettext_lazy("Please choose"),
            )
            self.order_fields(["subdistrict", "file"])

    @property
    def subdistrict(self) -> Subdistrict:
        return self.only or self.cleaned_data["subdistrict"]


def subdistricts_of(scope: Scope) -> "QuerySet[Subdistrict]":
    """The streets whose registers the person keeps."""
    rows = Subdistrict.objects.order_by("name")
    return rows if scope.is_administrator else rows.filter(pk__in=scope.subdistricts)


class ImportExportAdmin(RegisterAdmin):
    """A register that is given out and brought in as XLSX. Its columns: `governance.imports.catalogue`."""

    change_list_template = "admin/imports/change_list.html"

    @property
    def sheet(self) -> Register:
        """The register as a workbook knows it."""
        return REGISTERS[self.opts.model_name or ""]

    def get_urls(self) -> list[URLPattern]:
        return [
            path(f"{verb}/", self.admin_site.admin_view(view), name=self._named(verb))
            for verb, view in (
                ("export", self.export_view),
                ("import", self.import_view),
                ("template", self.template_view),
            )
        ] + super().get_urls()

    def _named(self, verb: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{verb}"

    def may_bring(self, request: HttpRequest) -> bool:
        """Who may enter rows and change them one by one may do so by the file."""
        return self.has_add_permission(request) and self.has_change_permission(request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        offered = {"may_bring": self.may_bring(request)}
        return super().changelist_view(request, offered | (extra_context or {}))

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """The list as it is filtered and searched, with names masked."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        listed = self.get_changelist_instance(request).get_queryset(request)
        rows = list(self.sheet.rows().filter(pk__in=listed.order_by().values("pk"))[: MOST_ROWS + 1])
        if len(rows) > MOST_ROWS:
            raise TooManyRows
        subdistricts = list(subdistricts_of(scope_of(request)))
        return self._workbook(request, sheets.exported(self.sheet, rows, subdistricts), self.register_name())

    def template_view(self, request: HttpRequest) -> HttpResponse:
        """An empty workbook with the headings, an example and what each column means."""
        if not self.may_bring(request):
            raise PermissionDenied
        called = _("%(register)s, template") % {"register": self.register_name()}
        return self._workbook(request, sheets.template(self.sheet), called)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Asks for the file. A file that can be read is checked, and its page follows."""
        if not self.may_bring(request):
            raise PermissionDenied
        subdistricts = subdistricts_of(scope_of(request))
        brought = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = BringForm(*brought, subdistricts=subdistricts)
        if form.is_valid() and (checked := self._check(request, form)):
            return HttpResponseRedirect(reverse("admin:governance_registerimport_change", args=[checked.pk]))
        context = {
            "form": form,
            "title": _("Bring in: %(register)s") % {"register": self.register_name()},
            "earlier": RegisterImport.objects.filter(register=self.sheet.code, subdistrict__in=subdistricts)
            .defer("problems", "changes")
            .order_by("-uploaded_at")[:EARLIER_SHOWN],
            "most_rows": MOST_ROWS,
            **self.admin_site.each_context(request),
        }
        return self._rendered(request, "admin/imports/bring.html", context)

    def _check(self, request: HttpRequest, form: BringForm) -> RegisterImport | None:
        upload: UploadedFile = form.cleaned_data["file"]
        try:
            return checking.check(
                self.sheet,
                upload,
                name=upload.name or "",
                subdistrict=form.subdistrict,
                by=request.user,  # type: ignore[arg-type]
                at=_now(request),
            )
        except FileRefused as refused:
            form.add_error("file", str(refused))
            return None

    def _rendered(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, template, {"opts": self.opts, "register": self} | context)

    def _workbook(self, request: HttpRequest, content: bytes, called: str) -> HttpResponse:
        return workbook_response(content, f"{called} {local_day(_now(request))}.xlsx")


def workbook_response(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=sheets.XLSX,
        headers={"Content-Disposition": _attachment(name), "X-Content-Type-Options": "nosniff"},
    )


def _attachment(name: str) -> str:
    return content_disposition_header(True, name) or "attachment"


def _now(request: HttpRequest) -> datetime:
    return request.now  # type: ignore[attr-defined]


@registers(RegisterImport)
class RegisterImportAdmin(RegisterAdmin):
    """The files that were brought, each with its page: what would change, what is wrong, and the two presses."""

    group = "records"
    subdistrict_paths = ("subdistrict",)
    may_add = False
    may_change = False
    list_display = ("called", "of_register", "standing", "brought_by", "brought_at", "new", "changed", "bad")
    list_select_related = ("uploaded_by",)
    list_filter = ("state",)
    search_fields = ("file_name",)
    ordering = ("-uploaded_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("problems", "changes")

    @display(description=gettext_lazy("file"), ordering="file_name")
    def called(self, row: RegisterImport) -> str:
        return row.file_name

    @display(description=gettext_lazy("register"), ordering="register")
    def of_register(self, row: RegisterImport) -> str:
        return REGISTERS[row.register].title()

    @display(description=gettext_lazy("standing"), ordering="state")
    def standing(self, row: RegisterImport) -> str:
        return row.get_state_display()

    @display(description=gettext_lazy("brought by"))
    def brought_by(self, row: RegisterImport) -> str:
        return str(row.uploaded_by)

    @display(description=gettext_lazy("brought"), ordering="uploaded_at")
    def brought_at(self, row: RegisterImport) -> datetime:
        return row.uploaded_at

    @display(description=gettext_lazy("new"))
    def new(self, row: RegisterImport) -> int:
        return row.new_rows

    @display(description=gettext_lazy("changed"))
    def changed(self, row: RegisterImport) -> int:
        return row.changed_rows

    @display(description=gettext_lazy("bad"))
    def bad(self, row: RegisterImport) -> int:
        return row.bad_rows

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [
            path(f"<path:object_id>/{verb}/", self.admin_site.admin_view(view), name=name + verb.replace("-", "_"))
            for verb, view in (
                ("take-in", self.take_in_view),
                ("put-aside", self.put_aside_view),
                ("file", self.file_view),
                ("bad-rows", self.bad_rows_view),
            )
        ] + super().get_urls()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """What the file would do, or did, row by row. Taken in or put aside it is at addresses of their own."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        brought = self._row(request, object_id or "")
        sheet = REGISTERS[brought.register]
        shows_changes = request.GET.get("show") == "changed" or not brought.problems
        rows = brought.changes if shows_changes else brought.problems
        page = LastPage(rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
        say = self._change_in_words if shows_changes else self._problem_in_words
        context = {
            "title": brought.file_name,
            "brought": brought,
            "register_title": sheet.title(),
            "list_url": reverse(f"admin:governance_{brought.register}_changelist"),
            "import_url": reverse(f"admin:governance_{brought.register}_import"),
            "good_rows": brought.new_rows + brought.changed_rows,
            "is_open": brought.state == ImportState.CHECKED,
            "may_settle": self.may_settle(request, brought),
            "may_fetch": self.may_fetch(request, brought),
            "shows_changes": shows_changes,
            "page": page,
            "rows": [say(sheet, row, _now(request)) for row in page],
        }
        return self._page(request, "admin/imports/import.html", brought, context)

    def _problem_in_words(self, sheet: Register, problem: dict[str, Any], now: datetime) -> dict[str, Any]:
        column = sheet.column(problem["column"])
        return problem | {"column": column.title() if column else "", "reason": in_words(sheet, problem)}

    def _change_in_words(self, sheet: Register, change: dict[str, Any], now: datetime) -> dict[str, Any]:
        return change | {"fields": [_field_in_words(sheet, name, old, new, now) for name, old, new in change["fields"]]}

    def may_settle(self, request: HttpRequest, brought: RegisterImport) -> bool:
        """Who may bring in a file for the register in that street may settle another's."""
        register: Any = self.admin_site.get_model_admin(REGISTERS[brought.register].model)
        return brought.state == ImportState.CHECKED and register.may_bring(request)

    def may_fetch(self, request: HttpRequest, brought: RegisterImport) -> bool:
        """A file with people's names goes back to nobody but whoever brought it."""
        return not REGISTERS[brought.register].holds_names or brought.uploaded_by_id == request.user.pk

    def take_in_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        brought = self._to_settle(request, object_id)
        try:
            is_taken_in = checking.take_in(
                brought.pk,
                seen=request.POST.get("seen", ""),
                by=request.user,  # type: ignore[arg-type]
                at=_now(request),
            )
        except Refusal as refused:
            messages.warning(request, str(refused))
            return self._back_to(brought)
        if is_taken_in:
            count = brought.new_rows + brought.changed_rows
            done = ngettext("%(count)s row has been taken in.", "%(count)s rows have been taken in.", count)
            messages.success(request, done % {"count": count})
        else:
            messages.warning(
                request, _("The register has changed since this was checked. Nothing was taken in: please look again.")
            )
        return self._back_to(brought)

    def put_aside_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        brought = self._to_settle(request, object_id)
        try:
            checking.put_aside(brought.pk, by=request.user, at=_now(request))  # type: ignore[arg-type]
            messages.success(request, _("The file has been put aside. Nothing was taken in."))
        except Refusal as refused:
            messages.warning(request, str(refused))
        return self._back_to(brought)

    def _to_settle(self, request: HttpRequest, object_id: str) -> RegisterImport:
        brought: RegisterImport = self._row(request, object_id)
        register: Any = self.admin_site.get_model_admin(REGISTERS[brought.register].model)
        if request.method != "POST" or not register.may_bring(request):
            raise PermissionDenied
        return brought

    def _back_to(self, brought: RegisterImport) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:governance_registerimport_change", args=[brought.pk]))

    def file_view(self, request: HttpRequest, object_id: str) -> FileResponse:
        """The file as it was brought."""
        brought = self._to_fetch(request, object_id)
        response = FileResponse(
            brought.file.open("rb"), as_attachment=True, filename=f"{_stem(brought)}.xlsx", content_type=sheets.XLSX
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def bad_rows_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The rows that were not good, with the reasons: to be mended and brought again."""
        brought = self._to_fetch(request, object_id)
        with brought.file.open("rb") as file:
            content = sheets.bad_rows(REGISTERS[brought.register], checking.table_of(file), brought.problems)
        return workbook_response(content, _("%(file)s, rows to mend") % {"file": _stem(brought)} + ".xlsx")

    def _to_fetch(self, request: HttpRequest, object_id: str) -> RegisterImport:
        brought: RegisterImport = self._row(request, object_id)
        if not self.may_fetch(request, brought):
            raise PermissionDenied
        return brought


def _stem(brought: RegisterImport) -> str:
    return brought.file_name.rpartition(".")[0] or brought.file_name


def _field_in_words(sheet: Register, name: str, old: Any, new: Any, now: datetime) -> dict[str, Any]:
    column = sheet.column(name) or sheet.column(f"membership_{name}")
    field = next((field for field in sheet.model._meta.concrete_fields if field.name == name), None)
    return {
        "name": column.title() if column else name,
        "old": column.shown(old) if column else spoken(old, field, now),
        "new": column.shown(new) if column else spoken(new, field, now),
        # Of a person's name it is said that it changes, not how.
        "is_private": old is None and new is None,
    }


@work_item
def imports_with_errors(scope: Scope, now: datetime) -> WaitingRows:
    """Files that were checked, found to have bad rows, and left lying."""
    rows = RegisterImport.objects.filter(
        state=ImportState.CHECKED, bad_rows__gt=0, subdistrict__in=subdistricts_of(scope).order_by()
    )
    return WaitingRows(
        rows.order_by("-uploaded_at"),
        lambda count: ngettext("%(count)s import has errors", "%(count)s imports have errors", count),
        reverse("admin:governance_registerimport_changelist") + f"?state__exact={ImportState.CHECKED}",
        name="file_name",
    )
