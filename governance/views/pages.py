"""Pages of text that anybody may read."""

from django.shortcuts import render

from governance.domain.sign_in import ACCOUNT_TEXT_VERSION


def privacy(request):
    """Who can see what; the text whose version a consent names."""
    return render(request, "governance/privacy.html", {"text_version": ACCOUNT_TEXT_VERSION})
