"""What people do about topics, meetings and commitments on their screens, for the stories."""

from datetime import datetime

from playwright.sync_api import Page

from governance.models import Body, Venue
from issues.deliberation.models import Attendance, Commitment, Meeting, Topic
from tests.browser.conftest import a_photo
from tests.browser.people import Reader, go_by


def fill(reader: Reader, **fields: str) -> None:
    """By the fields' names: what is written, and what is chosen from a list by its value or its words."""
    for name, value in fields.items():
        field = reader.page.locator(f"main [name='{name}']:visible").first
        if field.evaluate("it => it.tagName") == "SELECT":
            offered = field.locator(f"option[value='{value}']").count()
            field.select_option(value if offered else None, label=None if offered else value)
        else:
            field.fill(value)


def decide(reader: Reader, verb: str, reason: str, words: str) -> None:
    """Open one of the decisions at a gate, say why, and send it."""
    step = reader.page.locator(f"#{verb}")
    step.locator("summary").click()
    if reason:
        step.locator(f"label:has([value='{reason}'])").click()
    step.locator("textarea").last.fill(words)
    go_by(step.locator("button[type=submit]"))


def prepare(reader: Reader, room: Venue, starts_at: datetime, ends_at: datetime, **plan: str) -> Meeting:
    """A draft of a meeting, on whose page the reader is then."""
    reader.page.goto("/desk/meetings/new/")
    times = {"starts_at": f"{starts_at:%Y-%m-%dT%H:%M}", "ends_at": f"{ends_at:%Y-%m-%dT%H:%M}"}
    fill(reader, **plan, **times, venue=str(room.public_id))
    go_by(reader.page.locator(".hold button"))
    return Meeting.objects.get()


def send(page: Page, verb: str, **fields: str) -> None:
    """One of the forms of a meeting's page, opened if it is folded away."""
    form = page.locator(f"form[action$='/{verb}/']").first
    if fields and not form.locator(f"[name$={next(iter(fields))}]").is_visible():
        page.locator(f"details:has(form[action$='/{verb}/']) > summary").click()
    for name, value in fields.items():
        field = form.locator(f"[name$={name}]").first
        if field.evaluate("it => it.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    go_by(form.locator("button[type=submit]"))


def open_with_all(page: Page, meeting: Meeting) -> None:
    """Everybody who was asked is checked in by hand, and the meeting is opened."""
    page.goto(f"/desk/meetings/{meeting.public_id}/room/")
    while page.locator("form[action$='/check_in/']").count():
        go_by(page.locator("form[action$='/check_in/'] button").first)
    page.goto(f"/desk/meetings/{meeting.public_id}/")
    send(page, "hold")


def minute(page: Page, meeting: Meeting, *, dissent: str, by: Attendance, outcome: str, words: str) -> None:
    """Of the only point: one disagrees, most agree, and what came of it."""
    page.goto(f"/desk/meetings/{meeting.public_id}/points/{meeting.items.get().public_id}/")
    send(page, "say", speaker=str(by.public_id), kind="dissent", words=dissent)
    concluded = page.locator("form[action$='/conclude/']")
    for value in ("mostly", outcome):
        concluded.locator(f"label:has([value={value}])").click()
    concluded.locator("[name$=words]").fill(words)
    go_by(concluded.locator("button[type=submit]"))


def publish_minutes(meeting: Meeting, *, by: Page, checked_by: Page) -> None:
    for page, verb in ((by, "draft_minutes"), (checked_by, "check_minutes")):
        page.goto(f"/desk/meetings/{meeting.public_id}/")
        send(page, verb)


def write_down(reader: Reader, topic: Topic, body: Body, what: str, **fields: str) -> Commitment:
    """From the topic's page at the desk, what the body promises."""
    reader.page.goto(f"/desk/topics/{topic.public_id}/")
    reader.press_and_go("Write a commitment down")
    fill(reader, body=str(body.pk), what=what, **fields)
    go_by(reader.page.locator(".hold button"))
    return Commitment.objects.get(topic=topic, what=what)


def take(page: Page, address: str, verb: str, **fields: str) -> None:
    """One of the panels of a commitment's page."""
    page.goto(address)
    panel = page.locator(f"details#{verb}")
    if panel.get_attribute("open") is None:
        panel.locator("summary").click()
    for name, value in fields.items():
        field = panel.locator(f"[name='{name}']")
        if name == "owner":
            field.select_option(value)
        else:
            field.fill(value)
    if panel.locator("[type=file]").count():
        panel.locator("[type=file]").set_input_files(a_photo())
    go_by(panel.locator("form button[type=submit]"))


def report_done(reader: Reader, commitment: Commitment, words: str, *, paid: str = "", by: str = "") -> None:
    """By the body that promised: what it cost, and that it is done, with a photo."""
    address = f"/commitments/{commitment.public_id}/"
    if paid:
        take(reader.page, address, "note_cost", paid_yuan=paid, paid_by=by)
    take(reader.page, address, "report", words=words)


def accept(reader: Reader, commitment: Commitment, words: str) -> None:
    """By the supervisor, at the desk."""
    take(reader.page, f"/desk/commitments/{commitment.public_id}/", "accept", words=words)
