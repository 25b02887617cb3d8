"""Addresses of the ground floor."""

from django.urls import URLPattern, path

from governance.views.preferences import set_language, set_mode

urlpatterns: list[URLPattern] = [
    path("preferences/language/", set_language, name="set_language"),
    path("preferences/mode/", set_mode, name="set_mode"),
]
