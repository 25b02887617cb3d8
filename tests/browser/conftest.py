"""What every browser test stands on: Chromium, the portal on a thread, a moment of our own, and people with sessions.

The pages ask `moment` for the time instead of the database, so that a Friday afternoon is one whatever the day of the
run. Screenshots are kept where `SCREENSHOTS_DIR` points, if it is set.
"""

import io
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import override_settings
from django.test.testcases import LiveServerThread
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from governance import middleware
from governance.adapters import Handed
from governance.models import User
from issues.receivers import take_it_in_now
from residents import signals
from tests.browser.watch import Watch
from tests.cast import NOW, client_of

# Playwright's loop runs on the main thread; what tests ask of the database there is still one after another.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 1000}
PATIENCE_MS = 15_000
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


# --- Chromium ---


@pytest.fixture(scope="session")
def _nothing_left_open(django_db_setup) -> None:
    """Playwright runs an event loop in this thread, and Django keeps the connections of such a thread somewhere else.

    One opened before would stay open, out of everybody's reach, and a database with a session on it can't be copied.
    """
    connections.close_all()


@pytest.fixture(scope="session")
def playwright(_nothing_left_open: None, playwright: Playwright) -> Iterator[Playwright]:
    yield playwright
    connections.close_all()


def _chromium() -> str | None:
    named = os.environ.get("CHROMIUM", "")
    found = [shutil.which(name) for name in (named, "chromium", "chromium-browser", "google-chrome") if name]
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """The system's Chromium. Without one the suite is skipped, but never where it would go unnoticed."""
    chromium = _chromium()
    if chromium is None:
        missing = "No Chromium found: install the package “chromium”, or name its program in CHROMIUM."
        if os.environ.get("CI", "") not in ("", "false"):
            pytest.fail(missing)
        pytest.skip(missing)
    return {"executable_path": chromium, "args": list(CHROMIUM_ARGUMENTS), "headless": True}


# --- the portal ---


class Moment:
    """The time on the pages: `NOW` and what has passed since it was set, moved on by hand where a story says so."""

    def __init__(self) -> None:
        self.set(NOW)

    def __call__(self) -> datetime:
        passed = timedelta(seconds=time.monotonic() - self._set_at) if self.is_running else timedelta()
        return self._start + passed

    def set(self, start: datetime, *, is_running: bool = True) -> None:
        self._start, self._set_at, self.is_running = start, time.monotonic(), is_running

    def pass_by(self, **span: float) -> None:
        self._start += timedelta(**span)


class TextMessages:
    """A carrier that keeps what would go to the phones."""

    sent: list[tuple[str, str]] = []

    def send(self, *, address: str, subject: str, body: str, reference: str) -> Handed:
        TextMessages.sent.append((address, body))
        return Handed(provider_ref=reference, delivered=True)


@pytest.fixture(scope="session")
def kept_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media_root(settings, kept_files: Path) -> Path:
    """One folder for the whole suite: the server's thread outlives a single test."""
    settings.MEDIA_ROOT = kept_files
    return kept_files


@pytest.fixture
def text_messages(settings) -> list[tuple[str, str]]:
    """What went to which number, oldest first."""
    settings.SMS_ADAPTER = settings.VOICE_ADAPTER = f"{TextMessages.__module__}.{TextMessages.__name__}"
    TextMessages.sent = []
    return TextMessages.sent


@pytest.fixture(scope="session")
def _moment_of_the_pages() -> Moment:
    return Moment()


@pytest.fixture(scope="module", autouse=True)
def _pages_ask_the_moment(_moment_of_the_pages: Moment) -> Iterator[None]:
    """For the tests of this folder only: others may follow in the same process, and they ask the database."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware, "database_now", _moment_of_the_pages)
        yield


@pytest.fixture
def moment(_moment_of_the_pages: Moment) -> Moment:
    """The time on the pages, `NOW` at the beginning of the test."""
    _moment_of_the_pages.set(NOW)
    return _moment_of_the_pages


class ThroughWhiteNoise:
    """In the place of Django's own handler of static files: they go through the middleware, as in production."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        return self.application(environ, start_response)


@pytest.fixture(scope="session")
def site(django_db_setup, uncollected_static_files, kept_files: Path) -> Iterator[str]:
    """The address of the portal, served by a thread of this process."""
    # The folder of the photos, too: a page asks for those below its fold when it likes, even between two tests.
    with override_settings(MEDIA_ROOT=kept_files, WHITENOISE_USE_FINDERS=True, WHITENOISE_MAX_AGE=3600):
        server = LiveServerThread("127.0.0.1", static_handler=ThroughWhiteNoise)
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error:
            raise server.error
        yield f"http://{server.host}:{server.port}"
        server.terminate()


@pytest.fixture(scope="module", autouse=True)
def _a_worker_hears_the_bell() -> Iterator[None]:
    """What is filed is taken in at once, as the worker does who is rung for: what these stories tell comes after it."""
    signals.petition_filed.connect(take_it_in_now)
    yield
    signals.petition_filed.disconnect(take_it_in_now)


# --- people at their screens ---


def cookies_of(user: User, site: str) -> list[dict[str, str]]:
    """What a browser holds once `user` has signed in."""
    session = client_of(user).cookies[django_settings.SESSION_COOKIE_NAME].value
    return [{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": site}]


def open_screen(browser: Browser, site: str, user: User | None = None, **options: object) -> BrowserContext:
    """A fresh browser profile at the portal; signed in, if `user` is given."""
    still = {"base_url": site, "viewport": PHONE, "locale": "zh-CN", "reduced_motion": "reduce"}
    context = browser.new_context(**still | options)
    context.set_default_timeout(PATIENCE_MS)
    if user:
        context.add_cookies(cookies_of(user, site))
    return context


@pytest.fixture
def screen(browser: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """`screen(user)`: a page on somebody's own phone. At the end nothing may have gone wrong in any of them."""
    contexts, watches = [], []

    def at(user: User | None = None, *, has_errors: bool = False, **options: object) -> Page:
        contexts.append(open_screen(browser, site, user, **options))
        page = contexts[-1].new_page()
        if not has_errors:
            watches.append(Watch(page, site))
        return page

    yield at
    problems = [problem for watch in watches for problem in watch.problems]
    for context in contexts:
        context.close()
    assert problems == []


def last_code_in(messages: list[tuple[str, str]]) -> str:
    """The six digits of the last text message."""
    return re.search(r"[0-9]{6}", messages[-1][1])[0]


def a_photo(colour: str = "#c9b48a", *, size: tuple[int, int] = (1200, 900)) -> dict[str, object]:
    """A JPEG to be chosen in a file field: a wall with a lamp."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((0, height * 0.7, width, height), fill="#6d7175")
    draw.ellipse((width * 0.42, height * 0.12, width * 0.58, height * 0.34), fill="#f4efe2", outline="#4a4a4a", width=8)
    draw.line((width * 0.5, 0, width * 0.5, height * 0.12), fill="#4a4a4a", width=10)
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return {"name": "lamp.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


def keep_picture(page: Page, name: str) -> None:
    """Save a full-page PNG, if somebody wants to look at them."""
    folder = os.environ.get("SCREENSHOTS_DIR", "")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
