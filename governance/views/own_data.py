"""What is held about a person: looked at, taken along as a file, and erased on request."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from governance import wording
from governance.domain import erasing, sign_in
from governance.domain.limits import TooManyTries
from governance.domain.refusals import Refusal
from governance.forms.own_data import OwnPasswordForm
from governance.forms.sign_in import CodeForm
from governance.imports.sheets import XLSX
from governance.models import Erasure, SignInCode
from governance.models.sign_in import MAX_TRIES
from governance.own_data_book import workbook
from governance.requests import PortalRequest
from governance.sign_in import address_of

# What the session remembers between the sending of a code and its entry: the public id of a SignInCode.
PENDING = "close_account"
TO_CONFIRM = "#h-confirm"


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code", "password")
def own_data(request: PortalRequest) -> HttpResponse:
    """What we hold by kind, the copy, and the way out: what goes at once, what must stay, why and until when.

    Confirmed by a fresh code sent to the phone; by whoever has no number, by the password.
    """
    if request.method != "POST":
        return _page(request, _form(request, None), 200)
    erasing.refuse_who_cannot_go(request.user, at=request.now)
    if "send" in request.POST and request.user.phone:
        return _send_code(request)
    return _close(request, _form(request, request.POST))


def _form(request: PortalRequest, given: Mapping[str, Any] | None) -> forms.Form | None:
    """By which it is confirmed. None as long as no code is on its way."""
    if not request.user.phone:
        return OwnPasswordForm(given)
    return CodeForm(given) if _code(request) else None


def _code(request: PortalRequest) -> SignInCode | None:
    """The code that this session has had sent to the person's present number, if it can still be entered."""
    pending = request.session.get(PENDING)
    if not pending:
        return None
    sent = SignInCode.objects.filter(
        public_id=pending, used_at=None, expires_at__gt=request.now, tries__lt=MAX_TRIES
    ).first()
    return sent if sent and sent.phone == request.user.phone else None


def _send_code(request: PortalRequest) -> HttpResponse:
    phone = request.user.phone or ""
    try:
        code = sign_in.send_code(
            phone, address=address_of(request), at=request.now, purpose=sign_in.Purpose.CLOSE_ACCOUNT
        )
    except TooManyTries as refusal:
        # Pressed twice, or came back: the code on its way is as good as a new one.
        if _code(request) is None:
            messages.warning(request, _nothing_lost(refusal))
            return redirect("own_data")
    except sign_in.CodeNotSent:
        unsent = _("We could not send the text message just now. Nothing has been closed or erased. Try again later.")
        messages.warning(request, unsent)
        return redirect("own_data")
    else:
        request.session[PENDING] = str(code.public_id)
    return redirect(reverse("own_data") + TO_CONFIRM)


def _close(request: PortalRequest, form: forms.Form | None) -> HttpResponse:
    if form is None:
        messages.warning(request, _nothing_lost(sign_in.CodeSpent()))
        return redirect("own_data")
    if not form.is_valid():
        return _page(request, form, 400)
    try:
        _confirm(request, form)
    except Refusal as refusal:
        form.add_error(next(iter(form.fields)), _nothing_lost(refusal))
        return _page(request, form, refusal.status)
    erasure = erasing.ask(request.user, at=request.now)
    logout(request)
    erasing.carry_out_now(erasure, at=request.now)
    return redirect("erased", public_id=erasure.public_id)


def _confirm(request: PortalRequest, form: forms.Form) -> None:
    """Raises `CodeWrong`, `CodeSpent`, `PasswordWrong`, `TooManyTries`."""
    given = form.cleaned_data
    if isinstance(form, CodeForm):
        code = _code(request)
        if code is None:
            raise sign_in.CodeSpent
        sign_in.enter_code(code, given["code"], at=request.now, purpose=sign_in.Purpose.CLOSE_ACCOUNT)
    elif not sign_in.is_password_of(request.user, given["password"], address=address_of(request), at=request.now):
        raise sign_in.PasswordWrong


def _nothing_lost(refusal: Refusal) -> str:
    return _("%(why)s Nothing has been closed or erased.") % {"why": refusal.sentence}


def _page(request: PortalRequest, form: forms.Form | None, status: int) -> HttpResponse:
    code = _code(request)
    context = {
        "form": form,
        "form_errors": form.errors if form else None,
        "code": code,
        # Rounded up: who presses at this second must succeed.
        "again_at": code
        and wording.clock_time(code.sent_at + sign_in.RESEND_AFTER + timedelta(seconds=1), seconds=True),
        "sections": [section for section in erasing.copy_of(request.user) if section.rows],
        "held": _in_words(erasing.what_stays(request.user, at=request.now)),
        "refusal": _refusal(request),
    }
    return render(request, "governance/own_data.html", context, status=status)


def _refusal(request: PortalRequest) -> Refusal | None:
    try:
        erasing.refuse_who_cannot_go(request.user, at=request.now)
    except Refusal as refusal:
        return refusal
    return None


def _in_words(holds: list) -> list[tuple]:
    return [(hold, erasing.reason_for(hold.kind)) for hold in holds]


@never_cache
@login_required
@require_safe
def own_copy(request: PortalRequest) -> HttpResponse:
    """All of it as a workbook, a sheet for each kind."""
    response = HttpResponse(workbook(erasing.copy_of(request.user)), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="youying-{wording.local(request.now):%Y%m%d}.xlsx"'
    return response


@never_cache
@require_safe
def erased(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """What is still kept under this reference, and until when: for whoever was given it. Nobody's name is here."""
    erasure = get_object_or_404(Erasure, public_id=public_id)
    context = {"erasure": erasure, "held": _in_words(list(erasure.holds.all()))}
    return render(request, "governance/erased.html", context)
