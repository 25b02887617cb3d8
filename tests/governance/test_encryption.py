"""Phone numbers: readable in Python, ciphertext in the database, found by a keyed hash."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import IntegrityError, connection, transaction

from governance.encryption import decrypt, encrypt, lookup_hash
from governance.models import User

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
NUMBER = "+8613800138000"


@pytest.fixture
def keys(settings):
    settings.FIELD_ENCRYPTION_KEYS, settings.FIELD_LOOKUP_KEY = [OLD], "pepper"
    return settings


def test_the_same_text_never_looks_the_same(keys):
    assert encrypt(NUMBER) != encrypt(NUMBER)
    assert NUMBER.encode() not in encrypt(NUMBER)


def test_a_new_key_writes_and_the_old_one_still_reads(keys):
    before = encrypt(NUMBER)
    keys.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    after = encrypt(NUMBER)
    assert decrypt(before) == decrypt(after) == NUMBER
    keys.FIELD_ENCRYPTION_KEYS = [NEW]
    assert decrypt(after) == NUMBER
    with pytest.raises(InvalidToken):
        decrypt(before)


def test_the_hash_finds_and_tells_nothing_without_its_key(keys):
    before = lookup_hash(NUMBER)
    assert before == lookup_hash(NUMBER) != lookup_hash("+8613800138001")
    keys.FIELD_LOOKUP_KEY = "salt"
    assert lookup_hash(NUMBER) != before


@pytest.mark.django_db
def test_the_database_holds_ciphertext_and_finds_the_person(keys):
    user = User.objects.create_user("a", phone=NUMBER)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone_encrypted, phone_hash FROM governance_user WHERE id = %s", [user.pk])
        stored, hashed = cursor.fetchone()
    assert NUMBER.encode()[3:] not in bytes(stored)
    assert NUMBER[3:] not in hashed
    assert User.objects.with_phone(NUMBER).get().phone == NUMBER


@pytest.mark.django_db
def test_a_number_belongs_to_one_person(keys):
    User.objects.create_user("a", phone=NUMBER)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("b", phone=NUMBER)


@pytest.mark.django_db
def test_a_number_without_its_hash_is_refused(keys):
    user = User.objects.create_user("a", phone=NUMBER)
    with pytest.raises(IntegrityError, match="user_phone_with_its_hash"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(phone_hash=None)


@pytest.mark.parametrize(("phone", "masked"), [(NUMBER, "138****8000"), ("+8613800", ""), (None, "")])
def test_people_see_a_masked_number(keys, phone, masked):
    assert User(phone=phone).masked_phone == masked
