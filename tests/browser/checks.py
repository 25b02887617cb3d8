"""What a page must be, whatever it shows: readable by everybody, narrow enough, in one language, easy to press.

Each check returns its findings as sentences; none found is [].
"""

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.cast import PEOPLE

NARROWEST_PX = 320
TARGET_PX, ELDER_TARGET_PX = 44, 60
WCAG_A_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

# What is written in Latin letters in every language; Korean readers know Chinese surnames by these, too.
SURNAMES = "|".join(sorted({latin for _full_name, latin in PEOPLE.values()}, key=len, reverse=True))
NEVER_TRANSLATED = re.compile(
    rf"""
    SQ-[0-9A-Z]{{4}}-[0-9A-Z]{{4}}      # receipt numbers
    | 语言\ Language\ 언어               # the language switch speaks to all
    | (?<![A-Za-z])(?:JPEG|PNG|WebP|HEIC|MB|QR|{SURNAMES})(?![A-Za-z])
    | \.png\b                           # of a file that somebody has named
    | https?://\S+
    """,
    re.VERBOSE,
)
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
HAN = re.compile(r"[\u3400-\u9fff]")
HANGUL = re.compile(r"[\uac00-\ud7af]")

# Every piece of text, visible or read aloud, with the language that its place declares. What people type is theirs, and
# a building's token belongs to no language.
# A document's title and an option can't mark a name within them: `isWhole`.
_PIECES = """
() => {
  const pieces = [];
  const place = (element) => {
    const named = element.closest("[class]");
    return element.tagName.toLowerCase() + (named ? " in ." + named.className : "");
  };
  const add = (element, text, where) => {
    if (!text || !text.trim()) return;
    const lang = (element.closest("[lang]") || document.documentElement).lang;
    pieces.push({ lang, text: text.trim(), where, isWhole: element.tagName === "OPTION" });
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    const isOthers = parent.closest("script, style, template, noscript, textarea, .card-token");
    if (!isOthers) add(parent, node.data, place(parent));
  }
  const spoken = ["alt", "aria-label", "placeholder", "title"];
  for (const element of document.body.querySelectorAll(spoken.map((name) => `[${name}]`).join(", ")))
    for (const name of spoken) add(element, element.getAttribute(name), `@${name} of ${place(element)}`);
  pieces.push({ lang: document.documentElement.lang, text: document.title, where: "title", isWhole: true });
  return pieces;
}
"""

_SMALL_TARGETS = """
(least) => {
  const small = [];
  const pressed = [
    "button", "a.btn", "summary", "select", "textarea", "input[type=file]", "input[type=text]", "input[type=search]",
    "nav.big a", ".tiles label", ".choice label", ".five label", ".tasks a", ".matter :is(h2, h3) a", ".mine a",
    ".back", ".brand",
  ].join(", ");
  for (const element of document.querySelectorAll(pressed)) {
    const { width, height } = element.getBoundingClientRect();
    const isSeen = element.checkVisibility({ visibilityProperty: true }) && (width > 1 || height > 1);
    if (!isSeen || element.closest(".visually-hidden, .skip")) continue;
    if (width >= least - 0.5 && height >= least - 0.5) continue;
    const size = `${Math.round(width)} × ${Math.round(height)}, not ${least} × ${least}`;
    small.push(`${element.tagName.toLowerCase()}.${element.className} “${element.innerText.trim()}” is ${size}`);
  }
  return small;
}
"""

_WIDER_THAN = """
(limit) => [...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > limit + 0.5)
  .map((element) => element.tagName.toLowerCase() + "." + element.className)
  .slice(0, 4)
  .join(", ")
"""


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.0, 2.1 and 2.2, levels A and AA."""
    page.evaluate(AXE_SCRIPT)
    options = {"runOnly": {"type": "tag", "values": WCAG_A_AA}, "resultTypes": ["violations"]}
    violations = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [
        f"axe {violation['id']}: {node['html'][:160]} ({' '.join(node['failureSummary'].split())[:200]})"
        for violation in violations
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Whether a screen of 320 px has to be moved sideways to read the page. Leaves the size as it was."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST_PX, "height": before["height"]})
    width = page.evaluate("document.scrollingElement.scrollWidth")
    found = [f"{width} px wide at {NARROWEST_PX}: {page.evaluate(_WIDER_THAN, NARROWEST_PX)}"]
    page.set_viewport_size(before)
    return found if width > NARROWEST_PX else []


def foreign_words(page: Page) -> list[str]:
    """Text in another language than its place declares: untranslated strings, Chinese on English pages and the like."""
    return [
        f"{piece['where']} says in {piece['lang']}: “{piece['text'][:90]}”"
        for piece in page.evaluate(_PIECES)
        if _is_foreign(piece["text"], piece["lang"], is_whole=piece["isWhole"])
    ]


def _is_foreign(text: str, declared: str, *, is_whole: bool) -> bool:
    """Where a name can't be marked, the page's own words must at least stand beside it."""
    text = NEVER_TRANSLATED.sub("", text)
    latin, han, hangul = (bool(script.search(text)) for script in (LATIN_WORD, HAN, HANGUL))
    if declared == "zh-Hans":
        return latin or hangul
    if declared == "ko":
        return latin or (han and not (is_whole and hangul))
    if declared == "en":
        return hangul or (han and not (is_whole and latin))
    return True


def small_targets(page: Page, *, is_elder: bool) -> list[str]:
    """Buttons, tiles, fields and main links that are smaller than a fingertip."""
    return page.evaluate(_SMALL_TARGETS, ELDER_TARGET_PX if is_elder else TARGET_PX)


def open_everything(page: Page) -> None:
    """Unfold what can be unfolded: what is hidden there is read, too."""
    page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true; })")
