"""A page turned, where it stands, into another language, mode or register: fetched as the browser would, and laid out.

What is left out is the navigation alone, which is most of a visit's cost: the answer is the portal's own, the style
sheets are those of the page, and the body is laid out by Chromium. Scripts don't run again: what they do is seen on the
page that was opened, and in every combination with `CRAWL=full`.
"""

from base64 import b64encode
from dataclasses import dataclass

from playwright.sync_api import Page, Request

_TURN = """
async ({ path, method, headers, body }) => {
  const sent = body === null ? null : Uint8Array.from(atob(body), (letter) => letter.charCodeAt(0));
  const answer = await fetch(path, { method, headers, body: sent, cache: "no-store" });
  const turned = new DOMParser().parseFromString(await answer.text(), "text/html");
  const styles = (of) => [...of.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href"));
  if (String(styles(turned)) !== String(styles(document))) return { status: answer.status, isTurned: false };
  // A clock of the page that was there would go on writing its own language.
  for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer);
  const root = document.documentElement;
  for (const { name } of [...root.attributes]) root.removeAttribute(name);
  for (const { name, value } of turned.documentElement.attributes) root.setAttribute(name, value);
  document.title = turned.title;
  document.body.replaceWith(document.adoptNode(turned.body));
  return { status: answer.status, isTurned: true };
}
"""


@dataclass(frozen=True)
class Asked:
    """What a page was asked for with: an address, or a form that answered with the page itself."""

    path: str
    method: str = "GET"
    content_type: str = ""
    body: bytes | None = None

    @classmethod
    def by(cls, request: Request) -> "Asked":
        kind = request.headers.get("content-type", "")
        return cls(request.url, request.method, kind, request.post_data_buffer)


class NotTurned(Exception):
    """The page has other style sheets, or answers otherwise: it has to be opened."""


def turn(page: Page, asked: Asked) -> int:
    """Put the answer in place of the page's body. The answer's status. Raises `NotTurned` and leaves the page alone."""
    body = None if asked.body is None else b64encode(asked.body).decode()
    headers = {"Content-Type": asked.content_type} if asked.content_type else {}
    sent = {"path": asked.path, "method": asked.method, "headers": headers, "body": body}
    answer = page.evaluate(_TURN, sent)
    if not answer["isTurned"]:
        raise NotTurned(asked.path)
    return answer["status"]
