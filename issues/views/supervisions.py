"""Supervision orders: which accounts are asked for, late or waiting to be judged; giving one, and judging it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import rules
from django.contrib.auth.decorators import login_required
from django.contrib.messages import success
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.desk_bar import who_works_here
from governance.domain.moment import day_ends_at, local_day
from governance.domain.plain_words import plain
from governance.domain.refusals import FactMissing, StepNotAllowed
from governance.models import Body, Role, role_and_surname
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.domain import supervision as domain
from issues.forms.supervisions import FORMS, SupervisionForm
from issues.models import IssueStep, SupervisionOrder, WorkOrder
from issues.models.orders import SupervisionOrderQuerySet, SupervisionState
from issues.order_page import HISTORY
from issues.queue import role_at
from issues.queue.rows import NEXT_STEPS
from issues.workflow import SUPERVISION

A_PAGE = 20
ROLES = (
    Role.PROPERTY_MANAGER, Role.DEPARTMENT_LIAISON, Role.COMMUNITY_STAFF, Role.STREET_OFFICER, Role.DISTRICT_OFFICER,
    Role.ADMINISTRATOR,
)  # fmt: skip
CLOSED = (SupervisionState.ACCEPTED, SupervisionState.SETTLED)
DONE_WORDS = {
    "answer": _("The account is given. It is judged next."),
    "accept_answer": _("Accepted. The body has been told, and the resident that there is an account."),
    "send_back": _("Sent back. It is due anew at the close of the next working day."),
}
# The lights of `pressing_first`, and how each row looks and is called.
LATE, DUE_TODAY, TO_JUDGE, LATER, DONE = range(5)
LOOKS = {LATE: "is-late", DUE_TODAY: "is-soon", TO_JUDGE: "is-soon"}


class Tab(NamedTuple):
    """One choice of the list: what the address calls it, its words, and which orders are in it."""

    key: str
    label: str | Promise
    rows: Q


def tabs_at(now: datetime) -> tuple[Tab, ...]:
    issued, midnight = Q(state=SupervisionState.ISSUED), day_ends_at(local_day(now))
    return (
        Tab("late", pgettext_lazy("supervision", "Overdue"), issued & Q(answer_due_at__lt=now)),
        Tab(
            "today",
            pgettext_lazy("supervision", "Due today"),
            issued & Q(answer_due_at__gte=now, answer_due_at__lt=midnight),
        ),
        Tab("judge", pgettext_lazy("supervision", "To be judged"), Q(state=SupervisionState.ANSWERED)),
        Tab("closed", pgettext_lazy("supervision", "Closed"), Q(state__in=CLOSED)),
    )


# --- the list ---


@never_cache
@require_safe
@login_required
def supervisions(request: PortalRequest) -> HttpResponse:
    """What is late first, then what is due today, then what waits for a judgement, then the rest."""
    _only_for_those_concerned(request)
    tabs = tabs_at(request.now)
    chosen = next((tab for tab in tabs if tab.key == request.GET.get("show", "")), None)
    body = plain(request.GET.get("body", ""))[:80]
    in_sight = _in_sight(request)
    of_body = in_sight.filter(body__name=body) if body else in_sight
    rows = of_body.filter(chosen.rows if chosen else ~Q(state__in=CLOSED))
    ordered = rows.pressing_first(request.now, day_ends_at(local_day(request.now))).select_related(*NEEDED)
    page = Paginator(ordered, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(each, request) for each in page],
        "tabs": _counted(tabs, of_body),
        "tab": chosen.key if chosen else "",
        "body": body,
        "bodies": Body.objects.filter(pk__in=in_sight.order_by().values("body")).order_by("name"),
        "is_filtered": bool(chosen or body),
        **_who_works_here(request),
    }
    return render(request, "issues/supervisions.html", context)


def _counted(tabs: tuple[Tab, ...], rows: SupervisionOrderQuerySet) -> list[dict[str, object]]:
    counts = rows.aggregate(**{tab.key: Count("pk", filter=tab.rows) for tab in tabs})
    return [{"key": tab.key, "label": tab.label, "count": counts[tab.key]} for tab in tabs]


NEEDED = ("issue__category__handling", "issue__building", "issue__estate", "body")


def _row(supervision: SupervisionOrder, request: PortalRequest) -> dict[str, object]:
    light = getattr(supervision, "light", LATER)
    return {"supervision": supervision, "look": LOOKS.get(light, ""), "light": light, **_action(supervision, request)}


def _action(supervision: SupervisionOrder, request: PortalRequest) -> dict[str, object]:
    """What this person does with it next; whoever has nothing to do, may look."""
    if supervision.state == SupervisionState.ISSUED and rules.test_rule("issues.may_answer", request.user, supervision):
        return {"action": _("Give the account"), "is_mine": True}
    if supervision.state == SupervisionState.ANSWERED and rules.test_rule(
        "issues.may_accept_answer", request.user, supervision
    ):
        return {"action": _("Judge it"), "is_mine": True}
    return {"action": _("Take a look"), "is_mine": False}


# --- one ---


@never_cache
@require_safe
@login_required
def supervision_detail(request: PortalRequest, public_id: UUID) -> HttpResponse:
    return _page(request, _supervision(request, public_id))


@login_required
@takes_presses
def supervision_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Answer, accept or send back. An unknown verb is as missing as an unknown order."""
    supervision = _supervision(request, public_id)
    if verb not in FORMS:
        raise Http404
    form = FORMS[verb](request.POST, now=request.now, supervision=supervision)
    if not form.is_valid():
        return _page(request, supervision, form, status=400)
    try:
        _take(verb, supervision, request, form.facts())
    except StepNotAllowed:
        return _moved_on_meanwhile(request, public_id, form)
    except FactMissing as missing:
        form.add_error(missing.fact if missing.fact in form.fields else None, str(missing.sentence))
        return _page(request, supervision, form, status=missing.status)
    success(request, DONE_WORDS[verb])
    return redirect("supervision_detail", public_id)


def _take(verb: str, supervision: SupervisionOrder, request: PortalRequest, facts: dict[str, Any]) -> None:
    verbs: dict[str, Callable[..., None]] = {
        "answer": domain.answer,
        "accept_answer": domain.accept_answer,
        "send_back": domain.send_back,
    }
    verbs[verb](supervision, actor=request.user, at=request.now, **facts)


def _moved_on_meanwhile(request: PortalRequest, public_id: UUID, form: SupervisionForm) -> HttpResponse:
    """Somebody was faster: who and what; what was typed stays on the page. Pressed twice, it is ours."""
    fresh = _supervision(request, public_id)
    last = _steps_of(fresh, request.now).first()
    if last is not None and last.actor == request.user and last.verb == f"{domain.VERB_PREFIX}{form.prefix_of_ids}":
        return redirect("supervision_detail", public_id)
    return _page(request, fresh, form, is_late=True, status=409)


def _page(
    request: PortalRequest,
    supervision: SupervisionOrder,
    bound: SupervisionForm | None = None,
    *,
    is_late: bool = False,
    status: int = 200,
) -> HttpResponse:
    history = [_told(step) for step in _steps_of(supervision, request.now)]
    allowed = [step for step in SUPERVISION.allowed(supervision, request.user) if step.verb in FORMS]
    context = {
        "supervision": supervision,
        "order": _order_in_sight(request, supervision),
        "clock": supervision.escalation.clock,
        "account": domain.Account.read(supervision.answer_words),
        "is_late_account": supervision.state == SupervisionState.ISSUED
        and supervision.answer_due_at is not None
        and supervision.answer_due_at < request.now,
        "is_open": supervision.state == SupervisionState.ISSUED,
        "was_sent_back": supervision.state == SupervisionState.ISSUED and supervision.sent_back_words,
        "steps": [
            {
                "verb": step.verb,
                "label": step.label,
                "form": bound
                if bound is not None and bound.prefix_of_ids == step.verb
                else FORMS[step.verb](now=request.now, supervision=supervision),
                "is_main": step.verb != "send_back",
                "is_open": step.verb == (bound.prefix_of_ids if bound is not None else "answer"),
            }
            for step in allowed
        ],
        "step": missed_step(supervision),
        "typed_words": _typed(bound) if is_late and bound is not None else [],
        "bound": bound,
        "form_errors": bound is not None and bound.errors,
        "history": history,
        "meanwhile": history[0] if is_late and history else None,
        **_who_works_here(request),
    }
    return render(request, "issues/supervision.html", context, status=status)


def missed_step(supervision: SupervisionOrder) -> str | Promise:
    """Which promise was missed by so much: 修好, 到场."""
    return NEXT_STEPS[supervision.escalation.clock.kind]


def _typed(bound: SupervisionForm) -> list[str]:
    """What somebody wrote that isn't saved, so that it isn't lost."""
    return [str(bound[name].value()) for name in bound.fields if not bound[name].is_hidden and bound[name].value()]


def _steps_of(supervision: SupervisionOrder, now: datetime) -> Any:
    """What happened to this order, the latest first: not what happened to those of other epochs."""
    steps = IssueStep.objects.filter(
        issue=supervision.issue_id, verb__startswith=domain.VERB_PREFIX, at__gte=supervision.issued_at
    )
    later = SupervisionOrder.objects.filter(issue=supervision.issue_id, epoch__gt=supervision.epoch).order_by("epoch")
    next_issued = later.values_list("issued_at", flat=True).first()
    if next_issued:
        steps = steps.filter(at__lt=next_issued)
    role = role_at("actor", now)
    return steps.select_related("actor").annotate(role=role).order_by("-at", "-id")


def _told(step: Any) -> dict[str, object]:
    who = role_and_surname(step.role or "", step.actor.surname_for_reader()) if step.actor else ""
    account = domain.Account.read(step.words)
    return {
        "at": step.at,
        "heading": str(HISTORY[step.verb]) % {"who": who or gettext("The system"), "body": ""},
        "words": f"{account.what_went_wrong}\n{account.what_was_done}" if account else step.words,
    }


# --- whose they are ---


def _only_for_those_concerned(request: PortalRequest) -> None:
    if not request.user.scope(request.now).gives_or_judges_accounts:
        raise Http404


def _in_sight(request: PortalRequest) -> SupervisionOrderQuerySet:
    return SupervisionOrder.objects.visible_to(request.user, request.now)


def _supervision(request: PortalRequest, public_id: UUID) -> SupervisionOrder:
    _only_for_those_concerned(request)
    rows = _in_sight(request).select_related(*NEEDED, "escalation__clock", "escalation__rung", "answered_by")
    return get_object_or_404(rows, public_id=public_id)


def _order_in_sight(request: PortalRequest, supervision: SupervisionOrder) -> WorkOrder | None:
    """The latest order of the matter, if the person may open it."""
    if not request.user.scope(request.now).handles_orders:
        return None
    orders = WorkOrder.objects.visible_to(request.user, request.now).filter(issue=supervision.issue_id)
    return orders.order_by("-pk").first()


def _who_works_here(request: PortalRequest) -> dict[str, str]:
    return who_works_here(request.user, request.now, ROLES)
