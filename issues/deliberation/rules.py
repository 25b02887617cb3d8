"""Who may do what with a vote. The instant asked about is the one of the person's scope: the request's."""

import rules

from governance.models import User
from issues.deliberation.models import Motion


@rules.predicate
def organises(user: User, motion: Motion) -> bool:
    """The community's staff and the street's officers. The company has no part in how owners decide on it."""
    scope = user.scope()
    return motion.community_id in scope.communities or motion.subdistrict_id in scope.subdistricts


@rules.predicate
def is_second(user: User, motion: Motion) -> bool:
    """Whether somebody else has asked for the withdrawal: nobody withdraws a vote alone."""
    return motion.withdrawn_by_id not in (None, user.pk)


rules.add_rule("deliberation.may_organise", organises)
rules.add_rule("deliberation.may_confirm_withdrawal", organises & is_second)
