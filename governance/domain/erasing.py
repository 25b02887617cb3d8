"""Erasing what is held about a person who asks for it; what must stay is kept under lock until its day.

Two transactions, so that nobody waits in a circle. From the first one on the account is nobody's: it waits for whoever
is writing something of the person's at that moment, and nothing of theirs is written after it. The second one erases
all that may go. If it fails, the sweep does it; the sweep also erases the rest when its day has come.

Each storey says by a `Keeper` what it holds. Not here: those themselves (`own_data` of each storey).
"""

import json
import logging
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, roles
from governance.domain.refusals import FactMissing, NotInCharge, Refusal
from governance.models import Erasure, Hold, SignInCode, User

log = logging.getLogger(__name__)

PROGRAM = "erasing"
# What nobody can say an end of yet is looked at again so often.
LOOK_AGAIN_AFTER = timedelta(days=1)
# What failed lets the others go first.
TRY_AGAIN_AFTER = timedelta(minutes=10)
AT_ONCE = 50


class NothingKept(Refusal):
    """The name was needed for nothing any more."""

    code = "nothing_kept"
    status = 404
    sentence = _("Name and number of this person are erased, too.")


class NobodyOnPaper(Refusal):
    """One sentence for a number that isn't there and for one that isn't theirs: nobody learns which by trying."""

    code = "nobody_on_paper"
    status = 400
    sentence = _(
        "Your street has no petition of this number by somebody of this name. Compare both with the paper. "
        "Nothing has been closed or erased."
    )


class CanAskThemselves(Refusal):
    code = "can_ask_themselves"
    sentence = _(
        "This person signs in, so nobody else closes the account: it is done under “My account”, "
        "“What we hold about me”. Nothing has been closed or erased."
    )


class SomeFailed(Exception):
    """For the sweep, which counts it. Each was logged by itself."""


def is_of_somebody_erased(error: Exception) -> bool:
    """Whether the database refused a row because it names somebody whose account was closed in that moment."""
    return isinstance(error, IntegrityError) and "erased_person" in str(error)


class Reason(NamedTuple):
    """What is kept, and why: under which article."""

    what: str | Promise
    why: str | Promise


class Kept(NamedTuple):
    """One thing that must stay: a kind that a keeper explains; until when, if that is known."""

    kind: str
    until: datetime | None
    needs_identity: bool = False


Cell = str | int | datetime | None


class Section(NamedTuple):
    """One kind of what is held about a person, as a table for their copy of it."""

    title: str
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


class Keeper(NamedTuple):
    """What a storey holds of a person.

    `kept`: what must stay at an instant. `erase`: let go of all else, for good; called again, it finds less to do.
    `copied`: all of it, in the language of the moment. `refuse`: raises where the person can't go yet.
    """

    reasons: dict[str, Reason]
    kept: Callable[[User, datetime], Iterable[Kept]]
    erase: Callable[[User, datetime], None]
    copied: Callable[[User], Iterable[Section]]
    refuse: Callable[[User, datetime], None] = lambda _user, _at: None
    street_of: Callable[[User], int | None] = lambda _user: None
    # Whose thing it is that a paper names, if that is in the officer's charge.
    whose: Callable[[str, User, datetime], User | None] = lambda _number, _officer, _at: None


_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """Let erasures and copies ask `keeper`, too. The ground floor is ready last, and asked first."""
    _keepers.insert(0, keeper)


def reason_for(kind: str) -> Reason:
    return next(keeper.reasons[kind] for keeper in _keepers if kind in keeper.reasons)


def refuse_who_cannot_go(user: User, *, at: datetime) -> None:
    """Raises the refusal of whichever keeper needs the person to do something else first."""
    for keeper in _keepers:
        keeper.refuse(user, at)


def what_stays(user: User, *, at: datetime) -> list[Hold]:
    """What would have to be kept if the person asked now: holds, not saved."""
    return _holds(_kept(user, at))


def copy_of(user: User) -> list[Section]:
    """All that is held about the person, by kind, in the language of the moment. Kinds of which there is nothing, too.

    Never what they chose in a vote: that is sealed.
    """
    return [section for keeper in _keepers for section in keeper.copied(user)]


def ask(user: User, *, at: datetime, reference: UUID | None = None, by: User | None = None) -> Erasure:
    """The person asks: from now on the account is nobody's, and its sessions are over. Twice is once.

    `by`: who has opened it for the person, from a paper.

    `reference`: under which it was asked for before, where a restore has brought the person back, with an office that
    was put down since: `carry_out` ends it. Else raises what `refuse_who_cannot_go` does. `carry_out` is to follow; the
    sweep sees to it where it doesn't.
    """
    with transaction.atomic():
        # Not only against changes: whoever is about to name the person in a new row waits, and is refused.
        locked = User.objects.select_for_update().get(pk=user.pk)
        asked = Erasure.objects.filter(user=locked).first()
        if asked:
            return asked
        if reference is None:
            refuse_who_cannot_go(locked, at=at)
        streets = (keeper.street_of(locked) for keeper in _keepers)
        erasure = Erasure.objects.create(
            public_id=reference or uuid4(),
            user=locked,
            subdistrict_id=next((street for street in streets if street), None),
            asked_at=at,
            look_again_at=at,
            identity=json.dumps({"name": locked.full_name, "phone": locked.phone}, ensure_ascii=False),
        )
        _forget_codes(locked.phone)
        _make_nobody(locked, at)
        audit.record("ask_erasure", "account", str(locked.public_id), actor=by or locked, at=at)
    return erasure


def ask_on_paper(number: str, *, name: str, paper: str, actor: User, at: datetime) -> Erasure:
    """Somebody who can't sign in has asked in writing: `number` is the receipt of a petition of theirs, `paper` says
    where the writing is. Who opened it, and from which paper, stays on record.

    For an officer of the street it was filed in, and for administrators. The name on the paper must be that of the
    account, so that a slip in the number erases nobody else. Raises `NobodyOnPaper`, `CanAskThemselves`,
    `FactMissing` without a paper, and as `ask`. `carry_out` is to follow.
    """
    if not paper.strip():
        raise FactMissing("paper", _("Write of which day the paper is, and where it is kept."))
    person = next((found for keeper in _keepers if (found := keeper.whose(number, actor, at))), None)
    if person is None or person.erased_at or not _is_called(person, name):
        raise NobodyOnPaper
    if person.phone_verified_at or person.has_usable_password():
        raise CanAskThemselves
    with transaction.atomic():
        erasure = ask(person, at=at, by=actor)
        ref, street = str(erasure.public_id), erasure.subdistrict_id
        audit.record("ask_on_paper", "erasure", ref, actor=actor, at=at, subdistrict_id=street, paper=paper.strip())
    return erasure


def _is_called(person: User, name: str) -> bool:
    return "".join(name.split()).casefold() == "".join(person.full_name.split()).casefold() != ""


def _forget_codes(phone: str | None) -> None:
    """Codes are kept for a day, so there are few; their numbers are encrypted."""
    for code in SignInCode.objects.all():
        if code.phone == phone:
            code.delete()


def _make_nobody(locked: User, at: datetime) -> None:
    locked.username = f"erased-{locked.public_id.hex}"
    locked.full_name = locked.surname = locked.surname_latin = locked.email = ""
    locked.phone = locked.phone_verified_at = locked.last_login = None
    locked.wants_sms = locked.wants_email = locked.elder_mode = locked.is_active = False
    # Ends every session, too: each holds a hash of the password.
    locked.set_unusable_password()
    locked.erased_at = at
    locked.save()


def carry_out(erasure: Erasure, *, at: datetime, by: str = PROGRAM) -> bool:
    """Erase what may go at `at`, and write down what must stay. False where nothing is due, or another is at it."""
    with transaction.atomic():
        locked = Erasure.objects.due(at).select_for_update(skip_locked=True).filter(pk=erasure.pk).first()
        if locked is None:
            return False
        # Before all that hangs on the person, as everywhere; then from the top storey down, as news goes.
        roles.lock_person(locked.user_id)
        # Read anew: what the caller holds may be as the person was.
        user = User.objects.get(pk=locked.user_id)
        for keeper in reversed(_keepers):
            keeper.erase(user, at)
        kept = _kept(user, at)
        _hold(locked, kept)
        is_first = locked.erased_at is None
        locked.erased_at, locked.carried_out_by = locked.erased_at or at, by
        locked.look_again_at = min((each.until or at + LOOK_AGAIN_AFTER for each in kept), default=None)
        locked.done_at = None if kept else at
        if not any(each.needs_identity for each in kept):
            locked.identity = None
        locked.save()
        if is_first or locked.done_at:
            verb = "erase" if locked.done_at else "erase_in_part"
            audit.record(verb, "account", str(user.public_id), actor=by, at=at)
    erasure.__dict__.update(locked.__dict__)
    return True


def carry_out_now(erasure: Erasure, *, at: datetime) -> None:
    """As `carry_out`, for the person who waits: whatever goes wrong with it, the sweep makes it good."""
    try:
        carry_out(erasure, at=at)
    except Exception as error:  # noqa: BLE001 - not its own words: PostgreSQL's DETAIL quotes the row
        log.warning("erasure %s waits for the sweep: %s", erasure.public_id, type(error).__name__)


def open_identity(erasure: Erasure, *, reason: str, actor: User, at: datetime) -> dict[str, str | None]:
    """Name and number of somebody erased, for a court that asks: who looked, and why, is on record.

    For administrators. Raises `NotInCharge`, `FactMissing` without a reason, `NothingKept`.
    """
    if not actor.scope(at).is_administrator:
        raise NotInCharge
    if not reason.strip():
        raise FactMissing("reason")
    with transaction.atomic():
        locked = Erasure.objects.select_for_update(no_key=True).get(pk=erasure.pk)
        if locked.identity is None:
            raise NothingKept
        audit.record("open_identity", "erasure", str(locked.public_id), actor=actor, at=at, reason=reason.strip())
    return json.loads(str(locked.identity))


def _kept(user: User, at: datetime) -> list[Kept]:
    return [each for keeper in _keepers for each in keeper.kept(user, at)]


def _hold(erasure: Erasure, kept: list[Kept]) -> None:
    erasure.holds.all().delete()
    holds = _holds(kept)
    for hold in holds:
        hold.erasure = erasure
    Hold.objects.bulk_create(holds)


def _holds(kept: list[Kept]) -> list[Hold]:
    """By kind, in the order of the storeys; with one of unknown end the kind has none."""
    by_kind: dict[str, list[datetime | None]] = defaultdict(list)
    for each in kept:
        by_kind[each.kind].append(each.until)
    return [
        Hold(kind=kind, number=len(ends), until=None if None in ends else max(end for end in ends if end))
        for kind, ends in by_kind.items()
    ]


def waiting(now: datetime) -> Iterable[QuerySet[Any]]:
    """For the sweep."""
    yield Erasure.objects.due(now)


def carry_out_all(now: datetime) -> int:
    """All that are due, each by itself: one that fails is logged, tried again later, and keeps no other waiting.

    Raises `SomeFailed` when all are through.
    """
    done = failed = 0
    for erasure in Erasure.objects.due(now).order_by("look_again_at", "pk")[:AT_ONCE]:
        try:
            done += carry_out(erasure, at=now, by="sweep")
        except Exception as error:  # noqa: BLE001 - as above
            failed += 1
            Erasure.objects.due(now).filter(pk=erasure.pk).update(look_again_at=now + TRY_AGAIN_AFTER)
            where = "".join(traceback.format_tb(error.__traceback__))
            log.error("erasure %s failed, later again: %s\n%s", erasure.public_id, type(error).__name__, where)
    if failed:
        raise SomeFailed(f"{failed} erasures failed, {done} were carried out")
    return done
