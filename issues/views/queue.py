"""The ticket queue and its rows, which refresh themselves, cheaply: nothing has changed, nothing is sent."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.models import Role
from governance.models.roles import role_and_surname
from governance.requests import PortalRequest
from issues.queue import Asked, BadFilter, NoSuchPage, Outline, Queue, Taken, outline_of, queue_of
from issues.views.refreshing import as_refreshed, refreshed, sign_in_again

ROLES_AT_THE_DESK = (
    Role.PROPERTY_MANAGER,
    Role.PROPERTY_STAFF,
    Role.DEPARTMENT_LIAISON,
    Role.BRANCH_SECRETARY,
    Role.COMMUNITY_STAFF,
    Role.STREET_OFFICER,
    Role.DISTRICT_OFFICER,
    Role.GRID_LEADER,
    Role.GRID_WORKER,
    Role.BUILDING_STEWARD,
)


def require_desk(request: PortalRequest) -> None:
    """The queue exists only for those whose work it is."""
    if not request.user.scope(request.now).handles_orders:
        raise Http404


@require_safe
@login_required
def queue(request: PortalRequest) -> HttpResponse:
    require_desk(request)
    outline = _outline(request, read_asked(request.GET))
    return render(request, "issues/queue.html", {**desk_context(request), **_rows_context(outline)})


@require_safe
def queue_rows(request: PortalRequest) -> HttpResponse:
    """The part of the queue that changes. Free of tokens and of words that age: the same bytes for the same ETag."""
    if not request.user.is_authenticated:
        return sign_in_again(request, "queue")
    require_desk(request)
    outline = _outline(request, read_asked(request.GET))
    return refreshed(request, outline.etag(), "issues/_queue_rows.html", lambda: _rows_context(outline))


def rows_after_step(
    request: PortalRequest, said: str, *, taken: Taken | None = None, status: int = 200
) -> HttpResponse:
    """The rows as they stand after a step was pressed in one of them, with a word on how it went.

    The address of the page that asked tells which filters are on.
    """
    notes = [*request.POST.getlist("taken"), *([str(taken)] if taken else [])]
    outline = _outline_of_page(request, notes)
    context = {**_rows_context(outline), "is_fragment": True, "said": said, "went_well": status == HTTPStatus.OK}
    return as_refreshed(render(request, "issues/_queue_rows.html", context, status=status), outline.etag())


def read_asked(query: QueryDict) -> Asked:
    try:
        return Asked.read(query, query.getlist("taken"))
    except BadFilter as error:
        raise BadRequest("No such filter.") from error


def desk_context(request: PortalRequest) -> dict[str, Any]:
    """Who works here, for the bar at the desk."""
    roles = request.user.scope(request.now).roles
    role = next((role for role in ROLES_AT_THE_DESK if role in roles), "")
    return {"desk_name": role_and_surname(role, request.user.surname_for_reader())}


def _outline(request: PortalRequest, asked: Asked) -> Outline:
    try:
        return outline_of(request.user, request.now, asked)
    except NoSuchPage as error:
        raise Http404 from error


def _rows_context(outline: Outline) -> dict[str, Any]:
    queue: Queue = queue_of(outline)
    return {"queue": queue, "desk_body": queue.body}


def _outline_of_page(request: PortalRequest, notes: list[str]) -> Outline:
    """What the page that asked shows. The step is taken by now: if that page is gone or unreadable, the plain queue."""
    _page, _separator, query = request.headers.get("HX-Current-URL", "").partition("?")
    try:
        return outline_of(request.user, request.now, Asked.read(QueryDict(query.partition("#")[0]), notes))
    except (BadFilter, NoSuchPage):
        return outline_of(request.user, request.now, Asked())
