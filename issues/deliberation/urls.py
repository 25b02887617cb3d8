"""Addresses of what is talked over and decided."""

from django.urls import URLPattern, path

from issues.deliberation.views.votes import ballot, vote, votes

urlpatterns: list[URLPattern] = [
    path("votes/", votes, name="votes"),
    path("votes/<uuid:public_id>/", vote, name="vote"),
    path("votes/<uuid:public_id>/ballots/<uuid:unit>/", ballot, name="ballot"),
]
