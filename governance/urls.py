"""Addresses of the ground floor."""

from allauth.account.views import logout, password_change, password_set
from django.urls import URLPattern, path

from governance.views.account import account
from governance.views.cards import building_card, building_cards
from governance.views.coverage import coverage, coverage_rule, party_tree
from governance.views.inbox import inbox
from governance.views.not_reached import not_reached, phoned, reveal_number
from governance.views.own_data import erased, own_copy, own_data
from governance.views.pages import privacy
from governance.views.preferences import set_language, set_mode
from governance.views.responsible import building_people
from governance.views.sign_in import send_again, with_code, with_password, with_phone

urlpatterns: list[URLPattern] = [
    path("preferences/language/", set_language, name="set_language"),
    path("preferences/mode/", set_mode, name="set_mode"),
    path("privacy/", privacy, name="privacy"),
    path("buildings/cards/", building_cards, name="building_cards"),
    path("buildings/<str:qr_token>/card/", building_card, name="building_card_print"),
    path("buildings/<str:qr_token>/people/", building_people, name="building_people"),
    path("inbox/", inbox, name="inbox"),
    path("not-reached/", not_reached, name="not_reached"),
    path("not-reached/<uuid:public_id>/number/", reveal_number, name="notice_number"),
    path("not-reached/<uuid:public_id>/phoned/", phoned, name="notice_phoned"),
    path("coverage/", coverage, name="coverage"),
    path("coverage/tree/", party_tree, name="party_tree"),
    path("coverage/<str:rule>/", coverage_rule, name="coverage_rule"),
    path("account/", account, name="account"),
    path("account/data/", own_data, name="own_data"),
    path("account/data/copy/", own_copy, name="own_copy"),
    path("account/erased/<uuid:public_id>/", erased, name="erased"),
    path("account/login/", with_phone, name="account_login"),
    path("account/login/code/", with_code, name="account_code"),
    path("account/login/code/again/", send_again, name="account_code_again"),
    path("account/login/password/", with_password, name="account_login_password"),
    # Of allauth's own pages only those that are needed: no sign-up, no e-mail addresses, no reset by e-mail.
    path("account/logout/", logout, name="account_logout"),
    path("account/password/change/", password_change, name="account_change_password"),
    path("account/password/set/", password_set, name="account_set_password"),
]
