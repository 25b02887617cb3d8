"""The first administrator of a portal in which nobody is yet."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from governance.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db

GOOD = "a sentence nobody guesses"


def create(*words: str, typed: str = GOOD, monkeypatch) -> str:
    monkeypatch.setattr("sys.stdin", StringIO(f"{typed}\n"))
    out = StringIO()
    call_command("create_administrator", *words, stdout=out)
    return out.getvalue()


def test_whoever_was_made_signs_in_and_opens_the_console(shipped, monkeypatch):
    """On a portal that has what migrations ship, and nothing else: the work list needs the office's hours."""
    said = create("lin", "--full-name", "林岚", "--phone", "138 0013 0999", monkeypatch=monkeypatch)
    assert GOOD not in said
    client = Client()
    assert client.post("/account/login/password/", {"login": "lin", "password": GOOD}).status_code == 302
    assert client.get("/console/").status_code == 200
    lin = User.objects.get(username="lin")
    assert (lin.full_name, lin.phone) == ("林岚", "+8613800130999")
    assert [each.role for each in lin.assignments.all()] == [Role.ADMINISTRATOR]
    assert AuditEntry.objects.get(verb="grant", actor_ref="create_administrator").noun == "role"


@pytest.mark.parametrize(
    ("words", "typed", "sentence"),
    [
        (["lin"], "short", "8"),
        (["lin"], "", "8"),
        (["lin", "--phone", "12"], GOOD, "no mobile number"),
        (["lin", "--phone", "13800130888"], GOOD, "Somebody has that mobile number"),
        (["there"], GOOD, "an account of that name"),
    ],
)
def test_what_can_t_be_is_said_and_makes_nobody(monkeypatch, words, typed, sentence):
    User.objects.create_user("there", phone="+8613800130888")
    with pytest.raises(CommandError, match=sentence):
        create(*words, typed=typed, monkeypatch=monkeypatch)
    assert list(User.objects.values_list("username", flat=True)) == ["there"]
