"""What people type, made safe to store and show: no control characters, nothing that reorders the words around it."""

import unicodedata

# Joiners hold family emoji and Persian words together; the tag letters make the flags of England, Scotland and Wales.
_KEPT_FORMAT_CHARACTERS = {"\u200c", "\u200d", *map(chr, range(0xE0020, 0xE0080))}


def plain(text: str) -> str:
    """`text` in NFC with `\\n` as its only control character, without right-to-left and other invisible marks.

    Emoji stay. Markup stays too: it is text, and templates show it as text.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = "".join(character for character in unified if _is_plain(character))
    return unicodedata.normalize("NFC", kept).strip()


def _is_plain(character: str) -> bool:
    if character == "\n" or character in _KEPT_FORMAT_CHARACTERS:
        return True
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
