"""My homes: what I have claimed, what is confirmed, and claiming another."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.domain.plain_words import plain
from governance.models import Estate
from governance.presses import takes_presses
from residents.domain import occupancy as domain
from residents.forms.homes import ClaimForm, EstateForm
from residents.models import Occupancy, OccupancyState

ESTATES_SHOWN = 20


@never_cache
@login_required
@require_safe
def homes(request):
    """The homes of the person, those that stand first; of what has ended one line each."""
    mine = (
        Occupancy.objects.visible_to(request.user)
        .select_related("unit__building__estate")
        .order_by("-claimed_at", "-pk")
    )
    rows = sorted(mine, key=lambda row: not row.stands)
    ended = [row for row in rows if row.state == OccupancyState.ENDED]
    return render(request, "residents/homes.html", {"homes": [row for row in rows if row not in ended], "ended": ended})


@never_cache
@login_required
def home_claim(request):
    """First the estate, then the door. Plain forms: no script fills one list from another."""
    if "estate" not in request.GET:
        return _choose_estate(request)
    chosen = EstateForm(request.GET)
    if not chosen.is_valid():
        return _choose_estate(request, chosen)
    estate = chosen.cleaned_data["estate"]
    form = ClaimForm(request.POST if request.method == "POST" else None, estate=estate)
    if form.is_bound and form.is_valid() and _claimed(request, form):
        messages.success(request, _("Noted. The community office checks it; you needn't wait to file petitions."))
        return redirect("homes")
    return render(request, "residents/homes_claim.html", {"form": form, "form_errors": form.errors, "estate": estate})


def _claimed(request, form) -> bool:
    given = form.cleaned_data
    try:
        domain.claim(request.user, given["unit"], given["relation"], evidence=given["evidence"], at=request.now)
    except domain.AlreadyClaimed as refusal:
        form.add_error("number", str(refusal.sentence))
        return False
    return True


def _choose_estate(request, form=None):
    query = plain(request.GET.get("q", ""))[:60]
    estates = Estate.objects.select_related("community").order_by("name", "pk")
    found = list((estates.filter(name__icontains=query) if query else estates)[: ESTATES_SHOWN + 1])
    context = {
        "query": query,
        "estates": found[:ESTATES_SHOWN],
        "has_more": len(found) > ESTATES_SHOWN,
        "errors": [("q", sentence) for sentence in form.errors["estate"]] if form else [],
        "form_errors": bool(form),
    }
    return render(request, "residents/homes_estate.html", context)


@login_required
@takes_presses
def home_end(request, public_id):
    """“I have moved out”, or the claim is taken back."""
    home = get_object_or_404(Occupancy.objects.visible_to(request.user), public_id=public_id)
    domain.end(home, actor=request.user, at=request.now)
    messages.success(request, _("Noted: you don't live there any more."))
    return redirect("homes")
