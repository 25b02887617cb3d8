"""The register of messages: a key, and the words for it in the recipient's language. Each storey registers its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise

Params = Mapping[str, object]


@dataclass(frozen=True)
class Message:
    """`subject` and `body` are msgids with `%(name)s` places; `words` turns stored params into readable ones."""

    subject: Promise
    body: Promise
    words: Callable[[Params], Params]


_register: dict[str, Message] = {}


def register(key: str, subject: Promise, body: Promise, words: Callable[[Params], Params] = dict) -> None:
    """Register a message once, at start-up. Registering a key twice is a mistake and raises `ValueError`."""
    if key in _register:
        raise ValueError(f"message “{key}” is registered twice")
    _register[key] = Message(subject, body, words)


def is_registered(key: str) -> bool:
    return key in _register


def registered_keys() -> list[str]:
    return sorted(_register)


def render(key: str, params: Params, language: str) -> tuple[str, str]:
    """Return (subject, body) in `language`. Raises `KeyError` for a key or a parameter nobody knows."""
    message = _register[key]
    with translation.override(language):
        words = dict(message.words(params))
        return str(message.subject) % words, str(message.body) % words
