"""The register of rule sets of owners' votes, with what each matter needs and the lawyer's signature."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from governance.admin.site import registers
from governance.domain.refusals import Refusal
from issues.deliberation.admin.versions import InForce, RulesAdmin
from issues.deliberation.domain import ruling
from issues.deliberation.forms.ruling import RuleSetForm, SignForm
from issues.deliberation.models import RuleSet


@registers(RuleSet)
class RuleSetAdmin(RulesAdmin):
    form_class = RuleSetForm
    list_display = ("name", "version", "body", "valid_from", "valid_until", "signed_by", "signed_on")
    list_filter = (InForce, "body")
    search_fields = ("code", "name", "source", "signed_by")
    fields = (*RuleSetForm.Meta.fields, "signed_by", "signed_on")

    def in_words(self, request: HttpRequest, row: RuleSet) -> dict[str, Any]:
        sign = reverse("admin:deliberation_ruleset_sign", args=[row.pk])
        may_sign = not row.signed_by and self._may_write(request)
        return {
            "matters": row.matters.order_by("matter"),
            "election": row.election_rule,
            "sign_url": sign if may_sign else "",
        }

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.sign_view)
        return [path("<path:object_id>/sign/", view, name="deliberation_ruleset_sign"), *super().get_urls()]

    def sign_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Who signed, and on which day."""
        row = self._row(request, object_id)
        if not self._may_write(request) or row.signed_by:
            raise PermissionDenied
        form = SignForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                ruling.sign(row, **form.cleaned_data, actor=request.user, at=request.now)  # type: ignore[arg-type,attr-defined]
                messages.success(request, _("The signature is noted. The rule set stays as it is now."))
                return HttpResponseRedirect(self._address("change", row))
            except Refusal as refused:
                form.add_error(None, str(refused))
        title = _("Note the lawyer's signature")
        return self._page(request, "admin/party/deed.html", row, {"form": form, "title": title})
