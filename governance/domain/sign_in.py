"""Signing in by a code sent to the phone, and by password. The session itself is the edge's: `governance.sign_in`.

A code never passes the outbox: notices are stored, a code is not.
"""

import hmac
import logging
import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from governance.adapters import carrier_for
from governance.domain import audit
from governance.domain.limits import Limit, forget, forgive, take_try
from governance.domain.phones import mobile_number
from governance.domain.refusals import Refusal
from governance.encryption import lookup_hash
from governance.models import Channel, Consent, ConsentPurpose, SignInCode, User
from governance.models.sign_in import MAX_TRIES

log = logging.getLogger(__name__)

VALID_FOR = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
# The version of the privacy page that a person agrees to by signing in with a phone.
ACCOUNT_TEXT_VERSION = "2026-11.3"

CODES_PER_NUMBER = (Limit("code", 1, RESEND_AFTER), Limit("code", 10, timedelta(days=1)))
CODES_PER_ADDRESS = Limit("code_address", 300, timedelta(hours=1))
PASSWORDS_PER_ACCOUNT = Limit("password", 5, timedelta(minutes=5))
PASSWORDS_PER_ADDRESS = Limit("password_address", 500, timedelta(hours=1))


class Purpose(StrEnum):
    """What a code is for. One that was sent for something else is a wrong code."""

    SIGN_IN = "sign-in"
    CLOSE_ACCOUNT = "close-account"


class CodeNotSent(Refusal):
    code = "code_not_sent"
    status = 503
    sentence = _(
        "We could not send the text message just now. Please try again, sign in with your password, or call the "
        "community office."
    )


class CodeWrong(Refusal):
    """The digits don't match. `tries_left` is at least 1."""

    code = "code_wrong"
    status = 400

    def __init__(self, tries_left: int):
        self.tries_left = tries_left
        super().__init__(
            ngettext(
                "That isn't the code we sent. You can try %(count)s more time.",
                "That isn't the code we sent. You can try %(count)s more times.",
                tries_left,
            )
            % {"count": tries_left}
        )


class CodeSpent(Refusal):
    code = "code_spent"
    status = 400
    sentence = _("This code can't be used any more. Please have a new one sent.")


class PasswordWrong(Refusal):
    code = "password_wrong"
    status = 400
    sentence = _("The password isn't right.")


class AccountClosed(Refusal):
    code = "account_closed"
    status = 403
    sentence = _("This account has been closed. If that is a mistake, please call the community office.")


def send_code(phone: str, *, address: str, at: datetime, purpose: Purpose = Purpose.SIGN_IN) -> SignInCode:
    """Send a new code to `phone` (E.164) in the present language. `address` is where the request came from.

    Whatever codes are for, they count against the same limits. Known and unknown numbers are treated alike. Raises
    `TooManyTries` and `CodeNotSent`; the latter costs no try.
    """
    tries = take_try(f"address:{address}", CODES_PER_ADDRESS, at=at)
    tries += take_try(f"phone:{phone}", *CODES_PER_NUMBER, at=at)
    digits = f"{secrets.randbelow(10**6):06}"
    code = SignInCode(phone_encrypted=phone, sent_at=at, expires_at=at + VALID_FOR)
    code.code_hash = _hash_of(code, digits, purpose)
    try:
        carrier_for(Channel.SMS).send(
            address=phone, subject=gettext("Youying"), body=_words_with(digits, purpose), reference=str(code.public_id)
        )
    except Exception as error:
        log.exception("a sign-in code could not be sent")
        forgive(tries)
        raise CodeNotSent from error
    code.save()
    return code


def _words_with(digits: str, purpose: Purpose) -> str:
    if purpose == Purpose.CLOSE_ACCOUNT:
        return gettext(
            "%(code)s is your code for closing your account: your data is erased by it. It is valid for 5 minutes. "
            "If you don't want that, do nothing, and tell it to nobody."
        ) % {"code": digits}
    return gettext(
        "%(code)s is your code for signing in. It is valid for 5 minutes. "
        "Nobody from the office will ever ask you for it."
    ) % {"code": digits}


def _hash_of(code: SignInCode, digits: str, purpose: Purpose) -> str:
    """Keyed and bound to this code's id: six digits alone would be guessed from a plain hash in a second."""
    return lookup_hash(f"{purpose}:{code.public_id}:{digits}")


def enter_code(code: SignInCode, digits: str, *, at: datetime, purpose: Purpose = Purpose.SIGN_IN) -> None:
    """Use up `code` if `digits` are right. Raises `CodeWrong`; `CodeSpent` once used, expired or guessed at."""
    alive = SignInCode.objects.filter(pk=code.pk, used_at=None, expires_at__gt=at)
    # The try is counted before the digits are looked at, so that parallel guesses can't get more than five.
    if not alive.filter(tries__lt=MAX_TRIES).update(tries=F("tries") + 1):
        raise CodeSpent
    code.refresh_from_db()
    if not hmac.compare_digest(code.code_hash, _hash_of(code, digits, purpose)):
        raise CodeWrong(MAX_TRIES - code.tries) if code.tries < MAX_TRIES else CodeSpent
    if not alive.update(used_at=at):
        raise CodeSpent


def welcome(phone: str, *, language: str, elder_mode: bool, at: datetime) -> User:
    """The person whose number has just been proven; an unknown number becomes an account. Records the consent.

    Raises `AccountClosed`.
    """
    user = User.objects.with_phone(phone).first() or _open_account(phone, language, elder_mode, at)
    if not user.is_active:
        raise AccountClosed
    if user.phone_verified_at is None:
        user.phone_verified_at = at
        user.save(update_fields=["phone_verified_at"])
    _record_consent(user, at)
    return user


def _open_account(phone: str, language: str, elder_mode: bool, at: datetime) -> User:
    try:
        with transaction.atomic():
            user = User.objects.create_user(phone=phone, language=language, elder_mode=elder_mode)
            audit.record("open", "account", str(user.public_id), actor=user, at=at)
            return user
    except IntegrityError:
        # Two devices proved the same new number at once; the other one was faster.
        return User.objects.with_phone(phone).get()


def _record_consent(user: User, at: datetime) -> None:
    Consent.objects.bulk_create(
        [Consent(user=user, purpose=ConsentPurpose.ACCOUNT, text_version=ACCOUNT_TEXT_VERSION, given_at=at)],
        ignore_conflicts=True,
    )


def user_with_password(login: str, password: str, *, address: str, at: datetime) -> User | None:
    """The active person with this username or mobile number and password, else None: which was wrong isn't said.

    An unknown name costs as much time and as many tries as a known one. Raises `TooManyTries`.
    """
    user = _person_called(login)
    key = _key_of(user) if user else f"login:{login.strip().lower()}"
    return user if _is_right(user, password, key, address, at) else None


def is_password_of(user: User, password: str, *, address: str, at: datetime) -> bool:
    """Whether whoever is signed in as `user` knows the password, too. Each asking is a try, as at signing in."""
    return _is_right(user, password, _key_of(user), address, at)


def _key_of(user: User) -> str:
    return f"account:{user.pk}"


def _is_right(user: User | None, password: str, key: str, address: str, at: datetime) -> bool:
    by_address = take_try(f"address:{address}", PASSWORDS_PER_ADDRESS, at=at)
    take_try(key, PASSWORDS_PER_ACCOUNT, at=at)
    if user is None:
        User().set_password(password)
        return False
    if not user.check_password(password) or not user.is_active:
        return False
    forgive(by_address)
    forget(key, PASSWORDS_PER_ACCOUNT.kind)
    return True


def _person_called(login: str) -> User | None:
    phone = mobile_number(login)
    people = User.objects.with_phone(phone) if phone else User.objects.filter(username=login.strip())
    return people.first()
