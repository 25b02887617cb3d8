"""Why the demo cannot run. Each message says what happened and what to do about it."""


class DemoError(Exception):
    """The demo cannot start or go on, for a reason that a person can act on."""
