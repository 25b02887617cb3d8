"""Addresses that only take the press of a button. They change something, and none of them can be opened as a page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_POST

View = Callable[..., HttpResponseBase]


def takes_presses(view: View) -> View:
    """`require_POST`, and `openable` knows of it. Decorators put around it keep the mark."""
    return known_to_take_presses(require_POST(view))


def known_to_take_presses(view: View) -> View:
    """`openable` knows of it; the view itself says what it answers to whoever opens it."""
    known: Any = view
    known.takes_presses = True
    return known


def openable(address: str) -> str:
    """`address`, a path of this portal; where it only takes presses, the nearest page above it."""
    path = urlsplit(address).path
    if not _takes_presses(path):
        return address
    while not _is_page(path):
        path = f"{path.rstrip('/').rpartition('/')[0]}/"
    return path


def _takes_presses(path: str) -> bool:
    view = _view_at(path)
    return view is not None and getattr(view, "takes_presses", False)


def _is_page(path: str) -> bool:
    # The home page is above everything.
    return path == "/" or (_view_at(path) is not None and not _takes_presses(path))


def _view_at(path: str) -> View | None:
    try:
        return resolve(path).func
    except Resolver404:
        return None
