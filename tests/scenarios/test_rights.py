"""Who gets where: every address of the portal × every part of the cast × whose thing it is, asked and pressed.

What is out of somebody's reach must look exactly like what never was: same status, same bytes. The table below names
every address; one that is missing from it turns a test red.
"""

import io
import uuid
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image

from governance import shipped as shipped_by_governance
from governance.models import Building, Channel, Management, Notice, NoticeState, RoleAssignment, User
from issues import shipped as shipped_by_issues
from issues.domain import handling
from issues.models import OrderPhoto, WorkOrder
from residents.models import Occupancy, Petition, PetitionDraft, PetitionPhoto
from tests.cast import NOW, Cast, build_cast, client_of, draft, file, take_in

pytestmark = pytest.mark.django_db

RESIDENTS = ("li", "wang", "xu", "stranger")
HENGXIN = ("zhou", "liu", "ma", "zheng")
COMMITTEE = ("gao", "he")
OFFICE = ("wu", "sun")
AWAY = ("strange_steward", "strange_manager")
AWAY_OFFICE = ("strange_worker", "strange_officer")
EVERYBODY = (*RESIDENTS, "chen", "zhao", *HENGXIN, *COMMITTEE, *OFFICE, "administrator", *AWAY, *AWAY_OFFICE)
DESK = (*HENGXIN, *COMMITTEE, *OFFICE, *AWAY, *AWAY_OFFICE)


# --- whose things ---


@dataclass
class Things:
    """What one resident has: a draft, a home, a petition with a photo, its order with a photo, a notice that failed."""

    resident: User
    draft: PetitionDraft
    home: Occupancy
    petition: Petition
    photo: PetitionPhoto
    order: WorkOrder
    order_photo: OrderPhoto
    notice: Notice
    building: Building


def jpeg() -> ContentFile:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(written, "JPEG")
    return ContentFile(written.getvalue(), name="photo.jpg")


def things_of(resident: User, building: Building, steward: User) -> Things:
    """`steward` has accepted the order; `resident` has begun another petition."""
    petition = file(resident, building)
    order = take_in(petition)
    photo = PetitionPhoto(petition=petition, position=1, added_at=NOW)
    photo.file.save("photo.jpg", jpeg())
    handling.accept(order, actor=steward, at=NOW)
    order_photo = OrderPhoto(work_order=order, taken_by=steward, added_at=NOW)
    order_photo.file.save("photo.jpg", jpeg())
    notice = Notice.objects.create(
        recipient=resident,
        subdistrict_id=petition.subdistrict_id,
        community_id=petition.community_id,
        channel=Channel.SMS,
        message_key="petition_received",
        params={"receipt_no": petition.receipt_no},
        state=NoticeState.NOT_REACHED,
        dedupe_key=f"rights:{resident.pk}",
        created_at=NOW,
        next_attempt_at=NOW,
    )
    return Things(
        resident=resident,
        draft=draft(resident, building),
        home=Occupancy.objects.get(user=resident),
        petition=petition,
        photo=photo,
        order=order,
        order_photo=order_photo,
        notice=notice,
        building=building,
    )


@dataclass
class World:
    cast: Cast
    here: Things  # 春和苑, under contract with Hengxin
    self_managed: Things  # same community, another body
    away: Things  # another street
    sessions: dict[str, str]  # by username
    _browsers: dict[str, Client] = field(default_factory=dict)

    def browser(self, who: str) -> Client:
        """The browser in which this person is signed in."""
        if who not in self._browsers:
            self._browsers[who] = Client()
            self._browsers[who].cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        return self._browsers[who]


def build() -> World:
    """The cast at NOW, each resident with a thing of every kind, and everybody signed in."""
    shipped_by_governance.ensure(apps.get_model, at=shipped_by_governance.SHIPPED_AT)
    shipped_by_issues.ensure(apps.get_model)
    cast = build_cast()
    return World(
        cast=cast,
        here=things_of(cast.li, cast.building, cast.zhou),
        self_managed=things_of(cast.xu, cast.self_managed_building, cast.gao),
        away=things_of(cast.stranger, cast.strange_building, cast.strange_steward),
        sessions={who: client_of(getattr(cast, who)).cookies[settings.SESSION_COOKIE_NAME].value for who in EVERYBODY},
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture
def media_root(settings, files: Path) -> Path:
    """One folder for the whole module, as there is one world."""
    settings.MEDIA_ROOT = files
    return files


@pytest.fixture(scope="module")
def built_once(django_db_setup, django_db_blocker, files: Path) -> Iterator[World]:
    """Nobody commits: what a test does is undone after it, and the world at the end."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=files), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(built_once: World, db) -> World:
    """A copy of one's own: the rows are undone after each test, the objects in memory wouldn't be."""
    return deepcopy(built_once)


@pytest.fixture(autouse=True)
def _same_page_same_bytes(monkeypatch) -> None:
    """Requests take place at `NOW`, and a form's token isn't masked anew for each page: pages can be compared whole."""
    monkeypatch.setattr("governance.middleware.database_now", lambda: NOW)
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "a" * 32)


# --- the table ---

# Where something has an address, which attribute it goes by.
OBJECTS: dict[str, tuple[str, str]] = {
    "building_card": ("building", "qr_token"),
    "building_card_print": ("building", "qr_token"),
    "building_scanned": ("building", "qr_token"),
    "home_end": ("home", "public_id"),
    "notice_number": ("notice", "public_id"),
    "notice_phoned": ("notice", "public_id"),
    "order_detail": ("order", "public_id"),
    "order_photo": ("order_photo", "public_id"),
    "order_step": ("order", "public_id"),
    "petition_arrival": ("petition", "receipt_no"),
    "petition_detail": ("petition", "receipt_no"),
    "petition_evaluate": ("petition", "receipt_no"),
    "petition_filed": ("petition", "receipt_no"),
    "petition_nudge": ("petition", "receipt_no"),
    "petition_step": ("draft", "token"),
    "petition_supplement": ("petition", "receipt_no"),
    "petition_withdraw": ("petition", "receipt_no"),
    "photo": ("photo", "public_id"),
}
FURTHER = {"petition_step": ["words"], "order_step": ["note"]}

# Addresses for whoever comes along: what a stranger gets (GET, POST).
PUBLIC = {
    "account_code": (302, 302),  # no number has been given: back to the first page
    "account_code_again": (405, 302),
    "account_login": (200, 200),
    "account_login_password": (200, 200),
    "account_logout": (302, 302),
    "deadlines": (200, 405),
    "healthz": (200, 405),
    "home": (200, 405),
    "privacy": (200, 200),
    "set_language": (405, 400),
    "set_mode": (405, 400),
}
# Addresses without a thing in them: who is let in; for everybody else they don't exist.
PLACES: dict[str, tuple[str, ...]] = {
    "account": EVERYBODY,
    "account_change_password": EVERYBODY,
    "account_set_password": EVERYBODY,
    "building_cards": tuple(who for who in EVERYBODY if who not in RESIDENTS),
    "home_claim": EVERYBODY,
    "homes": EVERYBODY,
    "inbox": EVERYBODY,
    "not_reached": (*OFFICE, *AWAY_OFFICE, "administrator"),
    "petition_list": EVERYBODY,
    "petition_new": EVERYBODY,
    "queue": DESK,
    "queue_rows": DESK,
}
# Everybody who may look at, or press, the thing of li here, of xu in the self-managed estate, of qian away.
OWN = {"here": ("li",), "self_managed": ("xu",), "away": ("stranger",)}
AT_DESK = {
    "here": (*HENGXIN, *OFFICE),
    "self_managed": (*COMMITTEE, *OFFICE),
    "away": (*AWAY, *AWAY_OFFICE),
}
PHONES = {
    "here": (*OFFICE, "administrator"),
    "self_managed": (*OFFICE, "administrator"),
    "away": (*AWAY_OFFICE, "administrator"),
}
ANYBODY = {"here": EVERYBODY, "self_managed": EVERYBODY, "away": EVERYBODY}
PRINTS = {
    "here": (*HENGXIN, "zhao", *OFFICE, "administrator"),
    "self_managed": (*COMMITTEE, "zhao", *OFFICE, "administrator"),
    "away": (*AWAY, *AWAY_OFFICE, "administrator"),
}
IN_REACH: dict[str, dict[str, tuple[str, ...]]] = {
    "building_card": ANYBODY,
    "building_card_print": PRINTS,
    "building_scanned": ANYBODY,
    "home_end": OWN,
    "notice_number": PHONES,
    "notice_phoned": PHONES,
    "order_detail": AT_DESK,
    "order_photo": AT_DESK,
    "order_step": AT_DESK,
    "petition_arrival": OWN,
    "petition_detail": OWN,
    "petition_evaluate": OWN,
    "petition_filed": OWN,
    "petition_nudge": OWN,
    "petition_step": OWN,
    "petition_supplement": OWN,
    "petition_withdraw": OWN,
    "photo": OWN,
}
# Only pressed, never followed; only looked at, never pressed.
POST_ONLY = {"home_end", "notice_number", "notice_phoned", "petition_arrival", "petition_nudge"}
GET_ONLY = {
    "building_card", "building_card_print", "building_cards", "building_scanned", "order_detail", "order_photo",
    "petition_filed", "photo", "queue", "queue_rows",
}  # fmt: skip
POSTED = {"order_step": {"words": "已约好明天上午来修。"}, "petition_supplement": {"words": "还有异味。"}}


def names() -> set[str]:
    """The name of every address that the portal answers to."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                yield pattern.name or str(pattern.pattern)

    return set(walk(get_resolver().url_patterns))


def test_the_table_names_every_address():
    assert names() == PUBLIC.keys() | PLACES.keys() | IN_REACH.keys()


def address_of(name: str, things: Things) -> str:
    attribute, key = OBJECTS[name]
    return reverse(name, args=[getattr(getattr(things, attribute), key), *FURTHER.get(name, [])])


def is_let_in(status: int) -> bool:
    """Shown, led on, or told what is missing: anything but “this isn't here”."""
    return status in (200, 302, 400, 405, 409)


# --- nobody has signed in ---


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_what_is_public_answers_a_stranger(shipped, name):
    address = reverse(name)
    assert (Client().get(address).status_code, Client().post(address).status_code) == PUBLIC[name]


@pytest.mark.parametrize("name", sorted(PLACES.keys() | IN_REACH.keys()))
def test_a_stranger_is_led_to_sign_in_whether_the_thing_exists_or_not(world, name):
    addresses = [reverse(name)] if name in PLACES else [address_of(name, world.here), missing_address(name)]
    for address in addresses:
        response = Client().get(address)
        assert response.status_code == 302, address
        assert response["Location"].startswith(reverse("account_login")), address
        if name not in GET_ONLY:
            pressed = Client().post(address)
            assert (pressed.status_code, pressed["Location"]) == (302, response["Location"]), address


def missing_address(name: str) -> str:
    _attribute, key = OBJECTS[name]
    value = {"qr_token": "ZZZZZZZZZZZZ", "receipt_no": "SQ-2222-2222"}.get(key, uuid.uuid4())
    return reverse(name, args=[value, *FURTHER.get(name, [])])


# --- somebody has ---


@pytest.mark.parametrize("name", sorted(PLACES))
def test_a_page_exists_for_those_whose_it_is_and_for_nobody_else(world, name):
    found = {who: is_let_in(world.browser(who).get(reverse(name)).status_code) for who in EVERYBODY}
    assert found == {who: who in PLACES[name] for who in EVERYBODY}


@pytest.mark.parametrize("name", sorted(IN_REACH))
def test_a_thing_exists_for_those_in_whose_reach_it_is_and_for_nobody_else(world, name):
    """Asked for by everybody, and pressed by everybody whom it doesn't concern: nothing of it may move."""
    for whose, in_reach in IN_REACH[name].items():
        things = getattr(world, whose)
        address = address_of(name, things)
        before = state_of(things)
        shut_out = {who: world.browser(who) for who in EVERYBODY if who not in in_reach}
        if name not in POST_ONLY:
            asked = {who: is_let_in(world.browser(who).get(address).status_code) for who in EVERYBODY}
            assert asked == {who: who in in_reach for who in EVERYBODY}, whose
        if name not in GET_ONLY:
            pressed = {who: client.post(address, POSTED.get(name, {})).status_code for who, client in shut_out.items()}
            assert pressed == dict.fromkeys(shut_out, 404), whose
        assert state_of(things) == before, whose


def state_of(things: Things) -> list[object]:
    things.petition.refresh_from_db()
    things.order.refresh_from_db()
    things.home.refresh_from_db()
    things.notice.refresh_from_db()
    things.draft.refresh_from_db()
    return [
        things.petition.state,
        things.petition.nudged_at,
        things.petition.updates.count(),
        things.order.state,
        things.order.holder_id,
        things.order.changed_at,
        things.home.state,
        things.notice.state,
        things.draft.words,
    ]


@pytest.mark.parametrize("name", sorted(name for name in IN_REACH if IN_REACH[name] is not ANYBODY))
def test_what_is_out_of_reach_is_byte_for_byte_what_is_missing(world, name):
    """The same address is asked twice by the same people: while the thing exists, and when it doesn't any more."""
    things = world.here
    address = address_of(name, things)
    shut_out = {who: world.browser(who) for who in EVERYBODY if who not in IN_REACH[name]["here"]}
    verbs = [verb for verb, left_out in (("get", POST_ONLY), ("post", GET_ONLY)) if name not in left_out]
    out_of_reach = {
        (who, verb): seen(getattr(client, verb)(address)) for who, client in shut_out.items() for verb in verbs
    }
    attribute, key = OBJECTS[name]
    take_away(getattr(things, attribute), key)
    missing = {(who, verb): seen(getattr(client, verb)(address)) for who, client in shut_out.items() for verb in verbs}
    assert {status for status, _body in missing.values()} == {404}
    assert out_of_reach == missing


def seen(response) -> tuple[int, bytes]:
    return response.status_code, response.content


def take_away(thing: Model, key: str) -> None:
    """Let the thing go by another name from now on, so that its address leads nowhere."""
    other = {"qr_token": "YYYYYYYYYYYY", "receipt_no": "SQ-3333-3333"}.get(key, uuid.uuid4())
    assert type(thing)._default_manager.filter(pk=thing.pk).update(**{key: other}) == 1


# --- photos and fragments ---


def test_a_petitions_photo_is_shown_to_its_person_and_to_those_who_handle_it(world):
    here = world.here
    at_desk = reverse("order_photo", args=[here.photo.public_id])
    assert {who for who in EVERYBODY if world.browser(who).get(at_desk).status_code == 200} == set(AT_DESK["here"])


def test_a_photo_of_a_draft_is_its_persons_alone(world):
    photo = PetitionPhoto(draft=world.here.draft, position=1, added_at=NOW)
    photo.file.save("photo.jpg", jpeg())
    for name in ("photo", "order_photo"):
        address = reverse(name, args=[photo.public_id])
        let_in = {who for who in EVERYBODY if world.browser(who).get(address).status_code == 200}
        assert let_in == ({"li"} if name == "photo" else set())


def test_one_persons_etag_is_worth_nothing_to_another(world):
    """A 304 would say that the other one sees the same."""
    address = reverse("queue_rows")
    tags = {who: world.browser(who).get(address)["ETag"] for who in DESK}
    assert len(set(tags.values())) == len(DESK)
    for who in DESK:
        for other, tag in tags.items():
            response = world.browser(who).get(address, headers={"If-None-Match": tag})
            assert response.status_code == (304 if other == who else 200), (who, other)
    for who in ("li", "chen", "administrator"):
        shut_out = world.browser(who).get(address, headers={"If-None-Match": tags["zhou"]})
        assert shut_out.status_code == 404
    assert Client().get(address, headers={"If-None-Match": tags["zhou"]}).status_code == 302


# --- what was allowed a moment ago ---

VERBS = {
    "accept": {},
    "arrive": {},
    "note": {"words": "看过了"},
    "finish": {"words": "换好了"},
    "return": {"reason": "not_ours"},
    "plan": {"words": "换管", "fulfil_by": "2026-05-29"},
    "reassign": {},
}


def press(user: User, order: WorkOrder, verb: str, **facts: str) -> int:
    return client_of(user).post(reverse("order_step", args=[order.public_id, verb]), facts).status_code


@pytest.mark.parametrize("who", ["liu", "zheng", "wu", "sun"])
@pytest.mark.parametrize("verb", ["arrive", "finish", "return", "plan"])
def test_nobody_takes_the_steps_of_an_order_that_somebody_else_holds(world, who, verb):
    order = world.here.order
    assert press(getattr(world.cast, who), order, verb, **VERBS[verb]) == 403
    assert WorkOrder.objects.get(pk=order.pk).state == "accepted"


@pytest.mark.parametrize(("who", "status"), [("zheng", 302), ("liu", 403), ("zhou", 403), ("wu", 403), ("sun", 403)])
def test_only_the_manager_gives_an_order_to_somebody_else(world, who, status):
    order = world.here.order
    assert press(getattr(world.cast, who), order, "reassign", holder=str(world.cast.liu.public_id)) == status
    assert WorkOrder.objects.get(pk=order.pk).holder == (world.cast.liu if status == 302 else world.cast.zhou)


def test_an_order_goes_to_nobody_outside_the_body(world):
    for outsider in (world.cast.wu, world.cast.gao, world.cast.li, world.cast.strange_steward):
        assert press(world.cast.zheng, world.here.order, "reassign", holder=str(outsider.public_id)) == 400
    assert WorkOrder.objects.get(pk=world.here.order.pk).holder == world.cast.zhou


def end_contract(world: World) -> None:
    Management.objects.filter(body=world.cast.hengxin).update(valid_until=NOW.date() - timedelta(days=1))


def end_roles(world: World) -> None:
    RoleAssignment.objects.filter(body=world.cast.hengxin).update(valid_until=NOW)


def close_accounts(world: World) -> None:
    User.objects.filter(username__in=HENGXIN).update(is_active=False)


@pytest.mark.parametrize(
    ("happens", "status"),
    [(end_contract, 404), (end_roles, 404), (close_accounts, 302)],
    ids=["contract", "role", "account"],
)
def test_a_tab_left_open_is_worth_nothing_once_the_right_has_ended(world, happens: Callable, status: int):
    """Contract, role or account: each press from a page that was fine a minute ago, and each photo, is turned away."""
    order, photo = world.here.order, world.here.photo
    open_tabs = {who: world.browser(who) for who in HENGXIN}
    assert all(
        tab.get(reverse("order_detail", args=[order.public_id])).status_code == 200 for tab in open_tabs.values()
    )
    happens(world)
    for tab in open_tabs.values():
        for verb, facts in VERBS.items():
            assert tab.post(reverse("order_step", args=[order.public_id, verb]), facts).status_code == status
        for address in (
            reverse("order_detail", args=[order.public_id]),
            reverse("order_photo", args=[photo.public_id]),
            reverse("order_photo", args=[world.here.order_photo.public_id]),
        ):
            assert tab.get(address).status_code == status
        assert str(order.public_id) not in tab.get(reverse("queue_rows")).content.decode()
    fresh = WorkOrder.objects.get(pk=order.pk)
    assert (fresh.state, fresh.holder) == ("accepted", world.cast.zhou)


# --- who rates ---


def test_only_the_petitioner_rates(world):
    handling.finish(world.here.order, actor=world.cast.zhou, at=NOW, words="换好了")
    address = reverse("petition_evaluate", args=[world.here.petition.receipt_no])
    rating = {"is_solved": "yes", "satisfaction": "5", "was_contacted": "yes", "words": ""}
    for who in EVERYBODY:
        if who != "li":
            assert world.browser(who).post(address, rating).status_code == 404
    assert world.here.petition.evaluations.count() == 0
    assert world.browser("li").post(address, rating).status_code == 302
    assert world.here.petition.evaluations.get().given_by == world.cast.li


def test_a_contract_counts_until_the_end_of_its_last_day(world):
    Management.objects.filter(body=world.cast.hengxin).update(valid_until=NOW.date())
    assert world.browser("zhou").get(reverse("order_detail", args=[world.here.order.public_id])).status_code == 200
