"""How sums of money are written."""

from decimal import Decimal

from django import template
from django.utils.translation import pgettext

register = template.Library()


@register.filter
def yuan(amount: Decimal) -> str:
    """12,600.00 元: always with both places."""
    return pgettext("money", "%(amount)s yuan") % {"amount": f"{amount:,.2f}"}
