"""The forms of signing in, of the account page and of passwords."""

import re
import unicodedata

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.translation import gettext_lazy as _

from governance.domain.phones import mobile_number

_DIRECTION_MARKS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def text_input(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attributes})


def password_input(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"class": "form-control", "autocomplete": autocomplete})


class PhoneForm(forms.Form):
    """A mobile number, cleaned to E.164."""

    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=40,
        widget=text_input(type="tel", inputmode="tel", autocomplete="tel"),
        error_messages={"required": _("Please enter your mobile number.")},
    )

    def clean_phone(self) -> str:
        number = mobile_number(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(
                _("Please enter a mobile number of 11 digits that begins with 1, for example 138 1234 5678.")
            )
        return number


class CodeForm(forms.Form):
    """The six digits of a code; spaces and full-width digits are forgiven."""

    code = forms.CharField(
        label=_("The 6 digits from the text message"),
        max_length=30,
        widget=text_input(inputmode="numeric", autocomplete="one-time-code"),
        error_messages={"required": _("Please enter the 6 digits from the text message.")},
    )

    def clean_code(self) -> str:
        digits = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", self.cleaned_data["code"]))
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise forms.ValidationError(_("The code has exactly 6 digits."))
        return digits


class PasswordForm(forms.Form):
    login = forms.CharField(
        label=_("Account name or mobile number"),
        max_length=60,
        widget=text_input(autocomplete="username", autocapitalize="none", spellcheck="false"),
        error_messages={"required": _("Please enter your account name or your mobile number.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=password_input("current-password"),
        error_messages={"required": _("Please enter your password.")},
    )


class AccountForm(forms.Form):
    """How the person wants to be called and reached."""

    full_name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("So that those who handle your matter know how to address you. Neighbours never see it."),
        widget=text_input(autocomplete="name"),
    )
    wants_sms = forms.BooleanField(
        label=_("Text me when something happens to my petitions"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def clean_full_name(self) -> str:
        # Direction marks could make a name read as something else on a steward's screen.
        return _DIRECTION_MARKS.sub("", " ".join(self.cleaned_data["full_name"].split()))


class _NewPasswordTwice(forms.BaseForm):
    """The two fields of a new password in our words and looks."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 8 characters. Not a birthday, not 12345678.")
        self.fields["password2"].label = _("The new password once more")
        for name, field in self.fields.items():
            field.widget = password_input("current-password" if name == "oldpassword" else "new-password")
            field.error_messages["required"] = _("Please fill this in.")


class SetPasswordForm(_NewPasswordTwice, allauth_forms.SetPasswordForm):
    pass


class ChangePasswordForm(_NewPasswordTwice, allauth_forms.ChangePasswordForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
