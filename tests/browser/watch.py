"""What a page does behind the reader's back: errors in the console, refused content, requests to other places."""

from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Error, Page, Request

LOCAL_SCHEMES = ("data", "blob", "about")


class Watch:
    """Keeps a sentence in `problems` for everything that must not happen on a page of the portal at `site`."""

    def __init__(self, page: Page, site: str):
        self.problems: list[str] = []
        self._origin = urlsplit(site)[:2]
        self._documents: set[str] = set()
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)
        page.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if request.is_navigation_request():
            self._documents.add(request.url)
        if parts[:2] != self._origin and parts.scheme not in LOCAL_SCHEMES:
            self.problems.append(f"leaves the portal: {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        """Refused content is an error here, too. A page that says 400 or 404 itself is none, nor is a lost claim."""
        if message.type != "error":
            return
        about = message.location.get("url", "")
        if "Failed to load resource" in message.text and (about in self._documents or "409" in message.text):
            return
        self.problems.append(f"console: {message.text} ({about})")

    def _on_error(self, error: Error) -> None:
        self.problems.append(f"script: {error.message}")
