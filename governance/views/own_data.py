"""What is held about a person: looked at, taken along as a file, and erased on request."""

from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance import wording
from governance.domain import erasing
from governance.domain.refusals import Refusal
from governance.forms.own_data import EraseForm
from governance.imports.sheets import XLSX
from governance.models import Erasure
from governance.own_data_book import workbook
from governance.requests import PortalRequest


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own_data(request: PortalRequest) -> HttpResponse:
    """What we hold by kind, the copy, and the way out: what goes at once, what must stay, why and until when."""
    form = EraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        erasure = erasing.ask(request.user, at=request.now)
        logout(request)
        erasing.carry_out_now(erasure, at=request.now)
        return redirect("erased", public_id=erasure.public_id)
    context = {
        "form": form,
        "form_errors": form.errors,
        "sections": [section for section in erasing.copy_of(request.user) if section.rows],
        "held": _in_words(erasing.what_stays(request.user, at=request.now)),
        "refusal": _refusal(request),
    }
    return render(request, "governance/own_data.html", context, status=400 if form.errors else 200)


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
