"""What the processes print: JSON lines in production, readable ones in the demo. Nobody is named in production's.

A line has the request's id, the person's number, the name of the address. It never has a phone number, a name, a code,
what somebody wrote, the address as it was typed, or the words of an error: PostgreSQL quotes the row that it refuses,
Pillow the name of the photo. What an error says instead: its kind, where it came from, and what PostgreSQL's code and
constraint are.
"""

import logging.config
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any

import structlog
from psycopg import Error as PostgresError
from structlog.typing import EventDict, Processor

# What libraries add, and what may stand in it: what somebody typed, sent, or is reached by.
DROPPED = ("user_agent", "ip", "error", "reason", "exception", "result")
# Gunicorn quotes the address, and the connection's, in these.
CUT_SHORT = ("Error handling request", "Invalid request")


def set_up(config: dict[str, Any]) -> None:
    """Django's `LOGGING_CONFIG`: for the loggers of `logging` and those of structlog."""
    logging.config.dictConfig(config)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def set_up_for_production(config: dict[str, Any]) -> None:
    """As `set_up`; and a warning, and what nobody caught, are lines like any other."""
    set_up(config)
    logging.captureWarnings(True)
    # Where a line can't be written, Python would print it with everything that was to be in it.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = lambda died: _uncaught(died.exc_type, died.exc_value, died.exc_traceback)


def logging_config(*, readable: bool, level: str = "INFO") -> dict[str, Any]:
    """The configuration for `logging`. `readable`: for a person at a terminal, with the errors' own words."""
    last: list[Processor] = [without_people, as_kind_and_place, structlog.processors.JSONRenderer(ensure_ascii=False)]
    if readable:
        in_full = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        last = [without_people, in_full]
    silent = {"level": "CRITICAL", "handlers": [], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "portal": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*shared(), shortened],
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "portal"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # They quote addresses as typed; our own line about the request has the route, the status and the error.
            "django.request": silent,
            "django.security": silent,
            "gunicorn.access": silent,
            # It quotes what a task was given and what went wrong in it; django_structlog has a line of its own.
            "celery.app.trace": silent,
            "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
            # Below these they tell of every beat, every query and every variable of a template.
            "celery": {"level": "WARNING"},
            "django": {"level": "INFO"},
            "django_structlog.celery": {"level": "WARNING"},
        },
    }


def shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]


def shortened(_logger: object, _method: str, event: EventDict) -> EventDict:
    for words in CUT_SHORT:
        if str(event["event"]).startswith(words):
            event["event"] = words
    return event


def without_people(_logger: object, _method: str, event: EventDict) -> EventDict:
    for key in DROPPED:
        event.pop(key, None)
    return event


def as_kind_and_place(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its kind and the lines it came through, without its words and without any value."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if error:
        event["error"] = kind_of(error)
        event["traceback"] = [line for each in chain_of(error) for line in _lines_of(each)]
    return event


def kind_of(error: BaseException) -> str:
    """The class of an error, and of PostgreSQL's its code and constraint, which are ours or the standard's."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    cause = next((each for each in chain_of(error) if isinstance(each, PostgresError)), None)
    told = [cause.sqlstate, cause.diag.constraint_name] if cause else []
    return " ".join([kind, *(word for word in told if word)])


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and so on."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)


def _lines_of(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"{frame.filename}:{frame.lineno} {frame.name}"
    yield f"{type(error).__qualname__}"


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if error is None or issubclass(kind, KeyboardInterrupt | SystemExit):
        return sys.__excepthook__(kind, error or kind(), trace)
    logging.getLogger("portal").critical("ended by an error", exc_info=(kind, error, trace))
