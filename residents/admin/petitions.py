"""The registers of petitions and ratings. Nobody is named in a list, and nobody can be searched for.

A name is opened one petition at a time, with a reason; it is on record, and the person named reads who it was.
"""

from typing import Any

from django import forms
from django.contrib.admin import display
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
from governance.domain import registers as registers_domain
from governance.templatetags.words import named_at, own_words
from residents.admin.finding import rows_found
from residents.domain import names
from residents.models import Evaluation, Petition

PLACES = ("category", "estate", "building")


def matter_of(petition: Petition) -> SafeString:
    """What it is, and where; what was imported may say only what it is about."""
    return named_at(petition.category.name, petition) if petition.category else own_words(petition.subject_words)


class OpenNameForm(forms.Form):
    """Why the name is needed."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=names.LONGEST_REASON,
        help_text=gettext_lazy("The person reads on the petition's page who looked, when and why."),
    )


@registers(Petition)
class PetitionAdmin(RegisterAdmin):
    group = "matters"
    subdistrict_paths = ("subdistrict",)
    category_path = "category"
    may_add = False
    may_change = False
    change_form_template = "residents/console/petition.html"
    list_display = ("receipt_no", "matter", "channel", "state", "filed_at", "holder_body", "due")
    list_select_related = (*PLACES, "community")
    list_filter = ("state", "channel", "community", "category", "filed_at")
    # What is searched says `get_search_results`; without any field the list would have no search.
    search_fields = ("receipt_no",)
    ordering = ("-filed_at", "-pk")
    fields = (
        "receipt_no", "matter", "estate", "subject", "words", "state", "channel", "name_visibility", "filed_at",
        "holder_body", "due", "finished_at",
    )  # fmt: skip

    @display(description=gettext_lazy("Matter"), ordering="category__position")
    def matter(self, row: Petition) -> SafeString:
        return matter_of(row)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return rows_found(queryset, search_term, "subject", "words", by_receipt="receipt_no"), False

    @display(description=pgettext_lazy("petition", "Due"), ordering="next_due_at")
    def due(self, row: Petition) -> Any:
        return row.next_due_at

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("petition", row.audit_ref)

    def unnamed_in(self, row: Any) -> dict[str, Any]:
        return {str(row.petitioner.public_id): _("The petitioner")} if row.petitioner else {}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.name_view)
        return [path("<path:object_id>/name/", view, name="residents_petition_name"), *super().get_urls()]

    def name_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks for a reason, then shows the name on this one page."""
        petition = self._row(request, object_id)
        if petition.hides_its_person:
            raise PermissionDenied
        form = OpenNameForm(request.POST if request.method == "POST" else None)
        opened = ""
        if form.is_valid():
            opened = names.open_name(
                petition,
                actor=request.user,  # type: ignore[arg-type]
                at=request.now,  # type: ignore[attr-defined]
                reason=form.cleaned_data["reason"],
            )
        context = {"form": form, "opened": opened, "title": _("Who said it")}
        return self._page(request, "residents/console/name.html", petition, context)


@registers(Evaluation)
class EvaluationAdmin(RegisterAdmin):
    """Ratings one by one, for the office alone: bodies get theirs in batches. Who gave one isn't shown."""

    group = "matters"
    subdistrict_paths = ("petition__subdistrict",)
    category_path = "petition__category"
    may_add = False
    may_change = False
    list_display = ("petition", "matter", "satisfaction", "is_solved", "was_contacted", "given_at")
    list_select_related = tuple(f"petition__{place}" for place in PLACES)
    list_filter = ("satisfaction", "is_solved", "was_contacted", "petition__community", "given_at")
    search_fields = ("petition__receipt_no", "petition__estate__name", "petition__category__name_zh", "words")
    ordering = ("-given_at", "-pk")
    fields = ("petition", "matter", "satisfaction", "is_solved", "was_contacted", "words", "given_at")

    @display(description=gettext_lazy("Matter"))
    def matter(self, row: Evaluation) -> SafeString:
        return matter_of(row.petition)

    def label_of(self, row: Any) -> str:
        return str(row.petition)

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("petition", row.petition.audit_ref).filter(verb="evaluate")

    def unnamed_in(self, row: Any) -> dict[str, Any]:
        return {str(row.petition.petitioner.public_id): _("The petitioner")}
