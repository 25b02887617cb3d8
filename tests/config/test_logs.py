"""What a line of the log may say: production's JSON line for each kind of error that would quote somebody."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from PIL import Image, UnidentifiedImageError

from config.logs import kind_of, logging_config, set_up
from governance.adapters import CarrierError
from governance.adapters.email import Email
from governance.domain.images import PhotoDamaged, admit_photo
from tests.cast import Cast

WORDS = "我家水管漏水，电话13800130021"


class Printed(io.StringIO):
    def lines(self) -> list[dict]:
        told = self.getvalue()
        assert WORDS not in told
        assert "13800130021" not in told
        return [json.loads(line) for line in told.splitlines()]


@pytest.fixture
def printed(settings) -> Iterator[Printed]:
    """What is logged as in production."""
    stream = Printed()
    config = logging_config(readable=False)
    config["handlers"]["console"]["stream"] = stream
    set_up(config)
    yield stream
    structlog.contextvars.clear_contextvars()
    set_up(settings.LOGGING)


def raised(error: Exception) -> None:
    secret = WORDS  # a local value, as a traceback with values would show it
    try:
        raise error
    except Exception:
        logging.getLogger("portal.test").exception("matter %s failed", 7)
    assert secret


@pytest.mark.parametrize(
    "error",
    [ValueError(WORDS), SuspiciousOperation(WORDS), UnidentifiedImageError(WORDS), OSError(28, "full", f"{WORDS}.jpg")],
)
def test_an_error_is_told_by_kind_and_place_without_its_words_or_values(printed, error):
    raised(error)
    (line,) = printed.lines()
    assert (line["event"], line["level"], line["logger"]) == ("matter 7 failed", "error", "portal.test")
    assert line["error"].endswith(type(error).__name__)
    assert any("test_logs.py:" in frame and frame.endswith("raised") for frame in line["traceback"])


def test_a_refusal_of_postgresql_is_told_by_its_code_and_constraint(printed, db):
    """Its DETAIL quotes the whole row."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO governance_signincode (public_id, phone_encrypted, code_hash, sent_at, expires_at, tries)"
            " VALUES (gen_random_uuid(), 'x', %s, now(), now() - interval '1 h', -1)",
            [WORDS],
        )
    assert WORDS in str(refused.value)
    raised(refused.value)
    (line,) = printed.lines()
    assert line["error"] == kind_of(refused.value)
    assert line["error"].startswith("django.db.utils.IntegrityError 23")


def test_what_libraries_add_to_a_line_is_dropped(printed):
    structlog.get_logger("django_structlog.celery.receivers").error(
        "task_failed",
        error=WORDS,
        exception=ValueError(WORDS),
        reason=WORDS,
        user_agent=WORDS,
        ip="192.0.2.7",
        task="t",
    )
    (line,) = printed.lines()
    assert set(line) == {"event", "task", "level", "logger", "at"}


@pytest.mark.parametrize(
    "name", ["django.request", "django.security.DisallowedHost", "gunicorn.access", "celery.app.trace"]
)
def test_those_who_quote_addresses_are_silent(printed, name):
    logging.getLogger(name).error("Not Found: %s", WORDS)
    assert printed.lines() == []


def test_gunicorn_says_that_a_request_failed_and_not_which_address(printed):
    logging.getLogger("gunicorn.error").warning(f"Invalid request from ip=192.0.2.7: {WORDS}")
    logging.getLogger("gunicorn.error").error("Error handling request %s %s", "GET", f"/?q={WORDS}")
    assert [line["event"] for line in printed.lines()] == ["Invalid request", "Error handling request"]


def test_the_request_s_id_and_the_person_s_number_stand_on_every_line_of_a_request(printed, cast: Cast, client):
    client.force_login(cast.li)
    client.get(f"/petitions/?q={WORDS}")
    line = printed.lines()[-1]
    assert (line["event"], line["request"], line["code"], line["user_id"]) == (
        "request_finished", "GET petition_list", 200, cast.li.pk,
    )  # fmt: skip
    assert len(line["request_id"]) == 36


def test_a_page_that_fails_is_told_once_with_where(printed, cast: Cast, client, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError(WORDS)

    client.raise_request_exception = False
    client.force_login(cast.li)
    monkeypatch.setattr("residents.models.petitions.PetitionQuerySet.visible_to", fails)
    assert client.get(f"/petitions/?q={WORDS}").status_code == 500
    (line,) = [line for line in printed.lines() if line["level"] == "error"]
    assert (line["event"], line["error"], line["user_id"]) == ("request_failed", "RuntimeError", cast.li.pk)
    assert line["traceback"][-2].endswith("fails")


def test_a_photo_that_cannot_be_decoded_is_not_named(printed):
    written = io.BytesIO()
    Image.effect_noise((640, 480), 80).save(written, "JPEG")
    broken = written.getvalue()[: len(written.getvalue()) // 2]
    with pytest.raises(PhotoDamaged):
        admit_photo(SimpleUploadedFile(f"{WORDS}.jpg", broken, "image/jpeg"))
    assert printed.lines()[0]["event"] == "A photo could not be decoded: OSError"


def test_mail_is_not_printed_in_production(settings, capsys):
    settings.DEMO = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    with pytest.raises(CarrierError):
        Email().send(address="li@example.cn", subject="s", body=WORDS, reference="r")
    assert WORDS not in capsys.readouterr().out
