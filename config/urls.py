"""Every address of the portal. Each storey lists its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("issues.urls")),
    path("", include("residents.urls")),
    path("", include("governance.urls")),
]
