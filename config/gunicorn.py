"""How gunicorn runs the portal, beside its command line in `config.services`."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config.logs import logging_config

# Production's lines, unless the demo says otherwise: the settings, which know, are read by the workers only.
logconfig_dict = logging_config(readable=os.environ.get("PORTAL_MODE", "demo") == "demo")


def when_ready(server: Any) -> None:
    """Listening, and before the first worker: make the place in which the workers add up their figures."""
    place = figures_dir(",".join(map(str, server.cfg.address)))
    shutil.rmtree(place, ignore_errors=True)
    try:
        place.mkdir(mode=0o700)
    except FileExistsError:  # a stranger's; figures are no reason not to start
        place = Path(tempfile.mkdtemp(prefix=f"{place.name}-", dir=place.parent))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(place)


def on_exit(_server: Any) -> None:
    if place := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        shutil.rmtree(place, ignore_errors=True)


def figures_dir(address: str) -> Path:
    """One for each address: whoever listens there is alone, and takes over what a killed one has left.

    In memory wherever that is possible: a file mapped on a full disk kills the process that writes to it.
    """
    shared_memory = Path("/dev/shm")  # noqa: S108 - what we make in it is for us alone
    parent = shared_memory if os.access(shared_memory, os.W_OK) else Path(tempfile.gettempdir())
    return parent / f"youying-figures-{os.getuid()}-{hashlib.sha256(address.encode()).hexdigest()[:12]}"
