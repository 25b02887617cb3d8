"""Pages of text that anybody may read."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.domain import keeping
from governance.domain.sign_in import ACCOUNT_TEXT_VERSION


@require_safe
def privacy(request):
    """Who can see what; the text whose version a consent names."""
    return render(request, "governance/privacy.html", {"text_version": ACCOUNT_TEXT_VERSION, "terms": keeping.terms()})
