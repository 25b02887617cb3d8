"""What comes with a form of ours beside its fields: which sheet it was, and which version its writer has seen."""

from uuid import UUID

from django.core.exceptions import BadRequest

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
