"""Words that people or registers wrote, inside a page that may be in another language."""

import html
import re
from collections.abc import Sequence

from django import template
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from governance import wording
from governance.models.roles import Role, role_and_surname

register = template.Library()

_HAN = re.compile(r"[\u3400-\u9fff]")
# Han characters, and what stands before or between them within a name: “3栋 2单元”, “（东）”.
_HAN_RUN = re.compile(r"[0-9]*[\u3400-\u9fff](?:[\u3400-\u9fff0-9（）·、，。 ]*[\u3400-\u9fff。）])?")

_RECEIPT_NO = re.compile(r"\bSQ-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def is_chinese_elsewhere(text: str) -> bool:
    """Whether these are Chinese words on a page in another language."""
    return not (get_language() or "zh-hans").startswith("zh") and bool(_HAN.search(text))


@register.filter
def own_words(text: str) -> SafeString:
    """Mark Chinese names and words as Chinese for screen readers, where the page itself is in another language."""
    escaped = conditional_escape(text)
    if not is_chinese_elsewhere(str(text)):
        return mark_safe(escaped)
    return format_html('<span lang="zh-Hans">{}</span>', escaped)


@register.filter
def cells(row: Sequence[str | int], name_is_chinese: bool = False) -> SafeString:
    """A row of a table of numbers: its name as the row's heading, and its numbers.

    Put together here: on a page of many tables a template took a third of the time for their cells.
    """
    name, *numbers = row
    heading = own_words(str(name)) if name_is_chinese else escape(name)
    told = "".join(f'<td class="num">{html.escape(str(number))}</td>' for number in numbers)
    return mark_safe(f'<th scope="row">{heading}</th>{told}')


@register.filter
def names_marked(text: str) -> SafeString:
    """A sentence of ours with names in it: mark the Chinese ones, the rest is in the page's language.

    A receipt number stays on one line in any language: broken at its hyphen it reads as two.
    """
    escaped = _RECEIPT_NO.sub(r'<span class="nowrap">\g<0></span>', conditional_escape(text))
    if (get_language() or "zh-hans").startswith("zh"):
        return mark_safe(escaped)
    return mark_safe(_HAN_RUN.sub(r'<span lang="zh-Hans">\g<0></span>', escaped))


@register.filter
def place(matter) -> SafeString:
    """Where a petition, draft, issue or resident's home is: “3栋 2单元 一层大门”. Empty without a building or spot."""
    spot = getattr(matter, "spot", "")
    return mark_safe(" ".join(part for part in (door(matter), own_words(spot)) if part))


def door(matter) -> SafeString:
    """The building and entrance alone: “3栋 2单元”."""
    parts = [own_words(matter.building.name)] if matter.building else []
    if matter.stairwell:
        parts.append(conditional_escape(wording.entrance(matter.stairwell)))
    return mark_safe(" ".join(parts))


@register.filter
def named_at(name: str, matter) -> SafeString:
    """What it is, after its place: “3栋 1单元 楼道灯”. Without a building or spot the estate is the place."""
    where = place(matter) or own_words(matter.estate.name)
    return mark_safe(wording.at_place(where, conditional_escape(name)))


@register.simple_tag
def secretary(user) -> SafeString:
    """A branch's secretary by role and surname: 陈书记."""
    return own_words(role_and_surname(Role.BRANCH_SECRETARY, user.surname_for_reader()))
