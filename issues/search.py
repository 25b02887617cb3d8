"""Search for staff: petitions and what patrols found, by the words that were said. Newest first. Reads only.

Whoever searches finds what they may see anyway (`Issue.objects.visible_to`), and beside it what was imported and lies
at their desk. Nobody is named, and nobody can be searched for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from governance.models import User
from governance.models.scope import Scope
from issues.models import Issue, IssuePetition
from residents.domain.searching import Asked, Piece
from residents.models import Petition, PetitionChannel
from residents.models.petitions import PetitionQuerySet

A_PAGE = 30
# Nobody turns so many pages: whoever has that many hits adds a word.
AT_MOST = 1000


@dataclass(frozen=True)
class Hit:
    """What was said or found, where and what it is as far as anybody has said; `url` leads on, if anything does."""

    at: datetime
    subject: list[Piece]
    words: list[Piece]
    category: str
    estate: str
    state: str
    channel: str
    url: str
    place: Any


@dataclass(frozen=True)
class Found:
    """One page of the hits. `total` stops counting at `AT_MOST`; `is_cut` says that there are more."""

    hits: list[Hit]
    page: Page
    total: int
    is_cut: bool


def search(user: User, asked: Asked, now: datetime, *, page: str = "") -> Found:
    """The hits that the person may see. Seven queries, however many."""
    petitions = petitions_in_sight(user, now).filter(asked.found_in("subject", "words"))
    findings = _findings_in_sight(user, now).filter(asked.found_in("words"))
    counted = _count(petitions) + _count(findings)
    shown = Paginator(range(min(counted, AT_MOST)), A_PAGE).get_page(page)
    keys = _newest(petitions, findings, shown)
    return Found(_hits(keys, user, asked, now), shown, min(counted, AT_MOST), counted > AT_MOST)


# --- what is in sight ---


def petitions_in_sight(user: User, now: datetime) -> PetitionQuerySet:
    """Petitions of matters that the person sees, and what was imported and has become none yet."""
    scope = user.scope(now)
    if scope.is_administrator:
        return Petition.objects.all()
    links = IssuePetition.objects.filter(petition=OuterRef("pk"), undone_at=None)
    of_a_matter = Exists(links.filter(issue__in=Issue.objects.visible_to(user, now).values("pk")))
    desk = Petition.objects.at_the_desk_of(user, now).filter(pk=OuterRef("pk"), links=None)
    imported = Q(channel=PetitionChannel.IMPORT, links=None) & Exists(desk)
    return Petition.objects.filter(_nearby(scope), of_a_matter | imported)


def _nearby(scope: Scope) -> Q:
    """Nothing else can be in sight: it keeps the indexes of a street in play, and decides nothing by itself."""
    streets = scope.subdistricts | scope.overseen
    near = Q(subdistrict__in=streets) if streets else Q()
    if scope.communities:
        near |= Q(community__in=scope.communities)
    if scope.grid_units or scope.buildings:
        near |= Q(building__grid_unit__in=scope.grid_units) | Q(building__in=scope.buildings)
    return near or Q(pk__in=())


def _findings_in_sight(user: User, now: datetime) -> QuerySet[Issue]:
    # Words that aren't empty: the index holds no others.
    return Issue.objects.visible_to(user, now).filter(words__gt="", found_by__isnull=False)


# --- a page of them ---

Key = tuple[datetime, bool, int]


def _count(rows: QuerySet[Any]) -> int:
    return rows.order_by()[: AT_MOST + 1].count()


def _newest(petitions: QuerySet[Any], findings: QuerySet[Any], page: Page) -> list[Key]:
    """(filed at, is a finding, id) of the page's rows: so many of each kind that the page is among them."""
    start = (page.number - 1) * A_PAGE
    end = min(start + A_PAGE, AT_MOST)
    keys = [
        (at, is_finding, pk)
        for is_finding, rows in ((False, petitions), (True, findings))
        for at, pk in rows.order_by("-filed_at", "-pk").values_list("filed_at", "pk")[:end]
    ]
    return sorted(keys, reverse=True)[start:end]


def _hits(keys: list[Key], user: User, asked: Asked, now: datetime) -> list[Hit]:
    petitions = Petition.objects.for_page().in_bulk([pk for _at, is_finding, pk in keys if not is_finding])
    findings = Issue.objects.select_related("category", "estate", "building").in_bulk(
        [pk for _at, is_finding, pk in keys if is_finding]
    )
    links = IssuePetition.objects.filter(petition__in=petitions, undone_at=None).select_related("issue__building")
    matters = {link.petition_id: link.issue for link in links}
    scope = user.scope(now)
    return [
        _finding(findings[pk], asked, scope) if is_finding else _petition(petitions[pk], matters.get(pk), asked, scope)
        for _at, is_finding, pk in keys
    ]


def _petition(petition: Petition, matter: Issue | None, asked: Asked, scope: Scope) -> Hit:
    return Hit(
        at=petition.filed_at,
        subject=asked.marked(petition.subject),
        words=asked.excerpt(petition.words),
        category=petition.category.name if petition.category else "",
        estate=petition.estate.name if petition.estate else "",
        state=petition.get_state_display(),
        channel=petition.get_channel_display(),
        url=_page_of(petition, matter, scope),
        place=petition if petition.estate else None,
    )


def _finding(issue: Issue, asked: Asked, scope: Scope) -> Hit:
    return Hit(
        at=issue.filed_at,
        subject=[],
        words=asked.excerpt(issue.words),
        category=issue.category.name,
        estate=issue.estate.name,
        state=issue.get_state_display(),
        channel=str(PetitionChannel.PATROL.label),
        url=_page_of_matter(issue, scope),
        place=issue,
    )


def _page_of(petition: Petition, matter: Issue | None, scope: Scope) -> str:
    if matter:
        return _page_of_matter(matter, scope, petition)
    return reverse("desk_imported_petition", args=[petition.receipt_no]) if petition.is_imported else ""


def _page_of_matter(matter: Issue, scope: Scope, petition: Petition | None = None) -> str:
    """The page where this person works on such things."""
    if matter.community_id in scope.communities:
        return reverse("desk_matter", args=[matter.public_id])
    if scope.runs_console:
        thing: Any = petition or matter
        return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
    if matter.building and scope.walks(matter.building):
        return reverse("outdoors_matter", args=[matter.public_id])
    return ""
