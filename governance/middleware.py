"""What every request goes through: one instant, one language, no control characters, refusals as sentences."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from governance.domain.erasing import is_of_somebody_erased
from governance.domain.moment import database_now
from governance.domain.refusals import Refusal
from governance.domain.sign_in import AccountClosed
from governance.presses import openable
from governance.requests import PortalRequest

GetResponse = Callable[[HttpRequest], HttpResponse]


class RefuseControlCharacters:
    """A NUL in an address or a cookie would reach PostgreSQL, which refuses it with an error: answer 400, not 500."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        in_address = "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")
        # A cookie's value may be quoted, with octal escapes in it.
        if in_address or any("\x00" in value for value in request.COOKIES.values()):
            with translation.override(language_of_device(request)):
                return HttpResponseBadRequest(render_to_string("400.html", request=None))
        return self.get_response(request)


def language_of_device(request: HttpRequest) -> str:
    """The language that the cookie names, else Chinese."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


class ChosenLanguage:
    """The signed-in person's language, else the cookie's, else Chinese: never guessed from the browser."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of_device(request)
        if request.user.is_authenticated and request.user.language in dict(settings.LANGUAGES):
            language = request.user.language
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        patch_vary_headers(response, ["Cookie"])
        response.headers.setdefault("Content-Language", language)
        return response


class KeptByNobody:
    """A signed-in person's pages stay in no cache: on a shared phone, Back after signing out must not show them again.

    A view that says otherwise itself is left alone: photos, and the steps of filing, where Back keeps what was typed.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class Moment:
    """`request.now`: the database's clock, read once, so that a page agrees with itself."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: PortalRequest) -> HttpResponse:
        request.now = database_now()
        return self.get_response(request)


class Refusals:
    """Show a named refusal as a page with its sentence and its status."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if is_of_somebody_erased(exception):
            # Pressed at the very instant at which the same person had their account closed.
            exception = AccountClosed()
        if not isinstance(exception, Refusal):
            return None
        context = {"refusal": exception, "page_to_reload": page_to_reload(request)}
        return render(request, "refusal.html", context, status=exception.status)


def page_to_reload(request: HttpRequest) -> str:
    """The page the person was on. A step is a POST, and its own address can't be opened, nor one it was shown at."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    before = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(before, allowed_hosts=hosts, require_https=request.is_secure())
    return openable(before) if is_ours else reverse("home")
