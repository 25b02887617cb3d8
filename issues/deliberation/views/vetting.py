"""The desk's topics: making one of what people reported, and looking at it at the three gates."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import rules
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from governance.domain.refusals import NotInCharge
from governance.models import Community, Estate
from governance.presses import takes_presses
from governance.requests import PortalRequest
from issues.deliberation.domain import listing, proposing, topic_news, vetting
from issues.deliberation.forms.topics import (
    AnswerForm,
    AttachForm,
    DeskTopicForm,
    FindingForm,
    JoinForm,
    SplitForm,
)
from issues.deliberation.models import Survey, SurveyItem, Topic, TopicOrigin, TopicState
from issues.deliberation.story import story_of
from issues.deliberation.views.sent import sending_of
from issues.deliberation.workflow import TOPIC
from issues.models import Issue, IssuePetition
from issues.views.queue import desk_context
from residents.models import Petition

A_PAGE = 30


def require_deliberation(request: PortalRequest) -> None:
    """These pages exist only for those who look at topics or make them: branch, community, street, district."""
    if not request.user.scope(request.now).deliberates:
        raise Http404


@never_cache
@login_required
@require_safe
def desk_topics(request: PortalRequest) -> HttpResponse:
    """Every topic of the area, what waits to be looked at first."""
    require_deliberation(request)
    rows = Topic.objects.organised_by(request.user.scope(request.now)).select_related("estate", "community", "building")
    page = Paginator(rows.in_hand_first(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "deliberation/desk_topics.html", _context(request, page=page))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_topic_new(request: PortalRequest) -> HttpResponse:
    """Make a topic of what people reported: of the matter that the page was opened from, or of receipt numbers."""
    require_deliberation(request)
    communities, estates = _places(request)
    if not communities:
        raise Http404
    matter, item = _matter(request), _item(request)
    if item:
        communities = communities.filter(pk=item.survey.community_id)
    form = DeskTopicForm(
        request.POST if request.method == "POST" else None,
        initial=_of_the_item(item) if item else _of_the_matter(matter) if matter else {},
        communities=communities,
        estates=estates,
        petitions=_petitions(request),
    )
    if form.is_bound and form.is_valid():
        topic = _propose(form, item, request)
        messages.success(request, _("Noted. It is looked at by somebody else than you."))
        return redirect("desk_topic", topic.public_id)
    sending = sending_of(request) if form.is_bound else uuid4()
    context = _context(request, form=form, item=item, sending=sending, form_errors=form.errors)
    return render(request, "deliberation/desk_topic_new.html", context)


@never_cache
@login_required
@require_safe
def desk_topic(request: PortalRequest, public_id: UUID) -> HttpResponse:
    """A topic at the gates: what it says, from whom it comes, and what can be decided."""
    return _page(request, find_organised_topic(request, public_id))


@login_required
@takes_presses
def desk_topic_step(request: PortalRequest, public_id: UUID, verb: str) -> HttpResponse:
    topic = find_organised_topic(request, public_id)
    if verb == "attach":
        return _attach(request, topic)
    form = _forms(topic, verb, request).get(verb)
    if form is None:
        raise Http404
    if not rules.test_rule(TOPIC.step(verb).who, request.user, topic):
        raise NotInCharge
    if not form.is_valid():
        return _page(request, topic, bound=(verb, form), status=400)
    moved_to = _STEPS[verb](topic, form, request)
    messages.success(request, _("Noted, with your role and surname."))
    return redirect("desk_topic", moved_to.public_id)


def _attach(request: PortalRequest, topic: Topic) -> HttpResponse:
    form = AttachForm(request.POST, petitions=_petitions(request))
    if not form.is_valid():
        return _page(request, topic, attaching=form, status=400)
    new = proposing.attach_more(topic, form.cleaned_data["receipts"], actor=request.user, at=request.now)
    messages.success(request, _("Attached: %(number)d. These people are told.") % {"number": len(new)})
    return redirect("desk_topic", topic.public_id)


def find_organised_topic(request: PortalRequest, public_id: UUID) -> Topic:
    """A topic that it is the person's work to look at or to organise; else 404, also for what complains of them."""
    require_deliberation(request)
    rows = Topic.objects.organised_by(request.user.scope(request.now))
    related = ("estate__community", "community", "building", "merged_into", "split_from", "raised_by", "demanded_under")
    return get_object_or_404(rows.select_related(*related), public_id=public_id)


def _page(
    request: PortalRequest,
    topic: Topic,
    *,
    bound: tuple[str, forms.Form] | None = None,
    attaching: AttachForm | None = None,
    status: int = 200,
) -> HttpResponse:
    allowed = TOPIC.allowed(topic, request.user)
    forms_shown = {step.verb: _forms(topic, step.verb, None)[step.verb] for step in allowed}
    if bound:
        forms_shown[bound[0]] = bound[1]
    open_now = bound[0] if bound else ""
    context = _context(
        request,
        topic=topic,
        story=story_of(topic, request.now),
        petitions=topic_news.petitions_of(topic),
        concerns=[row.body for row in topic.concern_rows.select_related("body")],
        steps=[(step, forms_shown[step.verb], step.verb == open_now) for step in allowed],
        wrong=bound[1] if bound else attaching,
        attaching=attaching or AttachForm(petitions=Petition.objects.none()),
        is_alive=topic.state in (TopicState.RAISED, TopicState.ACCEPTED),
        in_the_way=vetting.what_is_open(topic) if topic.state == TopicState.ACCEPTED else [],
        organises=request.user.scope(request.now).organises_votes,
        form_errors=status != HTTPStatus.OK,
    )
    return render(request, "deliberation/desk_topic.html", context, status=status)


def _forms(topic: Topic, verb: str, request: PortalRequest | None) -> dict[str, Any]:
    """The form of the verb: as it was sent with `request`, else empty."""
    data = request.POST if request else None
    match verb:
        case "accept" | "look_at_the_process" | "close":
            return {verb: FindingForm(data, verb=verb)}
        case "decline" | "refer":
            return {verb: AnswerForm(data, verb=verb)}
        case "merge":
            others = Topic.objects.filter(
                community=topic.community, state__in=(TopicState.RAISED, TopicState.ACCEPTED)
            ).exclude(pk=topic.pk)
            return {verb: JoinForm(data, verb=verb, others=others.order_by("-raised_at", "-pk"))}
        case "split":
            attached = topic.petition_rows.filter(ended_at=None).values("petition")
            return {verb: SplitForm(data, verb=verb, petitions=Petition.objects.filter(pk__in=attached))}
    return {}


def _split(topic: Topic, form: Any, request: PortalRequest) -> Topic:
    given = form.cleaned_data
    return vetting.split(
        topic, form.finding(), title=given["title"].strip(), words=given["about"], petitions=list(given["petitions"]),
        actor=request.user, at=request.now,
    )  # fmt: skip


def _join(topic: Topic, form: Any, request: PortalRequest) -> Topic:
    into = form.cleaned_data["into"]
    vetting.merge(topic, into, form.finding(), actor=request.user, at=request.now)
    return into


def _answered(decide: Callable[..., Topic]) -> Callable[[Topic, Any, PortalRequest], Topic]:
    def step(topic: Topic, form: Any, request: PortalRequest) -> Topic:
        return decide(
            topic, form.finding(), show=form.cleaned_data["show"], actor=request.user, at=request.now
        )  # fmt: skip

    return step


def _found(decide: Callable[..., Topic]) -> Callable[[Topic, Any, PortalRequest], Topic]:
    def step(topic: Topic, form: Any, request: PortalRequest) -> Topic:
        return decide(topic, form.finding(), actor=request.user, at=request.now)

    return step


_STEPS: dict[str, Callable[[Topic, Any, PortalRequest], Topic]] = {
    "accept": _found(vetting.accept),
    "decline": _answered(vetting.decline),
    "refer": _answered(vetting.refer),
    "merge": _join,
    "split": _split,
    "look_at_the_process": _found(vetting.look_at_the_process),
    "close": _found(vetting.close),
}


def _places(request: PortalRequest) -> tuple[QuerySet[Community], QuerySet[Estate]]:
    """Where the person may make topics; of a community with a branch at one estate alone, that estate."""
    scope = request.user.scope(request.now)
    communities = proposing.communities_of(scope)
    of_estates_alone = Community.objects.filter(estates__partybranch__in=scope.party_branches).exclude(
        Q(pk__in=scope.communities) | Q(subdistrict__in=scope.subdistricts) | Q(partybranch__in=scope.party_branches)
    )
    whole = communities.exclude(pk__in=of_estates_alone.values("pk"))
    estates = Estate.objects.filter(Q(community__in=whole) | Q(partybranch__in=scope.party_branches))
    estates = Estate.objects.filter(pk__in=estates.values("pk")).select_related("community")
    return communities.order_by("name", "pk"), estates.order_by("name", "pk")


def _petitions(request: PortalRequest) -> QuerySet[Petition]:
    """Those that the person may make a topic of: of matters that they see, and whose words they read anyway."""
    seen = Issue.objects.visible_to(request.user, request.now)
    branches = request.user.scope(request.now).party_branches
    near = Q(estate__partybranch__in=branches) | Q(community__partybranch__in=branches)
    of_the_branch = Issue.objects.filter(near, hides_petitioner=False, category__is_about_staff=False)
    linked = Q(issue__in=seen.values("pk")) | Q(issue__in=of_the_branch.values("pk"))
    return Petition.objects.filter(pk__in=IssuePetition.objects.filter(linked, undone_at=None).values("petition"))


def _propose(form: DeskTopicForm, item: SurveyItem | None, request: PortalRequest) -> Topic:
    proposal, sending = form.proposal(), sending_of(request)
    if item is None:
        return proposing.propose(proposal, sending=sending, actor=request.user, at=request.now)
    of_the_survey = replace(proposal, origin=TopicOrigin.SURVEY)
    return listing.make_topic(item, of_the_survey, sending=sending, actor=request.user, at=request.now)


def _item(request: PortalRequest) -> SurveyItem | None:
    """The line of a survey's list that the page was opened from."""
    found = _asked_for(request, "item")
    run = Survey.objects.organised_by(request.user.scope(request.now))
    rows = (
        SurveyItem.objects.filter(survey__in=run.values("pk"), public_id=found) if found else SurveyItem.objects.none()
    )
    return rows.select_related("survey__community").first()


def _of_the_item(item: SurveyItem) -> dict[str, Any]:
    said = _("In the survey “%(survey)s” %(number)d named it.") % {"survey": item.survey.title, "number": item.named_by}
    return {
        "community": item.survey.community_id, "estate": item.survey.estate_id, "title": item.words, "words": said,
    }  # fmt: skip


def _asked_for(request: PortalRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _matter(request: PortalRequest) -> Issue | None:
    found = _asked_for(request, "matter")
    if found is None:
        return None
    seen = Issue.objects.visible_to(request.user, request.now)
    return seen.select_related("estate", "community", "building", "category").filter(public_id=found).first()


def _of_the_matter(matter: Issue) -> dict[str, Any]:
    linked = Petition.objects.filter(links__issue=matter, links__undone_at=None).order_by("filed_at", "pk")
    return {
        "community": matter.community_id,
        "estate": matter.estate_id,
        "building": matter.building.name if matter.building else "",
        "stairwell": matter.stairwell,
        "title": f"{matter.estate.name}: {matter.category.name}"[:60],
        "receipts": "\n".join(linked.values_list("receipt_no", flat=True)),
    }


def _context(request: PortalRequest, **given: Any) -> dict[str, Any]:
    return {**desk_context(request), "work_page": "desk_topics", **given}
