"""The portal's long-running processes and their commands: the one list of `make demo` and `docker-compose.yml`.

A test holds the two to it. Each command begins with `python`; whoever runs it decides which one that is.
"""

from pathlib import Path


def services(bind: str, beat_schedule: Path) -> dict[str, list[str]]:
    """Return the commands by name, in the order in which they start.

    `bind` is the address that web listens on; `beat_schedule` a file in which Celery beat keeps its last run.
    """
    web = "python -m gunicorn config.wsgi --config python:config.gunicorn --worker-class gthread"
    sized = "--workers 2 --threads 4 --graceful-timeout 5"
    # Quiet: no banner, so that every line is one of config.logs, which also decides what is worth one.
    worker = "python -m celery --quiet -A config.celery worker --concurrency 2"
    # No pid file: one left behind by a killed beat would keep the next from starting.
    beat = "python -m celery --quiet -A config.celery beat --pidfile="
    return {
        # The control socket would be written to a home directory, which the container's account does not have.
        "web": [*web.split(), *sized.split(), "--no-control-socket", "--bind", bind],
        "worker": worker.split(),
        "beat": [*beat.split(), "--schedule", str(beat_schedule)],
        "sweep": ["python", "manage.py", "sweep", "--loop"],
    }
