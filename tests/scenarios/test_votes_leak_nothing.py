"""In mid-vote nobody learns what was chosen: every page, file and log says what it would, had all chosen otherwise.

The same vote is held twice, by the same people from the same pages, with other choices. Until the close everything that
anybody can read is the same, and what it has left in the database names no choice. After the close the very same search
finds them: where they are meant to be, and nowhere else.
"""

import io
import logging
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils.translation import override

from governance.models import AuditEntry, Unit
from issues.deliberation.domain import opening, setting_up
from issues.deliberation.domain.setting_up import Plan
from issues.deliberation.models import Ballot, Choice, Matter, Motion, MotionKind, RuleSet
from issues.deliberation.views.votes import CHOICES
from residents.models import Occupancy, OccupancyRelation, OccupancyState
from tests.cast import LONG_AGO, NOW, Cast, client_of
from tests.scenarios.rights_checks import addresses

pytestmark = pytest.mark.django_db

OPENS, VOTING, CLOSES = NOW - timedelta(days=2), NOW, NOW + timedelta(days=5)
# By door: who hands in what, once and otherwise. Nobody chooses the same twice, and the sums differ.
ONCE = {"801": Choice.FOR, "802": Choice.AGAINST, "803": Choice.ABSTAIN}
OTHERWISE = {"801": Choice.ABSTAIN, "802": Choice.FOR, "803": Choice.FOR}
VOTERS = {"801": "li", "802": "xu", "803": "bai"}
# One of each role and an owner who didn't vote; and those who have the console.
READERS = (
    "li", "xu", "wang", "zhou", "zheng", "yu", "zhao", "bai", "tian", "chen", "wu", "luo", "sun", "shen",
    "administrator", "strange_worker", "strange_officer",
)  # fmt: skip
IN_CONSOLE = ("sun", "administrator")
# Enough of them to see that the very same search finds what was chosen, once it is told.
AFTER_THE_CLOSE = ("li", "wang", "zheng", "wu", "sun", "administrator")
SEARCHED = ("反对", "同意", "against", "弃权")


@pytest.fixture
def moment(monkeypatch) -> list:
    instants = [VOTING]
    monkeypatch.setattr("governance.middleware.database_now", lambda: instants[0])
    monkeypatch.setattr("django.middleware.csrf._get_new_csrf_string", lambda: "a" * 32)
    monkeypatch.setattr("django.middleware.csrf._mask_cipher_secret", lambda secret: secret * 2)
    return instants


@pytest.fixture
def motion(cast: Cast) -> Motion:
    """Open at `VOTING`, for four doors of 3栋: each voter owns one, and Wang, who doesn't vote, the fourth."""
    Unit.objects.filter(building=cast.building).update(ended_on=LONG_AGO.date())
    for door, who in (VOTERS | {"804": "wang"}).items():
        unit = Unit.objects.create(
            building=cast.building, stairwell=1, number=door, exclusive_area_m2=Decimal("100.00")
        )
        Occupancy.objects.create(
            user=getattr(cast, who), unit=unit, relation=OccupancyRelation.OWNER, state=OccupancyState.VERIFIED,
            claimed_at=LONG_AGO, decided_at=LONG_AGO, decided_by=cast.wu,
        )  # fmt: skip
    plan = Plan(
        estate=cast.estate, building=cast.building, rule_set=RuleSet.objects.get(code="owners-assembly"),
        matter=Matter.FUND_USE, kind=MotionKind.CONSULTATIVE, title="动用维修资金更换3栋水泵", words="费用12,600元。",
        opens_at=OPENS, closes_at=CLOSES,
    )  # fmt: skip
    announced_at = OPENS - timedelta(days=30)
    drafted = setting_up.draft(plan, actor=cast.wu, at=announced_at)
    return opening.bring_up_to_date(setting_up.publish(drafted, actor=cast.wu, at=announced_at), OPENS)


@pytest.fixture
def browsers(cast: Cast) -> dict[str, Client]:
    """Everybody has signed in before, so that it is the same each time."""
    return {who: client_of(getattr(cast, who)) for who in READERS}


# --- voting ---


@contextmanager
def held(motion: Motion, browsers: dict[str, Client], choices: dict[str, Choice]) -> Iterator[dict[str, str]]:
    """The ballots are handed in, on the portal's pages; at the end nobody has. Yields what the voters were shown."""
    with transaction.atomic():
        shown = {}
        for number, (door, choice) in enumerate(choices.items(), start=1):
            address = ballot_of(motion, door)
            sent = {"sending": str(UUID(int=number)), "choice": choice.value, "sure": "1"}
            answer = browsers[VOTERS[door]].post(address, sent, follow=True)
            assert answer.status_code == 200
            shown[f"{VOTERS[door]} POST {address}"] = without_chance(answer.content.decode())
        assert Ballot.objects.count() == len(choices)
        yield shown
        transaction.set_rollback(True)


def ballot_of(motion: Motion, door: str) -> str:
    return f"/votes/{motion.public_id}/ballots/{motion.roll.get(number=door).public_id}/"


# --- reading ---


def told(motion: Motion, browsers: dict[str, Client], readers: Iterable[str] = READERS) -> dict[str, str]:
    """All that they can read: the pages of the vote, every other page that names nothing, registers and files."""
    pages = pages_of(motion)
    read = {f"{who} {page}": asked(browsers[who], page) for who in readers for page in pages}
    trail = [reverse("admin:governance_auditentry_change", args=[entry.pk]) for entry in entries_of(motion)]
    console = {page: page for page in registers()} | {f"trail {n}": page for n, page in enumerate(trail)}
    read |= {f"{who} {name}": asked(browsers[who], page) for who in IN_CONSOLE for name, page in console.items()}
    return read


def pages_of(motion: Motion) -> list[str]:
    at_desk = [f"/desk/votes/{motion.public_id}/{verb}" for verb in ("", "edit/")]
    ballots = [ballot_of(motion, entry.number) for entry in motion.roll.all()]
    searches = [f"{reverse('search')}?q={word}" for word in SEARCHED]
    return [f"/votes/{motion.public_id}/", *at_desk, *ballots, *searches, *plain_pages()]


def plain_pages() -> list[str]:
    """Every page without a thing in its address, but for those that tell of the machine: how long things took."""
    names = {name for name in addresses() if ":" not in name} - {"metrics", "live", "ready", "account_logout"}
    return sorted(filter(None, map(address_of, names)))


def registers() -> list[str]:
    names = (name for name in addresses() if name.startswith("admin:") and name.endswith(("_changelist", "_export")))
    return [reverse(name) for name in sorted(names)]


def address_of(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def entries_of(motion: Motion) -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(noun="motion", object_ref=motion.audit_ref).order_by("pk"))


def asked(browser: Client, page: str) -> str:
    answer = browser.get(page)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"\n".join(book.read(name) for name in sorted(book.namelist()))
    return f"{answer.status_code} {without_chance(body.decode())}"


def without_chance(text: str) -> str:
    """Without what differs each time: ids that are drawn, rows' numbers, salted hashes, when a file was written."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "(id)", text)
    text = re.sub(r"[0-9a-f]{12,}", "(hash)", text)
    text = re.sub(r'nonce[-="]+[\w+/=-]+', "(nonce)", text)
    text = re.sub(r"/console/(\w+/\w+)/\d+/", r"/console/\1/(row)/", text)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[\d.]*Z", "(written)", text)


def differing(one: dict[str, str], other: dict[str, str]) -> set[str]:
    assert one.keys() == other.keys()
    return {page for page in one if one[page] != other[page]}


# --- what is in the database ---


def rows() -> dict[str, set[str]]:
    """Every row of every table that the portal's own role can read, as text; what is in bytes, as these bytes too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found[table] = {with_bytes_read(text) for (text,) in cursor.fetchall()}
    return found


def with_bytes_read(row: str) -> str:
    return row + "".join(
        bytes.fromhex(written).decode("utf-8", "replace") for written in re.findall(r"\\x((?:[0-9a-f]{2})+)", row)
    )


def written_since(before: dict[str, set[str]]) -> dict[str, set[str]]:
    return {table: new for table, found in rows().items() if (new := found - before[table])}


def without_its_number(row: str) -> str:
    """Rows are numbered on and on: the second time, the number may have a digit more."""
    return re.sub(r"^\(\d+", "(", row)


def names_of_choices() -> set[str]:
    """Each choice by its code, and as the portal names it in each language, on a ballot and in figures."""
    names = set(Choice.values)
    for language in ("zh-hans", "en", "ko"):
        with override(language):
            names |= {str(choice.label) for choice in Choice} | {str(said) for said in CHOICES.values()}
    return names


# Whole words: “for” is in many others.
NAMES_A_CHOICE = re.compile(
    "|".join(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" for name in sorted(names_of_choices()))
)
# “for” alone can come about in a ciphertext; the others can't.
SEALED = re.compile(r"gAAAA[\w-]+={0,2}")


def names_choices(written: dict[str, set[str]]) -> set[str]:
    return {
        table for table, found in written.items() if any(NAMES_A_CHOICE.search(SEALED.sub("", row)) for row in found)
    }


# --- before the close, and after it ---


def gathered(motion: Motion, browsers: dict[str, Client], choices: dict[str, Choice], log: Callable[[], str]):
    with held(motion, browsers, choices) as shown:
        return shown | told(motion, browsers) | {"the log": re.sub(r"\d+", "#", without_chance(log()))}


def after_the_close(motion: Motion, browsers: dict[str, Client], choices: dict[str, Choice], moment: list):
    moment[0] = VOTING
    with held(motion, browsers, choices):
        moment[0] = CLOSES
        return told(motion, browsers, AFTER_THE_CLOSE)


def test_before_the_close_all_that_anybody_reads_is_the_same_whatever_was_chosen(
    cast, motion, browsers, moment, caplog
):
    def log() -> str:
        said = caplog.text
        caplog.clear()
        return said

    with caplog.at_level(logging.INFO):
        told(motion, browsers)  # What is written once, at the first look, is written.
        log()
        once = gathered(motion, browsers, ONCE, log)
        otherwise = gathered(motion, browsers, OTHERWISE, log)
    assert once["the log"].count("'request': 'POST ballot'") == len(ONCE)
    assert differing(once, otherwise) == set()


def test_after_the_close_the_same_pages_tell_on_the_votes_own_page_and_nowhere_else(cast, motion, browsers, moment):
    once, otherwise = (after_the_close(motion, browsers, choices, moment) for choices in (ONCE, OTHERWISE))
    assert differing(once, otherwise) == {f"{who} /votes/{motion.public_id}/" for who in AFTER_THE_CLOSE}


def test_before_the_close_no_row_names_a_choice_and_after_it_the_count_does(cast, motion, browsers, moment):
    before = rows()
    sizes = []
    for choices in (ONCE, OTHERWISE):
        moment[0] = VOTING
        with held(motion, browsers, choices):
            written = written_since(before)
            sizes.append(sorted(len(without_its_number(row)) for row in written["deliberation_ballot"]))
            assert {"deliberation_ballot", "governance_auditentry"} <= written.keys()
            assert names_choices(written) == set()
            opening.bring_up_to_date(Motion.objects.get(pk=motion.pk), CLOSES)
            assert names_choices(written_since(before)) == {"deliberation_motion"}
    assert sizes[0] == sizes[1]


def test_a_choice_is_sealed_at_one_length(cast, motion, browsers, moment):
    """Nor can it be told by how long it is: “for” has four letters less."""
    with held(motion, browsers, ONCE):
        assert len({len(bytes(sealed)) for sealed in Ballot.objects.values_list("choice", flat=True)}) == 1


def test_the_figures_for_the_machines_tell_no_choice(cast, motion, browsers, moment):
    with held(motion, browsers, ONCE):
        figures = Client().get(reverse("metrics")).content.decode()
    assert 'route="ballot"' in figures
    assert not re.search(r"against|abstain|\"for\"", figures)
