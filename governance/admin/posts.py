"""The register of who sits on a committee or represents the residents, with an account here or without."""

from typing import Any

from django import forms
from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance.admin.base import RegisterAdmin
from governance.admin.filters import Standing
from governance.admin.forms import RegisterForm
from governance.admin.party import by_number
from governance.admin.site import registers
from governance.models import OF_AN_ESTATE, BodyKind, Post


class PostForm(RegisterForm):
    """The person's account is found by the whole number only."""

    phone = forms.CharField(
        label=_("Phone number the person signs in with"),
        required=False,
        max_length=40,
        widget=forms.TextInput,
        help_text=_("With it the person is asked to meetings in the portal. Leave it empty to change nothing."),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        typed = cleaned.get("phone")
        if typed and (person := by_number(self, "phone", typed)):
            self.instance.user = person
        return cleaned


@registers(Post)
class PostAdmin(RegisterAdmin):
    group = "bodies"
    subdistrict_paths = ("body__subdistrict",)
    private_fields = frozenset({"full_name", "user"})
    form = PostForm
    list_display = ("full_name", "title", "body", "kind", "is_owner", "since", "ended_on")
    list_select_related = ("body", "user")
    list_filter = ("kind", "body", Standing)
    search_fields = ("full_name", "title", "body__name", "body__short_name")
    autocomplete_fields = ("body",)
    ordering = ("body__name", "pk")
    fields = ("body", "kind", "title", "full_name", "is_owner", "since", "account", "phone")
    readonly_fields = ("account",)

    def choices_for(self, field: str, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
        return rows.filter(ended_on=None, kind__in=(*OF_AN_ESTATE, BodyKind.RESIDENTS_COMMITTEE))

    @display(description=_("Account"))
    def account(self, row: Post) -> str:
        return row.user.masked_phone if row.user else ""
