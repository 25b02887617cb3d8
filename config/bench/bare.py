"""A Django application with one view and nothing around it: what the portal's own requests are measured by."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path


def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello", content_type="text/plain", headers={"Content-Length": "5"})


urlpatterns = [re_path("", hello)]

# Where the portal's settings were loaded before (a test, mypy), this stands beside them and is not served.
if not settings.configured:
    settings.configure(SECRET_KEY="bare", ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])  # noqa: S106
application = get_wsgi_application()
