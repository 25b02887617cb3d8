"""The first page: what to press, who to call, how my matters stand. For strangers: what this is."""

from datetime import datetime

from django.db.models import Count, F, Q, Window
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from governance.domain.neighbourhood import Answerable, who_answers_for
from governance.models import Building, User
from governance.models.roles import surname_for_reader
from governance.requests import PortalRequest
from governance.templatetags.words import own_words
from residents.domain.drafts import draft_to_continue, home_of
from residents.due_words import next_step
from residents.explain import count_working_days_left
from residents.models import Petition, PetitionStage
from residents.sentences import person, say
from residents.voting import count_waiting_ballots

SHOWN = 3
OPEN = (PetitionStage.FILED, PetitionStage.IN_HAND, PetitionStage.FINISHED)


@never_cache
@require_safe
def home(request: PortalRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return render(request, "residents/welcome.html")
    lives_at = home_of(request.user)
    open_petitions, open_count = _open_petitions(request.user)
    count_working_days_left(open_petitions, request.now)
    draft = draft_to_continue(request.user)
    context = {
        "home": lives_at,
        "matters": [_matter(petition) for petition in open_petitions],
        "open_count": open_count,
        "waiting_ballots": count_waiting_ballots(request.user, request.now),
        "draft": draft,
        "draft_step": "check" if draft and draft.category_id else "category",
        "answerable": _people(lives_at.building, request.now),
    }
    return render(request, "residents/home.html", context)


def _open_petitions(user: User) -> tuple[list[Petition], int]:
    """The first of what isn't closed yet, the next due first; and how many of all are still being handled."""
    petitions = list(
        Petition.objects.visible_to(user)
        .filter(state__in=OPEN)
        .for_page()
        .annotate(open_count=Window(Count("pk", filter=~Q(state=PetitionStage.FINISHED))))
        .order_by(F("next_due_at").asc(nulls_last=True), "-filed_at", "-pk")[:SHOWN]
    )
    return list(petitions), petitions[0].open_count if petitions else 0


def _matter(petition: Petition) -> dict[str, object]:
    """A petition as `components/_matter.html` takes it. A clock is shown only while one runs."""
    runs = petition.state == PetitionStage.IN_HAND and petition.next_due_at and petition.next_kind
    return {
        "petition": petition,
        "who": _who_has(petition),
        "due": petition.next_due_at if runs else None,
        "step": next_step(petition.next_kind) if runs else "",
        "working_days": petition.working_days_left if runs else None,  # type: ignore[attr-defined]
    }


def _who_has(petition: Petition) -> str:
    """One sentence on how it stands: 恒信物业 周管家 在办."""
    if petition.state == PetitionStage.FINISHED:
        return _("Finished. Please say whether it is solved.")
    named = person(petition.holder_role, petition.holder_surname, petition.holder_surname_latin)
    if petition.holder_surname:
        return say(_("%(body)s %(who)s has it"), body=petition.holder_body, who=named)
    if petition.holder_body:
        return say(_("%(body)s has it; nobody there has accepted it yet."), body=petition.holder_body)
    return _("Received. Whoever is responsible is being found.")


def _people(building: Building | None, now: datetime) -> list[dict[str, object]]:
    """Who answers for my door, as `components/_holder.html` takes it."""
    return [_holder(each) for each in who_answers_for(building, now)] if building else []


def _holder(each: Answerable) -> dict[str, object]:
    named = person(each.role, each.surname, each.surname_latin) if each.surname else ""
    return {
        "name": own_words(each.body) if each.body else named,
        "words": named if each.body else "",
        "promise": each.promise,
        "surname": surname_for_reader(each.surname, each.surname_latin),
        "phone": each.phone,
    }
