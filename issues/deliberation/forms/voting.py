"""What owners write beside their ballots: an objection, and who votes for them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.domain.phones import mobile_number
from residents.forms.filing import OwnWordsField


class ObjectForm(forms.Form):
    words = OwnWordsField(
        label=_("What is wrong with the result"),
        help_text=_("It gets a number and is answered in public, without your name."),
        max_characters=1000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 4}),
        error_messages={"required": _("Say what is wrong.")},
    )


class MandateForm(forms.Form):
    """Whom an owner lets vote: somebody with an account here, found by the phone number."""

    phone = forms.CharField(
        label=_("Mobile number of the person who votes for you"),
        max_length=20,
        help_text=_("The person needs an account here. You can take the mandate back until the ballot is handed in."),
        widget=forms.TextInput(attrs={"class": "form-control", "inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": _("Please enter the mobile number.")},
    )

    def clean_phone(self) -> str:
        number = mobile_number(self.cleaned_data["phone"])
        if number is None:
            raise forms.ValidationError(_("This is not a mobile number. Please check it."))
        return number
