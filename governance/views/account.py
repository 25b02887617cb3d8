"""The person's own account page: name, number, messages, password, what was agreed to."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from governance.forms.sign_in import AccountForm


@never_cache
@login_required
def account(request):
    user = request.user
    form = AccountForm(request.POST or None, initial={"full_name": user.full_name, "wants_sms": user.wants_sms})
    if request.method == "POST" and form.is_valid():
        user.full_name = form.cleaned_data["full_name"]
        user.wants_sms = form.cleaned_data["wants_sms"]
        user.save(update_fields=["full_name", "wants_sms"])
        messages.success(request, _("Saved."))
        return redirect("account")
    context = {
        "form": form,
        "form_errors": form.errors,
        "has_password": user.has_usable_password(),
        "consents": user.consents.filter(withdrawn_at=None).order_by("given_at", "pk"),
    }
    return render(request, "governance/account.html", context)
