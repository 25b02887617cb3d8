"""Where the embedded servers listen, worked out from `STATE_DIR` alone, so that settings never have to ask."""

import hashlib
import os
from pathlib import Path

DATABASE_NAME = "youying"
DATABASE_USER = "youying"
DATABASE_PORT = "5432"


def run_dir(state_dir: Path) -> Path:
    """The directory of the sockets: short, because a socket's path may not exceed about 107 bytes.

    Below `/tmp` whatever `TMPDIR` says: two commands with different ones must still meet at the same sockets.
    """
    key = hashlib.sha256(str(state_dir).encode()).hexdigest()[:12]
    return Path("/tmp") / f"youying-{os.getuid()}-{key}"  # noqa: S108 - its owner and mode are checked before use


def redis_socket(state_dir: Path) -> Path:
    return run_dir(state_dir) / "redis.sock"


def database_settings(state_dir: Path) -> dict[str, object]:
    """Django's settings for the embedded PostgreSQL: through its socket, and through nothing else."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE_NAME,
        "USER": DATABASE_USER,
        "HOST": str(run_dir(state_dir)),
        "PORT": DATABASE_PORT,
    }


def redis_url(state_dir: Path) -> str:
    """redis-py's spelling of the embedded Redis socket. Celery's is made from it in settings."""
    return f"unix://{redis_socket(state_dir)}?db=0"
