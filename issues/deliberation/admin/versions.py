"""What kinds of meetings and rule sets have in common in the console: rows that are never changed, only followed."""

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.admin.base import RegisterAdmin
from governance.admin.filters import in_force_unless_all
from governance.domain import registers
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal
from issues.deliberation.forms.ruling import VersionForm

# What the database says no to, where the constraint itself has no sentence.
ENDS_BEFORE_IT_BEGINS = gettext_lazy("The last day is before the first.")
registers.SENTENCES |= dict.fromkeys(
    ("mechanism_ends_after_it_begins", "rule_set_ends_after_it_begins"), ENDS_BEFORE_IT_BEGINS
)


# What is in force today, or from a later day on.
InForce = in_force_unless_all(lambda rows, at: rows.filter(valid_until__lt=local_day(at)))


class RulesAdmin(RegisterAdmin):
    """A register of versions, the same for all streets: officers read it, administrators write the next version."""

    group = "deliberation"
    shared = True
    may_add = False
    may_change = False
    form_class: ClassVar[type[VersionForm]]
    edit_template = "deliberation/console/edit.html"
    change_form_template = "deliberation/console/version.html"
    ordering = ("code", "-version")

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers.entries_about(self.opts.model_name or "", row.code)

    def label_of(self, row: Any) -> str:
        return _("%(name)s, version %(version)s") % {"name": row.name, "version": row.version}

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_edit"
        view = self.admin_site.admin_view(self.edit_view)
        return [path("<path:object_id>/edit/", view, name=name), *super().get_urls()]

    def edit_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The form, filled with this version; sent, it is the next one, or the first of another code."""
        row = self._row(request, object_id)
        if not self._may_write(request):
            raise PermissionDenied
        last = self.model._default_manager.filter(code=row.code).latest("version")
        form = self.form_class(request.POST or None, follows=row, seen=last.version)
        if request.method == "POST" and form.is_valid():
            try:
                made = form.make(actor=request.user, at=request.now)  # type: ignore[arg-type,attr-defined]
                messages.success(request, _("“%(name)s” has been added.") % {"name": self.label_of(made)})
                return HttpResponseRedirect(self._address("change", made))
            except Refusal as refused:
                form.add_error(None, str(refused))
        title = _("A new version of: %(name)s") % {"name": row.name}
        return self._page(request, self.edit_template, row, {"form": form, "title": title})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = context["original"]
        versions = self.model._default_manager.filter(code=row.code).order_by("-version")
        context |= {"versions": versions, "may_make_version": self._may_write(request), **self.in_words(request, row)}
        return super().render_change_form(request, context, *args, **kwargs)

    def in_words(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page of a version says beside its fields."""
        return {}
