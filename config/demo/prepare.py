"""`python -m config.demo.prepare`: bring the database and the static files up to date, and show who can sign in.

A process of its own, so that the supervisor stays small, has one thread, and holds no connection.
"""

import os
import sys
from collections.abc import Callable


def prepare(say: Callable[[str], None]) -> None:
    """Run the commands that a start needs. Each finds little to do the second time."""
    from django.core.management import call_command

    say("Bringing the database up to date …")
    call_command("migrate", interactive=False, verbosity=0)
    say("Collecting static files …")
    call_command("collectstatic", interactive=False, verbosity=0)
    say("Looking for demo data …")
    call_command("load_demo", if_empty=True)


def say_step(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import CommandError

    django.setup()
    try:
        prepare(say_step)
    except CommandError as error:  # says what a person needs; a traceback would bury it
        sys.exit(f"{error}")
