"""What a page must be, whatever it shows: readable by everybody, narrow enough, in one language, easy to press.

Each check returns its findings as sentences; none found is [].
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.cast import PEOPLE

NARROWEST_PX = 320
TARGET_PX, ELDER_TARGET_PX = 44, 60
WCAG_A_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
# What longer words alone can break: targets too small or too close, and what can be moved aside by the mouse only.
ABOUT_ROOM = ["target-size", "scrollable-region-focusable"]

# What is written in Latin letters in every language; Korean readers know Chinese surnames by these, too.
SURNAMES = "|".join(sorted({latin for _full_name, latin in PEOPLE.values()}, key=len, reverse=True))
NEVER_TRANSLATED = re.compile(
    rf"""
    SQ-[0-9A-Z]{{4}}-[0-9A-Z]{{4}}      # receipt numbers, of petitions
    | [2-9A-Z]{{4}}(?:-[2-9A-Z]{{4}}){{3}} # of ballots
    | \b[0-9a-f]{{64}}\b                # seals, of minutes
    | 语言\ Language\ 언어               # the language switch speaks to all
    | (?<![A-Za-z])(?:JPEG|PNG|WebP|HEIC|XLSX|MB|QR|{SURNAMES})(?![A-Za-z])
    | \.(?:png|xlsx)\b                  # of a file that somebody has named
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

# How a page is built: its elements with what assistive technology goes by, text as a dot. Of siblings that are built
# alike two are enough; a mark of language alone is no part of it, nor which row it is, nor which language is pressed.
_SHAPE = """
() => {
  const said = new Set(["title", "alt", "placeholder", "aria-label", "value", "aria-valuetext", "href", "src"]);
  const left = /^(lang|data-|datetime|action|hx-|x-|nonce|srcset)/;
  const numbers = /[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+/g;
  const attribute = ({ name, value }) => {
    if (left.test(name)) return "";
    if (said.has(name)) return `${name}=${value.trim() ? "." : ""} `;
    return `${name}=${value.replace(numbers, "#")} `;
  };
  const within = (element) => {
    const parts = [];
    const add = (part) => {
      const last = parts.length - 1;
      if (part === "." ? parts[last] === "." : parts[last] === part && parts[last - 1] === part) return;
      parts.push(part);
    };
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE && node.data.trim()) add(".");
      if (node.nodeType === Node.ELEMENT_NODE) shape(node).forEach(add);
    }
    return parts;
  };
  const shape = (element) => {
    const names = element.getAttributeNames();
    if (names.length === 1 && names[0] === "lang") return within(element);
    const tag = element.localName;
    if (tag === "svg" || tag === "script" || element.matches(".langs")) return [`<${tag}>`];
    return [`<${tag} ${[...element.attributes].map(attribute).join("")}>${within(element).join("")}</>`];
  };
  const root = document.documentElement;
  return `${root.dataset.mode || ""} ${document.title.trim() ? "titled" : ""} ${shape(document.body)[0]}`;
}
"""

# Media and style sheets of other places are not waited for: there are none (`Watch` sees to it).
_AXE_OPTIONS = {"resultTypes": ["violations"], "preload": False, "performanceTimer": False}


# Contrast is most of axe's work, and words that look alike on alike grounds have the same: in places of the same tags
# and classes, all the way up, in the same computed colours, size and weight, in the same mode, on a screen of the same
# width. Where axe found it enough, it isn't asked again; where it couldn't tell, or found too little, it is.
_ONCE_FOR_EACH_LOOK = """
(known) => {
  const sound = new Set(known), found = [], grounds = new Map();
  const short = (text) => {
    let one = 0xdeadbeef, two = 0x41c6ce57;
    for (let at = 0; at < text.length; at += 1) {
      one = Math.imul(one ^ text.charCodeAt(at), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(at), 1597334677);
    }
    return (one >>> 0).toString(36) + (two >>> 0).toString(36);
  };
  const ground = (element) => {
    if (!element) return `${innerWidth} ${document.documentElement.dataset.mode}`;
    if (!grounds.has(element)) {
      const style = getComputedStyle(element);
      const own = [
        element.localName, element.getAttribute("class"), style.backgroundColor, style.backgroundImage, style.opacity,
        style.filter, style.mixBlendMode, style.position, style.zIndex,
      ];
      grounds.set(element, short([ground(element.parentElement), ...own].join(" ")));
    }
    return grounds.get(element);
  };
  const look = (element) => {
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    return short([ground(element), color, fontSize, fontWeight, textShadow].join(" "));
  };
  const rule = axe._audit.rules.find(({ id }) => id === "color-contrast");
  const check = axe._audit.checks["color-contrast"];
  const { matches } = rule, { evaluate } = check;
  rule.matches = function (element, ...rest) {
    return !sound.has(look(element)) && matches.call(this, element, ...rest);
  };
  check.evaluate = function (element, ...rest) {
    const its = look(element);
    if (sound.has(its)) return true;
    const isEnough = evaluate.call(this, element, ...rest);
    if (isEnough === true) {
      sound.add(its);
      found.push(its);
    }
    return isEnough;
  };
  const restore = () => {
    rule.matches = matches;
    check.evaluate = evaluate;
  };
  return { found, restore };
}
"""

# An open menu that floats covers what lies under it, which nobody presses then: for the rules about room it is closed.
# Where there is none, one run does for all.
_VIOLATIONS = """
async ({ options, all, aboutRoom, isRoomAlone }) => {
  const floats = (details) =>
    [...details.children].some((child) => ["absolute", "fixed"].includes(getComputedStyle(child).position));
  const violations = async (chosen) => (await axe.run({ ...options, ...chosen })).violations;
  const setting = (enabled) => Object.fromEntries(aboutRoom.map((rule) => [rule, { enabled }]));
  const menus = [...document.querySelectorAll("details[open]")].filter(floats);
  const isAtOnce = !isRoomAlone && menus.length === 0;
  const found = isRoomAlone ? [] : await violations({ runOnly: all, rules: setting(isAtOnce) });
  if (isAtOnce) return found;
  for (const menu of menus) menu.open = false;
  found.push(...(await violations({ runOnly: { type: "rule", values: aboutRoom } })));
  for (const menu of menus) menu.open = true;
  return found;
}
"""

_AXE = f"""
async ({{ known, ...asked }}) => {{
  if (!window.axe) return null;
  const looks = ({_ONCE_FOR_EACH_LOOK.strip()})(JSON.parse(known));
  try {{
    const violations = await ({_VIOLATIONS.strip()})(asked);
    return JSON.stringify({{ violations, looks: looks.found }});
  }} finally {{
    looks.restore();
  }}
}}
"""


def barriers(page: Page, looks: set[str] | None = None) -> list[str]:
    """What axe finds against WCAG 2.0, 2.1 and 2.2, levels A and AA.

    Contrast isn't asked for in `looks`, in which it is enough; those that it finds now are added.
    """
    return _violations(page, looks=looks)


def crowded(page: Page) -> list[str]:
    """What axe finds against the rules about room: `ABOUT_ROOM`."""
    return _violations(page, is_room_alone=True)


def _violations(page: Page, *, is_room_alone: bool = False, looks: set[str] | None = None) -> list[str]:
    looks = set() if looks is None else looks
    rules = {"all": {"type": "tag", "values": WCAG_A_AA}, "aboutRoom": ABOUT_ROOM}
    known = json.dumps([] if is_room_alone else sorted(looks))
    asked = {"options": _AXE_OPTIONS, **rules, "isRoomAlone": is_room_alone, "known": known}
    answer = page.evaluate(_AXE, asked)
    if answer is None:  # axe isn't on the page yet
        page.evaluate(AXE_SCRIPT)
        answer = page.evaluate(_AXE, asked)
    found = json.loads(answer)
    looks.update(found["looks"])
    return [
        f"axe {violation['id']}: {node['html'][:160]} ({' '.join(node['failureSummary'].split())[:200]})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Whether a screen of 320 px has to be moved sideways to read the page. Leaves the size as it was."""
    before = page.viewport_size
    page.set_viewport_size({"width": NARROWEST_PX, "height": before["height"]})
    found = wider_than_the_screen(page)
    page.set_viewport_size(before)
    return found


def wider_than_the_screen(page: Page) -> list[str]:
    """Whether the page has to be moved sideways on the screen as it is."""
    screen = page.viewport_size["width"]
    width = page.evaluate("document.scrollingElement.scrollWidth")
    return [f"{width} px wide at {screen}: {page.evaluate(_WIDER_THAN, screen)}"] if width > screen else []


def foreign_words(page: Page) -> list[str]:
    """Text in another language than its place declares: untranslated strings, Chinese on English pages and the like."""
    return _foreign(page.evaluate(_PIECES))


def _foreign(pieces: list[dict[str, Any]]) -> list[str]:
    return [
        f"{piece['where']} says in {piece['lang']}: “{piece['text'][:90]}”"
        for piece in pieces
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


# One question instead of five, and one text for its answer: each value of its own costs as much as a question.
_LOOK = f"""
(least) => {{
  const small = ({_SMALL_TARGETS.strip()})(least);
  document.querySelectorAll("details").forEach((details) => {{ details.open = true; }});
  const root = document.documentElement;
  const isWide = document.scrollingElement.scrollWidth > innerWidth;
  return JSON.stringify({{
    small, isWide, lang: root.lang, mode: root.dataset.mode || "standard",
    pieces: ({_PIECES.strip()})(), shape: ({_SHAPE.strip()})(),
  }});
}}
"""


@dataclass(frozen=True)
class Look:
    """What is seen of a page at a glance, everything on it unfolded: its faults but barriers, and how it is built."""

    lang: str
    mode: str
    faults: list[str]
    shape: str


def look_at(page: Page, *, is_elder: bool, is_console: bool = False) -> Look:
    """Small targets, foreign words, and what doesn't fit the screen. The console's targets are for a mouse: 24 px."""
    seen = json.loads(page.evaluate(_LOOK, ELDER_TARGET_PX if is_elder else TARGET_PX))
    faults = _foreign(seen["pieces"]) + ([] if is_console else seen["small"])
    if seen["isWide"]:
        faults += wider_than_the_screen(page)
    return Look(seen["lang"], seen["mode"], faults, seen["shape"])
