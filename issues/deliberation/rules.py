"""Who may do what with a topic and a vote. The instant asked about is the one of the person's scope: the request's."""

import rules

from governance.models import User
from issues.deliberation.models import Motion, Topic, TopicOrigin


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


@rules.predicate
def is_second(user: User, motion: Motion) -> bool:
    """Whether somebody else has asked for the withdrawal: nobody withdraws a vote alone."""
    return motion.withdrawn_by_id not in (None, user.pk)


rules.add_rule("deliberation.may_vet", vets & is_not_theirs)
rules.add_rule("deliberation.may_merge", vets & is_not_theirs & gathers_no_support)
rules.add_rule("deliberation.may_organise", organises)
rules.add_rule("deliberation.may_confirm_withdrawal", organises & is_second)
