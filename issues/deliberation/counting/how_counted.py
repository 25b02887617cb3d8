"""How a vote was counted, and on what that rests: each kind of ballot, and the rule set's articles.

Every function says it in the reader's language.
"""

from django.utils.translation import gettext as _

from issues.deliberation.counting.count import AS_VOTED, Count, Standing
from issues.deliberation.counting.file import Choice, Option
from issues.deliberation.counting.rules import Ranking, Rules, Silence, SplitHead
from issues.deliberation.counting.saying import area, heads, named, verdict


def sentences(count: Count, rules: Rules) -> list[str]:
    """What became of abstentions, invalid and replaced ballots, divided heads and silence: a sentence each."""
    return [
        *_how_chosen(count, rules),
        _("An abstention takes part and doesn't agree. An invalid ballot neither takes part nor agrees."),
        _("Ballots received: %(received)s. Replaced by another of the same unit and not counted: %(superseded)s.")
        % {"received": f"{count.ballots:,}", "superseded": f"{count.superseded:,}"},
        _split_in_election(rules) if count.seating else _split(rules),
        _silence(count, rules),
    ]


def _how_chosen(count: Count, rules: Rules) -> list[str]:
    if count.seating and rules.election:
        return [
            _("A ballot names up to %(seats)s candidates. Each is asked by itself: elected is who has the majority.")
            % {"seats": count.seating.seats},
            _ranked(rules.election.ranking),
        ]
    if count.options:
        return [_("A ballot chooses one option or none. To have the most votes isn't enough: it takes the majority.")]
    return []


def _ranked(ranking: Ranking) -> str:
    return {
        Ranking.HEADS_THEN_AREA: _(
            "Where more have it than there are seats, most heads come first, and of equal heads the larger area. "
            "Where several are equal in both at the last seat, none of them is elected, and the seat stays empty."
        ),
        Ranking.AREA_THEN_HEADS: _(
            "Where more have it than there are seats, the larger area comes first, and of equal areas more heads. "
            "Where several are equal in both at the last seat, none of them is elected, and the seat stays empty."
        ),
        Ranking.HEADS: _(
            "Where more have it than there are seats, most heads come first. Where several are equal at the "
            "last seat, none of them is elected, and the seat stays empty."
        ),
    }[ranking]


def _split_in_election(rules: Rules) -> str:
    if rules.split_head is SplitHead.ABSTAINS:
        return _("Who owns several units is one head for a candidate if all their ballots name that candidate.")
    return _("Who owns several units is one head for a candidate if the larger area of their ballots names them.")


def _split(rules: Rules) -> str:
    if rules.split_head is SplitHead.ABSTAINS:
        return _("Who voted several units differently is one head that takes part and agrees to no side.")
    return _("Who voted several units differently is one head on the side with the larger area; on none if it's equal.")


def _silence(count: Count, rules: Rules) -> str:
    if rules.silence is Silence.ABSENT:
        return _("Whoever sent no ballot isn't taken to agree.")
    if count.followed is None:
        return _(
            "By the rule set silence follows the majority, but no side had it by both area and heads: none is added."
        )
    added = count.components[Standing.SILENCE_ADDED]
    return _(
        "By the rule set silence follows the majority where delivery is proven: %(area)s and %(heads)s were added to "
        "“%(side)s”. By the ballots alone: %(verdict)s."
    ) % {
        "area": area(added.area),
        "heads": heads(added.heads),
        "side": _side(count, count.followed),
        "verdict": verdict(count.verdict_without_silence),
    }


def _side(count: Count, choice: Choice | Option) -> str:
    if isinstance(choice, Option):
        return next(option.title for option in count.options if option.number == choice)
    return named(AS_VOTED[choice], count)


def basis(rules: Rules) -> list[str]:
    """The rule set, then each of its articles with what it says."""
    rule_set = _("Rule set: %(name)s, version %(version)s.") % {"name": rules.name, "version": rules.version}
    return [
        rule_set,
        *(_("%(article)s: %(text)s") % {"article": it.article, "text": it.text} for it in rules.sources),
    ]
