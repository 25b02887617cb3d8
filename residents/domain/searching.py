"""What somebody searches for: words in any script, from two characters on; and where they stand in a text.

The database holds every pair of neighbouring characters (`residents.models.word_pairs`). Here the same is made of what
is asked for. Two characters are found by their pair alone; from three on the text itself is looked at once more.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.domain.plain_words import plain
from governance.domain.refusals import Refusal

LONGEST = 100
# Brackets, stops, spaces, and signs like + or ^: nothing anybody looks for by themselves. Emoji are.
_SAY_NOTHING = ("P", "Z", "C", "Sm", "Sk", "Sc")


class NotSearchable(Refusal):
    """Nothing can be looked for by this; the sentence says what to write instead."""

    code = "not_searchable"
    status = 400


class Piece(NamedTuple):
    """A stretch of a text, and whether it is what was looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Asked:
    """The words looked for; a text is found if it holds each of them, in whatever order and case."""

    terms: tuple[str, ...]

    def found_in(self, *fields: str, pairs: str = "pairs") -> Q:
        """For rows whose text `fields` hold the words. `pairs` is the field that keeps their pairs."""
        found = Q(**{f"{pairs}__hold": self.query})
        for term in self.terms:
            if len(term) != 2:
                found &= _any(Q(**{f"{field}__says": term}) for field in fields)
        return found

    @property
    def query(self) -> str:
        """The pairs of all words, as PostgreSQL writes a query."""
        pairs = dict.fromkeys(pair for term in self.terms for pair in pairs_of(term))
        return " & ".join(_quoted(pair) for pair in pairs)

    def marked(self, text: str) -> list[Piece]:
        """The text in pieces: what was looked for, and what stands between."""
        is_hit = [False] * len(text)
        for start, end in self._places(text):
            is_hit[start:end] = [True] * (end - start)
        return _pieces(text, is_hit)

    def excerpt(self, text: str, *, length: int = 90) -> list[Piece]:
        """About `length` characters around the first hit, marked; an ellipsis where something is left out."""
        line = " ".join(text.split())
        first = min((start for start, _end in self._places(line)), default=0)
        start = max(0, min(first - length // 3, len(line) - length))
        shown = line[start : start + length]
        before, after = "…" if start else "", "…" if start + length < len(line) else ""
        return [piece for piece in (Piece(before, False), *self.marked(shown), Piece(after, False)) if piece.text]

    def _places(self, text: str) -> list[tuple[int, int]]:
        flat, found = folded(text), []
        for term in map(folded, self.terms):
            at = flat.find(term)
            while at >= 0:
                found.append((at, at + len(term)))
                at = flat.find(term, at + len(term))
        return found


def asked_for(typed: str) -> Asked:
    """What was typed, as words to look for. Raises `NotSearchable` for what finds nothing or everything."""
    words = plain(typed)
    if len(words) > LONGEST:
        raise NotSearchable(_("Search for a few words: at most %(most)s characters.") % {"most": LONGEST})
    terms = tuple(dict.fromkeys(words.split()))
    if not any(_says_something(term) for term in terms):
        raise NotSearchable(_("Write words to search for: marks and signs alone find nothing."))
    if all(len(term) < 2 for term in terms):
        raise NotSearchable(_("Write at least two characters that stand together: one alone is in almost everything."))
    return Asked(terms)


def folded(text: str) -> str:
    """As the database folds case: sign by sign, so that places in the text stay the same."""
    if "İ" not in text and "Σ" not in text:
        return text.lower()
    # Of “İ” Python makes two signs, the second a dot above, and of a last “Σ” another one.
    return "".join(sign.lower()[:1] for sign in text)


def pairs_of(term: str) -> list[str]:
    """Each two neighbours, as the database's `word_pairs` makes them."""
    flat = folded(term)
    return [flat[at : at + 2] for at in range(len(flat) - 1)]


def _quoted(pair: str) -> str:
    escaped = pair.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _any(choices: Iterable[Q]) -> Q:
    found = Q()
    for choice in choices:
        found |= choice
    return found


def _says_something(term: str) -> bool:
    return any(not unicodedata.category(sign).startswith(_SAY_NOTHING) for sign in term)


def _pieces(text: str, is_hit: list[bool]) -> list[Piece]:
    pieces, begins = [], 0
    for at in range(1, len(text) + 1):
        if at == len(text) or is_hit[at] != is_hit[begins]:
            pieces.append(Piece(text[begins:at], is_hit[begins]))
            begins = at
    return pieces
