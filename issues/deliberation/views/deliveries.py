"""Which homes got the notice of a vote, at the desk."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from governance.domain.refusals import StepNotAllowed
from governance.requests import PortalRequest
from issues.deliberation.domain import delivering, papers
from issues.deliberation.domain.delivering import DeliveredByACandidate, NotOnThatDay
from issues.deliberation.forms.deliveries import STRUCK, DeliveriesForm
from issues.deliberation.models import DeliveryWay, Motion, MotionState
from issues.deliberation.views.organising import find_organised
from issues.views.queue import desk_context


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_deliveries(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Note deliveries, door by door; above, how many homes of each building have theirs."""
    motion = find_organised(request, public_id)
    form = DeliveriesForm(request.POST if request.method == "POST" else None, motion=motion, now=request.now)
    if form.is_bound and motion.state not in (MotionState.PUBLISHED, MotionState.OPENED):
        raise StepNotAllowed
    if form.is_bound and form.is_valid() and _noted(request, motion, form):
        return redirect("desk_deliveries", motion.public_id)
    proven = Exists(motion.deliveries.standing().filter(unit=OuterRef("pk")))
    homes = delivering.homes_of(motion, request.now).annotate(proven=proven)
    context = {
        **desk_context(request),
        "motion": motion,
        "form": form,
        "form_errors": form.errors,
        "takes": motion.state in (MotionState.PUBLISHED, MotionState.OPENED),
        "barred": papers.why_not(motion, request.user, request.now),
        "buildings": homes.values("building__name")
        .annotate(homes=Count("pk"), delivered=Count("pk", filter=Q(proven=True)))
        .order_by("building__name"),
        "work_page": "desk_votes",
    }
    return render(request, "deliberation/desk_deliveries.html", context)


def _noted(request: PortalRequest, motion: Motion, form: DeliveriesForm) -> bool:
    given = form.cleaned_data
    if given["way"] == STRUCK:
        number = delivering.strike(motion, given["units"], actor=request.user, at=request.now)
        messages.success(request, _("Struck: %(number)s.") % {"number": number})
        return True
    try:
        number = delivering.record(
            motion, given["units"], way=DeliveryWay(given["way"]), on=given["on"], by=given["by"], actor=request.user,
            at=request.now,
        )  # fmt: skip
    except (NotOnThatDay, DeliveredByACandidate) as refusal:
        form.refuse("on" if isinstance(refusal, NotOnThatDay) else "by", str(refusal.sentence))
        return False
    messages.success(request, _("Noted: %(number)s.") % {"number": number})
    return True
