"""Search for staff: petitions and what patrols found, by the words that were said. Newest first. Reads only.

Whoever searches finds what they may see anyway (`Issue.objects.visible_to`), and beside it what was imported and lies
at their desk. Nobody is named, and nobody can be searched for.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse

from governance.models import User
from governance.models.scope import Scope
from issues.models import Issue, IssuePetition, IssueState
from residents.domain.searching import Asked, Piece
from residents.models import Petition, PetitionChannel, PetitionStage

A_PAGE = 30
# Nobody turns so many pages: whoever has that many hits adds a word.
AT_MOST = 1000
# So many more are looked at, lest a few that aren't in sight cost another question.
SPARE = 10
# What is read of a hit; the rest of it is wide.
OF_A_PETITION = (
    *("receipt_no", "filed_at", "channel", "state", "subject", "words", "stairwell", "spot"),
    *("category__name_zh", "category__name_en", "category__name_ko", "estate__name", "building__name"),
)
OF_ITS_MATTER = ("issue__public_id", "issue__community")


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
    """One page of the hits. `total` is None as long as more follow: nobody counts to the end of a common word."""

    hits: list[Hit]
    number: int
    has_next: bool
    total: int | None
    is_cut: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1


def search(user: User, asked: Asked, now: datetime, *, page: str = "") -> Found:
    """The hits that the person may see, the newest first. A page beyond the last is the last one.

    Five queries, however many hits; one more where something was imported, and more where most of what is said nearby
    is nothing for this person.
    """
    number = _number(page)
    wanted = min(number * A_PAGE, AT_MOST) + 1
    keys = sorted(_said(user, asked, now, wanted) + _found(user, asked, now, wanted), reverse=True)[:wanted]
    number = min(number, max(1, -(-len(keys) // A_PAGE)))
    end = min(number * A_PAGE, AT_MOST)
    shown = keys[(number - 1) * A_PAGE : end]
    is_cut, follow = end == AT_MOST and len(keys) > end, len(keys) > end
    return Found(_hits(shown, user, asked, now), number, follow and not is_cut, None if follow else len(keys), is_cut)


def _number(page: str) -> int:
    """Which page is asked for; the first, where that is no number."""
    asked = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else AT_MOST if page.isdigit() else 1
    return max(1, min(asked, -(-AT_MOST // A_PAGE)))


# --- what is in sight ---


def in_sight(user: User, now: datetime, channels: dict[int, str]) -> set[int]:
    """Which of these petitions the person may see: those of a matter they see, and what was imported for their desk and
    has become none yet. `channels`: by which each came, by its id."""
    if user.scope(now).is_administrator:
        return set(channels)
    matters = Issue.objects.visible_to(user, now)
    links = IssuePetition.objects.filter(petition__in=channels, undone_at=None, issue__in=matters)
    seen = set(links.values_list("petition", flat=True))
    left = [pk for pk, channel in channels.items() if channel == PetitionChannel.IMPORT and pk not in seen]
    if left:
        desk = Petition.objects.at_the_desk_of(user, now).filter(pk__in=left, links=None)
        seen |= set(desk.values_list("pk", flat=True))
    return seen


def _nearby(scope: Scope) -> Q:
    """Nothing else can be in sight: it keeps the indexes by street and community in play, and decides nothing."""
    if scope.is_administrator:
        return Q()
    streets = scope.subdistricts | scope.overseen
    near = Q(subdistrict__in=streets) if streets else Q()
    if scope.communities:
        near |= Q(community__in=scope.communities)
    if scope.grid_units or scope.buildings:
        near |= Q(building__grid_unit__in=scope.grid_units) | Q(building__in=scope.buildings)
    return near or Q(pk__in=())


# --- a page of them ---

Key = tuple[datetime, bool, int]


def _said(user: User, asked: Asked, now: datetime, wanted: int) -> list[Key]:
    """(filed at, is a finding, id) of the newest petitions in sight, at most `wanted`.

    First the newest that hold the words, then which of them are in sight. In one question PostgreSQL would look at
    every matter of the street before the first hit.
    """
    rows = Petition.objects.filter(_nearby(user.scope(now)), asked.found_in("subject", "words"))
    rows = rows.order_by("-filed_at", "-pk")
    keys: list[Key] = []
    after, size = Q(), wanted + SPARE
    while len(keys) < wanted:
        newest = list(rows.filter(after).values_list("filed_at", "pk", "channel")[:size])
        seen = in_sight(user, now, {pk: channel for _at, pk, channel in newest})
        keys += [(at, False, pk) for at, pk, _channel in newest if pk in seen]
        if len(newest) < size:
            break
        at, pk, _channel = newest[-1]
        after, size = Q(filed_at__lt=at) | Q(filed_at=at, pk__lt=pk), 2 * size
    return keys


def _found(user: User, asked: Asked, now: datetime, wanted: int) -> list[Key]:
    """The same of what patrols found."""
    # Words that aren't empty: the index holds no others.
    rows = Issue.objects.visible_to(user, now).filter(asked.found_in("words"), words__gt="", found_by__isnull=False)
    newest = rows.order_by("-filed_at", "-pk").values_list("filed_at", "pk")[:wanted]
    return [(at, True, pk) for at, pk in newest]


def _hits(keys: list[Key], user: User, asked: Asked, now: datetime) -> list[Hit]:
    said = Petition.objects.for_page().only(*OF_A_PETITION)
    petitions = said.in_bulk([pk for _at, is_finding, pk in keys if not is_finding])
    findings = Issue.objects.select_related("category", "estate", "building").in_bulk(
        [pk for _at, is_finding, pk in keys if is_finding]
    )
    scope = user.scope(now)
    links = IssuePetition.objects.filter(petition__in=petitions, undone_at=None).select_related("issue")
    links = links.only("petition", *OF_ITS_MATTER)
    if not scope.runs_console:  # where everybody else is led depends on who walks the building
        links = links.select_related("issue__building").only("petition", *OF_ITS_MATTER, "issue__building__grid_unit")
    matters = {link.petition_id: link.issue for link in links}
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
        # Django's own `get_state_display` puts every choice into words to find one.
        state=str(PetitionStage(petition.state).label),
        channel=str(PetitionChannel(petition.channel).label),
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
        state=str(IssueState(issue.state).label),
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
