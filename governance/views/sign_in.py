"""Signing in: a phone number, then a code; or a password. Plain forms, no script, nothing but PostgreSQL on the way."""

from datetime import timedelta

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import authenticate
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from governance import wording
from governance.context_processors import wants_elder_mode
from governance.domain import sign_in as domain
from governance.domain.limits import TooManyTries
from governance.domain.phones import readable
from governance.domain.refusals import Refusal
from governance.encryption import lookup_hash
from governance.forms.sign_in import CodeForm, PasswordForm, PhoneForm
from governance.models import SignInCode
from governance.presses import takes_presses
from governance.sign_in import address_of, safe_page

# What the session remembers between the number and the code: {"code": the public id of a SignInCode, "next": a page}.
PENDING = "sign_in"


@never_cache
def with_phone(request):
    """Ask for the number and send a code to it."""
    wanted = _wanted_page(request)
    if request.user.is_authenticated:
        return redirect(wanted or "home")
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, "account/login.html", form, wanted)
    phone = form.cleaned_data["phone"]
    try:
        code = domain.send_code(phone, address=address_of(request), at=request.now)
    except TooManyTries as refusal:
        code = _pending_code(request)
        if code is None or lookup_hash(code.phone) != lookup_hash(phone) or code.expires_at <= request.now:
            form.add_error("phone", str(refusal.sentence))
            return _show(request, "account/login.html", form, wanted, status=refusal.status)
        # Pressed twice, or came back: the code on its way is as good as a new one.
    except Refusal as refusal:
        form.add_error("phone", str(refusal.sentence))
        return _show(request, "account/login.html", form, wanted, status=refusal.status)
    request.session[PENDING] = {"code": str(code.public_id), "next": wanted or ""}
    return redirect("account_code")


@never_cache
@sensitive_post_parameters("code")
def with_code(request):
    """Ask for the six digits; the right ones sign in."""
    code = _pending_code(request)
    if code is None:
        return redirect("home" if request.user.is_authenticated else "account_login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show_code(request, form, code)
    try:
        domain.enter_code(code, form.cleaned_data["code"], at=request.now)
    except Refusal as refusal:
        form.add_error("code", str(refusal.sentence))
        return _show_code(request, form, code, status=refusal.status)
    wanted = request.session.pop(PENDING).get("next", "")
    user = domain.welcome(
        code.phone, language=request.LANGUAGE_CODE, elder_mode=wants_elder_mode(request), at=request.now
    )
    return _begin_session(request, user, wanted)


@takes_presses
def send_again(request):
    """Send a new code to the same number; the old one ends with it."""
    code = _pending_code(request)
    if code is None:
        return redirect("account_login")
    try:
        fresh = domain.send_code(code.phone, address=address_of(request), at=request.now)
    except Refusal as refusal:
        messages.warning(request, str(refusal.sentence))
    else:
        request.session[PENDING] = {**request.session[PENDING], "code": str(fresh.public_id)}
        messages.success(request, _("A new code is on its way. The earlier one no longer works."))
    return redirect("account_code")


@never_cache
@sensitive_post_parameters("password")
def with_password(request):
    """Sign in by account name or number, and password."""
    wanted = _wanted_page(request)
    if request.user.is_authenticated:
        return redirect(wanted or "home")
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, "account/login_password.html", form, wanted)
    given = form.cleaned_data
    try:
        user = authenticate(request, username=given["login"], password=given["password"])
    except TooManyTries as refusal:
        form.add_error("password", str(refusal.sentence))
        return _show(request, "account/login_password.html", form, wanted, status=refusal.status)
    if user is None:
        form.add_error("password", _("The account name, the number or the password isn't right."))
        return _show(request, "account/login_password.html", form, wanted, status=400)
    return _begin_session(request, user, wanted)


def _begin_session(request, user, wanted):
    """A new session for `user`; allauth rotates its key and runs its stages. Then on to `wanted`, if that is ours."""
    return perform_login(request, user, redirect_url=safe_page(request, wanted or ""))


def _pending_code(request):
    pending = request.session.get(PENDING)
    return SignInCode.objects.filter(public_id=pending["code"], used_at=None).first() if pending else None


def _wanted_page(request):
    return safe_page(request, request.POST.get("next", "") or request.GET.get("next", ""))


def _show(request, template, form, wanted, status=200):
    query = f"?{urlencode({'next': wanted})}" if wanted else ""
    context = {
        "form": form,
        "form_errors": form.errors,
        "next": wanted or "",
        "phone_url": reverse("account_login") + query,
        "password_url": reverse("account_login_password") + query,
    }
    return render(request, template, context, status=status)


def _show_code(request, form, code, status=200):
    context = {
        "form": form,
        "form_errors": form.errors,
        # The person typed it a moment ago and must be able to spot a slip.
        "number": readable(code.phone),
        # Rounded up: who presses at this second must succeed.
        "again_at": wording.clock_time(code.sent_at + domain.RESEND_AFTER + timedelta(seconds=1), seconds=True),
        "expires_at": code.expires_at,
    }
    return render(request, "account/code.html", context, status=status)
