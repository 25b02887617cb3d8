"""Registers whose rows are never changed: each edit is a new version, and the old ones stay to be read."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from governance.admin import history
from governance.admin.base import RegisterAdmin
from governance.admin.filters import in_force_unless_all
from governance.domain import registers
from governance.domain.refusals import Refusal
from issues.domain.promising import NotSound

InForce = in_force_unless_all(lambda rows, _at: rows.exclude(superseded_at=None))


class VersionedAdmin(RegisterAdmin):
    """A register of versions. `noun` is what the audit trail calls it; its entries are kept by the code."""

    group = "clocks"
    shared = True
    may_add = False
    may_change = False
    noun: ClassVar[str]
    edit_template: ClassVar[str]

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers.entries_about(self.noun, row.code)

    def may_make_version(self, request: HttpRequest, row: Any) -> bool:
        """Of the version in force, by whoever may write what all streets share."""
        return row.superseded_at is None and self._may_write(request)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        versions = self.model._default_manager.filter(code=row.code).order_by("-version")
        context |= {"versions": versions, "may_make_version": self.may_make_version(request, row), **self.in_words(row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def in_words(self, row: Any) -> dict[str, Any]:
        """What the page of a version says beside its fields."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_edit"
        view = self.admin_site.admin_view(self.edit_view)
        return [path("<path:object_id>/edit/", view, name=name), *super().get_urls()]

    # --- the edit into a new version ---

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form; its preview; the new version; or, for the second of two, what the first wrote."""
        row = self._row(request, object_id)
        if not self._may_write(request):
            raise PermissionDenied
        in_force = self._in_force(row)
        if request.method != "POST":
            if row != in_force:
                return HttpResponseRedirect(self._address("edit", in_force))
            return self._edit_page(request, row, self.form_of(None, row))
        form = self.form_of(request.POST, row)
        if not form.is_valid():
            return self._edit_page(request, in_force, form, problems=form.problems)
        return self._answer(request, in_force, form)

    def _answer(self, request: HttpRequest, in_force: Any, form: Any) -> HttpResponse:
        try:
            if "_preview" in request.POST:
                return self._edit_page(request, in_force, form, **self.preview(request, in_force, form))
            made = self.make_version(request, in_force, form)
        except NotSound as unsound:
            return self._edit_page(request, in_force, form, problems=[("", problem) for problem in unsound.problems])
        except registers.StaleVersion as stale:
            return self._second_officer(request, form, stale)
        except Refusal as refused:
            return self._edit_page(request, in_force, form, problems=[("", str(refused))])
        messages.success(request, self.said_of(made))
        return HttpResponseRedirect(self._address("changelist"))

    def _second_officer(self, request: HttpRequest, form: Any, stale: registers.StaleVersion) -> HttpResponse:
        """Who was faster and what both wrote; the form goes on from there with what this officer typed."""
        in_force = self._in_force(stale.row)
        context = {
            "faster": history.sentences(stale.since, self.model, request),
            "both": self.differences(in_force, form),
        }
        going_on = self.going_on(request.POST, in_force, form)
        response = self._edit_page(request, in_force, going_on, problems=[("", str(stale))], **context)
        response.status_code = 409
        return response

    def _in_force(self, row: Any) -> Any:
        current = self.model._default_manager.filter(code=row.code, superseded_at=None).first()
        if current is None:
            raise Http404
        return current

    def _edit_page(
        self, request: HttpRequest, row: Any, form: Any, *, problems: Sequence[tuple[str, str]] = (), **context: Any
    ) -> HttpResponse:
        title = _("A new version of: %(name)s") % {"name": self.label_of(row)}
        shown = {"form": form, "problems": problems, "title": title, "errors": bool(problems), **context}
        return self._page(request, self.edit_template, row, shown)

    # --- what each register says ---

    def form_of(self, data: Any, row: Any) -> Any:
        """The form, filled with `row` where there are no `data`."""
        raise NotImplementedError

    def going_on(self, data: Any, in_force: Any, form: Any) -> Any:
        """The form for the second officer: the version in force, what was typed, and the rest as it is now."""
        raise NotImplementedError

    def differences(self, in_force: Any, form: Any) -> list[tuple[str, str, str]]:
        """Field, what is in force, what this officer typed: where the two differ."""
        raise NotImplementedError

    def preview(self, request: HttpRequest, in_force: Any, form: Any) -> dict[str, Any]:
        raise NotImplementedError

    def make_version(self, request: HttpRequest, in_force: Any, form: Any) -> Any:
        raise NotImplementedError

    def said_of(self, made: Any) -> str:
        """What is said when the version is in force."""
        raise NotImplementedError

    def label_of(self, row: Model) -> str:
        return str(row.name)  # type: ignore[attr-defined]
