"""What a reference field offers while somebody types: rows in the person's charge, and only where a form asks."""

from typing import Any

from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest


class ScopedAutocomplete(AutocompleteJsonView):
    """Answers for the reference fields of registers that this person may fill in; anything else is a 404."""

    source_admin: Any

    def process_request(self, request: HttpRequest) -> tuple[str, Any, Any, str]:
        term, model_admin, source_field, to_field_name = super().process_request(request)
        site: Any = self.admin_site
        try:
            self.source_admin = site.get_model_admin(source_field.model)
        except NotRegistered as unknown:
            raise PermissionDenied from unknown
        is_asked_for = source_field.name in self.source_admin.get_autocomplete_fields(request)
        if not is_asked_for or not self.source_admin.has_view_permission(request):
            raise PermissionDenied
        return term[:100], model_admin, source_field, to_field_name

    def has_perm(self, request: HttpRequest, obj: Model | None = None) -> bool:
        # Asked of the form above: a person who may fill it in may see what it offers, a register of its own or not.
        return True

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        return self.source_admin.choices_for(self.source_field.name, rows, self.request)

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        register: Any = self.model_admin
        return {"id": str(getattr(obj, to_field_name)), "text": register.label_of(obj)}
