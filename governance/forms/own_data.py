"""The form by which a person has the account closed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.forms.sign_in import text_input
from governance.models import User


class EraseForm(forms.Form):
    """Confirmed by what stands for the account: whoever holds a borrowed phone may not know it, and nobody slips."""

    confirmed = forms.CharField(
        max_length=60,
        widget=text_input(autocomplete="off", autocapitalize="none", spellcheck="false"),
        error_messages={"required": _("Please fill this in.")},
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.expected = user.phone[-4:] if user.phone else user.username
        self.fields["confirmed"].label = (
            _("To confirm, type the last four digits of your mobile number")
            if user.phone
            else _("To confirm, type your account name")
        )

    def clean_confirmed(self) -> str:
        given = self.cleaned_data["confirmed"].strip()
        if given != self.expected:
            raise forms.ValidationError(_("That isn't right. Nothing has been closed or erased."))
        return given
