"""What people do about topics and commitments on their screens, for the stories."""

from playwright.sync_api import Page

from governance.models import Body
from issues.deliberation.models import Commitment, Topic
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
