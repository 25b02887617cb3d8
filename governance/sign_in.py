"""Where django-allauth meets our people: the backend that checks passwords, the adapter that says where to go next.

Codes, limits and consent are in `governance.domain.sign_in`; why, in docs/decisions/0004-sign-in.md.
"""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.httpkit import get_client_ip
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from governance.domain import sign_in
from governance.domain.moment import database_now
from governance.models import User
from governance.navigation import work_pages
from governance.presses import openable
from governance.requests import PortalRequest

# Where those begin who have no orders to handle, where it is a page of theirs.
BEGINNINGS = ("admin:index", "outdoors")


class PasswordBackend(ModelBackend):
    """Username or mobile number, and password. Every door that asks for a password stands under the same limits."""

    def authenticate(self, request, username=None, password=None, **_others) -> User | None:
        """Raises `TooManyTries`."""
        if not username or not password or "\x00" in username:
            return None
        at = getattr(request, "now", None) or database_now()
        return sign_in.user_with_password(username, password, address=address_of(request), at=at)


class AccountAdapter(DefaultAccountAdapter):
    """Staff begin where their work is, residents at home; accounts begin with a phone, never with a sign-up form."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: PortalRequest) -> str:
        scope = request.user.scope(request.now)
        if scope.handles_orders:
            return reverse("queue")
        return next((page.url for page in work_pages(scope) if page.url_name in BEGINNINGS), reverse("home"))

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.with_phone(phone).first()


def address_of(request: HttpRequest | None) -> str:
    """Where the request came from, behind as many proxies as the settings trust; "" if nobody knows."""
    return (get_client_ip(request) or "") if request is not None else ""


def safe_page(request: HttpRequest, wanted: str) -> str | None:
    """`wanted` if it is the path of a page here, or of the page it belongs to if it only takes presses; else None."""
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return openable(wanted) if safe else None
