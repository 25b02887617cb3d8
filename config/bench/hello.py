"""One view that does nothing, for every address: what is left is what is around it."""

from django.http import HttpRequest, HttpResponse
from django.urls import re_path


def hello(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"hello", content_type="text/plain", headers={"Content-Length": "5"})


urlpatterns = [re_path("", hello)]
