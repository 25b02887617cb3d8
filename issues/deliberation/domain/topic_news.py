"""Who is told what of a topic: those from whom it comes, those who have to look at it, those who demanded it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from governance.domain import outbox
from governance.models import Role, RoleAssignment, Urgency, User
from issues.deliberation.models import Topic, Vetting
from residents.domain import standing
from residents.models import Petition


def tell_petitioners_it_is_a_topic(topic: Topic, petitions: list[Petition], at: datetime) -> None:
    standing.tell_all(petitions, "topic", at=at, title=topic.title)
    _post(topic, _people_of(petitions), "topic_made", f"topic:{topic.public_id}", at)


def ask_to_vet(topic: Topic, at: datetime) -> None:
    """The branch's secretary, unless the topic complains of the own body; then the street, which is one level up."""
    asked = vetters(topic, at)
    _post(topic, asked, "topic_to_vet", f"vet:{topic.public_id}", at, page="desk_topic", due=topic.vet_due_at)


def tell_of(vetting: Vetting) -> None:
    """Whoever brought it up, and every petitioner, whatever was decided. What only its page has to say isn't news."""
    topic = vetting.topic
    petitions = petitions_of(topic)
    if vetting.verb in ("split", "look_at_the_process"):
        return
    standing.tell_all(petitions, "topic_vetted", at=vetting.at, words=vetting.words, verb=vetting.verb)
    people = {**{topic.raised_by_id: topic.raised_by}, **{each.pk: each for each in _people_of(petitions)}}
    people.pop(vetting.by_id, None)
    _post(topic, people.values(), f"topic_{vetting.verb}", f"vetted:{vetting.pk}", vetting.at)


def tell_it_is_demanded(topic: Topic, at: datetime) -> None:
    """Those who demanded it, and everybody whose duty the assembly is now."""
    supporters = User.objects.filter(pk__in=topic.supports.filter(taken_back_at=None).values("by"))
    told = {person.pk: person for person in [*supporters, *organisers(topic, at), *street(topic, at)]}
    due = topic.demand_due_at
    _post(topic, told.values(), "topic_demanded", f"demanded:{topic.public_id}", at, due=due, urgency=Urgency.PROMPT)


def tell_it_is_late(topic: Topic, at: datetime) -> None:
    """Nobody has looked at it in time: the level above hears of it."""
    _post(topic, street(topic, at), "topic_late", f"late:{topic.public_id}", at, page="desk_topic")


def tell_no_assembly_was_called(topic: Topic, at: datetime) -> None:
    people = [*street(topic, at), *organisers(topic, at)]
    _post(topic, people, "topic_assembly_late", f"assembly:{topic.public_id}", at, urgency=Urgency.PROMPT)


def vetters(topic: Topic, at: datetime) -> list[User]:
    """Those to whom it falls: secretaries of the place's branches, else the street's officers, else the district's."""
    branches = Q(party_branch__community=topic.community)
    if topic.estate_id:
        branches |= Q(party_branch__estate=topic.estate)
    own = _holding(Q(role=Role.BRANCH_SECRETARY) & branches, at)
    above = _holding(Q(role=Role.STREET_OFFICER, subdistrict=topic.subdistrict), at)
    district = _holding(Q(role=Role.DISTRICT_OFFICER, district__subdistricts=topic.subdistrict), at)
    for level in (own, above, district):
        if theirs := [user for user in level if _may_look(user, topic, at)]:
            return theirs
    return []


def street(topic: Topic, at: datetime) -> list[User]:
    officers = _holding(Q(role=Role.STREET_OFFICER, subdistrict=topic.subdistrict), at)
    return [user for user in officers if _may_look(user, topic, at)]


def organisers(topic: Topic, at: datetime) -> list[User]:
    """The community's staff, who call meetings and set up votes."""
    return _holding(Q(role=Role.COMMUNITY_STAFF, community=topic.community), at)


def petitions_of(topic: Topic) -> list[Petition]:
    """Those attached to it now."""
    return list(
        Petition.objects.filter(pk__in=topic.petition_rows.filter(ended_at=None).values("petition"))
        .select_related("petitioner")
        .order_by("filed_at", "pk")
    )


def _may_look(user: User, topic: Topic, at: datetime) -> bool:
    return Topic.objects.vetted_by(user.scope(at)).filter(pk=topic.pk).exists()


def _holding(post: Q, at: datetime) -> list[User]:
    held = RoleAssignment.objects.in_force(at).filter(post)
    return list(User.objects.filter(pk__in=held.values("user")).order_by("pk"))


def _people_of(petitions: Iterable[Petition]) -> list[User]:
    """Each once; an imported petition is nobody's."""
    return list({each.petitioner_id: each.petitioner for each in petitions if each.petitioner}.values())


def _post(
    topic: Topic,
    people: Iterable[User],
    key: str,
    dedupe: str,
    at: datetime,
    *,
    page: str = "topic",
    due: datetime | None = None,
    urgency: Urgency = Urgency.ORDINARY,
) -> None:
    told: dict[str, object] = {"title": topic.title}
    if due:
        told["due"] = due.isoformat()
    outbox.post_to_each(
        people,
        key,
        told,
        dedupe=dedupe,
        at=at,
        urgency=urgency,
        link=reverse(page, args=[topic.public_id]),
        subdistrict_id=topic.subdistrict_id,
        community_id=topic.community_id,
    )
