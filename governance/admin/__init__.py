"""The admin console of the street office: registers with search, filters, history, import and export.

One file for each family of nouns, as in `governance.models`. The upper storeys register theirs on `console`, too, from
an `admin` package of their own; Django's autodiscovery finds them.
"""

from governance.admin.base import RegisterAdmin
from governance.admin.site import Console, console, registers

__all__ = ["Console", "RegisterAdmin", "console", "registers"]

# Importing a family registers it.
from governance.admin import (  # noqa: F401
    audit,
    bodies,
    coverage,
    duty,
    erasures,
    members,
    notices,
    party,
    people,
    places,
    posts,
    venues,
    waiting,
    working_time,
)
