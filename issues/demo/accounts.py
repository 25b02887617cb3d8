"""Who can sign in to the demo, and how: a table that lines up although Chinese letters are two columns wide."""

from django.utils.translation import gettext as _

from governance.models import ROLE_HELD_AT, RoleAssignment, User
from governance.models.roles import Role
from issues.demo.street import NEIGHBOURS, PASSWORD, WORKERS
from issues.terminal import aligned

# A few residents are enough to begin with; the others are in the register.
RESIDENTS_SHOWN = ("li", "wang", "yang", "jin", "weber", "xu")


def account_table() -> str:
    """Role, name and way in, one account a line; empty if the demo isn't loaded."""
    people = {user.username: user for user in User.objects.filter(username__in=_usernames())}
    if not people:
        return ""
    rows = [(_("Role"), _("Name"), _("Where"), _("Sign in with"))]
    rows += [_worker_row(people[worker.username]) for worker in WORKERS if worker.username in people]
    rows += [_resident_row(people[name]) for name in RESIDENTS_SHOWN if name in people]
    return f"{aligned(rows)}\n\n{_how()}"


def _usernames() -> set[str]:
    return {worker.username for worker in WORKERS} | {neighbour.username for neighbour in NEIGHBOURS}


def _worker_row(user: User) -> tuple[str, str, str, str]:
    held = list(RoleAssignment.objects.filter(user=user, valid_until=None).order_by("id"))
    labels = list(dict.fromkeys(str(Role(row.role).label) for row in held))
    where = getattr(held[0], ROLE_HELD_AT[Role(held[0].role)] or "", "")
    return " · ".join(labels), user.full_name, str(where or ""), f"{user.username} / {PASSWORD}"


def _resident_row(user: User) -> tuple[str, str, str, str]:
    home = user.occupancies.select_related("unit__building__estate").get()
    where = f"{home.unit.building.estate} {home.unit.building}"
    return str(home.get_relation_display()), user.full_name, where, (user.phone or "").removeprefix("+86")


def _how() -> str:
    return _(
        "Residents sign in with their phone number: the code appears in this terminal. Their password is"
        " %(password)s, too."
    ) % {"password": PASSWORD}
