"""Every address of the portal. Each storey lists its own."""

from django.urls import include, path

from governance.admin import console

urlpatterns = [
    path("", include("config.probes")),
    path("console/", console.urls),
    path("", include("issues.deliberation.urls")),
    path("", include("issues.urls")),
    path("", include("residents.urls")),
    path("", include("governance.urls")),
]
