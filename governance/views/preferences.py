"""The two switches at the top of every page: language and elder mode. Plain forms, so that they work without script."""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.shortcuts import redirect
from django.urls import reverse

from governance.context_processors import LANGUAGES
from governance.presses import takes_presses
from governance.sign_in import safe_page

A_YEAR = 365 * 24 * 3600


@takes_presses
def set_language(request):
    """Remember the language on this device, and with the person if somebody is signed in; go back."""
    code = request.POST.get("language", "")
    if code not in LANGUAGES:
        raise BadRequest("no such language")
    if request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language"])
    return _remember(back_to(request), settings.LANGUAGE_COOKIE_NAME, code)


@takes_presses
def set_mode(request):
    """Turn elder mode on or off, on this device and with the person if somebody is signed in; go back."""
    wanted = request.POST.get("elder", "")
    if wanted not in {"on", "off"}:
        raise BadRequest("elder is on or off")
    if request.user.is_authenticated:
        request.user.elder_mode = wanted == "on"
        request.user.save(update_fields=["elder_mode"])
    return _remember(back_to(request), "mode", "elder" if wanted == "on" else "standard")


def back_to(request):
    """A redirect to the page the form was on, never to another site."""
    return redirect(safe_page(request, request.POST.get("next", "")) or reverse("home"))


def _remember(response, cookie, value):
    response.set_cookie(
        cookie, value, max_age=A_YEAR, secure=settings.LANGUAGE_COOKIE_SECURE, httponly=True, samesite="Lax"
    )
    return response
