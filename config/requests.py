"""What is noted about each request: its line in the log. By its route's name, never by what was typed."""

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

# A method is whatever somebody sends; written down are only those we know.
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def route_of(request: HttpRequest) -> str:
    """The name of the address in our list of addresses, or “none”."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "none"


def method_of(request: HttpRequest) -> str:
    return request.method if request.method in METHODS else "other"


class RequestLog(RequestMiddleware):
    """One line for each request that reaches a page, and the same id on every other line written for it."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{method_of(request)} {route_of(request)}"

    @staticmethod
    def bind_user_id(request: HttpRequest) -> None:
        # Only who is known already: asking now would ask the database again, which may just have failed.
        user = getattr(request, "_cached_user", None)
        structlog.contextvars.bind_contextvars(user_id=user.pk if user and user.is_authenticated else None)
