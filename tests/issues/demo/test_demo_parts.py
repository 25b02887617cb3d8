"""The demo's parts: when stories begin, what the commands refuse, and that a seed gives the same neighbourhood."""

import random
from datetime import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import translation

from governance.domain.working_time import calendar_of
from governance.models import Category, DutyShift, Unit, User, WorkingCalendar
from issues.demo import playing
from issues.demo.pictures import picture, scene_names
from issues.demo.playing import STORIES
from issues.demo.street import build_street
from residents.models import Occupancy
from tests.cast import NOW, SHANGHAI


def test_the_same_seed_gives_the_same_street_and_another_seed_other_neighbours(shipped):
    seen = []
    for seed in (1, 1, 2):
        with transaction.atomic():
            build_street(random.Random(seed), NOW)
            seen.append(neighbours())
            transaction.set_rollback(True)
    assert seen[0] == seen[1]
    assert seen[0] != seen[2]


def neighbours() -> dict[str, list]:
    return {
        "people": list(User.objects.order_by("username").values_list("username", "full_name", "phone_hash")),
        "homes": list(Occupancy.objects.order_by("user__username").values_list("unit__number", "relation", "state")),
        "areas": list(Unit.objects.order_by("id").values_list("number", "exclusive_area_m2")),
    }


# --- the commands ---


def run(command: str, **options) -> str:
    printed = StringIO()
    with translation.override("en"):
        call_command(command, stdout=printed, **options)
    return printed.getvalue()


def test_if_empty_leaves_a_street_that_is_not_the_demos_alone(cast):
    before = DutyShift.objects.count()
    assert run("load_demo", if_empty=True).strip() == ""
    assert DutyShift.objects.count() == before


def test_without_a_demo_there_is_no_rota_to_renew(shipped):
    with pytest.raises(CommandError, match="not loaded"):
        run("load_demo", shifts=True)


@pytest.mark.parametrize("command", ["load_demo", "demo_accounts"])
def test_production_refuses(shipped, settings, command):
    settings.PORTAL_MODE = "production"
    with pytest.raises(CommandError, match=r"(?i)production"):
        run(command)
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["SMS_ADAPTER", "VOICE_ADAPTER"])
def test_a_real_carrier_is_a_reason_to_refuse(shipped, settings, name):
    setattr(settings, name, "carriers.real.Sms")
    with pytest.raises(CommandError, match=name):
        run("load_demo")
    assert not User.objects.exists()


def test_without_a_demo_the_table_says_how_to_load_one(shipped):
    assert "load_demo" in run("demo_accounts")


# --- the parts ---


@pytest.mark.parametrize(
    "clock",
    ["2026-05-15 00:00:01", "2026-05-11 23:59:59", "2026-05-12 00:00:01", "2026-10-08 00:00:01", "2026-01-01 12:00:00"],
)
def test_no_story_reaches_into_the_future_whenever_the_demo_is_loaded(shipped, clock):
    now = datetime.fromisoformat(clock).replace(tzinfo=SHANGHAI)
    happenings = playing._in_order_of_time(now)
    assert happenings[-1][0] <= now
    assert happenings == sorted(happenings, key=lambda happening: happening[0])


def test_a_story_that_reaches_into_the_future_is_named(shipped, monkeypatch):
    tomorrow = playing.Story("tomorrow", "-1m", "li", "lift", "3栋", 1, "…", (playing.Deed("2m", "nudge"),))
    monkeypatch.setattr(playing, "STORIES", (tomorrow,))
    with pytest.raises(playing.StoryDoesNotHold, match="tomorrow: nudge"):
        playing._in_order_of_time(NOW)


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        ("-12m", "2026-05-15 14:05:12"),
        ("-4m30s", "2026-05-15 14:12:42"),
        ("3 days, 19:42", "2026-05-12 19:42:00"),
        ("4 working days, 10:00", "2026-05-11 10:00:00"),
        ("5 working days, 10:00", "2026-05-09 10:00:00"),  # the Saturday was a make-up workday
        ("9 working days, 10:00", "2026-04-30 10:00:00"),  # over the five days of Labour Day
    ],
)
def test_when_a_story_begins(shipped, written, begins):
    office = calendar_of(WorkingCalendar.objects.current("office"))
    assert playing.begin_of(written, NOW, office) == datetime.fromisoformat(begins).replace(tzinfo=SHANGHAI)


def test_every_story_names_what_there_is(shipped):
    assert {story.category for story in STORIES} <= set(Category.objects.values_list("code", flat=True))
    drawn = {name for story in STORIES for name in story.pictures}
    drawn |= {dict(deed.facts).get("picture") for story in STORIES for deed in story.deeds} - {None}
    assert drawn <= scene_names()
    assert len({story.key for story in STORIES}) == len(STORIES)


@pytest.mark.parametrize("name", sorted(scene_names()))
def test_a_picture_is_drawn(name):
    assert picture(name, random.Random(1)).startswith(b"\xff\xd8\xff")
