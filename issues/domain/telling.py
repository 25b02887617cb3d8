"""Telling residents what they may know of an issue: through `residents.domain.standing`, in the same transaction."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import F

from governance.domain import outbox
from governance.models import BodyKind, Role, Urgency, User
from governance.models.many import among
from issues.domain import clocks, people
from issues.models import Issue, WorkOrder
from residents.domain import standing
from residents.domain.standing import Teller
from residents.models import Petition, PetitionStage

# Kinds of update that are also sent to the person; the rest waits on the timeline.
NOTICES = {
    "accepted": Urgency.ORDINARY,
    "arrived": Urgency.ORDINARY,
    "planned": Urgency.PROMPT,
    "breached": Urgency.ORDINARY,
    "supervised": Urgency.ORDINARY,
    "finished": Urgency.PROMPT,
    "declined": Urgency.PROMPT,
    "not_fixed": Urgency.PROMPT,
    "settled": Urgency.PROMPT,
}
# What is read of a petition, and of its person, where many are told.
TOLD = (
    "receipt_no",
    "filed_at",
    "name_visibility",
    "petitioner__wants_sms",
    "petitioner__wants_email",
    "petitioner__email",
)


def petitions_of(issue: Issue) -> list[Petition]:
    """The petitions in hand that speak of the issue, the first filed first. What is rated already stays as it is."""
    return list(
        Petition.objects.filter(links__issue=issue, links__undone_at=None, state=PetitionStage.IN_HAND)
        .select_related("petitioner")
        .order_by("filed_at", "id")
    )


def waiting_to_be_rated(issue: Issue) -> list[Petition]:
    """The petitions that speak of the issue and are finished: one “not solved” opens it again."""
    rows = Petition.objects.filter(links__issue=issue, links__undone_at=None, state=PetitionStage.FINISHED)
    return list(rows.order_by("id"))


def lock_matter(issue_id: int) -> None:
    """Lock the issue before anything of it. Everywhere: issue, petition, work order, clock, so nobody waits in circles.

    The petitions of an issue are written to by each other's people (an arrival shows on all of them), so the one lock
    that all of them share comes first.
    """
    list(Issue.objects.filter(pk=issue_id).select_for_update(no_key=True).values_list("id", flat=True))


def teller(person: User, order: WorkOrder) -> Teller:
    """How `person`, working on `order`, appears to residents."""
    scope = person.scope()
    role = Role.DEPARTMENT_LIAISON if order.body.kind == BodyKind.DEPARTMENT else Role.PROPERTY_STAFF
    if role == Role.PROPERTY_STAFF and order.body_id in scope.managed_bodies:
        role = Role.PROPERTY_MANAGER
    elif order.body.kind == BodyKind.DISTRICT_OFFICE:
        role = Role.DISTRICT_OFFICER
    elif order.body_id not in scope.bodies:
        role = Role.COMMUNITY_STAFF if order.community_id in scope.communities else Role.STREET_OFFICER
    return Teller(str(role), person.surname or person.full_name[:1], person.surname_latin, order.body.short_name)


def walker(person: User, issue: Issue) -> Teller:
    """How `person`, who walks there or comes from the community's or street's desk, appears to residents."""
    scope, building = person.scope(), issue.building
    if building and building.grid_unit_id in scope.grid_units:
        role = Role.GRID_LEADER if Role.GRID_LEADER in scope.roles else Role.GRID_WORKER
    elif building and building.pk in scope.buildings:
        role = Role.BUILDING_STEWARD
    else:
        role = Role.COMMUNITY_STAFF if issue.community_id in scope.communities else Role.STREET_OFFICER
    return Teller(str(role), person.surname or person.full_name[:1], person.surname_latin, issue.community.name)


def desk(order: WorkOrder) -> Teller:
    """The duty desk of the order's body: what residents see until somebody accepts."""
    return Teller(body=order.body.short_name)


def petitions_of_each(issues: Collection[int]) -> dict[int, list[Petition]]:
    """As `petitions_of`, for issues by their ids, and with no more of each petition than telling its person takes."""
    spoken: dict[int, list[Petition]] = defaultdict(list)
    of_these = Petition.objects.filter(
        links__issue__in=among(issues), links__undone_at=None, state=PetitionStage.IN_HAND
    )
    rows = of_these.annotate(speaks_of=F("links__issue")).select_related("petitioner").only(*TOLD)
    for petition in rows.order_by("filed_at", "id") if issues else ():
        spoken[petition.speaks_of].append(petition)
    return spoken


def tell_each(
    news: list[tuple[Issue, dict[str, Any]]], petitions: dict[int, list[Petition]], kind: str, /, *, at: datetime
) -> None:
    """As `tell_petitioners` with nobody's words, for many issues at once, each with params of its own."""
    told = [(issue, petition, params) for issue, params in news for petition in petitions.get(issue.pk, ())]
    standing.tell_each([(petition, params) for _issue, petition, params in told], kind, at=at)
    if kind in NOTICES:
        outbox.post_all(
            [
                notice
                for issue, petition, params in told
                for notice in _notices(issue, petition, kind, _matter(issue, standing.NOBODY, params), at)
            ]
        )


def tell_petitioners(
    issue: Issue,
    kind: str,
    /,
    *,
    at: datetime,
    words: str = "",
    by: Teller = standing.NOBODY,
    petitions: list[Petition] | None = None,
    **params: Any,
) -> None:
    """One line on every linked timeline, and a notice where the kind deserves one. However many, written at once.

    `petitions`: those of the issue, where the caller has them already.
    """
    petitions = petitions_of(issue) if petitions is None else petitions
    standing.tell_all(petitions, kind, at=at, words=words, by=by, **params)
    if kind in NOTICES:
        matter = _matter(issue, by, params)
        outbox.post_all([notice for petition in petitions for notice in _notices(issue, petition, kind, matter, at)])


def _matter(issue: Issue, by: Teller, params: dict[str, Any]) -> dict[str, Any]:
    return {
        **people.category_params(issue.category),
        "role": by.role,
        "surname": by.surname,
        "surname_latin": by.surname_latin,
        "body": by.body,
        **params,
    }


def _notices(issue: Issue, petition: Petition, kind: str, matter: dict[str, Any], at: datetime) -> list[outbox.Row]:
    """What its person is sent. What was imported has none."""
    if petition.petitioner is None:
        return []
    return outbox.notices_for(
        petition.petitioner,
        f"petition_{kind}",
        {"receipt_no": petition.receipt_no, outbox.HIDES_RECIPIENT: petition.hides_its_person, **matter},
        dedupe=f"{kind}:{petition.receipt_no}:{at.isoformat()}",
        at=at,
        urgency=NOTICES[kind],
        link=f"/petitions/{petition.receipt_no}/",
        subdistrict_id=issue.phoning_subdistrict_id,
        community_id=issue.phoning_community_id,
    )


def tell_what_is_next(issue: Issue, order: WorkOrder | None, petitions: list[Petition] | None = None) -> None:
    """Copy the clock that is due next (or the final one, when all have stopped) to petitions and order."""
    outlook = clocks.outlook_of(issue)
    running, shown = outlook.due_next, outlook.due_next or outlook.final
    standing.set_next(
        petitions_of(issue) if petitions is None else petitions,
        shown.kind if shown else "",
        shown.due_at if shown else None,
        clocks.explain(shown) if shown else {},
        expects_arrival=outlook.expects_arrival,
    )
    if order:
        order.next_kind = running.kind if running else ""
        order.next_due_at = running.due_at if running else None
        order.save(update_fields=["next_kind", "next_due_at"])


def link_to(order: WorkOrder) -> str:
    return f"/queue/{order.public_id}/"
