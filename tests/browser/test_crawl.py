"""Every page in three languages and both modes: no barrier, nothing sideways, one language, nothing behind the back.

A page is opened once, in Chinese; for the other languages and modes it is turned where it stands (`turning`). axe is
asked once for each way in which a page is built, in each mode: what two languages have alike but for the words can't
differ in anything but the room that they take, and that is measured in each (by axe in the shortest and the longest).
`CRAWL=full` opens every page in every language and mode and asks axe each time.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, Request

from governance.admin import console
from governance.models import SignInAttempt, User
from tests.browser import checks
from tests.browser.addresses import NO_PAGES, console_pages, name_of, named_pages
from tests.browser.conftest import DESK, PHONE, Moment, TextMessages, a_photo, keep_picture, open_screen
from tests.browser.pages import LANGUAGES, PAGES, Case, at, views_of
from tests.browser.turning import Asked, NotTurned, turn
from tests.browser.watch import Watch
from tests.browser.world import World, build_world
from tests.cast import NOW

IS_FULL = os.environ.get("CRAWL", "") == "full"
NARROW = {"width": checks.NARROWEST_PX, "height": PHONE["height"]}


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
    """Somebody's page, used for all visits; the watch over the present one; what its document was asked for with."""

    def __init__(self, context: BrowserContext, site: str):
        self.context, self.page = context, context.new_page()
        self.watch = Watch(self.page, site)
        self.page.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request() and request.frame == self.page.main_frame:
            self.last = request

    @property
    def asked(self) -> Asked:
        return Asked.by(self.last)


class Visitor:
    """Opens the pages of the world as anybody of the cast, in any language and mode, and says what is wrong there."""

    def __init__(self, browser: Browser, site: str):
        self.browser, self.site = browser, site
        self.screens: dict[str, Screen] = {}
        # How pages are built that axe found nothing on; and which pages of a register, on a phone.
        self.sound: set[tuple[str, bool]] = set()
        self.sound_on_a_phone: set[str] = set()
        # In what looks words stand out enough from their ground.
        self.looks: set[str] | None = None if IS_FULL else set()

    def faults_of(self, case: Case, world: World) -> list[str]:
        """What is wrong on the page, in whatever language and mode it is looked at."""
        found, asked = [], None
        for language, mode in views_of(case, full=IS_FULL):
            screen = self._screen_of(case.who, world, language, mode)
            screen.watch.problems.clear()
            if IS_FULL or asked is None or not self._is_turned(screen.page, asked):
                self._open(screen, case, world)
                # What is answered with another address is shown once: it can't be asked for again.
                asked = screen.asked if not case.is_pressed or screen.last.method == "POST" else None
            name = f"{case}-{language}-{mode}"
            faults = self._faults_seen(screen.page, case, language, mode, name) + screen.watch.problems
            found += [f"{name}: {fault}" for fault in faults]
        return found

    def _screen_of(self, who: str, world: World, language: str, mode: str) -> Screen:
        user = getattr(world.cast, who) if who else None
        if who not in self.screens:
            context = open_screen(self.browser, self.site, user)
            context.add_init_script(checks.AXE_SCRIPT)
            self.screens[who] = Screen(context, self.site)
        if user:
            User.objects.filter(pk=user.pk).update(language=language, elder_mode=mode == "elder")
        else:
            SignInAttempt.objects.all().delete()
            wanted = {django_settings.LANGUAGE_COOKIE_NAME: language, "mode": mode}
            cookies = [{"name": name, "value": value, "url": self.site} for name, value in wanted.items()]
            self.screens[who].context.add_cookies(cookies)
        return self.screens[who]

    def _is_turned(self, page: Page, asked: Asked) -> bool:
        try:
            turn(page, asked)
        except NotTurned:
            return False
        return True

    def _open(self, screen: Screen, case: Case, world: World) -> None:
        # Not again where it is: Chromium would lay out and paint the page that is left.
        if screen.page.viewport_size != NARROW:
            screen.page.set_viewport_size(NARROW)
        screen.page.goto(case.path(world))
        case.act(screen.page, world)

    def _faults_seen(self, page: Page, case: Case, language: str, mode: str, name: str) -> list[str]:
        self._keep_pictures(page, case, name)
        seen = checks.look_at(page, is_elder=mode == "elder", is_console=case.is_in_console)
        found = list(seen.faults)
        wanted = (LANGUAGES[language], "standard" if case.is_in_console else mode)
        if (seen.lang, seen.mode) != wanted:
            found.append(f"is in {seen.lang}, {seen.mode} mode")
        has_desk = case.is_for_staff and mode == "standard"
        if (seen.shape, has_desk) in self.sound and not IS_FULL:
            # Chinese words make the smallest targets, English ones take the most room: Korean lies between.
            return found if language == "ko" else found + checks.crowded(page)
        # The console is worked with at a desk: on a phone one list, one form and one history stand for those of all.
        is_known = case.kind_of_register in self.sound_on_a_phone and not IS_FULL
        barriers = checks.crowded(page) if is_known else checks.barriers(page, self.looks)
        if case.kind_of_register and not barriers:
            self.sound_on_a_phone.add(case.kind_of_register)
        # In elder mode the desk is the phone's single column, on any screen.
        if has_desk:
            page.set_viewport_size(DESK)
            barriers += [f"at the desk: {barrier}" for barrier in checks.barriers(page, self.looks)]
            page.set_viewport_size(NARROW)
        if not barriers:
            self.sound.add((seen.shape, has_desk))
        return found + barriers

    def _keep_pictures(self, page: Page, case: Case, name: str) -> None:
        if not os.environ.get("SCREENSHOTS_DIR", ""):
            return
        for size, kind in ((DESK, "desk"), (PHONE, "phone")) if case.is_for_staff else ((PHONE, "phone"),):
            page.set_viewport_size(size)
            keep_picture(page, f"{name}-{kind}")
        page.set_viewport_size(NARROW)


@pytest.fixture(scope="module")
def visitors(browser: Browser, site: str) -> Iterator[Visitor]:
    """One browser profile a person, kept for all pages."""
    visitor = Visitor(browser, site)
    yield visitor
    for screen in visitor.screens.values():
        screen.context.close()


@pytest.fixture
def visitor(visitors: Visitor, world: World, moment: Moment) -> Visitor:
    moment.set(NOW, is_running=False)
    return visitors


@pytest.mark.parametrize("case", PAGES, ids=str)
def test_page_is_sound(visitor: Visitor, world: World, case: Case):
    found = visitor.faults_of(case, world)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("model", list(console._registry), ids=lambda model: model._meta.label_lower)
def test_every_page_of_a_register_is_sound(visitor: Visitor, world: World, model):
    """Its list, its form, an empty one, its history and whatever else the console answers with a page."""
    pages = console_pages(model, world.cast.administrator)
    found = []
    for name, address in pages.items():
        case = Case(
            name.removeprefix("admin:"), "administrator", at(address), is_for_staff=True, is_in_console=True,
            kind_of_register=name.rpartition("_")[2],
        )  # fmt: skip
        found += visitor.faults_of(case, world)
    assert {name.rpartition("_")[2] for name in pages} >= {"changelist", "change", "history"}
    assert not found, "\n".join(found)


# Among the browser's tests, though it opens no page: put after all of them, it would have the world written anew.
@pytest.mark.usefixtures("visitors")
def test_every_address_that_shows_a_page_is_visited(world: World):
    """A page that is added needs a case in `pages`, or the reason why not in `addresses`. The console's registers are
    asked for theirs one by one above."""
    visited = {name_of(case.path(world)) for case in PAGES} - {None}
    visited |= {case.leads_to for case in PAGES if case.leads_to}
    assert named_pages() - visited == set(NO_PAGES)
    assert not visited & set(NO_PAGES)


def test_a_press_leads_where_its_case_says(visitor: Visitor, world: World):
    """What is visited by a press only is visited: the cases that say so end there."""
    for case in (case for case in PAGES if case.leads_to):
        screen = visitor._screen_of(case.who, world, "zh-hans", "standard")
        visitor._open(screen, case, world)
        assert name_of(screen.page.url.removeprefix(visitor.site)) == case.leads_to
