"""Parts of pages that refresh themselves while people work on them: where nothing has changed, nothing is sent.

What such a part shows carries no token and no words that age, so that one ETag stands for the same bytes.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control

from governance.requests import PortalRequest


def refreshed(request: PortalRequest, etag: str, template: str, context: Callable[[], dict[str, Any]]) -> HttpResponse:
    """The part of the page, or 304 for a reader who has it already: then `context` isn't even asked for."""
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = render(request, template, {**context(), "is_fragment": True})
    return as_refreshed(response, etag)


def as_refreshed(response: HttpResponse, etag: str) -> HttpResponse:
    """Kept by the reader's browser alone, and asked for anew each time."""
    response["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return response


def sign_in_again(request: PortalRequest, url_name: str) -> HttpResponse:
    """A session that ended while the page `url_name` was open: a script is told to leave for the sign-in page."""
    page = reverse(url_name)
    if not request.headers.get("HX-Request"):
        return redirect_to_login(page)
    return HttpResponse(status=401, headers={"HX-Redirect": f"{resolve_url(settings.LOGIN_URL)}?next={page}"})
