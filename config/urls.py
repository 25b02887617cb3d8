"""Every address of the portal. Each storey lists its own."""

from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    # Whether this process answers, whatever the database does: restarting it would mend nothing there.
    path("healthz", lambda request: HttpResponse("ok\n", content_type="text/plain")),
    path("", include("issues.urls")),
    path("", include("residents.urls")),
    path("", include("governance.urls")),
]
