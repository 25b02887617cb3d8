"""What templates draw: the due line in its four looks, icons, faces. Rendered for real, in English."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import translation

NOW = datetime(2026, 5, 15, 14, 17, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def drawn(source, **context):
    with translation.override("en"):
        return Template("{% load portal %}" + source).render(Context({"now": NOW, **context}))


@pytest.mark.parametrize(
    ("due", "look", "absolute", "relative"),
    [
        (NOW - timedelta(minutes=10), "due-overdue", "by 14:07 today", "Overdue by 10 minutes"),
        (NOW + timedelta(minutes=18), "due-soon", "by 14:35 today", "18 minutes left"),
        (NOW + timedelta(hours=3), "due-normal", "by 17:17 today", "3 hours left"),
    ],
)
def test_a_due_line_says_what_by_when_and_how_far_off(due, look, absolute, relative):
    line = drawn("{% due_line 'Next: repair' due %}", due=due)
    assert f'class="due {look}"' in line
    assert f'<time datetime="{due.isoformat(timespec="seconds")}">{absolute}</time>' in line
    assert f">{relative}</p>" in line
    assert f'data-due="{due.isoformat(timespec="seconds")}"' in line


def test_a_step_that_is_done_has_no_clock_left():
    line = drawn("{% due_line 'Arrived' due met=True %}", due=NOW - timedelta(minutes=10))
    assert 'class="due due-met"' in line
    assert "data-due" not in line
    assert "Overdue" not in line


def test_the_note_of_a_due_line_is_text_and_not_markup():
    assert "&lt;b&gt;16:00&lt;/b&gt;" in drawn("{% due_line 'Next' due note=note %}", due=NOW, note="<b>16:00</b>")


def test_a_row_carries_the_words_it_needs_when_its_moment_passes():
    assert 'data-overdue="arrival overdue">until arrival<' in drawn("{% queue_clock due 'arrival' %}", due=NOW)


def test_only_a_figure_that_counts_down_is_given_to_the_ticking_script():
    assert 'data-form="clock">4:48</b>' in drawn("{% queue_clock due 'arrival' %}", due=NOW + timedelta(seconds=288))
    assert "data-due" not in drawn("{% queue_clock due 'arrival' %}", due=NOW + timedelta(hours=3))


@pytest.mark.parametrize(("name", "letter"), [("周管家", "周"), ("Steward Zhou", "Z"), ("", ""), ("  ", "")])
def test_a_face_carries_the_surnames_first_letter(name, letter):
    assert drawn("{{ name|initial }}", name=name) == letter


def test_a_category_without_a_picture_gets_the_one_of_other():
    assert drawn("{% picture 'added_in_the_console' %}") == drawn("{% picture 'other' %}")


def test_an_icon_that_does_not_exist_is_noticed_at_once():
    with pytest.raises(KeyError):
        drawn("{% icon 'no-such-icon' %}")


def test_drawings_are_hidden_from_screen_readers_because_words_stand_beside_them():
    assert drawn("{% icon 'clock' %}").startswith('<svg class="ic" viewBox="0 0 24 24" aria-hidden="true"')


def test_the_progress_bar_marks_what_is_done_and_where_we_are():
    segments = drawn("{% fills_steps 2 4 as s %}{{ s|join:' ' }}")
    assert segments == "done now todo todo"
