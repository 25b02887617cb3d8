"""Finding what is wrong in people's own words: 楼上滴水 is a leak, whatever the office calls it."""

import re
from collections.abc import Iterable

from governance.models import Category

_HAN_OR_HANGUL = re.compile(r"[\u3400-\u9fff\uac00-\ud7a3]+")
_LATIN = re.compile(r"[a-z0-9]+")
# Words that say nothing of what is wrong, in the languages that put spaces between words.
_EMPTY_WORDS = {"a", "an", "and", "in", "is", "it", "my", "no", "not", "of", "on", "or", "the", "to"}


def find_categories(query: str, categories: Iterable[Category]) -> list[Category]:
    """The categories that `query` may mean, best first. Looks at names in all languages, hints and search words."""
    asked = query.casefold().strip()
    scored = [(_score(asked, category), category) for category in categories] if asked else []
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].position))
    return [category for _points, category in best]


def _score(asked: str, category: Category) -> int:
    """How much of what was asked the category's words contain. A whole word counts far more than a pair of letters."""
    terms = _terms(category)
    whole = sum(10 for term in terms if len(term) > 1 and (term in asked if _is_east_asian(term) else term == asked))
    inside = sum(8 for term in terms if len(asked) > 1 and asked in term)
    text = " ".join(terms)
    pairs = sum(2 for pair in _pairs(asked) if pair in text)
    words = set(_LATIN.findall(text))
    latin = sum(3 for word in _LATIN.findall(asked) if word not in _EMPTY_WORDS and _has_word(word, words))
    return whole + inside + pairs + latin


def _terms(category: Category) -> list[str]:
    names = [category.name_zh, category.name_en, category.name_ko]
    hints = [category.hint_zh, category.hint_en, category.hint_ko]
    own_words = category.search_words.replace("\u3001", " ").replace("\uff0c", " ").replace(",", " ").split()
    return [term.casefold() for term in [*names, *hints, *own_words] if term]


def _is_east_asian(term: str) -> bool:
    return bool(_HAN_OR_HANGUL.search(term))


def _pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters: Chinese has no spaces to split at."""
    return {run[at : at + 2] for run in _HAN_OR_HANGUL.findall(text) for at in range(len(run) - 1)}


def _has_word(word: str, words: set[str]) -> bool:
    """`leaks` and `leaking` find `leak`, and `elev` finds `elevator`; of two letters nothing but themselves."""
    if word in words:
        return True
    return len(word) > 3 and any(
        known.startswith(word) or (len(known) > 3 and word.startswith(known)) for known in words
    )
