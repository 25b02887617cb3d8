"""Signing in: what people type, what they are told, and what a stranger must not get."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.db.models import F
from django.test import Client, RequestFactory
from django.urls import reverse

from governance.adapters import CarrierError, Handed
from governance.domain import roles
from governance.domain import sign_in as domain
from governance.domain.limits import Limit, TooManyTries, take_try
from governance.domain.moment import database_now
from governance.domain.phones import mobile_number
from governance.encryption import lookup_hash
from governance.middleware import page_to_reload
from governance.models import AuditEntry, Consent, Notice, RoleAssignment, SignInAttempt, SignInCode, User
from tests.cast import PASSWORD

LOGIN, CODE, AGAIN = "/account/login/", "/account/login/code/", "/account/login/code/again/"
BY_PASSWORD = "/account/login/password/"
NEW_NUMBER = "+8613912345678"


class Phone:
    """Collects what would be sent, in place of a provider."""

    sent: list[tuple[str, str]] = []
    fails_with: Exception | None = None

    def send(self, *, address, subject, body, reference):
        if Phone.fails_with:
            raise Phone.fails_with
        Phone.sent.append((address, body))
        return Handed(provider_ref=reference, delivered=True)


@pytest.fixture(autouse=True)
def phone(settings):
    settings.SMS_ADAPTER = f"{__name__}.Phone"
    Phone.sent, Phone.fails_with = [], None
    return Phone


@pytest.fixture
def visitor(db):
    return Client()


def last_code() -> str:
    return re.search(r"[0-9]{6}", Phone.sent[-1][1])[0]


def wrong_code() -> str:
    return f"{(int(last_code()) + 1) % 10**6:06}"


def ask_for_code(client, number="139 1234 5678", **more):
    return client.post(LOGIN, {"phone": number, **more})


def user_of(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def let_pass(**time):
    """Move what is on record into the past: the pages ask the database what time it is."""
    length = timedelta(**time)
    SignInCode.objects.update(
        sent_at=F("sent_at") - length, expires_at=F("expires_at") - length, used_at=F("used_at") - length
    )
    SignInAttempt.objects.update(at=F("at") - length)


# --- numbers ---


@pytest.mark.parametrize(
    "typed",
    [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678",
        "+86 139 1234 5678",
        "+8613912345678",
        "008613912345678",
        "0086 139-1234-5678",
        "8613912345678",
        "１３９１２３４５６７８",
        "＋８６ 139１２３４5678",
        "\u202a+86 139 1234 5678\u202c",
        " 13912345678\u3000",
        "(+86) 139.1234.5678",
    ],
)
def test_a_mobile_number_is_read_as_people_type_it(typed):
    assert mobile_number(typed) == NEW_NUMBER


@pytest.mark.parametrize(
    "typed",
    ["", "12345", "1391234567", "139123456789", "12912345678", "05315551001", "139abcd5678", "+1 139 1234 5678",
     "٠١٣٩١٢٣٤٥٦٧٨", "139123456७८", "13912345678 13912345679"],
)  # fmt: skip
def test_what_is_no_mobile_number_is_refused(typed):
    assert mobile_number(typed) is None


@pytest.mark.parametrize("typed", ["abcdefghijk", "12345", "", "139\x0012345678", "1" * 500, "<b>13912345678</b>"])
def test_a_bad_number_is_answered_with_a_sentence_and_nothing_is_sent(visitor, typed):
    response = ask_for_code(visitor, typed)
    assert response.status_code == 200
    assert response.context["form"].errors["phone"]
    assert "id_phone_error" in response.content.decode()
    assert (Phone.sent, SignInCode.objects.count()) == ([], 0)


def test_the_number_stays_in_the_field_after_an_error(visitor):
    assert 'value="1391234"' in ask_for_code(visitor, "1391234").content.decode()


# --- codes ---


def test_a_new_number_gets_an_account_with_consent_on_record(visitor):
    assert ask_for_code(visitor).url == CODE
    assert [to for to, _words in Phone.sent] == [NEW_NUMBER]
    response = visitor.post(CODE, {"code": last_code()})
    assert (response.status_code, response.url) == (302, "/")
    user = user_of(visitor)
    assert (user.phone, user.has_usable_password(), user.language) == (NEW_NUMBER, False, "zh-hans")
    assert user.phone_verified_at is not None
    consent = Consent.objects.get(user=user)
    assert (consent.purpose, consent.text_version) == ("account", domain.ACCOUNT_TEXT_VERSION)
    assert AuditEntry.objects.filter(verb="open", noun="account", object_ref=str(user.public_id)).count() == 1


def test_the_new_account_keeps_the_language_and_mode_of_the_device(visitor):
    visitor.post("/preferences/language/", {"language": "ko", "next": LOGIN})
    visitor.post("/preferences/mode/", {"elder": "on", "next": LOGIN})
    ask_for_code(visitor)
    visitor.post(CODE, {"code": last_code()})
    assert (user_of(visitor).language, user_of(visitor).elder_mode) == ("ko", True)


def test_a_known_number_signs_in_its_person_and_agrees_once(visitor, cast):
    for _time in range(2):
        client = Client()
        ask_for_code(client, cast.li.phone)
        client.post(CODE, {"code": last_code()})
        assert user_of(client) == cast.li
        let_pass(minutes=2)
    assert Consent.objects.filter(user=cast.li).count() == 1
    assert User.objects.with_phone(cast.li.phone).count() == 1


@pytest.mark.parametrize("written", ["{} {}", "{}-{}", " {}{} "])
def test_spaces_in_the_code_are_forgiven(visitor, written):
    ask_for_code(visitor)
    code = last_code()
    visitor.post(CODE, {"code": written.format(code[:3], code[3:])})
    assert user_of(visitor) is not None


def test_full_width_digits_in_the_code_are_forgiven(visitor):
    ask_for_code(visitor)
    visitor.post(CODE, {"code": last_code().translate({ord("0") + n: ord("０") + n for n in range(10)})})
    assert user_of(visitor) is not None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12\x003456", "９９９"])
def test_what_is_no_code_costs_no_try(visitor, typed):
    ask_for_code(visitor)
    response = visitor.post(CODE, {"code": typed})
    assert response.context["form"].errors["code"]
    assert SignInCode.objects.get().tries == 0


def test_a_code_is_kept_only_as_a_keyed_hash_and_never_in_the_session_or_the_outbox(visitor):
    ask_for_code(visitor)
    row, digits = SignInCode.objects.get(), last_code()
    assert row.code_hash not in {"", digits, lookup_hash(digits)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM governance_signincode c")
        assert digits not in cursor.fetchone()[0].replace(row.code_hash, "")
    session = Session.objects.get(session_key=visitor.session.session_key).get_decoded()
    assert session["sign_in"] == {"code": str(row.public_id), "next": ""}
    assert Notice.objects.count() == 0


def test_five_wrong_codes_end_the_code_even_for_the_right_one(visitor):
    ask_for_code(visitor)
    right, wrong = last_code(), wrong_code()
    answers = [visitor.post(CODE, {"code": wrong}).context["form"].errors["code"][0] for _try in range(5)]
    assert [re.findall(r"\d", answer) for answer in answers[:4]] == [["4"], ["3"], ["2"], ["1"]]
    assert answers[4] == str(domain.CodeSpent.sentence)
    assert visitor.post(CODE, {"code": right}).context["form"].errors["code"] == [str(domain.CodeSpent.sentence)]
    assert user_of(visitor) is None


def test_a_code_is_good_for_five_minutes(visitor):
    ask_for_code(visitor)
    let_pass(minutes=4, seconds=50)
    assert visitor.post(CODE, {"code": last_code()}).status_code == 302
    late = Client()
    ask_for_code(late, "13800138000")
    let_pass(minutes=5)
    response = late.post(CODE, {"code": last_code()})
    assert response.context["form"].errors["code"] == [str(domain.CodeSpent.sentence)]
    assert user_of(late) is None


def test_a_code_works_at_its_last_instant_and_not_at_the_next(db):
    at = database_now()
    code = domain.send_code(NEW_NUMBER, address="", at=at)
    with pytest.raises(domain.CodeSpent):
        domain.enter_code(code, last_code(), at=at + domain.VALID_FOR)
    domain.enter_code(code, last_code(), at=at + domain.VALID_FOR - timedelta(microseconds=1))


def test_a_used_code_opens_nothing_again(db):
    at = database_now()
    code = domain.send_code(NEW_NUMBER, address="", at=at)
    domain.enter_code(code, last_code(), at=at)
    with pytest.raises(domain.CodeSpent):
        domain.enter_code(code, last_code(), at=at)


def test_a_used_code_sends_its_page_back_to_the_beginning(visitor):
    ask_for_code(visitor)
    copied = dict(visitor.session)
    visitor.post(CODE, {"code": last_code()})
    thief = Client()
    session = thief.session
    session.update(copied)
    session.save()
    assert thief.post(CODE, {"code": last_code()}).url == LOGIN
    assert user_of(thief) is None


def test_a_code_for_another_number_is_a_wrong_code(visitor, monkeypatch):
    codes = iter([111_111, 222_222])
    monkeypatch.setattr(domain.secrets, "randbelow", lambda _limit: next(codes))
    other = Client()
    ask_for_code(other, "13800138000")
    code_of_other = last_code()
    ask_for_code(visitor)
    response = visitor.post(CODE, {"code": code_of_other})
    assert response.status_code == 400
    assert user_of(visitor) is None


def test_a_code_opens_only_the_browser_that_asked_for_it(visitor):
    ask_for_code(visitor)
    assert Client().post(CODE, {"code": last_code()}).url == LOGIN


def test_a_new_code_is_sent_after_a_minute_and_ends_the_old_one(visitor):
    ask_for_code(visitor)
    old = last_code()
    too_early = visitor.post(AGAIN, follow=True)
    assert len(Phone.sent) == 1
    assert [message.level_tag for message in too_early.context["messages"]] == ["warning"]
    let_pass(seconds=61)
    visitor.post(AGAIN)
    assert len(Phone.sent) == 2
    if last_code() != old:
        assert visitor.post(CODE, {"code": old}).status_code == 400
    visitor.post(CODE, {"code": last_code()})
    assert user_of(visitor).phone == NEW_NUMBER


def test_pressing_twice_leads_to_the_code_on_its_way(visitor):
    assert [ask_for_code(visitor).url for _press in range(2)] == [CODE, CODE]
    assert len(Phone.sent) == 1


def test_another_browser_is_told_when_the_number_may_be_tried_again(visitor):
    ask_for_code(visitor)
    response = ask_for_code(Client())
    assert response.status_code == 429
    assert re.search(r"\d\d:\d\d:\d\d", response.context["form"].errors["phone"][0])


def test_a_number_gets_ten_codes_a_day(visitor):
    for _code in range(10):
        assert ask_for_code(Client()).status_code == 302
        let_pass(seconds=61)
    assert ask_for_code(Client()).status_code == 429
    assert ask_for_code(Client(), "13800138000").status_code == 302
    let_pass(hours=24)
    assert ask_for_code(Client()).status_code == 302


def test_forty_households_behind_one_address_all_get_their_code(visitor):
    answers = {ask_for_code(Client(), f"138001380{number:02}").status_code for number in range(40)}
    assert answers == {302}


@pytest.mark.parametrize("error", [CarrierError("quota"), TimeoutError("provider"), ValueError("broken adapter")])
def test_a_failing_provider_is_said_plainly_and_costs_no_try(visitor, error):
    Phone.fails_with = error
    response = ask_for_code(visitor)
    assert response.status_code == 503
    assert response.context["form"].errors["phone"] == [str(domain.CodeNotSent.sentence)]
    assert (SignInCode.objects.count(), SignInAttempt.objects.count()) == (0, 0)
    Phone.fails_with = None
    assert ask_for_code(visitor).status_code == 302


def test_known_and_unknown_numbers_get_the_same_answer(visitor, cast):
    known, unknown = Client(), Client()
    answers = [ask_for_code(known, cast.li.phone), ask_for_code(unknown, "13912345678")]
    assert answers[0].status_code == answers[1].status_code == 302
    assert answers[0].url == answers[1].url

    def page(client, number):
        words = re.sub(r"<input type=\"hidden\" name=\"csrf[^>]*>", "", client.get(CODE).content.decode())
        return re.sub(r"\d\d:\d\d(:\d\d)?|data-now=\"[^\"]*\"|datetime=\"[^\"]*\"", "", words.replace(number, "N"))

    local = cast.li.phone.removeprefix("+86")
    assert page(known, f"{local[:3]} {local[3:7]} {local[7:]}") == page(unknown, "139 1234 5678")


def test_a_closed_account_is_told_so_only_after_the_right_code(visitor, cast):
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    ask_for_code(visitor, cast.li.phone)
    wrong = visitor.post(CODE, {"code": wrong_code()})
    assert str(domain.AccountClosed.sentence) not in wrong.content.decode()
    right = visitor.post(CODE, {"code": last_code()})
    assert right.status_code == 403
    assert str(domain.AccountClosed.sentence) in right.content.decode()
    assert user_of(visitor) is None


# --- passwords ---


@pytest.mark.parametrize("login", ["li", " li ", "{phone}", "{local}", "{local_spaced}"])
def test_a_password_signs_in_by_name_or_number(visitor, cast, login):
    local = cast.li.phone.removeprefix("+86")
    spaced = f"{local[:3]} {local[3:7]} {local[7:]}"
    name = login.format(phone=cast.li.phone, local=local, local_spaced=spaced)
    visitor.post(BY_PASSWORD, {"login": name, "password": PASSWORD})
    assert user_of(visitor) == cast.li


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(visitor, cast):
    wrong = visitor.post(BY_PASSWORD, {"login": "li", "password": "guess"})
    unknown = visitor.post(BY_PASSWORD, {"login": "nobody", "password": "guess"})
    assert wrong.status_code == unknown.status_code == 400
    assert wrong.context["form"].errors == unknown.context["form"].errors


def test_an_unknown_name_costs_a_hash_too(cast, monkeypatch):
    hashed = []
    monkeypatch.setattr(User, "set_password", lambda self, password: hashed.append(password))
    assert domain.user_with_password("nobody", "guess", address="", at=database_now()) is None
    assert hashed == ["guess"]


def test_the_password_is_never_shown_again(visitor, cast):
    page = visitor.post(BY_PASSWORD, {"login": "li", "password": "secret-guess"}).content.decode()
    assert 'value="li"' in page
    assert "secret-guess" not in page


@pytest.mark.parametrize("login", ["li", "nobody"])
def test_five_wrong_passwords_lock_known_and_unknown_names_alike(visitor, cast, login):
    for _try in range(5):
        assert visitor.post(BY_PASSWORD, {"login": login, "password": "guess"}).status_code == 400
    locked = visitor.post(BY_PASSWORD, {"login": login, "password": PASSWORD})
    assert locked.status_code == 429
    assert re.search(r"\d\d:\d\d:\d\d", locked.context["form"].errors["password"][0])
    let_pass(minutes=5)
    assert visitor.post(BY_PASSWORD, {"login": login, "password": PASSWORD}).status_code in {302, 400}


def test_the_lock_is_the_accounts_whatever_name_is_typed(visitor, cast):
    for login in ["li", cast.li.phone, "li", cast.li.phone.removeprefix("+86"), "li"]:
        visitor.post(BY_PASSWORD, {"login": login, "password": "guess"})
    assert visitor.post(BY_PASSWORD, {"login": cast.li.phone, "password": PASSWORD}).status_code == 429


def test_a_neighbour_behind_the_same_address_is_not_locked_out(visitor, cast):
    for _try in range(6):
        visitor.post(BY_PASSWORD, {"login": "li", "password": "guess"})
    visitor.post(BY_PASSWORD, {"login": "wang", "password": PASSWORD})
    assert user_of(visitor) == cast.wang


def test_the_right_password_forgets_the_wrong_ones(visitor, cast):
    for _round in range(2):
        for _try in range(4):
            visitor.post(BY_PASSWORD, {"login": "li", "password": "guess"})
        client = Client()
        client.post(BY_PASSWORD, {"login": "li", "password": PASSWORD})
        assert user_of(client) == cast.li


@pytest.mark.parametrize(("login", "password"), [("li\x00", PASSWORD), ("", ""), ("li", ""), ("x" * 500, "y" * 500)])
def test_bad_input_for_a_password_is_answered_in_the_form(visitor, cast, login, password):
    response = visitor.post(BY_PASSWORD, {"login": login, "password": password})
    assert response.status_code == 200
    assert response.context["form"].errors
    assert user_of(visitor) is None


def test_a_closed_account_looks_like_a_wrong_password(visitor, cast):
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    assert visitor.post(BY_PASSWORD, {"login": "li", "password": PASSWORD}).status_code == 400
    assert authenticate(RequestFactory().get("/"), username="li", password=PASSWORD) is None


def test_an_account_without_a_password_can_not_be_opened_with_an_empty_one(visitor, db):
    User.objects.create_user(phone=NEW_NUMBER)
    for guess in ["", "!", "None"]:
        visitor.post(BY_PASSWORD, {"login": NEW_NUMBER, "password": guess})
    assert user_of(visitor) is None


# --- the session, and where it leads ---


def test_the_session_gets_a_new_key_at_sign_in(visitor, cast):
    session = visitor.session
    session["planted"] = "by an attacker"
    session.save()
    before = session.session_key
    visitor.cookies["sessionid"] = before
    visitor.post(BY_PASSWORD, {"login": "li", "password": PASSWORD})
    assert visitor.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_gets_a_new_key_by_code_too(visitor):
    ask_for_code(visitor)
    before = visitor.session.session_key
    visitor.post(CODE, {"code": last_code()})
    assert visitor.session.session_key != before
    assert "sign_in" not in visitor.session


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/petitions/", "/petitions/"),
        ("/inbox/?page=2", "/inbox/?page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
        ("\t//evil.example", "/"),
        ("", "/"),
    ],
)
def test_after_sign_in_only_our_own_pages_are_next(cast, wanted, leads_to):
    by_password, by_code = Client(), Client()
    answer = by_password.post(BY_PASSWORD, {"login": "li", "password": PASSWORD, "next": wanted})
    ask_for_code(by_code, cast.li.phone, next=wanted)
    assert (answer.url, by_code.post(CODE, {"code": last_code()}).url) == (leads_to, leads_to)


@pytest.mark.parametrize(
    ("pressed", "page"),
    [
        ("/petitions/P2026-0001/nudge/", "/petitions/P2026-0001/"),
        ("/petitions/P2026-0001/arrival/", "/petitions/P2026-0001/"),
        ("/homes/6f2d1a8e-0b6c-4a55-9d3c-0e6f5b1f2a11/end/", "/homes/"),
        ("/not-reached/6f2d1a8e-0b6c-4a55-9d3c-0e6f5b1f2a11/phoned/", "/not-reached/"),
        ("/preferences/language/", "/"),
    ],
)
def test_who_pressed_a_button_after_the_session_had_ended_is_led_to_its_page(cast, pressed, page):
    by_password, by_code = Client(), Client()
    answer = by_password.post(BY_PASSWORD, {"login": "li", "password": PASSWORD, "next": pressed})
    ask_for_code(by_code, cast.li.phone, next=pressed)
    assert (answer.url, by_code.post(CODE, {"code": last_code()}).url) == (page, page)


def test_a_page_that_needs_a_person_leads_through_sign_in_and_back(visitor, cast):
    login = visitor.get("/inbox/").url
    assert login == f"{LOGIN}?next=/inbox/"
    assert 'name="next" value="/inbox/"' in visitor.get(login).content.decode()


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("li", "home"),
        ("zhou", "queue"),
        ("zheng", "queue"),
        ("wu", "queue"),
        ("sun", "queue"),
        ("zhao", "outdoors"),
        ("bai", "outdoors"),
        ("chen", "home"),
        ("administrator", "admin:index"),
    ],
)
def test_staff_begin_where_their_work_is_and_residents_at_home(visitor, cast, name, page):
    assert visitor.post(BY_PASSWORD, {"login": name, "password": PASSWORD}).url == reverse(page)


def test_an_ended_role_begins_at_home_and_loses_its_pages_at_once(visitor, cast):
    visitor.post(BY_PASSWORD, {"login": "wu", "password": PASSWORD})
    assert visitor.get("/not-reached/").status_code == 200
    assignment = RoleAssignment.objects.get(user=cast.wu, role="community_staff")
    roles.revoke(assignment, actor="test", at=database_now())
    assert visitor.get("/not-reached/").status_code == 404
    again = Client()
    assert again.post(BY_PASSWORD, {"login": "wu", "password": PASSWORD}).url == "/"


def test_closing_an_account_ends_its_session_with_the_next_request(visitor, cast):
    visitor.force_login(cast.li)
    assert visitor.get("/inbox/").status_code == 200
    User.objects.filter(pk=cast.li.pk).update(is_active=False)
    assert visitor.get("/inbox/").status_code == 302


def test_sign_out_needs_a_press(visitor, cast):
    visitor.force_login(cast.li)
    assert visitor.get("/account/logout/").status_code == 200
    assert user_of(visitor) == cast.li
    assert visitor.post("/account/logout/").url == "/"
    assert user_of(visitor) is None


@pytest.mark.parametrize("page", [LOGIN, BY_PASSWORD])
def test_who_is_signed_in_needs_no_sign_in(visitor, cast, page):
    visitor.force_login(cast.li)
    assert visitor.get(page).url == "/"


@pytest.mark.parametrize(
    "page", ["/account/signup/", "/account/password/reset/", "/account/email/", "/accounts/login/"]
)
def test_only_the_needed_pages_are_there(visitor, db, page):
    assert visitor.get(page).status_code == 404


# --- passwords of one's own ---


def test_a_person_chooses_a_password_and_later_changes_it(visitor, db):
    user = User.objects.create_user(phone=NEW_NUMBER)
    visitor.force_login(user)
    chosen = {"password1": "three lamps", "password2": "three lamps"}
    assert visitor.post("/account/password/set/", chosen).url == "/account/"
    changed = {"oldpassword": "three lamps", "password1": "four lamps!", "password2": "four lamps!"}
    assert visitor.post("/account/password/change/", changed).url == "/account/"
    assert user_of(visitor) == user
    user.refresh_from_db()
    assert user.check_password("four lamps!")


@pytest.mark.parametrize(
    "given", [{"password1": "short", "password2": "short"}, {"password1": "12345678", "password2": "12345678"},
              {"password1": "three lamps", "password2": "other lamps"}, {}]
)  # fmt: skip
def test_a_poor_password_is_refused_in_the_form(visitor, db, given):
    visitor.force_login(User.objects.create_user(phone=NEW_NUMBER))
    response = visitor.post("/account/password/set/", given)
    assert response.status_code == 200
    assert response.context["form"].errors


# --- limits ---


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_get_no_more_tries_than_one_after_another():
    at = database_now()

    def guess(_number):
        try:
            take_try("account:1", Limit("password", 5, timedelta(minutes=5)), at=at)
            return True
        except TooManyTries:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(guess, range(30))) == 5


@pytest.mark.django_db(transaction=True)
def test_a_new_number_proven_on_many_devices_at_once_becomes_one_account():
    at = database_now()

    def arrive(_number):
        try:
            return domain.welcome(NEW_NUMBER, language="zh-hans", elder_mode=False, at=at).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(arrive, range(16)))) == 1
    assert (User.objects.with_phone(NEW_NUMBER).count(), Consent.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_right_code_entered_many_times_at_once_opens_one_session():
    at = database_now()
    code, digits = domain.send_code(NEW_NUMBER, address="", at=at), last_code()

    def enter(_number):
        try:
            domain.enter_code(SignInCode.objects.get(pk=code.pk), digits, at=at)
            return True
        except domain.CodeSpent:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(16))) == 1


# --- refusals as pages ---


@pytest.mark.parametrize(
    ("before", "leads_to"),
    [
        ("http://testserver/petitions/?page=2", "http://testserver/petitions/?page=2"),
        ("http://testserver/petitions/SQ-2222-2222/nudge/", "/petitions/SQ-2222-2222/"),
        ("http://testserver/preferences/language/", "/"),
        (f"http://testserver/queue/{UUID(int=1)}/finish/", f"/queue/{UUID(int=1)}/"),
        ("http://evil.example/", "/"),
        ("", "/"),
    ],
)
def test_a_refused_step_leads_back_to_the_page_it_was_on(before, leads_to):
    request = RequestFactory().post("/petitions/SQ-2222-2222/nudge/", headers={"Referer": before})
    assert page_to_reload(request) == leads_to


def test_a_refused_page_is_reloaded_itself():
    assert page_to_reload(RequestFactory().get("/petitions/?page=2")) == "/petitions/?page=2"
