"""Search in what was said: for the desks, the street office, and those who walk the grid. Residents have none."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.navigation import searches
from governance.requests import PortalRequest
from issues.search import AT_MOST, search
from issues.views.queue import desk_context
from residents.domain.searching import LONGEST, NotSearchable, asked_for


@never_cache
@require_safe
@login_required
def search_page(request: PortalRequest) -> HttpResponse:
    """`?q=` is looked for; what can't be looked for is answered with a sentence, and kept in the field."""
    if not searches(request.user.scope(request.now)):
        raise Http404
    typed, found, sentence, status = request.GET.get("q", ""), None, "", 200
    if typed:
        try:
            found = search(request.user, asked_for(typed), request.now, page=request.GET.get("page", ""))
        except NotSearchable as refusal:
            sentence, status = str(refusal.sentence), refusal.status
    context = {
        "typed": typed.replace("\x00", "")[: 2 * LONGEST],
        "found": found,
        "sentence": sentence,
        "form_errors": bool(sentence),
        "errors": [("q", sentence)] if sentence else [],
        "longest": LONGEST,
        "at_most": AT_MOST,
        **desk_context(request),
    }
    return render(request, "issues/search.html", context, status=status)
