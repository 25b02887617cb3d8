"""A register's list, whatever its address asks: the last page instead of none, 400 instead of a fault."""

from typing import Any

from django import forms
from django.contrib.admin.filters import RelatedFieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import SEARCH_VAR, ChangeListSearchForm
from django.core.exceptions import BadRequest
from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import HttpRequest
from unfold.views import ChangeList

LONGEST_SEARCH = 100
# More choices than this make no filter: whoever looks for one of them searches.
MOST_CHOICES = 100


class LastPage(Paginator):
    """A page beyond the end is the last one, and no page at all the first."""

    def validate_number(self, number: Any) -> int:
        try:
            return super().validate_number(number)
        except PageNotAnInteger:
            return 1
        except EmptyPage:
            return self.num_pages if int(number) > 1 else 1


class ShortSearch(ChangeListSearchForm):
    """A search of at most `LONGEST_SEARCH` characters."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields[SEARCH_VAR] = forms.CharField(required=False, strip=True, max_length=LONGEST_SEARCH)


class RegisterList(ChangeList):
    """The list of a register: a filter that makes no sense is the asker's mistake."""

    search_form_class = ShortSearch

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        try:
            super().__init__(request, *args, **kwargs)
        except IncorrectLookupParameters as wrong:
            raise BadRequest("no such filter") from wrong

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.page_num: int = self.paginator.validate_number(self.page_num)
        self.result_list: Any = list(self.result_list)
        self.model_admin.prepare(self.result_list, request)


class ScopedFilter(RelatedFieldListFilter):
    """Offers the rows in the person's charge only: a list of all streets' communities would tell their names."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        site = model_admin.admin_site
        rows = site.rows_of(field.remote_field.model, request)[: MOST_CHOICES + 1]
        if len(rows) > MOST_CHOICES:
            return []
        return [(row.pk, site.label_of(row)) for row in rows]
