"""The card of a building: its QR code begins a petition about it and proves an arrival. For staff to print."""

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from governance.models import Building
from governance.models.scope import Scope

CARDS_A_PAGE = 24


@login_required
@require_safe
def building_cards(request) -> HttpResponse:
    """The cards of all buildings in the person's charge, to be printed."""
    scope = request.user.scope(request.now)
    if not scope.prints_cards:
        raise Http404
    rows = _in_charge(scope).order_by("estate__name", "estate_id", "name", "pk")
    page = Paginator(rows, CARDS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "governance/building_cards.html", {"page": page, "cards": [_card(row) for row in page]})


@login_required
@require_safe
def building_card(request, qr_token: str) -> HttpResponse:
    """One building's card."""
    building = get_object_or_404(_in_charge(request.user.scope(request.now)), qr_token=qr_token.upper())
    return render(request, "governance/building_cards.html", {"cards": [_card(building)]})


def _in_charge(scope: Scope) -> QuerySet[Building]:
    """The buildings that the scope covers: by today's management, grid unit, building, community or street."""
    buildings = Building.objects.select_related("estate__community")
    if scope.is_administrator:
        return buildings
    return buildings.filter(
        Q(estate__in=[estate for _body, estate in scope.manages])
        | Q(grid_unit__in=scope.grid_units)
        | Q(pk__in=scope.buildings)
        | Q(estate__community__in=scope.communities)
        | Q(estate__community__subdistrict__in=scope.subdistricts)
    )


def _card(building: Building) -> dict[str, object]:
    # The address is written out here: what a card says has to outlive every change of our pages.
    address = f"{settings.PORTAL_URL.rstrip('/')}/b/{building.qr_token}/"
    token = building.qr_token
    return {
        "building": building,
        "address": address,
        "qr": _drawn(address),
        "people_qr": _drawn(f"{settings.PORTAL_URL.rstrip('/')}/buildings/{building.qr_token}/people/"),
        "groups": [token[at : at + 4] for at in range(0, len(token), 4)],
    }


def _drawn(address: str) -> SafeString:
    """The QR code as inline SVG that scales with its box. Level Q: a quarter of it may be scratched."""
    code = segno.make_qr(address, error="q")
    return mark_safe(code.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))
