"""The checks of the crawl find what they are for: each is shown a page that has the fault, and its repaired twin."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import checks
from tests.browser.watch import Watch

PORTAL = "http://portal.test"


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


def show(page: Page, body: str, *, lang: str = "zh-Hans", title: str = "") -> Page:
    page.set_content(
        f"<!doctype html><html lang='{lang}'><head><title>{title}</title></head><body>{body}</body></html>"
    )
    return page


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        ("zh-Hans", "<p>Report a problem</p>"),
        ("zh-Hans", "<p>周管家</p><img src='data:,' alt='Photo by the staff'>"),
        ("zh-Hans", "<input aria-label='电话' placeholder='Mobile number'>"),
        ("zh-Hans", "<details><summary>为什么</summary><p hidden>Source</p></details>"),
        ("zh-Hans", "<p>신고</p>"),
        ("en", "<p>报问题</p>"),
        ("en", "<option>3栋</option>"),
        ("en", "<p lang='zh-Hans'>The order went to 恒信物业</p>"),
        ("ko", "<p>Report a problem</p>"),
        ("ko", "<button aria-label='提交诉求'>제출</button>"),
        ("zh-Hans", "<p lang='fr'>Bonjour</p>"),
    ],
)
def test_a_planted_foreign_string_is_found(page: Page, lang: str, body: str):
    assert len(checks.foreign_words(show(page, body, lang=lang))) == 1


@pytest.mark.parametrize(
    ("lang", "body"),
    [
        (
            "zh-Hans",
            "<p>回执号 SQ-7K3M-9F2P，17:00 前，5341</p><button lang='en'>EN</button><button lang='ko'>한</button>",
        ),
        ("en", "<p><b lang='zh-Hans'>恒信物业</b> has it</p><textarea>楼道灯不亮</textarea>"),
        ("en", "<select aria-label='Who'><option>Steward Ma 马军</option><option lang='zh-Hans'>3栋</option></select>"),
        ("ko", "<p><span lang='zh-Hans'>春和苑小区</span> 3</p>"),
    ],
)
def test_marked_names_numbers_and_typed_words_are_nobodys_fault(page: Page, lang: str, body: str):
    assert checks.foreign_words(show(page, body, lang=lang)) == []


def test_an_english_title_on_a_chinese_page_is_found(page: Page):
    assert checks.foreign_words(show(page, "", title="Sign in · 有应")) == ["title says in zh-Hans: “Sign in · 有应”"]


def test_axe_finds_grey_on_grey_and_a_field_without_a_name(page: Page):
    faults = "<main><p style='color:#aaa;background:#fff'>看不清</p><input></main>"

    found = {sentence.split(":")[0] for sentence in checks.barriers(show(page, faults, title="一页"))}

    assert found == {"axe color-contrast", "axe label"}


def test_what_is_wider_than_the_screen_is_found_and_the_screen_left_as_it_was(page: Page):
    assert checks.sideways(show(page, "<p class='long' style='width:340px'>长</p>")) == [
        "348 px wide at 320: p.long",
    ]
    assert checks.sideways(show(page, "<p>短</p>")) == []
    assert page.viewport_size == {"width": 360, "height": 740}


def test_a_small_button_is_found_and_a_smaller_one_in_elder_mode(page: Page):
    show(page, "<button style='width:50px;height:50px'>好</button><button style='width:44px;height:30px'>小</button>")

    assert checks.small_targets(page, is_elder=False) == ["button. “小” is 44 × 30, not 44 × 44"]
    assert len(checks.small_targets(page, is_elder=True)) == 2


def test_the_watch_sees_errors_refused_content_and_requests_that_leave(page: Page):
    policy = "default-src 'none'; script-src 'unsafe-inline'; connect-src http://elsewhere.test"
    fault = (
        "<script>fetch('http://elsewhere.test/').catch(() => {}); nothing.there;</script><style>p { top: 0 }</style>"
    )
    page.route(f"{PORTAL}/", lambda route: route.fulfill(body=fault, headers={"Content-Security-Policy": policy}))
    page.route("http://elsewhere.test/", lambda route: route.fulfill(body=""))
    watch = Watch(page, PORTAL)

    page.goto(f"{PORTAL}/", wait_until="networkidle")

    assert "leaves the portal: http://elsewhere.test/" in watch.problems
    assert any(problem.startswith("script: nothing is not defined") for problem in watch.problems)
    assert any("Content Security Policy" in problem for problem in watch.problems)


def test_the_watch_leaves_a_page_alone_that_says_itself_that_it_is_not_found(page: Page):
    page.route(f"{PORTAL}/gone/", lambda route: route.fulfill(status=404, content_type="text/html", body="没有这一页"))
    watch = Watch(page, PORTAL)

    page.goto(f"{PORTAL}/gone/", wait_until="networkidle")

    assert watch.problems == []
