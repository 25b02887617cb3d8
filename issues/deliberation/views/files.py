"""Files that people take away from these pages: papers, tables, entries for a calendar."""

from django.http import HttpResponse

PDF = "application/pdf"
CALENDAR = "text/calendar; charset=utf-8"
CSV = "text/csv; charset=utf-8"


def to_take_away(content: bytes | str, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
