"""How units, areas and the worth of a vote are written."""

from decimal import Decimal

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from governance import wording
from governance.models import User
from governance.templatetags.words import own_words
from issues.deliberation.domain import casting
from issues.deliberation.models import ElectionRule, MatterRule, Motion, MotionKind, RollEntry

register = template.Library()

WORTH: dict[str, str | Promise] = {
    MotionKind.LEGAL: _("This vote binds all owners, those too who didn't vote or voted otherwise."),
    MotionKind.MIRROR: _("What counts is decided in the city's system or on paper. Here it is organised and recorded."),
    MotionKind.CONSULTATIVE: _("This only asks for opinions. It decides nothing that the law leaves to the owners."),
}


@register.filter
def worth(motion: Motion) -> str | Promise:
    return WORTH[motion.kind]


@register.filter
def area(square_metres: Decimal) -> str:
    """1,012.58 ㎡: always with both places."""
    return pgettext("area", "%(area)s m²") % {"area": f"{square_metres:,.2f}"}


@register.filter
def door_of(entry: RollEntry) -> SafeString:
    """3栋 1单元 302, as the roll has it; the entrance in the reader's language."""
    return format_html(
        "{} {} {}", own_words(entry.building), wording.entrance(entry.stairwell), own_words(entry.number)
    )


@register.filter
def entrance(stairwell: int) -> str:
    return wording.entrance(stairwell)


@register.filter
def masked(user: User | None) -> SafeString:
    """李*: enough for those who share a home to know whom to ask."""
    return own_words(casting.masked(user))


@register.filter
def needs(rule: MatterRule) -> list[str]:
    """How many have to take part, and how many of them to agree: for the page and for the notice on paper."""
    taking_part = (
        gettext("Taking part: at least %(area)s of all area, and at least %(heads)s of all owners")
        if rule.quorum_area
        else gettext("Taking part: %(heads)s of those entitled")
    )
    in_favour = (
        gettext("In favour: more than %(share)s of those taking part, by area and by owners")
        if rule.majority_needs_more
        else gettext("In favour: at least %(share)s of those taking part, by area and by owners")
    )
    return [
        taking_part % {"area": rule.quorum_area, "heads": rule.quorum_heads},
        in_favour % {"share": rule.majority_heads},
    ]


@register.filter
def election_needs(rule: ElectionRule, seats: int) -> list[str]:
    """What else an election needs, beside the majority of the matter: for the page and for the notice on paper."""
    each = gettext("Each candidate has to reach this by themselves.")
    order = gettext(
        "Where more do than there are seats (%(seats)s): %(ranking)s. Equals at the last seat: it stays empty."
    )
    fewest = gettext("A committee needs at least %(share)s of the seats filled.")
    return [
        each,
        order % {"seats": seats, "ranking": rule.get_ranking_display()},
        fewest % {"share": rule.fewest_elected},
    ]
