"""The checks of the rights tests, as functions: each raises `AssertionError` where the portal says something else than
`docs/rights.md`. `test_planted_leaks.py` calls the same functions on portals that leak.
"""

import os
import random
import re
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.html import escape

from governance.admin import console
from governance.models import Body, BodyKind, Notice, RoleAssignment
from tests.cast import NOW, file, take_in
from tests.scenarios import rights_meetings, rights_surveys
from tests.scenarios.rights import MAY, NOTHING, SEES, Address, Facts, Person, Rights, Row, expected
from tests.scenarios.rights_registers import row_at, street_at
from tests.scenarios.rights_world import (
    ASKED,
    AT_THE_DOOR,
    IN_CONSOLE,
    OF_SEVERAL_COMMUNITIES,
    SITES,
    World,
    facts_of,
    fingerprint,
)

# Asks everybody everything, which takes four times as long.
IS_FULL = os.environ.get("RIGHTS", "") == "full"
# Of those who have a right nowhere: so many ask at each place all the same.
OTHERS = 2

ANNOUNCED = (
    "vote_announced", "vote_open", "vote_counted", "vote_unwanted_by_community", "vote_unwanted_by_street",
    "vote_withdrawn",
)  # fmt: skip
PUBLIC_TOPICS = ("public_topic", "owners_topic", "closed_topic")
# What the file calls a thing: which kinds of the world's things are meant. What isn't here is a page without a thing.
THINGS: dict[str, tuple[str, ...]] = {
    "message": ("message",),
    "building": ("building",),
    "estate": ("estate",),
    "petition": ("petition",),
    "finished petition": ("finished",),
    "draft": ("draft",),
    "photo of a draft": ("draft_photo",),
    "photo of a petition": ("photo",),
    "photo of a petition, with its order": ("photo_with_order",),
    "photo of an order": ("order_photo",),
    "photo of a patrol": ("patrol_photo",),
    "home": ("home",),
    "order": ("order", "quarrel_order", "department_order"),
    "order that somebody holds": ("order",),
    "order that nobody has accepted": ("waiting_order", "quarrel_order"),
    "order of the street office": ("street_order",),
    "order of the district's office": ("district_order",),
    "supervision order": ("supervision",),
    "account that was given": ("account",),
    "supervision order to the street office": ("street_supervision",),
    "supervision order to the district's office": ("district_supervision",),
    "matter": ("matter",),
    "quarrel": ("quarrel",),
    "matter to be sorted": ("unsorted",),
    "imported petition": ("imported",),
    "imported petition that a community was given": ("imported_given",),
    "open matter": ("waiting_matter",),
    "finished matter": ("finished_matter",),
    "complaint about a company": ("complaint",),
    "matter about the community's people": ("past_the_community",),
    "matter about the street's people": ("past_the_street",),
    "matter about people in charge": ("complaint", "past_the_community", "past_the_street"),
    "message that reached nobody": ("notice",),
    "gap of the net": ("gap",),
    "party organisation": ("branch",),
    "vote before its notice": ("vote_draft",),
    "announced vote": ANNOUNCED,
    "vote that comes, runs or is counted": ("vote_announced", "vote_open", "vote_counted"),
    "vote that the community wants withdrawn": ("vote_unwanted_by_community",),
    "vote that the street wants withdrawn": ("vote_unwanted_by_street",),
    "ballot": ("ballot", "mandated_ballot"),
    "ballot of one's own": ("ballot",),
    "ballot by mandate": ("mandated_ballot",),
    "mandate": ("mandate",),
    "counted vote": ("vote_counted",),
    "vote with an erratum that the community has written": ("vote_with_erratum",),
    "vote that the city's system decides": ("vote_elsewhere",),
    "vote whose result the community has entered": ("vote_entered",),
    "final election": ("vote_elected",),
    "vote that runs": ("vote_open",),
    "ballot that the community typed": ("paper_of_community",),
    "ballot that the street typed": ("paper_of_street",),
    "objection": ("objection",),
    "topic that nobody has looked at": ("topic",),
    "topic that everybody may read": PUBLIC_TOPICS,
    "topic that is deliberated": ("public_topic",),
    "topic for which owners gather support": ("owners_topic",),
    "closed topic": ("closed_topic",),
    "topic about the street office": ("topic_about_street",),
    "commitment": ("commitment",),
    "commitment of a street office": ("street_commitment",),
    "commitment for which another day was asked": ("asked_commitment",),
    "reported commitment": ("reported_commitment",),
    "reported commitment of a street office": ("street_reported_commitment",),
    "accepted commitment": ("accepted_commitment",),
    "part of a commitment": ("commitment_part",),
    "what is in the way of a commitment": ("blocker",),
    "photo of a commitment": ("commitment_photo",),
    "photo of a commitment that was released": ("released_photo",),
    "“not done”": ("doubt",),
    **rights_meetings.THINGS,
    **rights_surveys.THINGS,
    "closed account": ("closed_account",),
    "register row": ("register",),
    "row that all streets share": ("shared",),
}
# By which attribute a thing goes in its address.
KEYS = {
    "building": "qr_token",
    "petition": "receipt_no",
    "finished": "receipt_no",
    "imported": "receipt_no",
    "imported_given": "receipt_no",
    "calendar_feed": "token",
    "draft": "token",
    "register": "pk",
    "shared": "pk",
}
MISSING: dict[str, Any] = {"qr_token": "YYYYYYYYYYYY", "receipt_no": "SQ-3333-3333", "pk": 999_999_999}
OFFICERS = ("sun", "strange_officer")
IN_THE_OFFICE = (*OFFICERS, "administrator")
OF_THE_CONSOLE = ("register", "shared")
# The step or rule in an address where the file doesn't tell them apart.
FACETS = {"petition_step": "words", "coverage_rule": "grid_buildings", "desk_vote_step": "publish",
    "desk_commitment_step": "accept", "commitment_step": "report",
}  # fmt: skip
FACETS |= {"desk_meeting_step": "call", "desk_point_step": "up", "meeting_minutes": "2"}
FACETS |= {"desk_survey_step": "publish"}
# What stands before the thing in an address of two.
ABOVE: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("ballot", "mandate_give", "mandate_revoke", "desk_objection"), lambda it: it.motion.public_id),
    **dict.fromkeys(("desk_paper_check", "desk_paper_scan"), lambda paper: paper.entry.motion.public_id),
    **dict.fromkeys(
        ("desk_commitment_unblock", "commitment_unblock", "desk_commitment_doubt", "commitment_part"),
        lambda it: it.commitment.public_id,
    ),
    **rights_meetings.ABOVE,
}

Data = dict[str, Any] | Callable[[World, str], dict[str, Any]]


def _colleague(kind: str) -> Callable[[World, str], dict[str, Any]]:
    """Somebody who may hold the order: of the body it is with."""

    def posted(world: World, site: str) -> dict[str, Any]:
        body = world.sites[site][kind].body
        at = {"community": body.community} if body.community_id else {"body": body}
        return {"holder": str(RoleAssignment.objects.filter(**at).latest("pk").user.public_id)}

    return posted


def _other_matter(world: World, site: str) -> dict[str, Any]:
    return {"other": str(world.sites[site]["waiting_matter"].public_id)}


def _rewritten(world: World, site: str) -> dict[str, Any]:
    """The draft as it is, with another question."""
    motion = world.sites[site]["vote_draft"]
    return {
        "title": "改过的问题", "words": motion.words, "estate": motion.estate_id, "building": motion.building.name,
        "stairwell": "", "matter": motion.matter, "rule_set": motion.rule_set_id, "kind": motion.kind,
        "opens_at": "2026-07-01T09:00", "closes_at": "2026-07-08T18:00", "version": motion.version,
    }  # fmt: skip


def _paper(world: World, site: str) -> dict[str, Any]:
    """A paper of a unit whose owners nobody knows."""
    entry = world.sites[site]["vote_open"].roll.filter(owners=None).order_by("number").last()
    return {
        "serial": "A-009", "building": entry.building, "stairwell": entry.stairwell, "number": entry.number,
        "channel": "paper", "cast_at": "", "said": "for", "reason": "",
    }  # fmt: skip


def _delivered(world: World, site: str) -> dict[str, Any]:
    entry = world.sites[site]["vote_open"].roll.first()
    return {
        "building": entry.building, "stairwell": entry.stairwell, "doors": entry.number, "way": "handed",
        "by": "网格员赵",
    }  # fmt: skip


def _to_a_department(world: World, site: str) -> dict[str, Any]:
    street = world.sites[site]["commitment"].subdistrict
    body = Body.objects.get(kind=BodyKind.DEPARTMENT, subdistrict=street)
    return {"to": body.pk, "post": "民警", "words": "派出所：我们来办。"}


def _answered(world: World, site: str) -> dict[str, Any]:
    return {f"{world.sites[site]['doubt'].public_id}-words": "明天补装。"}


# What is sent with a press that needs something; by address and step. Elsewhere an empty form is sent.
POSTED: dict[str, Data] = {
    **rights_meetings.POSTED,
    **rights_surveys.POSTED,
    "order_step/note": {"words": "已约好明天上午来修。"},
    "order_step/finish": {"words": "换好了。"},
    "order_step/return": {"reason": "not_ours"},
    "order_step/plan": {"words": "换管。", "fulfil_by": "2026-05-29"},
    "order_step/reassign": _colleague("order"),
    "petition_supplement": {"words": "还有异味。"},
    "petition_evaluate": {"is_solved": "yes", "satisfaction": "5", "was_contacted": "yes", "words": ""},
    "desk_home_step/verify": {"words": "看过房产证"},
    "desk_home_step/dispute": {"words": "有人说不是"},
    "desk_home_step/end": {"words": "已搬走"},
    "desk_home_step/decline": {"words": "没带证件", "reason": "no_evidence"},
    "desk_imported_step/place": lambda world, site: {
        "estate": world.sites[site]["building"].estate_id,
        "category": "electricity",
    },
    "desk_imported_step/give": lambda world, site: {"community": world.sites[site]["building"].estate.community_id},
    "desk_step/dispatch": {"category": "noise"},
    "desk_step/merge": _other_matter,
    "desk_step/relate": _other_matter,
    "desk_step/unrelate": _other_matter,
    "desk_step/unlink": lambda world, site: {"petition": world.sites[site]["unsorted_petition"].receipt_no},
    "desk_step/decline": {"reason": "private", "words": "请找人民调解委员会。"},
    "supervision_step/answer": {"what_went_wrong": "人手不够", "what_was_done": "已加派", "by_when": "2026-05-20"},
    "supervision_step/send_back": {"words": "没写清楚"},
    "outdoors_step/not_fixed": {"words": "还在漏"},
    "outdoors_step/mediate": {"parties": "两家都在", "agreement": "各退一步", "is_agreed": "yes"},
    "admin:residents_petition_name": {"reason": "回访"},
    "mandate_give": lambda world, _site: {"phone": world.people["zhao"].phone},
    "vote_object": {"words": "名册漏了一户"},
    "desk_papers": _paper,
    "desk_deliveries": _delivered,
    "desk_paper_check": {"said": "for"},
    "desk_objection": {"1-words": "已核对，没有漏。"},
    "ballot": {"sending": "7f1de87c-9a55-4a83-b0cf-51dbd0a6a1c4", "choice": "against", "sure": "1"},
    "topic_judge": {"stars": "5", "is_solved": "yes"},
    "desk_topic_step/accept": {"accept-reason": "common", "accept-words": "关系到很多人。"},
    "desk_topic_step/look_at_the_process": {
        "look_at_the_process-reason": "in_order",
        "look_at_the_process-words": "合规。",
    },
    "desk_vote_edit": _rewritten,
    "desk_vote_step/add_option": lambda world, site: {
        "title": "第三家",
        "version": world.sites[site]["vote_draft"].version,
    },
    "desk_vote_step/drop_option": lambda world, site: {
        "number": "2",
        "version": world.sites[site]["vote_draft"].version,
    },
    "desk_vote_step/write_erratum": {"words": "应为12,060元。"},
    "desk_vote_step/enter_result": {
        "system": "市电子投票系统",
        "reference": "2026第17号",
        "reported_on": "2026-05-15",
        "sha256": "a" * 64,
        "roll_area_m2": "700",
        "roll_heads": "7",
        **{f"{name}_{m}": "0" for name in ("cast", "for", "against", "abstain") for m in ("area_m2", "heads")},
    },
    "desk_vote_step/enter_elected": {"since": "2026-05-20", "until": "2029-05-19"},
    "desk_vote_step/ask_to_withdraw": {"words": "票样印错了"},
    "desk_commitment_step/hand_over": _to_a_department,
    "desk_commitment_step/quit": {"words": "市政已接手。"},
    "desk_commitment_step/refuse_to_quit": {"words": "会上已经定下。"},
    "desk_commitment_step/accept": {"words": "到现场看过。"},
    "desk_commitment_step/send_back": {"words": "还缺一段。"},
    "desk_commitment_step/reopen": {"words": "还缺一段。"},
    "desk_commitment_doubt": _answered,
    "commitment_not_done": {"words": "北侧没装。"},
}


def data_of(world: World, address: Address, kind: str, site: str) -> dict[str, Any]:
    data = POSTED.get(f"{address.name}/{address.facet}" if address.facet else address.name, {})
    if address.facet == "reassign":
        data = _colleague(kind)
    return data(world, site) if callable(data) else data


# --- the addresses there are ---


def addresses() -> dict[str, bool]:
    """The name of every address that the portal answers to, and whether there is a thing in it.

    One that has no name goes by its pattern.
    """

    def walk(patterns: list[URLPattern | URLResolver], within: str) -> Iterator[tuple[str, bool]]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else within)
            else:
                yield within + (pattern.name or str(pattern.pattern)), bool(pattern.pattern.converters)

    return dict(walk(get_resolver().url_patterns, "")) | dict.fromkeys([*UNNAMED, "coverage_rule"], False)


# Addresses of the console that have no name: a row's number alone, and whatever else somebody types.
UNNAMED = {
    "admin:<path:object_id>/": "/console/governance/estate/1/",
    "admin:(?P<url>.*)$": "/console/nothing/here",
}


def kinds_of(row: Row) -> tuple[str, ...]:
    return THINGS.get(row.thing, ())


def model_of(name: str) -> str:
    """`governance_estate` of `admin:governance_estate_change`."""
    return "_".join(name.removeprefix("admin:").split("_")[:2])


def sites_of(name: str) -> tuple[str, ...]:
    """A register's rows are told apart by street: two places are enough."""
    return ("own", "other_street") if name.startswith("admin:") else SITES


def asked_by(name: str) -> tuple[str, ...]:
    """In the console one of each role is enough on this side, and on the other those whom it is for."""
    return IN_CONSOLE if name.startswith("admin:") else AT_THE_DOOR


def thing_at(world: World, name: str, kind: str, site: str) -> Model | None:
    return row_at(world, model_of(name), site) if kind in OF_THE_CONSOLE else world.sites[site].get(kind)


def where_is(world: World, kind: str, site: str, thing: Model) -> Facts:
    """Where and whose it is. Of a register's row only the street counts; what all share is in none."""
    if kind == "shared":
        return Facts()
    if kind == "photo_with_order":
        return facts_of(world.sites[site]["order"])
    return Facts(subdistrict=street_at(world, site).pk) if kind == "register" else facts_of(thing)


def path_of(address: Address, thing: Model | None, kind: str, key: Any = None) -> str:
    """The address of `thing`; with `key` that of another one."""
    if thing is None:
        return page_address(address.name)
    key = key or getattr(thing, KEYS.get(kind, "public_id"))
    facet = address.facet or FACETS.get(address.name, "")
    above = [ABOVE[address.name](thing)] if address.name in ABOVE else []
    return reverse(address.name, args=[*above, key, *([facet] if facet else [])])


# --- asking ---


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    location: str = ""
    asked_at: bytes = b""

    @property
    def is_let_in(self) -> bool:
        """Shown, led on, or told what is missing: anything but “this isn't here” and “not you”."""
        return self.status in (200, 302, 400, 409) and not self.location.startswith(reverse("account_login"))

    @property
    def seen(self) -> tuple[int, bytes]:
        """What can be told from it. A page that isn't there repeats its own address, and nothing else of it."""
        body = self.body.replace(self.asked_at, b"(here)")
        return self.status, body.replace(escape(self.asked_at.decode()).encode(), b"(here)")


def ask(browser: Client, method: str, path: str, data: dict[str, Any] | None = None, **more: Any) -> Answer:
    """What comes back. Only the session stays from one question to the next: a message would be on the next page."""
    session = browser.cookies.get(settings.SESSION_COOKIE_NAME)
    browser.cookies.clear()
    if session:
        browser.cookies[settings.SESSION_COOKIE_NAME] = session.value
    response = getattr(browser, method.lower())(path, data or {}, **more)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Answer(response.status_code, body, response.get("Location", ""), path.encode())


def press(browser: Client, path: str, data: dict[str, Any]) -> Answer:
    """As `ask`; what the press has done is undone."""
    with transaction.atomic():
        answer = ask(browser, "POST", path, data)
        transaction.set_rollback(True)
    return answer


def found(answer: Answer) -> str:
    return MAY if answer.is_let_in else SEES if answer.status == 403 else NOTHING if answer.status == 404 else "?"


# --- one thing at an address ---


def check_things(world: World, rights: Rights, name: str, method: str) -> int:
    """Those of `asked_for` ask for, or press, each kind of thing that the file names for the address, at each place.

    Whoever may not, gets byte for byte what is there when the thing is gone, and has changed nothing at all.
    Returns how many cases that was.
    """
    questions = [
        question
        for row, address in rights.cases([name])
        if address.method == method
        for kind in kinds_of(row)
        for question in [_question(world, row, address, kind)]
    ]
    if not questions:
        return 0
    out_of_reach = {who for question in questions for (who, _), want in question.wanted.items() if want == NOTHING}
    missing = _when_it_is_gone(world, questions[0].address, questions[0].kind, out_of_reach)
    return sum(_check_kind(world, question, missing) for question in questions) + len(missing)


@dataclass(frozen=True)
class Question:
    """One kind of thing at an address: the things by place, and what whoever asks for them must get."""

    address: Address
    kind: str
    things: dict[str, Any]
    wanted: dict[tuple[str, str], str]


def _question(world: World, row: Row, address: Address, kind: str) -> Question:
    things = {site: thing_at(world, address.name, kind, site) for site in sites_of(address.name)}
    assert None not in things.values(), f"{address}: the world has no {kind} at each place"
    wanted = {
        (who, site): expected(row, world.persons[who], where_is(world, kind, site, things[site]))
        for who, site in cases_of(address.name)
    }
    return Question(address, kind, things, asked_for(f"{address} {kind}", wanted))


def asked_for(what: str, wanted: dict[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """Of all cases those that are looked at: everybody who has the right to such a thing somewhere, everywhere; and at
    each place some of those who have it nowhere, others for each thing.

    A view that forgets where, shows itself to the first; one that forgets who, to any of the others. All, if `IS_FULL`.
    """
    have_it = {who for (who, _), want in wanted.items() if want != NOTHING}
    others: dict[str, list[str]] = {}
    for who, site in wanted:
        if who not in have_it:
            others.setdefault(site, []).append(who)
    drawn = {
        (who, site)
        for site, people in others.items()
        for who in random.Random(f"{what} {site}").sample(people, min(OTHERS, len(people)))
    }
    return {
        (who, site): want for (who, site), want in wanted.items() if IS_FULL or who in have_it or (who, site) in drawn
    }


def _check_kind(world: World, question: Question, missing: dict[str, Answer]) -> int:
    address, kind, wanted = question.address, question.kind, question.wanted
    answers = _answers(world, address, kind, question.things, wanted)
    wrong = {case: (answer.status, wanted[case]) for case, answer in answers.items() if found(answer) != wanted[case]}
    assert not wrong, f"{address} of {kind}: {wrong}"
    told_apart = sorted(
        (who, site)
        for (who, site), want in wanted.items()
        if want == NOTHING and answers[who, site].seen != missing[who].seen
    )
    assert not told_apart, f"{address}: out of reach isn't what a missing {kind} is to {told_apart}"
    return len(answers)


def cases_of(name: str) -> list[tuple[str, str]]:
    """Who asks for the things of which place.

    Those of the other street ask for what is on either side of the border; whom the console isn't for, for one thing.
    """
    return [(who, site) for who in asked_by(name) for site in sites_of(name) if _is_asked(name, who, site)]


def _is_asked(name: str, who: str, site: str) -> bool:
    if site == "own":
        return True
    if name.startswith("admin:"):
        return who in OFFICERS
    if who.startswith("strange"):
        return site == "other_street"
    return site != "other_community" or who in OF_SEVERAL_COMMUNITIES


def _answers(
    world: World, address: Address, kind: str, things: dict[str, Any], wanted: dict[tuple[str, str], str]
) -> dict[tuple[str, str], Answer]:
    """Whoever may not, presses first: together they have changed nothing in any table."""
    answers = {}
    for (who, site), want in wanted.items():
        if want != MAY or address.method == "GET":
            data = data_of(world, address, kind, site) if address.method == "POST" else {}
            answers[who, site] = ask(world.browser(who), address.method, path_of(address, things[site], kind), data)
    if address.method == "POST":
        assert fingerprint() == world.untouched, f"{address} of {kind}: a press that was turned away has left something"
        for who, site in wanted.keys() - answers.keys():
            data = data_of(world, address, kind, site)
            answers[who, site] = press(world.browser(who), path_of(address, things[site], kind), data)
    return answers


def _when_it_is_gone(world: World, address: Address, kind: str, people: set[str]) -> dict[str, Answer]:
    """What these people get at the address of their side's own thing, once that goes by another. Always 404."""
    thing, key = thing_at(world, address.name, kind, "own"), KEYS.get(kind, "public_id")
    assert thing is not None, f"{address}: the world has no {kind}"
    with transaction.atomic():
        path = path_of(address, thing, kind)
        data = data_of(world, address, kind, "own") if address.method == "POST" else {}
        if key == "pk":
            path = path_of(address, thing, kind, key=MISSING[key])
        else:
            gone = type(thing)._base_manager.filter(pk=thing.pk).update(**{key: MISSING.get(key) or uuid.uuid4()})
            assert gone == 1
        answers = {
            who: nowhere(world, who, address.method)
            if address.name.startswith("admin:") and who not in IN_THE_OFFICE
            else ask(world.browser(who), address.method, path, data)
            for who in sorted(people)
        }
        transaction.set_rollback(True)
    assert {answer.status for answer in answers.values()} <= {404}, f"{address}: a missing {kind}"
    return answers


def nowhere(world: World, who: str, method: str) -> Answer:
    """What this person gets where nothing has ever been. Asked once."""
    if (who, method) not in world.nowhere:
        world.nowhere[who, method] = ask(world.browser(who), method, "/no-such-page/")
    return world.nowhere[who, method]


# --- a page without a thing ---


def check_page(world: World, rights: Rights, name: str, method: str) -> int:
    """The page is there for those whom any line of it lets in. For all others nothing has ever been at this address."""
    rows = rights.rows_for(method, name)
    path = page_address(name)
    for who in asked_by(name):
        may = any(expected(row, world.persons[who], None) == MAY for row in rows)
        browser = world.browser(who)
        answer = press(browser, path, {}) if method == "POST" else ask(browser, method, path)
        assert found(answer) == (MAY if may else NOTHING), f"{method} {name}, asked by {who}: {answer.status}"
        if not may:
            told_apart = answer.seen != nowhere(world, who, method).seen
            assert not told_apart, f"{method} {name}: {who} can tell it from no page at all"
    return len(asked_by(name))


def page_address(name: str) -> str:
    if name in UNNAMED:
        return UNNAMED[name]
    if name == "admin:autocomplete":
        return reverse(name) + "?app_label=governance&model_name=building&field_name=estate&term="
    if name == "admin:app_list":
        return reverse(name, args=["governance"])
    return reverse(name, args=[FACETS[name]] if name in FACETS else [])


# --- what a list shows ---

Marker = Callable[[Any], str]


def _link(name: str, key: str = "public_id") -> Marker:
    return lambda thing: reverse(name, args=[getattr(thing, key)])


ORDERS = ("order", "quarrel_order", "department_order", "street_order", "district_order")
GAPS: dict[str, Marker] = {"gap": lambda building: building.name}
# By address and kind: what of a thing stands on the page that shows it, and on no other.
LISTS: dict[str, dict[str, Marker]] = {
    "queue": dict.fromkeys(ORDERS, _link("order_detail")),
    "queue_rows": dict.fromkeys(ORDERS, _link("order_detail")),
    "petition_list": {"petition": _link("petition_detail", "receipt_no")},
    "inbox": {"message": lambda notice: notice.link},
    "homes": {"home": _link("home_end")},
    "desk": dict.fromkeys(("unsorted", "past_the_community", "past_the_street"), _link("desk_matter")),
    "desk_rows": dict.fromkeys(("unsorted", "past_the_community", "past_the_street"), _link("desk_matter")),
    "desk_homes": {"home": _link("desk_home")},
    "desk_imported": dict.fromkeys(("imported", "imported_given"), _link("desk_imported_petition", "receipt_no")),
    "outdoors": dict.fromkeys(
        ("waiting_matter", "quarrel", "complaint", "past_the_community", "past_the_street"),
        lambda issue: f"/outdoors/{issue.public_id}/",
    ),
    "supervisions": dict.fromkeys(
        ("supervision", "street_supervision", "district_supervision"), _link("supervision_detail")
    ),
    "building_cards": {"building": lambda building: f"/b/{building.qr_token}/"},
    "not_reached": {"notice": _link("notice_phoned")},
    "coverage": GAPS,
    "coverage_rule": GAPS,
    "party_tree": {"branch": lambda branch: branch.name},
    "votes": dict.fromkeys(("vote_draft", *ANNOUNCED), _link("vote")),
    "topics": dict.fromkeys(("topic", "topic_about_street", *PUBLIC_TOPICS), _link("topic")),
    "desk_topics": dict.fromkeys(("topic", "topic_about_street", *PUBLIC_TOPICS), _link("desk_topic")),
    "desk_votes": dict.fromkeys(("vote_draft", *ANNOUNCED), _link("desk_vote")),
    "desk_commitments": dict.fromkeys(("commitment", "street_commitment"), _link("desk_commitment")),
    "meetings": dict.fromkeys(("meeting_draft", *rights_meetings.CALLED), _link("meeting")),
    "desk_meetings": dict.fromkeys(("meeting_draft", *rights_meetings.CALLED), _link("desk_meeting")),
    "surveys": dict.fromkeys(("survey_draft", *rights_surveys.PUBLISHED), _link("survey")),
    "desk_surveys": dict.fromkeys(("survey_draft", *rights_surveys.PUBLISHED), _link("desk_survey")),
}
# The parts of a list that together are the whole of it.
PARTS: dict[str, tuple[str, ...]] = {
    "queue": ("", "?whose=area"),
    "queue_rows": ("", "?whose=area"),
    "votes": ("", "?page=2"),
    "desk_votes": ("", "?page=2"),
    "topics": ("", "?page=2"),
    "desk_topics": ("", "?page=2"),
    "desk_commitments": ("", "?page=2"),
    "meetings": ("", "?page=2", "?page=3"),
    "desk_meetings": ("", "?page=2"),
    "surveys": ("", "?page=2"),
    "desk_surveys": ("", "?page=2"),
    "outdoors": ("", "?show=open", "?show=check", "?show=quarrels", "?show=found"),
}
# On these the person chooses one of several areas, by links.
BY_AREA = ("coverage", "coverage_rule", "party_tree")


def check_list(world: World, rights: Rights, name: str) -> int:
    """Everybody who has the page sees on it exactly the rows in their scope."""
    count = 0
    for who in ASKED:
        person = world.persons[who]
        rows = [row for row in rights.rows_for("GET", name) if kinds_of(row)]
        if not any(expected(row, person, None) == MAY for row in rows):
            continue
        page = whole_list(world, who, name)
        for row in rows:
            for kind in kinds_of(row):
                shown, wanted = _rows_shown(world, name, kind, page), _rows_wanted(world, row, person, kind)
                assert shown == wanted, f"{name}: {who} sees {kind} of {sorted(shown)}, not of {sorted(wanted)}"
                count += len(SITES)
    return count


def whole_list(world: World, who: str, name: str) -> str:
    pages = [ask(world.browser(who), "GET", page_address(name) + part) for part in PARTS.get(name, ("",))]
    assert pages[0].status == 200, f"{name}, asked by {who}: {pages[0].status}"
    if name in BY_AREA:
        offered = ask(world.browser(who), "GET", reverse("coverage")).body.decode()
        areas = sorted(set(re.findall(r'<option value="([^"]+)"', offered)))
        pages += [ask(world.browser(who), "GET", page_address(name), {"area": area}) for area in areas]
    return "\n".join(page.body.decode() for page in pages if page.status == 200)


def _rows_shown(world: World, name: str, kind: str, page: str) -> set[str]:
    return {site for site in SITES if LISTS[name][kind](world.sites[site][kind]) in page}


def _rows_wanted(world: World, row: Row, person: Person, kind: str) -> set[str]:
    return {site for site in SITES if expected(row, person, facts_of(world.sites[site][kind])) == MAY}


# --- registers ---


def check_register(world: World, rights: Rights, model: str) -> int:
    """A register's list, as it is and searched for each street's names: exactly the rows in scope are there."""
    name = f"admin:{model}_changelist"
    (row,) = rights.rows_for("GET", name)
    (kind,) = kinds_of(row)
    count = 0
    for who in IN_THE_OFFICE:
        rows = {site: row_at(world, model, site) for site in ("own", "other_street")}
        assert None not in rows.values(), f"{model} has no row in each street"
        wanted = {
            site
            for site, each in rows.items()
            if expected(row, world.persons[who], where_is(world, kind, site, each)) == MAY
        }
        if expected(row, world.persons[who], None) != MAY:
            continue
        for question in ("", "?q=桃园", "?q=春和"):
            found_there = rows_of_register(world, who, reverse(name), question)
            shown = {site for site, each in rows.items() if str(each.pk) in found_there}
            assert shown <= wanted, f"{model}{question}: {who} sees {sorted(shown)}, not {sorted(wanted)}"
            assert question or shown == wanted, f"{model}: {who} sees {sorted(shown)}, not {sorted(wanted)}"
            count += len(rows)
    return count


def rows_of_register(world: World, who: str, path: str, question: str) -> set[str]:
    """The keys of the rows on all pages of a register's list: the last is the one that isn't full.

    Where the last is full, too, it comes again beyond itself.
    """
    rows: set[str] = set()
    shortest_page = min(admin.list_per_page for admin in console._registry.values())
    for number in range(1, 100):
        asked = f"{question or '?'}&p={number}"
        page = ask(world.browser(who), "GET", path + asked).body.decode()
        here = set(re.findall(rf'"{path}([^/"]+)/change/', page))
        if here <= rows:
            return rows
        rows |= here
        if len(here) < shortest_page:
            return rows
    raise AssertionError(f"{path} has no last page")


STREETS = {"sun": ("桃园里", "桃园社区", "嘉润", "东湖"), "strange_officer": ("春和", "星湖", "恒信", "柳岸", "安和")}


def check_no_other_street(world: World, name: str, who: str, question: str = "") -> None:
    """No name from another street stands anywhere on the page: not in rows, choices, filters or references."""
    path = reverse(name) + question
    answer = ask(world.browser(who), "GET", path)
    page = _unzipped(answer.body) if answer.body.startswith(b"PK") else answer.body.decode()
    told = [word for word in STREETS[who] if word in page]
    assert not told, f"{path}: {who} reads {told}"


def _unzipped(workbook: bytes) -> str:
    with zipfile.ZipFile(BytesIO(workbook)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


def references() -> list[tuple[str, str]]:
    """Each reference that a register's form finds by typing: the register, and the field."""
    return sorted(
        (f"{model._meta.app_label}_{model._meta.model_name}", field)
        for model, admin in console._registry.items()
        for field in admin.autocomplete_fields
    )


def check_reference(world: World, model: str, field: str) -> int:
    """What a reference offers: nothing of another street. To administrators, something of both."""
    app_label, model_name = model.split("_", 1)
    asked = f"?app_label={app_label}&model_name={model_name}&field_name={field}&term="
    for who, words in STREETS.items():
        answer = ask(world.browser(who), "GET", reverse("admin:autocomplete") + asked)
        said = answer.body.decode("unicode_escape")
        told = [word for word in words if word in said]
        assert not told, f"{model}.{field} offers {who} {told}"
    return len(STREETS)


# --- what nobody has named ---


def check_unnamed_method(world: World, rights: Rights, name: str, method: str) -> int:
    """A method that the file doesn't name for an address is answered 404 or 405, to everybody."""
    rows = rights.rows_for("POST" if method == "GET" else "GET", name)
    kind = next((kind for row in rows for kind in kinds_of(row)), "register" if name.startswith("admin:") else "")
    facet = next((address.facet for row, address in rights.cases([name])), "")
    thing = thing_at(world, name, kind, "own") if kind and addresses()[name] else None
    path = path_of(Address(method, name, facet), thing, kind) if thing is not None else page_address(name)
    statuses = {}
    for who in ("li", *IN_THE_OFFICE) if name.startswith("admin:") else AT_THE_DOOR:
        with transaction.atomic():
            statuses[who] = ask(world.browser(who), method, path).status
            transaction.set_rollback(True)
    answered = {who: status for who, status in statuses.items() if status not in (404, 405)}
    assert not answered, f"{method} {name} is answered: {answered}"
    return len(statuses)


def paths(world: World, rights: Rights, name: str, method: str) -> list[str]:
    """Where the address leads: to a thing, and to one that is gone; or to the page."""
    if not addresses()[name]:
        return [page_address(name)]
    row, address = next((row, address) for row, address in rights.cases([name]) if address.method == method)
    kind = kinds_of(row)[0]
    thing = thing_at(world, name, kind, "own")
    assert thing is not None
    gone = MISSING.get(KEYS.get(kind, "public_id")) or uuid.uuid4()
    return [path_of(address, thing, kind), path_of(address, thing, kind, key=gone)]


def count_cases(world: World, rights: Rights) -> int:
    """How many questions the file asks: a person, a method of an address, and a thing somewhere, gone, or none."""
    count = 0
    for name, has_thing in addresses().items():
        for row, _address in rights.cases([name]):
            count += len(kinds_of(row)) * len(cases_of(name)) if has_thing else 0
        count += 2 * len(asked_by(name))  # for each method: gone, or no thing at all
    for name in LISTS:
        rows = [row for row in rights.rows_for("GET", name) if kinds_of(row)]
        have_it = [who for who in ASKED if any(expected(row, world.persons[who], None) == MAY for row in rows)]
        count += len(have_it) * len(SITES) * sum(len(kinds_of(row)) for row in rows)
    return count


# --- what is neither a thing nor a page ---


def check_etags(world: World, people: tuple[str, ...]) -> None:
    """The queue's fragment is new to everybody who comes with somebody else's tag, and isn't there for others."""
    address = reverse("queue_rows")
    tags = {who: world.browser(who).get(address)["ETag"] for who in people}
    for who in people:
        for other, tag in tags.items():
            status = world.browser(who).get(address, headers={"If-None-Match": tag}).status_code
            assert status == (304 if other == who else 200), f"{who} comes with {other}'s tag: {status}"
    for who in ("li", "chen", "administrator"):
        status = world.browser(who).get(address, headers={"If-None-Match": tags[people[0]]}).status_code
        assert status == 404, f"{who} comes with a tag and is answered {status}"


def check_areas(world: World, name: str) -> None:
    """Another street's area, asked for by its name, is what an area is that nobody has heard of."""
    areas = {who: f"云溪区{street}" for who, street in (("sun", "东湖街道"), ("strange_officer", "安和街道"))}
    areas |= {"wu": "云溪区安和街道柳岸社区", "chen": "云溪区安和街道柳岸社区"}
    for who, area in areas.items():
        theirs = ask(world.browser(who), "GET", page_address(name), {"area": area})
        nowhere = ask(world.browser(who), "GET", page_address(name), {"area": "云溪区没有街道"})
        assert (theirs.status, nowhere.status) == (404, 404), f"{name}: {who} asks for {area}"


def check_notices_to_staff(world: World) -> None:
    """What is sent to the staff about a new petition has nothing in it of whoever said it."""
    with transaction.atomic():
        said = file(world.people["li"], world.cast.building, category="plumbing", words="李秀英家漏水")
        take_in(said)
        about = Notice.objects.exclude(recipient=said.petitioner).filter(created_at=NOW)
        stored = str(list(about.values_list("message_key", "params", "link")))
        transaction.set_rollback(True)
    told = [word for word in ("李秀英", "13800130003", said.receipt_no) if word in stored]
    assert stored != "[]", "nobody was told"
    assert not told, f"the staff are told {told}"
