"""Encryption of single fields behind one small interface, so that SM4 and SM3 can take its place.

Not here: passwords (Django's hashers) and files (storage).
"""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.FIELD_ENCRYPTION_KEYS])


def encrypt(text: str) -> bytes:
    """Encrypt with the newest key of `FIELD_ENCRYPTION_KEYS`."""
    return _cipher().encrypt(text.encode())


def decrypt(token: bytes) -> str:
    """Decrypt with whichever key fits. Raises `cryptography.fernet.InvalidToken` if none does."""
    return _cipher().decrypt(token).decode()


def renewed(token: bytes) -> bytes | None:
    """The same text encrypted with the newest key; None if it is already. Raises `InvalidToken` if no key fits."""
    try:
        Fernet(settings.FIELD_ENCRYPTION_KEYS[0]).decrypt(token)
    except InvalidToken:
        return _cipher().rotate(token)
    return None


def lookup_hash(text: str) -> str:
    """A keyed hash (HMAC-SHA-256, hex) that finds an encrypted value without decrypting any."""
    return hmac.new(settings.FIELD_LOOKUP_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


class EncryptedTextField(models.BinaryField):
    """Text that is readable in Python and ciphertext in the database. Can't be filtered on: keep a hash beside it."""

    def from_db_value(self, value, expression, connection):
        return None if value is None else decrypt(bytes(value))

    def to_python(self, value):
        return value

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, str):
            value = encrypt(value)
        return super().get_db_prep_value(value, connection, prepared)
