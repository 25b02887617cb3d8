"""Commitments at the desk: which need a look first, one of them, writing one down, judging it."""

from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.desk_bar import who_works_here
from governance.domain.plain_words import plain
from governance.domain.refusals import FactMissing
from governance.models import Body
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import carrying_out, committing, doubting, due_days
from issues.deliberation.forms.commitments import AnswerDoubtForm, PromiseForm, StepForm, UnblockForm
from issues.deliberation.models import Commitment, CommitmentState, Light, Topic, TopicState
from issues.deliberation.models.commitments import CommitmentQuerySet
from issues.deliberation.rules import supervises
from issues.deliberation.views.commitment_steps import AT_THE_DESK, Bound, find, offered, panels, take

A_PAGE = 30


class Tab(NamedTuple):
    """One choice of the list: what the address calls it, its words, and which are in it."""

    key: str
    label: str | Promise
    rows: Q


TABS = (
    Tab("late", pgettext_lazy("commitments", "Red"), Q(light=Light.RED.value)),
    Tab("soon", pgettext_lazy("commitments", "Yellow"), Q(light=Light.YELLOW.value)),
    Tab("judge", pgettext_lazy("commitments", "To be accepted"), Q(state=CommitmentState.REPORTED)),
    Tab("doubted", pgettext_lazy("commitments", "“Not done”"), Q(doubts__isnull=False, doubts__answered_at=None)),
    Tab("over", pgettext_lazy("commitments", "Over"), Q(light=Light.OUT.value)),
)


def require_follower(request: PortalRequest) -> None:
    """These pages exist for those who organise topics or look after what came of them."""
    if not request.user.scope(request.now).deliberates:
        raise Http404


def _in_sight(request: PortalRequest) -> CommitmentQuerySet:
    return Commitment.objects.followed_by(request.user.scope(request.now))


@never_cache
@login_required
@require_safe
def desk_commitments(request: PortalRequest) -> HttpResponse:
    """Red first, then yellow, then green; what is over has a tab of its own."""
    require_follower(request)
    chosen = next((tab for tab in TABS if tab.key == request.GET.get("show", "")), None)
    body = plain(request.GET.get("body", ""))[:80]
    in_sight = _in_sight(request)
    lit = (in_sight.filter(body__name=body) if body else in_sight).with_light(
        request.now, due_days.near_until(request.now)
    )
    rows = lit.filter(chosen.rows) if chosen else lit.filter(~Q(light=Light.OUT.value) | TABS[3].rows)
    rows = rows.distinct().pressing_first().select_related("body", "topic", "estate")
    done = Count("parts", filter=Q(parts__done_at__isnull=False), distinct=True)
    rows = rows.annotate(parts_done=done, parts_all=Count("parts", distinct=True))
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "tabs": _counted(lit),
        "tab": chosen.key if chosen else "",
        "body": body,
        "bodies": Body.objects.filter(pk__in=in_sight.order_by().values("body")).order_by("name"),
        "is_filtered": bool(chosen or body),
        **who_works_here(request.user, request.now),
    }
    return render(request, "deliberation/desk_commitments.html", context)


def _counted(rows: CommitmentQuerySet) -> list[dict[str, object]]:
    counts = rows.aggregate(**{tab.key: Count("pk", filter=tab.rows, distinct=True) for tab in TABS})
    return [{"key": tab.key, "label": tab.label, "count": counts[tab.key]} for tab in TABS]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_commitment_new(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Write down what a body promises about a topic that is being deliberated."""
    require_follower(request)
    topics = Topic.objects.organised_by(request.user.scope(request.now)).filter(state=TopicState.ACCEPTED)
    topic = get_object_or_404(topics.select_related("community", "estate", "building"), public_id=public_id)
    form = _promise_form(request, topic)
    if form.is_bound and form.is_valid():
        try:
            commitment = committing.promise(topic, form.promise(), actor=request.user, at=request.now)
        except FactMissing as missing:
            form.refuse(missing.fact, str(missing.sentence))
        else:
            messages.success(request, _("Written down. The body has its order."))
            return redirect("desk_commitment", commitment.public_id)
    context = {
        "topic": topic, "form": form, "form_errors": form.errors, "work_page": "desk_commitments",
        **who_works_here(request.user, request.now),
    }  # fmt: skip
    return render(request, "deliberation/desk_commitment_new.html", context, status=400 if form.errors else 200)


def _promise_form(request: PortalRequest, topic: Topic) -> PromiseForm:
    return PromiseForm(request.POST if request.method == "POST" else None, topic=topic, now=request.now)


@never_cache
@login_required
@require_safe
def desk_commitment(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """One commitment: how far it is, what stands in the way, and what is to be decided about it."""
    require_follower(request)
    return _page(request, public_id)


@login_required
@takes_presses
def desk_commitment_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    require_follower(request)
    commitment, _line = find(_in_sight(request), public_id, request.now)
    taken = take(request, commitment, verb, AT_THE_DESK, reverse("desk_commitment", args=[public_id]))
    return _page(request, public_id, bound=taken) if isinstance(taken, Bound) else taken


@login_required
@takes_presses
def desk_commitment_unblock(request: PortalRequest, public_id: UUID, blocker: UUID) -> HttpResponse:
    require_follower(request)
    commitment, _line = find(_in_sight(request), public_id, request.now)
    found = get_object_or_404(commitment.blockers.select_related("commitment__topic"), public_id=blocker)
    form = UnblockForm(request.POST, commitment=commitment, now=request.now, prefix=str(blocker))
    if not form.is_valid():
        return _page(request, public_id, clearing={blocker: form})
    carrying_out.unblock(found, actor=request.user, at=request.now, **form.facts())
    messages.success(request, _("Cleared."))
    return redirect("desk_commitment", public_id)


@login_required
@takes_presses
def desk_commitment_doubt(request: PortalRequest, public_id: UUID, doubt: UUID) -> HttpResponse:
    """Answer a “not done” in public; with `again`, the commitment is taken up again with these words."""
    require_follower(request)
    commitment, _line = find(_in_sight(request), public_id, request.now)
    doubts = commitment.doubts.select_related("commitment__topic", "commitment__body", "by")
    found = get_object_or_404(doubts, public_id=doubt)
    form = AnswerDoubtForm(request.POST, commitment=commitment, now=request.now, prefix=str(doubt))
    if not form.is_valid():
        return _page(request, public_id, answering={doubt: form})
    again = "again" in request.POST
    doubting.answer(found, takes_up_again=again, actor=request.user, at=request.now, **form.facts())
    messages.success(request, _("Taken up again. The body has an order again.") if again else _("Answered."))
    return redirect("desk_commitment", public_id)


def _page(
    request: PortalRequest,
    public_id: UUID,
    *,
    bound: Bound | None = None,
    clearing: dict[UUID, StepForm] | None = None,
    answering: dict[UUID, StepForm] | None = None,
) -> HttpResponse:
    commitment, line = find(_in_sight(request), public_id, request.now)
    clearing, answering = clearing or {}, answering or {}
    verbs = offered(commitment, request.user, AT_THE_DESK)
    facts: dict[str, Any] = {"commitment": commitment, "now": request.now}
    has_errors = bool(bound or clearing or answering)
    context = {
        "commitment": commitment,
        "line": line,
        "panels": panels(
            commitment,
            verbs,
            request.now,
            lambda verb: reverse("desk_commitment_step", args=[public_id, verb]),
            bound,
        ),
        "blockers": [
            (one, clearing.get(one.public_id) or UnblockForm(prefix=str(one.public_id), **facts))
            for one in line.blockers
        ],
        "may_clear": commitment.is_in_hand,
        "unblock_page": "desk_commitment_unblock",
        "doubts": [
            (one, answering.get(one.public_id) or AnswerDoubtForm(prefix=str(one.public_id), **facts))
            for one in commitment.doubts.all()
        ],
        "may_answer": supervises(request.user, commitment),
        "photos": commitment.photos.numbered(),
        "parts": commitment.parts.all(),
        "bound": bound.form if bound else None,
        "form_errors": has_errors,
        "work_page": "desk_commitments",
        **who_works_here(request.user, request.now),
    }
    return render(request, "deliberation/desk_commitment.html", context, status=400 if has_errors else 200)
