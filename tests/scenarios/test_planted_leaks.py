"""Leaks planted on purpose: each is real, each is caught by a check of the rights tests, which passes without it.

A test that can't fail protects nobody. Each leak below is what somebody could really write by mistake: a queryset that
forgot its filter, an answer that says too much. It is planted while the portal runs, in the same world.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import messages
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from governance.admin import base, changelist, imports
from governance.admin.autocomplete import ScopedAutocomplete
from governance.admin.site import Console
from governance.domain.areas import Area
from governance.domain.refusals import NotInCharge
from governance.models import Building, Notice, RegisterImport, Subdistrict
from governance.models.notices import NoticeQuerySet
from governance.views import cards, coverage, not_reached
from issues.deliberation.domain import casting
from issues.deliberation.domain.casting import Paper
from issues.deliberation.models import Mandate, Motion, RollEntry
from issues.deliberation.models.commitments import CommitmentQuerySet
from issues.deliberation.models.meetings import MeetingQuerySet
from issues.deliberation.models.motions import MotionQuerySet
from issues.deliberation.models.surveys import SurveyQuerySet
from issues.deliberation.models.topics import TopicQuerySet
from issues.deliberation.views import meetings, votes
from issues.desk import inbox
from issues.domain import people
from issues.models import SupervisionOrder, WorkOrder
from issues.models.issues import IssueQuerySet
from issues.models.orders import SupervisionOrderQuerySet, WorkOrderQuerySet
from issues.queue import Outline
from issues.views import orders, supervisions
from residents.models import Petition
from residents.models.occupancy import OccupancyQuerySet
from residents.models.petitions import PetitionQuerySet
from residents.views import homes, petitions, photos
from tests.scenarios import rights, rights_checks
from tests.scenarios.rights_world import World

pytestmark = pytest.mark.django_db

RIGHTS = rights.read()
# Some of each side are enough to see a leak.
WHO_LOOKS = (
    "li", "wang", "stranger", "zhou", "strange_steward", "yu", "bai", "wu", "next_worker", "strange_worker", "sun",
    "strange_officer", "administrator",
)  # fmt: skip

Plant = Callable[[pytest.MonkeyPatch], None]
Check = Callable[[World], Any]


@pytest.fixture(autouse=True)
def _some_look(monkeypatch) -> None:
    for everybody in ("ASKED", "AT_THE_DOOR"):
        monkeypatch.setattr(rights_checks, everybody, WHO_LOOKS)


@dataclass(frozen=True)
class Leak:
    """What is planted, which check catches it, and a word of what the check then says."""

    plant: Plant
    check: Check
    says: str


def everything(rows: Any, *_args: Any, **_kwargs: Any) -> Any:
    """A queryset that forgot its filter."""
    return rows


def forgets(queryset: type, method: str) -> Plant:
    return lambda monkeypatch: monkeypatch.setattr(queryset, method, everything)


def replaces(where: Any, name: str, by: Any) -> Plant:
    return lambda monkeypatch: monkeypatch.setattr(where, name, by)


def thing(name: str, method: str = "GET") -> Check:
    return lambda world: rights_checks.check_things(world, RIGHTS, name, method)


def listed(name: str) -> Check:
    return lambda world: rights_checks.check_list(world, RIGHTS, name)


def register(model: str) -> Check:
    return lambda world: rights_checks.check_register(world, RIGHTS, model)


def another_street(name: str) -> Check:
    return lambda world: rights_checks.check_no_other_street(world, name, "sun")


# --- leaks that take more than a line ---


def search_forgets_the_street(monkeypatch) -> None:
    def search(self, request, queryset, search_term):
        found = self.model._default_manager.order_by("pk") if search_term else queryset
        return super(base.RegisterAdmin, self).get_search_results(request, found, search_term)

    monkeypatch.setattr(base.RegisterAdmin, "get_search_results", search, raising=False)


def file_holds_all_streets(monkeypatch) -> None:
    exported = imports.sheets.exported
    everywhere = lambda sheet, *_scoped: exported(sheet, list(sheet.rows()), list(Subdistrict.objects.all()))  # noqa: E731
    monkeypatch.setattr(imports.sheets, "exported", everywhere)


def any_row(self: Any, _request: Any, object_id: str) -> Any:
    return get_object_or_404(self.model._default_manager, pk=object_id)


def all_choices(self: ScopedAutocomplete) -> Any:
    return self.model_admin.model._default_manager.order_by("pk")


def all_references(_self: Console, model: Any, _request: Any) -> Any:
    return model._default_manager.all()


def all_filters(_self: changelist.ScopedFilter, field: Any, _request: Any, model_admin: Any) -> Any:
    rows = field.remote_field.model._default_manager.all()
    return [(row.pk, model_admin.admin_site.label_of(row)) for row in rows]


def all_files(_self: Any, _request: Any, object_id: str) -> Any:
    return get_object_or_404(RegisterImport, pk=object_id)


def desk_forgets_the_community(monkeypatch) -> None:
    monkeypatch.setattr(IssueQuerySet, "visible_to", everything)
    monkeypatch.setattr(inbox, "Q", lambda **_lookups: Q())


def names_to_the_staff(monkeypatch) -> None:
    params = people.place_params

    def with_the_name(order):
        petition = Petition.objects.filter(links__issue=order.issue).first()
        return params(order) | ({"who": petition.petitioner.full_name} if petition else {})

    monkeypatch.setattr(people, "place_params", with_the_name)


def finished_ones_lead_on(request: Any, receipt_no: str) -> Petition:
    """Out of reach, but finished: the view leads to its page, and by that says that there is one."""
    rows = Petition.objects.for_page()
    petition = get_object_or_404(rows, receipt_no=receipt_no)
    if petition.petitioner != request.user and petition.state != "finished":
        raise Http404
    return petition


def refused_with_403(request: Any, public_id: Any) -> WorkOrder:
    if WorkOrder.objects.filter(public_id=public_id).exists() and not _sees(request, public_id):
        raise NotInCharge
    return get_object_or_404(orders._orders(request), public_id=public_id)


def _sees(request: Any, public_id: Any) -> bool:
    return orders._orders(request).filter(public_id=public_id).exists()


def missing_with_a_word(request: Any, public_id: Any) -> SupervisionOrder:
    """404 in any case; but for one that exists, with a word more on the page."""
    supervisions._only_for_those_concerned(request)
    seen = supervisions._in_sight(request).filter(public_id=public_id).select_related(*supervisions.NEEDED)
    if not seen.exists() and SupervisionOrder.objects.filter(public_id=public_id).exists():
        raise OneWordMore
    return get_object_or_404(seen, public_id=public_id)


def missing_with_a_message(request: Any, public_id: Any) -> SupervisionOrder:
    """As above, with a message that the page of what isn't there would show."""
    try:
        return missing_with_a_word(request, public_id)
    except OneWordMore:
        messages.info(request, "Not yours.")
        raise Http404 from None


class OneWordMore(NotInCharge):
    """A refusal with a page of its own and the status of a page that isn't there."""

    status = 404


def ends_before_it_looks(monkeypatch) -> None:
    found = homes.get_object_or_404

    def end_first(rows, **lookups):
        type_of_row = rows.model
        type_of_row.objects.filter(**lookups).update(state="ended", ended_at="2026-05-15T00:00:00Z")
        return found(rows, **lookups)

    monkeypatch.setattr(homes, "get_object_or_404", end_first)


def all_areas(_scope: Any) -> list[Area]:
    return [Area(street) for street in Subdistrict.objects.select_related("district").order_by("name")]


def votes_of_all_estates(_request: Any) -> Any:
    return Motion.objects.public().select_related("estate", "building", "rule_set")


def anybodys_papers(_user: Any, motion: Any) -> list[Paper]:
    """The roll without its owners."""
    return [Paper((entry,), None, None) for entry in RollEntry.objects.filter(motion=motion)]


def any_mandate(_user: Any, motion: Any) -> list[Paper]:
    """Whoever it was given to."""
    held = Mandate.objects.in_force().filter(motion=motion)
    return [Paper((casting._entry_for(mandate),), mandate, None) for mandate in held]


LEAKS: dict[str, Leak] = {
    "an order to whoever knows its address": Leak(
        forgets(WorkOrderQuerySet, "visible_to"), thing("order_detail"), "GET order_detail of order"
    ),
    "the queue of all bodies": Leak(forgets(WorkOrderQuerySet, "visible_to"), listed("queue"), "queue: "),
    "a home that anybody may end": Leak(
        forgets(OccupancyQuerySet, "visible_to"), thing("home_end", "POST"), "POST home_end of home"
    ),
    "another's ETag is answered with 304": Leak(
        replaces(Outline, "etag", lambda _self: '"queue"'),
        lambda world: rights_checks.check_etags(world, ("zhou", "wu")), "tag: 304",
    ),
    "a petition to whoever knows its number": Leak(
        forgets(PetitionQuerySet, "visible_to"), thing("petition_detail"), "GET petition_detail of petition"
    ),
    "a photo that nobody asks about": Leak(
        replaces(photos.rules, "test_rule", lambda *_args: True), thing("photo"), "GET photo of"
    ),
    "photos of every patrol": Leak(forgets(IssueQuerySet, "visible_to"), thing("issue_photo"), "GET issue_photo of"),
    "a redirect that says it exists": Leak(
        replaces(petitions, "_mine", finished_ones_lead_on), thing("petition_evaluate"), "GET petition_evaluate of"
    ),
    "403 where there is nothing to see": Leak(
        replaces(orders, "_order", refused_with_403), thing("order_detail"), "GET order_detail of order"
    ),
    "one word more on the page that isn't there": Leak(
        replaces(supervisions, "_supervision", missing_with_a_word), thing("supervision_detail"),
        "out of reach isn't what a missing",
    ),
    "a message on the page that isn't there": Leak(
        replaces(supervisions, "_supervision", missing_with_a_message), thing("supervision_detail"),
        "out of reach isn't what a missing",
    ),
    "a press that writes before it is turned away": Leak(
        ends_before_it_looks, thing("home_end", "POST"), "has left something"
    ),
    "the inbox of everybody": Leak(
        replaces(NoticeQuerySet, "inbox_of", lambda rows, _user: rows.order_by("-pk")), listed("inbox"), "inbox: "
    ),
    "whom no message reached, in every street": Leak(
        forgets(NoticeQuerySet, "visible_to"), listed("not_reached"), "not_reached: "
    ),
    "a number read in another community": Leak(
        replaces(not_reached, "_notice", lambda _request, public_id, **_more: Notice.objects.get(public_id=public_id)),
        thing("notice_number", "POST"), "POST notice_number",
    ),
    "cards of all buildings": Leak(
        replaces(cards, "_in_charge", lambda _scope: Building.objects.select_related("estate__community")),
        listed("building_cards"), "building_cards: ",
    ),
    "the desk's inbox of all communities": Leak(desk_forgets_the_community, listed("desk"), "desk: "),
    "claims of homes of all communities": Leak(
        forgets(OccupancyQuerySet, "visible_to_desk"), listed("desk_homes"), "desk_homes: "
    ),
    "accounts asked of every body": Leak(
        forgets(SupervisionOrderQuerySet, "visible_to"), thing("supervision_detail"), "GET supervision_detail of"
    ),
    "gaps of every street": Leak(replaces(coverage, "areas_of", all_areas), listed("coverage"), "coverage: "),
    "a matter outside of one's grid": Leak(
        forgets(IssueQuerySet, "walked_by"), thing("outdoors_matter"), "GET outdoors_matter of"
    ),
    "names in the staff's messages": Leak(
        names_to_the_staff, rights_checks.check_notices_to_staff, "the staff are told"
    ),
    "a search through all streets": Leak(
        search_forgets_the_street, register("governance_estate"), "governance_estate?q="
    ),
    "an XLSX file of all streets": Leak(
        file_holds_all_streets, another_street("admin:governance_estate_export"), "sun reads"
    ),
    "references to all streets, found by typing": Leak(
        replaces(ScopedAutocomplete, "get_queryset", all_choices),
        lambda world: rights_checks.check_reference(world, "governance_building", "estate"), "offers sun",
    ),
    "references to all streets, in a form": Leak(
        replaces(Console, "rows_of", all_references), another_street("admin:governance_community_add"), "sun reads"
    ),
    "filters that name all streets": Leak(
        replaces(changelist.ScopedFilter, "field_choices", all_filters),
        another_street("admin:governance_estate_changelist"), "sun reads",
    ),
    "the history of another street's row": Leak(
        replaces(base.RegisterAdmin, "_row", any_row), thing("admin:governance_estate_history"),
        "GET admin:governance_estate_history of register",
    ),
    "another street's import, to be fetched": Leak(
        replaces(imports.RegisterImportAdmin, "_to_fetch", all_files), thing("admin:governance_registerimport_file"),
        "GET admin:governance_registerimport_file of register",
    ),
    "topics that nobody has looked at, on everybody's list": Leak(
        forgets(TopicQuerySet, "public"), listed("topics"), "topics: "
    ),
    "a topic that nobody has looked at, to whoever knows its address": Leak(
        forgets(TopicQuerySet, "public"), thing("topic"), "GET topic of topic"
    ),
    "what complains of the street, at the street's desk": Leak(
        forgets(TopicQuerySet, "without_those_about"), listed("desk_topics"), "desk_topics: "
    ),
    "commitments of every community, on the desk's list": Leak(
        forgets(CommitmentQuerySet, "followed_by"), listed("desk_commitments"), "desk_commitments: "
    ),
    "a commitment that its own body accepts": Leak(
        forgets(CommitmentQuerySet, "supervised_by"), thing("desk_commitment_step", "POST"),
        "POST desk_commitment_step/",
    ),
    "another company's commitment": Leak(
        forgets(CommitmentQuerySet, "carried_out_by"), thing("commitment"), "GET commitment of"
    ),
    "another community's topic, to be vetted": Leak(
        forgets(TopicQuerySet, "vetted_by"), thing("desk_topic_step", "POST"), "POST desk_topic_step/"
    ),
    "a draft of a vote to whoever knows its address": Leak(
        forgets(MotionQuerySet, "public"), thing("vote"), "GET vote of vote_draft"
    ),
    "drafts on the owners' list": Leak(forgets(MotionQuerySet, "public"), listed("votes"), "votes: "),
    "votes of every estate": Leak(replaces(votes, "_of_concern", votes_of_all_estates), listed("votes"), "votes: "),
    "votes organised by every office": Leak(
        forgets(MotionQuerySet, "organised_by"), listed("desk_votes"), "desk_votes: "
    ),
    "another community's draft, to be announced": Leak(
        forgets(MotionQuerySet, "organised_by"), thing("desk_vote_step", "POST"), "POST desk_vote_step/"
    ),
    "a meeting to whoever knows its address": Leak(
        replaces(MeetingQuerySet, "visible_to", lambda rows, _user, _scope: rows), thing("meeting"), "GET meeting of"
    ),
    "drafts of meetings on the residents' list": Leak(
        replaces(MeetingQuerySet, "public", lambda rows: rows.all()), listed("meetings"), "meetings: "
    ),
    "every survey to whoever knows its address": Leak(
        replaces(SurveyQuerySet, "asked_of", lambda rows, _user: rows.public()), thing("survey"), "GET survey of"
    ),
    "drafts of surveys on the residents' list": Leak(
        replaces(SurveyQuerySet, "public", lambda rows: rows.all()), listed("surveys"), "surveys: "
    ),
    "surveys run by every office": Leak(
        forgets(SurveyQuerySet, "organised_by"), listed("desk_surveys"), "desk_surveys: "
    ),
    "meetings run by every office": Leak(
        forgets(MeetingQuerySet, "organised_by"), listed("desk_meetings"), "desk_meetings: "
    ),
    "another community's minutes, to be drawn up": Leak(
        forgets(MeetingQuerySet, "organised_by"), thing("desk_meeting_step", "POST"), "POST desk_meeting_step/"
    ),
    "photos of a visit that nobody released": Leak(
        replaces(meetings, "Q", lambda *_args, **_more: ~Q(pk=None)), thing("visit_photo"), "GET visit_photo of "
    ),
    "a ballot that anybody opens": Leak(
        replaces(casting, "papers_of", anybodys_papers), thing("ballot"), "GET ballot of"
    ),
    "a mandate that is anybody's": Leak(replaces(casting, "papers_of", any_mandate), thing("ballot"), "GET ballot of"),
}  # fmt: skip


def test_there_are_twenty_leaks_and_more():
    assert len(LEAKS) >= 20


@pytest.mark.usefixtures("people_known")
@pytest.mark.parametrize("what", LEAKS)
def test_a_leak_is_caught(world, what):
    """Without it the same check passes: `test_rights.py` calls each."""
    leak = LEAKS[what]
    with pytest.MonkeyPatch.context() as planted:
        leak.plant(planted)
        with pytest.raises(AssertionError) as caught:
            leak.check(world)
    assert leak.says in str(caught.value)
