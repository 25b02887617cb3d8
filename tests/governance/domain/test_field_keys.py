"""A new key put first: everything is encrypted with it, and the old one can go."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.core.management import CommandError, call_command

from governance import encryption
from governance.domain import field_keys
from governance.models import User
from issues.models import Mediation
from tests.cast import NOW, Cast, file, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarrel(cast: Cast) -> Mediation:
    """In a table that nobody may change."""
    order = take_in(file(cast.li, cast.building))
    return Mediation.objects.create(
        issue=order.issue,
        parties="李和王",
        agreement="轮流使用",
        is_agreed=True,
        mediated_by=cast.zhao,
        mediated_at=NOW,
    )


def ciphertexts() -> list[tuple[field_keys.Column, int, bytes]]:
    return [(column, *row) for column in field_keys.encrypted_columns() for row in field_keys.tokens(column)]


def test_afterwards_the_new_key_alone_reads_everything(cast: Cast, quarrel: Mediation, settings):
    phones = dict(User.objects.values_list("username", "phone_encrypted"))
    count = len(ciphertexts())
    old, new = settings.FIELD_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    assert field_keys.renew() == (count, 0)
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert dict(User.objects.values_list("username", "phone_encrypted")) == phones
    quarrel.refresh_from_db()
    assert (quarrel.parties, quarrel.agreement) == ("李和王", "轮流使用")
    assert User.objects.get(phone_hash=encryption.lookup_hash(cast.li.phone)) == cast.li
    settings.FIELD_ENCRYPTION_KEYS = [old]
    with pytest.raises(InvalidToken):
        encryption.decrypt(ciphertexts()[0][2])


def test_started_again_it_finds_nothing_to_do(cast: Cast, settings):
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert field_keys.renew().renewed > 0
    before = ciphertexts()
    assert field_keys.renew() == (0, 0)
    assert ciphertexts() == before


def test_what_no_key_reads_is_counted_and_left_as_it_is(cast: Cast, settings):
    lost = Fernet(Fernet.generate_key()).encrypt(b"+8613800130099")
    column = next(each for each in field_keys.encrypted_columns() if each.table == User._meta.db_table)
    (key, token) = next(field_keys.tokens(column))
    assert field_keys._put(column, key, token, lost) == 1
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    with pytest.raises(CommandError, match="1 values can't be read"):
        call_command("renew_encryption", stdout=StringIO())
    assert next(field_keys.tokens(column)) == (key, lost)


def test_every_batch_is_looked_at(cast: Cast, monkeypatch):
    whole = ciphertexts()
    monkeypatch.setattr(field_keys, "BATCH", 3)
    assert ciphertexts() == whole
    assert len(whole) > 10
