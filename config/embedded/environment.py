"""What the environment says about servers: which ones are embedded, and in which state directory."""

import os
from collections.abc import Mapping
from pathlib import Path

ALL_SERVERS = ("postgres", "redis")
PROJECT_DIR = Path(__file__).resolve().parent.parent.parent


def state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return `STATE_DIR`, absolute; by default `var/` in the checkout."""
    return Path(environ.get("STATE_DIR") or PROJECT_DIR / "var").expanduser().resolve()


def embedded_servers(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Return the servers that nobody named a real one for. None in production, which has to name both."""
    if environ.get("PORTAL_MODE", "demo") != "demo":
        return ()
    named = {"postgres": environ.get("DATABASE_URL"), "redis": environ.get("REDIS_URL")}
    return tuple(server for server in ALL_SERVERS if not named[server])
