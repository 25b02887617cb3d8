"""Every page in three languages and two modes: no barrier, nothing sideways, one language, nothing behind the back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page

from governance.models import SignInAttempt, User
from tests.browser import checks
from tests.browser.conftest import DESK, PHONE, Moment, TextMessages, a_photo, keep_picture, open_screen
from tests.browser.pages import LANGUAGES, VISITS, Case
from tests.browser.watch import Watch
from tests.browser.world import World, build_world
from tests.cast import NOW


@pytest.fixture(scope="module")
def transactional_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """In place of the fixture that empties every table after each test: real commits, kept for the whole module.

    Of this name, because pytest-django makes a database only for those who ask for one by name.
    """
    with django_db_blocker.unblock():
        yield
        # The sequences go on: the cast is written again with the numbers that they have passed (`tests.replay`).
        call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(scope="module")
def world(transactional_db, kept_files: Path) -> World:
    """Written once for all visits."""
    carrier = f"{TextMessages.__module__}.{TextMessages.__name__}"
    with override_settings(MEDIA_ROOT=kept_files, SMS_ADAPTER=carrier, VOICE_ADAPTER=carrier):
        return build_world(a_photo()["buffer"])


class Screen:
    """Somebody's page, used for all visits, and the watch over the present one."""

    def __init__(self, context: BrowserContext, site: str):
        self.context, self.page = context, context.new_page()
        self.watch = Watch(self.page, site)


@pytest.fixture(scope="module")
def screens() -> Iterator[dict[str, Screen]]:
    """One browser profile a person."""
    screens: dict[str, Screen] = {}
    yield screens
    for screen in screens.values():
        screen.context.close()


class Visitor:
    """Opens the pages of the world as anybody of the cast, in any language and mode."""

    def __init__(self, browser: Browser, site: str, world: World, screens: dict[str, Screen]):
        self.browser, self.site, self.world, self.screens = browser, site, world, screens

    def open(self, case: Case, language: str, mode: str) -> tuple[Page, Watch]:
        screen = self._screen_of(case.who, language, mode)
        screen.watch.problems.clear()
        screen.page.set_viewport_size(PHONE)
        screen.page.goto(case.path(self.world))
        case.act(screen.page, self.world)
        return screen.page, screen.watch

    def _screen_of(self, who: str, language: str, mode: str) -> Screen:
        user = getattr(self.world.cast, who) if who else None
        if who not in self.screens:
            self.screens[who] = Screen(open_screen(self.browser, self.site, user), self.site)
        if user:
            User.objects.filter(pk=user.pk).update(language=language, elder_mode=mode == "elder")
        else:
            SignInAttempt.objects.all().delete()
            wanted = {django_settings.LANGUAGE_COOKIE_NAME: language, "mode": mode}
            cookies = [{"name": name, "value": value, "url": self.site} for name, value in wanted.items()]
            self.screens[who].context.add_cookies(cookies)
        return self.screens[who]


@pytest.fixture
def visitor(browser: Browser, site: str, world: World, screens, moment: Moment) -> Visitor:
    moment.set(NOW, is_running=False)
    return Visitor(browser, site, world, screens)


@pytest.mark.parametrize(("case", "language", "mode"), VISITS, ids=str)
def test_page_is_sound(visitor: Visitor, case: Case, language: str, mode: str):
    page, watch = visitor.open(case, language, mode)

    assert page.locator("html").get_attribute("lang") == LANGUAGES[language]
    assert page.locator("html").get_attribute("data-mode") == ("elder" if mode == "elder" else None)
    keep_picture(page, f"{case}-{language}-{mode}")
    found = checks.small_targets(page, is_elder=mode == "elder")
    checks.open_everything(page)
    found += checks.foreign_words(page) + checks.barriers(page) + checks.sideways(page)
    # In elder mode the desk is the phone's single column, on any screen.
    if case.is_for_staff and mode == "standard":
        page.set_viewport_size(DESK)
        keep_picture(page, f"{case}-{language}-desk")
        found += [f"at the desk: {finding}" for finding in checks.barriers(page)]
    found += watch.problems
    assert not found, "\n".join([page.url, *found])
