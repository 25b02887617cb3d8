"""What comes with a form of ours beside its fields: which sheet it was, which row is meant, which version was seen."""

from uuid import UUID

from django.core.exceptions import BadRequest
from django.http import Http404

from governance.requests import PortalRequest


def sending_of(request: PortalRequest) -> UUID:
    """The sheet that was sent: twice the same is one. Raises `BadRequest` for one that none of our pages has."""
    try:
        return UUID(request.POST.get("sending", ""))
    except ValueError as error:
        raise BadRequest("No such page.") from error


def version_of(request: PortalRequest) -> int:
    """The version that the page showed; 0, which no row has, for anything else."""
    version = request.POST.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 0


def uuid_sent(request: PortalRequest, name: str) -> UUID:
    """A public id that a press sends: the row it means. Raises `Http404` for what names none."""
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError as error:
        raise Http404 from error
