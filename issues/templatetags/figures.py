"""What the dashboard has many of, put together here: in a template each took several times as long."""

from collections.abc import Sequence
from html import escape

from django import template
from django.utils.safestring import SafeString, mark_safe

from governance.charts import Bar, BarPart
from governance.templatetags.words import own_words
from issues.forms.dashboard import Option

register = template.Library()


@register.filter
def as_choices(options: Sequence[Option]) -> SafeString:
    """What a select offers."""
    return mark_safe("".join(_choice(option) for option in options))


def _choice(option: Option) -> str:
    language = ' lang="zh-Hans"' if option.is_name else ""
    selected = " selected" if option.is_chosen else ""
    return f'<option value="{escape(option.value)}"{language}{selected}>{escape(str(option.words))}</option>'


@register.filter
def as_items(bars: Sequence[Bar], names_are_chinese: bool = False) -> SafeString:
    """Bars with their words beside them, an item of a list each."""
    return mark_safe("".join(_item(bar, names_are_chinese) for bar in bars))


def _item(bar: Bar, name_is_chinese: bool) -> str:
    label = own_words(bar.label) if name_is_chinese else escape(bar.label)
    note = f" <small>{escape(bar.note)}</small>" if bar.note else ""
    return (
        f'<li><span class="bar-label">{label}</span>'
        f'<svg class="bar" aria-hidden="true" focusable="false">{"".join(map(_part, bar.parts))}</svg>'
        f'<span class="bar-words"><b>{escape(bar.words)}</b>{note}</span></li>'
    )


def _part(part: BarPart) -> str:
    drawn = f'<rect class="d{part.tone}" x="{part.x}" width="{part.width}" height="100%"/>'
    if not part.words:
        return drawn
    look = "on-dark" if part.tone > 3 else "ink"
    place = f'x="{part.middle}" y="50%" dy=".36em" text-anchor="middle"'
    return f'{drawn}<text class="{look}" {place}>{escape(part.words)}</text>'
