"""The forms by which a person shows, before the account is closed, that it is theirs: a code, or else the password."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.forms.sign_in import password_input


class OwnPasswordForm(forms.Form):
    """Of whoever has no number to which a code could be sent."""

    password = forms.CharField(
        label=_("Your password, to confirm"),
        max_length=200,
        strip=False,
        widget=password_input("current-password"),
        error_messages={"required": _("Please enter your password.")},
    )
