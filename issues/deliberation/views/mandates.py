"""Letting somebody vote for one's home: the presses beside a ballot."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import casting, mandates
from issues.deliberation.domain.casting import NotOnTheRoll
from issues.deliberation.domain.mandates import NobodyThere
from issues.deliberation.forms.voting import MandateForm
from issues.deliberation.models import Mandate
from issues.deliberation.views.votes import find_motion, paper_or_404, vote_page


@login_required
@takes_presses
def mandate_give(request: PortalRequest, public_id: UUID, unit: UUID) -> HttpResponse:
    """One mandate for every home on the ballot."""
    motion = find_motion(request, public_id)
    paper = paper_or_404(request, motion, unit)
    if paper.mandate:
        raise NotOnTheRoll  # before anybody is looked up
    form = MandateForm(request.POST)
    if form.is_valid():
        try:
            to = mandates.holder_by_phone(form.cleaned_data["phone"], asked_by=request.user, at=request.now)
        except NobodyThere as refusal:
            form.add_error("phone", str(refusal.sentence))
    if not form.is_valid():
        return vote_page(request, motion, mandating=(paper.first, form), status=400)
    mandates.give_all(motion, paper.entries, to=to, actor=request.user, at=request.now)
    messages.success(request, _("%(name)s can vote for you now.") % {"name": casting.masked(to)})
    return redirect("vote", motion.public_id)


@login_required
@takes_presses
def mandate_revoke(request: PortalRequest, public_id: UUID, mandate: UUID) -> HttpResponse:
    motion = find_motion(request, public_id)
    given = get_object_or_404(Mandate, motion=motion, public_id=mandate, given_by=request.user)
    mandates.revoke(given, actor=request.user, at=request.now)
    messages.success(request, _("Taken back: only you vote for this home."))
    return redirect("vote", motion.public_id)
