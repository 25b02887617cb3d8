#!/usr/bin/env python
"""Django's command line, with the embedded servers running for as long as the command needs them."""

import contextlib
import os
import sys

from config.embedded.environment import embedded_servers, state_dir
from config.embedded.errors import EmbeddedServersError
from config.embedded.holding import ensure_running

# Commands that never ask the database. Any other may, so any other finds it there.
WITHOUT_SERVERS = {
    "check_catalogues",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "startapp",
    "startproject",
    "tally",
    "version",
}
ASKING_FOR_HELP = {"--help", "-h", "--version"}


def needs_servers(arguments: list[str]) -> bool:
    """Whether the command named first in `arguments` may use the database."""
    if not arguments or ASKING_FOR_HELP & set(arguments) or arguments[0] in WITHOUT_SERVERS:
        return False
    # System checks look at the database only when told which one.
    return arguments[0] != "check" or any(argument.startswith("--database") for argument in arguments)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    servers = embedded_servers()
    with contextlib.ExitStack() as held:
        if servers and needs_servers(sys.argv[1:]):
            try:
                held.enter_context(ensure_running(state_dir(), servers))
            except EmbeddedServersError as error:
                sys.exit(f"{error}")
        try:
            execute_from_command_line(sys.argv)
        except ImproperlyConfigured as error:
            # The sentence says what to set; where in our settings it was raised helps nobody who sets it.
            if "--traceback" in sys.argv:
                raise
            sys.exit(f"{error}")


if __name__ == "__main__":
    main()
