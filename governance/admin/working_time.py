"""What can be wrong, and the days that are not like their weekday. The same for all streets."""

from django.contrib.admin import display
from django.utils.translation import gettext_lazy as _

from governance.admin.base import RegisterAdmin
from governance.admin.site import registers
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
        "is_emergency", "hides_petitioner", "is_about_staff", "is_tile", "position", "is_archived",
    )  # fmt: skip
    may_add = False

    @display(description=_("Name"), ordering="name_zh")
    def called(self, row: Category) -> str:
        return row.name


@registers(CalendarDay)
class CalendarDayAdmin(RegisterAdmin):
    group = "clocks"
    shared = True
    may_add = False
    may_change = False
    list_display = ("day", "kind", "label", "source")
    list_filter = ("kind",)
    search_fields = ("name", "source")
    ordering = ("-day",)
    fields = ("day", "kind", "name", "source")


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
