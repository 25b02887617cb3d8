"""The dashboard (总览): what burns, and the figures of a street, community or district, with the filter in the address.

For the street's and the district's officers, administrators and community staff; to everybody else it isn't there.
"""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import EmptyPage, Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.imports.sheets import XLSX
from governance.requests import PortalRequest
from issues.dashboard_book import workbook
from issues.dashboard_burns import BurningRow
from issues.dashboard_page import DEFINITIONS, Board
from issues.figures import Burns, Choice, Narrowing, burning, figures_of, sight_of
from issues.figures.burning import A_PAGE
from issues.forms.dashboard import selects


@never_cache
@login_required
@require_safe
def dashboard(request: PortalRequest) -> HttpResponse:
    """All of it on one page; `view=print` opens the tables, for paper."""
    choice = _choice(request)
    board = Board(choice, figures_of(choice))
    burns = burning(Narrowing(choice))
    context = {
        **_around(request, choice),
        "board": board,
        "burns": _rows(request, burns),
        "burns_total": burns.total,
        "lists_matters": bool(choice.sight.listed.streets),
        "burning_definition": DEFINITIONS["burning"],
        "is_printed": request.GET.get("view") == "print",
    }
    return render(request, "issues/dashboard.html", context)


@never_cache
@login_required
@require_safe
def dashboard_due(request: PortalRequest) -> HttpResponse:
    """What burns, all of it, a page at a time. Not for those who only get sums."""
    choice = _choice(request)
    if not choice.sight.listed.streets:
        raise Http404
    pages = _Pages(Narrowing(choice))
    page = pages.get_page(request.GET.get("page"))
    context = {
        **_around(request, choice),
        "page": page,
        "burns": _rows(request, Burns(pages.count, list(page.object_list))),
        "burning_definition": DEFINITIONS["burning"],
    }
    return render(request, "issues/dashboard_due.html", context)


@never_cache
@login_required
@require_safe
def dashboard_book(request: PortalRequest) -> HttpResponse:
    """The same figures as a workbook."""
    choice = _choice(request)
    board = Board(choice, figures_of(choice))
    filters = [f"{select.label}: {select.chosen.words}" for select in selects(choice) if select.chosen]
    book = workbook(board, _place(choice), filters)
    name = f"dashboard-{choice.period.first:%Y%m%d}-{choice.period.last:%Y%m%d}.xlsx"
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


class _Pages(Paginator):
    """Pages of the list, each asked for together with how many there are in all."""

    def __init__(self, narrowing: Narrowing):
        self.narrowing, self.known = narrowing, burning(narrowing, limit=0)
        super().__init__([], A_PAGE)

    @property
    def count(self) -> int:  # type: ignore[override]
        return self.known.total

    def page(self, number: Any) -> Any:
        number = self.validate_number(number)
        if number > 1 and not self.count:
            raise EmptyPage
        found = burning(self.narrowing, offset=(number - 1) * A_PAGE, limit=A_PAGE)
        return Page(found.rows, number, self)


def _choice(request: PortalRequest) -> Choice:
    scope = request.user.scope(request.now)
    if not scope.reads_figures:
        raise Http404
    return Choice.read(request.GET, sight_of(scope), request.now)


def _rows(request: PortalRequest, burns: Burns) -> list[BurningRow]:
    scope = request.user.scope(request.now)
    return [BurningRow(each, request.now, scope) for each in burns.rows]


def _around(request: PortalRequest, choice: Choice) -> dict[str, Any]:
    return {
        "choice": choice,
        "place": _place(choice),
        "extent": _extent(choice),
        "selects": selects(choice),
        "ignored": [each.sentence for each in dict.fromkeys(choice.ignored)],
        "work_page": "dashboard",
    }


def _place(choice: Choice) -> str:
    """What the figures are of, by name: the estate, community or street, else the district, else all streets."""
    registers = choice.sight.registers
    if choice.estate is not None:
        return registers.estates[choice.estate].name
    if choice.community is not None:
        return registers.communities[choice.community].name
    streets = [registers.streets[pk] for pk in choice.streets]
    if len(streets) == 1:
        parts = [registers.communities[pk].name for pk in choice.sight.communities]
        if streets[0].pk in choice.sight.around and parts:
            return "、".join(parts)
        return streets[0].name
    districts = {street.district for street in streets}
    return districts.pop() if len(districts) == 1 else _("All streets")


def _extent(choice: Choice) -> dict[str, int]:
    registers = choice.sight.registers
    communities = [
        pk
        for pk, each in registers.communities.items()
        if each.street_id in choice.streets
        and choice.community in (None, pk)
        and (each.street_id not in choice.sight.around or pk in choice.sight.communities)
    ]
    estates = [each for each in registers.estates.values() if each.community_id in communities and not each.has_ended]
    return {"communities": len(communities), "estates": len(estates)}
