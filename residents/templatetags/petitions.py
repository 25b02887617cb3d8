"""How a petition is called, who has it and when it is due, in the few words that every list says the same way."""

from typing import Any

from django import template
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy, pgettext

from governance import wording
from governance.models.roles import surname_for_reader
from governance.templatetags.portal import due_line
from governance.templatetags.words import door, own_words, place
from residents.due_words import next_step
from residents.models import Petition, PetitionStage
from residents.sentences import person, say

register = template.Library()

UNDER_WAY = (PetitionStage.FILED, PetitionStage.IN_HAND)


@register.simple_tag
def subject(petition: Petition) -> SafeString:
    """The place, and what was said in the first sentence, or the category's name: “3栋 2单元 门禁刷卡没反应”."""
    said = own_words(petition.subject_words or (petition.category.name if petition.category else ""))
    # Who has words for it mostly says in them where exactly; the spot stands with what was reported.
    where = door(petition) or place(petition) if petition.subject_words else place(petition)
    # People often begin with the building themselves; said twice it only gets longer.
    named_already = petition.building and petition.building.name in petition.subject_words
    return said if named_already or not where else mark_safe(wording.at_place(where, said))


@register.filter
def plain_subject(petition: Petition) -> str:
    """The subject without markup, for a page's title."""
    return mark_safe(strip_tags(subject(petition)))


@register.filter
def holder_name(petition: Petition) -> SafeString:
    """周管家, as residents know whoever has it; empty until somebody has accepted."""
    if not petition.holder_surname:
        return mark_safe("")
    return person(petition.holder_role, petition.holder_surname, petition.holder_surname_latin)


@register.filter
def holder_initial(petition: Petition) -> str:
    """The letter on the holder's face, or on the body's as long as nobody has accepted."""
    if not petition.holder_surname:
        return petition.holder_body[:1]
    return surname_for_reader(petition.holder_surname, petition.holder_surname_latin)[:1]


NOBODY_HAS_IT: dict[str, Any] = {
    PetitionStage.WITHDRAWN: gettext_lazy("You withdrew it"),
    PetitionStage.DECLINED: gettext_lazy("It was not taken up"),
}


@register.filter
def who_has_it(petition: Petition) -> SafeString:
    """One line for a list: who has it, or honestly that nobody has yet."""
    words = {"who": holder_name(petition), "body": own_words(petition.holder_body)}
    if petition.state in NOBODY_HAS_IT:
        return say(str(NOBODY_HAS_IT[petition.state]))
    if words["who"]:
        has_arrived = petition.arrived_at and petition.state == PetitionStage.IN_HAND
        if has_arrived:
            return say(pgettext("who has it", "%(body)s, %(who)s, has arrived"), **words)
        if petition.state == PetitionStage.IN_HAND:
            return say(pgettext("who has it", "%(body)s, %(who)s, is handling it"), **words)
        return say(pgettext("who has it", "%(body)s, %(who)s"), **words)
    if words["body"]:
        return say(pgettext("who has it", "%(body)s has it, nobody there has accepted it yet"), **words)
    return say(gettext("Whoever is responsible is still being found."))


@register.inclusion_tag("components/_due.html", takes_context=True)
def petition_due(context, petition: Petition) -> dict:
    """The due line of a petition under way. `explain.count_working_days_left` gives it its working days."""
    left = getattr(petition, "working_days_left", None)
    return due_line(context, next_step(petition.next_kind), petition.next_due_at, working_days=left)


@register.filter
def has_due(petition: Petition) -> bool:
    return petition.state in UNDER_WAY and bool(petition.next_due_at and petition.next_kind)
