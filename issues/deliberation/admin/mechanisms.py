"""The register of kinds of meetings."""

from django.contrib.admin import display
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from governance.admin.site import registers
from issues.deliberation.admin.versions import InForce, RulesAdmin
from issues.deliberation.forms.ruling import MechanismForm
from issues.deliberation.models import Mechanism

NAMES = ("name_zh", "name_en", "name_ko")


@registers(Mechanism)
class MechanismAdmin(RulesAdmin):
    form_class = MechanismForm
    list_display = ("called", "version", "called_by", "notice_days", "quorum", "majority", "valid_from", "valid_until")
    list_filter = (InForce, "body", "mark")
    search_fields = ("code", *NAMES, "source")
    fields = ("names", *(name for name in MechanismForm.Meta.fields if name not in NAMES))
    readonly_fields = ("names",)

    @display(description=Mechanism._meta.verbose_name, ordering="code")
    def called(self, row: Mechanism) -> str:
        return row.name

    @display(description=_("In three languages"))
    def names(self, row: Mechanism) -> SafeString:
        """Each marked as what it is, whoever reads it."""
        return format_html(
            '<span lang="zh-Hans">{}</span> · <span lang="en">{}</span> · <span lang="ko">{}</span>',
            *(getattr(row, name) for name in NAMES),
        )
