"""Addresses of what is talked over and decided."""

from django.urls import URLPattern, path

from issues.deliberation.views.organising import desk_vote, desk_vote_edit, desk_vote_new, desk_vote_step, desk_votes
from issues.deliberation.views.votes import ballot, vote, votes

urlpatterns: list[URLPattern] = [
    path("desk/votes/", desk_votes, name="desk_votes"),
    path("desk/votes/new/", desk_vote_new, name="desk_vote_new"),
    path("desk/votes/<uuid:public_id>/", desk_vote, name="desk_vote"),
    path("desk/votes/<uuid:public_id>/edit/", desk_vote_edit, name="desk_vote_edit"),
    path("desk/votes/<uuid:public_id>/<slug:verb>/", desk_vote_step, name="desk_vote_step"),
    path("votes/", votes, name="votes"),
    path("votes/<uuid:public_id>/", vote, name="vote"),
    path("votes/<uuid:public_id>/ballots/<uuid:unit>/", ballot, name="ballot"),
]
