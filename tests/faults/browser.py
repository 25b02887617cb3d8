"""A person's browser, as far as plain HTTP goes: cookies, forms with their tokens, redirects. No script."""

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Page:
    status: int
    url: str
    text: str
    seconds: float


class Browser:
    def __init__(self, port: int):
        self.root = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, path: str) -> Page:
        return self._open(urllib.request.Request(self.root + path))

    def submit(self, path: str, **fields: str) -> Page:
        """Open the page, fill in its form, send it. The seconds are those from sending to the page that follows."""
        form = self.get(path)
        token = TOKEN.search(form.text)
        assert token, f"{form.status} {path} has no form"
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        request = urllib.request.Request(self.root + path, body, {"Referer": self.root + path})
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> Page:
        began = time.monotonic()
        try:
            with self._opener.open(request, timeout=30) as answer:
                said = answer.read().decode()
                return Page(answer.status, answer.url, said, time.monotonic() - began)
        except urllib.error.HTTPError as error:
            return Page(error.code, error.url, error.read().decode(), time.monotonic() - began)
