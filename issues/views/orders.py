"""One order: its page, its steps, its photos, and what the QR code on a building means to the staff."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import rules
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from governance.domain.refusals import FactMissing, Refusal
from governance.models import Building, User
from governance.presses import known_to_take_presses
from governance.requests import PortalRequest
from governance.sign_in import safe_page
from issues import order_page, outdoors, workflow
from issues.domain import handling
from issues.forms import orders as forms
from issues.models import OrderPhoto, WorkOrder
from issues.models.orders import WorkOrderQuerySet
from issues.queue import Taken, next_action, row_of
from issues.views.outdoors import at_building
from issues.views.queue import desk_context, require_desk, rows_after_step
from residents.models import PetitionPhoto

STEP_FORMS: dict[str, type[forms.StepForm]] = {
    "accept": forms.AcceptForm,
    "arrive": forms.ArriveForm,
    "plan": forms.PlanForm,
    "finish": forms.FinishForm,
    "return": forms.ReturnForm,
    "reassign": forms.ReassignForm,
    "note": forms.NoteForm,
}
DONE_WORDS = {
    "accept": _("Accepted. It is yours now."),
    "arrive": _("Your arrival is on record."),
    "plan": _("The plan is handed in, and the resident has been told."),
    "finish": _("Finished. The resident is asked whether it is solved."),
    "return": _("Returned. The resident's clock keeps running."),
    "reassign": _("Handed over."),
    "note": _("Your words are on record."),
}
REPORTED = _("Reported done. The supervisor looks at it next.")
FINISHED_UNASKED = _("Finished. It is looked at on site next.")
# In the order in which they stand on the page, under the one that is due.
IN_PLACE = ("accept", "arrive", "plan", "finish", "note", "reassign", "return")


@require_safe
@login_required
def order_detail(request: PortalRequest, public_id: UUID) -> HttpResponse:
    require_desk(request)
    return _page(request, _order(request, public_id))


@known_to_take_presses
@login_required
def order_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Take one step. An unknown verb is as missing as an unknown order; nothing is taken by following a link."""
    if verb not in STEP_FORMS:
        raise Http404
    require_desk(request)
    order = _order(request, public_id)
    if request.method != "POST":
        response = render(request, "issues/post_only.html", {"order": order, **desk_context(request)}, status=405)
        response["Allow"] = "POST"
        return response
    form = STEP_FORMS[verb](request.POST, request.FILES, now=request.now, colleagues=order_page.colleagues(order))
    if not form.is_valid():
        return _page(request, order, form, status=400)
    try:
        _take(verb, order, request, form.facts())
    except handling.AlreadyTaken as lost:
        return _lost_claim(request, order, lost)
    except FactMissing as missing:
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _page(request, order, form, status=missing.status)
    except Refusal as refusal:
        if not _is_from_row(request):
            raise
        return rows_after_step(request, str(refusal.sentence), status=refusal.status)
    return _after(request, order, verb)


def _take(verb: str, order: WorkOrder, request: PortalRequest, facts: dict[str, Any]) -> None:
    who_and_when = {"actor": request.user, "at": request.now}
    if verb == "reassign":
        facts = {"holder": User.objects.get(public_id=facts["holder"])}
    steps: dict[str, Callable[..., Any]] = {
        "accept": handling.accept,
        "arrive": handling.arrive,
        "plan": handling.hand_in_plan,
        "finish": handling.finish,
        "return": handling.return_order,
        "reassign": handling.reassign,
        "note": handling.add_note,
    }
    steps[verb](order, **who_and_when, **facts)


def _after(request: PortalRequest, order: WorkOrder, verb: str) -> HttpResponse:
    if _is_from_row(request):
        return rows_after_step(request, _done_words(order, verb))
    messages.success(request, _done_words(order, verb))
    back = safe_page(request, request.POST.get("back", ""))
    return redirect(back or reverse("order_detail", args=[order.public_id]))


def _done_words(order: WorkOrder, verb: str) -> str:
    """What was done. Of what a patrol found there may be no resident to ask."""
    if verb == "finish" and order.issue.is_commitment:
        return str(REPORTED)
    is_unasked = verb == "finish" and not order.issue.links.filter(undone_at=None).exists()
    return str(FINISHED_UNASKED if is_unasked else DONE_WORDS[verb])


def _lost_claim(request: PortalRequest, order: WorkOrder, lost: handling.AlreadyTaken) -> HttpResponse:
    """Somebody was faster: who, when, by how much, and the next order in its place. Pressed twice, it is ours."""
    if lost.winner == request.user:
        return _after(request, order, "accept")
    late = max(0, int((request.now - lost.taken_at).total_seconds()))
    if _is_from_row(request):
        said = gettext("Somebody else has just taken this order.")
        return rows_after_step(request, said, taken=Taken(order.public_id, late), status=409)
    fresh = _order(request, order.public_id)
    offer = lost.next_order and _orders(request).filter(pk=lost.next_order.pk).first()
    context = {
        "row": row_of(fresh, request.user, request.now),
        "late_seconds": late,
        "taken_at": lost.taken_at,
        "offer": row_of(offer, request.user, request.now) if offer else None,
        **desk_context(request),
    }
    return render(request, "issues/taken.html", context, status=409)


def _is_from_row(request: PortalRequest) -> bool:
    """Whether a script asked, from a row of the queue: then only the rows are sent back."""
    return request.headers.get("HX-Request") == "true"


def _page(
    request: PortalRequest, order: WorkOrder, bound: forms.StepForm | None = None, status: int = 200
) -> HttpResponse:
    """The order's page; with `bound`, the form that was sent, its errors on top and its input kept."""
    colleagues = order_page.colleagues(order)
    allowed = [step for step in workflow.WORK_ORDER.allowed(order, request.user) if step.verb in STEP_FORMS]
    clocks = order_page.clock_lines(order.issue, request.now)
    offered = {step.verb: step.label for step in allowed if step.verb != "plan" or any(c.asks_for_plan for c in clocks)}
    if bound is not None:
        # What was typed is shown again, even where somebody has moved the order on meanwhile.
        offered.setdefault(bound.prefix_of_ids, workflow.WORK_ORDER.step(bound.prefix_of_ids).label)
    opened = bound.prefix_of_ids if bound is not None else request.GET.get("do", "")
    action = next_action(order, request.user)
    main_verb = action.verb or action.anchor
    # Who has handed it back no longer handles it, and has no more use for the name.
    handles_it = order.state not in (workflow.RETURNED, workflow.CANCELLED) and rules.test_rule(
        "issues.may_work_on", request.user, order
    )
    steps = [
        {
            "verb": verb,
            "label": offered[verb],
            "form": bound if bound is not None and verb == bound.prefix_of_ids else _blank(verb, request, colleagues),
            "is_open": verb in (opened, main_verb),
            "is_main": verb == main_verb,
            "url": reverse("order_step", args=[order.public_id, verb]),
        }
        for verb in IN_PLACE
        if verb in offered
    ]
    said, said_besides = order_page.what_was_said(order.issue, request.now, names_may_be_seen=handles_it)
    context = {
        "order": order,
        "row": row_of(order, request.user, request.now),
        "steps": steps,
        "bound": bound,
        "form_errors": bound is not None and bound.errors,
        "said": said,
        "said_besides": said_besides,
        "clocks": clocks,
        "history": order_page.history(order.issue, request.now),
        "talks": outdoors.mediations_of(order.issue, request.user, request.now),
        "arrival": order_page.arrival_words(order),
        "says_arrival": order.state == workflow.ARRIVED and order.holder == request.user,
        "desk_body": order.body.short_name if handles_it else "",
        **desk_context(request),
    }
    return render(request, "issues/order_detail.html", context, status=status)


def _blank(verb: str, request: PortalRequest, colleagues: list[tuple[str, str]]) -> forms.StepForm:
    return STEP_FORMS[verb](now=request.now, colleagues=colleagues)


def _orders(request: PortalRequest) -> WorkOrderQuerySet:
    return order_page.orders_in_sight(request.user, request.now)


def _order(request: PortalRequest, public_id: UUID) -> WorkOrder:
    return get_object_or_404(_orders(request), public_id=public_id)


@require_safe
@login_required
def order_photo(request: PortalRequest, public_id: UUID) -> FileResponse:
    """A photo of an order in sight, or of a petition linked to one. Anything else is as missing as what never was."""
    require_desk(request)
    in_sight = WorkOrder.objects.visible_to(request.user, request.now)
    photo = (
        OrderPhoto.objects.filter(public_id=public_id, work_order__issue__orders__in=in_sight).first()
        or PetitionPhoto.objects.filter(
            Q(petition__links__undone_at=None, petition__links__issue__orders__in=in_sight), public_id=public_id
        ).first()
    )
    if photo is None:
        raise Http404
    try:
        response = FileResponse(photo.file.open("rb"), content_type="image/jpeg")
    except FileNotFoundError as error:
        raise Http404 from error
    patch_cache_control(response, private=True, max_age=3600)
    return response


def building_scanned(request: PortalRequest, qr_token: str) -> HttpResponse:
    """The QR code on a building. To whoever has accepted an order there it proves the arrival, to whoever walks the
    building it says what to check; to others it is the residents' card."""
    is_resident = request.method == "POST" or request.GET.get("as") == "resident"
    orders = [] if is_resident else _orders_here(request, qr_token)
    walked = None if is_resident or orders else _walked_here(request, qr_token)
    if walked:
        return at_building(request, walked)
    if not orders:
        # The storey below owns the card; its view is asked for only when the card is shown.
        from residents.views.filing import building_card

        return building_card(request, qr_token)
    rows = [row_of(order, request.user, request.now) for order in orders]
    context = {"rows": rows, "building": orders[0].issue.building, "qr_token": qr_token, **desk_context(request)}
    return render(request, "issues/building_scanned.html", context)


def _walked_here(request: PortalRequest, qr_token: str) -> Building | None:
    """The building, if the reader walks it."""
    if not request.user.is_authenticated or not request.user.scope(request.now).works_outdoors:
        return None
    building = Building.objects.select_related("estate").filter(qr_token=qr_token.upper()).first()
    return building if building and request.user.scope(request.now).walks(building) else None


def _orders_here(request: PortalRequest, qr_token: str) -> list[WorkOrder]:
    """The live orders at this building that the reader has accepted and not yet arrived at."""
    if not request.user.is_authenticated or not request.user.scope(request.now).handles_orders:
        return []
    mine = _orders(request).filter(
        state=workflow.ACCEPTED, holder=request.user, issue__building__qr_token=qr_token.upper()
    )
    return list(mine.due_next())
