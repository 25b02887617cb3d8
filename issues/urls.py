"""Addresses of what must be done. Read before the residents': staff who scan a building's code have arrived there."""

from django.urls import URLPattern, path

from issues.views.dashboard import dashboard, dashboard_book, dashboard_due
from issues.views.deadlines import deadlines
from issues.views.desk import desk_inbox, desk_matter, desk_rows, desk_step
from issues.views.imported import imported_list, imported_petition, imported_step
from issues.views.ledger import estates, ledger
from issues.views.orders import building_scanned, order_detail, order_photo, order_step
from issues.views.outdoors import file_for, find, issue_photo, matter, step, today
from issues.views.queue import queue, queue_rows
from issues.views.search import search_page
from issues.views.supervisions import supervision_detail, supervision_step, supervisions

urlpatterns: list[URLPattern] = [
    path("deadlines/", deadlines, name="deadlines"),
    path("dashboard/", dashboard, name="dashboard"),
    path("dashboard/due/", dashboard_due, name="dashboard_due"),
    path("dashboard/figures.xlsx", dashboard_book, name="dashboard_book"),
    path("estates/", estates, name="estates"),
    path("estates/<uuid:public_id>/ledger/", ledger, name="ledger"),
    path("b/<str:qr_token>/", building_scanned, name="building_scanned"),
    path("desk/", desk_inbox, name="desk"),
    path("desk/rows/", desk_rows, name="desk_rows"),
    path("desk/imported/", imported_list, name="desk_imported"),
    path("desk/imported/<str:receipt_no>/", imported_petition, name="desk_imported_petition"),
    path("desk/imported/<str:receipt_no>/<slug:verb>/", imported_step, name="desk_imported_step"),
    path("search/", search_page, name="search"),
    path("desk/<uuid:public_id>/", desk_matter, name="desk_matter"),
    path("desk/<uuid:public_id>/<slug:verb>/", desk_step, name="desk_step"),
    path("queue/", queue, name="queue"),
    path("queue/rows/", queue_rows, name="queue_rows"),
    path("queue/<uuid:public_id>/", order_detail, name="order_detail"),
    path("queue/<uuid:public_id>/<slug:verb>/", order_step, name="order_step"),
    path("supervisions/", supervisions, name="supervisions"),
    path("supervisions/<uuid:public_id>/", supervision_detail, name="supervision_detail"),
    path("supervisions/<uuid:public_id>/<slug:verb>/", supervision_step, name="supervision_step"),
    path("orders/photos/<uuid:public_id>/", order_photo, name="order_photo"),
    path("issues/photos/<uuid:public_id>/", issue_photo, name="issue_photo"),
    path("outdoors/", today, name="outdoors"),
    path("outdoors/find/", find, name="outdoors_find"),
    path("outdoors/file/", file_for, name="outdoors_file"),
    path("outdoors/<uuid:public_id>/", matter, name="outdoors_matter"),
    path("outdoors/<uuid:public_id>/<slug:verb>/", step, name="outdoors_step"),
]
