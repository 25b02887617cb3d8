"""Which areas of the net a person may look at: streets for the office, communities for those who work in one."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from governance.domain.moment import local_day
from governance.models import Community, Joins, Subdistrict
from governance.models.scope import Scope


@dataclass(frozen=True)
class Area:
    """A street, or one community of it. `key` names it in an address."""

    subdistrict: Subdistrict
    community: Community | None = None

    @property
    def name(self) -> str:
        return str(self.community or self.subdistrict)

    @property
    def key(self) -> str:
        return "".join(str(place) for place in (self.subdistrict.district, self.subdistrict, self.community) if place)

    @property
    def communities(self) -> list[int] | None:
        """What narrows the street to this area; None for all of it."""
        return None if self.community is None else [self.community.pk]


def areas_of(scope: Scope) -> list[Area]:
    """The streets first, then the communities, each by name. Asks the database at most twice.

    Officers have their streets, administrators all; community staff their communities; a secretary the place of the
    own organisation: the community of an estate's branch, or the one whose committee a company's branch joins.
    """
    streets = [Area(street) for street in _streets(scope)]
    if not (scope.communities or scope.party_branches):
        return streets
    covered = {area.subdistrict.pk for area in streets}
    communities = [Area(community.subdistrict, community) for community in _communities(scope)]
    return streets + [area for area in communities if area.subdistrict.pk not in covered]


def _streets(scope: Scope) -> QuerySet[Subdistrict] | list[Subdistrict]:
    streets = Subdistrict.objects.select_related("district").order_by("district__name", "name")
    if scope.is_administrator:
        return streets
    if not (scope.subdistricts or scope.party_branches):
        return []
    mine = Q(pk__in=scope.subdistricts)
    if scope.party_branches:
        mine |= Q(partybranch__in=scope.party_branches) | Q(district__partybranch__in=scope.party_branches)
    return streets.filter(mine).distinct()


def _communities(scope: Scope) -> QuerySet[Community]:
    day = local_day(scope.at)
    joined = Joins.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=day), since__lte=day, branch__in=scope.party_branches
    )
    mine = (
        Q(pk__in=scope.communities)
        | Q(partybranch__in=scope.party_branches)
        | Q(estates__partybranch__in=scope.party_branches)
        | Q(bodies__branches__in=scope.party_branches)
        | Q(estates__bodies__branches__in=scope.party_branches)
        | Q(partybranch__in=joined.values("committee"))
    )
    communities = Community.objects.filter(mine).select_related("subdistrict__district")
    return communities.order_by("subdistrict__name", "name").distinct()
