"""Photos, served one by one to those who may see them. Out of reach looks exactly like missing."""

from uuid import UUID

import rules
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from residents.models import PetitionPhoto

A_DAY = 24 * 3600


@login_required
@require_safe
def photo(request, public_id: UUID) -> FileResponse:
    shown = get_object_or_404(PetitionPhoto.objects.select_related("petition", "draft"), public_id=public_id)
    if not rules.test_rule("residents.may_see_photo", request.user, shown):
        raise Http404
    return serve_jpeg(shown)


def serve_jpeg(shown) -> FileResponse:
    """The stored file of a photo as what we wrote it to be, a JPEG, for this browser alone. 404 without the file."""
    try:
        content = shown.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        content,
        content_type="image/jpeg",
        headers={"X-Content-Type-Options": "nosniff", "Cache-Control": f"private, max-age={A_DAY}, immutable"},
    )
