"""Whose members meet, by the registers; and who of them is concerned by a point, and raises no hand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from governance.domain.moment import local_day
from governance.models import (
    Body,
    BodyKind,
    BranchKind,
    Management,
    ManagementKind,
    Membership,
    PartyBranch,
    Post,
    PostKind,
    Standing,
    User,
    read_scopes,
)
from issues.deliberation.models import AgendaItem, DecidingBody, Invitation, Meeting
from issues.deliberation.models.topics import bodies_close_to

# As the minutes write it, which are a Chinese document: a member, by name to nobody.
PARTY_MEMBER = "党员"
COMMITTEES: dict[str, BodyKind] = {
    DecidingBody.OWNERS_COMMITTEE: BodyKind.OWNERS_COMMITTEE,
    DecidingBody.MANAGEMENT_COMMITTEE: BodyKind.MANAGEMENT_COMMITTEE,
}


@dataclass(frozen=True)
class Member:
    """One of the body's members as its register has them. `user` is None for whoever has no account here."""

    user: User | None
    name: str
    post: str
    is_owner: bool = False

    @property
    def known(self) -> tuple[int | None, str, str]:
        """What an invitation is recognised by: the account, or name and post."""
        return (self.user.pk, "", "") if self.user else (None, self.name, self.post)


def members_of(meeting: Meeting, at: datetime) -> list[Member]:
    """Those on the register on the day of `at`; none where nobody in particular meets."""
    day = local_day(at)
    match meeting.mechanism.body:
        case DecidingBody.BRANCH:
            return [
                Member(row.member.user, "" if row.member.user else row.member.full_name, PARTY_MEMBER)
                for row in _full_members(meeting, day)
            ]
        case DecidingBody.REPRESENTATIVES:
            rows = Post.objects.filter(
                kind=PostKind.REPRESENTATIVE,
                body__kind=BodyKind.RESIDENTS_COMMITTEE,
                body__community=meeting.community_id,
            )
        case DecidingBody.OWNERS_COMMITTEE | DecidingBody.MANAGEMENT_COMMITTEE:
            rows = Post.objects.filter(kind=PostKind.MEMBER, body__in=_committees(meeting, day))
        case _:
            return []
    held = rows.filter(Q(ended_on=None) | Q(ended_on__gte=day), since__lte=day).select_related("user").order_by("pk")
    return [Member(row.user, "" if row.user else row.full_name, row.title, row.is_owner) for row in held]


def known_to(meeting: Meeting) -> set[tuple[int | None, str, str]]:
    """The members that are asked to it, each as `Member.known`."""
    asked = meeting.invitations.filter(has_vote=True).values_list("user", "name", "post")
    return {(user, "", "") if user else (None, name, post) for user, name, post in asked}


def _committees(meeting: Meeting, day: date) -> QuerySet[Body]:
    """The estate's committee of this kind; one of before the register named its estate, by what it manages."""
    if meeting.estate_id is None:
        return Body.objects.none()
    kind = COMMITTEES[meeting.mechanism.body]
    managing = Management.objects.in_force(day).filter(estate=meeting.estate_id).values("body")
    return Body.objects.standing_on(day).filter(Q(estate=meeting.estate_id) | Q(pk__in=managing), kind=kind)


def _full_members(meeting: Meeting, day: date) -> QuerySet[Membership]:
    """Of the branch of the place, with its party groups; who is on probation has no vote."""
    place = {"estate": meeting.estate_id} if meeting.estate_id else {"community": meeting.community_id}
    here = PartyBranch.objects.filter(**place, ended_on=None)
    own = Q(branch__in=here) | Q(branch__parent__in=here, branch__kind=BranchKind.GROUP)
    rows = Membership.objects.filter(own, Q(ended_on=None) | Q(ended_on__gte=day), since__lte=day)
    return rows.filter(standing=Standing.FULL).select_related("member__user").order_by("pk")


def concerned(item: AgendaItem, asked: Iterable[Invitation], at: datetime) -> set[int]:
    """Of those asked, by their invitations, who raises no hand at this point: they, or whoever they sent, work for or
    beside a body that the topic complains of, or for the company that manages the place under contract."""
    day = local_day(at)
    complained_of = set(item.topic.concern_rows.values_list("body", flat=True)) if item.topic else set()
    contract = (ManagementKind.CONTRACT, ManagementKind.INTERIM)
    managed = Management.objects.in_force(day).filter(kind__in=contract, estate__in=_estates(item))
    companies = set(managed.values_list("body", flat=True))
    known = [(each.pk, person) for each in asked for person in (each.user, each.proxy) if person]
    read_scopes([person for _pk, person in known], at)
    return {pk for pk, person in known if _is_close(person, complained_of, companies, at)}


def _is_close(person: User, complained_of: set[int], companies: set[int], at: datetime) -> bool:
    scope = person.scope(at)
    if companies & scope.bodies:
        return True
    return bool(complained_of) and bodies_close_to(scope).filter(pk__in=complained_of).exists()


def _estates(item: AgendaItem) -> list[int]:
    """The estate that the topic, or else the meeting, is about; none where that is a whole community."""
    about = item.topic.estate_id if item.topic else item.meeting.estate_id
    return [about] if about else []
