"""What the rows of the grid worker's list have in common: the matter they are about."""

from django import template

from issues.models import Issue, Mediation
from issues.queue import Row

register = template.Library()


@register.simple_tag
def matter_in(row: Row | Mediation | Issue) -> Issue:
    """The matter of a row: of an order, of a talk, or the matter itself."""
    if isinstance(row, Row):
        return row.order.issue
    return row.issue if isinstance(row, Mediation) else row
