"""Tables for a terminal, which line up although Chinese letters are two columns wide."""

import unicodedata
from collections.abc import Sequence

GAP = "  "


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """The rows as columns, the first row underlined."""
    widths = [max(columns(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        GAP.join(cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)) for row in rows
    ]
    rule = "─" * (sum(widths) + len(GAP) * (len(widths) - 1))
    return "\n".join(line.rstrip() for line in [lines[0], rule, *lines[1:]])


def columns(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
