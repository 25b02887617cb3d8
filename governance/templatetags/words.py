"""Words that people or registers wrote, inside a page that may be in another language."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from governance import wording

register = template.Library()

_HAN = re.compile(r"[\u3400-\u9fff]")
# Han characters, and what stands before or between them within a name: “3栋 2单元”, “（东）”.
_HAN_RUN = re.compile(r"[0-9]*[\u3400-\u9fff](?:[\u3400-\u9fff0-9（）·、，。 ]*[\u3400-\u9fff。）])?")


@register.filter
def own_words(text: str) -> SafeString:
    """Mark Chinese names and words as Chinese for screen readers, where the page itself is in another language."""
    escaped = conditional_escape(text)
    if (get_language() or "zh-hans").startswith("zh") or not _HAN.search(str(text)):
        return mark_safe(escaped)
    return format_html('<span lang="zh-Hans">{}</span>', escaped)


@register.filter
def names_marked(text: str) -> SafeString:
    """A sentence of ours with Chinese names in it: mark only the names, the rest is in the page's language."""
    escaped = conditional_escape(text)
    if (get_language() or "zh-hans").startswith("zh"):
        return mark_safe(escaped)
    return mark_safe(_HAN_RUN.sub(r'<span lang="zh-Hans">\g<0></span>', escaped))


@register.filter
def place(matter) -> SafeString:
    """Where a petition, draft, issue or resident's home is: “3栋 2单元 一层大门”. Empty without a building or spot."""
    parts = [own_words(matter.building.name)] if matter.building else []
    if matter.stairwell:
        parts.append(conditional_escape(wording.entrance(matter.stairwell)))
    if getattr(matter, "spot", ""):
        parts.append(own_words(matter.spot))
    return mark_safe(" ".join(parts))
