"""Whatever comes in, by every form and address: never a 500, nothing half-written, an answer in one's language."""

import itertools
import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test import Client, override_settings
from django.urls import Resolver404, resolve, reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from governance.admin import console
from governance.models import Unit
from issues.deliberation.domain import opening, proposing, setting_up
from issues.deliberation.domain.committing import Part
from issues.deliberation.domain.proposing import Proposal
from issues.deliberation.domain.setting_up import Plan
from issues.deliberation.models import Ballot, Choice, Meeting, Motion, RuleSet, Topic, TopicOrigin
from issues.deliberation.views.commitment_steps import AT_THE_DESK, OF_THE_BODY
from issues.deliberation.workflow import TOPIC
from issues.domain import handling
from residents.models import Occupancy, Petition
from tests.cast import NOW, Cast, client_of, draft, file, take_in
from tests.issues.deliberation.promises import make_topic, promise
from tests.replay import Recording, ship_again
from tests.scenarios import rights
from tests.scenarios.rights_checks import addresses as addresses_of_all
from tests.scenarios.rights_checks import page_address
from tests.scenarios.rights_meetings import meetings_at
from tests.scenarios.rights_surveys import surveys_at

pytestmark = pytest.mark.django_db

NASTY = {
    "nul": "漏水\x00了",
    "long": "漏" * 5_000,
    "very long": "漏" * 50_000,
    # What a field of words takes: all at once.
    "strange": (
        "漏水了😭👨‍👩‍👧‍👦🏳️‍🌈 \u202eевил\u202c\u200f\u2066漏 '; DROP TABLE residents_petition; -- \" OR 1=1 "
        "%s %(words)s %% {0} {words} "
        "<script>alert(1)</script><img src=x onerror=alert(1)>&amp;{{ 7|add:7 }}{% now %}"
    ),
    "controls": "a\x01\x02\x1b[31m\x7f\u2028b",
    "nothing": "",
    "spaces": " \u3000\t\n ",
}
TWICE = "strange"
FIELDS = (
    "words", "spot", "category", "estate", "building", "stairwell", "name_visibility", "remove", "follow", "go",
    "return", "number", "relation", "evidence", "reason", "holder", "fulfil_by", "qr_token", "epoch", "is_solved",
    "satisfaction", "was_contacted", "phone", "code", "login", "password", "full_name", "wants_sms", "language",
    "elder", "next", "back", "taken", "oldpassword", "password1", "password2", "page", "q", "photos", "title", "matter",
    "rule_set", "kind", "opens_at", "closes_at", "version", "sending", "choice", "sure", "place", "mechanism",
    "starts_at", "ends_at", "venue", "minutes", "topic", "body", "part", "invitation", "name", "where", "seen",
    "visited_at", "is_public", "speaker", "for_whom", "party", "consensus", "outcome", "put_off_to", "comes", "door",
    "item", "nobody", "1-is_taken_in", "1-words", "question", "answer", "options", "asks_for", "at_most",
    "is_required", "buildings", "counted_by", "channel", "named_by", "home", "q1", "q2", "q3", "q4", "q5",
    "seats", "since",
)  # fmt: skip
QUESTIONS = (
    "page",
    "door",
    "q",
    "show",
    "whose",
    "building",
    "taken",
    "do",
    "as",
    "next",
    "estate",
    "return",
    "home",
    "item",
)


@pytest.fixture(autouse=True)
def _moment(monkeypatch) -> None:
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)


@pytest.fixture(scope="module")
def built_once(
    django_db_setup, django_db_blocker, recorded_cast: Recording, tmp_path_factory
) -> Iterator[tuple[Cast, dict[str, list[str]]]]:
    """The cast and what is behind the addresses, for all tests of the module; what each does to it is undone."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), files, transaction.atomic():
        ship_again()
        cast = recorded_cast.play()
        addresses = build_addresses(cast)
        # Asked for here, once: each test's end would ask for every key of it again, and undo the asking.
        connection.check_constraints()
        yield cast, addresses
        transaction.set_rollback(True)


@pytest.fixture
def cast(built_once, db) -> Cast:
    return deepcopy(built_once[0])


@pytest.fixture
def addresses(built_once, db) -> dict[str, list[str]]:
    return built_once[1]


def build_addresses(cast: Cast) -> dict[str, list[str]]:
    """Every address with something behind it, by whose eyes it is for."""
    petition = file(cast.li, cast.building)
    order = take_in(petition)
    handling.accept(order, actor=cast.zhou, at=NOW)
    done = file(cast.li, cast.building, category="lift")
    handling.finish(handling.accept(take_in(done), actor=cast.zhou, at=NOW), actor=cast.zhou, at=NOW, words="修好了")
    begun = draft(cast.li, cast.building)
    claim = Occupancy.objects.get(user=cast.wang)
    steps = [
        reverse("petition_step", args=[begun.token, step]) for step in ("photo", "category", "place", "words", "check")
    ]
    draft_of_vote, open_vote = a_vote(cast, opens_in=30), a_vote(cast, opens_in=-1)
    ballot = f"{open_vote.public_id}/ballots/{open_vote.roll.get(owner_rows__user=cast.li).public_id}/"
    topic = a_topic(cast)
    of_meetings = addresses_of_meetings(cast)
    of_surveys = addresses_of_surveys(cast)
    kept = promise(cast, make_topic(cast), parts=[Part(cast.building)])
    part = kept.parts.get()
    verbs = ("accept", "arrive", "finish", "return", "reassign", "note", "plan")
    return {
        "nobody": [
            "/",
            "/account/login/",
            "/account/login/code/",
            "/account/login/password/",
            "/deadlines/",
            "/estates/",
            f"/estates/{cast.estate.public_id}/ledger/",
            "/privacy/",
            "/preferences/language/",
            "/preferences/mode/",
            "/account/login/code/again/",
        ],
        "li": ["/", "/inbox/", "/homes/", "/homes/claim/", f"/homes/claim/?estate={cast.estate.pk}", "/petitions/"]
        + [f"/petitions/{petition.receipt_no}/{verb}" for verb in ("", "filed/", "supplement/", "nudge/", "arrival/")]
        + [f"/petitions/{done.receipt_no}/evaluate/", "/petitions/new/", "/account/", "/account/data/"]
        + ["/account/password/change/"]
        + [f"/b/{cast.building.qr_token}/", *steps[:-1]]
        + ["/topics/", "/topics/new/"]
        + [f"/topics/{topic.public_id}/{verb}" for verb in ("", "support/", "judge/")]
        + [f"/commitments/{kept.public_id}/not-done/"]
        + ["/votes/", f"/votes/{open_vote.public_id}/", f"/votes/{ballot}", *of_meetings["li"]]
        + of_surveys["li"],
        "zhou": ["/queue/", "/queue/rows/", "/buildings/cards/", f"/queue/{order.public_id}/"]
        + [f"/queue/{order.public_id}/{verb}/" for verb in verbs]
        + [f"/commitments/{kept.public_id}/", f"/commitments/{kept.public_id}/parts/{part.public_id}/"]
        + [f"/commitments/{kept.public_id}/{verb}/" for verb in OF_THE_BODY],
        "wu": ["/not-reached/", "/queue/?whose=area", "/desk/", "/desk/rows/", "/desk/homes/", "/supervisions/"]
        + [f"/desk/{order.issue.public_id}/{verb}" for verb in ("", "dispatch/", "decline/", "merge/", "unlink/")]
        + [f"/desk/homes/{claim.public_id}/{verb}" for verb in ("", "dispute/", "verify/", "decline/", "end/")]
        + ["/desk/votes/", "/desk/votes/new/", f"/desk/votes/{draft_of_vote.public_id}/edit/"]
        + [
            f"/desk/votes/{draft_of_vote.public_id}/{verb}"
            for verb in ("", "publish/", "withdraw/", "add_option/", "drop_option/")
        ]
        + [
            f"/desk/votes/{open_vote.public_id}/{verb}"
            for verb in ("", "edit/", "ask_to_withdraw/", "withdraw/", *BESIDE)
        ]
        + of_meetings["wu"]
        + of_surveys["wu"],
        "chen": ["/desk/topics/", "/desk/topics/new/", f"/desk/topics/{topic.public_id}/"]
        + [f"/desk/topics/{topic.public_id}/{step.verb}/" for step in TOPIC.steps]
        + [f"/desk/topics/{topic.public_id}/attach/"]
        + [f"/desk/commitments/{kept.public_id}/{verb}/" for verb in AT_THE_DESK]
        + [
            "/desk/commitments/",
            f"/desk/commitments/{kept.public_id}/",
            f"/desk/topics/{kept.topic.public_id}/commitments/new/",
        ],
        "yu": ["/outdoors/", "/outdoors/find/", "/outdoors/file/"]
        + [f"/outdoors/{order.issue.public_id}/{verb}" for verb in ("", "verify/", "not_fixed/", "mediate/")],
        "sun": ["/coverage/", "/coverage/grid_buildings/", "/coverage/tree/"]
        + [f"/console/governance/estate/{page}/" for page in ("add", "import", f"{cast.estate.pk}/change")],
    }


def a_topic(cast) -> Topic:
    """Brought up by Li, and not looked at yet."""
    proposal = Proposal(
        community=cast.community,
        estate=cast.estate,
        origin=TopicOrigin.RESIDENT,
        title="建车棚",
        words="充电没有地方。",
    )
    return proposing.propose(proposal, sending=uuid4(), actor=cast.li, at=NOW)


def addresses_of_meetings(cast) -> dict[str, list[str]]:
    """Of a meeting in each state: what Li sees of it, and the desk."""
    there = meetings_at(cast.li, cast.building)
    mine = ("", "answer/", "proxy/", "here/", "changes/", "minutes/2/")
    li = [f"/meetings/{there[kind].public_id}/{part}" for kind in ("meeting_now", "meeting_checked") for part in mine]
    li.append(f"/meetings/{there['assembly'].public_id}/proxy/")
    wu = [f"/desk/meetings/{there['meeting_draft'].public_id}/{part}/" for part in ("edit", *BEFORE)]
    wu += [f"/desk/meetings/{there['meeting_now'].public_id}/{part}/" for part in ("edit", "room", *IN_THE_ROOM)]
    held = f"/desk/meetings/{there['meeting_held'].public_id}"
    point = f"{held}/points/{there['point_held'].public_id}/"
    wu += [f"{held}/", f"{held}/visit/", point]
    wu += [f"{point}{verb}/" for verb in ("say", "decide", "strike_decision", "conclude")]
    wu += [f"{held}/lines/{there['minute_line'].public_id}/"]
    asked = there["amendment"]
    wu += [f"/desk/meetings/{asked.meeting.public_id}/changes/{asked.public_id}/"]
    return {"li": ["/meetings/", *li], "wu": ["/desk/meetings/", "/desk/meetings/new/", *wu]}


def addresses_of_surveys(cast) -> dict[str, list[str]]:
    """Of a survey in each state: what Li sees of it, and the desk."""
    Unit.objects.bulk_create(Unit(building=cast.building, stairwell=1, number=f"200{door}") for door in range(5))
    there = surveys_at(cast.building)
    li = [f"/surveys/{there[kind].public_id}/" for kind in ("survey_open", "survey_closed")]
    wu = [f"/desk/surveys/{there['survey_draft'].public_id}/{part}/" for part in ("edit", *OF_A_DRAFT)]
    wu += [f"/desk/surveys/{there['survey_open'].public_id}/{part}" for part in ("", "sheet/", "withdraw/")]
    wu += [f"/desk/surveys/{there['survey_closed'].public_id}/{part}" for part in ("", *AFTER_THE_CLOSE)]
    return {"li": ["/surveys/", f"{li[0]}answer/", *li], "wu": ["/desk/surveys/", "/desk/surveys/new/", *wu]}


# What is said beside a vote that has been announced.
BESIDE = (
    "write_erratum/", "publish_erratum/", "enter_result/", "confirm_result/", "enter_elected/", "papers/",
    "deliveries/",
)  # fmt: skip
OF_A_DRAFT = ("ask", "up", "down", "drop", "publish")
AFTER_THE_CLOSE = ("release/", "take_over/", "add_item/", "settle/")
BEFORE = (
    "add_item",
    "ask_building",
    "ask_body",
    "ask_phone",
    "ask_members",
    "ask_petitioners",
    "ask_no_more",
    "call",
    "cancel",
)
IN_THE_ROOM = ("check_in", "walk_in", "hold")


def a_vote(cast, *, opens_in: int) -> Motion:
    """Of Li's door, so many days from `NOW`: a draft, or announced in time and open by now."""
    opens_at = NOW + timedelta(days=opens_in)
    plan = Plan(
        estate=cast.estate, building=cast.building, rule_set=RuleSet.objects.get(code="owners-assembly"),
        matter="278-5", kind="consultative", title="换水泵", words="费用12,600元。", opens_at=opens_at,
        closes_at=opens_at + timedelta(days=7),
    )  # fmt: skip
    motion = setting_up.draft(plan, actor=cast.wu, at=min(NOW, opens_at - timedelta(days=40)))
    if opens_in < 0:
        setting_up.publish(motion, actor=cast.wu, at=motion.drafted_at)
        motion.refresh_from_db()
    return opening.bring_up_to_date(motion, NOW)


def browser_of(cast, who: str) -> Client:
    browser = Client() if who == "nobody" else client_of(getattr(cast, who))
    browser.raise_request_exception = False
    return browser


@pytest.mark.parametrize("kind", sorted(NASTY))
def test_no_form_falls_over_bad_words(cast, addresses, kind):
    """Each field that any form knows, in each form; once, and of one kind twice: a field that reads one value takes the
    last, which is the same, and one that reads several looks at each by itself."""
    text = NASTY[kind]
    bodies = [dict.fromkeys(FIELDS, text)]
    if kind == TWICE:
        bodies.append({name: [text, text] for name in FIELDS})
    fallen = []
    for who, places in addresses.items():
        browser = browser_of(cast, who)
        for address in places:
            for body in bodies:
                response = browser.post(address, body)
                if response.status_code >= 500 and not (address.endswith("/login/") and response.status_code == 503):
                    fallen.append((address, response.status_code))
    assert fallen == []


class Questions(QueryDict):
    """A page's query, which remembers for which names it was asked."""

    asked_for: set[str] = set()

    def __init__(self, *arguments, **options):
        before = set(self.asked_for)
        super().__init__(*arguments, **options)
        # While it is filled it asks itself for every name.
        self.asked_for.intersection_update(before)

    def __getitem__(self, name: str) -> str:
        self.asked_for.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked_for.add(str(name))
        return super().__contains__(name)

    def getlist(self, name: str, default: list | None = None) -> list:
        self.asked_for.add(name)
        return super().getlist(name, default)


# gunicorn reads 4,094 bytes of an address, and “long” is 45,000: what is longer still proves nothing more, slowly.
@pytest.mark.parametrize("kind", sorted(NASTY.keys() - {"very long"}))
def test_no_address_falls_over_bad_questions(cast, addresses, kind, monkeypatch):
    """Every question at once, and then one by one those that the page looks at."""
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", Questions)
    fallen, looked_at = [], set()
    for who, places in addresses.items():
        browser = browser_of(cast, who)
        for number, place in enumerate(places):
            address = place.partition("?")[0]
            Questions.asked_for.clear()
            fallen += falls(browser, address, dict.fromkeys(QUESTIONS, NASTY[kind]))
            names = set(Questions.asked_for) | looks_at(browser, address, (who, number))
            looked_at |= names
            for name in sorted(names):
                fallen += falls(browser, address, {name: NASTY[kind]})
    assert fallen == []
    assert set(QUESTIONS) <= looked_at


LOOKED_AT: dict[tuple[str, int], set[str]] = {}


def looks_at(browser: Client, address: str, place: tuple[str, int]) -> set[str]:
    """What the page asks for when nothing is asked: a bad answer may end it before. Looked up once for each place."""
    if place not in LOOKED_AT:
        Questions.asked_for.clear()
        browser.get(address)
        LOOKED_AT[place] = set(Questions.asked_for)
    return LOOKED_AT[place]


def falls(browser: Client, address: str, questions: dict[str, str]) -> list[tuple[str, list[str], int]]:
    status = browser.get(address, questions).status_code
    return [(address, sorted(questions), status)] if status >= 500 else []


# --- every list ---

# Whose eyes each page without a thing in its address is for. The console's are all for the street office.
PAGES = {
    "account": "li",
    "account_change_password": "li",
    "account_code": "nobody",
    "account_login": "nobody",
    "account_login_password": "nobody",
    "account_logout": "nobody",
    "account_set_password": "li",
    "building_cards": "zhou",
    "coverage": "sun",
    "coverage_rule": "sun",
    "dashboard": "sun",
    "dashboard_book": "sun",
    "dashboard_due": "sun",
    "desk_commitments": "wu",
    "desk_survey_new": "wu",
    "desk_surveys": "wu",
    "desk_topic_new": "wu",
    "desk_topics": "chen",
    "desk_meeting_new": "wu",
    "desk_meetings": "wu",
    "desk_vote_new": "wu",
    "desk_votes": "wu",
    "deadlines": "nobody",
    "desk": "wu",
    "desk_rows": "wu",
    "desk_homes": "wu",
    "desk_imported": "sun",
    "estates": "nobody",
    "home": "li",
    "home_claim": "li",
    "homes": "li",
    "inbox": "li",
    "live": "nobody",
    "own_copy": "li",
    "own_data": "li",
    "meetings": "li",
    "metrics": "nobody",
    "not_reached": "wu",
    "outdoors": "yu",
    "outdoors_file": "yu",
    "outdoors_find": "yu",
    "party_tree": "sun",
    "petition_list": "li",
    "petition_new": "li",
    "privacy": "nobody",
    "queue": "zhou",
    "queue_rows": "zhou",
    "ready": "nobody",
    "search": "yu",
    "supervisions": "zheng",
    "surveys": "li",
    "topic_new": "li",
    "topics": "li",
    "votes": "li",
}
HUGE = "9" * 40
BAD = {
    "huge page": {"page": HUGE, "p": HUGE},
    "page below nothing": {"page": "-1", "p": "-1"},
    "page of words": {"page": "第一页", "p": "x"},
    "nul": {"page": "\x00", "p": "\x00", "q": "\x00"},
    "unknown filter": {"nobody__asked__for": "this"},
    "unknown filter of a real field": {"pk__gte": "1", "id__exact": HUGE, "password__startswith": "a"},
    "strange values": {"show": HUGE, "state": "\u202e", "whose": "[]", "area": "%", "building": HUGE, "estate": HUGE},
    "strange order": {"o": "999.-999.x", "ot": "x"},
    "long search": {"q": "漏" * 3000, "number": "1" * 3000},
    "everything": {"all": "", "e": "1", "_facets": "True", "_popup": "1", "_to_field": "password"},
}


def test_every_page_without_a_thing_is_asked_bad_questions():
    """A new list that isn't in the table turns this red."""
    rows = rights.read()
    answered = {name for name, has_thing in addresses_of_all().items() if not has_thing and rows.rows_for("GET", name)}
    assert {name for name in answered if not name.startswith("admin:")} == PAGES.keys()


@pytest.mark.parametrize("name", sorted(PAGES))
def test_no_page_falls_over_bad_questions(cast, addresses, name):
    browser = browser_of(cast, PAGES[name])
    statuses = {bad: browser.get(page_address(name), questions).status_code for bad, questions in BAD.items()}
    assert {bad: status for bad, status in statuses.items() if status not in (200, 302, 400, 404)} == {}


@pytest.mark.parametrize("name", sorted(name for name in addresses_of_all() if name.endswith("_changelist")))
def test_no_register_falls_over_bad_questions(cast, addresses, name):
    """Each filter that the list offers is asked for what it can't be, too."""
    browser = browser_of(cast, "administrator")
    statuses = {
        str(questions): browser.get(reverse(name), questions).status_code
        for questions in [*BAD.values(), *bad_filters(name)]
    }
    assert {asked: status for asked, status in statuses.items() if status not in (200, 302, 400, 404)} == {}


def bad_filters(name: str) -> list[dict[str, str]]:
    model_name = name.removeprefix("admin:").removesuffix("_changelist")
    (register,) = (
        admin
        for model, admin in console._registry.items()
        if f"{model._meta.app_label}_{model._meta.model_name}" == model_name
    )
    filters = [each[0] if isinstance(each, tuple) else each for each in register.list_filter]
    asked = [getattr(each, "parameter_name", each) for each in filters]
    return [
        {f"{each}{way}": value for each in asked} for way in ("", "__exact", "__id__exact") for value in ("x", HUGE)
    ]


STRANGE_PATHS = (
    "%00", "%ED%A0%80", "%FF%FE", "..%2f..%2fetc%2fpasswd", "a'%20OR%201=1--", "%E2%80%AE", "😭", "0", "-1", "x" * 4000,
    "00000000-0000-0000-0000-000000000000", "SQ-2222-2222", "%0d%0aSet-Cookie:a=b", "null", "__proto__",
)  # fmt: skip


STRANGE_FORMS = (
    "/petitions/{}/", "/petitions/{}/evaluate/", "/petitions/new/{}/words/", "/b/{}/", "/desk/{}/",
    "/desk/homes/{}/", "/outdoors/{}/", "/supervisions/{}/", "/issues/photos/{}/", "/coverage/{}/",
    "/buildings/{}/people/", "/console/governance/estate/{}/change/", "/queue/{}/", "/queue/{}/accept/", "/photos/{}/",
    "/orders/photos/{}/", "/buildings/{}/card/", "/topics/{}/", "/desk/topics/{}/", "/commitments/{}/",
    "/desk/commitments/{}/", "/commitments/photos/{}/",
    "/votes/{}/", "/desk/votes/{}/", "/desk/votes/{}/edit/",
    "/meetings/{}/", "/meetings/{}/minutes.pdf", "/desk/meetings/{}/", "/desk/meetings/{}/room/",
    "/calendar/{}/meetings.ics", "/surveys/{}/", "/desk/surveys/{}/", "/desk/surveys/{}/sheet/",
)  # fmt: skip


def test_no_path_falls_over(cast, addresses):
    fallen = []
    browsers = {who: browser_of(cast, who) for who in addresses}
    for strange in STRANGE_PATHS:
        for form in STRANGE_FORMS:
            path = form.format(strange)
            asked_by = browsers.values() if leads_to_a_view(path) else [browsers["li"]]
            fallen += [answer for browser in asked_by for answer in statuses(browser, path)]
        fallen += [answer for browser in browsers.values() for answer in statuses(browser, f"/{strange}/")]
    assert fallen == []


def leads_to_a_view(path: str) -> bool:
    """Whether a view reads the strange part. Where none does, everybody gets the same page: one person is enough."""
    try:
        resolve(unquote(path, errors="replace"))
    except Resolver404:
        return False
    return True


def statuses(browser: Client, path: str) -> list[tuple[str, str, int]]:
    answers = []
    for method in ("GET", "POST"):
        response = browser.generic(method, path)
        if response.status_code >= 500:
            answers.append((method, path, response.status_code))
    return answers


JSON = ('{"words": "x"}', "[", "null", json.dumps({"a": "漏" * 1000}))
BODIES = (
    *(("application/json", body.encode()) for body in JSON),
    ("multipart/form-data", b""),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data; boundary=x", b"\x00" * 200),
    ("application/x-www-form-urlencoded", b"words=%ED%A0%80%00&words=%FF"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"words=x"),
    ("text/plain", b"\xff\xfe"),
)


def test_no_body_falls_over(cast, addresses):
    """A view sees a body as the form that Django has read: each address is sent two, the next one the next two."""
    bodies = itertools.cycle(BODIES)
    for who, places in addresses.items():
        browser = browser_of(cast, who)
        for address in places:
            for content_type, body in itertools.islice(bodies, 2):
                response = browser.post(address, body, content_type=content_type)
                assert response.status_code < 500 or response.status_code == 503, (address, content_type, body)


@pytest.mark.parametrize("cookie", ['"\\000abcdefgh"', "\\", "x" * 5000, "\xff\xfe", "';--", '"\\777\\000"'])
@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "mode", "messages"])
def test_no_cookie_falls_over(shipped, name, cookie):
    browser = Client(raise_request_exception=False)
    for address in ("/", "/account/login/", "/queue/"):
        response = browser.get(address, headers={"Cookie": f"{name}={cookie}"})
        assert response.status_code < 500, address


def test_without_its_token_no_press_counts(cast, addresses):
    """Cross-site forgery: everybody who is signed in, at each address that takes a press."""
    for who, places in addresses.items():
        browser = Client(enforce_csrf_checks=True)
        if who != "nobody":
            browser.force_login(getattr(cast, who))
        for address in places:
            assert browser.post(address, {"words": "x", "language": "ko", "elder": "on"}).status_code in (403, 405), (
                address
            )
    assert Petition.objects.get(receipt_no=addresses["li"][6].split("/")[2]).updates.filter(kind="nudged").count() == 0


@pytest.mark.parametrize("back", ["漏水", "queue", "x" * 5000, "a b", "😭", ".", "?x", "/\nx", "home"])
def test_a_way_back_that_is_none_leads_to_a_page_of_ours(cast, addresses, back):
    note = next(address for address in addresses["zhou"] if address.endswith("/note/"))
    for who, address, body in (
        ("nobody", "/preferences/language/", {"language": "en", "next": back}),
        ("nobody", "/preferences/mode/", {"elder": "on", "next": back}),
        ("zhou", note, {"words": "看过了", "back": back}),
    ):
        response = browser_of(cast, who).post(address, body)
        assert response.status_code == 302, address
        assert response["Location"].startswith("/"), address
    assert browser_of(cast, "li").get("/account/login/", {"next": back}).status_code == 302


@pytest.mark.parametrize("kind", sorted(NASTY))
@pytest.mark.parametrize("field", ["sending", "choice"])
def test_a_ballot_with_a_bad_field_is_not_taken(cast, addresses, kind, field):
    """With the other one as it should be: a page that isn't one of ours, or a choice that there isn't."""
    (ballot,) = (address for address in addresses["li"] if "/ballots/" in address)
    sent = {"sending": str(uuid4()), "choice": Choice.FOR.value, "sure": "1"}
    browser = browser_of(cast, "li")
    assert browser.post(ballot, sent | {field: NASTY[kind]}).status_code in (200, 400)
    assert not Ballot.objects.exists()
    assert browser.post(ballot, sent).status_code == 302
    assert Ballot.objects.count() == 1


WORDS_OF_A_VOTE = {"title", "words"}


@pytest.mark.parametrize("kind", sorted(NASTY))
@pytest.mark.parametrize(
    "field",
    ["title", "words", "estate", "building", "stairwell", "matter", "seats", "rule_set", "kind", "opens_at", "version"],
)
def test_a_draft_of_a_vote_takes_no_bad_field_among_good_ones(cast, addresses, kind, field):
    """Only what is for words takes any; whatever else is typed, the draft stays as it was."""
    motion = Motion.objects.get(state="draft")
    address = f"/desk/votes/{motion.public_id}/edit/"
    given = {
        "title": "换水泵", "words": "费用12,600元。", "estate": motion.estate_id, "building": "3栋", "stairwell": "2",
        "matter": "278-5", "rule_set": motion.rule_set_id, "kind": "consultative", "opens_at": "2026-06-20T09:00",
        "closes_at": "2026-06-27T09:00", "version": "1",
    }  # fmt: skip
    browser = browser_of(cast, "wu")
    status = browser.post(address, given | {field: NASTY[kind]}).status_code
    motion.refresh_from_db()
    assert (status, motion.version) in ((200, 1), (302, 2))
    may_be_empty = field in ("building", "stairwell", "seats") and kind in ("nothing", "spaces")
    assert motion.version == 1 or field in WORDS_OF_A_VOTE or may_be_empty


WORDS_OF_A_MEETING = {"title", "words"}


@pytest.mark.parametrize("kind", sorted(NASTY))
@pytest.mark.parametrize("field", ["title", "words", "place", "mechanism", "starts_at", "ends_at", "venue", "version"])
def test_a_draft_of_a_meeting_takes_no_bad_field_among_good_ones(cast, addresses, kind, field):
    """As of a vote. Both of its times may be left out together, never one of them."""
    meeting = Meeting.objects.get(state="draft")
    given = {
        "title": "停车", "words": "请带图纸。", "place": f"estate-{cast.estate.pk}", "mechanism": meeting.mechanism_id,
        "starts_at": "2026-06-20T19:00", "ends_at": "2026-06-20T21:00", "venue": meeting.venue.public_id,
        "version": "1",
    }  # fmt: skip
    status = (
        browser_of(cast, "wu")
        .post(f"/desk/meetings/{meeting.public_id}/edit/", given | {field: NASTY[kind]})
        .status_code
    )
    meeting.refresh_from_db()
    assert (status, meeting.version) in ((200, 1), (302, 2))
    may_be_empty = field == "venue" and kind in ("nothing", "spaces")
    assert meeting.version == 1 or field in WORDS_OF_A_MEETING or may_be_empty


# --- what was typed is kept, and the answer is in one's language ---

SAYS = {"zh-hans": "您写了", "en": "You wrote", "ko": "자"}


@pytest.mark.parametrize("language", sorted(SAYS))
def test_too_many_words_are_kept_and_answered_in_the_persons_language(cast, language):
    type(cast.li).objects.update(language=language)
    begun = draft(cast.li, cast.building)
    petition = file(cast.li, cast.building, category="lift")
    for address in (
        reverse("petition_step", args=[begun.token, "words"]),
        reverse("petition_supplement", args=[petition.receipt_no]),
    ):
        text = "<b>漏</b>" + "漏" * 5_000
        page = client_of(cast.li).post(address, {"words": text, "name_visibility": "handlers"})
        assert page.status_code == 200
        content = page.content.decode()
        assert "漏" * 5_000 in content
        assert "&lt;b&gt;漏&lt;/b&gt;" in content
        assert SAYS[language] in content


@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-Hans"), ("en", "en"), ("ko", "ko")])
def test_a_damaged_address_is_answered_in_the_browsers_language(shipped, language, tag):
    browser = Client()
    browser.cookies["django_language"] = language
    response = browser.get("/account/login/?next=%00")
    assert response.status_code == 400
    assert f'<html lang="{tag}">' in response.content.decode()


# --- anything at all ---


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=60), number=st.integers(), place=st.integers(0, 10_000), strange=st.uuids())
def test_anything_at_all_gets_an_answer(cast, addresses, text, number, place, strange):
    everywhere = [(who, address) for who, places in addresses.items() for address in places]
    who, address = everywhere[place % len(everywhere)]
    browser = browser_of(cast, who)
    encodable = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    asked = {"page": str(number), "q": encodable, "show": encodable, "whose": encodable, "taken": f"{strange}~{number}"}
    assert browser.get(address.partition("?")[0], asked).status_code < 500
