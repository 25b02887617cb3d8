"""How deadlines are set: the policies in force, with their sources and their ladders, for everybody to read."""

from django.db.models import OuterRef, Subquery
from django.shortcuts import render
from django.views.decorators.http import require_safe

from issues.models import SlaPolicy
from issues.policy_words import in_words


@require_safe
def deadlines(request):
    # By each policy's first version: a new one keeps its place on the page.
    first = SlaPolicy.objects.filter(code=OuterRef("code"), version=1).values("pk")
    current = SlaPolicy.objects.filter(superseded_at=None, valid_from__lte=request.now)
    rows = current.order_by(Subquery(first), "pk").select_related("calendar")
    rows = rows.prefetch_related("calendar__windows", "targets", "rungs")
    return render(request, "issues/deadlines.html", {"policies": [in_words(row) for row in rows]})
