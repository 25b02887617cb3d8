"""A body decides by show of hands: what is noted, what is refused, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.domain.refusals import Refusal, StepNotAllowed
from governance.models import User
from issues.deliberation.counting.count import Verdict
from issues.deliberation.counting.hands import Hands, count_hands
from issues.deliberation.domain import members, minuting
from issues.deliberation.domain.hands import rules_of
from issues.deliberation.domain.meetings import NoQuorum, here_of, note
from issues.deliberation.domain.owners_matters import check_outcome, matter_of
from issues.deliberation.models import AgendaItem, Decision, Hand, HandSaid, Invitation, Meeting


class NoShowOfHands(Refusal):
    """The kind of meeting has no vote."""

    code = "no_show_of_hands"
    sentence = _("At this kind of meeting nothing is decided by show of hands.")


class TooManyHands(Refusal):
    """More hands than members who may vote are in the room."""

    code = "too_many_hands"
    sentence = _("These are more hands than members who may vote are here.")


class StandsAside(Refusal):
    """A hand is noted of a member who is concerned."""

    code = "stands_aside"
    sentence = _("Whoever is concerned stands aside: no hand of theirs is counted.")


class DecidedAlready(Refusal):
    """The question is noted at this point already, with other hands."""

    code = "decided_already"
    sentence = _("This question is noted already. If hands went up once more, say so in the question.")


@dataclass(frozen=True)
class Room:
    """Who with a vote is there at a point: those who may vote, and those who stand aside."""

    entitled: list[Invitation]
    may_vote: list[Invitation]
    aside: list[Invitation]


@dataclass(frozen=True)
class Raised:
    """Hands as they were counted. `gone` are members who had come and weren't in the room any more."""

    votes_for: int
    votes_against: int
    abstained: int
    gone: int = 0


def room_at(item: AgendaItem, at: datetime) -> Room:
    """By the register, the door and the topic. A proxy counts only where the meeting takes proxies."""
    entitled = list(item.meeting.invitations.filter(has_vote=True).select_related("user", "proxy").order_by("pk"))
    here = here_of(item.meeting, entitled)
    concerned = members.concerned(item, entitled, at)
    return Room(
        entitled, [each for each in here if each.pk not in concerned], [each for each in here if each.pk in concerned]
    )


def decide(item: AgendaItem, *, question: str, matter: str = "", raised: Raised, actor: User, at: datetime) -> Decision:
    """Note a show of hands by its numbers. Sent twice it is one.

    `matter` is what the law leaves to the owners; of a topic of which the portal knows it, it is written by itself.
    Raises `NoShowOfHands`, `DecidedAlready`, `TooManyHands` for numbers that can't be, `NoQuorum` where too few are in
    the room, `OwnersDecide` where something else was written down of an owners' matter, `NotInCharge`,
    `StepNotAllowed` outside of the minutes and where hands are noted by name.
    """
    with transaction.atomic():
        meeting = _votes_at(item, actor, at, by_name=False)
        room = room_at(item, at)
        hands = Hands(
            entitled=len(room.entitled), present=len(room.may_vote) + len(room.aside) - raised.gone,
            votes_for=raised.votes_for, votes_against=raised.votes_against, abstained=raised.abstained,
            aside=len(room.aside),
        )  # fmt: skip
        decision = Decision(item=item, question=question, matter=matter, noted_by=actor, noted_at=at)
        return _note(meeting, decision, hands, dict.fromkeys(room.aside, HandSaid.ASIDE))


def decide_by_name(
    item: AgendaItem,
    *,
    question: str,
    matter: str = "",
    hands: Mapping[Invitation, HandSaid],
    actor: User,
    at: datetime,
) -> Decision:
    """Note what each member who is in the room did; who isn't named has left it. Refused as `decide`, and with
    `StandsAside` where a hand of somebody concerned is noted."""
    with transaction.atomic():
        meeting = _votes_at(item, actor, at, by_name=True)
        room = room_at(item, at)
        if set(hands) & set(room.aside):
            raise StandsAside
        if not set(hands) <= set(room.may_vote):
            raise TooManyHands
        said = {**hands, **dict.fromkeys(room.aside, HandSaid.ASIDE)}
        choices = list(said.values())
        counted = Hands(
            entitled=len(room.entitled), present=len(said), votes_for=choices.count(HandSaid.FOR),
            votes_against=choices.count(HandSaid.AGAINST), abstained=choices.count(HandSaid.ABSTAINED),
            aside=len(room.aside), owners=sum(each.is_owner for each in room.entitled),
            owners_present=sum(each.is_owner for each in said),
        )  # fmt: skip
        decision = Decision(item=item, question=question, matter=matter, noted_by=actor, noted_at=at)
        return _note(meeting, decision, counted, said)


def strike(decision: Decision, *, actor: User, at: datetime) -> None:
    """Take it out that was noted by mistake, before the minutes are checked. Raises `NotInCharge`, `StepNotAllowed`."""
    with transaction.atomic():
        meeting = minuting.writable(decision.item.meeting, actor, at)
        Decision.objects.filter(pk=decision.pk).delete()
        note("strike_a_decision", meeting, actor, at, decision=str(decision.public_id))


def _how_many(hands: Hands) -> str:
    raised = ngettext("%(raised)s hand", "%(raised)s hands", hands.raised) % {"raised": hands.raised}
    return _("That can't be: %(raised)s, and %(may_vote)s of those who may vote are in the room.") % {
        "raised": raised, "may_vote": max(hands.may_vote, 0),
    }  # fmt: skip


def _votes_at(item: AgendaItem, actor: User, at: datetime, *, by_name: bool) -> Meeting:
    meeting = minuting.writable(item.meeting, actor, at)
    if not meeting.mechanism.majority:
        raise NoShowOfHands
    if meeting.mechanism.by_name != by_name:
        raise StepNotAllowed
    return meeting


def _note(meeting: Meeting, decision: Decision, hands: Hands, said: Mapping[Invitation, HandSaid]) -> Decision:
    if not hands.is_possible:
        raise TooManyHands(_how_many(hands))
    count = count_hands(hands, rules_of(meeting.mechanism))
    if count.verdict is Verdict.NO_QUORUM:
        raise NoQuorum(_("Too few of those with a vote are in the room: nothing can be decided now."))
    before = decision.item.decisions.filter(question=decision.question).first()
    if before:
        return _the_same(before, hands, said)
    for name, number in vars(hands).items():
        setattr(decision, name, number)
    decision.matter = decision.matter or matter_of(decision.item.topic)
    decision.save()
    Hand.objects.bulk_create(Hand(decision=decision, invitation=each, said=hand) for each, hand in said.items())
    if decision.item.outcome:
        check_outcome(decision.item, decision.item.outcome)
    facts = {"decision": str(decision.public_id), "passed": count.has_passed}
    note("decide", meeting, decision.noted_by, decision.noted_at, **facts)
    return decision


def _the_same(before: Decision, hands: Hands, said: Mapping[Invitation, HandSaid]) -> Decision:
    """The decision that is noted already, if the same hands are sent again. Raises `DecidedAlready`."""
    noted = {hand.invitation_id: hand.said for hand in before.hands.all()}
    differs = any(getattr(before, name) != number for name, number in vars(hands).items())
    if differs or noted != {each.pk: hand for each, hand in said.items()}:
        raise DecidedAlready
    return before
