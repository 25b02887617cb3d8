"""What was done to a row, in sentences: “孙干事 把「名称」从「A」改成「B」 · 5月6日 14:12”."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from governance.admin.spoken import field_name, spoken
from governance.domain.registers import facts_of, noun_of
from governance.models import AuditEntry, Role, RoleAssignment, User, surname_for_reader
from governance.models.roles import ADDRESSED
from governance.templatetags.words import own_words

# By which role a person acts here, and how those who act are called.
# Of several roles the later one in this table.
IN_OFFICE: dict[str, str | Promise] = {
    Role.BUILDING_STEWARD: ADDRESSED[Role.BUILDING_STEWARD],
    Role.GRID_WORKER: ADDRESSED[Role.GRID_WORKER],
    Role.GRID_LEADER: ADDRESSED[Role.GRID_LEADER],
    Role.DEPARTMENT_LIAISON: ADDRESSED[Role.DEPARTMENT_LIAISON],
    Role.COMMUNITY_STAFF: ADDRESSED[Role.COMMUNITY_STAFF],
    Role.STREET_OFFICER: ADDRESSED[Role.STREET_OFFICER],
    Role.DISTRICT_OFFICER: ADDRESSED[Role.DISTRICT_OFFICER],
    Role.ADMINISTRATOR: pgettext_lazy("role and surname", "Administrator %(surname)s"),
}

# A deed without fields of its own, by the verb on record. Upper storeys may add theirs.
DEEDS: dict[str, str | Promise] = {
    "add": pgettext_lazy("history", "%(who)s added this"),
    "end": pgettext_lazy("history", "%(who)s ended this"),
    "change": pgettext_lazy("history", "%(who)s saved this"),
    "grant": pgettext_lazy("history", "%(who)s gave this role"),
    "revoke": pgettext_lazy("history", "%(who)s ended this role"),
    "import": pgettext_lazy("history", "%(who)s took this in from a file"),
    "note_consent": pgettext_lazy(
        "history", "%(who)s noted that the member agreed on %(given_on)s to be shown to residents"
    ),
    "withdraw_consent": pgettext_lazy("history", "%(who)s noted that the member took this consent back"),
    "ask_on_paper": pgettext_lazy("history", "%(who)s closed the account at a written request: %(paper)s"),
    "open_identity": pgettext_lazy("history", "%(who)s opened the locked name and number: %(reason)s"),
}
# Verbs whose changes are told one by one, and of these the deeds that go before them.
TOLD_FIELD_BY_FIELD = {"change", "end"}
# What else an entry may say of a noun, by noun and name: its name, and how its value is said. Upper storeys add theirs.
ALSO_SAID: dict[tuple[str, str], tuple[str | Promise, Callable[[Any], str]]] = {}
DID_THIS = gettext_lazy("%(who)s did this: %(verb)s")
CHANGED = gettext_lazy("%(who)s changed “%(field)s” from “%(old)s” to “%(new)s”")
FILLED_IN = gettext_lazy("%(who)s filled in “%(field)s” with “%(new)s”")
EMPTIED = gettext_lazy("%(who)s emptied “%(field)s”, where “%(old)s” stood")
# People's names, numbers and words.
NOT_SAID = gettext_lazy("%(who)s changed “%(field)s”; what it said is not on record")


@dataclass(frozen=True)
class Line:
    """One entry: what was done, a sentence each, and when."""

    deeds: tuple[SafeString, ...]
    at: datetime


def sentences(
    entries: Iterable[AuditEntry],
    model: type[models.Model],
    request: HttpRequest,
    *,
    unnamed: Mapping[str, str | Promise] | None = None,
) -> list[Line]:
    """The entries as lines, in the order given. Asks for all who acted at once.

    `unnamed`: who must not be named here, by the reference of the trail, and what is said instead.
    """
    entries = list(entries)
    names = actors({entry.actor_ref for entry in entries})
    names |= {ref: SafeString(conditional_escape(str(word))) for ref, word in (unnamed or {}).items()}
    now: datetime = request.now  # type: ignore[attr-defined]
    return [Line(tuple(_deeds(entry, names[entry.actor_ref], model, now)), entry.at) for entry in entries]


class _Untold(dict[str, Any]):
    """Stands in for what an entry's facts would say."""

    def __missing__(self, _name: str) -> SafeString:
        return SafeString("…")


def in_short(entry: AuditEntry, who: SafeString) -> SafeString:
    """The deed without its particulars; those are told in the thing's own history."""
    pattern = conditional_escape(str(DEEDS.get(entry.verb, DID_THIS)))
    return mark_safe(str(pattern) % _Untold(who=who, verb=own_words(entry.verb)))


def actors(refs: set[str], *, only_staff: bool = False) -> dict[str, SafeString]:
    """By the reference of the trail: 孙干事 for a person, the portal for a program, and nobody's name once erased.

    `only_staff`: of whoever never held a post, “the resident”. Beside a receipt number the name would say whose it is.
    """
    ids = {ref for ref in refs if _is_uuid(ref)}
    people = {str(user.public_id): user for user in User.objects.filter(public_id__in=ids)}
    roles = _office_roles(people.values())
    said = {
        ref: _person(people.get(ref), roles) if ref in ids else SafeString(conditional_escape(_("The portal")))
        for ref in refs
    }
    if only_staff:
        posts = RoleAssignment.objects.exclude(role=Role.RESIDENT).filter(user__in=people.values())
        at_work = set(posts.values_list("user_id", flat=True))
        resident = SafeString(conditional_escape(_("The resident")))
        said |= {ref: resident for ref, user in people.items() if user.pk not in at_work}
    return said


def _person(user: User | None, roles: dict[int, str]) -> SafeString:
    if user is None:
        return SafeString(conditional_escape(_("Somebody")))
    name = surname_for_reader(user.surname or user.full_name[:1], user.surname_latin)
    if not name:
        return own_words(str(user))
    return own_words(str(IN_OFFICE.get(roles.get(user.pk, ""), "%(surname)s")) % {"surname": name})


def _office_roles(people: Iterable[User]) -> dict[int, str]:
    """The role by which each of them acts in the console, at the desk, or outdoors."""
    held = RoleAssignment.objects.filter(user__in=list(people), role__in=IN_OFFICE).order_by("valid_from")
    rank = list(IN_OFFICE).index
    return dict(sorted(held.values_list("user_id", "role"), key=lambda row: rank(row[1])))


def _is_uuid(ref: str) -> bool:
    try:
        UUID(ref)
    except ValueError:
        return False
    return True


def _deeds(entry: AuditEntry, who: SafeString, model: type[models.Model], now: datetime) -> Iterator[SafeString]:
    facts = facts_of(entry)
    changes = facts.get("changes") or {}
    deed = DEEDS.get(entry.verb)
    if entry.verb != "change" or not changes:
        said = {name: own_words(str(fact)) for name, fact in facts.items() if isinstance(fact, str | int)}
        said |= {"who": who, "verb": own_words(entry.verb)}
        yield _sentence(deed or DID_THIS, **said)
    if entry.verb in TOLD_FIELD_BY_FIELD:
        for name, pair in changes.items():
            yield _change(who, name, pair, model, now)


def _change(who: SafeString, name: str, pair: list[Any] | None, model: type[models.Model], now: datetime) -> SafeString:
    also = ALSO_SAID.get((noun_of(model), name))
    called = own_words(str(also[0]) if also else field_name(model, name))
    if pair is None:
        return _sentence(NOT_SAID, who=who, field=called)
    field = next((field for field in model._meta.concrete_fields if field.name == name), None)
    old, new = (own_words(also[1](value)) if also else spoken(value, field, now) for value in pair)
    pattern = CHANGED if old and new else FILLED_IN if new else EMPTIED
    return _sentence(pattern, who=who, field=called, old=old, new=new)


def _sentence(pattern: str | Promise, **words: SafeString) -> SafeString:
    return mark_safe(str(conditional_escape(str(pattern))) % words)
