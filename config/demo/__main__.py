"""Start everything, say where it is and who can sign in, and end everything together."""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from config.demo import address
from config.demo.errors import DemoError
from config.demo.outgoing import Outgoing
from config.demo.supervisor import Supervisor, end_with_parent
from config.embedded.environment import embedded_servers, state_dir
from config.embedded.errors import EmbeddedServersError
from config.embedded.holding import Held, ensure_running
from config.embedded.places import Places, is_kept
from config.health import web_is_well
from config.services import services

PREPARE = ["python", "-m", "config.demo.prepare"]
SHOW_ACCOUNTS = ["python", "manage.py", "demo_accounts"]


def say(text: str) -> None:
    # A terminal that has been closed must not keep us from ending everything in order.
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def run_demo(commands: dict[str, list[str]], places: Places, port: int) -> None:
    """Run the demo until it is told to stop. Raises `DemoError`, `EmbeddedServersError`."""
    supervisor = Supervisor(commands, places.log("web").parent)
    supervisor.listen()
    with embedded(places.state_dir) as held:
        try:
            supervisor.run_to_end(PREPARE, "Preparing the database")
            if not supervisor.told_to_stop:
                say("  Starting web, worker, beat and sweep …")
                supervisor.start_all()
                outgoing = Outgoing([supervisor.log(name) for name in supervisor.running])
                silent = f"The web server does not answer; see {supervisor.log('web')}."
                supervisor.wait_until(lambda: web_is_well(port), 60, silent)
            if not supervisor.told_to_stop:
                announce(supervisor, places.state_dir, port)
            supervisor.watch(lambda: look_around(held, outgoing))
        finally:
            say("\nStopping …")
            supervisor.stop_all()


@contextlib.contextmanager
def embedded(where: Path) -> Iterator[Held | None]:
    """Hold the embedded servers, unless real ones are named; wait at the end until they have gone."""
    servers = embedded_servers()
    if not servers:
        say("  Using the servers that DATABASE_URL and REDIS_URL name.")
        yield None
        return
    say(f"  Starting {' and '.join(servers)} (the first time takes a few seconds) …")
    try:
        with ensure_running(where, servers) as held:
            yield held
    finally:
        wait_for_servers_to_go(Places(where))


def wait_for_servers_to_go(places: Places, seconds: float = 8.0) -> None:
    deadline = time.monotonic() + seconds
    while is_kept(places):
        if time.monotonic() > deadline:
            return say("PostgreSQL and Redis go on for another command that is using them.")
        time.sleep(0.1)


def look_around(held: Held | None, outgoing: Outgoing) -> None:
    check_servers(held)
    for message in outgoing.fresh():
        say(message)


def check_servers(held: Held | None) -> None:
    if held and not held.are_running():
        raise DemoError(held.why_not())


def announce(supervisor: Supervisor, where: Path, port: int) -> None:
    supervisor.run_to_end(SHOW_ACCOUNTS, "Listing the accounts")
    say(f"\n  The portal is at {address.url(port)}\n  Data and logs: {where}\n  Stop it with Ctrl-C.\n")


def main() -> int:
    read = f"PORT ({address.DEFAULT_PORT}) and STATE_DIR (var) are read from the environment."
    parser = argparse.ArgumentParser(prog="python -m config.demo", description=__doc__, epilog=read)
    parser.add_argument("--with-parent", action="store_true", help="end when whoever started this has ended")
    if parser.parse_args().with_parent:
        end_with_parent()
    places = Places(state_dir())
    try:
        port = address.chosen_port()
        places.make_state_dir()
        with address.only_demo(places.state_dir, port):
            address.check_port_is_free(port)
            # For the children: they work in the checkout, where a relative path would mean another place.
            os.environ |= {"PORT": str(port), "STATE_DIR": str(places.state_dir)}
            say(f"Youying, the demo, in {places.state_dir}")
            run_demo(services(f"{address.HOST}:{port}", places.state_dir / "beat-schedule"), places, port)
    except (DemoError, EmbeddedServersError) as error:
        sys.stderr.write(f"\n{error}\n")
        return 1
    say("Everything has ended.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
