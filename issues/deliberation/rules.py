"""Who may do what with a topic, a meeting, a survey, a vote and a commitment.

The instant asked about is the one of the person's scope: the request's.
"""

from datetime import datetime

import rules

from governance.models import Body, BodyKind, User
from issues.deliberation.counting.reading import as_seen
from issues.deliberation.models import Commitment, Matter, Meeting, Motion, Survey, Topic, TopicOrigin
from residents.models import Occupancy


@rules.predicate
def vets(user: User, topic: Topic) -> bool:
    """The branch's secretary, and the street above. Nobody vets what complains of the own body."""
    return Topic.objects.vetted_by(user.scope()).filter(pk=topic.pk).exists()


@rules.predicate
def is_not_theirs(user: User, topic: Topic) -> bool:
    """Nobody vets what they brought up themselves, or what comes from a petition of their own."""
    if topic.raised_by_id == user.pk:
        return False
    return not topic.petition_rows.filter(ended_at=None, petition__petitioner=user).exists()


@rules.predicate
def gathers_no_support(user: User, topic: Topic) -> bool:
    """Owners put their names to this very text: nobody else joins it to another."""
    return topic.origin != TopicOrigin.OWNERS


@rules.predicate
def organises(user: User, motion: Motion) -> bool:
    """The community's staff and the street's officers. The company has no part in how owners decide on it."""
    scope = user.scope()
    return motion.community_id in scope.communities or motion.subdistrict_id in scope.subdistricts


def may_read_tally(user: User, motion: Motion) -> bool:
    """The street's officers, who oversee how owners decide, and whoever has objected: others read the public file.

    An officer who stands on the ballot oversees nothing there.
    """
    oversees = motion.subdistrict_id in user.scope().subdistricts and not is_candidate(user.full_name, motion)
    return oversees or motion.objections.filter(by=user).exists()


@rules.predicate
def is_second(user: User, motion: Motion) -> bool:
    """Whether somebody else has asked for the withdrawal: nobody withdraws a vote alone."""
    return motion.withdrawn_by_id not in (None, user.pk)


@rules.predicate
def is_second_for_erratum(user: User, motion: Motion) -> bool:
    """Whether a colleague has written the one that waits."""
    return motion.errata.waiting().exclude(written_by=user).exists()


@rules.predicate
def is_second_for_result(user: User, motion: Motion) -> bool:
    """Whether a colleague has entered the one that waits."""
    return motion.official_results.waiting().exclude(written_by=user).exists()


def stands_to_gain(user: User, motion: Motion, at: datetime) -> bool:
    """Whether the person works for the company whose contract is decided, for one of those that offer, or, where the
    owners' committee is elected or replaced, for the company that manages the estate: the committee supervises it.

    Such people hold no mandates and touch no paper of that vote.
    """
    bodies = user.scope(at).bodies
    if not bodies:
        return False
    if motion.matter == Matter.COMMITTEE and _works_for_the_company(user, motion, at):
        return True
    return motion.matter == Matter.MANAGER or motion.options.filter(body__in=bodies).exists()


def _works_for_the_company(user: User, motion: Motion, at: datetime) -> bool:
    """Where the owners manage themselves there is none."""
    here = [body for body, estate in user.scope(at).manages if estate == motion.estate_id]
    return Body.objects.filter(pk__in=here, kind=BodyKind.PROPERTY_COMPANY).exists()


def is_candidate(name: str, motion: Motion) -> bool:
    """Whether somebody of this name stands on the ballot of an election, however it is spaced.

    A candidate has no account there: a namesake is taken for one, and whoever is called otherwise here isn't.
    Candidates neither run their election nor touch its papers; they vote, and hold mandates of neighbours.
    """
    seen = as_seen(name)
    return bool(seen and motion.seats) and any(as_seen(option.title) == seen for option in motion.options.all())


@rules.predicate
def stands_elsewhere(user: User, motion: Motion) -> bool:
    """Not on this very ballot."""
    return not is_candidate(user.full_name, motion)


runs_vote = organises & stands_elsewhere


@rules.predicate
def organises_topic(user: User, topic: Topic) -> bool:
    """The branch's secretary, the community's staff and the street above; nobody of a body that it complains about."""
    return Topic.objects.organised_by(user.scope()).filter(pk=topic.pk).exists()


@rules.predicate
def carries_out(user: User, commitment: Commitment) -> bool:
    """Whoever works for the body that promised. Those who help read, and report nothing."""
    return Body.of_scope(user.scope()).filter(pk=commitment.body_id).exists()


@rules.predicate
def follows(user: User, commitment: Commitment) -> bool:
    return Commitment.objects.followed_by(user.scope()).filter(pk=commitment.pk).exists()


@rules.predicate
def supervises(user: User, commitment: Commitment) -> bool:
    """The branch's secretary, or the street above: never somebody of the body that promised, nor of one beside it."""
    return Commitment.objects.supervised_by(user.scope()).filter(pk=commitment.pk).exists()


def is_concerned(user: User, commitment: Commitment) -> bool:
    """Whether the person has a home where the topic is about, or has asked for it in a petition."""
    topic = commitment.topic
    homes = Occupancy.objects.standing().filter(user=user)
    if topic.building_id:
        homes = homes.filter(unit__building=topic.building_id)
    elif topic.estate_id:
        homes = homes.filter(unit__building__estate=topic.estate_id)
    else:
        homes = homes.filter(unit__building__estate__community=topic.community_id)
    if topic.stairwell:
        homes = homes.filter(unit__stairwell=topic.stairwell)
    asked_for = topic.petition_rows.filter(ended_at=None, petition__petitioner=user)
    return homes.exists() or asked_for.exists()


@rules.predicate
def runs(user: User, meeting: Meeting) -> bool:
    """The community's staff, the branch's secretary, the street. Nobody where a complaint about the own body is talked
    over."""
    return Meeting.objects.organised_by(user.scope()).filter(pk=meeting.pk).exists()


@rules.predicate
def has_not_drawn_up_the_minutes(user: User, meeting: Meeting) -> bool:
    latest = meeting.minutes_versions.order_by("-number").first()
    return latest is not None and latest.made_by_id != user.pk


@rules.predicate
def runs_survey(user: User, survey: Survey) -> bool:
    """The community's staff, the branch's secretary, the street."""
    return Survey.objects.organised_by(user.scope()).filter(pk=survey.pk).exists()


rules.add_rule("deliberation.may_vet", vets & is_not_theirs)
rules.add_rule("deliberation.may_merge", vets & is_not_theirs & gathers_no_support)
rules.add_rule("deliberation.may_run_meeting", runs)
rules.add_rule("deliberation.may_check_minutes", runs & has_not_drawn_up_the_minutes)
rules.add_rule("deliberation.may_run_survey", runs_survey)
rules.add_rule("deliberation.may_organise", organises)
rules.add_rule("deliberation.may_run_vote", runs_vote)
rules.add_rule("deliberation.may_confirm_withdrawal", runs_vote & is_second)
rules.add_rule("deliberation.may_publish_erratum", runs_vote & is_second_for_erratum)
rules.add_rule("deliberation.may_confirm_result", runs_vote & is_second_for_result)
rules.add_rule("deliberation.may_write_down", organises_topic)
rules.add_rule("deliberation.may_carry_out", carries_out)
rules.add_rule("deliberation.may_ask", carries_out | follows)
rules.add_rule("deliberation.may_judge", supervises)
