"""The checks of the crawl find what they are for: each is shown a page that has the fault, and its repaired twin."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import checks
from tests.browser.turning import Asked, NotTurned, turn
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


STYLE = "<style>.pale { color: #aaa } .dark { background: #333 } .on .text { color: #bbb }</style>"
READ = f"{STYLE}<main><p class='text'>看得清</p></main>"


def contrasts(page: Page, body: str, looks: set[str]) -> list[str]:
    return [sentence.partition(":")[0] for sentence in checks.barriers(show(page, body, title="一页"), looks)]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("class='text'", "class='text pale'"),
        ("class='text'", "class='text' style='color:#aaa'"),
        ("<main>", "<main class='dark'>"),
        ("<main>", "<main style='background:#333'>"),
        ("<main>", "<main class='on'>"),
        ("看得清</p>", "看得清</p><p class='pale'>看不清</p>"),
    ],
)
def test_words_of_another_look_are_asked_about_again(page: Page, was: str, now: str):
    looks: set[str] = set()
    assert contrasts(page, READ, looks) == []
    known = set(looks)
    for _time in range(2):
        assert contrasts(page, READ.replace(was, now), looks) == ["axe color-contrast"]
    assert known != set()
    assert looks == known


def test_words_of_a_known_look_are_not_asked_about_but_on_a_wider_screen_and_in_elder_mode(page: Page):
    looks: set[str] = set()
    numbers = []
    for width, mode in ((360, ""), (360, ""), (1280, ""), (360, "elder")):
        page.set_viewport_size({"width": width, "height": 740})
        show(page, READ, title="一页").evaluate("mode => { document.documentElement.dataset.mode = mode; }", mode)
        assert checks.barriers(page, looks) == []
        numbers.append(len(looks))
    assert numbers == [1, 1, 2, 3]


COVER = "position:absolute;top:0;left:0;width:95px;height:90px;background:#fff"
MENU = f"<div style='{COVER}'><a href='#' style='display:block;height:80px'>选</a></div>"


def test_axe_finds_a_crowded_link_but_not_one_under_an_open_menu(page: Page):
    link = "<a href='#' style='display:block;height:{0}px;width:100px'>电话</a>"
    menu = f"<details open style='position:static'><summary>筛选</summary>{MENU}</details>"

    assert checks.crowded(show(page, f"<main>{menu}{link.format(30)}</main>", title="一页")) == []
    assert len(checks.crowded(show(page, f"<main>{link.format(9) * 2}</main>", title="一页"))) > 0
    assert checks.crowded(show(page, f"<main>{MENU}{link.format(30)}</main>", title="一页")) != []


def test_axe_finds_words_that_only_a_mouse_can_move_into_sight(page: Page):
    cell = "<main><div style='overflow-x:auto;width:100px'><p style='white-space:nowrap'>{0}</p></div></main>"

    assert checks.crowded(show(page, cell.format("短"), title="一页")) == []
    found = checks.crowded(show(page, cell.format("长" * 30), title="一页"))
    assert [words.partition(":")[0] for words in found] == ["axe scrollable-region-focusable"]


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


def shape(page: Page, body: str, **of: str) -> str:
    return checks.look_at(show(page, body, **of), is_elder=False).shape


FORM = "<form><label for='words'>说说</label><input id='words' title='几句话'><ul><li>一</li><li>二</li></ul></form>"


@pytest.mark.parametrize(
    "other",
    [
        FORM.replace("说说", "Tell us").replace("几句话", "A few words"),
        FORM.replace("说说", "<span lang='zh-Hans'>说说</span>"),
        FORM.replace("<li>二</li>", "<li>二</li><li>三</li><li>四</li>"),
    ],
    ids=["other words", "a language marked", "more rows"],
)
def test_pages_that_differ_in_words_alone_are_built_alike(page: Page, other: str):
    assert shape(page, FORM, title="一页") == shape(page, other, title="A page", lang="en")


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("说说", ""),
        ("几句话", " "),
        (" for='words'", ""),
        ("<input", "<input class='pale'"),
        ("<ul", "<ul role='tablist'"),
        ("<li>二</li>", "<li>二</li><li><b>三</b></li>"),
        ("<ul>", "<p>还有</p><ul>"),
    ],
)
def test_a_page_that_axe_could_judge_otherwise_is_built_otherwise(page: Page, was: str, now: str):
    assert shape(page, FORM) != shape(page, FORM.replace(was, now))


def test_elder_mode_is_another_shape(page: Page):
    before = shape(page, FORM)
    page.evaluate("document.documentElement.dataset.mode = 'elder'")

    assert checks.look_at(page, is_elder=True).shape != before


ANSWERS = {
    "/zh/": "<html lang='zh-Hans'><title>一</title><body><p>报问题</p></body></html>",
    "/en/": "<html lang='en' data-mode='elder'><title>One</title><body class='big'><p>报问题</p></body></html>",
    "/other/": "<html lang='en'><link rel='stylesheet' href='/o.css'><body><p>Two</p></body></html>",
}


@pytest.fixture
def served(page: Page) -> Page:
    """A page at /zh/ of a portal that has two others, one with a style sheet of its own."""

    def answer(route):
        path = route.request.url.removeprefix(PORTAL)
        body = ANSWERS[path].replace("报问题", route.request.post_data or "报问题")
        route.fulfill(
            status=400 if route.request.method == "POST" else 200, content_type="text/html; charset=utf-8", body=body
        )

    page.route(f"{PORTAL}/**", answer)
    page.goto(f"{PORTAL}/zh/")
    return page


def test_a_turned_page_is_the_other_answer_with_its_language_and_mode(served: Page):
    assert turn(served, Asked("/en/")) == 200

    seen = checks.look_at(served, is_elder=True)
    assert (seen.lang, seen.mode, served.title()) == ("en", "elder", "One")
    assert seen.faults == ["p in .big says in en: “报问题”"]


def test_a_clock_of_the_page_that_was_there_does_not_write_on_the_turned_one(served: Page):
    served.evaluate("setInterval(() => { document.querySelector('p').textContent = '还有 2 分'; }, 5)")
    served.locator("p", has_text="还有 2 分").wait_for()

    turn(served, Asked("/en/"))

    served.wait_for_timeout(50)
    assert served.locator("p").inner_text() == "报问题"


def test_what_a_form_was_answered_with_is_asked_for_again_with_the_form(served: Page):
    status = turn(served, Asked("/zh/", "POST", "text/plain", "太短".encode()))

    assert (status, served.locator("p").inner_text()) == (400, "太短")


def test_a_page_with_other_style_sheets_is_not_turned_but_left_to_be_opened(served: Page):
    with pytest.raises(NotTurned):
        turn(served, Asked("/other/"))

    assert served.locator("p").inner_text() == "报问题"
