"""The catalogues' tone: residents and staff are addressed alike, and politely."""

import pytest
from babel.messages.pofile import read_po
from django.conf import settings


def said_in(locale: str) -> list[str]:
    """Every string of the catalogue, each plural form of its own."""
    with (settings.LOCALE_PATHS[0] / locale / "LC_MESSAGES" / "django.po").open("rb") as catalogue:
        entries = [entry.string for entry in read_po(catalogue, locale=locale) if entry.id]
    return [words for said in entries for words in ((said,) if isinstance(said, str) else said)]


@pytest.mark.parametrize(
    ("locale", "polite", "familiar"), [("zh_Hans", "您", ("你",)), ("ko", "주세요", ("당신", "너는", "네가"))]
)
def test_everybody_is_addressed_politely(locale: str, polite: str, familiar: tuple[str, ...]):
    said = said_in(locale)
    assert any(polite in words for words in said)
    assert [words for words in said if any(one in words for one in familiar)] == []
