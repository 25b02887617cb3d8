"""Those who have had their accounts closed, by reference alone: what is kept under lock, and until when.

Whoever can't sign in asks in writing: the office enters that here.
"""

from typing import Any

from django import forms
from django.contrib.admin import display
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from governance import wording
from governance.admin.base import RegisterAdmin
from governance.admin.forms import RegisterForm
from governance.admin.site import registers
from governance.domain import erasing
from governance.domain import registers as registers_domain
from governance.domain.erasing import reason_for
from governance.domain.refusals import Refusal
from governance.models import Erasure


class OnPaperForm(RegisterForm):
    """What the paper says, and where it is."""

    receipt_no = forms.CharField(
        label=_("Receipt number of a petition of theirs"),
        max_length=20,
        widget=forms.TextInput,
        help_text=_("On the slip they were given when somebody wrote it down for them."),
    )
    full_name = forms.CharField(label=_("Name, as the paper is signed"), max_length=60, widget=forms.TextInput)
    paper = forms.CharField(
        label=_("Of which day the paper is, and where it is kept"), max_length=120, widget=forms.TextInput
    )
    was_seen = forms.BooleanField(
        label=_(
            "I have seen the signed paper and who the person is. What is erased doesn't come back; what must stay, and "
            "until when, is on the page that opens: print it for them."
        )
    )


@registers(Erasure)
class ErasureAdmin(RegisterAdmin):
    """What is due is erased by the sweep. Added is what somebody asks for who can't sign in."""

    group = "records"
    subdistrict_paths = ("subdistrict",)
    may_change = False
    form = OnPaperForm
    list_display = ("asked_at", "reference", "erased_at", "kept", "done_at")
    list_filter = ("asked_at",)
    ordering = ("-asked_at", "-id")
    fields = ("asked_at", "reference", "erased_at", "kept", "done_at")
    fields_of_the_paper = ("receipt_no", "full_name", "paper", "was_seen")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields if obj else self.fields_of_the_paper

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        typed, officer, at = form.cleaned_data, request.user, request.now
        try:
            erasure = erasing.ask_on_paper(
                typed["receipt_no"], name=typed["full_name"], paper=typed["paper"], actor=officer, at=at
            )
        except Refusal as refused:
            raise registers_domain.NotAccepted(refused.sentence) from refused
        obj.__dict__.update(erasure.__dict__)

    def response_add(self, request: Any, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        # In a transaction of its own, as always: the form's is the first of the two.
        at = request.now
        transaction.on_commit(lambda: erasing.carry_out_now(obj, at=at), robust=True)
        return HttpResponseRedirect(reverse("erased", args=[obj.public_id]))

    def entries_of(self, row: Any) -> QuerySet[Any]:
        return registers_domain.entries_about("erasure", str(row.public_id))

    def get_queryset(self, request: Any) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("holds")

    def label_of(self, row: Any) -> str:
        return f"{wording.local(row.asked_at):%F %R}"

    @display(description=_("reference"))
    def reference(self, row: Erasure) -> SafeString:
        return format_html('<span lang="en">{}</span>', row.public_id)

    @display(description=_("kept under lock"))
    def kept(self, row: Erasure) -> str:
        return "; ".join(f"{reason_for(hold.kind).what} ({_until(hold)})" for hold in row.holds.all())


def _until(hold: Any) -> str:
    return f"{wording.local(hold.until):%F}" if hold.until else pgettext("erasure", "not known yet")
