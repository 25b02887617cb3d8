"""Receipt numbers: SQ-7K3M-9F2P. Random, without look-alike letters, the last sign checking the other seven."""

import re
import secrets
import unicodedata

# 31 signs: a prime, so that the weighted sum catches every wrong sign and every swap of two neighbours.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_FORM = re.compile(rf"^SQ([{ALPHABET}]{{8}})$")
_SEPARATORS = str.maketrans("", "", " -–—_")


def new_receipt_no() -> str:
    """A random receipt number: 31^7, some 27 thousand million, of which none tells how many came before."""
    signs = "".join(secrets.choice(ALPHABET) for _sign in range(7))
    return _written(signs + check_sign(signs))


def check_sign(signs: str) -> str:
    """The eighth sign for seven: their sum weighted 1 to 7, modulo 31."""
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(signs, start=1))
    return ALPHABET[total % len(ALPHABET)]


def read_receipt_no(text: str) -> str | None:
    """The receipt number that somebody typed, in its proper form; None if it can't be one."""
    typed = unicodedata.normalize("NFKC", text).upper().translate(_SEPARATORS)
    match = _FORM.match(typed)
    if match is None or check_sign(match[1][:7]) != match[1][7]:
        return None
    return _written(match[1])


def _written(signs: str) -> str:
    return f"SQ-{signs[:4]}-{signs[4:]}"
