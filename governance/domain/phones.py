"""Reading a mobile number as people type it."""

import re
import unicodedata

# Spaces, hyphens, dots and brackets, and the invisible direction marks that chat programs put around a copied number.
_FILLERS = re.compile(r"[\s\-‐‑‒–—―.·()\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_MOBILE = re.compile(r"(?:\+|00)?(?:86)?(1[3-9][0-9]{9})")


def mobile_number(typed: str) -> str | None:
    """The Chinese mobile number in `typed` as E.164 (+8613…), or None. Full-width digits, spaces, +86 and 0086 pass."""
    found = _MOBILE.fullmatch(_FILLERS.sub("", unicodedata.normalize("NFKC", typed)))
    return f"+86{found[1]}" if found else None


def readable(number: str) -> str:
    """138 1234 5678 of +8613812345678: in the clear, in the groups that people say."""
    digits = number.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
