"""What can be wrong, and the days that are not like their weekday. The same for all streets."""

from typing import Any

from django.contrib.admin import display
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from governance.admin.base import RegisterAdmin, version_seen
from governance.admin.forms import RegisterForm
from governance.admin.site import registers
from governance.domain.calendar_days import SourceNotOurs, is_of_the_package, mark_day
from governance.models import CalendarDay, CalendarYear, Category


@registers(Category)
class CategoryAdmin(RegisterAdmin):
    group = "clocks"
    shared = True
    list_display = ("called", "is_emergency", "hides_petitioner", "position", "is_archived")
    list_filter = ("is_archived", "is_emergency", "hides_petitioner")
    search_fields = ("name_zh", "name_en", "name_ko", "search_words")
    readonly_fields = ("code",)
    fields = (
        "code", "name_zh", "name_en", "name_ko", "hint_zh", "hint_en", "hint_ko", "search_words",
        "is_emergency", "hides_petitioner", "is_about_staff", "is_about_street", "is_listed", "is_tile", "position",
        "is_archived",
    )  # fmt: skip
    may_add = False

    @display(description=_("Name"), ordering="name_zh")
    def called(self, row: Category) -> str:
        return row.name


class CalendarDayForm(RegisterForm):
    """A day of the office's own says where it is written; so does one that the office corrects."""

    def clean_source(self) -> str:
        source = self.cleaned_data["source"].strip()
        if is_of_the_package(source):
            raise ValidationError(str(SourceNotOurs.sentence))
        return source


@registers(CalendarDay)
class CalendarDayAdmin(RegisterAdmin):
    """Holidays and make-up workdays. A day that the office writes itself moves the deadlines that run over it."""

    group = "clocks"
    shared = True
    form = CalendarDayForm
    list_display = ("day", "kind", "holiday", "source")
    list_filter = ("kind",)
    search_fields = ("name", "source")
    ordering = ("-day",)
    fields = ("day", "kind", "name", "source")

    @display(description=_("Holiday"), ordering="name")
    def holiday(self, row: CalendarDay) -> str:
        return row.label

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Which day it is stays: another day is another row."""
        return ("day",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        seen = version_seen(request) if change else None
        mark_day(obj, version=seen, actor=request.user, at=request.now)  # type: ignore[arg-type,attr-defined]


@registers(CalendarYear)
class CalendarYearAdmin(RegisterAdmin):
    group = "clocks"
    shared = True
    may_add = False
    may_change = False
    list_display = ("year", "source", "loaded_at")
    search_fields = ("source",)
    ordering = ("-year",)
    fields = ("year", "source", "loaded_at")
