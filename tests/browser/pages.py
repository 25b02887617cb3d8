"""Every page of the loop, each in the states that have something on them: a row, an error, a clock that has run out."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from django.apps import apps
from django.urls import reverse
from playwright.sync_api import Page

from governance.imports.sheets import XLSX
from issues.deliberation.domain.attending import door_code
from residents.models import Occupancy
from tests.browser.world import World
from tests.cast import PASSWORD

fresh_numbers = (f"139{number:08}" for number in count(10_000_000))


def _stay(page: Page, world: World) -> None:
    """Nothing is pressed."""


@dataclass(frozen=True)
class Case:
    """One page in one state: who opens which address, what is done there, and what the server answers to that."""

    name: str
    who: str
    path: Callable[[World], str]
    act: Callable[[Page, World], None] = _stay
    is_for_staff: bool = False
    is_in_console: bool = False
    # Which of a register's pages it is: changelist, change, add, history …
    kind_of_register: str = ""
    # The name of the address at which a press ends, where no other case begins there.
    leads_to: str = ""

    @property
    def is_pressed(self) -> bool:
        return self.act is not _stay

    @property
    def is_error(self) -> bool:
        """Whether this is a page with what somebody got wrong, whose other state is a case, too."""
        return self.name.endswith("-error")

    def __str__(self) -> str:
        return self.name


def at(path: str) -> Callable[[World], str]:
    return lambda world: path


def petition(name: str, verb: str = "") -> Callable[[World], str]:
    return lambda world: f"/petitions/{world.receipt(name)}/{verb}"


def order(name: str, query: str = "") -> Callable[[World], str]:
    return lambda world: f"/queue/{world.order(name)}/{query}"


def people_of_the_building(world: World) -> str:
    return f"/buildings/{world.cast.building.qr_token}/people/"


def ledger(estate: str) -> Callable[[World], str]:
    return lambda world: f"/estates/{getattr(world.cast, estate).public_id}/ledger/"


def at_the_desk(name: str) -> Callable[[World], str]:
    return lambda world: f"/desk/{world.orders[name].issue.public_id}/"


def home_at_desk(name: str) -> Callable[[World], str]:
    return lambda world: (
        f"/desk/homes/{Occupancy.objects.filter(user=getattr(world.cast, name)).earliest('pk').public_id}/"
    )


def account_asked_of(body: str) -> Callable[[World], str]:
    return lambda world: f"/supervisions/{getattr(world.cast, body).supervisions.earliest('pk').public_id}/"


def step(name: str, verb: str) -> Callable[[World], str]:
    return lambda world: f"/petitions/new/{world.drafts[name].token}/{verb}/"


def vote(name: str) -> Callable[[World], str]:
    return lambda world: f"/votes/{world.votes[name].public_id}/"


def topic(name: str) -> Callable[[World], str]:
    return lambda world: f"/topics/{world.topics[name].public_id}/"


def topic_at_desk(name: str) -> Callable[[World], str]:
    return lambda world: f"/desk/topics/{world.topics[name].public_id}/"


def commitment(name: str, rest: str = "") -> Callable[[World], str]:
    return lambda world: f"/commitments/{world.commitments[name].public_id}/{rest}"


def open_part(world: World) -> str:
    part = world.commitments["in_parts"].parts.filter(done_at=None).first()
    return f"/commitments/{part.commitment.public_id}/parts/{part.public_id}/"


def commitment_at_desk(name: str) -> Callable[[World], str]:
    return lambda world: f"/desk/commitments/{world.commitments[name].public_id}/"


def ballot(name: str, door: str) -> Callable[[World], str]:
    return lambda world: world.ballot(name, door)


def vote_at_desk(name: str, verb: str = "") -> Callable[[World], str]:
    return lambda world: f"/desk/votes/{world.votes[name].public_id}/{verb}"


def meeting(name: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"/meetings/{world.meetings[name].public_id}/{part}"


def at_the_door(world: World) -> str:
    there = world.meetings["meeting_now"]
    return f"/meetings/{there.public_id}/here/?door={door_code(there)}"


def meeting_at_desk(name: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"/desk/meetings/{world.meetings[name].public_id}/{part}"


def survey(name: str) -> Callable[[World], str]:
    return lambda world: f"/surveys/{world.surveys[name].public_id}/"


def survey_at_desk(name: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"/desk/surveys/{world.surveys[name].public_id}/{part}"


def point_of(name: str) -> Callable[[World], str]:
    def path(world: World) -> str:
        item = world.meetings[name]
        return f"/desk/meetings/{item.meeting.public_id}/points/{item.public_id}/"

    return path


def a_line(world: World) -> str:
    line = world.meetings["minute_line"]
    return f"/desk/meetings/{line.item.meeting.public_id}/lines/{line.public_id}/"


def found(name: str) -> Callable[[World], str]:
    return lambda world: f"/outdoors/{world.findings[name].public_id}/"


def imported(number: str) -> Callable[[World], str]:
    return lambda world: f"/desk/imported/{world.receipt(f'imported_{number}')}/"


def order_of_finding(name: str) -> Callable[[World], str]:
    return lambda world: f"/queue/{world.findings[name].orders.get().public_id}/"


def account(name: str) -> Callable[[World], str]:
    return lambda world: f"/supervisions/{world.accounts[name].public_id}/"


# --- what is done on a page ---


def submit(selector: str, by: str = "") -> Callable[[Page, World], None]:
    """Send a form as it stands, whatever the browser thinks of it, and wait for the answer. `by`: which button."""

    def act(page: Page, world: World) -> None:
        form = page.locator(selector)
        with page.expect_navigation():
            form.evaluate(
                "(form, by) => { form.noValidate = true; form.requestSubmit(by ? form.querySelector(by) : null); }", by
            )

    return act


def submit_to(page: Page, path: str) -> None:
    """Send the page's first form to another address, and wait for the answer."""
    form = page.locator("main form[method=post]").first
    with page.expect_navigation():
        form.evaluate("(form, path) => { form.action = path; form.requestSubmit(); }", path)


def ask_for_code(page: Page, world: World) -> None:
    page.locator("#id_phone").fill(next(fresh_numbers))
    submit("main form:has(#id_phone)")(page, world)


def close_by_a_wrong_code(page: Page, world: World) -> None:
    submit("main form:has([name=send])", "[name=send]")(page, world)
    page.locator("#id_code").fill("12")
    submit("main form:has(#id_code)")(page, world)


def type_a_wrong_code(page: Page, world: World) -> None:
    ask_for_code(page, world)
    page.locator("#id_code").fill("12")
    submit("main form:has(#id_code)")(page, world)


def type_a_wrong_password(page: Page, world: World) -> None:
    page.locator("#id_login").fill(next(fresh_numbers))
    page.locator("#id_password").fill(f"{PASSWORD}?")
    submit("main form:has(#id_login)")(page, world)


def ask_for_an_unknown_door(page: Page, world: World) -> None:
    page.locator("#id_building").select_option(index=1)
    page.locator("#id_stairwell").fill("1")
    page.locator("#id_number").fill("9999")
    submit("main form:has(#id_number)")(page, world)


def choose_a_renamed_picture(page: Page, world: World) -> None:
    drawing = {"name": "灯.png", "mimeType": "image/png", "buffer": b"<svg xmlns='http://www.w3.org/2000/svg'/>"}
    with page.expect_navigation():
        page.locator("#photos").set_input_files(drawing)
    page.locator(".messages .alert-warning").first.wait_for()


def show_a_number(page: Page, world: World) -> None:
    submit("main form[action$='number/'] >> nth=0")(page, world)


def press_reload_after_taken(page: Page, world: World) -> None:
    """Claim, from a page of one's own, what a colleague has taken."""
    submit_to(page, f"/queue/{world.order('taken')}/accept/")
    page.locator(".taken").first.wait_for()


def accept_what_is_finished(page: Page, world: World) -> None:
    """The page of a refusal: somebody nudges what is finished, from a page that was left open."""
    submit_to(page, f"/petitions/{world.receipt('finished')}/nudge/")
    page.wait_for_url("**/nudge/")


def file_for_somebody(page: Page, world: World) -> None:
    number = next(fresh_numbers)
    page.locator("#id_name").fill("胡德全")
    page.locator("#id_phone").fill(number)
    page.locator("label[for=id_channel_0], label:has(#id_channel_0)").first.click()
    page.locator("#id_words").fill("楼道灯不亮。")
    page.locator("#id_category").select_option("noise")
    page.locator("label[for=id_name_visibility_0], label:has(#id_name_visibility_0)").first.click()
    page.locator("#id_has_agreed").check()
    submit("main form[method=post]")(page, world)
    page.locator("#id_phone_again").fill(number)
    submit("main form[method=post]")(page, world)
    page.locator(".confirmed .receipt-no").wait_for()


def type_a_new_number(page: Page, world: World) -> None:
    page.locator("#id_phone").fill(next(fresh_numbers))
    submit("main form[method=post]")(page, world)


def save_after_a_colleague(page: Page, world: World) -> None:
    """Save a register's row from a page that was opened before somebody else changed it."""
    page.locator("[name=version]").first.evaluate("field => { field.value = 1; }")
    submit("main form:has([name=_save])")(page, world)


def end_before_it_began(page: Page, world: World) -> None:
    page.locator("[name=on]").first.fill("1990-01-01")
    submit("main form[method=post]")(page, world)


def bring_no_workbook(page: Page, world: World) -> None:
    page.locator("#id_file").set_input_files({"name": "小区.xls", "mimeType": XLSX, "buffer": b"no workbook"})
    submit("main form:has(#id_file)")(page, world)


def preview_the_version(page: Page, world: World) -> None:
    page.locator("[name=reason]").fill("雨季到场慢")
    with page.expect_navigation():
        page.locator("[name=_preview]").click()
    page.locator("#preview").wait_for()


def _taken_row(world: World) -> str:
    return f"/queue/?taken={world.order('taken')}~3"


def choose_and_check(page: Page, world: World) -> None:
    page.locator("#choice-abstain").check()
    submit("main form:has([name=sending])")(page, world)
    page.locator("button[name=sure]").wait_for()


def hand_in_another(page: Page, world: World) -> None:
    """Hand in, from this page, the ballot of another vote: always the same one, so that it can be done again."""
    form = page.locator("main form:has([name=sending])")
    send = """(form, [path, sending]) => {
        form.action = path;
        form.elements.sending.value = sending;
        form.querySelector("#choice-abstain").checked = true;
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "sure", value: "1" }));
        form.requestSubmit();
    }"""
    with page.expect_navigation():
        form.evaluate(send, [world.ballot("taken", "102"), "00000000-0000-4000-8000-000000000001"])
    page.locator(".receipt").wait_for()


PUBLIC = (
    Case("welcome", "", at("/")),
    Case("sign-in", "", at("/account/login/")),
    Case("sign-in-error", "", at("/account/login/"), submit("main form:has(#id_phone)")),
    Case("code", "", at("/account/login/"), ask_for_code, leads_to="account_code"),
    Case("code-error", "", at("/account/login/"), type_a_wrong_code),
    Case("password", "", at("/account/login/password/")),
    Case("password-error", "", at("/account/login/password/"), type_a_wrong_password),
    Case("privacy", "", at("/privacy/")),
    Case("erased", "", lambda world: f"/account/erased/{world.erasure.public_id}/"),
    Case("deadlines", "", at("/deadlines/")),
    Case("building-people", "", people_of_the_building),
    Case("estates", "", at("/estates/")),
    Case("estates-no-match", "", at("/estates/?q=航天")),
    Case("ledger", "", ledger("estate")),
    Case("ledger-empty", "", ledger("strange_estate")),
    Case("not-found", "", at("/nothing/here/")),
)
FILING = (
    Case("file-begun", "li", at("/petitions/new/")),
    Case("file-photo", "xu", step("ready", "photo")),
    Case("file-photo-error", "stranger", step("empty", "photo"), choose_a_renamed_picture),
    Case("file-category", "stranger", step("empty", "category")),
    Case("file-category-found", "stranger", lambda world: step("empty", "category")(world) + "?q=漏水"),
    Case("file-category-not-found", "stranger", lambda world: step("empty", "category")(world) + "?q=航天"),
    Case("file-category-error", "stranger", step("empty", "category"), submit("#step")),
    Case("file-estate", "stranger", step("empty", "place")),
    Case("file-estate-error", "stranger", step("empty", "place"), submit("#step")),
    Case("file-place", "xu", step("ready", "place")),
    Case("file-words", "xu", step("ready", "words")),
    Case("file-words-error", "stranger", step("empty", "words"), submit("#step")),
    Case("file-words-nameless", "gao", step("no_words", "words")),
    Case("file-check", "xu", step("ready", "check")),
    Case("file-check-alike", "li", step("alike", "check")),
    Case("file-check-emergency", "xu", step("emergency", "check")),
    Case("file-check-error", "stranger", step("empty", "check"), submit("#step")),
    Case("filed", "li", petition("overdue", "filed/")),
    Case("filed-street", "li", petition("street", "filed/")),
)
FOLLOWING = (
    Case("home", "li", at("/")),
    Case("home-empty", "stranger", at("/")),
    Case("petitions", "li", at("/petitions/")),
    Case("petitions-finished", "li", at("/petitions/?show=finished")),
    Case("petitions-empty", "stranger", at("/petitions/")),
    Case("petition-street", "li", petition("street")),
    Case("petition-overdue", "li", petition("overdue")),
    Case("petition-soon", "li", petition("soon")),
    Case("petition-finished", "li", petition("finished")),
    Case("petition-rating-error", "li", petition("finished"), submit("#rate")),
    Case("petition-rated", "li", petition("rated")),
    Case("petition-reopened", "li", petition("reopened")),
    Case("petition-withdrawn", "li", petition("withdrawn")),
    Case("petition-declined", "xu", petition("declined")),
    Case("petition-checked", "xu", petition("checked")),
    Case("petition-written-down", "wang", petition("told")),
    Case("supplement", "li", petition("overdue", "supplement/")),
    Case("supplement-error", "li", petition("overdue", "supplement/"), submit("main form")),
    Case("withdraw", "li", petition("overdue", "withdraw/")),
    Case("refused", "li", petition("overdue", "supplement/"), accept_what_is_finished),
    Case("inbox", "li", at("/inbox/")),
    Case("inbox-empty", "stranger", at("/inbox/")),
    Case("account", "li", at("/account/")),
    Case("own-data", "li", at("/account/data/")),
    Case("own-data-code", "li", at("/account/data/"), submit("main form:has([name=send])", "[name=send]")),
    Case("own-data-error", "li", at("/account/data/"), close_by_a_wrong_code),
    Case("change-password", "li", at("/account/password/change/")),
    Case("change-password-error", "li", at("/account/password/change/"), submit("main form")),
    Case("set-password", "tian", at("/account/password/set/")),
    Case("sign-out", "li", at("/account/logout/")),
    Case("homes", "wang", at("/homes/")),
    Case("homes-disputed", "gao", at("/homes/")),
    Case("homes-declined", "zhao", at("/homes/")),
    Case("homes-empty", "chen", at("/homes/")),
    Case("home-claim-estate", "li", at("/homes/claim/")),
    Case("home-claim", "li", lambda world: f"/homes/claim/?estate={world.cast.estate.pk}"),
    Case(
        "home-claim-error",
        "li",
        lambda world: f"/homes/claim/?estate={world.cast.estate.pk}",
        ask_for_an_unknown_door,
    ),
    Case("topics", "li", at("/topics/")),
    Case("topics-empty", "stranger", at("/topics/")),
    Case("topic-new", "li", at("/topics/new/")),
    Case("topic-new-error", "li", at("/topics/new/"), submit("main form[method=post]")),
    Case("topic-new-no-home", "zhou", at("/topics/new/")),
    Case("topic-waiting", "li", topic("waiting")),
    Case("topic-gathering", "xu", topic("gathering")),
    Case("topic-accepted", "", topic("accepted")),
    Case("topic-merged", "li", topic("merged")),
    Case("topic-closed", "li", topic("closed")),
    Case("commitment-not-done", "xu", commitment("accepted", "not-done/")),
    Case("commitment-not-done-said", "li", commitment("accepted", "not-done/")),
    Case("commitment-not-done-mine", "wang", commitment("accepted", "not-done/")),
    Case(
        "commitment-not-done-error",
        "wang",
        commitment("accepted", "not-done/"),
        submit("main form[method=post]"),
    ),
    Case("topic-judge-error", "li", topic("closed"), submit("form[action$='/judge/']")),
    Case("meetings", "li", at("/meetings/")),
    Case("meetings-empty", "stranger", at("/meetings/")),
    Case("meeting-called", "li", meeting("meeting_called")),
    Case("meeting-held", "li", meeting("meeting_held")),
    Case("meeting-minutes-out", "li", meeting("meeting_asked_to_change")),
    Case("meeting-change-error", "li", meeting("meeting_checked"), submit("form[action$='/changes/']")),
    Case("meeting-cancelled", "li", meeting("meeting_cancelled")),
    Case("meeting-assembly", "li", meeting("assembly")),
    Case("meeting-proxy-error", "li", meeting("assembly"), submit("form[action$='/proxy/']")),
    Case("meeting-minutes", "li", meeting("meeting_checked", "minutes/2/")),
    Case("meeting-minutes-differ", "wu", meeting("meeting_checked", "minutes/2/")),
    Case("meeting-here", "li", at_the_door),
    Case("meeting-here-forged", "li", meeting("meeting_now", "here/?door=x")),
    Case("surveys", "li", at("/surveys/")),
    Case("surveys-empty", "stranger", at("/surveys/")),
    Case("survey-open", "li", survey("survey_open")),
    Case("survey-open-read", "sun", survey("survey_open")),
    Case("survey-answer-error", "li", survey("survey_open"), submit("main form[action$='/answer/']")),
    Case("survey-closed", "", survey("survey_closed")),
    Case("votes", "li", at("/votes/")),
    Case("votes-empty", "stranger", at("/votes/")),
    Case("vote-announced", "li", vote("announced")),
    Case("vote-open", "li", vote("open")),
    Case("vote-open-read", "zhou", vote("open")),
    Case("vote-handed-in", "li", vote("taken")),
    Case("vote-passed", "li", vote("passed")),
    Case("vote-failed", "xu", vote("failed")),
    Case("vote-recorded", "li", vote("recorded")),
    Case("vote-withdrawn", "li", vote("withdrawn")),
    Case("vote-objection-error", "li", vote("failed"), submit("form[action$='/object/']")),
    Case("vote-mandate-error", "li", vote("open"), submit("form[action$='/mandate/']")),
    Case("vote-receipt", "li", lambda world: f"{vote('failed')(world)}receipt/"),
    Case("vote-receipt-none", "li", lambda world: f"{vote('failed')(world)}receipt/?number=AAAA-2222"),
    Case("vote-ballot", "li", ballot("open", "101")),
    Case("vote-ballot-error", "li", ballot("unwanted", "101"), submit("main form:has([name=sending])")),
    Case("vote-ballot-mandate", "li", ballot("open", "103")),
    Case("vote-ballot-check", "li", ballot("open", "101"), choose_and_check),
    Case("vote-ballot-taken", "li", ballot("open", "101"), hand_in_another),
    Case("vote-ballot-handed-in", "li", ballot("taken", "101")),
    Case("vote-ballot-closed", "li", ballot("failed", "101")),
    Case("vote-ballot-election-error", "li", ballot("electing", "101"), submit("main form:has([name=sending])")),
    Case("vote-elected", "li", vote("elected")),
    Case("vote-seated", "li", vote("seated")),
)
WORKING = (
    Case("queue", "zhou", at("/queue/"), is_for_staff=True),
    Case("queue-taken", "zhou", _taken_row, is_for_staff=True),
    Case("queue-empty", "strange_steward", at("/queue/"), is_for_staff=True),
    Case("queue-no-match", "gao", at("/queue/?whose=mine"), is_for_staff=True),
    Case("queue-street", "sun", at("/queue/"), is_for_staff=True),
    Case("queue-community", "wu", at("/queue/?whose=area"), is_for_staff=True),
    Case("queue-manager", "zheng", at("/queue/"), is_for_staff=True),
    Case("order-dispatched", "zhou", order("overdue"), is_for_staff=True),
    Case("order-accepted", "zhou", order("accepted"), is_for_staff=True),
    Case("order-arrived", "zhou", order("soon"), is_for_staff=True),
    Case("order-done", "zhou", order("rated"), is_for_staff=True),
    Case("order-returned", "wu", order("returned"), is_for_staff=True),
    Case("order-withdrawn", "zhou", order("withdrawn"), is_for_staff=True),
    Case("order-manager", "zheng", order("accepted", "?do=reassign"), is_for_staff=True),
    Case("order-plan-error", "liu", order("later"), submit("#plan form"), is_for_staff=True),
    Case("order-finish-error", "zhou", order("soon"), submit("#finish form"), is_for_staff=True),
    Case("order-return-error", "zhou", order("accepted"), submit("#return form"), is_for_staff=True),
    Case("order-note-error", "zhou", order("soon"), submit("#note form"), is_for_staff=True),
    Case("order-reassign-error", "zheng", order("accepted"), submit("#reassign form"), is_for_staff=True),
    Case("order-street", "sun", order("street"), is_for_staff=True),
    Case("order-dispute", "wu", order("dispute"), is_for_staff=True),
    Case("claim-lost", "zhou", order("overdue"), press_reload_after_taken, is_for_staff=True),
    Case("post-only", "zhou", order("overdue", "accept/"), is_for_staff=True),
    Case("building-scanned", "zhou", lambda world: f"/b/{world.cast.building.qr_token}/", is_for_staff=True),
    Case("building-cards", "zheng", at("/buildings/cards/"), is_for_staff=True),
    Case("desk", "wu", at("/desk/"), is_for_staff=True),
    Case("desk-matter", "wu", at_the_desk("returned"), is_for_staff=True),
    Case("desk-sorted", "wu", at_the_desk("overdue"), is_for_staff=True),
    Case("desk-decline-error", "wu", at_the_desk("returned"), submit("#decline form"), is_for_staff=True),
    Case("desk-empty", "strange_worker", at("/desk/"), is_for_staff=True),
    Case("desk-homes", "wu", at("/desk/homes/"), is_for_staff=True),
    Case("desk-homes-no-match", "wu", at("/desk/homes/?number=999"), is_for_staff=True),
    Case("desk-home", "wu", home_at_desk("wang"), is_for_staff=True),
    Case("desk-home-confirmed", "wu", home_at_desk("li"), is_for_staff=True),
    Case("desk-home-error", "wu", home_at_desk("wang"), submit("#verify form"), is_for_staff=True),
    Case("imported", "sun", at("/desk/imported/"), is_for_staff=True),
    Case("imported-answered", "sun", at("/desk/imported/?show=answered"), is_for_staff=True),
    Case("imported-community", "wu", at("/desk/imported/"), is_for_staff=True),
    Case("imported-empty", "strange_officer", at("/desk/imported/?show=placed"), is_for_staff=True),
    Case("imported-petition", "sun", imported("2"), is_for_staff=True),
    Case("imported-petition-error", "sun", imported("2"), submit("#place-form"), is_for_staff=True),
    Case("imported-petition-answered", "sun", imported("1"), is_for_staff=True),
    Case("imported-petition-given", "wu", imported("3"), is_for_staff=True),
    Case("imported-placed", "sun", at("/desk/imported/?show=placed"), is_for_staff=True),
    Case("imported-no-match", "sun", at("/desk/imported/?show=placed&community=none"), is_for_staff=True),
    Case("imported-give-error", "sun", imported("3"), submit("form[action$='/give/']"), is_for_staff=True),
    Case("imported-petition-placed", "wu", imported("4"), is_for_staff=True),
    Case("search", "wu", at("/search/"), is_for_staff=True),
    Case("search-hits", "sun", at("/search/?q=漏水"), is_for_staff=True),
    Case("search-nothing", "yu", at("/search/?q=西瓜太郎"), is_for_staff=True),
    Case("search-one-sign", "sun", at("/search/?q=漏"), is_for_staff=True),
    Case("supervisions", "wu", at("/supervisions/"), is_for_staff=True),
    Case("supervisions-empty", "strange_manager", at("/supervisions/"), is_for_staff=True),
    Case("supervision", "zheng", account_asked_of("hengxin"), is_for_staff=True),
    Case("supervision-error", "zheng", account_asked_of("hengxin"), submit("#answer form"), is_for_staff=True),
    Case("desk-commitments", "chen", at("/desk/commitments/"), is_for_staff=True),
    Case("desk-commitments-none", "chen", at("/desk/commitments/?show=late&body=x"), is_for_staff=True),
    Case("desk-commitments-empty", "strange_officer", at("/desk/commitments/"), is_for_staff=True),
    Case("desk-commitment-to-accept", "chen", commitment_at_desk("reported"), is_for_staff=True),
    Case(
        "desk-commitment-accept-error",
        "chen",
        commitment_at_desk("reported"),
        submit("form[action$='/accept/']"),
        is_for_staff=True,
    ),
    Case("desk-commitment-in-parts", "sun", commitment_at_desk("in_parts"), is_for_staff=True),
    Case("desk-commitment-doubted", "chen", commitment_at_desk("accepted"), is_for_staff=True),
    Case(
        "desk-commitment-answer-error",
        "chen",
        commitment_at_desk("accepted"),
        submit("form[action*='/doubts/']"),
        is_for_staff=True,
    ),
    Case("desk-commitment-read", "wu", commitment_at_desk("of_community"), is_for_staff=True),
    Case(
        "desk-commitment-new",
        "wu",
        lambda world: f"{topic_at_desk('accepted')(world)}commitments/new/",
        is_for_staff=True,
    ),
    Case(
        "desk-commitment-new-error",
        "wu",
        lambda world: f"{topic_at_desk('accepted')(world)}commitments/new/",
        submit("main form[method=post]"),
        is_for_staff=True,
    ),
    Case("commitment", "zhou", commitment("in_parts"), is_for_staff=True),
    Case(
        "commitment-block-error", "zhou", commitment("in_parts"), submit("form[action$='/block/']"), is_for_staff=True
    ),
    Case("commitment-reported", "zheng", commitment("reported"), is_for_staff=True),
    Case("commitment-part", "zhou", open_part, is_for_staff=True),
    Case("commitment-part-error", "zhou", open_part, submit("main form[method=post]"), is_for_staff=True),
    Case("desk-topics", "chen", at("/desk/topics/"), is_for_staff=True),
    Case("desk-topics-empty", "strange_officer", at("/desk/topics/"), is_for_staff=True),
    Case("desk-topic-new", "wu", at("/desk/topics/new/"), is_for_staff=True),
    Case("desk-topic-new-error", "wu", at("/desk/topics/new/"), submit("main form[method=post]"), is_for_staff=True),
    Case("desk-topic-vet", "chen", topic_at_desk("waiting"), is_for_staff=True),
    Case(
        "desk-topic-vet-error", "chen", topic_at_desk("waiting"), submit("form[action$='/accept/']"), is_for_staff=True
    ),
    Case("desk-topic-read", "wu", topic_at_desk("waiting"), is_for_staff=True),
    Case("desk-topic-accepted", "chen", topic_at_desk("accepted"), is_for_staff=True),
    Case("desk-topic-about-office", "sun", topic_at_desk("about_office"), is_for_staff=True),
    Case("desk-votes", "wu", at("/desk/votes/"), is_for_staff=True),
    Case("desk-votes-empty", "strange_worker", at("/desk/votes/"), is_for_staff=True),
    Case("desk-vote-new", "wu", at("/desk/votes/new/"), is_for_staff=True),
    Case("desk-vote-new-error", "wu", at("/desk/votes/new/"), submit("main form[method=post]"), is_for_staff=True),
    Case("desk-vote-edit", "wu", vote_at_desk("ready", "edit/"), is_for_staff=True),
    Case("desk-vote-too-early", "wu", vote_at_desk("too_early"), is_for_staff=True),
    Case(
        "desk-vote-publish-error",
        "wu",
        vote_at_desk("too_early"),
        submit("form[action$='publish/']"),
        is_for_staff=True,
    ),
    Case("desk-vote-ready", "sun", vote_at_desk("ready"), is_for_staff=True),
    Case("desk-vote-announced", "wu", vote_at_desk("announced"), is_for_staff=True),
    Case("desk-vote-open", "wu", vote_at_desk("open"), is_for_staff=True),
    Case(
        "desk-vote-withdraw-error",
        "wu",
        vote_at_desk("open"),
        submit("form[action$='ask_to_withdraw/']"),
        is_for_staff=True,
    ),
    Case("desk-vote-unwanted", "wu", vote_at_desk("unwanted"), is_for_staff=True),
    Case("desk-vote-to-agree", "sun", vote_at_desk("unwanted"), is_for_staff=True),
    Case("desk-papers", "wu", vote_at_desk("open", "papers/"), is_for_staff=True),
    Case(
        "desk-papers-error", "wu", vote_at_desk("open", "papers/"), submit("main form[method=post]"), is_for_staff=True
    ),
    Case(
        "desk-deliveries-error",
        "wu",
        vote_at_desk("open", "deliveries/"),
        submit("main form[method=post]"),
        is_for_staff=True,
    ),
    Case("desk-paper-check", "wu", lambda world: world.paper_to_check(), is_for_staff=True),
    Case("desk-vote-withdrawn", "wu", vote_at_desk("withdrawn"), is_for_staff=True),
    Case("desk-vote-counted", "sun", vote_at_desk("failed"), is_for_staff=True),
    Case("desk-surveys", "wu", at("/desk/surveys/"), is_for_staff=True),
    Case("desk-surveys-empty", "strange_worker", at("/desk/surveys/"), is_for_staff=True),
    Case("desk-survey-new", "chen", at("/desk/surveys/new/"), is_for_staff=True),
    Case("desk-survey-new-error", "wu", at("/desk/surveys/new/"), submit("main form[method=post]"), is_for_staff=True),
    Case("desk-survey-edit", "wu", survey_at_desk("survey_draft", "edit/"), is_for_staff=True),
    Case("desk-survey-draft", "wu", survey_at_desk("survey_draft"), is_for_staff=True),
    Case(
        "desk-survey-question-error",
        "wu",
        survey_at_desk("survey_draft"),
        submit("main form[action$='/ask/'] >> nth=-1"),
        is_for_staff=True,
    ),
    Case("desk-survey-open", "wu", survey_at_desk("survey_open"), is_for_staff=True),
    Case("desk-survey-sheet", "wu", survey_at_desk("survey_open", "sheet/"), is_for_staff=True),
    Case(
        "desk-survey-sheet-error",
        "wu",
        survey_at_desk("survey_open", "sheet/"),
        submit("main form[method=post]"),
        is_for_staff=True,
    ),
    Case("desk-survey-closed", "sun", survey_at_desk("survey_closed"), is_for_staff=True),
    Case("desk-vote-entered", "sun", vote_at_desk("entered"), is_for_staff=True),
    Case("desk-vote-elected", "wu", vote_at_desk("elected"), is_for_staff=True),
    Case("desk-vote-seated", "sun", vote_at_desk("seated"), is_for_staff=True),
    Case(
        "desk-vote-result-error",
        "wu",
        vote_at_desk("elsewhere"),
        submit("form[action$='/enter_result/']"),
        is_for_staff=True,
    ),
    Case("desk-meetings", "wu", at("/desk/meetings/"), is_for_staff=True),
    Case("desk-meetings-empty", "strange_worker", at("/desk/meetings/"), is_for_staff=True),
    Case("desk-meeting-new", "chen", at("/desk/meetings/new/"), is_for_staff=True),
    Case(
        "desk-meeting-new-error", "wu", at("/desk/meetings/new/"), submit("main form[method=post]"), is_for_staff=True
    ),
    Case("desk-meeting-edit", "wu", meeting_at_desk("meeting_draft", "edit/"), is_for_staff=True),
    Case("desk-meeting-change", "wu", meeting_at_desk("meeting_called", "edit/"), is_for_staff=True),
    Case("desk-meeting-draft", "wu", meeting_at_desk("meeting_draft"), is_for_staff=True),
    Case("desk-meeting-too-early", "wu", meeting_at_desk("meeting_too_early"), is_for_staff=True),
    Case(
        "desk-meeting-call-error",
        "wu",
        meeting_at_desk("meeting_too_early"),
        submit("form[action$='/call/']"),
        is_for_staff=True,
    ),
    Case(
        "desk-meeting-item-error",
        "wu",
        meeting_at_desk("meeting_draft"),
        submit("form[action$='/add_item/']"),
        is_for_staff=True,
    ),
    Case("desk-meeting-called", "sun", meeting_at_desk("meeting_called"), is_for_staff=True),
    Case("desk-meeting-cancelled", "wu", meeting_at_desk("meeting_cancelled"), is_for_staff=True),
    Case("desk-meeting-room", "wu", meeting_at_desk("meeting_now", "room/"), is_for_staff=True),
    Case("desk-meeting-room-closed", "wu", meeting_at_desk("meeting_called", "room/"), is_for_staff=True),
    Case(
        "desk-meeting-walk-in-error",
        "wu",
        meeting_at_desk("meeting_now", "room/"),
        submit("form[action$='/walk_in/']"),
        is_for_staff=True,
    ),
    Case("desk-meeting-held", "wu", meeting_at_desk("meeting_held"), is_for_staff=True),
    Case("desk-meeting-drawn-up", "chen", meeting_at_desk("meeting_drawn_up"), is_for_staff=True),
    Case("desk-meeting-changes", "wu", meeting_at_desk("meeting_asked_to_change"), is_for_staff=True),
    Case(
        "desk-meeting-answer-error",
        "wu",
        meeting_at_desk("meeting_asked_to_change"),
        submit("#changes-list form"),
        is_for_staff=True,
    ),
    Case("desk-meeting-over", "wu", meeting_at_desk("meeting_over"), is_for_staff=True),
    Case("desk-point", "wu", point_of("point_held"), is_for_staff=True),
    Case("desk-point-error", "wu", point_of("point_held"), submit("form[action$='/say/']"), is_for_staff=True),
    Case("desk-decision-error", "wu", point_of("point_held"), submit("form[action$='/decide/']"), is_for_staff=True),
    Case("desk-outcome-error", "wu", point_of("point_held"), submit("form[action$='/conclude/']"), is_for_staff=True),
    Case("desk-line", "wu", a_line, is_for_staff=True),
    Case("not-reached", "wu", at("/not-reached/"), is_for_staff=True),
    Case("not-reached-number", "wu", at("/not-reached/"), show_a_number, is_for_staff=True, leads_to="notice_number"),
    Case("not-reached-empty", "strange_worker", at("/not-reached/"), is_for_staff=True),
    Case("outdoors", "yu", at("/outdoors/"), is_for_staff=True),
    Case("outdoors-empty", "strange_walker", at("/outdoors/"), is_for_staff=True),
    Case("outdoors-open", "yu", at("/outdoors/?show=open"), is_for_staff=True),
    Case("outdoors-check", "yu", found("to_check"), is_for_staff=True),
    Case("outdoors-check-error", "yu", found("to_check"), submit("form[action$='not_fixed/']"), is_for_staff=True),
    Case("outdoors-quarrel", "yu", found("open"), is_for_staff=True),
    Case("order-finding", "zhou", order_of_finding("to_check"), is_for_staff=True),
    Case("supervision-judge", "sun", account("given"), is_for_staff=True),
    Case("supervision-judge-error", "sun", account("given"), submit("form[action$='send_back/']"), is_for_staff=True),
    Case("desk-home-disputed", "wu", home_at_desk("gao"), is_for_staff=True),
    Case("outdoors-find", "yu", at("/outdoors/find/"), is_for_staff=True),
    Case("outdoors-find-error", "yu", at("/outdoors/find/"), submit("main form[method=post]"), is_for_staff=True),
    Case(
        "outdoors-talk-error", "yu", at("/outdoors/find/?talk=1"), submit("main form[method=post]"), is_for_staff=True
    ),
    Case("outdoors-file", "bai", at("/outdoors/file/"), is_for_staff=True),
    Case("outdoors-file-error", "bai", at("/outdoors/file/"), submit("main form[method=post]"), is_for_staff=True),
    Case("outdoors-file-new-number", "bai", at("/outdoors/file/"), type_a_new_number, is_for_staff=True),
    Case("outdoors-building", "yu", lambda world: f"/b/{world.cast.building.qr_token}/", is_for_staff=True),
    Case("queue-liaison", "luo", at("/queue/"), is_for_staff=True),
    Case("dashboard", "sun", at("/dashboard/"), is_for_staff=True),
    Case("dashboard-community", "wu", at("/dashboard/?weeks=4"), is_for_staff=True),
    Case("dashboard-empty", "strange_worker", at("/dashboard/"), is_for_staff=True),
    Case("dashboard-district", "shen", at("/dashboard/"), is_for_staff=True),
    Case("dashboard-days", "sun", at("/dashboard/?from=2026-04-01&to=2026-05-15&q=1"), is_for_staff=True),
    Case("dashboard-nothing", "sun", at("/dashboard/?from=2025-01-01&to=2025-01-02&channel=import"), is_for_staff=True),
    Case("dashboard-printed", "sun", at("/dashboard/?view=print"), is_for_staff=True),
    Case("dashboard-due", "sun", at("/dashboard/due/"), is_for_staff=True),
    Case("dashboard-due-empty", "strange_officer", at("/dashboard/due/?weeks=4&estate=none"), is_for_staff=True),
    Case("coverage", "sun", at("/coverage/"), is_for_staff=True),
    Case("coverage-community", "wu", at("/coverage/"), is_for_staff=True),
    Case("coverage-rule", "sun", at("/coverage/companies/"), is_for_staff=True),
    Case("party-tree", "sun", at("/coverage/tree/"), is_for_staff=True),
    Case("staff-inbox", "zhou", at("/inbox/"), is_for_staff=True),
    Case("desk-alike", "wu", at_the_desk("alike"), is_for_staff=True),
    Case("outdoors-filed", "bai", at("/outdoors/file/"), file_for_somebody, is_for_staff=True),
    Case("supervision-accepted", "wu", account("accepted"), is_for_staff=True),
    Case("supervision-accepted-read", "zheng", account("accepted"), is_for_staff=True),
    Case("order-liaison", "luo", order("joint"), is_for_staff=True),
    Case("building-card", "zheng", lambda world: f"/buildings/{world.cast.building.qr_token}/card/", is_for_staff=True),
)


def _row(model: str, verb: str = "change", query: str = "") -> Callable[[World], str]:
    """The address of a register's first row."""
    name = f"admin:{model.replace('.', '_')}_{verb}"
    return lambda world: reverse(name, args=[apps.get_model(model)._base_manager.earliest("pk").pk]) + query


def _list(model: str, query: str) -> Callable[[World], str]:
    return lambda world: reverse(f"admin:{model.replace('.', '_')}_changelist") + query


def _import(verb: str, query: str = "") -> Callable[[World], str]:
    return lambda world: reverse("admin:governance_registerimport_change", args=[world.imports[verb].pk]) + query


def _console(name: str, path: Callable[[World], str], act: Callable[[Page, World], None] = _stay) -> Case:
    return Case(f"console-{name}", "administrator", path, act, is_for_staff=True, is_in_console=True)


CONSOLE = (
    _console("index", at("/console/")),
    _console("filtered", _list("governance.estate", "?is_managed__exact=1&q=春和&o=1")),
    _console("searched", _list("residents.petition", "?q=楼道")),
    _console("searched-in-vain", _list("residents.petition", "?q=航天")),
    _console("form-error", _row("governance.estate"), submit("main form:has([name=_save])")),
    _console("add-error", at("/console/governance/estate/add/"), submit("main form:has([name=_save])")),
    _console("paper-error", at("/console/governance/erasure/add/"), submit("main form:has([name=_save])")),
    _console("version-conflict", _row("governance.estate"), save_after_a_colleague),
    _console("end-error", _row("governance.management", "end"), end_before_it_began),
    _console("policy-preview", _row("issues.slapolicy", "edit"), preview_the_version),
    _console("policy-error", _row("issues.slapolicy", "edit"), submit("main form:has([name=_save])")),
    _console("hours-error", _row("governance.workingcalendar", "edit"), submit("main form:has([name=_save])")),
    _console("kind-edit", _row("deliberation.mechanism", "edit"), submit("main form:has([name=_save])")),
    _console("rules-edit", _row("deliberation.ruleset", "edit"), submit("main form:has([name=_save])")),
    _console("import-refused", at("/console/governance/estate/import/"), bring_no_workbook),
    _console("import-bad-rows", _import("checked")),
    _console("import-changed", _import("checked", "?show=changed")),
    _console("import-taken-in", _import("applied")),
    _console("name-error", _row("residents.petition", "name"), submit("main form[method=post]")),
    _console("not-found", at("/console/nothing/here/")),
)
PAGES = (*PUBLIC, *FILING, *FOLLOWING, *WORKING, *CONSOLE)

LANGUAGES = {"zh-hans": "zh-Hans", "en": "en", "ko": "ko"}
MODES = ("standard", "elder")


def views_of(case: Case, *, full: bool) -> list[tuple[str, str]]:
    """In which languages and modes the page is looked at; all of them, if `full`.

    Residents' pages in Chinese in both modes; in English where it is hardest, as its words are the longest and elder
    mode's the largest; in Korean in standard mode. What a wrong press adds, in one mode: the errors are the same few
    lines everywhere. Staff pages in elder mode in Chinese: it changes sizes only, and those who work here mostly read
    Chinese. The console knows no elder mode. Of staff pages and the console's no Korean: words that stand in the code
    in one language show in one of the other two, and that the Korean catalogue lacks nothing `make check` sees. Of the
    registers, whose pages one class makes, Chinese alone: the console's other pages show what it says in English.
    """
    modes = MODES[:1] if case.is_in_console or (case.is_error and not full) else MODES
    every = [(language, mode) for mode in modes for language in LANGUAGES]
    if full:
        return every
    if case.kind_of_register:
        return [("zh-hans", "standard")]
    for_office = case.is_for_staff or case.is_in_console
    left_out = {("ko", "elder"), ("en", "elder" if for_office else "standard")} if len(modes) > 1 else set()
    return [view for view in every if view not in left_out and not (for_office and view[0] == "ko")]
