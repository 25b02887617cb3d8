"""Topics as residents see them: what is being deliberated, its whole story, and bringing one up."""

from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.models import Estate
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import demanding, judging, proposing
from issues.deliberation.domain.opening import bring_up_to_date
from issues.deliberation.forms.topics import JudgeForm, TopicForm
from issues.deliberation.models import Topic, TopicState
from issues.deliberation.models.topics import TopicQuerySet
from issues.deliberation.story import story_of
from issues.deliberation.views.sent import sending_of
from residents.models import Occupancy

A_PAGE = 20


@never_cache
@login_required
@require_safe
def topics(request: PortalRequest) -> HttpResponse:
    """The topics of the person's estates and their communities, the latest first, and the own ones."""
    rows = _of_concern(request).select_related("estate", "community", "building").order_by("-raised_at", "-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/topics.html", {"page": page, "may_raise": _homes(request).exists()})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def topic_new(request: PortalRequest) -> HttpResponse:
    """Bring a topic up. Sent twice it is one."""
    estates = Estate.objects.filter(pk__in=_homes(request)).select_related("community").order_by("name", "pk")
    if not estates:
        return render(request, "deliberation/topic_no_home.html")
    form = TopicForm(request.POST if request.method == "POST" else None, estates=estates)
    if form.is_bound and form.is_valid():
        try:
            topic = proposing.propose(
                form.proposal(), sending=sending_of(request), actor=request.user, at=request.now
            )  # fmt: skip
        except proposing.OnlyOwnersGather as refusal:
            form.add_error("gather", str(refusal.sentence))
        else:
            messages.success(request, _("Noted. Here you see who looks at it, and by when."))
            return redirect("topic", topic.public_id)
    sending = sending_of(request) if form.is_bound else uuid4()
    context = {"form": form, "sending": sending, "form_errors": form.errors}
    return render(request, "deliberation/topic_new.html", context)


@never_cache
@require_safe
def topic(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """The whole story of a topic. Nobody has to sign in."""
    return _page(request, find_topic(request, public_id))


@login_required
@takes_presses
def topic_support(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """Demand an owners' assembly, or take that back."""
    found = find_topic(request, public_id)
    if "back" in request.POST:
        demanding.take_back(found, actor=request.user, at=request.now)
        messages.success(request, _("Taken back."))
    elif demanding.support(found, actor=request.user, at=request.now).is_reached:
        messages.success(request, _("That makes it enough: the owners' assembly has to vote on it."))
    else:
        messages.success(request, _("Your support counts for all homes that you own here."))
    return redirect("topic", found.public_id)


@login_required
@takes_presses
def topic_judge(request: PortalRequest, public_id: UUID) -> HttpResponse:
    found = find_topic(request, public_id)
    form = JudgeForm(request.POST)
    if not form.is_valid():
        return _page(request, found, judging_form=form, status=400)
    given = form.cleaned_data
    judging.judge(found, stars=given["stars"], is_solved=given["is_solved"], actor=request.user, at=request.now)
    messages.success(request, _("Thank you. Your judgement counts."))
    return redirect("topic", found.public_id)


def find_topic(request: PortalRequest, public_id: UUID) -> Topic:
    """A public topic; one that isn't, for those who brought it up and those who look at it. Else 404."""
    related = ("estate__community", "community", "building", "merged_into", "split_from", "raised_by", "demanded_under")
    found = get_object_or_404(_readable(request).select_related(*related), public_id=public_id)
    for motion in found.motions.public():
        bring_up_to_date(motion, request.now)
    return found


def _readable(request: PortalRequest) -> TopicQuerySet:
    public = Topic.objects.public()
    if not request.user.is_authenticated:
        return public
    vetted = Topic.objects.organised_by(request.user.scope(request.now)).values("pk")
    return Topic.objects.filter(Q(pk__in=public.values("pk")) | Q(pk__in=_own(request).values("pk")) | Q(pk__in=vetted))


def _own(request: PortalRequest) -> TopicQuerySet:
    """Those that the person brought up, or that come from a petition of the person's."""
    attached = Q(petition_rows__petition__petitioner=request.user, petition_rows__ended_at=None)
    return Topic.objects.filter(Q(raised_by=request.user) | attached)


def _of_concern(request: PortalRequest) -> TopicQuerySet:
    homes = _homes(request)
    near = Topic.objects.public().filter(
        Q(estate__in=homes) | Q(estate=None, community__estates__in=homes)
    )  # fmt: skip
    return Topic.objects.filter(Q(pk__in=near.values("pk")) | Q(pk__in=_own(request).values("pk")))


def _homes(request: PortalRequest) -> QuerySet[Occupancy, Any]:
    return Occupancy.objects.standing().filter(user=request.user).values("unit__building__estate")


def _page(
    request: PortalRequest, found: Topic, *, judging_form: JudgeForm | None = None, status: int = 200
) -> HttpResponse:
    story = story_of(found, request.now)
    user = request.user if request.user.is_authenticated else None
    mine = user and found.supports.filter(by=user, taken_back_at=None).exists()
    is_gathering = story.demand is not None and not found.demanded_at and found.state in demanding.GATHERING
    judged = user and found.judgements.filter(by=user).first()
    context = {
        "topic": found,
        "story": story,
        "is_mine": mine,
        "is_gathering": is_gathering,
        "may_support": is_gathering and user and found.estate and demanding.units_of(user, found.estate).exists(),
        "judged": judged,
        "may_judge": found.state == TopicState.CLOSED and user and not judged and judging.may_judge(user, found),
        "judging": judging_form or JudgeForm(),
        "form_errors": status != HTTPStatus.OK,
    }
    return render(request, "deliberation/topic.html", context, status=status)
