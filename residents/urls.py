"""Addresses of what residents say."""

from django.urls import URLPattern, path

from residents.views.desk_homes import desk_home, desk_home_step, desk_homes
from residents.views.filing import building_card, petition_filed, petition_new, petition_step
from residents.views.home import home
from residents.views.homes import home_claim, home_end, homes
from residents.views.petitions import (
    petition_arrival,
    petition_detail,
    petition_evaluate,
    petition_list,
    petition_nudge,
    petition_supplement,
    petition_withdraw,
)
from residents.views.photos import photo

urlpatterns: list[URLPattern] = [
    path("", home, name="home"),
    path("homes/", homes, name="homes"),
    path("homes/claim/", home_claim, name="home_claim"),
    path("homes/<uuid:public_id>/end/", home_end, name="home_end"),
    path("desk/homes/", desk_homes, name="desk_homes"),
    path("desk/homes/<uuid:public_id>/", desk_home, name="desk_home"),
    path("desk/homes/<uuid:public_id>/<slug:verb>/", desk_home_step, name="desk_home_step"),
    path("b/<str:qr_token>/", building_card, name="building_card"),
    path("petitions/new/", petition_new, name="petition_new"),
    path("petitions/new/<uuid:token>/<slug:step>/", petition_step, name="petition_step"),
    path("petitions/<str:receipt_no>/filed/", petition_filed, name="petition_filed"),
    path("petitions/", petition_list, name="petition_list"),
    path("petitions/<str:receipt_no>/", petition_detail, name="petition_detail"),
    path("petitions/<str:receipt_no>/supplement/", petition_supplement, name="petition_supplement"),
    path("petitions/<str:receipt_no>/nudge/", petition_nudge, name="petition_nudge"),
    path("petitions/<str:receipt_no>/arrival/", petition_arrival, name="petition_arrival"),
    path("petitions/<str:receipt_no>/withdraw/", petition_withdraw, name="petition_withdraw"),
    path("petitions/<str:receipt_no>/evaluate/", petition_evaluate, name="petition_evaluate"),
    path("photos/<uuid:public_id>/", photo, name="photo"),
]
