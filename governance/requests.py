"""A request as our views get it, after the middleware: for type checkers; nothing is built from it."""

from datetime import datetime

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from governance.models import User


class PortalRequest(HttpRequest):
    """`now` is the database's clock, read once for the request. Where a view asks for sign-in, `user` is a person."""

    now: datetime
    user: User  # type: ignore[assignment]
    htmx: HtmxDetails
